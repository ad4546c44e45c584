-- Of the series of AI models' tokens in currency $currency: the model, the kind of token and how
-- many tokens a unit is.
WITH ai AS (
    SELECT s.series_id, token_model(k.ProviderName, k.SkuMeter, k.SkuId) AS model, token_kind(k.ServiceName, k.x_MeterSubcategory, k.SkuMeter) AS kind,
           token_unit(k.ConsumedUnit) AS size
    FROM current_keys k JOIN key_series s ON s.key_id = k.key_id
    WHERE k.shown AND k.ChargeCategory = 'Usage' AND k.BillingCurrency = $currency AND k.ConsumedUnit IS NOT NULL
      AND (k.ServiceCategory = 'AI and Machine Learning' OR azure_ai(k.ServiceName, k.x_MeterSubcategory))
)
SELECT series_id, coalesce(any_value(model), ''), any_value(kind), any_value(size)
FROM ai
GROUP BY series_id
HAVING count(DISTINCT kind) = 1 AND count(kind) = count(*) AND count(DISTINCT model) <= 1 AND any_value(size) > 0
ORDER BY series_id;
