-- The days for which each scope's file speaks: from its first day with charges to
-- its last, or as its manifest says. Files that span other days of an account and
-- period stand side by side; where they overlap the newer one speaks.
ALTER TABLE scopes ADD COLUMN from_day DATE;
ALTER TABLE scopes ADD COLUMN to_day DATE; -- exclusive

UPDATE scopes SET from_day = d.first, to_day = d.last + 1
FROM (
    SELECT s.load_id, min(c.ChargePeriodStart)::DATE AS first, max(c.ChargePeriodStart)::DATE AS last
    FROM charges c JOIN keys k USING (key_id) JOIN scopes s ON s.scope_id = k.scope_id
    GROUP BY s.load_id
) d
WHERE d.load_id = scopes.load_id;
UPDATE scopes SET from_day = BillingPeriodStart, to_day = BillingPeriodEnd WHERE from_day IS NULL;

UPDATE meta SET value = '11' WHERE name = 'schema';
