package loader

import (
	"regexp"
	"slices"
)

// another is a kind of file that people take for a usage file, or that holds usage
// in a form that is not read, and what to load instead. It is told by columns that
// no other file has.
type another struct {
	columns []string
	what    string
	instead string
}

const (
	table    = "the table of Google Cloud's billing reports, a sum and no usage"
	bigQuery = "export billing to BigQuery and load that (docs/files.md)"

	kubernetes = "what Kubecost or OpenCost allocates of a cluster's cost, which the cloud's own bill holds already"
	cluster    = "load the cloud's usage; what is shared in it is divided by owners.csv (docs/owners.md)"
	focusOf    = "write what it cost with FOCUS's columns, and load that (docs/files.md)"
)

// subtotal is a column of Google Cloud's tables, which name the currency in it by its sign or code.
var subtotal = regexp.MustCompile(`^Subtotal \(.+\)$`)

// total is the last column of AWS Cost Explorer's tables, by day or by service.
var total = regexp.MustCompile(`^(Total costs?\s?\([$¥€£]\)|(Service|Linked account|Region|Usage type|Instance type) total(\([$¥€£]\))?)$`)

// others lists them. The columns are those of the vendors' own documents.
func others() []another {
	portal := "load the usage itself: an export (Cost Management > Exports), or the usage file of the billing period (docs/azure.md)"
	focus := "create an export in FOCUS and load that"
	part := "AWS's Cost and Usage Report without columns that are needed"
	columns := "export it with at least line_item_usage_account_id, line_item_usage_start_date, line_item_line_item_type, " +
		"line_item_unblended_cost, bill_payer_account_id, bill_billing_period_start_date and bill_billing_period_end_date"
	slashes := "export it with at least lineItem/UsageAccountId, lineItem/UsageStartDate, lineItem/LineItemType, " +
		"lineItem/UnblendedCost, bill/PayerAccountId, bill/BillingPeriodStartDate and bill/BillingPeriodEndDate"
	return []another{
		{[]string{"UsageDate", "Cost", "CostUSD", "Currency"}, `the portal's "Cost analysis" download, a sum and no usage`, portal},
		{[]string{"Cost", "CostUSD", "Currency"}, `the portal's "Cost analysis" download, a sum and no usage`, portal},
		{[]string{"lineItem/UsageStartDate", "lineItem/UnblendedCost"}, part, slashes},
		{[]string{"line_item_usage_start_date", "line_item_unblended_cost"}, part, columns},
		{
			[]string{"InvoiceID", "PayerAccountId", "LinkedAccountId", "RecordType"},
			"AWS's detailed billing report, which AWS no longer writes", focus,
		},
		{[]string{"Billing account ID", "Project ID", "Service description", "SKU description"}, table, bigQuery},
		{[]string{"Service", "Service($)"}, "AWS Cost Explorer's download, a sum and no usage", focus},
		{
			[]string{"billing_account_id", "usage_start_time", "cost"},
			"Google Cloud's billing export without columns that are needed",
			"export it with at least billing_account_id, service, usage_start_time, cost, currency and credits",
		},
		{
			[]string{"lineItem/intervalUsageStart", "usage/consumedQuantity"},
			"Oracle Cloud's usage report, which holds quantities and no cost", "load the cost report beside it (reports/cost-csv)",
		},
		{
			[]string{"Publisher Name", "Offer Name", "Plan Name", "ExtendedCost"},
			"the Enterprise Agreement's file of marketplace charges, which are in no usage file",
			"state what it comes to with the invoice ('usagereport invoices add --purchases')",
		},
		{[]string{"meterId", "unitPrice", "basePrice", "marketPrice"}, "an Azure price sheet, which holds prices and no usage", portal},
		{[]string{"Meter ID", "Unit Price", "Included Quantity", "Part Number"}, "an Azure price sheet, which holds prices and no usage", portal},
		{[]string{"meterId", "retailPrice", "armRegionName"}, "Azure's retail prices, and no usage", portal},
		{[]string{"Service", "Unit of Measure", "Part Number", "Unit Price"}, "an Azure price sheet, which holds prices and no usage", portal},
		{
			[]string{"usageStartTime", "usageEndTime", "meterId", "instanceData", "quantity"},
			"Azure's usage aggregates, which hold quantities and no cost", portal,
		},
		{
			[]string{"BeginningBalance", "NewPurchases", "Adjustments", "Utilized"},
			"the balance summary of an Enterprise Agreement, sums and no usage", portal,
		},
		{
			[]string{"Business Impact", "Recommendation", "Potential Annual Cost Savings"},
			"Azure Advisor's recommendations, and no usage", portal,
		},
		{[]string{"UsageDate", "PreTaxCost", "PreTaxCostUSD"}, `the portal's "Cost analysis" download, a sum and no usage`, portal},
		{
			[]string{"sku_name", "usage_date", "usage_unit", "usage_quantity"},
			"Databricks's table of billable usage, which holds quantities and no cost", focusOf,
		},
		{[]string{"clusterId", "sku", "dbus"}, "Databricks's report of billable usage, which holds quantities and no cost", focusOf},
		{
			[]string{"ACCOUNT_LOCATOR", "USAGE_DATE", "USAGE_TYPE", "USAGE_IN_CURRENCY"},
			"Snowflake's table of daily usage, which is not read", focusOf,
		},
		{[]string{"WAREHOUSE_NAME", "CREDITS_USED"}, "Snowflake's table of credits, which hold no cost", focusOf},
		{[]string{"Namespace", "CPU Cost", "RAM Cost", "Total Cost"}, kubernetes, cluster},
		{[]string{"Namespace", "CPUCost", "RAMCost", "TotalCost"}, kubernetes, cluster},
		{[]string{"cpuCost", "ramCost", "pvCost", "totalCost"}, kubernetes, cluster},
		{
			[]string{"group_description", "description", "hours", "start", "end", "project_name"},
			"a DigitalOcean invoice, which is not read", focusOf,
		},
		{
			[]string{"ProductCode", "SubscriptionType", "PretaxGrossAmount", "PretaxAmount"},
			"Alibaba Cloud's bill, which is not read", "let Alibaba Cloud export the bill in FOCUS, and load that (docs/files.md)",
		},
		{
			[]string{"tenantId", "service", "timeUsageStarted", "computedAmount"},
			"Oracle Cloud's cost analysis, a sum and no usage", "load the cost reports (docs/files.md)",
		},
		{
			[]string{"Timestamp", "User", "Model", "Requests Used"},
			"GitHub's list of premium requests, which holds no cost", "load the billing report (docs/files.md)",
		},
		{
			[]string{"InvoiceDetailId", "InvoiceIssueDate"},
			"FOCUS's invoice details, which say what invoices hold, and no usage",
			"load the cost and usage beside it; state an invoice with 'usagereport invoices add'",
		},
		{
			[]string{"BillingPeriodStatus", "BillingPeriodLastUpdated"},
			"FOCUS's list of billing periods, which holds no usage", "load the cost and usage beside it",
		},
		{[]string{"name", "rule"}, "a file of owners", "put it beside the configuration as owners.csv, or name it with --owners"},
		{[]string{"finding", "answer"}, "a file of answers", "put it beside the configuration as answers.csv, or read it with " +
			"'usagereport answers read FILE'"},
	}
}

// otherKind says what a file is that no format has, and what to load instead.
func (h Header) otherKind() (what, instead string, ok bool) {
	x := h.index()
	for _, o := range others() {
		has := func(c string) bool { return x.find(column{c}) >= 0 }
		if !slices.ContainsFunc(o.columns, func(c string) bool { return !has(c) }) {
			return o.what, o.instead, true
		}
	}
	if len(h) > 1 && slices.ContainsFunc(h, subtotal.MatchString) {
		return table, bigQuery, true
	}
	if len(h) > 1 && slices.ContainsFunc(h, func(c string) bool { return total.MatchString(c) }) {
		return "AWS Cost Explorer's download, a sum and no usage", "create an export in FOCUS and load that", true
	}
	if len(h) == 2 && h[0] == "Invoice number" {
		return table, bigQuery, true
	}
	return "", "", false
}
