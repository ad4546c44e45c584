-- The series: distinct dimensions of the current charges.
INSERT INTO series BY NAME
SELECT row_number() OVER (ORDER BY BillingAccountId, SubAccountId, x_ResourceGroupName, ServiceName, RegionId, ResourceId, SkuMeter,
           ConsumedUnit, ChargeCategory, BillingCurrency) AS series_id, *
FROM (SELECT DISTINCT * EXCLUDE (key_id, x_BillingPeriod, shadowed, shown) FROM key_dimensions);
