-- What Azure recommends to reserve, by what it would save, beside what that usage costs without; in the bill's currency, which the file does not name.
SELECT x_Scope, SubAccountId, x_ResourceType, x_SkuName, RegionId, x_Term, x_LookBackPeriod, x_RecommendedQuantity AS quantity, x_CostWithout AS cost_without,
       x_CostWith AS cost_with, x_NetSavings AS net_savings, round(100 * x_NetSavings::DOUBLE / nullif(x_CostWithout, 0)::DOUBLE, 1) AS percent_saved
FROM reservation_recommendations
ORDER BY x_NetSavings DESC, x_Scope, x_SkuName, x_Term;
