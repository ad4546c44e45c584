-- The series that the owner has charges of, with all keys, others' too, for
-- days_elsewhere; it is asked before temporary tables stand before the ledger's. Beside them,
-- not as their own, the keys of what a resource was before, or is since, under another id, group, account or
-- region: the same meter of it.
CREATE OR REPLACE TEMP TABLE whole AS
WITH belongs AS MATERIALIZED ( -- a view of four joins, planned once
    SELECT key_id, series_id, x_BillingPeriod FROM key_series
), held AS (
    SELECT DISTINCT series_id FROM belongs WHERE key_id IN (SELECT key_id FROM mine)
), {followed}
SELECT key_id, series_id, x_BillingPeriod, true AS own FROM belongs WHERE series_id IN (SELECT series_id FROM held)
UNION ALL
SELECT k.key_id, f.series_id, k.x_BillingPeriod, false FROM followed f JOIN belongs k ON k.series_id = f.other;
