-- Cost and quantity per day and group. The first gap takes the dimensions, the
-- second the condition on series; both are names of this program, never texts
-- from a file.
SELECT u.ChargePeriodStart::DATE AS day, u.BillingCurrency%s,
       sum(u.BilledCost), sum(u.EffectiveCost), sum(u.ConsumedQuantity)
FROM usage u
WHERE u.ChargePeriodStart >= $1 AND u.ChargePeriodStart < $2%s
GROUP BY ALL
