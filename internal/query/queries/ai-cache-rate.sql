-- How much of each model's input came from the cache, in percent of its tokens, and what both parts of the input cost.
-- period: the bill's name, like 2026-10 (default the newest)
WITH kinds AS (
    SELECT ProviderName, x_Model, x_TokenKind = 'cached input' AS cached, x_TokenKind, BillingCurrency, sum(BilledCost) AS cost,
           coalesce(nullif(sum(x_Tokens) FILTER (WHERE NOT x_CountOnly), 0), sum(x_Tokens))::HUGEINT AS tokens
    FROM ai_usage
    WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily)) AND x_TokenKind <> 'output'
    GROUP BY ALL
)
SELECT ProviderName, x_Model, BillingCurrency, sum(tokens) AS input_tokens, coalesce(sum(tokens) FILTER (WHERE cached), 0) AS cached_tokens,
       round(100 * cached_tokens::DOUBLE / nullif(input_tokens, 0)::DOUBLE, 1) AS percent_cached,
       coalesce(sum(cost) FILTER (WHERE NOT cached), 0) AS cost_uncached, coalesce(sum(cost) FILTER (WHERE cached), 0) AS cost_cached
FROM kinds
GROUP BY ProviderName, x_Model, BillingCurrency
ORDER BY input_tokens DESC NULLS LAST, ProviderName, x_Model;
