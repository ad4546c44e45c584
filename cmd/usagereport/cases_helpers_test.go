package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/usage"
)

// A namedCase is one of the traps that a study of files or peers found.
type namedCase struct {
	name string
	test func(*desk)
}

// runCases runs cases beside each other, each at a desk of its own.
func runCases(t *testing.T, cases []namedCase) {
	for i, c := range cases {
		t.Run(fmt.Sprintf("%02d %s", i+1, c.name), func(t *testing.T) {
			t.Parallel()
			c.test(newDesk(t))
		})
	}
}

// A desk is where a case works: a folder of its own with a ledger in it, and the
// program, run in this process.
type desk struct {
	*testing.T
	dir   string
	now   time.Time
	width int               // of the terminal that all output goes to; 0 for none
	env   map[string]string // what the program sees of the environment
}

func newDesk(t *testing.T) *desk {
	dir := t.TempDir()
	return &desk{
		T: t, dir: dir, now: time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC),
		env: map[string]string{"USAGEREPORT_DB": filepath.Join(dir, "usage.duckdb")},
	}
}

// other is a second desk: its own folder and ledger, the same test.
func (d *desk) other() *desk { return newDesk(d.T) }

func (d *desk) path(name string) string { return filepath.Join(d.dir, filepath.FromSlash(name)) }

// write writes a file and returns its path.
func (d *desk) write(name, content string) string {
	d.Helper()
	path := d.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		d.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		d.Fatal(err)
	}
	return path
}

// run runs the program, whose exit code must be code.
func (d *desk) run(code int, args ...string) (stdout, stderr string) {
	d.Helper()
	var out, errs bytes.Buffer
	got := run(d.Context(), environment{
		args: args, stdin: strings.NewReader(""), stdout: &out, stderr: &errs, getenv: func(key string) string { return d.env[key] },
		now: func() time.Time { return d.now }, terminal: func(io.Writer) (int, bool) { return d.width, d.width > 0 },
	})
	if got != code {
		d.Fatalf("%s exits with %d, want %d\n%s%s", strings.Join(args, " "), got, code, out.String(), errs.String())
	}
	return out.String(), errs.String()
}

// A loadResult is what load --format json says of a file.
type loadResult struct {
	Ref, Format, Status, Total, Currency, Reason string
	Rows, Rejected                               int
	Periods, Warnings, Replaced                  []string
	Totals                                       map[string]string
	CostType                                     string `json:"cost_type"`
}

// load loads files and says what became of each; code is the exit code.
func (d *desk) load(code int, args ...string) []loadResult {
	d.Helper()
	out, _ := d.run(code, append([]string{"load", "--quiet", "--format", "json"}, args...)...)
	var got struct{ Files []loadResult }
	d.decode(out, &got)
	return got.Files
}

// take writes each content to a file and loads them in their order, which must
// succeed.
func (d *desk) take(contents ...string) []loadResult {
	d.Helper()
	there, err := os.ReadDir(d.dir)
	if err != nil {
		d.Fatal(err)
	}
	var names []string
	for i, content := range contents {
		names = append(names, d.write(fmt.Sprintf("file-%d-%d.csv", len(there), i), content))
	}
	results := d.load(0, names...)
	for _, r := range results {
		if r.Status != "loaded" {
			d.Fatalf("%+v", r)
		}
	}
	return results
}

// refuse writes a content to a file and returns why load refuses it.
func (d *desk) refuse(content string, args ...string) string {
	d.Helper()
	r := d.load(1, append(args, d.write("refused.csv", content))...)
	if len(r) != 1 || r[0].Status != "refused" {
		d.Fatalf("want it refused: %+v", r)
	}
	return r[0].Reason
}

// ask returns the rows of a query: values joined by commas, rows by "; ".
func (d *desk) ask(sql string) string {
	d.Helper()
	out, _ := d.run(0, "query", "--format", "csv", sql)
	_, rows, _ := strings.Cut(strings.TrimSuffix(out, "\n"), "\n")
	return strings.ReplaceAll(rows, "\n", "; ")
}

// rows returns the rows that a command prints as JSON, and its stderr. Values
// that are no texts stand as JSON.
func (d *desk) rows(args ...string) (rows []map[string]string, stderr string) {
	d.Helper()
	out, stderr := d.run(0, append(args, "--format", "json")...)
	var raw []map[string]json.RawMessage
	d.decode(out, &raw)
	for _, r := range raw {
		if string(r["total"]) == "true" && len(raw) > 1 { // of the others
			continue
		}
		row := map[string]string{}
		for key, v := range r {
			text := new(string)
			if json.Unmarshal(v, &text) != nil || text == nil { // a number, null
				text = new(string(v))
			}
			row[key] = *text
		}
		rows = append(rows, row)
	}
	return rows, stderr
}

// shown writes rows as text: the values of keys, joined by blanks, a line a row.
func shown(rows []map[string]string, keys ...string) string {
	var lines []string
	for _, r := range rows {
		var values []string
		for _, k := range keys {
			values = append(values, r[k])
		}
		lines = append(lines, strings.Join(values, " "))
	}
	return strings.Join(lines, "\n")
}

// A caseFinding is a finding of anomalies --format json.
type caseFinding struct {
	ID, Kind, Direction, Severity, Start, End, Currency string
	Ongoing                                             bool
	Scope                                               map[string]string
	Actual, Expected, Impact, Explanation               string
}

func (f caseFinding) String() string {
	return fmt.Sprintf("%s %s %s %s..%s %v %s %s", f.Severity, f.Kind, f.Direction, f.Start, f.End, f.Scope, f.Impact, f.Currency)
}

// findings returns the findings of the period, each held to the contract.
func (d *desk) findings(args ...string) (list []caseFinding, stderr string) {
	d.Helper()
	out, stderr := d.run(0, append([]string{"anomalies", "--format", "json"}, args...)...)
	var raw []map[string]any
	d.decode(out, &raw)
	for _, f := range raw {
		if err := checkFinding(f); err != nil {
			d.Errorf("finding %v: %v", f["id"], err)
		}
	}
	d.decode(out, &list)
	return list, stderr
}

// quiet says that a ledger has enough history to judge and nothing to tell.
func (d *desk) quiet(args ...string) {
	d.Helper()
	list, stderr := d.findings(args...)
	if len(list) > 0 {
		d.Errorf("findings where there is nothing to tell: %v", list)
	}
	d.has(stderr, "Compared with")
}

// page writes the HTML report and returns it.
func (d *desk) page(args ...string) string {
	d.Helper()
	path := d.path("report.html")
	d.run(0, append([]string{"report", "--quiet", "-o", path}, args...)...)
	b, err := os.ReadFile(path)
	if err != nil {
		d.Fatal(err)
	}
	return string(b)
}

// report is the text of the HTML report.
func (d *desk) report(args ...string) string {
	d.Helper()
	text := regexp.MustCompile(`(?s)<(style|script).*?</(style|script)>|<[^>]*>`).ReplaceAllString(d.page(args...), " ")
	return strings.Join(strings.Fields(text), " ")
}

func (d *desk) decode(text string, v any) {
	d.Helper()
	if err := json.Unmarshal([]byte(text), v); err != nil {
		d.Fatalf("%v in\n%s", err, text)
	}
}

func (d *desk) equal(what, got, want string) {
	d.Helper()
	if got != want {
		d.Errorf("%s:\ngot  %s\nwant %s", what, got, want)
	}
}

// has says that text holds each of parts.
func (d *desk) has(text string, parts ...string) {
	d.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			d.Errorf("want %q in\n%s", p, text)
		}
	}
}

// lacks says that text holds none of parts.
func (d *desk) lacks(text string, parts ...string) {
	d.Helper()
	for _, p := range parts {
		if strings.Contains(text, p) {
			d.Errorf("want no %q in\n%s", p, text)
		}
	}
}

// A charge is one row of an invented usage file. What is empty takes the usual
// value of its layout.
type charge struct {
	day      string // YYYY-MM-DD
	account  string // a subscription
	group    string
	service  string
	meter    string
	resource string
	quantity string
	cost     string
	currency string
	tags     string
	kind     string            // ChargeType
	more     map[string]string // further columns by name, which win
}

// over repeats c on each day from..to, both inclusive, at what cost says of the
// n-th of them; "" leaves the day out. Its price is one a unit.
func (c charge) over(from, to string, cost func(n int, day usage.Day) string) (out []charge) {
	first, last := dayOf(from), dayOf(to)
	for d := first; d <= last; d++ {
		if c.cost = cost(int(d-first), d); c.cost != "" {
			c.day, c.quantity = d.String(), c.cost
			out = append(out, c)
		}
	}
	return out
}

// each is a cost that is the same on all days.
func each(cost string) func(int, usage.Day) string {
	return func(int, usage.Day) string { return cost }
}

// about is a cost that varies a little, as real usage does.
func about(cost float64) func(int, usage.Day) string {
	return func(_ int, d usage.Day) string { return fmt.Sprintf("%.2f", cost*(1+float64(int(d)*7919%11-5)/100)) }
}

func dayOf(text string) usage.Day {
	d, err := usage.ParseDay(text)
	if err != nil {
		panic(err)
	}
	return d
}

// A layout is one kind of flat usage file.
type layout struct {
	header string
	row    func(charge) map[string]string
}

// file writes charges in the layout. Pairs of old and new texts edit the header.
func (l layout) file(charges []charge, edit ...string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	names := strings.Split(l.header, ",")
	for _, c := range charges {
		if c.account == "" {
			c.account = "s1"
		}
		if c.group == "" {
			c.group = "rg"
		}
		if c.service == "" {
			c.service = "Storage"
		}
		if c.meter == "" {
			c.meter = "Data"
		}
		if c.resource == "" {
			c.resource = "a"
		}
		if c.quantity == "" {
			c.quantity = "1"
		}
		if c.currency == "" {
			c.currency = "EUR"
		}
		row := l.row(c)
		for k, v := range c.more {
			row[k] = v
		}
		record := make([]string, len(names))
		for i, n := range names {
			record[i] = row[n]
		}
		_ = w.Write(record) // into memory
	}
	w.Flush()
	return strings.NewReplacer(edit...).Replace(l.header) + "\n" + b.String()
}

// id is the resource's full id.
func (c charge) id() string {
	return "/subscriptions/" + c.account + "/resourceGroups/" + c.group + "/providers/M.S/things/" + c.resource
}

// american is the day as MM/DD/YYYY.
func (c charge) american() string { return c.day[5:7] + "/" + c.day[8:] + "/" + c.day[:4] }

// mosa is the export of a pay-as-you-go subscription.
func mosa() layout {
	return layout{
		"SubscriptionGuid,ResourceGroup,UsageDateTime,MeterCategory,MeterName,UsageQuantity,PreTaxCost,InstanceId,Currency,Tags",
		func(c charge) map[string]string {
			return map[string]string{
				"SubscriptionGuid": c.account, "ResourceGroup": c.group, "UsageDateTime": c.day, "MeterCategory": c.service, "MeterName": c.meter,
				"UsageQuantity": c.quantity, "PreTaxCost": c.cost, "InstanceId": c.id(), "Currency": c.currency, "Tags": c.tags,
			}
		},
	}
}

// ea is the export of an enterprise agreement, with the names of 2021.
func ea() layout {
	return layout{
		"BillingAccountId,BillingPeriodStartDate,BillingPeriodEndDate,AccountOwnerId,SubscriptionId,Date,ProductName,MeterId,MeterCategory,MeterName,Quantity,CostInBillingCurrency,UnitPrice,BillingCurrencyCode,ResourceId,Tags,ResourceGroup,ReservationId,ReservationName,ChargeType,Frequency,PayGPrice,PricingModel,UnitOfMeasure",
		func(c charge) map[string]string {
			month := dayOf(c.day).Month()
			kind := c.kind
			if kind == "" {
				kind = "Usage"
			}
			return map[string]string{
				"BillingAccountId": "100", "BillingPeriodStartDate": charge{day: month.From.String()}.american(), "BillingPeriodEndDate": charge{day: month.Last().String()}.american(),
				"AccountOwnerId": "o", "SubscriptionId": c.account, "Date": c.american(), "MeterId": "m", "MeterCategory": c.service, "MeterName": c.meter, "Quantity": c.quantity,
				"CostInBillingCurrency": c.cost, "BillingCurrencyCode": c.currency, "ResourceId": c.id(), "Tags": c.tags, "ResourceGroup": c.group, "ChargeType": kind,
				"Frequency": "UsageBased", "PricingModel": "OnDemand", "UnitOfMeasure": "1 Hour",
			}
		},
	}
}

// camel is the layout of MCA and partner exports, whose names begin in lower
// case; columns are those that only the one or the other has.
func camel(columns string) layout {
	return layout{
		columns + ",date,SubscriptionId,meterCategory,meterName,meterId,quantity,costInBillingCurrency,billingCurrency,chargeType,ResourceId,resourceGroupName,tags,paygCostInBillingCurrency,PayGPrice,pricingModel,frequency",
		func(c charge) map[string]string {
			kind := c.kind
			if kind == "" {
				kind = "Usage"
			}
			return map[string]string{
				"billingAccountId": "b", "billingProfileId": "p", "customerTenantId": "T1", "partnerName": "Partner", "date": c.american(), "SubscriptionId": c.account,
				"meterCategory": c.service, "meterName": c.meter, "meterId": "m", "quantity": c.quantity, "costInBillingCurrency": c.cost, "billingCurrency": c.currency,
				"chargeType": kind, "ResourceId": c.id(), "resourceGroupName": c.group, "tags": c.tags, "pricingModel": "OnDemand", "frequency": "UsageBased",
			}
		},
	}
}

func mca() layout { return camel("invoiceId,billingAccountId,billingProfileId") }
func csp() layout { return camel("customerTenantId,partnerName") }

// focus is a FOCUS file; its ListCost is its BilledCost.
func focus() layout {
	return layout{
		"InvoiceId,BilledCost,EffectiveCost,ListCost,ContractedCost,ListUnitPrice,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,PricingCategory,CommitmentDiscountId,ServiceName,SkuMeter,SubAccountId,ConsumedQuantity,ResourceId,Tags",
		func(c charge) map[string]string {
			d := dayOf(c.day)
			at := func(d usage.Day) string { return d.String() + "T00:00:00Z" }
			return map[string]string{
				"BilledCost": c.cost, "EffectiveCost": c.cost, "ListCost": c.cost, "ContractedCost": c.cost, "BillingAccountId": "b", "BillingCurrency": c.currency,
				"BillingPeriodStart": at(d.Month().From), "BillingPeriodEnd": at(d.Month().To), "ChargeCategory": "Usage", "ChargePeriodStart": at(d), "ChargePeriodEnd": at(d + 1),
				"PricingCategory": "Standard", "ServiceName": c.service, "SkuMeter": c.meter, "SubAccountId": "/subscriptions/" + c.account, "ConsumedQuantity": c.quantity,
				"ResourceId": c.id(), "Tags": c.tags,
			}
		},
	}
}

// A meter is a line of the Statement section of a version 2 file, and what its
// daily rows have of it, from the first day of the bill on.
type meter struct {
	name, consumed, value string
	daily                 []string
}

// version2 writes an Account Center file of a bill like
// "202608(7/12/2026 - 8/11/2026)", in euros.
func version2(bill string, from string, meters ...meter) string {
	var b strings.Builder
	b.WriteString("Provisioning Status\nSubscription ID,Subscription Name\n\"\"\"s1\"\"\",\"\"\"Shop\"\"\"\n\n")
	b.WriteString("Statement\nBilling Period,Meter Category,Meter Sub-category,Meter Name,Meter Region,SKU,Unit,Consumed Quantity,Included Quantity,Within Commitment,Overage Quantity,Currency,Overage,Commitment Rate,Rate,Value\n")
	for _, m := range meters {
		fmt.Fprintf(&b, "%s,\"\"\"Storage\"\"\",,\"\"\"%s\"\"\",,,\"\"\"1 GB\"\"\",%s,0,0,%s,EUR,0,0,0,€%s EUR\n", bill, m.name, m.consumed, m.consumed, m.value)
	}
	b.WriteString("\nDaily Usage\nUsage Date,Meter Category,Meter Id,Meter Sub-category,Meter Name,Meter Region,Unit,Consumed Quantity,Resource Location,Consumed Service,Resource Group,Instance Id,Tags,Additional Info,Service Info 1,Service Info 2\n")
	for _, m := range meters {
		for i, q := range m.daily {
			day := (dayOf(from) + usage.Day(i)).Time()
			fmt.Fprintf(&b, "%s,\"\"\"Storage\"\"\",m,,\"\"\"%s\"\"\",,\"\"\"1 GB\"\"\",%s,\"\"\"westeurope\"\"\",x,rg,\"\"\"/subscriptions/s1/resourceGroups/rg/providers/M.S/things/a\"\"\",,,,\n", day.Format("1/2/2006"), m.name, q)
		}
	}
	return b.String()
}

// exportRun writes a run of a Cost Management export with its manifest into a
// folder: one file for each of parts.
func (d *desk) exportRun(folder, export, submitted string, parts ...string) {
	d.Helper()
	var blobs []any
	bytes, rows := 0, 0
	for i, content := range parts {
		name := fmt.Sprintf("%s/part_%d_0001.csv", folder, i)
		d.write(name, content)
		n := strings.Count(content, "\n") - 1
		blobs = append(blobs, map[string]any{"blobName": "c/" + name, "byteCount": len(content), "dataRowCount": n})
		bytes, rows = bytes+len(content), rows+n
	}
	b, err := json.Marshal(map[string]any{
		"manifestVersion": "2024-04-01", "byteCount": bytes, "blobCount": len(parts), "dataRowCount": rows, "blobs": blobs,
		"exportConfig": map[string]any{"exportName": export, "resourceId": "/subscriptions/s1/exports/" + export, "type": "ActualCost"},
		"runInfo":      map[string]any{"submittedTime": submitted, "startDate": "2026-03-01T00:00:00", "endDate": "2026-03-31T00:00:00Z"},
	})
	if err != nil {
		d.Fatal(err)
	}
	d.write(folder+"/manifest.json", string(b))
}

// A scripted place has one file, or nothing, and answers as it is told.
type scripted struct {
	content    string
	list, open func(n int) error // what is wrong the n-th time, from 0
	breaks     error             // what ends the listing after the file

	listed, opened int
	waits          []string
}

// List implements loader.Source.
func (s *scripted) List(context.Context, loader.Ref) iter.Seq2[loader.Object, error] {
	return func(yield func(loader.Object, error) bool) {
		s.listed++
		if s.list != nil {
			if err := s.list(s.listed - 1); err != nil {
				yield(loader.Object{}, err)
				return
			}
		}
		if yield(loader.Object{Ref: "place://a.csv", Version: "1", Size: int64(len(s.content))}, nil) && s.breaks != nil {
			yield(loader.Object{}, s.breaks)
		}
	}
}

// Open implements loader.Source.
func (s *scripted) Open(_ context.Context, _ loader.Object, offset int64) (io.ReadCloser, error) {
	s.opened++
	if s.open != nil {
		if err := s.open(s.opened - 1); err != nil {
			return nil, err
		}
	}
	return io.NopCloser(strings.NewReader(s.content[offset:])), nil
}

// load loads the place into a new ledger, trying four times, and says what came
// of it: each file's status with its rows or the reason, and the waits between
// the tries. No program may wait in a test, so nobody waits.
func (s *scripted) load(d *desk) string {
	d.Helper()
	l, err := ledger.Open(d.Context(), "", ledger.Options{Create: true})
	if err != nil {
		d.Fatal(err)
	}
	defer l.Close()
	results, err := loader.Load(d.Context(), l, map[string]loader.Source{"place": s}, []string{"place://"}, loader.Options{
		Tries: 4, TempDir: d.TempDir(), Now: func() time.Time { return d.now },
		Sleep: func(_ context.Context, wait time.Duration) error {
			s.waits = append(s.waits, wait.String())
			return nil
		},
	})
	if err != nil {
		d.Fatal(err)
	}
	var out []string
	for _, r := range results {
		what := fmt.Sprint(r.Rows)
		if r.Err != nil {
			what = r.Err.Error()
		}
		out = append(out, fmt.Sprintf("%s %s", r.Status, what))
	}
	return strings.TrimSpace(strings.Join(append(out, "waited "+strings.Join(s.waits, " ")), ", "))
}

// sum is the exact sum of a key over rows.
func (d *desk) sum(rows []map[string]string, key string) string {
	d.Helper()
	var sum usage.Decimal
	for _, r := range rows {
		sum = sum.Add(d.decimal(r[key]))
	}
	return sum.Text(2)
}

// times is n times an amount.
func (d *desk) times(amount string, n int) string {
	d.Helper()
	var sum usage.Decimal
	for range n {
		sum = sum.Add(d.decimal(amount))
	}
	return sum.Text(2)
}

func (d *desk) decimal(text string) usage.Decimal {
	d.Helper()
	v, _, err := usage.ParseDecimal(text)
	if err != nil {
		d.Fatal(err)
	}
	return v
}
