-- Of outlook.sql, the usage that corrects earlier charges, by account, service and day.
SELECT CASE WHEN k.SubAccountId <> '' THEN k.SubAccountId ELSE k.BillingAccountId END AS account, coalesce(k.ServiceName, '') AS service,
       c.ChargePeriodStart::DATE AS day,
       sum(CASE WHEN NOT $amortized THEN c.BilledCost WHEN k.shadowed THEN 0 ELSE c.EffectiveCost END)::DOUBLE
FROM charges c
JOIN current_keys k ON k.key_id = c.key_id AND k.shown AND k.ChargeClass = 'Correction' AND k.ChargeCategory = 'Usage'
WHERE k.BillingCurrency = $currency AND c.ChargePeriodStart < $end
GROUP BY ALL
ORDER BY ALL;
