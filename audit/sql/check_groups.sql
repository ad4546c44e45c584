-- What each value of $dimension cost in the period and, over the same elapsed days, in the
-- one before; NULL where there is no charge. Where $dimension is NULL, of each dimension.
WITH charged AS (
    SELECT w.k, a.cost, ServiceName, x_ResourceGroupName, RegionId, ResourceId, SkuMeter, BillingAccountId, category AS ChargeCategory,
           CASE WHEN a.goes_on IN (SELECT account FROM compared WHERE k = 0) THEN a.goes_on ELSE a.account END AS SubAccountId
    FROM compared w
    JOIN audited a ON a.account = w.account AND (a.bill = w.bill OR w.bill IS NULL AND a.day >= w.first AND a.day < w.end_day)
    WHERE w.k <= 1 AND (w.same_end IS NULL OR a.day < w.same_end)
), each AS (
    SELECT CASE 0 WHEN grouping(ServiceName) THEN 'ServiceName' WHEN grouping(x_ResourceGroupName) THEN 'x_ResourceGroupName'
               WHEN grouping(SubAccountId) THEN 'SubAccountId' WHEN grouping(RegionId) THEN 'RegionId' WHEN grouping(ResourceId) THEN 'ResourceId'
               WHEN grouping(SkuMeter) THEN 'SkuMeter' WHEN grouping(BillingAccountId) THEN 'BillingAccountId' ELSE 'ChargeCategory' END AS dimension,
           coalesce(ServiceName, x_ResourceGroupName, SubAccountId, RegionId, ResourceId, SkuMeter, BillingAccountId, ChargeCategory) AS value,
           sum(cost) FILTER (k = 0) AS now, sum(cost) FILTER (k = 1) AS before
    FROM charged
    GROUP BY GROUPING SETS (ServiceName, x_ResourceGroupName, SubAccountId, RegionId, ResourceId, SkuMeter, BillingAccountId, ChargeCategory)
)
SELECT dimension, value, now, before FROM each WHERE $dimension::VARCHAR IS NULL OR dimension = $dimension ORDER BY dimension, value
