-- What resources cost on a weekend day, beside a working day: what runs when nobody works.
-- period: the bill's name, like 2026-10 (default the newest)
WITH days AS (
    SELECT ResourceId, ServiceName, BillingCurrency, ChargePeriodStart AS day, sum(EffectiveCost) AS cost
    FROM daily
    WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily)) AND ChargeCategory = 'Usage' AND ResourceId <> ''
    GROUP BY ALL
)
SELECT ResourceId, ServiceName, BillingCurrency,
       round(avg(cost::DOUBLE) FILTER (isodow(day) < 6), 2) AS working_day, round(avg(cost::DOUBLE) FILTER (isodow(day) >= 6), 2) AS weekend_day,
       coalesce(sum(cost) FILTER (isodow(day) >= 6), 0) AS weekends
FROM days
GROUP BY ResourceId, ServiceName, BillingCurrency
ORDER BY weekends DESC, ResourceId, ServiceName
LIMIT 100;
