-- whole.sql of all owners at once, for elsewhere_each: before temporary tables stand before the ledger's.
CREATE OR REPLACE TEMP TABLE whole_each AS
WITH belongs AS MATERIALIZED (
    SELECT key_id, series_id, x_BillingPeriod FROM key_series
), held AS MATERIALIZED (
    SELECT DISTINCT o.owner, b.series_id FROM belongs b JOIN owned o ON o.key_id = b.key_id
), {followed}
SELECT h.owner, b.key_id, h.series_id, b.x_BillingPeriod FROM held h JOIN belongs b ON b.series_id = h.series_id
UNION ALL
SELECT h.owner, b.key_id, h.series_id, b.x_BillingPeriod
FROM held h JOIN followed f ON f.series_id = h.series_id JOIN belongs b ON b.series_id = f.other;
