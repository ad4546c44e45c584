-- The values of the tag keys $keys (in lower case) of each series of currency $currency, as
-- they were on its last day before $end that has them, and that day.
WITH tagged AS (
    SELECT key_id, unnest(map_entries(Tags)) AS tag FROM keys WHERE Tags IS NOT NULL
), newest AS (
    SELECT key_id, max(ChargePeriodStart)::DATE AS day FROM charges WHERE ChargePeriodStart < $end GROUP BY key_id
)
SELECT lower(t.tag.key) AS key, r.series_id, coalesce(t.tag.value, ''), n.day
FROM tagged t
JOIN newest n ON n.key_id = t.key_id
JOIN key_series r ON r.key_id = t.key_id AND r.BillingCurrency = $currency
WHERE lower(t.tag.key) IN (SELECT unnest($keys::VARCHAR[]))
QUALIFY row_number() OVER (PARTITION BY lower(t.tag.key), r.series_id ORDER BY n.day DESC, t.tag.value) = 1
ORDER BY key, r.series_id;
