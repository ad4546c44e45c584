-- How much of the change from the prior period's days can be of what had no charge then, of
-- what has none now, and of the calendar: what is charged on two days or fewer of a period has
-- no days to be more or fewer of.
WITH things AS (
    SELECT CASE WHEN a.ResourceId <> '' THEN a.ResourceId ELSE a.account || ' ' || a.x_ResourceGroupName END AS thing, a.ServiceName, a.SkuMeter,
           a.category, count(*) FILTER (w.k = 0) AS now, count(*) FILTER (w.k = 1) AS before, coalesce(sum(a.cost) FILTER (w.k = 0), 0) AS cost_now,
           coalesce(sum(a.cost) FILTER (w.k = 1), 0) AS cost_before, count(DISTINCT a.day) FILTER (w.k = 1) AS days
    FROM compared w
    JOIN audited a ON a.account = w.account AND (a.bill = w.bill OR w.bill IS NULL AND a.day >= w.first AND a.day < w.end_day)
    WHERE w.k <= 1 AND (w.same_end IS NULL OR a.day < w.same_end)
    GROUP BY ALL
)
SELECT coalesce(sum(abs(cost_now)) FILTER (before = 0), 0), coalesce(sum(abs(cost_before)) FILTER (now = 0), 0),
       (coalesce(sum(abs(cost_before)) FILTER (days > 2), 0) / 2)::DECIMAL(38, 18)
FROM things
