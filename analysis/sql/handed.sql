-- What changed hands for good before day $end, in currency $currency: usage of the owner's that was all another's before,
-- with what it cost others on each day, and what is all another's since, with what it cost the owner, below zero. So an
-- owner's days and these are what is the owner's now, as though it had ever been. For statistics.
WITH held AS (
    SELECT s.series_id, CASE WHEN any_value(s.SubAccountId) <> '' THEN any_value(s.SubAccountId) ELSE any_value(s.BillingAccountId) END AS account,
           min(d.day) AS first_day, max(d.day) AS last_day
    FROM daily d JOIN series s ON s.series_id = d.series_id
    WHERE s.BillingCurrency = $currency AND s.ChargeCategory = 'Usage' AND d.day < $end AND (d.BilledCost <> 0 OR d.EffectiveCost <> 0)
    GROUP BY s.series_id
), others AS (
    SELECT series_id, min(day) AS first_day, max(day) AS last_day FROM elsewhere WHERE day < $end GROUP BY series_id
), turned AS (
    SELECT h.series_id, h.account, o.last_day < h.first_day AS came
    FROM held h JOIN others o ON o.series_id = h.series_id
    WHERE o.last_day < h.first_day OR o.first_day > h.last_day
), amounts AS (
    SELECT t.series_id, t.account, e.day, CASE WHEN $amortized THEN e.cost ELSE e.BilledCost::DOUBLE END AS cost
    FROM turned t JOIN elsewhere e ON e.series_id = t.series_id
    WHERE t.came AND e.day < $end
    UNION ALL
    SELECT t.series_id, t.account, d.day, -(CASE WHEN $amortized THEN d.EffectiveCost ELSE d.BilledCost END)::DOUBLE
    FROM turned t JOIN daily d ON d.series_id = t.series_id
    WHERE NOT t.came AND d.day < $end
)
SELECT min(series_id) AS part, day, sum(cost)
FROM amounts JOIN series USING (series_id)
GROUP BY account, ServiceName, day
ORDER BY part, day;
