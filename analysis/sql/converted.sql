-- What the period (the windows with k = 0) has by the currency that it was billed in and load:
-- as billed, as converted, and the first and last day of the rates.
SELECT c.native_currency, k.load_id,
       sum(CASE WHEN NOT $amortized THEN c.native_billed WHEN k.shadowed THEN 0 ELSE c.native_effective END),
       sum(CASE WHEN NOT $amortized THEN c.BilledCost WHEN k.shadowed THEN 0 ELSE c.EffectiveCost END), min(c.rate_date), max(c.rate_date)
FROM charges c
JOIN current_keys k ON k.key_id = c.key_id AND k.shown
JOIN windows w ON w.k = 0 AND w.account = CASE WHEN k.SubAccountId <> '' THEN k.SubAccountId ELSE k.BillingAccountId END
    AND (w.period IS NULL AND c.ChargePeriodStart >= w.from_day OR w.period = k.x_BillingPeriod) AND c.ChargePeriodStart < w.to_day
GROUP BY ALL
ORDER BY c.native_currency, k.load_id;
