-- The tag keys of what usage shows, the one on the most rows first.
SELECT key
FROM (SELECT unnest(map_keys(Tags)) AS key, rows FROM current_keys)
GROUP BY key
ORDER BY sum(rows) DESC, key;
