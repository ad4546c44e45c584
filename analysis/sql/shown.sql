-- What usage shows of each load, in the cost that the load's own total is made
-- of: billed for FOCUS files, else the file's cost.
SELECT x_LoadId, BillingCurrency, sum(CASE WHEN x_CostType = 'focus' THEN BilledCost ELSE EffectiveCost END)
FROM usage GROUP BY x_LoadId, BillingCurrency ORDER BY 1, 2;
