-- How many rows each key of a split scope has now.
UPDATE keys SET rows = n.rows
FROM (
    SELECT c.key_id, count(*) AS rows
    FROM charges c
    WHERE c.key_id IN (SELECT old_key FROM split_keys UNION ALL SELECT new_key FROM split_keys)
    GROUP BY c.key_id
) n
WHERE keys.key_id = n.key_id;
