-- The series that the owner has charges of, with all keys, others' too, for
-- days_elsewhere; it is asked before temporary tables stand before the ledger's.
CREATE OR REPLACE TEMP TABLE whole AS
SELECT key_id, series_id, x_BillingPeriod FROM key_series
WHERE series_id IN (SELECT series_id FROM key_series WHERE key_id IN (SELECT key_id FROM mine));
