-- What was known of a day when a file ended on the 5th, 10th, 15th, 20th or 25th day of
-- its billing period, beside what is known of it now, in currency $currency, by account,
-- the period's first day (of UTC, on which its charges stand) and service. Files of earlier releases, which were noted
-- without services, are left out.
WITH files AS (
    SELECT DISTINCT e.load_id, e.cost_type, e.SubAccountId, e.BillingAccountId, e.x_BillingPeriod, e.BillingPeriodStart - s.ahead AS BillingPeriodStart, s.reach
    FROM estimates e
    JOIN scopes s ON s.load_id = e.load_id AND s.SubAccountId = e.SubAccountId AND s.BillingAccountId = e.BillingAccountId
        AND s.x_BillingPeriod = e.x_BillingPeriod AND s.BillingCurrency = e.BillingCurrency
    WHERE e.BillingCurrency = $currency AND e.ServiceName <> '' AND s.reach IS NOT NULL
), newest AS (
    SELECT * FROM files
    QUALIFY row_number() OVER (PARTITION BY cost_type, SubAccountId, BillingAccountId, x_BillingPeriod ORDER BY load_id DESC) = 1
), earlier AS (
    SELECT * FROM files WHERE (reach - BillingPeriodStart + 1) IN (5, 10, 15, 20, 25)
    QUALIFY row_number() OVER (PARTITION BY cost_type, SubAccountId, BillingAccountId, x_BillingPeriod, reach ORDER BY load_id DESC) = 1
), costs AS (
    SELECT load_id, SubAccountId, BillingAccountId, x_BillingPeriod, day, ServiceName, sum(EffectiveCost)::DOUBLE AS cost
    FROM estimates WHERE BillingCurrency = $currency GROUP BY ALL
)
SELECT CASE WHEN n.SubAccountId <> '' THEN n.SubAccountId ELSE n.BillingAccountId END, n.BillingPeriodStart, (o.reach - n.BillingPeriodStart + 1)::INTEGER, f.day, f.ServiceName,
    coalesce(c.cost, 0), f.cost
FROM earlier o
JOIN newest n ON n.cost_type = o.cost_type AND n.SubAccountId = o.SubAccountId AND n.BillingAccountId = o.BillingAccountId AND n.x_BillingPeriod = o.x_BillingPeriod AND n.load_id <> o.load_id
JOIN costs f ON f.load_id = n.load_id AND f.SubAccountId = n.SubAccountId AND f.BillingAccountId = n.BillingAccountId AND f.x_BillingPeriod = n.x_BillingPeriod AND f.day <= o.reach
LEFT JOIN costs c ON c.load_id = o.load_id AND c.SubAccountId = n.SubAccountId AND c.BillingAccountId = n.BillingAccountId AND c.x_BillingPeriod = n.x_BillingPeriod
    AND c.day = f.day AND c.ServiceName = f.ServiceName
QUALIFY row_number() OVER (PARTITION BY 1, 2, 3, 4, 5 ORDER BY o.cost_type) = 1
ORDER BY 1, 2, 3, 4, 5;
