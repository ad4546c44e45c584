-- The series: distinct dimensions of the current charges. Where all owners' charges stand apart (every.sql), each
-- owner's are numbered anew, after the owner's billionth.
INSERT INTO series BY NAME
SELECT part * 1000000000 + row_number() OVER (PARTITION BY part ORDER BY BillingAccountId, SubAccountId, x_ResourceGroupName, ServiceName,
           RegionId, ResourceId, SkuMeter, ConsumedUnit, ChargeCategory, BillingCurrency) AS series_id, * EXCLUDE (part)
FROM (SELECT DISTINCT key_id // 1000000000 AS part, * EXCLUDE (key_id, x_BillingPeriod, shadowed, shown) FROM key_dimensions);
