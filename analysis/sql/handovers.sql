-- The owner's series in currency $currency that were all another's before, or are all
-- another's since, if that was within five weeks and on a day from $first on: since when,
-- how many resources they are, and what they cost the owner up to $last, or in the four
-- weeks before.
WITH held AS (
    SELECT s.series_id, coalesce(nullif(s.ResourceId, ''), s.series_id::VARCHAR) AS resource, min(d.day) AS first_day, max(d.day) AS last_day
    FROM daily d JOIN series s ON s.series_id = d.series_id
    WHERE s.BillingCurrency = $currency AND d.day <= $last AND (d.BilledCost <> 0 OR d.EffectiveCost <> 0)
    GROUP BY ALL
), others AS (
    SELECT series_id, min(day) AS first_day, max(day) AS last_day FROM elsewhere WHERE day <= $last GROUP BY series_id
), turns AS (
    SELECT h.series_id, h.resource, o.last_day < h.first_day AS came, CASE WHEN o.last_day < h.first_day THEN h.first_day ELSE o.first_day END AS day
    FROM held h JOIN others o USING (series_id)
    WHERE o.last_day < h.first_day AND o.last_day >= h.first_day - 35 OR o.first_day > h.last_day AND o.first_day <= h.last_day + 35
)
SELECT t.came, min(t.day), count(DISTINCT t.resource),
       coalesce(sum(CASE WHEN $amortized THEN d.EffectiveCost ELSE d.BilledCost END), 0::DECIMAL(38, 18))::DECIMAL(38, 18)
FROM turns t
LEFT JOIN daily d ON d.series_id = t.series_id AND d.day <= $last AND (t.came OR d.day >= t.day - 28)
WHERE t.day >= $first
GROUP BY t.came
ORDER BY came DESC;
