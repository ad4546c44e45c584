-- Of totals.sql, what is given back: corrections of earlier charges, and usage below nothing.
SELECT c.ChargePeriodStart::DATE AS day, sum(c.EffectiveCost)::DOUBLE
FROM charges c
JOIN current_keys k ON k.key_id = c.key_id AND k.shown AND NOT k.shadowed AND k.ChargeCategory = 'Usage'
WHERE k.BillingCurrency = $currency AND c.ChargePeriodStart >= $first AND c.ChargePeriodStart < $end
  AND (k.ChargeClass = 'Correction' OR c.EffectiveCost < 0)
GROUP BY ALL
ORDER BY ALL;
