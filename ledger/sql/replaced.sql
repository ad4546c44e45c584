-- The loads that load $load replaced, and whose charges are kept.
SELECT DISTINCT l.ref || ' (load ' || l.load_id || ')'
FROM scopes s JOIN loads l USING (load_id)
WHERE s.superseded_by = $load AND s.state <> 'purged'
ORDER BY 1;
