package ledger

import "usagereport/usage"

// ConvertedUsage begins a statement that finds under the name usage what usage_converted
// has in a currency.
func ConvertedUsage(to string) string {
	return "usage AS (\n    SELECT * REPLACE (x_ReportingBilledCost AS BilledCost, x_ReportingEffectiveCost AS EffectiveCost, " +
		"x_ReportingCurrency AS BillingCurrency)\n    FROM usage_converted WHERE x_ReportingCurrency = " + usage.Literal(to) +
		" AND x_ReportingBilledCost IS NOT NULL\n)"
}
