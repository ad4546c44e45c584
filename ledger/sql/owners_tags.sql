-- The tags that rules name, as cells of owners_matched: of keys that differ by case alone
-- the first. What lacks a tag has the empty text, for the patterns that take it.
    SELECT key_id, col, value FROM (
        SELECT t.key_id, 'Tags.' || lower(t.e.key) AS col, coalesce(t.e.value, '') AS value, t.place
        FROM (SELECT k.key_id, unnest(map_entries(k.Tags)) AS e, generate_subscripts(map_entries(k.Tags), 1) AS place FROM {current}) t
        WHERE 'Tags.' || lower(t.e.key) IN (SELECT col FROM patterns)
    )
    QUALIFY row_number() OVER (PARTITION BY key_id, col ORDER BY place) = 1
    UNION ALL
    SELECT k.key_id, p.col, ''
    FROM (SELECT k.key_id, list_transform(map_keys(k.Tags), lambda key: 'Tags.' || lower(key)) AS has FROM {current}) k
    CROSS JOIN (SELECT DISTINCT col FROM patterns WHERE col LIKE 'Tags.%' AND pattern IN {empty}) p
    WHERE NOT coalesce(list_contains(k.has, p.col), false)
