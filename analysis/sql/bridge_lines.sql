-- Azure's usage files of version 1 and 2 give money per meter and bill, rounded to
-- the cent. Per window k < $windows, series and such line of a bill, in currency $currency: the
-- quantity, how much of it was paid for, and the quantity of the whole line.
WITH days AS (
    SELECT u.BillingAccountId, u.SubAccountId, coalesce(u.x_ResourceGroupName, '') AS grp, coalesce(u.ServiceName, '') AS service,
           coalesce(u.RegionId, '') AS region, coalesce(u.ResourceId, '') AS resource, coalesce(u.SkuMeter, '') AS meter,
           coalesce(u.ConsumedUnit, '') AS unit, coalesce(u.x_MeterSubcategory, '') AS subcategory, coalesce(u.RegionName, '') AS line_region,
           u.x_BillingPeriod AS bill, coalesce(u.x_Owner, '') AS owner, u.ChargePeriodStart::DATE AS day,
           sum(greatest(u.ConsumedQuantity, 0)) AS quantity, sum(coalesce(u.PricingQuantity, greatest(u.ConsumedQuantity, 0))) AS paid
    FROM usage u
    WHERE u.BillingCurrency = $currency AND u.x_CostType = 'statement' AND u.ChargeCategory = 'Usage'
    GROUP BY ALL
), lines AS (
    SELECT SubAccountId, bill, service, subcategory, meter, line_region, unit, sum(quantity) AS quantity FROM days GROUP BY ALL
)
SELECT w.k, s.series_id, sum(d.quantity), sum(d.paid), l.quantity
FROM days d
JOIN lines l ON l.SubAccountId = d.SubAccountId AND l.bill = d.bill AND l.service = d.service AND l.subcategory = d.subcategory
    AND l.meter = d.meter AND l.line_region = d.line_region AND l.unit = d.unit
JOIN windows w ON w.account = CASE WHEN d.SubAccountId <> '' THEN d.SubAccountId ELSE d.BillingAccountId END
    AND (w.period IS NULL AND d.day >= w.from_day OR w.period = d.bill)
    AND d.day < w.to_day AND w.k < $windows
JOIN series s ON s.BillingAccountId = d.BillingAccountId AND s.SubAccountId = d.SubAccountId AND s.x_ResourceGroupName = d.grp
    AND s.ServiceName = d.service AND s.RegionId = d.region AND s.ResourceId = d.resource AND s.SkuMeter = d.meter
    AND s.ConsumedUnit = d.unit AND s.ChargeCategory = 'Usage' AND s.BillingCurrency = $currency
LEFT JOIN series_owners o ON o.series_id = s.series_id
WHERE l.quantity > 0 AND (o.owner IS NULL OR o.owner = d.owner)
GROUP BY w.k, s.series_id, l.subcategory, l.line_region, l.bill, l.quantity
ORDER BY w.k, s.series_id, l.quantity;
