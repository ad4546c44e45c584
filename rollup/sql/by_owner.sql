-- The series and their daily sums, divided where a series has charges of several
-- owners. Texts are matched as in refresh_daily.sql.
CREATE OR REPLACE TEMP TABLE portions AS
WITH shown AS (
    SELECT k.key_id, r.series_id, s.x_BillingPeriod, s.shadowed
    FROM {ledger}.keys k
    JOIN {ledger}.scopes s ON s.scope_id = k.scope_id
    JOIN {ledger}.series r ON r.BillingAccountId = s.BillingAccountId AND r.SubAccountId = s.SubAccountId
        AND r.x_ResourceGroupName = coalesce(k.x_ResourceGroupName, '') AND r.ServiceName = coalesce(k.ServiceName, '')
        AND r.RegionId = coalesce(k.RegionId, '') AND r.ResourceId = coalesce(k.ResourceId, '')
        AND r.SkuMeter = coalesce(k.SkuMeter, '') AND r.ConsumedUnit = coalesce(k.ConsumedUnit, '')
        AND r.ChargeCategory = coalesce(k.ChargeCategory, '') AND r.BillingCurrency = s.BillingCurrency
    WHERE s.state = 'current'
      AND (NOT s.shadowed
           OR (k.ChargeCategory IN ('Purchase', 'Credit')
               AND (k.PricingCategory = 'Committed' OR k.CommitmentDiscountId IS NOT NULL)))
)
SELECT c.ChargePeriodStart::DATE AS day, w.series_id AS whole, w.x_BillingPeriod, coalesce(o.owner, '') AS owner,
       sum(c.BilledCost) AS billed,
       sum(CASE WHEN w.shadowed THEN 0::DECIMAL(38, 18) ELSE c.EffectiveCost END) AS effective,
       sum(c.ConsumedQuantity) AS quantity
FROM {ledger}.charges c
JOIN shown w ON w.key_id = c.key_id
LEFT JOIN owned o ON o.key_id = c.key_id AND c.ChargePeriodStart >= o.first_day AND c.ChargePeriodStart < o.end_day
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE series_owners AS
SELECT row_number() OVER (ORDER BY whole, owner) AS series_id, owner, whole FROM (SELECT DISTINCT whole, owner FROM portions);

CREATE OR REPLACE TEMP TABLE series AS
SELECT n.series_id, r.* EXCLUDE (series_id) FROM series_owners n JOIN {ledger}.series r ON r.series_id = n.whole;

CREATE OR REPLACE TEMP TABLE daily AS
SELECT p.day, n.series_id, p.x_BillingPeriod, d.covered, p.billed AS BilledCost, p.effective AS EffectiveCost, p.quantity AS ConsumedQuantity,
       p.effective::DOUBLE AS cost, coalesce(p.quantity::DOUBLE, 0) AS quantity
FROM portions p
JOIN series_owners n ON n.whole = p.whole AND n.owner = p.owner
JOIN {ledger}.daily d ON d.series_id = p.whole AND d.day = p.day AND d.x_BillingPeriod = p.x_BillingPeriod
ORDER BY n.series_id, p.day;
