-- What refers to something that is not there, or is there twice. The columns are as in
-- check_sums: the load, what, how many, of what.
SELECT load_id, what, n::VARCHAR, found FROM (
    SELECT load_id, 'charges of texts (keys) that are not there' AS what, count(*) AS n, 'charges' AS found
    FROM charges WHERE key_id NOT IN (SELECT key_id FROM keys) GROUP BY ALL
    UNION ALL
    SELECT load_id, 'charges of a load that is not there', count(*), 'charges'
    FROM charges WHERE load_id NOT IN (SELECT load_id FROM loads) GROUP BY ALL
    UNION ALL
    SELECT c.load_id, 'charges that the accounts of another load have', count(*), 'charges'
    FROM charges c JOIN keys k ON k.key_id = c.key_id JOIN scopes s ON s.scope_id = k.scope_id WHERE s.load_id <> c.load_id GROUP BY ALL
    UNION ALL
    SELECT 0, 'texts (keys) of an account and period (scope) that is not there', count(*), 'keys'
    FROM keys WHERE scope_id NOT IN (SELECT scope_id FROM scopes) HAVING count(*) > 0
    UNION ALL
    SELECT 0, 'texts (keys) that are there twice', count(*) - count(DISTINCT key_id), 'keys' FROM keys HAVING count(*) > count(DISTINCT key_id)
    UNION ALL
    SELECT load_id, 'accounts and periods (scopes) of a load that is not there', count(*), 'scopes'
    FROM scopes WHERE load_id NOT IN (SELECT load_id FROM loads) GROUP BY ALL
    UNION ALL
    SELECT 0, 'daily sums of a series that is not there', count(*), 'sums'
    FROM daily WHERE series_id NOT IN (SELECT series_id FROM series) HAVING count(*) > 0
    UNION ALL
    SELECT 0, 'series that are there twice', count(*) - count(DISTINCT series_id), 'series'
    FROM series HAVING count(*) > count(DISTINCT series_id)
    UNION ALL
    SELECT 0, 'charges that are shown and belong to no series', count(*), 'texts (keys)'
    FROM current_keys WHERE shown AND key_id NOT IN (SELECT key_id FROM key_series) HAVING count(*) > 0
    UNION ALL
    SELECT load_id, 'file totals of a load that is not there', count(*), 'totals'
    FROM load_totals WHERE load_id NOT IN (SELECT load_id FROM loads) GROUP BY ALL
)
ORDER BY ALL;
