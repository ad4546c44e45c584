-- The most that $days days together ever cost, without credits, of all that was charged for $things, whosesoever it was; and
-- the most that one of the last seven days of each account did, all accounts together, for what has begun goes on: also where the data
-- of one end some weeks before those of the others. Purchases may go on after the last day with usage.
WITH charged AS (SELECT account, day, coalesce(sum(cost) FILTER (cost > 0), 0) AS cost, bool_or(category = 'Usage') AS used FROM audited
    WHERE concat_ws('|', account, x_ResourceGroupName, ServiceName, ResourceId) IN (SELECT unnest($things::VARCHAR[])) GROUP BY account, day
), daily AS (SELECT day, sum(cost) AS cost, bool_or(used) AS used FROM charged GROUP BY day
), ends AS (SELECT account, coalesce(max(day) FILTER (used), max(day)) AS day FROM charged GROUP BY account HAVING max(day) > (SELECT max(day) - 35 FROM charged))
SELECT coalesce(max(cost), 0), greatest(
    (SELECT coalesce(max(cost), 0) FROM daily WHERE day > (SELECT coalesce(max(day) FILTER (used), max(day)) - 7 FROM daily)),
    (SELECT coalesce(sum(cost), 0) FROM (
        SELECT max(c.cost) AS cost FROM charged c JOIN ends e ON e.account = c.account WHERE c.day > e.day - 7 GROUP BY c.account)))
FROM (
    SELECT d.day, sum(x.cost) AS cost FROM daily d JOIN daily x ON x.day BETWEEN d.day AND d.day + $days::INTEGER - 1 GROUP BY d.day
)
