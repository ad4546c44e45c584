package loader_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usagereport/loader"
)

// A tree is a folder as exports leave it.
type tree struct {
	t   *testing.T
	dir string
}

func newTree(t *testing.T) tree { return tree{t, t.TempDir()} }

func (w tree) write(name, content string) string {
	w.t.Helper()
	path := filepath.Join(w.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// An azureRun is one run of a Cost Management export.
type azureRun struct {
	folder, submitted string
	parts             []string // contents
	kind              string   // "" is ActualCost
	export            string   // "" is daily
	change            func(m map[string]any)
}

// run writes the files of a run and its manifest, in the form of version
// 2024-04-01.
func (w tree) run(r azureRun) string {
	w.t.Helper()
	if r.kind == "" {
		r.kind = "ActualCost"
	}
	if r.export == "" {
		r.export = "daily"
	}
	var blobs []any
	bytes, rows := 0, 0
	for i, content := range r.parts {
		name := fmt.Sprintf("%s/part_%d_0001.csv", r.folder, i)
		w.write(name, content)
		n := strings.Count(content, "\n") - 1
		blobs = append(blobs, map[string]any{"blobName": "exports/" + name, "byteCount": len(content), "dataRowCount": n})
		bytes, rows = bytes+len(content), rows+n
	}
	m := map[string]any{
		"manifestVersion": "2024-04-01", "byteCount": bytes, "blobCount": len(r.parts), "dataRowCount": rows,
		"exportConfig":   map[string]any{"exportName": r.export, "resourceId": "/subscriptions/s1/providers/Microsoft.CostManagement/exports/" + r.export, "type": r.kind},
		"deliveryConfig": map[string]any{"partitionData": true, "containerUri": "/subscriptions/s1/x", "rootFolderPath": "exports"},
		"runInfo":        map[string]any{"executionType": "Scheduled", "submittedTime": r.submitted, "runId": r.folder, "startDate": "2026-03-01T00:00:00", "endDate": "2026-03-31T00:00:00Z"},
		"blobs":          blobs,
	}
	if r.change != nil {
		r.change(m)
	}
	b, err := json.Marshal(m)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.write(r.folder+"/manifest.json", string(b))
}

// parts splits an export of two subscriptions into two files, each with its
// header.
func parts(to int) []string {
	one, two := mosa("s1", 1, to), mosa("s2", 1, to)
	return []string{one, two}
}

func statuses(rs []loader.FileResult, dir string) string {
	var out []string
	for _, r := range rs {
		ref, err := filepath.Rel(dir, r.Ref)
		if err != nil {
			ref = r.Ref
		}
		text := filepath.ToSlash(ref) + " " + string(r.Status)
		if r.Err != nil {
			text += ": " + r.Err.Error()
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n")
}

// A run speaks for the days that its manifest names: what it has of others stands beside their runs.
func TestChargesOutsideARunsDays(t *testing.T) {
	w := newTree(t)
	days := func(from, to string) func(m map[string]any) {
		return func(m map[string]any) {
			info := m["runInfo"].(map[string]any)
			info["startDate"], info["endDate"] = from+"T00:00:00", to+"T00:00:00"
		}
	}
	w.run(azureRun{folder: "1", submitted: "2026-03-08T02:00:00Z", parts: []string{mosa("s1", 1, 7)}, change: days("2026-03-01", "2026-03-07")})
	booked := mosa("s1", 8, 14) + strings.SplitN(mosa("s1", 3, 3, "Data", "Refund", ",1,1,", ",1,-1,"), "\n", 2)[1]
	w.run(azureRun{folder: "2", submitted: "2026-03-15T02:00:00Z", parts: []string{booked}, change: days("2026-03-08", "2026-03-14")})
	l := open(t)
	rs := load(t, l, loader.Options{}, w.dir)
	if got := value(t, l, "SELECT sum(BilledCost)::DECIMAL(9,0) FROM usage"); got != "13" {
		t.Errorf("the total is %s, want 7 + 7 - 1\n%s", got, statuses(rs, w.dir))
	}
	if said := strings.Join(rs[1].Warnings, "; "); !strings.Contains(said, "count beside it, -1 EUR: late usage, or what was booked back; if they correct "+
		"charges of these days, load a later run of these") {
		t.Errorf("of the charge outside of its days: %q", said)
	}
	again := newTree(t)
	again.run(azureRun{
		folder: "3", submitted: "2026-03-16T02:00:00Z", parts: []string{mosa("s1", 1, 7, ",1,1,", ",1,2,")}, change: days("2026-03-01", "2026-03-07"),
	})
	rs = load(t, l, loader.Options{}, again.dir)
	if got := value(t, l, "SELECT sum(BilledCost)::DECIMAL(9,0) FROM usage"); got != "20" {
		t.Errorf("the total is %s where the first week is exported anew, want 14 + 7 - 1\n%s", got, statuses(rs, again.dir))
	}
}

// A run that repeats a part of a day for which it does not speak takes nothing else of that day away.
func TestPartOfADayOutsideARunsDays(t *testing.T) {
	days := func(from, to string) func(m map[string]any) {
		return func(m map[string]any) {
			info := m["runInfo"].(map[string]any)
			info["startDate"], info["endDate"] = from+"T00:00:00", to+"T00:00:00"
		}
	}
	rows := func(from, to int, edit ...string) string {
		return strings.SplitN(mosa("s1", from, to, edit...), "\n", 2)[1]
	}
	for name, c := range map[string]struct{ again, total string }{
		"one of two lines":                 {rows(7, 7), "42"},
		"one of two lines, and another":    {rows(7, 7) + rows(7, 7, "Data", "Late"), "42"},
		"a free line of the two and a new": {rows(7, 7, "Data", "Free", ",1,1,", ",1,0,") + rows(7, 7, "Data", "Late"), "43"},
		"both lines":                       {rows(7, 7) + rows(7, 7, "Data", "More", ",1,1,", ",1,2,"), "42"},
	} {
		t.Run(name, func(t *testing.T) {
			more := func(from, to int) string {
				return mosa("s1", from, to) + rows(from, to, "Data", "More", ",1,1,", ",1,2,") + rows(from, to, "Data", "Free", ",1,1,", ",1,0,")
			}
			w := newTree(t)
			w.run(azureRun{folder: "1", submitted: "2026-03-08T02:00:00Z", parts: []string{more(1, 7)}, change: days("2026-03-01", "2026-03-07")})
			w.run(azureRun{folder: "2", submitted: "2026-03-15T02:00:00Z", parts: []string{more(8, 14) + c.again}, change: days("2026-03-08", "2026-03-14")})
			l := open(t)
			rs := load(t, l, loader.Options{}, w.dir)
			if got := value(t, l, "SELECT sum(BilledCost)::DECIMAL(9,0) FROM usage"); got != c.total {
				t.Errorf("the total is %s, want %s\n%s\n%s", got, c.total, statuses(rs, w.dir), rs[1].Warnings)
			}
			if said := strings.Join(rs[1].Warnings, "; "); !strings.Contains(said, "of 2026-03-07") {
				t.Errorf("nothing is said of the day: %q", said)
			}
		})
	}
}

// A run's manifest says for which days it speaks. What it has of other days, under the
// names of what was used there, is booked back or late, and comes once.
func TestTheSameLinesOutsideARunsDays(t *testing.T) {
	for name, c := range map[string]struct{ edit, totals string }{
		"booked back": {",1,-1,", "13.0 20.0"},
		"late":        {",1,0.5,", "14.5 21.5"},
		"a copy":      {",1,1,", "14.0 21.0"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTree(t)
			l := open(t)
			for i, days := range [][2]int{{1, 7}, {8, 14}, {15, 21}} {
				content := mosa("s1", days[0], days[1])
				if i > 0 {
					content += strings.SplitN(mosa("s1", 3, 3, ",1,1,", c.edit), "\n", 2)[1]
				}
				w.run(azureRun{
					folder: fmt.Sprint(i), submitted: fmt.Sprintf("2026-03-%02dT02:00:00Z", days[1]+1), parts: []string{content},
					change: func(m map[string]any) {
						info := m["runInfo"].(map[string]any)
						info["startDate"], info["endDate"] = fmt.Sprintf("2026-03-%02dT00:00:00", days[0]), fmt.Sprintf("2026-03-%02dT00:00:00", days[1])
					},
				})
				rs := load(t, l, loader.Options{}, w.dir)
				last := rs[len(rs)-1]
				if strings.Contains(strings.Join(last.Warnings, "\n"), "0 of 1 rows") {
					t.Errorf("run %d: warnings %q of days for which it does not speak", i, last.Warnings)
				}
				if i == 0 {
					continue
				}
				got := value(t, l, "SELECT sum(BilledCost)::DECIMAL(9,1) FROM usage")
				if want := strings.Fields(c.totals)[i-1]; got != want {
					t.Errorf("run %d: the total is %s, want %s\n%s", i, got, want, statuses(rs, w.dir))
				}
			}
		})
	}
}

func TestExportTree(t *testing.T) {
	w := newTree(t)
	w.run(azureRun{folder: "daily/20260301-20260331/run1", submitted: "2026-03-06T02:00:00.1234567Z", parts: parts(5)})
	w.run(azureRun{folder: "daily/20260301-20260331/run2", submitted: "2026-03-07T02:00:00.7654321", parts: parts(6)})
	// A run that is being written: its manifest comes last.
	w.write("daily/20260301-20260331/run3/part_0_0001.csv", mosa("s1", 1, 7))
	// A file that somebody put beside the runs is no part of them.
	w.write("daily/20260301-20260331/hand/s9.csv", mosa("s9", 1, 1))
	w.run(azureRun{folder: "prices", export: "prices", kind: "PriceSheet", submitted: "2026-03-07T02:00:00Z", parts: []string{"a,b\n1,2\n"}})
	l := open(t)
	rs := load(t, l, loader.Options{}, w.dir)
	got := statuses(rs, w.dir)
	for _, want := range []string{
		"run2/manifest.json loaded", "run1/manifest.json superseded: a later run of the export is there",
		"run3/part_0_0001.csv superseded: left out: no manifest names it", "prices/manifest.json superseded: left out: a PriceSheet export holds no usage",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("want %q in\n%s", want, got)
		}
	}
	if got := value(t, l, "SELECT count(*) || ' ' || count(DISTINCT SubAccountId) || ' ' || max(ChargePeriodStart)::DATE || ' ' || any_value(x_CostType) FROM usage"); got != "13 3 2026-03-06 actual" {
		t.Errorf("the ledger holds %s", got)
	}
	// The next day's run replaces it; the same again changes nothing.
	newest := w.run(azureRun{folder: "daily/20260301-20260331/run4", submitted: "2026-03-08T02:00:00Z", parts: parts(7)})
	rs = load(t, l, loader.Options{}, w.dir)
	if got := value(t, l, "SELECT count(*) || ' ' || (SELECT submitted FROM loads ORDER BY load_id DESC LIMIT 1) FROM usage"); got != "15 2026-03-08 02:00:00" {
		t.Errorf("after run 4: %s\n%s", got, statuses(rs, w.dir))
	}
	if got := statuses(load(t, l, loader.Options{}, newest), w.dir); got != "daily/20260301-20260331/run4/manifest.json unchanged" {
		t.Errorf("the same again, by its manifest: %s", got)
	}
}

// Runs of reservations stand beside the usage, as such a file by itself does, and the newest counts. A run that holds no usage
// keeps its file out, too, and nothing is said of it that is not so.
func TestRunsBesideUsage(t *testing.T) {
	details := func(used string) string {
		return "InstanceId,ReservationId,ReservationOrderId,ReservedHours,SkuName,UsageDate,UsedHours\n/s/vm,AAAA-1,BBBB-2,48,D2," +
			"2026-03-01," + used + "\n"
	}
	w := newTree(t)
	w.run(azureRun{folder: "daily/run1", submitted: "2026-03-06T02:00:00Z", parts: parts(5)})
	w.run(azureRun{folder: "hours/run1", export: "hours", kind: "ReservationDetails", submitted: "2026-03-06T02:00:00Z", parts: []string{details("6")}})
	w.run(azureRun{folder: "hours/run2", export: "hours", kind: "ReservationDetails", submitted: "2026-03-07T02:00:00Z", parts: []string{details("24")}})
	w.run(azureRun{folder: "more", export: "more", kind: "ReservationTransactions", submitted: "2026-03-07T02:00:00Z", parts: parts(2)})
	// A part without a row has nothing to say, whether it has a header or not even that.
	head, _, _ := strings.Cut(details("0"), "\n")
	none := func(m map[string]any) {
		for _, b := range m["blobs"].([]any) {
			if blob := b.(map[string]any); blob["byteCount"] == 0 {
				blob["dataRowCount"] = 0
			}
		}
	}
	for folder, parts := range map[string][]string{"parts": {details("24"), head + "\n", ""}, "empty": {""}, "none": nil} {
		w.run(azureRun{folder: folder, export: folder, kind: "ReservationDetails", submitted: "2026-03-07T02:00:00Z", parts: parts, change: none})
	}
	w.run(azureRun{folder: "prices", export: "prices", kind: "PriceSheet", submitted: "2026-03-07T02:00:00Z", parts: []string{"a,b\n1,2\n"}})
	l := open(t)
	rs := load(t, l, loader.Options{}, w.dir)
	for _, want := range []string{
		"daily/run1/manifest.json loaded", "hours/run1/manifest.json superseded: a later run", "hours/run2/part_0_0001.csv loaded",
		"more/manifest.json superseded: left out: a file of reservations speaks for whole days, and this run has 2",
		"parts/part_0_0001.csv unchanged", "empty/manifest.json superseded: the export's run has no files",
		"none/manifest.json superseded: the export's run has no files",
		"prices/manifest.json superseded: left out: a PriceSheet export holds no usage",
	} {
		if !strings.Contains(statuses(rs, w.dir), want) {
			t.Errorf("want %q in\n%s", want, statuses(rs, w.dir))
		}
	}
	if len(rs) != 8 {
		t.Errorf("%d results:\n%s", len(rs), statuses(rs, w.dir))
	}
	if got := value(t, l, "SELECT count(*) || ' ' || (SELECT string_agg(used::INT, ' ') FROM reservation_hours) FROM usage"); got != "10 24" {
		t.Errorf("rows, and hours used: %s", got)
	}
}

// Two copies of an export's tree below one folder, as a backup beside it, are one run, which counts once.
func TestCopiesOfATree(t *testing.T) {
	for name, folders := range map[string][2]string{
		"beside each other": {"copy1", "copy2"}, "in the tree": {".", "old"}, "in the run's folder": {".", "daily/run1/old"},
	} {
		w := newTree(t)
		for _, at := range folders {
			copied := tree{t, filepath.Join(w.dir, at)}
			copied.run(azureRun{folder: "daily/run1", submitted: "2026-03-06T02:00:00Z", parts: parts(5)})
			aws := "exp/data/BILLING_PERIOD=2026-03/exp-00001.csv"
			copied.write(aws, mosa("s9", 1, 2))
			copied.write("exp/metadata/BILLING_PERIOD=2026-03/exp-Manifest.json", `{"exportArn":"a","dataFiles":["s3://bucket/`+aws+`"]}`)
		}
		l := open(t)
		rs := load(t, l, loader.Options{}, w.dir)
		for _, r := range rs {
			if r.Status == loader.Refused {
				t.Errorf("%s: %s", name, statuses(rs, w.dir))
				break
			}
		}
		if got := value(t, l, "SELECT count(*) FROM usage"); got != "12" {
			t.Errorf("%s: %s rows, want 12\n%s", name, got, statuses(rs, w.dir))
		}
	}
}

// A part of a run in which nothing fell may have no byte, not even a header: its manifest says that it has no row.
func TestEmptyPart(t *testing.T) {
	none := func(m map[string]any) {
		for i, b := range m["blobs"].([]any) {
			if blob := b.(map[string]any); i > 0 {
				blob["dataRowCount"] = 0
			}
		}
		m["dataRowCount"] = 5
	}
	w := newTree(t)
	at := w.run(azureRun{folder: "run1", submitted: "2026-03-06T02:00:00Z", parts: []string{mosa("s1", 1, 5), ""}, change: none})
	l := open(t)
	if r := load(t, l, loader.Options{}, at)[0]; r.Err != nil || r.Rows != 5 {
		t.Errorf("%d rows, %v", r.Rows, r.Err)
	}
	unsaid := newTree(t)
	at = unsaid.run(azureRun{folder: "run1", submitted: "2026-03-06T02:00:00Z", parts: []string{mosa("s1", 1, 5), ""}})
	if r := load(t, open(t), loader.Options{}, at)[0]; r.Err == nil || !strings.Contains(r.Err.Error(), "the file is empty") {
		t.Errorf("nothing says that the part has no row: %v", r.Err)
	}
	empty := newTree(t)
	at = empty.run(azureRun{folder: "run1", submitted: "2026-03-06T02:00:00Z", parts: []string{""}, change: func(m map[string]any) {
		m["dataRowCount"] = 0
		m["blobs"].([]any)[0].(map[string]any)["dataRowCount"] = 0
	}})
	if r := load(t, open(t), loader.Options{}, at)[0]; r.Status != loader.Superseded || !strings.Contains(fmt.Sprint(r.Err), "nothing to load") {
		t.Errorf("no part has a row: %s %v", r.Status, r.Err)
	}
}

// A later run is newer though its data reach less far; an earlier run is older
// though it is loaded later.
func TestTheSubmittedTimeDecides(t *testing.T) {
	w := newTree(t)
	late := w.run(azureRun{folder: "late", submitted: "2026-04-05T02:00:00Z", parts: []string{mosa("s1", 1, 9, ",1,1,", ",1,2,")}})
	early := w.run(azureRun{folder: "early", submitted: "2026-03-31T02:00:00Z", parts: []string{mosa("s1", 1, 9)}})
	l := open(t)
	rs := append(load(t, l, loader.Options{}, late), load(t, l, loader.Options{}, early)...)
	if rs[0].Status != loader.Loaded || rs[1].Status != loader.Superseded || !strings.Contains(rs[1].Err.Error(), "is of a later run of the export, of 2026-04-05 02:00 UTC") {
		t.Error(statuses(rs, w.dir))
	}
	less := w.run(azureRun{folder: "less", submitted: "2026-04-06T02:00:00Z", parts: []string{mosa("s1", 1, 8)}})
	if r := load(t, l, loader.Options{}, less)[0]; r.Status != loader.Refused || !strings.Contains(r.Err.Error(), "--allow-shrink") {
		t.Errorf("a later run that covers less: %s, %v", r.Status, r.Err)
	}
}

// A file that has other lines of the same days is refused with what is needed: a manifest where one of the two came
// without it, and no manifest where both came with theirs.
func TestOtherLinesWithManifests(t *testing.T) {
	other := mosa("s1", 1, 5, "Data", "Other")
	for name, c := range map[string]struct {
		first, second bool // by its manifest
		want, not     string
	}{
		"neither":    {false, false, "load the run's folder with its manifest.json, so that its parts are one load", "remove"},
		"the first":  {true, false, "the other was loaded by its manifest, so load this one's folder with its manifest.json, too", "remove"},
		"the second": {false, true, "the other was loaded without its manifest: take it back with 'usagereport loads remove 1'", "too"},
		"both": {
			true, true, "it looks like another export, not like another run of this one; where both have the same charges under other names, " +
				"take the other back with 'usagereport loads remove 1' and load this one again, or load it with --allow-shrink", "with its manifest",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, l := newTree(t), open(t)
			place := func(manifest bool, folder, content string) string {
				if !manifest {
					return write(t, "a.csv", content)
				}
				return w.run(azureRun{folder: folder, export: folder, submitted: "2026-03-0" + folder + "T02:00:00Z", parts: []string{content}})
			}
			load(t, l, loader.Options{}, place(c.first, "6", mosa("s1", 1, 5)))
			second := place(c.second, "7", other)
			r := load(t, l, loader.Options{}, second)[0]
			if r.Status != loader.Refused || !strings.Contains(r.Err.Error(), c.want) || strings.Contains(r.Err.Error(), c.not) {
				t.Fatalf("%s, %v", r.Status, r.Err)
			}
			if !c.first || !c.second {
				return
			}
			if r := load(t, l, loader.Options{AllowShrink: true}, second)[0]; r.Status != loader.Loaded || len(r.Replaced) != 1 {
				t.Errorf("with --allow-shrink: %s, %v, replaced %v", r.Status, r.Err, r.Replaced)
			}
		})
	}
}

func TestActualAndAmortizedExportsByTheirManifests(t *testing.T) {
	w := newTree(t)
	// Nothing in the rows tells which is which.
	w.run(azureRun{folder: "actual/run", export: "actual", submitted: "2026-03-06T02:00:00Z", parts: []string{ea("s1", 3)}})
	w.run(azureRun{folder: "amortized/run", export: "amortized", kind: "AmortizedCost", submitted: "2026-03-06T03:00:00Z", parts: []string{ea("s1", 3)}})
	l := open(t)
	rs := load(t, l, loader.Options{}, w.dir)
	if rs[0].CostType != "actual" || rs[1].CostType != "amortized" {
		t.Errorf("%s, %s\n%s", rs[0].CostType, rs[1].CostType, statuses(rs, w.dir))
	}
	if got := value(t, l, "SELECT count(*) || ' ' || sum(EffectiveCost)::DECIMAL(9,0) FROM usage"); got != "3 3" {
		t.Errorf("usage shows %s, want the amortized rows once", got)
	}
}

// A reservation is bought under an account that uses nothing, or under none. What the amortized file
// spreads of it counts there alone, in either order of loading; else the purchase is the cost.
func TestPurchasesUnderAnotherAccount(t *testing.T) {
	const header = "BillingAccountId,BillingPeriodStartDate,BillingPeriodEndDate,AccountOwnerId,SubscriptionId,Date,MeterId,MeterCategory,MeterName,Quantity," +
		"EffectivePrice,Cost,UnitPrice,BillingCurrency,ResourceId,ChargeType,Frequency,PricingModel,ReservationId\n"
	row := func(subscription string, day int, cost, kind, reservation string) string {
		return fmt.Sprintf("88,03/01/2026,03/31/2026,o,%s,03/%02d/2026,m,VM,D2,1,1,%s,1,EUR,,%s,UsageBased,Reservation,%s\n", subscription, day, cost, kind,
			reservation)
	}
	amortized := header + row("s1", 1, "4", "Usage", "R1") + row("s1", 2, "4", "Usage", "R1") + row("s1", 2, "2", "UnusedReservation", "R1")
	used := header + row("s1", 1, "0", "Usage", "R1") + row("s1", 2, "0", "Usage", "R1")
	onDemand, dollars := strings.NewReplacer(",Reservation,", ",OnDemand,"), strings.NewReplacer("EUR", "USD")
	for name, c := range map[string]struct{ bought, billed, effective string }{
		"under none":                       {row("", 1, "10", "Purchase", "r1"), "10", "10"},
		"under another":                    {row("s9", 1, "10", "Purchase", "r1"), "10", "10"},
		"one that is spread nowhere":       {row("s9", 1, "10", "Purchase", "r7"), "10", "20"},
		"one that is, and one that is not": {row("s9", 1, "10", "Purchase", "r1") + row("s9", 1, "7", "Purchase", "r7"), "17", "17"},
		"each of another account": {
			row("s9", 1, "4", "Purchase", "r1") + row("s9", 1, "7", "Purchase", "r7") + row("", 1, "6", "Purchase", "R1") + row("", 2, "2", "Purchase", "r7"),
			"19", "19",
		},
		"beside usage of its own":        {row("s9", 1, "10", "Purchase", "r1") + onDemand.Replace(row("s9", 2, "3", "Usage", "")), "13", "13"},
		"anything, in another currency":  {dollars.Replace(onDemand.Replace(row("s1", 1, "10", "Purchase", ""))), "10", "20"},
		"it, in another currency":        {dollars.Replace(row("s1", 1, "10", "Purchase", "r1")), "10", "10"},
		"with what was given back of it": {row("s9", 1, "15", "Purchase", "r1") + row("s9", 2, "-5", "Refund", "r1"), "10", "10"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, order := range [][2]int{{0, 1}, {1, 0}} {
				l := open(t)
				files := []string{write(t, "actual.csv", used+c.bought), write(t, "amortized.csv", amortized)}
				for _, i := range order {
					if r := load(t, l, loader.Options{}, files[i])[0]; r.Status != loader.Loaded {
						t.Fatal(r.Err)
					}
				}
				got := value(t, l, "SELECT sum(BilledCost)::DECIMAL(9,0) || ' ' || sum(EffectiveCost)::DECIMAL(9,0) FROM usage")
				if want := c.billed + " " + c.effective; got != want {
					t.Errorf("%v: %s, want %s", order, got, want)
				}
				wrong := "SELECT count(*) FROM scopes JOIN (SELECT scope_id, sum(EffectiveCost) AS cost, count(*) AS n FROM charges JOIN keys USING (key_id) " +
					"GROUP BY scope_id) USING (scope_id) WHERE EffectiveCost <> cost OR rows <> n"
				if n := value(t, l, wrong); n != "0" {
					t.Errorf("%v: %s scopes have other sums than their charges", order, n)
				}
				if _, err := l.Remove(t.Context(), int64(1+order[1])); err != nil { // the amortized file
					t.Fatal(err)
				}
				if got, want := value(t, l, "SELECT sum(EffectiveCost) FROM usage"), value(t, l, "SELECT sum(total) FROM load_totals"); got != want {
					t.Errorf("%v: without the amortized file %s, want %s", order, got, want)
				}
			}
		})
	}
}

// An amortized file that bills another sum than the actual file beside it is said to, in either order of loading and
// where both are loaded at once: by how much, of which account, and that one of the two reaches less far.
func TestAmortizedFilesThatBillOtherwise(t *testing.T) {
	row := func(account string, day int, cost, kind, reservation string) string {
		model := "OnDemand"
		if reservation != "" {
			model = "Reservation"
		}
		return fmt.Sprintf("1,03/01/2026,03/31/2026,o,%s,03/%02d/2026,m,VM,D2,1,1,%s,1,EUR,,%s,UsageBased,%s,,,,,,,,%s\n", account, day, cost, kind, model, reservation)
	}
	header := strings.TrimSuffix(strings.SplitN(ea("s1", 0), "\n", 2)[0], "\n") + ",ReservationId\n"
	covered, spread := row("s1", 1, "0", "Usage", "r1"), row("s1", 1, "4", "Usage", "r1")
	bought := row("s1", 1, "10", "Purchase", "r1")
	for name, c := range map[string]struct{ actual, amortized, want string }{
		"the same": {row("s1", 1, "5", "Usage", "") + covered + bought, row("s1", 1, "5", "Usage", "") + spread, ""},
		"under no account": {
			covered + row("", 1, "10", "Purchase", "r1") + row("s1", 2, "1", "Usage", ""), spread + row("s1", 2, "1", "Usage", ""), "",
		},
		"more": {
			row("s1", 1, "5", "Usage", "") + covered + bought, row("s1", 1, "7", "Usage", "") + spread,
			"2026-03: the amortized file and the purchases of the actual one bill 2 EUR more than the actual file alone: account s1 costs 17 instead of 15 EUR",
		},
		"days later": {
			covered + row("s1", 1, "5", "Usage", ""), spread + row("s1", 1, "5", "Usage", "") + row("s1", 2, "5", "Usage", ""),
			"bill 5 EUR more than the actual file alone: account s1 costs 10 instead of 5 EUR (the actual file reaches to 2026-03-01, the " +
				"amortized one to 2026-03-02)",
		},
		"one more, one less": {
			covered + row("s1", 1, "5", "Usage", "") + row("s2", 1, "5", "Usage", ""), spread + row("s1", 1, "2", "Usage", "") + row("s2", 1, "7", "Usage", ""),
			"bill 1 EUR less than the actual file alone: account s1 costs 2 instead of 5 EUR, account s2 costs 7 instead of 5 EUR",
		},
	} {
		t.Run(name, func(t *testing.T) {
			files := []string{write(t, "actual.csv", header+c.actual), write(t, "amortized.csv", header+c.amortized)}
			for order, at := range map[string][][]string{"one by one": {files[:1], files[1:]}, "the other first": {files[1:], files[:1]}, "at once": {files}} {
				l := open(t)
				var said []string
				for _, refs := range at {
					for _, r := range load(t, l, loader.Options{}, refs...) {
						if r.Status != loader.Loaded {
							t.Fatal(r.Err)
						}
						said = append(said, r.Warnings...)
					}
				}
				text := strings.Join(said, "\n")
				if c.want == "" && strings.Contains(text, "the amortized file") || !strings.Contains(text, c.want) ||
					strings.Count(text, "the amortized file and") > 1 {
					t.Errorf("%s: it says %q, want %q", order, text, c.want)
				}
			}
		})
	}
}

// ea writes an EA export of days 1..to of March 2026, at a cost of one a row.
func ea(subscription string, to int) string {
	var b strings.Builder
	b.WriteString("BillingAccountId,BillingPeriodStartDate,BillingPeriodEndDate,AccountOwnerId,SubscriptionId,Date,MeterId,MeterCategory,MeterName,Quantity,EffectivePrice,Cost,UnitPrice,BillingCurrency,ResourceId,ChargeType,Frequency,PricingModel,PublisherName,ResourceGroup,UnitOfMeasure,PayGPrice,Product,CostCenter,Tags\n")
	for d := 1; d <= to; d++ {
		fmt.Fprintf(&b, "1,03/01/2026,03/31/2026,o,%s,03/%02d/2026,m,Storage,Data,1,1,1,1,EUR,/subscriptions/%s/resourceGroups/rg/providers/M.S/a/b,Usage,UsageBased,OnDemand,Microsoft,rg,1,1,p,c,\n", subscription, d, subscription)
	}
	return b.String()
}

func TestManifestsThatDoNotFit(t *testing.T) {
	blob := func(m map[string]any, key string, v any) { m["blobs"].([]any)[0].(map[string]any)[key] = v }
	for name, c := range map[string]struct {
		change func(m map[string]any)
		reason string
	}{
		"a blob with another size":      {func(m map[string]any) { blob(m, "byteCount", 17) }, "has 3118 bytes and the manifest says 17"},
		"a blob with other rows":        {func(m map[string]any) { blob(m, "dataRowCount", 6) }, "has 5 rows and the manifest says 6"},
		"other rows in all":             {func(m map[string]any) { m["dataRowCount"] = 6 }, "the manifest says 6 rows and its files have 5"},
		"a blob that is not there":      {func(m map[string]any) { blob(m, "blobName", "x/none.csv") }, "names x/none.csv, which is not there"},
		"a time that is none":           {func(m map[string]any) { m["runInfo"].(map[string]any)["submittedTime"] = "soon" }, `submittedTime "soon"`},
		"another kind of JSON":          {func(m map[string]any) { clear(m); m["a"] = 1 }, "not a manifest of an export"},
		"stray blanks in a blob's name": {func(m map[string]any) { blob(m, "blobName", " exports/run/part_0_0001.csv ") }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTree(t)
			content := strings.ReplaceAll(mosa("s1", 1, 5), "Storage", strings.Repeat("Storage", 71))
			w.run(azureRun{folder: "run", submitted: "2026-03-06T02:00:00Z", parts: []string{content}, change: c.change})
			l := open(t)
			rs := load(t, l, loader.Options{}, w.dir)
			if c.reason == "" {
				if rs[0].Status != loader.Loaded {
					t.Error(statuses(rs, w.dir))
				}
				return
			}
			if rs[0].Status != loader.Refused || !strings.Contains(strings.ReplaceAll(fmt.Sprint(rs[0].Err), fmt.Sprint(len(content)), "3118"), c.reason) {
				t.Errorf("%s; want refused: %s", statuses(rs, w.dir), c.reason)
			}
			if got := value(t, l, "SELECT (SELECT count(*) FROM loads) + (SELECT count(*) FROM charges)"); got != "0" {
				t.Errorf("%s rows are left", got)
			}
		})
	}
}

func TestARunWhosePartsDiffer(t *testing.T) {
	w := newTree(t)
	w.run(azureRun{folder: "run", submitted: "2026-03-06T02:00:00Z", parts: []string{mosa("s1", 1, 5), ea("s2", 5)}})
	w.run(azureRun{folder: "bad", export: "bad", submitted: "2026-03-06T02:00:00Z", parts: []string{mosa("s1", 1, 5), mosa("s2", 1, 5, "2026-03-03", "2026-13-03")}})
	l := open(t)
	got := statuses(load(t, l, loader.Options{}, w.dir), w.dir)
	for _, want := range []string{"its header is another", "part_1_0001.csv: 4: UsageDateTime"} {
		if !strings.Contains(got, want) {
			t.Errorf("want %q in\n%s", want, got)
		}
	}
	// With leave, the bad row has its file's name in the table.
	load(t, l, loader.Options{MaxRejects: 1}, filepath.Join(w.dir, "bad"))
	if got := value(t, l, "SELECT ref[-15:] || ':' || line || ' ' || (SELECT rows + rejected FROM loads) FROM rejects"); got != "part_1_0001.csv:4 10" {
		t.Errorf("rejects: %s", got)
	}
}

func TestAnEmptyMonth(t *testing.T) {
	w := newTree(t)
	w.run(azureRun{folder: "run", submitted: "2026-03-06T02:00:00Z"})
	rs := load(t, open(t), loader.Options{}, w.dir)
	if rs[0].Status != loader.Superseded || !strings.Contains(rs[0].Err.Error(), "no files") {
		t.Error(statuses(rs, w.dir))
	}
}

// The older exports write one growing file a day, under a new GUID, and no
// manifest: the newest one counts, and only that one is read.
func TestOldExportTree(t *testing.T) {
	w := newTree(t)
	for i, to := range []int{7, 5, 6} {
		path := w.write(fmt.Sprintf("costs/20260301-20260331/costs_%08d-0000-4000-8000-000000000000.csv", i), mosa("s1", 1, to))
		at := time.Date(2026, 3, to+1, 2, 0, 0, 0, time.UTC)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	w.write("costs/20260201-20260228/costs_00000009-0000-4000-8000-000000000000.csv", mosa("s1", 1, 28, "2026-03", "2026-02"))
	// Copied without their times: what was written last is not what reaches
	// farthest.
	for i, to := range []int{7, 5, 6} {
		path := w.write(fmt.Sprintf("copied/costs_%08d-0000-4000-8000-000000000000.csv", i), mosa("s4", 1, to))
		at := time.Date(2026, 4, 1, 2, i, 0, 0, time.UTC)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	w.write("hand/s2.csv", mosa("s2", 1, 7))
	w.write("hand/s3.csv", mosa("s3", 1, 7))
	l := open(t)
	rs := load(t, l, loader.Options{}, w.dir)
	if got := value(t, l, "SELECT count(*) || ' ' || count(DISTINCT SubAccountId) || ' ' || (SELECT count(*) FROM loads) FROM usage"); got != "56 4 5" {
		t.Errorf("rows, subscriptions and loads: %s\n%s", got, statuses(rs, w.dir))
	}
	if loader.Failed(rs) > 0 || !strings.Contains(statuses(rs, w.dir), "is a later run of the same export") {
		t.Error(statuses(rs, w.dir))
	}
}

// AWS keeps the manifest beside the folder of the data; it names the files in
// their bucket.
func TestAWSExportTree(t *testing.T) {
	focus := func(account string) string {
		b, err := os.ReadFile(filepath.Join(samples, "focus/aws-1.2.csv"))
		if err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(string(b), "111122223333", account)
	}
	w := newTree(t)
	w.write("exp/data/BILLING_PERIOD=2026-05/run1/exp-00001.csv.gz", gzipped(t, focus("1")))
	w.write("exp/data/BILLING_PERIOD=2026-05/run1/exp-00002.csv.gz", gzipped(t, strings.SplitAfterN(focus("1"), "\n", 2)[0]))
	at := w.write("exp/metadata/BILLING_PERIOD=2026-05/run1/exp-Manifest.json", `{"exportArn":"arn:aws:bcm-data-exports:us-east-1:1:export/exp","dataFiles":["s3://bucket/prefix/exp/data/BILLING_PERIOD=2026-05/run1/exp-00001.csv.gz","s3://bucket/prefix/exp/data/BILLING_PERIOD=2026-05/run1/exp-00002.csv.gz"]}`)
	for _, ref := range []string{w.dir, at} {
		l := open(t)
		rs := load(t, l, loader.Options{}, ref)
		if len(rs) != 1 || rs[0].Status != loader.Loaded || rs[0].Rows == 0 {
			t.Errorf("%s: %s", ref, statuses(rs, w.dir))
		}
	}
}

// What a manifest says beside its files keeps no run out, whatever it is, and the month
// of AWS's data exports, which their manifests do not name, is that of the files' folder.
func TestManifestsNeedNoMoreThanTheirFiles(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(samples, "aws_cur/cur2-2026-10.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for name, manifest := range map[string]string{
		"AWS data export":   `{"executionId":"e2","exportArn":"arn:x","columns":[{"name":"a","type":"string"}],"dataFiles":["s3://b/p/exp/data/billing_period=2026-10/e2/exp-00001.csv"],"additionalOutputFiles":[]}`,
		"odd fields":        `{"executionId":7,"exportArn":["x"],"columns":"none","dataFiles":["s3://b/p/exp/data/billing_period=2026-10/e2/exp-00001.csv"],"billingPeriod":"2026-10","reportName":null,"size":1e99}`,
		"AWS legacy report": `{"assemblyId":"x","account":"1","columns":[{"category":"bill","name":"InvoiceId"}],"charset":"UTF-8","compression":"GZIP","contentType":"text/csv","reportId":"r","reportName":"exp","billingPeriod":{"start":"20261001T000000.000Z","end":"20261101T000000.000Z"},"bucket":"b","reportKeys":["p/exp/data/billing_period=2026-10/e2/exp-00001.csv"]}`,
	} {
		t.Run(name, func(t *testing.T) {
			w := newTree(t)
			w.write("exp/data/billing_period=2026-10/e2/exp-00001.csv", string(b))
			w.write("exp/metadata/billing_period=2026-10/exp-Manifest.json", manifest)
			l := open(t)
			rs := load(t, l, loader.Options{}, w.dir)
			if len(rs) != 1 || rs[0].Status != loader.Loaded || rs[0].Totals["USD"].String() != "58.460000004" {
				t.Error(statuses(rs, w.dir))
			}
			if got := value(t, l, "SELECT DISTINCT from_day || ' ' || to_day FROM scopes"); got != "2026-10-01 2026-11-01" {
				t.Errorf("it speaks for %s", got)
			}
		})
	}
	w := newTree(t)
	w.write("exp/exp-Manifest.json", `{"dataFiles":"exp-00001.csv"}`)
	if rs := load(t, open(t), loader.Options{}, w.dir); !strings.Contains(statuses(rs, w.dir), "its dataFiles are not a list of files") {
		t.Error(statuses(rs, w.dir))
	}
}

// The manifest above the folders of a report's runs names the last, and the folder of a run
// of a data export says when it began: the times of a copied tree say neither.
func TestAWSRunsInACopiedTree(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(samples, "aws_cur/legacy-2026-10.csv"))
	if err != nil {
		t.Fatal(err)
	}
	whole := string(b)
	early := strings.Join(strings.SplitAfter(whole, "\n")[:2], "")
	const period = "cur/rep/20261001-20261101/"
	legacy := func(run string) string {
		return fmt.Sprintf(`{"assemblyId":%q,"reportName":"rep","reportKeys":[%q],`+
			`"billingPeriod":{"start":"20261001T000000.000Z","end":"20261101T000000.000Z"}}`, run, period+run+"/rep-00001.csv")
	}
	const data, meta = "p/ex/data/BILLING_PERIOD=2026-10/", "p/ex/metadata/BILLING_PERIOD=2026-10/"
	export := func(run string) string {
		return fmt.Sprintf(`{"exportArn":"arn:ex","dataFiles":[%q]}`, "s3://b/"+data+run+"/ex-00001.csv")
	}
	const first, second = "2026-10-03T02:00:00.000Z-1", "2026-11-02T02:00:00.000Z-2"
	for name, files := range map[string]map[string]string{
		"report": {
			period + "a0/rep-00001.csv": early, period + "a0/rep-Manifest.json": legacy("a0"),
			period + "b1/rep-00001.csv": whole, period + "b1/rep-Manifest.json": legacy("b1"),
			period + "rep-Manifest.json": legacy("b1"), period + "b1/rep-RedshiftManifest.json": `{"entries":[]}`,
			"cur/rep/cost_and_usage_data_status/cost_and_usage_data_status.csv": "status\nREADY\n",
		},
		"data export": {
			data + first + "/ex-00001.csv": early, meta + first + "/ex-Manifest.json": export(first),
			data + second + "/ex-00001.csv": whole, meta + second + "/ex-Manifest.json": export(second),
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTree(t)
			for at, content := range files {
				path := w.write(at, content)
				if at == period+"a0/rep-Manifest.json" || at == meta+first+"/ex-Manifest.json" { // copied last
					later := time.Now().Add(time.Minute)
					if err := os.Chtimes(path, later, later); err != nil {
						t.Fatal(err)
					}
				}
			}
			l := open(t)
			rs := load(t, l, loader.Options{}, w.dir)
			if got := value(t, l, "SELECT sum(BilledCost) FROM usage"); loader.Failed(rs) > 0 || !strings.HasPrefix(got, "58.46") {
				t.Errorf("%s\n%s", got, statuses(rs, w.dir))
			}
			if all := statuses(rs, w.dir); name == "report" && (!strings.Contains(all, "is of the same run") || strings.Contains(all, "a later run")) {
				t.Error(all)
			}
		})
	}
}
