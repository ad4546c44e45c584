-- What the current window (k = 0) costs in currency $currency, by owner; NULL is none. Of
-- what has no owner by what it is on an invoice, too: '' is usage and purchases.
SELECT u.x_Owner,
       CASE WHEN u.x_Owner IS NOT NULL THEN ''
            WHEN u.ChargeCategory = 'Tax' THEN 'tax'
            WHEN u.ChargeCategory = 'Credit' THEN 'credits'
            WHEN u.ChargeCategory = 'Adjustment' THEN 'rounding'
            WHEN regexp_matches(u.ServiceName, '\bsupport\b', 'i') THEN 'support'
            ELSE '' END AS part,
       sum(CASE WHEN $amortized THEN u.EffectiveCost ELSE u.BilledCost END)
FROM usage u
JOIN windows w ON w.k = 0 AND w.account = CASE WHEN u.SubAccountId <> '' THEN u.SubAccountId ELSE u.BillingAccountId END
    AND (w.period IS NULL AND u.ChargePeriodStart >= w.from_day OR w.period = u.x_BillingPeriod) AND u.ChargePeriodStart < w.to_day
WHERE u.BillingCurrency = $currency
GROUP BY ALL
ORDER BY ALL;
