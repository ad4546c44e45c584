-- Puts before the table owned one whose owners are the values of several dimensions together,
-- as JSON, of which the first is the owner: by it by_owner divides series by all of them. Of
-- each text the days are cut where any of the values may change.
CREATE OR REPLACE TEMP TABLE apart AS
WITH bounds AS (
    SELECT key_id, first_day AS day FROM owned UNION SELECT key_id, end_day FROM owned
    {bounds}
    UNION SELECT key_id, unnest([DATE '1900-01-01', DATE '9999-01-01']) FROM current_keys
), ranges AS (
    SELECT key_id, day AS first_day, lead(day) OVER (PARTITION BY key_id ORDER BY day) AS end_day FROM bounds QUALIFY end_day IS NOT NULL
)
SELECT c.key_id, c.first_day, c.end_day, 0 AS line, to_json([coalesce(o.owner, ''), {values}]::VARCHAR[])::VARCHAR AS owner
FROM ranges c
JOIN current_keys k ON k.key_id = c.key_id
LEFT JOIN owned o ON o.key_id = c.key_id AND c.first_day >= o.first_day AND c.first_day < o.end_day
{joins};
CREATE OR REPLACE TEMP TABLE owned AS FROM apart;
DROP TABLE apart;
