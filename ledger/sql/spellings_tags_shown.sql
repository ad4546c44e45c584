-- The tags of every charge in the spellings of the temporary table tag_spellings. A charge
-- that has one key in two spellings keeps both.
WITH entries AS (
    SELECT key_id, unnest(map_keys(coalesce(tags_written, Tags))) AS key, unnest(map_values(coalesce(tags_written, Tags))) AS value
    FROM keys WHERE Tags IS NOT NULL
), shown AS (
    SELECT e.key_id, map(list(coalesce(b.spelling, e.key) ORDER BY e.key), list(e.value ORDER BY e.key)) AS tags
    FROM entries e LEFT JOIN tag_spellings b ON b.folded = lower(e.key)
    GROUP BY e.key_id
    HAVING count(b.folded) > 0 AND count(*) = count(DISTINCT lower(e.key))
)
UPDATE keys SET tags_written = coalesce(keys.tags_written, keys.Tags), Tags = shown.tags
FROM shown WHERE shown.key_id = keys.key_id AND shown.tags <> keys.Tags;
