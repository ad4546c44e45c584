-- Of outlook.sql, what is given back as usage below nothing, by account and day; corrections of earlier charges stand in
-- outlook_corrections.sql.
SELECT CASE WHEN k.SubAccountId <> '' THEN k.SubAccountId ELSE k.BillingAccountId END AS account, c.ChargePeriodStart::DATE AS day,
       sum(CASE WHEN NOT $amortized THEN c.BilledCost WHEN k.shadowed THEN 0 ELSE c.EffectiveCost END)::DOUBLE
FROM charges c
JOIN current_keys k ON k.key_id = c.key_id AND k.shown AND k.ChargeCategory = 'Usage' AND k.ChargeClass IS DISTINCT FROM 'Correction'
WHERE k.BillingCurrency = $currency AND c.ChargePeriodStart >= $first AND c.ChargePeriodStart < $end
  AND CASE WHEN $amortized THEN c.EffectiveCost ELSE c.BilledCost END < 0
GROUP BY ALL
ORDER BY ALL;
