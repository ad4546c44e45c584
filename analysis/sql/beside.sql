-- Periods in which an actual and an amortized file stand side by side, and by
-- how much the BilledCost that usage shows then differs from the actual file's.
SELECT s.x_BillingPeriod, s.BillingCurrency,
       max(a.total) AS actual, (SELECT sum(u.BilledCost) FROM usage u
           WHERE u.BillingPeriodStart = s.BillingPeriodStart AND u.BillingCurrency = s.BillingCurrency
             AND u.SubAccountId IN (SELECT t.SubAccountId FROM scopes t WHERE t.shadowed AND t.state = 'current' AND t.BillingPeriodStart = s.BillingPeriodStart)) AS shown
FROM scopes s
JOIN (SELECT BillingPeriodStart, BillingCurrency, sum(BilledCost) AS total FROM scopes WHERE shadowed AND state = 'current' GROUP BY ALL) a
    ON a.BillingPeriodStart = s.BillingPeriodStart AND a.BillingCurrency = s.BillingCurrency
WHERE s.shadowed AND s.state = 'current'
GROUP BY s.x_BillingPeriod, s.BillingPeriodStart, s.BillingPeriodEnd, s.BillingCurrency
ORDER BY s.BillingPeriodStart, s.BillingCurrency;
