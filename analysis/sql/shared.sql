-- Cost per day up to, not including, $1, by currency, bill and the line of the
-- owners file that has the charges; shown is the condition of the view usage.
WITH shown AS (
    SELECT k.key_id, s.BillingCurrency, s.x_BillingPeriod, s.shadowed
    FROM keys k JOIN scopes s ON s.scope_id = k.scope_id
    WHERE s.state = 'current'
      AND (NOT s.shadowed
           OR (k.ChargeCategory IN ('Purchase', 'Credit')
               AND (k.PricingCategory = 'Committed' OR k.CommitmentDiscountId IS NOT NULL)))
)
SELECT w.BillingCurrency, w.x_BillingPeriod, c.ChargePeriodStart::DATE, o.line, sum(c.BilledCost),
       sum(CASE WHEN w.shadowed THEN 0::DECIMAL(38, 18) ELSE c.EffectiveCost END)
FROM charges c
JOIN shown w ON w.key_id = c.key_id
JOIN owned o ON o.key_id = c.key_id AND c.ChargePeriodStart >= o.first_day AND c.ChargePeriodStart < o.end_day
WHERE c.ChargePeriodStart < $1
GROUP BY ALL
ORDER BY ALL;
