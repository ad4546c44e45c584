-- The values that a dimension has on the days of mine that have charges, each with a name that
-- people know it by.
WITH bounds AS (
    SELECT key_id, unnest([DATE '1900-01-01', DATE '9999-01-01']) AS day FROM current_keys
    {bounds}
), ranges AS (
    SELECT key_id, day AS first_day, lead(day) OVER (PARTITION BY key_id ORDER BY day) AS end_day FROM bounds QUALIFY end_day IS NOT NULL
)
SELECT {value} AS value, coalesce(max({name}), '') AS name
FROM ranges c
JOIN current_keys k ON k.key_id = c.key_id
JOIN mine m ON m.key_id = c.key_id AND m.first_day < c.end_day AND c.first_day < m.end_day
{joins}WHERE k.shown AND EXISTS (
    SELECT 1 FROM {charges} x
    WHERE x.key_id = c.key_id AND x.ChargePeriodStart >= greatest(m.first_day, c.first_day) AND x.ChargePeriodStart < least(m.end_day, c.end_day))
GROUP BY ALL
ORDER BY value;
