-- The charges of the loads $first to $last that no rate converts, where there are rates
-- at all: by load, currency and reporting currency, their days, number and cost.
SELECT c.load_id, c.currency, t.currency AS reporting, min(c.day) AS first, max(c.day) AS last, sum(c.rows)::BIGINT AS rows, sum(c.cost) AS cost
FROM (
    SELECT c.load_id, k.BillingCurrency AS currency, c.ChargePeriodStart::DATE AS day, count(*) AS rows, sum(c.BilledCost) AS cost
    FROM charges c JOIN load_keys k USING (key_id)
    WHERE c.load_id BETWEEN $first AND $last
    GROUP BY ALL
) c
CROSS JOIN (SELECT DISTINCT "to" AS currency FROM rates) t
ASOF LEFT JOIN rates r ON r."from" = c.currency AND r."to" = t.currency AND r.date <= c.day
WHERE c.currency <> t.currency AND r.rate IS NULL
GROUP BY ALL
ORDER BY ALL;
