package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usagereport/usage"
)

// golden is the hash of what short writes. It is the same on every machine; a
// change of the invention changes it.
const golden = "2a79d731b071c4e75ce48ddab73c2c24d3c84b6a4f610f6d6f43c894b6704b35"

// short is an estate whose files are few.
var short = Options{Months: 3}

// write writes an estate into a folder of its own and returns that with a hash
// of all its files.
func write(t *testing.T, o Options) (hash string, r Result) {
	t.Helper()
	r, err := Write(context.Background(), t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.New()
	for _, path := range append(slices.Clone(r.Files), r.Truth) {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(h, filepath.Base(path), len(b))
		h.Write(b)
	}
	return fmt.Sprintf("%x", h.Sum(nil)), r
}

// readTruth reads the truth.json of a folder.
func readTruth(t *testing.T, path string) Truth {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var truth Truth
	if err := json.Unmarshal(b, &truth); err != nil {
		t.Fatal(err)
	}
	return truth
}

func TestSameOptionsSameBytes(t *testing.T) {
	t.Parallel()
	hash, _ := write(t, short)
	if hash != golden {
		t.Errorf("hash is %s, not the golden one", hash)
	}
	o := short
	o.Seed = 2
	if other, _ := write(t, o); other == hash {
		t.Error("seeds 1 and 2 give the same files")
	}
}

func TestUsualEstate(t *testing.T) {
	t.Parallel()
	_, r := write(t, Options{})
	truth := readTruth(t, r.Truth)
	if len(r.Files) != 14 || len(truth.Months) != 14 {
		t.Fatalf("%d files, %d months", len(r.Files), len(truth.Months))
	}
	if truth.Months[0].File != "2025-10.csv" || truth.Months[13].File != "2026-11.csv" {
		t.Errorf("months %v", truth.Months)
	}
	if truth.From.String() != "2025-10-01" || truth.To.String() != "2026-11-15" || truth.CompleteTo.String() != "2026-11-12" {
		t.Errorf("from %v to %v, complete to %v", truth.From, truth.To, truth.CompleteTo)
	}
	if truth.Seed != 1 || truth.Currency != "EUR" || r.Total.Currency != "EUR" || truth.Total != r.Total.Amount.String() {
		t.Errorf("seed %d, %s, total %s; result %v", truth.Seed, truth.Currency, truth.Total, r.Total)
	}
	perDay := r.Total.Amount.Float64() / float64(truth.To-truth.From+1)
	if perDay < 1000 || perDay > 1600 {
		t.Errorf("a day costs %.0f", perDay)
	}
	resources, subs := map[string]bool{}, map[int]bool{}
	for _, r := range newEstate(Options{Seed: 1, Months: 14, End: truth.To}).resources {
		resources[strings.ToLower(r.id)] = true
		subs[r.sub] = true
	}
	if n := len(resources); n < 380 || n > 420 || len(subs) != 5 {
		t.Errorf("%d resources in %d subscriptions", n, len(subs))
	}
	if truth.Accepted[0].Start != truth.To-100 {
		t.Errorf("the first accepted change is %+v", truth.Accepted[0])
	}
}

// TestFilesTellTheTruth reads each row of a short estate and compares.
func TestFilesTellTheTruth(t *testing.T) {
	t.Parallel()
	hash, r := write(t, short)
	if hash != golden { // a second folder, the same bytes
		t.Errorf("hash is %s, not the golden one", hash)
	}
	truth := readTruth(t, r.Truth)
	var total usage.Decimal
	ids, days, subs := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i, path := range r.Files {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b, bom := bytes.CutPrefix(b, []byte("\xef\xbb\xbf"))
		if !bom || bytes.Count(b, []byte("\n")) != bytes.Count(b, []byte("\r\n")) {
			t.Errorf("%s: no byte order mark, or bare line ends", path)
		}
		rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(rows[0], header()) || len(rows[0]) != 65 {
			t.Fatalf("%s: header %q", path, rows[0])
		}
		col := map[string]int{}
		for i, name := range rows[0] {
			col[name] = i
		}
		var month usage.Decimal
		for n, row := range rows[1:] {
			cell := func(name string) string { return row[col[name]] }
			cost, rounded, err := usage.ParseDecimal(cell("costInBillingCurrency"))
			if err != nil || rounded {
				t.Fatalf("%s:%d: cost %q: %v", path, n+2, cell("costInBillingCurrency"), err)
			}
			month = month.Add(cost)
			product := big.NewRat(1, 1)
			for _, name := range []string{"quantity", "effectivePrice", "exchangeRatePricingToBilling"} {
				f, ok := new(big.Rat).SetString(cell(name))
				if !ok {
					t.Fatalf("%s:%d: %s %q", path, n+2, name, cell(name))
				}
				product.Mul(product, f)
			}
			if c, _ := new(big.Rat).SetString(cell("costInBillingCurrency")); c.Cmp(product) != 0 {
				t.Fatalf("%s:%d: cost %v is not %v", path, n+2, c, product)
			}
			if tags := cell("tags"); tags != "" && !json.Valid([]byte(tags)) {
				t.Fatalf("%s:%d: tags %q", path, n+2, tags)
			}
			open := i == len(r.Files)-1 && cell("chargeType") == "Usage"
			if (cell("billingPeriodStartDate") == "") != open {
				t.Fatalf("%s:%d: billing period starts %q", path, n+2, cell("billingPeriodStartDate"))
			}
			ids[strings.ToLower(cell("ResourceId"))] = true
			subs[cell("SubscriptionId")] = true
			days[cell("date")] = true
		}
		if m := truth.Months[i]; m.Total != month.String() || int(m.Rows) != len(rows)-1 || m.File != filepath.Base(path) {
			t.Errorf("%s: %d rows, total %s; truth %+v", path, len(rows)-1, month, m)
		}
		total = total.Add(month)
	}
	if truth.Total != total.String() {
		t.Errorf("total %s, truth %s", total, truth.Total)
	}
	if len(subs) != 5 || len(days) != int(truth.To-truth.From)+1 {
		t.Errorf("%d subscriptions, %d days", len(subs), len(days))
	}
	for _, in := range append(slices.Clone(truth.Incidents), truth.Accepted...) {
		if len(in.Resources) == 0 {
			t.Errorf("%s: no resources", in.ID)
		}
		for _, id := range in.Resources {
			if !ids[id] {
				t.Errorf("%s: no row of %s", in.ID, id)
			}
		}
	}
}

func TestIncidentsAreSized(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		o, err := Options{Seed: seed + 1}.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		e := newEstate(o)
		x := newExporter(e)
		for i := range e.days {
			for _, l := range e.lines {
				if l.incident != nil {
					l.incident.excess = l.incident.excess.Add(x.charge(l, i).excess)
				}
			}
		}
		kinds := map[usage.Kind]int{}
		for _, in := range e.incidents {
			kinds[in.Kind]++
			if impact := in.excess.Abs().Float64(); impact < 300 {
				t.Errorf("seed %d: %s %s: impact %.2f", o.Seed, in.Kind, in.Sentence, impact)
			}
			if (in.excess.Sign() > 0) != (in.Direction == "up") {
				t.Errorf("seed %d: %s %s: excess %s", o.Seed, in.Kind, in.Direction, in.excess)
			}
			if in.Start <= o.End-35 || in.End > o.End {
				t.Errorf("seed %d: %s from %v to %v", o.Seed, in.Kind, in.Start, in.End)
			}
		}
		for _, kind := range []usage.Kind{usage.KindLevel, usage.KindSpike, usage.KindDrift, usage.KindPrice, usage.KindNew, usage.KindGone, usage.KindMissing} {
			if kinds[kind] == 0 {
				t.Errorf("no incident of kind %s", kind)
			}
		}
		arrived := x.arrivals()
		if len(arrived) != 3 || arrived[2].Part > "0.45" || arrived[2].Part < "0.25" || arrived[1].Part < "0.75" || arrived[0].Part < "0.95" {
			t.Errorf("seed %d: arrived %v", o.Seed, arrived)
		}
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "notes.csv"), []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(ctx, dir, short); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 || left[0].Name() != "notes.csv" {
		t.Errorf("left behind: %v", left)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{Months: 2}, {Months: -1}, {Months: 1000}, {Currency: "euro"}} {
		if _, err := Write(context.Background(), t.TempDir(), o); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
	// Any last day will do: incidents and purchases follow it.
	for end := usage.Date(2024, 2, 20); end < usage.Date(2024, 4, 5); end++ {
		o, err := Options{End: end, Currency: "CHF"}.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		c := newCalendar(o.Months, end)
		if c[len(c)-1].day != end || c[len(c)-1].index != 13 || c[0].day.Month().From != c[0].day {
			t.Fatalf("end %v: calendar from %v", end, c[0])
		}
	}
}
