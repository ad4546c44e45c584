-- What the ledger has of the places whose names begin with $begin: of each its newest
-- load of which something is current.
SELECT l.ref, max(l.load_id), arg_max(coalesce(l.version, ''), l.load_id)
FROM loads l
WHERE starts_with(l.ref, $begin)
  AND EXISTS (SELECT 1 FROM scopes s WHERE s.load_id = l.load_id AND s.state = 'current')
GROUP BY l.ref
ORDER BY l.ref;
