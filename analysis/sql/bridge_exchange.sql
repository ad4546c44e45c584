-- What is billed in another currency than $currency per window k < $windows and series, by
-- currency: as billed and as converted, without what corrects earlier charges.
SELECT w.k, s.series_id, c.native_currency,
       sum(CASE WHEN NOT $amortized THEN c.native_billed WHEN k.shadowed THEN 0 ELSE c.native_effective END),
       sum(CASE WHEN NOT $amortized THEN c.BilledCost WHEN k.shadowed THEN 0 ELSE c.EffectiveCost END)
FROM charges c
JOIN current_keys k ON k.key_id = c.key_id AND k.shown AND k.ChargeClass IS DISTINCT FROM 'Correction'
JOIN key_series s ON s.key_id = c.key_id
JOIN windows w ON w.k < $windows AND w.account = CASE WHEN k.SubAccountId <> '' THEN k.SubAccountId ELSE k.BillingAccountId END
    AND (w.period IS NULL AND c.ChargePeriodStart >= w.from_day OR w.period = k.x_BillingPeriod) AND c.ChargePeriodStart < w.to_day
LEFT JOIN owned o ON o.key_id = c.key_id AND c.ChargePeriodStart >= o.first_day AND c.ChargePeriodStart < o.end_day
LEFT JOIN series_owners n ON n.series_id = s.series_id
WHERE c.native_currency <> $currency AND (n.owner IS NULL OR n.owner = coalesce(o.owner, ''))
GROUP BY ALL
ORDER BY ALL;
