-- Which share of a day's final cost the files held k days before the end of their
-- data, in currency $currency, by service and, with NULL, over all; of days final by $last.
-- Final is what the newest file of the account and period says, once its data
-- reach ten days further, or the whole period and it was made ten days later.
-- Rows of earlier releases know no services and count for all together only.
WITH files AS (
    SELECT DISTINCT e.load_id, e.told_at, e.cost_type, e.SubAccountId, e.BillingAccountId, e.x_BillingPeriod, s.reach, s.BillingPeriodEnd - s.ahead AS BillingPeriodEnd
    FROM estimates e
    JOIN scopes s ON s.load_id = e.load_id AND s.SubAccountId = e.SubAccountId AND s.BillingAccountId = e.BillingAccountId
        AND s.x_BillingPeriod = e.x_BillingPeriod AND s.BillingCurrency = e.BillingCurrency
    WHERE e.BillingCurrency = $currency AND s.reach IS NOT NULL AND s.reach <= $last
        AND e.BillingPeriodStart >= (SELECT max(BillingPeriodStart) FROM estimates WHERE BillingPeriodStart <= $last) - 130
), newest AS (
    SELECT * FROM files
    QUALIFY row_number() OVER (PARTITION BY cost_type, SubAccountId, BillingAccountId, x_BillingPeriod ORDER BY load_id DESC) = 1
), pairs AS MATERIALIZED (
    SELECT n.*, o.load_id AS other, o.reach AS other_reach
    FROM newest n
    JOIN files o ON o.load_id <> n.load_id AND o.cost_type = n.cost_type AND o.SubAccountId = n.SubAccountId AND o.BillingAccountId = n.BillingAccountId
        AND o.x_BillingPeriod = n.x_BillingPeriod
), paired AS (
    SELECT load_id FROM pairs UNION SELECT other FROM pairs
), costs AS (
    SELECT load_id, SubAccountId, BillingAccountId, x_BillingPeriod, day, ServiceName AS service, sum(EffectiveCost)::DOUBLE AS cost
    FROM estimates WHERE BillingCurrency = $currency AND ServiceName <> '' AND load_id IN (FROM paired) GROUP BY ALL
    UNION ALL
    SELECT load_id, SubAccountId, BillingAccountId, x_BillingPeriod, day, NULL, sum(EffectiveCost)::DOUBLE
    FROM estimates WHERE BillingCurrency = $currency AND load_id IN (FROM paired) GROUP BY ALL
), byService AS (
    SELECT DISTINCT load_id FROM estimates WHERE ServiceName <> ''
), seen AS (
    SELECT f.service, f.day, n.SubAccountId, (n.other_reach - f.day) AS lag, f.cost AS final, coalesce(c.cost, 0) AS cost
    FROM pairs n
    JOIN costs f ON f.load_id = n.load_id AND f.SubAccountId = n.SubAccountId AND f.BillingAccountId = n.BillingAccountId AND f.x_BillingPeriod = n.x_BillingPeriod
        AND n.other_reach BETWEEN f.day AND f.day + 9
    LEFT JOIN costs c ON c.load_id = n.other AND c.SubAccountId = n.SubAccountId AND c.BillingAccountId = n.BillingAccountId
        AND c.x_BillingPeriod = n.x_BillingPeriod AND c.day = f.day AND c.service IS NOT DISTINCT FROM f.service
    WHERE f.cost > 0 AND f.day + 10 <= $last
      AND (n.reach >= f.day + 10 OR (n.reach >= n.BillingPeriodEnd - 1 AND n.told_at::DATE >= f.day + 10))
      AND (f.service IS NULL OR n.other IN (SELECT load_id FROM byService))
), known AS (
    -- A day that cost next to nothing says nothing of shares.
    SELECT *, least(greatest(cost / final, 0), 1.5) AS share FROM seen
    QUALIFY final >= 0.1 * avg(final) OVER (PARTITION BY service)
)
SELECT coalesce(service, ''), lag, count(DISTINCT day), avg(final), sum(final), sum(share * final), quantile_cont(share, 0.1), quantile_cont(share, 0.9)
FROM known GROUP BY service, lag ORDER BY service NULLS FIRST, lag;
