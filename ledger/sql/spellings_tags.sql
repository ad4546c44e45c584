-- As spellings.sql, for the keys of tags, which Azure does not tell apart by case: each
-- shows its most frequent spelling. Only keys that load $load holds can have changed. A
-- charge that has one key in two spellings keeps both.
WITH written AS (
    SELECT lower(key) AS folded, key AS spelling, sum(rows) AS n
    FROM (SELECT unnest(map_keys(coalesce(tags_written, Tags))) AS key, rows FROM keys WHERE Tags IS NOT NULL)
    GROUP BY ALL
), fresh AS (
    SELECT DISTINCT lower(unnest(map_keys(Tags))) AS folded
    FROM keys WHERE Tags IS NOT NULL AND scope_id IN (SELECT scope_id FROM scopes WHERE load_id = $load)
), best AS (
    SELECT folded, arg_max(spelling, (n, spelling)) AS spelling
    FROM written WHERE folded IN (SELECT folded FROM fresh)
    GROUP BY folded HAVING count(*) > 1
), entries AS (
    SELECT key_id, unnest(map_keys(coalesce(tags_written, Tags))) AS key, unnest(map_values(coalesce(tags_written, Tags))) AS value
    FROM keys WHERE Tags IS NOT NULL
), shown AS (
    SELECT e.key_id, map(list(coalesce(b.spelling, e.key) ORDER BY e.key), list(e.value ORDER BY e.key)) AS tags
    FROM entries e LEFT JOIN best b ON b.folded = lower(e.key)
    WHERE (SELECT count(*) FROM best) > 0
    GROUP BY e.key_id
    HAVING count(b.folded) > 0 AND count(*) = count(DISTINCT lower(e.key))
)
UPDATE keys SET tags_written = coalesce(keys.tags_written, keys.Tags), Tags = shown.tags
FROM shown WHERE shown.key_id = keys.key_id AND shown.tags <> keys.Tags;
