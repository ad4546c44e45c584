-- The tag keys of what usage shows, the one on the most rows first.
SELECT key
FROM (SELECT unnest(map_keys(k.Tags)) AS key, k.rows FROM keys k JOIN scopes s ON s.scope_id = k.scope_id WHERE s.state = 'current')
GROUP BY key
ORDER BY sum(rows) DESC, key;
