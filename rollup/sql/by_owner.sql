-- The series and their daily sums, divided where a series has charges of several
-- owners.
{first}
CREATE OR REPLACE TEMP TABLE portions AS
SELECT c.ChargePeriodStart::DATE AS day, w.series_id AS whole, w.x_BillingPeriod, coalesce(o.owner, '') AS owner,
       sum(c.BilledCost) AS billed,
       sum(CASE WHEN w.shadowed THEN 0::DECIMAL(38, 18) ELSE c.EffectiveCost END) AS effective,
       sum(c.ConsumedQuantity) AS quantity
FROM {charges} c
JOIN key_series w ON w.key_id = c.key_id
LEFT JOIN owned o ON o.key_id = c.key_id AND c.ChargePeriodStart >= o.first_day AND c.ChargePeriodStart < o.end_day
WHERE w.shown
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE series_owners AS
SELECT row_number() OVER (ORDER BY whole, owner) AS series_id, owner, whole FROM (SELECT DISTINCT whole, owner FROM portions);

CREATE OR REPLACE TEMP TABLE series AS
SELECT n.series_id, r.* EXCLUDE (series_id) FROM series_owners n JOIN {series} r ON r.series_id = n.whole;

CREATE OR REPLACE TEMP TABLE daily AS
SELECT p.day, n.series_id, p.x_BillingPeriod, d.covered, p.billed AS BilledCost, p.effective AS EffectiveCost, p.quantity AS ConsumedQuantity,
       p.effective::DOUBLE AS cost, coalesce(p.quantity::DOUBLE, 0) AS quantity
FROM portions p
JOIN series_owners n ON n.whole = p.whole AND n.owner = p.owner
JOIN {daily} d ON d.series_id = p.whole AND d.day = p.day AND d.x_BillingPeriod = p.x_BillingPeriod
ORDER BY n.series_id, p.day;
