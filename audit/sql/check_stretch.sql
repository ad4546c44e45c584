-- The most that $days days together ever cost, without credits, of all that was charged for $things, whosesoever it was; and
-- the most that one of the last seven days did, for what has begun goes on.
WITH daily AS (SELECT day, coalesce(sum(cost) FILTER (cost > 0), 0) AS cost FROM audited
    WHERE concat_ws('|', account, x_ResourceGroupName, ServiceName, ResourceId) IN (SELECT unnest($things::VARCHAR[])) GROUP BY day)
SELECT coalesce(max(cost), 0), (SELECT coalesce(max(cost), 0) FROM daily WHERE day > (SELECT max(day) - 7 FROM daily)) FROM (
    SELECT d.day, sum(x.cost) AS cost FROM daily d JOIN daily x ON x.day BETWEEN d.day AND d.day + $days::INTEGER - 1 GROUP BY d.day
)
