-- How much of the change from the prior period's days can be of what had no charge then, of
-- what has none now, and of the calendar: what is charged on two days or fewer of a period has
-- no days to be more or fewer of, but for what runs on one or two weekdays. Where the report knows of days without data,
-- $lacks, the days with usage stand for all that are compared.
WITH seen AS (
    SELECT w.account, CASE WHEN $lacks THEN greatest(1, coalesce(max(w.same_end), max(w.end_day)) - min(w.first)) / count(DISTINCT a.day) ELSE 1 END AS times
    FROM compared w
    JOIN audited a ON a.account = w.account AND a.day >= w.first AND a.day < coalesce(w.same_end, w.end_day) AND a.category = 'Usage'
    WHERE w.k = 1 GROUP BY w.account
), weekly AS (
    SELECT ResourceId, account, x_ResourceGroupName, ServiceName, SkuMeter, category FROM audited WHERE category = 'Usage'
    GROUP BY ALL HAVING count(DISTINCT day) >= 4 AND count(DISTINCT dayofweek(day)) <= 2
), things AS (
    SELECT CASE WHEN a.ResourceId <> '' THEN a.ResourceId ELSE a.account || ' ' || a.x_ResourceGroupName END AS thing, a.ServiceName, a.SkuMeter,
           a.category, a.class, count(*) FILTER (w.k = 0 AND a.cost <> 0) AS now, count(*) FILTER (w.k = 1 AND a.cost <> 0) AS before, coalesce(sum(a.cost) FILTER (w.k = 0), 0) AS cost_now,
           coalesce(sum(a.cost) FILTER (w.k = 1), 0) AS cost_before, coalesce(any_value(n.times), 1) AS times,
           coalesce(any_value(n.times), 1) * count(DISTINCT a.day) FILTER (w.k = 1) AS days, bool_or(k.account IS NOT NULL) AS weekly
    FROM compared w
    JOIN audited a ON a.account = w.account AND (a.bill = w.bill OR w.bill IS NULL AND a.day >= w.first AND a.day < w.end_day)
    LEFT JOIN seen n ON n.account = w.account
    LEFT JOIN weekly k ON k.ResourceId IS NOT DISTINCT FROM a.ResourceId AND k.account = a.account
        AND k.x_ResourceGroupName IS NOT DISTINCT FROM a.x_ResourceGroupName AND k.ServiceName IS NOT DISTINCT FROM a.ServiceName
        AND k.SkuMeter IS NOT DISTINCT FROM a.SkuMeter AND k.category = a.category
    WHERE w.k <= 1 AND (w.same_end IS NULL OR a.day < w.same_end)
    GROUP BY ALL
)
SELECT coalesce(sum(abs(cost_now)) FILTER (before = 0), 0), coalesce(sum(abs(cost_before)) FILTER (now = 0), 0),
       (coalesce(sum(times * abs(cost_before)) FILTER (days > 2 AND NOT weekly), 0) / 2 + coalesce(sum(times * abs(cost_before)) FILTER (weekly), 0))::DECIMAL(38, 18)
FROM things
