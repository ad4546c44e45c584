-- Cost per day up to, not including, $end, by currency, bill and the line of the
-- owners file that has the charges.
SELECT w.BillingCurrency, w.x_BillingPeriod, c.ChargePeriodStart::DATE, o.line, sum(c.BilledCost),
       sum(CASE WHEN w.shadowed THEN 0::DECIMAL(38, 18) ELSE c.EffectiveCost END)
FROM charges c
JOIN current_keys w ON w.key_id = c.key_id
JOIN owned o ON o.key_id = c.key_id AND c.ChargePeriodStart >= o.first_day AND c.ChargePeriodStart < o.end_day
WHERE w.shown AND c.ChargePeriodStart < $end
GROUP BY ALL
ORDER BY ALL;
