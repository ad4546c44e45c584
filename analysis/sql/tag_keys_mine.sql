-- The tag keys of what mine has charges of.
SELECT DISTINCT key
FROM (
    SELECT unnest(map_keys(k.Tags)) AS key
    FROM current_keys k JOIN mine m ON m.key_id = k.key_id
    WHERE EXISTS (SELECT 1 FROM charges x WHERE x.key_id = m.key_id AND x.ChargePeriodStart >= m.first_day AND x.ChargePeriodStart < m.end_day)
)
ORDER BY key;
