package loader_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usagereport/internal/ledgertest"
	"usagereport/ledger"
	"usagereport/loader"
)

const samples = "../testdata/usage"

// Every format has a sample of the project's own making, and its total is held:
// the sum of the amounts as written in the file, to the ledger's scale.
func TestSamples(t *testing.T) {
	cases := []struct {
		path, cost, currency, total string
		rows                        int64
	}{
		{"azure_account_v2/202607-v2.csv", "statement", "EUR", "677.77", 321},
		{"azure_account_v2/202608-v2.csv", "statement", "EUR", "738.95", 333},
		{"azure_account_v2/202609-v2.csv", "statement", "EUR", "885.75", 290},
		{"azure_account_v1/202608-v1.csv", "statement", "EUR", "738.95", 333},
		{"azure_sponsorship/AzureUsage.csv", "statement", "XXX", "6.98908", 56},
		{"azure_ea/actual-2026-10.csv", "actual", "EUR", "551.500000011", 32},
		{"azure_ea/amortized-2026-10.csv", "amortized", "EUR", "38.979452065794520548", 31},
		{"azure_ea/new-names-2026-10.csv", "actual", "EUR", "551.500000011", 32},
		{"azure_ea/localised-2026-10.csv", "actual", "EUR", "4.8000000022", 6},
		{"azure_ea/no-rows.csv", "actual", "", "", 0},
		{"azure_ea_2019/2019-11.csv", "actual", "XXX", "0.0000324", 5},
		{"azure_ea_detail/201706.csv", "actual", "XXX", "16.8", 7},
		{"azure_mca/2026-11.csv", "actual", "DKK", "1005.072174563641344", 15},
		{"azure_mca/older-portal-2026-11.csv", "actual", "DKK", "1005.072174563641344", 15},
		{"azure_csp/2026-11.csv", "actual", "DKK", "1.477764161040384", 4},
		{"azure_mosa/2026-03.csv", "actual", "USD", "0.0000324", 5},
		{"azure_mosa/localised-2026-03.csv", "actual", "USD", "0.0000324", 5},
		{"azure_usage_details/2026-11.csv", "actual", "USD", "0.43200096", 3},
		{"focus/azure-1.0r2.csv", "focus", "EUR", "1.309377977405744035", 5},
		{"focus/aws-1.2.csv", "focus", "USD", "5.75", 6},
		{"aws_cur/legacy-2026-10.csv", "focus", "USD", "58.460000004", 13},
		{"aws_cur/cur2-2026-10.csv", "focus", "USD", "58.460000004", 13},
		{"gcp_billing/detailed-2026-10.csv", "focus", "EUR", "20.170981", 11},
		{"gcp_billing/detailed-2026-10.json", "focus", "EUR", "20.170981", 11},
		{"oci_cost/2026-10.csv", "actual", "GBP", "10.250081282", 6},
		{"openai_costs/cost_2026-10-01_2026-10-04.csv", "actual", "USD", "6.2800125", 7},
		{"openai_costs/costs-2026-10.json", "actual", "USD", "2.79", 3},
		{"openai_usage/completions_usage_2026-10-01_2026-10-04.csv", "actual", "USD", "0", 5},
		{"openai_usage/completions-2026-10.json", "actual", "USD", "0", 3},
		{"anthropic_cost/claude_api_cost_2026-10.csv", "actual", "USD", "19.665", 7},
		{"anthropic_usage/claude_api_tokens_2026-10.csv", "actual", "USD", "0", 5},
		{"anthropic_cost_report/cost_report-2026-10.json", "actual", "USD", "19.556234567890123457", 7},
		{"anthropic_usage_report/messages-2026-10.json", "actual", "USD", "0", 6},
		{"github_usage/detailed-2026-10.csv", "actual", "USD", "8.30352821", 5},
		{"github_usage/summarized-2026-10.csv", "actual", "USD", "0.21", 2},
		{"github_ai_usage/premium-requests-2026-10.csv", "actual", "USD", "0.56", 2},
		{"github_ai_usage/ai-usage-2026-10.csv", "actual", "USD", "0.969990345", 2},
	}
	var held []string
	for _, c := range cases {
		held = append(held, filepath.Dir(c.path))
		t.Run(c.path, func(t *testing.T) {
			l := open(t)
			r := load(t, l, loader.Options{}, filepath.Join(samples, c.path))[0]
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			if r.Format != filepath.Dir(c.path) || r.CostType != c.cost || r.Rows != c.rows || r.Rejected != 0 {
				t.Errorf("got %s, %s, %d rows, %d rejected; want %s, %s, %d, 0", r.Format, r.CostType, r.Rows, r.Rejected, filepath.Dir(c.path), c.cost, c.rows)
			}
			if got := r.Totals[c.currency].String(); c.total != "" && got != c.total {
				t.Errorf("total %s, want %s", got, c.total)
			}
			d, err := ledger.Describe(t.Context(), l.DB(), r.LoadID)
			if err != nil {
				t.Fatal(err)
			}
			if d.Held[c.currency] != d.Totals[c.currency] {
				t.Errorf("the ledger holds %s of the file's %s", d.Held[c.currency], d.Totals[c.currency])
			}
		})
	}
	formats, err := loader.Formats()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range formats {
		if !slices.Contains(held, f.Name) {
			t.Errorf("format %s has no sample in testdata/usage", f.Name)
		}
	}
	folders, err := os.ReadDir(samples)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range folders {
		if !slices.Contains(held, d.Name()) {
			t.Errorf("sample folder %s is not held by a case", d.Name())
		}
	}
}

// What a format's file says of agreements stands in the ledger with the load.
func TestAgreementsReachTheLedger(t *testing.T) {
	for path, want := range map[string]string{
		"azure_ea/amortized-2026-10.csv":   "enterprise ",
		"azure_ea_2019/2019-11.csv":        "enterprise ",
		"azure_ea_detail/201706.csv":       "enterprise ",
		"azure_csp/2026-11.csv":            "partner ",
		"azure_sponsorship/AzureUsage.csv": "sponsored ",
		"azure_account_v2/202608-v2.csv":   " azure_account_v1",
		"azure_account_v1/202608-v1.csv":   " ",
		"azure_mca/2026-11.csv":            " ",
	} {
		l := open(t)
		if r := load(t, l, loader.Options{}, filepath.Join(samples, path))[0]; r.Err != nil {
			t.Fatal(r.Err)
		}
		if got := value(t, l, "SELECT agreement || ' ' || outranks FROM loads"); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

// Whichever comes first, version 2 of a bill is the one that counts.
func TestVersion2OutranksVersion1(t *testing.T) {
	one, two := filepath.Join(samples, "azure_account_v1/202608-v1.csv"), filepath.Join(samples, "azure_account_v2/202608-v2.csv")
	for _, c := range []struct {
		first, second string
		status        loader.Status
	}{{one, two, loader.Loaded}, {two, one, loader.Superseded}} {
		l := open(t)
		load(t, l, loader.Options{}, c.first)
		if r := load(t, l, loader.Options{}, c.second)[0]; r.Status != c.status {
			t.Errorf("%s after %s: %s, %v", c.second, c.first, r.Status, r.Err)
		}
		if got := value(t, l, "SELECT string_agg(DISTINCT x_SourceFile, ',') FROM usage"); got != two {
			t.Errorf("%s after %s: the ledger shows %s", c.second, c.first, got)
		}
	}
}

// value runs a query that gives one value, as text.
func value(t *testing.T, l *ledger.Ledger, query string, args ...any) string {
	t.Helper()
	var s string
	if err := l.DB().QueryRowContext(t.Context(), "SELECT ("+query+")::VARCHAR", args...).Scan(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRowsSpeakFOCUS(t *testing.T) {
	loaded := map[string]*ledger.Ledger{} // by path
	for _, c := range []struct{ path, query, want string }{
		// Version 2: ids in lower case, names in their most frequent spelling.
		{"azure_account_v2/202607-v2.csv", "SELECT DISTINCT SubAccountId FROM usage", "5b1c0d3e-7a52-4c07-9c5e-0f6f2d3a1b77"},
		{"azure_account_v2/202607-v2.csv", "SELECT string_agg(DISTINCT x_ResourceGroupName, ',' ORDER BY x_ResourceGroupName) FROM usage", "build,intranet,logs,web-prod"},
		{"azure_account_v2/202607-v2.csv", "SELECT DISTINCT BillingPeriodStart || ' ' || BillingPeriodEnd || ' ' || x_BillingPeriod FROM usage", "2026-06-12 2026-07-12 2026-07"},
		{"azure_account_v2/202607-v2.csv", "SELECT count(*) FROM usage WHERE ResourceId <> lower(ResourceId)", "0"},
		{"azure_account_v2/202607-v2.csv", "SELECT DISTINCT Tags['team'] FROM usage WHERE ServiceName = 'Key Vault'", "shop"},
		{"azure_account_v2/202608-v2.csv", "SELECT ChargeFrequency || ' ' || ChargePeriodStart::DATE || ' ' || BilledCost::DECIMAL(9,2) FROM usage WHERE ServiceName = 'Azure DNS'", "One-Time 2026-08-11 35.00"},
		// A statement line is spread to the last digit.
		{"azure_account_v2/202608-v2.csv", "SELECT sum(BilledCost) FROM usage WHERE SkuMeter = 'Data Transfer Out'", "7.640000000000000000"},
		// EA: what a commitment covers is not billed.
		{"azure_ea/amortized-2026-10.csv", "SELECT sum(BilledCost) FROM usage WHERE PricingCategory = 'Committed'", "0.000000000000000000"},
		{"azure_ea/amortized-2026-10.csv", "SELECT count(*) FROM usage WHERE CommitmentDiscountStatus = 'Unused'", "1"},
		{"azure_ea/actual-2026-10.csv", "SELECT ChargeCategory || ' ' || ChargeClass FROM usage WHERE BilledCost < 0", "Credit Correction"},
		{"azure_ea/actual-2026-10.csv", "SELECT string_agg(DISTINCT x_ResourceGroupName, ',') FROM usage", "rg-app"},
		{"azure_ea/actual-2026-10.csv", "SELECT DISTINCT Tags['owner'] FROM usage WHERE Tags IS NOT NULL", `a "quoted" name`},
		// What the file does not name is filled from the table of services.
		{"azure_ea/actual-2026-10.csv", "SELECT string_agg(DISTINCT ServiceCategory || ', ' || ServiceSubcategory, '; ') FROM usage WHERE ResourceName = 'app-1'", "Compute, Virtual Machines"},
		{"azure_account_v2/202607-v2.csv", "SELECT string_agg(DISTINCT ServiceCategory, ', ' ORDER BY ServiceCategory) FROM usage", "Compute, Databases, Management and Governance, Security, Storage, Web"},
		{"focus/azure-1.0r2.csv", "SELECT DISTINCT ServiceCategory FROM usage", "Compute"},
		// MCA: the purchase's own period is its day; the bill is the month.
		{"azure_mca/2026-11.csv", "SELECT DISTINCT x_BillingPeriod || ' ' || BillingPeriodStart || ' ' || BillingPeriodEnd FROM usage", "2026-11 2026-11-01 2026-12-01"},
		{"azure_mca/2026-11.csv", "SELECT DISTINCT Tags['org'] FROM usage WHERE Tags IS NOT NULL", "y"},
		// FOCUS: hours are kept, ids of other clouds keep their case.
		{"focus/aws-1.2.csv", "SELECT max(ChargePeriodStart) FROM usage", "2026-10-01 04:00:00"},
		{"focus/aws-1.2.csv", "SELECT DISTINCT ResourceId FROM usage WHERE ResourceId IS NOT NULL", "arn:aws:ec2:eu-west-1:123456789012:instance/i-0AbC"},
		{"focus/azure-1.0r2.csv", "SELECT DISTINCT SubAccountId || ' ' || SkuMeter FROM usage", "1aaaaaaa-0001-4000-8000-000000000001 D2s v5"},
		{"focus/azure-1.0r2.csv", "SELECT BilledCost FROM usage LIMIT 1", "0.261875595481148807"},
		// AWS: billed is unblended, effective is amortized; both add up.
		{"aws_cur/legacy-2026-10.csv", "SELECT sum(BilledCost) || ' ' || sum(EffectiveCost) FROM usage", "58.460000004000000000 9.950000004000000000"},
		{"aws_cur/cur2-2026-10.csv", "SELECT sum(BilledCost) || ' ' || sum(EffectiveCost) FROM usage", "58.460000004000000000 9.950000004000000000"},
		{"aws_cur/legacy-2026-10.csv", "SELECT string_agg(c || ' ' || n || ' ' || b::DECIMAL(9,3), ', ' ORDER BY c) FROM (SELECT ChargeCategory c, count(*) n, sum(BilledCost) b FROM usage GROUP BY 1)", "Adjustment 1 -0.500, Credit 2 -6.250, Purchase 2 52.180, Tax 1 9.500, Usage 7 3.530"},
		{"aws_cur/legacy-2026-10.csv", "SELECT ChargeClass FROM usage WHERE BilledCost = -1.25", "Correction"},
		{"aws_cur/legacy-2026-10.csv", "SELECT sum(ConsumedQuantity)::INT FROM usage WHERE CommitmentDiscountType = 'Savings Plan' AND ChargeCategory = 'Usage'", "1"},
		{"aws_cur/legacy-2026-10.csv", "SELECT PublisherName || ', ' || ServiceName FROM usage WHERE SkuMeter LIKE 'SoftwareUsage%'", "Example Software Ltd, Example Appliance"},
		{"aws_cur/legacy-2026-10.csv", "SELECT ChargePeriodStart || ' ' || ChargePeriodEnd || ' ' || BillingPeriodEnd FROM usage WHERE ChargeCategory = 'Tax'", "2026-10-01 00:00:00 2026-11-01 00:00:00 2026-11-01"},
		{"aws_cur/legacy-2026-10.csv", "SELECT DISTINCT Tags::VARCHAR FROM usage WHERE ResourceId = 'i-0a1' AND Tags IS NOT NULL", `{Name='web, "1"', 'aws:createdBy'='AssumedRole:x', 'cost_category:Unit'=Retail, team=shop}`},
		{"aws_cur/cur2-2026-10.csv", "SELECT DISTINCT Tags['name'] || ' ' || Tags['cost_category:unit'] FROM usage WHERE ResourceId = 'i-0b2'", "db Retail"},
		{"aws_cur/cur2-2026-10.csv", "SELECT DISTINCT SubAccountName || ', ' || ServiceName || ', ' || RegionId FROM usage WHERE SubAccountId = '333333333333'", "Logs, Amazon Simple Storage Service, eu-central-1"},
		// Google: a credit is a charge beside what it takes it off.
		{"gcp_billing/detailed-2026-10.csv", "SELECT string_agg(ChargeDescription || ' ' || BilledCost::DECIMAL(9,6), ', ' ORDER BY BilledCost) FROM usage WHERE ChargeCategory = 'Credit'", "Promo -0.100000, Sustained use discount -0.019000, Free -0.000005"},
		{"gcp_billing/detailed-2026-10.csv", "SELECT count(*) || ' ' || count(ConsumedQuantity) || ' ' || count(ListCost) FROM usage WHERE ChargeCategory = 'Credit' AND ResourceName = 'web-1'", "2 0 0"},
		{"gcp_billing/detailed-2026-10.csv", "SELECT string_agg(DISTINCT x_BillingPeriod || ' ' || SubAccountName, ', ' ORDER BY x_BillingPeriod || ' ' || SubAccountName) FROM usage WHERE ChargeCategory = 'Usage'", `2026-10 Shop, 2026-11 Data "lake"`},
		{"gcp_billing/detailed-2026-10.csv", "SELECT string_agg(DISTINCT Tags::VARCHAR, ' ' ORDER BY Tags::VARCHAR) FROM usage", "{env=prod, unit=web} {unit=retail}"},
		{"gcp_billing/detailed-2026-10.csv", "SELECT string_agg(ChargeCategory || ' ' || BilledCost::DECIMAL(9,6), ', ' ORDER BY ChargeCategory) FROM usage WHERE SubAccountId = ''", "Adjustment -0.000019, Tax 2.660000"},
		// OpenAI: a line item is a model and a kind of token; the adjustment is the organization's.
		{"openai_costs/cost_2026-10-01_2026-10-04.csv", "SELECT string_agg(DISTINCT concat_ws(' | ', SkuId, SkuMeter, x_MeterSubcategory), '; ' ORDER BY concat_ws(' | ', SkuId, SkuMeter, x_MeterSubcategory)) FROM usage WHERE ResourceId = 'key_a1'", "gpt-5-mini | gpt-5-mini, cached input | cached input; gpt-5-mini | gpt-5-mini, input | input; gpt-5-mini | gpt-5-mini, output | output"},
		{"openai_costs/cost_2026-10-01_2026-10-04.csv", "SELECT string_agg(concat_ws(' ', SubAccountId, SkuMeter, ConsumedQuantity::INT, ConsumedUnit), '; ' ORDER BY SkuMeter) FROM usage WHERE SkuId IS NULL", "org-example adjustment; proj_lab web search tool calls 3"},
		{"openai_costs/costs-2026-10.json", "SELECT string_agg(concat_ws(' ', ChargePeriodStart::DATE, SubAccountId, x_MeterSubcategory, ConsumedQuantity::INT, BilledCost::DECIMAL(9,2)), '; ' ORDER BY BilledCost DESC) FROM usage", "2026-10-01 proj_shop input 2000000 2.50; 2026-10-01 proj_shop cached input 2000000 0.25; 2026-10-04 org-example 0.04"},
		// Tokens: each kind is a charge, without cost, on an account of its own.
		{"openai_usage/completions_usage_2026-10-01_2026-10-04.csv", "SELECT string_agg(concat_ws(' ', SubAccountId, SkuMeter, ConsumedQuantity::INT), '; ' ORDER BY ChargePeriodStart, SubAccountId, SkuMeter) FROM usage", "proj_shop/tokens gpt-5-mini, cached input 2000000; proj_shop/tokens gpt-5-mini, input 2000000; proj_shop/tokens gpt-5-mini, output 400000; proj_lab/tokens gpt-5-nano-2026-08-07, output 5000; proj_shop/tokens gpt-5-mini, input 10"},
		{"openai_usage/completions-2026-10.json", "SELECT string_agg(concat_ws(' ', ChargePeriodStart::DATE, SkuMeter, ConsumedQuantity::INT, ConsumedUnit), '; ' ORDER BY SkuMeter) FROM usage", "2026-10-01 gpt-5-mini, cached input 2000000 tokens; 2026-10-01 gpt-5-mini, input 2000000 tokens; 2026-10-01 gpt-5-mini, output 400000 tokens"},
		{"anthropic_usage/claude_api_tokens_2026-10.csv", "SELECT string_agg(concat_ws(' ', SubAccountId, SkuMeter, ConsumedQuantity::INT), '; ' ORDER BY SkuMeter) FROM usage WHERE SkuId = 'claude-opus-4-6'", "anthropic/Default/tokens claude-opus-4-6, cache write 5m 100000; anthropic/Default/tokens claude-opus-4-6, cached input 3000000; anthropic/Default/tokens claude-opus-4-6, input 1000000; anthropic/Default/tokens claude-opus-4-6, output 500000"},
		{
			"anthropic_usage_report/messages-2026-10.json",
			"SELECT string_agg(concat_ws(' ', SubAccountId, ResourceId, SkuMeter, ConsumedQuantity::INT), '; ' ORDER BY SkuMeter, ConsumedQuantity) FROM usage",
			"anthropic/wrkspc_01lab/tokens claude-haiku-4-5, output 4000; anthropic//tokens anthropic//apikey_01a claude-opus-4-6, cache write 1h 2000; " +
				"anthropic//tokens anthropic//apikey_01a claude-opus-4-6, cache write 5m 100000; anthropic//tokens anthropic//apikey_01a claude-opus-4-6, cached input 3000000; " +
				"anthropic//tokens anthropic//apikey_01a claude-opus-4-6, input 1000000; anthropic//tokens anthropic//apikey_01a claude-opus-4-6, output 500000",
		},
		{
			"anthropic_cost_report/cost_report-2026-10.json",
			"SELECT string_agg(concat_ws(' ', SubAccountName, SkuMeter, BilledCost::DECIMAL(9,4)), '; ' ORDER BY BilledCost) FROM usage",
			"wrkspc_01lab -0.1000; wrkspc_01lab claude-haiku-4-5, output 0.0012; wrkspc_01lab web_search 0.0300; Anthropic claude-opus-4-6, cache write 5m 0.6250; " +
				"Anthropic claude-opus-4-6, cached input 1.5000; Anthropic claude-opus-4-6, input 5.0000; Anthropic claude-opus-4-6, output 12.5000",
		},
		{"anthropic_cost/claude_api_cost_2026-10.csv", "SELECT string_agg(concat_ws(' ', SkuMeter, ListCost::DECIMAL(9,2), ResourceName), '; ' ORDER BY SkuMeter) FROM usage WHERE SubAccountName = 'Lab'", `claude-haiku-4-5, input try "out"; claude-haiku-4-5, output 0.02 try "out"; web_search 0.03 try "out"`},
		// GitHub: what is billed is net, what the list says is gross.
		{"github_usage/detailed-2026-10.csv", "SELECT string_agg(concat_ws(' | ', ServiceName, SkuMeter, ResourceName, ListCost::DECIMAL(9,2), x_CostCenter), '; ' ORDER BY SkuMeter) FROM usage WHERE BilledCost > 0", `GitHub Actions | actions_storage | shop | 0.00; GitHub Copilot | copilot_for_business | ben | 1.90; GitHub Copilot | copilot_premium_request | ben | 0.48 | R&D, "blue"; GitHub Actions | linux_4_core | .github/workflows/ci.yml | 6.00 | Retail`},
		{"github_ai_usage/ai-usage-2026-10.csv", "SELECT string_agg(concat_ws(' | ', SubAccountId, SkuId, ConsumedQuantity::DECIMAL(9,3), ConsumedUnit), '; ' ORDER BY SkuId) FROM usage", "github/example | Auto: Claude Haiku 4.5 | 42.726 | ai-credits; github/example | GPT-5.5 | 96.999 | ai-credits"},
		// Oracle: what is free has no currency there, and the file has one.
		{"oci_cost/2026-10.csv", "SELECT count(DISTINCT BillingCurrency) || ' ' || count(*) FROM usage", "1 6"},
		{"oci_cost/2026-10.csv", "SELECT DISTINCT x_ResourceGroupName || ' ' || Tags['costs.team'] || ' ' || Tags['Oracle-Tags.CreatedBy'] FROM usage WHERE ServiceName = 'API_GATEWAY'", "shop web default/a@example.com"},
		{"oci_cost/2026-10.csv", "SELECT ChargeClass FROM usage WHERE BilledCost = -2.25", "Correction"},
	} {
		l := loaded[c.path]
		if l == nil {
			l = open(t)
			if r := load(t, l, loader.Options{}, filepath.Join(samples, c.path))[0]; r.Err != nil {
				t.Fatal(r.Err)
			}
			ledgertest.AddUp(t, l) // spells names as most charges do
			loaded[c.path] = l
		}
		if got := value(t, l, c.query); got != c.want {
			t.Errorf("%s: %s\n got %s\nwant %s", c.path, c.query, got, c.want)
		}
	}
}

func TestActualAndAmortizedStandSideBySide(t *testing.T) {
	l := open(t)
	for _, r := range load(t, l, loader.Options{}, filepath.Join(samples, "azure_ea/actual-2026-10.csv"), filepath.Join(samples, "azure_ea/amortized-2026-10.csv")) {
		if r.Status != loader.Loaded {
			t.Fatal(r.Status, r.Err)
		}
	}
	// The amortized rows, the purchase of the actual file, not its refund, which
	// belongs to no commitment.
	if got, want := value(t, l, "SELECT sum(EffectiveCost) FROM usage"), "38.979452065794520548"; got != want {
		t.Errorf("effective cost %s, want %s", got, want)
	}
	if got, want := value(t, l, "SELECT sum(BilledCost) FROM usage WHERE x_CostType = 'actual'"), "540.000000000000000000"; got != want {
		t.Errorf("billed cost shown of the actual file %s, want %s", got, want)
	}
}

// A cost type that is said against what the rows tell is told; said anew, the same file is read anew.
func TestACostTypeSaidWrongly(t *testing.T) {
	for file, c := range map[string]struct{ wrong, right, said string }{
		"actual-2026-10.csv":    {"amortized", "actual", "1 of its rows buys commitments"},
		"amortized-2026-10.csv": {"actual", "amortized", "11 of its rows have the cost of commitments spread over usage"},
	} {
		l := open(t)
		path := filepath.Join(samples, "azure_ea", file)
		said := func(costType string) (r loader.FileResult, told bool) {
			r = load(t, l, loader.Options{CostType: costType}, path)[0]
			return r, strings.Contains(strings.Join(r.Warnings, "; "), c.said)
		}
		if r, told := said(c.wrong); r.Status != loader.Loaded || r.CostType != c.wrong || !told {
			t.Errorf("%s as %s: %s, %s, %q", file, c.wrong, r.Status, r.CostType, r.Warnings)
		}
		if r, told := said(c.right); r.Status != loader.Loaded || r.CostType != c.right || told {
			t.Errorf("%s as %s: %s, %s, %q", file, c.right, r.Status, r.CostType, r.Warnings)
		}
		if got := value(t, l, "SELECT string_agg(DISTINCT x_CostType, ' ') FROM usage"); got != c.right {
			t.Errorf("%s: %s, want %s", file, got, c.right)
		}
		if r, _ := said(c.right); r.Status != loader.Unchanged {
			t.Errorf("%s as %s again: %s", file, c.right, r.Status)
		}
	}
}

func TestAssumedCurrency(t *testing.T) {
	l := open(t)
	r := load(t, l, loader.Options{AssumeCurrency: "CHF"}, filepath.Join(samples, "azure_sponsorship/AzureUsage.csv"))[0]
	if r.Err != nil || len(r.Warnings) != 0 {
		t.Fatal(r.Err, r.Warnings)
	}
	if got := value(t, l, "SELECT DISTINCT BillingCurrency FROM usage"); got != "CHF" {
		t.Errorf("currency %s, want CHF", got)
	}
}
