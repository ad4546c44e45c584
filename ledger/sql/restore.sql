-- What load $load had replaced is current again, unless its charges are no longer kept.
UPDATE scopes SET superseded_by = NULL, state = CASE WHEN state = 'purged' THEN 'purged' ELSE 'current' END
WHERE superseded_by = $load;
