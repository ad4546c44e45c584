-- Keeps of the table mine what meets conditions on the values of dimensions. Of each text the
-- days are cut where any of the values may change.
CREATE OR REPLACE TEMP TABLE mine AS
WITH bounds AS (
    SELECT key_id, unnest([DATE '1900-01-01', DATE '9999-01-01']) AS day FROM current_keys
    {bounds}
), ranges AS (
    SELECT key_id, day AS first_day, lead(day) OVER (PARTITION BY key_id ORDER BY day) AS end_day FROM bounds QUALIFY end_day IS NOT NULL
)
SELECT m.key_id, greatest(m.first_day, c.first_day) AS first_day, least(m.end_day, c.end_day) AS end_day
FROM ranges c
JOIN current_keys k ON k.key_id = c.key_id
JOIN mine m ON m.key_id = c.key_id AND m.first_day < c.end_day AND c.first_day < m.end_day
{joins}WHERE {conditions};
