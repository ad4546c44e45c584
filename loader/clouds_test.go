package loader_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"usagereport/loader"
)

const (
	gcp = "billing_account_id,service.description,usage_start_time,cost,currency,credits\n" +
		"01,Compute,2026-10-01 00:00:00 UTC,1.5,EUR,[]\n"
	gcpJSON = `{"billing_account_id":"01","service":{"description":"Compute"},"usage_start_time":"2026-10-01 00:00:00 UTC","cost":1.5,"currency":"EUR"}` + "\n" +
		`{"billing_account_id":"01","service":{"description":"Compute"},"usage_start_time":"2026-10-02 00:00:00 UTC","cost":2.5,"currency":"EUR","credits":[{"name":"c","amount":-0.1}]}` + "\n"
)

// What Google's exports hold comes out the same, whichever way they were written:
// nested in JSON rows or a list of them, as Parquet, as CSV with nested names or flat
// ones, and with lists as Python prints them.
func TestGoogleExportsInEveryForm(t *testing.T) {
	csvFile := filepath.Join(samples, "gcp_billing/detailed-2026-10.csv")
	jsonFile := filepath.Join(samples, "gcp_billing/detailed-2026-10.json")
	content := func(path string) string {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	header, rest, _ := strings.Cut(content(csvFile), "\n")
	python := strings.NewReplacer(`""`, `'`, `"[{`, `"[{`).Replace(rest)
	python = strings.Replace(python, `'Data 'lake'"`, `"Data ""lake"""`, 1)
	python = strings.Replace(python, `"Data 'lake'"`, `"Data ""lake"""`, 1)
	nested := filepath.Join(t.TempDir(), "nested.parquet")
	duck(t, "COPY (FROM read_json('"+jsonFile+"', format = 'newline_delimited')) TO '"+nested+"' (FORMAT parquet)")
	// BigQuery's own export wraps the rows of a list in a list of elements.
	wrapped := filepath.Join(t.TempDir(), "wrapped.parquet")
	wrap := func(list string) string {
		return "{'list': list_transform(" + list + ", lambda x: {'element': x})}"
	}
	duck(t, "COPY (SELECT * REPLACE ("+wrap("labels")+" AS labels, "+wrap("credits")+" AS credits, "+
		"struct_pack(id := project.id, name := project.name, labels := "+wrap("project.labels")+") AS project) "+
		"FROM read_json('"+jsonFile+"', format = 'newline_delimited')) TO '"+wrapped+"' (FORMAT parquet)")
	want := open(t)
	if r := load(t, want, loader.Options{}, csvFile)[0]; r.Err != nil {
		t.Fatal(r.Err)
	}
	rows := usageOf(t, want)
	lines := strings.Split(strings.TrimSpace(content(jsonFile)), "\n")
	for name, path := range map[string]string{
		"JSON rows":       jsonFile,
		"a JSON list":     write(t, "list.json", "[\n"+strings.Join(lines, ",\n")+"\n]\n"),
		"Parquet":         nested,
		"wrapped lists":   wrapped,
		"flattened names": write(t, "flat.csv", strings.NewReplacer(".", "_").Replace(header)+"\n"+rest),
		"lists of Python": write(t, "python.csv", header+"\n"+python),
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			r := load(t, l, loader.Options{}, path)[0]
			if r.Err != nil || r.Format != "gcp_billing" {
				t.Fatal(r.Format, r.Err)
			}
			sameRows(t, usageOf(t, l), rows)
		})
	}
}

// Where a report has what is left after discounts, the effective cost is that.
func TestAWSNetCost(t *testing.T) {
	const header = "bill_payer_account_id,bill_billing_period_start_date,bill_billing_period_end_date,line_item_usage_account_id,line_item_line_item_type,line_item_usage_start_date,line_item_currency_code,line_item_unblended_cost,line_item_net_unblended_cost,reservation_effective_cost,reservation_net_effective_cost,savings_plan_savings_plan_effective_cost,savings_plan_net_savings_plan_effective_cost\n"
	rows := ""
	for _, r := range []string{"Usage|10,9,,,,", "EdpDiscount|-1,0,,,,", "DiscountedUsage|0,0,5,4.5,,", "SavingsPlanCoveredUsage|8,8,,,6,5.4", "SavingsPlanNegation|-8,-8,,,,"} {
		kind, numbers, _ := strings.Cut(r, "|")
		rows += "1,2026-10-01,2026-11-01,2," + kind + ",2026-10-02T00:00:00Z,USD," + numbers + "\n"
	}
	l := open(t)
	if r := load(t, l, loader.Options{}, write(t, "net.csv", header+rows))[0]; r.Err != nil {
		t.Fatal(r.Err)
	}
	if got := value(t, l, "SELECT sum(BilledCost)::DECIMAL(9, 2) || ' ' || sum(EffectiveCost)::DECIMAL(9, 2) FROM usage"); got != "9.00 18.90" {
		t.Errorf("billed and effective %s", got)
	}
}

// An account of AWS has twelve digits: a file from which a spreadsheet took the zeros in front, or in which a script has
// made numbers of them, is another copy of the same account's.
func TestAccountsOfAWSHaveTwelveDigits(t *testing.T) {
	const focusOf = focusHeader + ",SubAccountId,ProviderName"
	report := func(payer, account string) string {
		return "bill_payer_account_id,bill_billing_period_start_date,bill_billing_period_end_date,line_item_usage_account_id,line_item_line_item_type," +
			"line_item_usage_start_date,line_item_currency_code,line_item_unblended_cost\n" +
			payer + ",2026-10-01,2026-11-01," + account + ",Usage,2026-10-02T00:00:00Z,USD,1\n"
	}
	focused := func(provider string) func(payer, account string) string {
		return func(payer, account string) string {
			return focus(focusOf, "1,1,"+payer+",USD,2026-10-01,2026-11-01,Usage,2026-10-02,2026-10-03,EC2,"+account+","+provider)
		}
	}
	for name, c := range map[string]struct {
		file func(payer, account string) string
		want string
	}{
		"report":            {report, "012345678901 001234567890 1"},
		"FOCUS":             {focused("AWS"), "012345678901 001234567890 1"},
		"FOCUS, its name":   {focused("Amazon Web Services"), "012345678901 001234567890 1"},
		"FOCUS of no cloud": {focused("Example"), "0123-4567-8901 001234567890 1, 012345678901 001234567890 1, 12345678901 1234567890 1, 12345678901.0 1234567890.0 1"},
	} {
		l := open(t)
		for i, ids := range [][2]string{{"012345678901", "001234567890"}, {"12345678901.0", "1234567890.0"}, {"12345678901", "1234567890"}, {"0123-4567-8901", "'001234567890"}} {
			if r := load(t, l, loader.Options{}, write(t, fmt.Sprintf("%d.csv", i), c.file(ids[0], ids[1])))[0]; r.Err != nil {
				t.Fatal(name, r.Err)
			}
		}
		got := value(t, l, "SELECT string_agg(a || ' ' || s || ' ' || c::INT, ', ' ORDER BY a) FROM (SELECT BillingAccountId a, SubAccountId s, "+
			"sum(BilledCost) c FROM usage GROUP BY ALL)")
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// CUR 2.0 comes as Parquet with maps, the legacy report as Parquet with names in small
// letters and a column for each tag: both give what CSV gives.
func TestAWSReportsAsParquet(t *testing.T) {
	cur2 := filepath.Join(samples, "aws_cur/cur2-2026-10.csv")
	dir := t.TempDir()
	maps, flat := filepath.Join(dir, "maps.parquet"), filepath.Join(dir, "flat.parquet")
	db := duck(t, "CREATE TABLE f AS FROM read_csv('"+cur2+"', all_varchar = true)")
	for _, stmt := range []string{
		`COPY (SELECT * REPLACE ("product"::JSON::MAP(VARCHAR, VARCHAR) AS "product", resource_tags::JSON::MAP(VARCHAR, VARCHAR) AS resource_tags, ` +
			`cost_category::JSON::MAP(VARCHAR, VARCHAR) AS cost_category, line_item_unblended_cost::DOUBLE AS line_item_unblended_cost, ` +
			`line_item_usage_start_date::TIMESTAMP AS line_item_usage_start_date) FROM f) TO '` + maps + `' (FORMAT parquet)`,
		`COPY (SELECT * EXCLUDE ("product", resource_tags, cost_category), "product"->>'product_name' AS product_product_name, "product"->>'region' AS product_region, ` +
			`"product"->>'location' AS product_location, resource_tags->>'user_name' AS resource_tags_user_name, resource_tags->>'user_team' AS resource_tags_user_team, ` +
			`resource_tags->>'aws_createdby' AS resource_tags_aws_createdby, cost_category->>'unit' AS cost_category_unit FROM f) TO '` + flat + `' (FORMAT parquet)`,
	} {
		if _, err := db.ExecContext(t.Context(), stmt); err != nil {
			t.Fatal(err)
		}
	}
	want := open(t)
	if r := load(t, want, loader.Options{}, cur2)[0]; r.Err != nil {
		t.Fatal(r.Err)
	}
	rows := usageOf(t, want)
	for _, path := range []string{maps, flat} {
		l := open(t)
		if r := load(t, l, loader.Options{}, path)[0]; r.Err != nil || r.Format != "aws_cur" {
			t.Fatal(r.Format, r.Err)
		}
		sameRows(t, usageOf(t, l), rows)
	}
}

func sameRows(t *testing.T, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("row %d:\n got %s\nwant %s", i, got[i], want[i])
		}
	}
}

// Oracle writes some files a day, each with hours of its own and with a column for each
// tag that it needs: those of a folder are one load, and one more of them is a newer one.
func TestOracleFilesOfAFolderAreOne(t *testing.T) {
	header := "lineItem/referenceNo,lineItem/tenantId,lineItem/intervalUsageStart,lineItem/intervalUsageEnd,product/service,cost/subscriptionId,cost/myCost,cost/currencyCode"
	row := func(day, hour int, cost string) string {
		return fmt.Sprintf("r,t,2026-10-%02dT%02d:00Z,2026-10-%02dT%02d:00Z,COMPUTE,1,%s,EUR", day, hour, day, hour+1, cost)
	}
	for _, folder := range []string{"reports/cost-csv/", "FOCUS Reports/2026/10/01/"} {
		w := newTree(t)
		w.write(folder+"0001000000000001.csv", header+",tags/a.x\n"+row(1, 0, "1")+",u\n"+row(1, 5, "2")+",\n")
		w.write(folder+"0001000000000002.csv.gz", gzipped(t, header+",tags/a.x,tags/b\n"+row(1, 6, "4")+",,v\n"+row(2, 0, "8")+",w,\n"))
		l := open(t)
		rs := load(t, l, loader.Options{}, w.dir)
		if len(rs) != 1 || rs[0].Err != nil || rs[0].Totals["EUR"].String() != "15" {
			t.Fatal(statuses(rs, w.dir))
		}
		if got := value(t, l, "SELECT string_agg(Tags::VARCHAR, ' ' ORDER BY ChargePeriodStart) FROM usage"); got != "{a.x=u} {b=v} {a.x=w}" {
			t.Errorf("tags %s", got)
		}
		w.write(folder+"0001000000000003.csv", header+"\n"+row(2, 7, "16")+"\n")
		load(t, l, loader.Options{}, w.dir)
		if got := value(t, l, "SELECT sum(BilledCost)::INT FROM usage"); got != "31" {
			t.Errorf("with another file: %s", got)
		}
	}
}

// Oracle's FOCUS reports have the names of an early version.
func TestOraclesFOCUS(t *testing.T) {
	header := "BilledCost,BillingAccountId,BillingCurrency,BillingPeriodEnd,BillingPeriodStart,ChargeCategory,ChargeDescription,ChargePeriodEnd,ChargePeriodStart,EffectiveCost,InvoiceIssuer,Provider,Publisher,Region,ServiceName,SubAccountId,Tags,UsageQuantity,UsageUnit,oci_CompartmentName"
	l := open(t)
	r := load(t, l, loader.Options{}, write(t, "oci.csv", header+`
0.0123,1234567,EUR,2026-11-01T00:00Z,2026-10-01T00:00Z,Usage,Block Volume,2026-10-01T01:00Z,2026-10-01T00:00Z,0.0123,Oracle,Oracle,Oracle,eu-frankfurt-1,BLOCK_STORAGE,t,"{""a"":""b""}",5,GB,shop
`))[0]
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	const all = "SELECT concat_ws(' ', ProviderName, PublisherName, InvoiceIssuerName, RegionId, x_ResourceGroupName, ConsumedUnit, BilledCost::DECIMAL(9,4)) FROM usage"
	if got := value(t, l, all); got != "Oracle Oracle Oracle eu-frankfurt-1 shop GB 0.0123" {
		t.Error(got)
	}
}
