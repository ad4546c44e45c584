-- The numbers that no key has: the first of each run of them, and how many they
-- are, NULL for the last, which has no end.
WITH held AS (
    SELECT 0 AS key_id
    UNION ALL SELECT key_id FROM keys
)
SELECT key_id + 1, lead(key_id) OVER (ORDER BY key_id) - key_id - 1 AS free
FROM held
QUALIFY free IS NULL OR free > 0
ORDER BY key_id;
