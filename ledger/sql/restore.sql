-- What load $load had replaced is current again, unless a newer load has replaced
-- load $load in turn, or its charges are no longer kept.
UPDATE scopes SET
    superseded_by = n.by,
    state = CASE WHEN scopes.state = 'purged' THEN 'purged' WHEN n.by IS NULL THEN 'current' ELSE 'superseded' END
FROM (
    SELECT o.scope_id, max(m.superseded_by) AS by
    FROM scopes o
    LEFT JOIN scopes m ON m.load_id = $load AND m.BillingPeriodStart = o.BillingPeriodStart AND m.superseded_by IS NOT NULL
    WHERE o.superseded_by = $load
    GROUP BY o.scope_id
) n
WHERE scopes.scope_id = n.scope_id;
