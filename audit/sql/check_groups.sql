-- What each value of $dimension cost in the period and, over the same elapsed days, in the
-- one before; NULL where there is no charge.
SELECT CASE $dimension WHEN 'ServiceName' THEN ServiceName WHEN 'x_ResourceGroupName' THEN x_ResourceGroupName
           WHEN 'SubAccountId' THEN CASE WHEN a.goes_on IN (SELECT account FROM compared WHERE k = 0) THEN a.goes_on ELSE a.account END WHEN 'RegionId' THEN RegionId WHEN 'ResourceId' THEN ResourceId
           WHEN 'SkuMeter' THEN SkuMeter WHEN 'BillingAccountId' THEN BillingAccountId
           WHEN 'ChargeCategory' THEN category END AS value,
       sum(a.cost) FILTER (w.k = 0), sum(a.cost) FILTER (w.k = 1)
FROM compared w
JOIN audited a ON a.account = w.account AND (a.bill = w.bill OR w.bill IS NULL AND a.day >= w.first AND a.day < w.end_day)
WHERE w.k <= 1 AND (w.same_end IS NULL OR a.day < w.same_end)
GROUP BY value ORDER BY value
