-- The newest load of what a place has under $ref and $version, of which something
-- is current.
SELECT l.load_id
FROM loads l
WHERE l.ref = $ref AND l.version = $version
  AND EXISTS (SELECT 1 FROM scopes s WHERE s.load_id = l.load_id AND s.state = 'current')
ORDER BY l.load_id DESC LIMIT 1;
