-- days_elsewhere.sql of all owners at once, by whole_each and by the parts that Every has made. An owner's
-- series has the dimensions of the ledger's that it is a part of.
CREATE OR REPLACE TEMP TABLE each_elsewhere AS
WITH held AS (
    SELECT owner, key_id, sum(end_day - first_day) AS days FROM owned GROUP BY ALL
), numbers AS (
    SELECT e.part, r.series_id AS whole, e.series_id
    FROM each_series e
    JOIN {ledger}.series r ON r.BillingAccountId = e.BillingAccountId AND r.SubAccountId = e.SubAccountId
        AND r.x_ResourceGroupName = e.x_ResourceGroupName AND r.ServiceName = e.ServiceName AND r.RegionId = e.RegionId
        AND r.ResourceId = e.ResourceId AND r.SkuMeter = e.SkuMeter AND r.ConsumedUnit = e.ConsumedUnit
        AND r.ChargeCategory = e.ChargeCategory AND r.BillingCurrency = e.BillingCurrency
), others AS (
    SELECT p.part, p.owner, w.key_id, n.series_id, w.x_BillingPeriod
    FROM whole_each w
    JOIN parts p ON p.owner = w.owner
    JOIN numbers n ON n.part = p.part AND n.whole = w.series_id
    LEFT JOIN held h ON h.owner = w.owner AND h.key_id = w.key_id
    WHERE coalesce(h.days, 0) < DATE '9999-01-01' - DATE '1900-01-01'
)
SELECT o.part, o.series_id, o.x_BillingPeriod, c.ChargePeriodStart::DATE AS day, sum(c.BilledCost)::DECIMAL(38, 18) AS BilledCost,
    sum(c.EffectiveCost)::DOUBLE AS cost, coalesce(sum(c.ConsumedQuantity)::DOUBLE, 0) AS quantity
FROM {ledger}.charges c
JOIN others o ON o.key_id = c.key_id
LEFT JOIN owned m ON m.owner = o.owner AND m.key_id = c.key_id AND c.ChargePeriodStart >= m.first_day AND c.ChargePeriodStart < m.end_day
WHERE m.key_id IS NULL
GROUP BY ALL
ORDER BY o.part, o.series_id, day;
DROP TABLE temp.main.whole_each;

-- Views of them, and of the single charges, that show the part whose number the variable part has.
CREATE OR REPLACE TEMP VIEW elsewhere AS SELECT * EXCLUDE (part) FROM each_elsewhere WHERE part = getvariable('part');
CREATE OR REPLACE TEMP VIEW mine AS
SELECT key_id, first_day, end_day FROM owned WHERE owner = (SELECT owner FROM parts WHERE part = getvariable('part'));
CREATE OR REPLACE TEMP VIEW charges AS
{charges};
