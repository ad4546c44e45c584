-- The tag keys of load $load, the most frequent first.
SELECT t.key, sum(rows)::BIGINT
FROM (SELECT unnest(map_keys(Tags)) AS key, rows FROM keys WHERE scope_id IN (SELECT scope_id FROM scopes WHERE load_id = $load) AND Tags IS NOT NULL) t
GROUP BY t.key ORDER BY 2 DESC, 1;
