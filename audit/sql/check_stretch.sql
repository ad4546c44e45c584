-- The most that $days days together ever cost, of all that was charged for $things, whosesoever it was.
WITH daily AS (SELECT day, sum(cost) AS cost FROM audited
    WHERE concat_ws('|', account, x_ResourceGroupName, ServiceName, ResourceId) IN (SELECT unnest($things::VARCHAR[])) GROUP BY day)
SELECT coalesce(max(cost), 0) FROM (
    SELECT d.day, sum(x.cost) AS cost FROM daily d JOIN daily x ON x.day BETWEEN d.day AND d.day + $days::INTEGER - 1 GROUP BY d.day
)
