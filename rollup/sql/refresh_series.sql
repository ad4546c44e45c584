-- The series: distinct dimensions of what usage shows.
INSERT INTO series
SELECT row_number() OVER (ORDER BY account, sub, grp, service, region, resource, meter, unit, category, currency), *
FROM (
    SELECT DISTINCT s.BillingAccountId AS account, s.SubAccountId AS sub, coalesce(k.x_ResourceGroupName, '') AS grp,
        coalesce(k.ServiceName, '') AS service, coalesce(k.RegionId, '') AS region, coalesce(k.ResourceId, '') AS resource,
        coalesce(k.SkuMeter, '') AS meter, coalesce(k.ConsumedUnit, '') AS unit, coalesce(k.ChargeCategory, '') AS category,
        s.BillingCurrency AS currency
    FROM keys k JOIN scopes s ON s.scope_id = k.scope_id
    WHERE s.state = 'current'
);
