-- The values of the dimensions $names, which people made, of each series of currency $currency, as
-- they were on its last day before $end that has them, and that day. The rest of a dimension
-- has no value.
WITH newest AS (
    SELECT key_id, max(ChargePeriodStart)::DATE AS day FROM charges WHERE ChargePeriodStart < $end GROUP BY key_id
)
SELECT chr(0) || d.name AS name, r.series_id, d.value, n.day
FROM newest n
JOIN dimensioned d ON d.key_id = n.key_id AND n.day >= d.first_day AND n.day < d.end_day
JOIN key_series r ON r.key_id = n.key_id AND r.BillingCurrency = $currency
WHERE d.name IN (SELECT unnest($names::VARCHAR[]))
QUALIFY row_number() OVER (PARTITION BY d.name, r.series_id ORDER BY n.day DESC, d.value) = 1
ORDER BY name, r.series_id;
