package loader_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"usagereport/internal/ledgertest"
	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/loader/file"
)

// mosaDay is a pay-as-you-go export of one day.
func mosaDay(subscription, day, resource, group string, cost int) string {
	return fmt.Sprintf("SubscriptionGuid,ResourceGroup,UsageDateTime,MeterCategory,MeterName,UsageQuantity,PreTaxCost,InstanceId,Currency\n"+
		"%s,%s,%s,Storage,Data,1,%d,/x/%s,EUR\n", subscription, group, day, cost, resource)
}

// Small files that are loaded in one call, and so many in a transaction, become what
// they become in a call each: also where they replace one another, are known, are
// refused, or cannot be held, in the middle of others.
func TestSmallFilesTogether(t *testing.T) {
	dir := t.TempDir()
	var refs []string
	put := func(name, content string) {
		path := filepath.Join(dir, fmt.Sprintf("%02d-%s", len(refs), name))
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		refs = append(refs, path)
	}
	days := func(n int) {
		for range n {
			day := fmt.Sprintf("2026-04-%02d", 1+len(refs)%30)
			put("day.csv", mosaDay(fmt.Sprintf("s%d", len(refs)/30), day, fmt.Sprintf("r%d", len(refs)%4), []string{"rg-a", "RG-A"}[len(refs)%2], len(refs)))
		}
	}
	days(5)
	put("refused.csv", mosaDay("s0", "2026-04-31", "r", "rg", 1))
	put("no-usage.csv", "a,b\n1,2\n")
	days(3)
	put("again.csv", mosaDay("s0", "2026-04-04", "r3", "RG-A", 3)) // the same bytes as a file above
	put("focus.csv", focus(focusHeader, focusRow("1", "2026-05-01", "2026-06-01", "2026-05-02"), focusRow("1", "2026-05-01", "2026-06-01", "2026-05-31")))
	put("last-day.csv", focus(focusHeader, focusRow("1", "2026-06-01", "2026-06-30", "2026-06-02"), focusRow("1", "2026-06-01", "2026-06-30", "2026-06-30")))
	put("rates.csv", "date,from,to,rate\n2026-01-01,EUR,USD,1.1\n")
	days(4)
	put("other.csv", mosaDay("s0", "2026-04-01", "other", "rg", 1)) // holds what the first file may hold
	put("more.csv", mosa("s0", 1, 3))
	put("most.csv", mosa("s0", 1, 5)) // replaces it
	days(6)
	for _, sample := range []string{"azure_ea/actual-2026-10.csv", "azure_ea/amortized-2026-10.csv", "azure_account_v2/202607-v2.csv", "azure_mca/2026-11.csv"} {
		b, err := os.ReadFile(filepath.Join(samples, sample))
		if err != nil {
			t.Fatal(err)
		}
		put("sample.csv", string(b))
	}
	days(2)
	one, each := open(t), open(t)
	together := load(t, one, loader.Options{}, refs...)
	var alone []loader.FileResult
	for _, ref := range refs {
		alone = append(alone, load(t, each, loader.Options{}, ref)...)
	}
	statuses := map[loader.Status]int{}
	for i, a := range alone {
		b := together[i]
		statuses[a.Status]++
		if fmt.Sprint(a.Err) != fmt.Sprint(b.Err) {
			t.Errorf("%s: %v, by itself %v", a.Ref, b.Err, a.Err)
		}
		a.Err, b.Err = nil, nil
		if len(a.Changed) == 0 && len(b.Changed) == 0 {
			a.Changed, b.Changed = nil, nil
		}
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%s:\n together %+v\nby itself %+v", a.Ref, b, a)
		}
	}
	if statuses[loader.Loaded] < 20 || statuses[loader.Refused] != 3 || statuses[loader.Unchanged] != 1 {
		t.Errorf("%v", statuses)
	}
	ledgertest.AddUp(t, one)
	ledgertest.AddUp(t, each)
	for _, table := range []string{"loads", "load_totals", "load_warnings", "scopes", "keys", "charges", "estimates", "restatements", "rejects", "daily", "series", "usage"} {
		if a, b := rowsOf(t, each, table), rowsOf(t, one, table); a != b {
			t.Errorf("%s: together\n%s\nby itself\n%s", table, b, a)
		}
	}
}

func rowsOf(t *testing.T, l *ledger.Ledger, table string) string {
	t.Helper()
	rows, err := l.DB().QueryContext(t.Context(), "SELECT t::VARCHAR FROM "+table+" t ORDER BY 1")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		b.WriteString(s + "\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Where a load is broken off among small files, what is there is whole: as many files as
// it says.
func TestSmallFilesBrokenOff(t *testing.T) {
	dir := t.TempDir()
	const files = 40
	for i := range files {
		content := mosaDay("s", fmt.Sprintf("2026-%02d-%02d", 3+i/28, 1+i%28), "r", "rg", 1)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%02d.csv", i)), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	l := open(t)
	read := 0
	o := loader.Options{Now: fixedNow, Progress: func(loader.Object) loader.Progress {
		if read++; read == files/2 {
			cancel()
		}
		return silent{}
	}}
	results, err := loader.Load(ctx, l, map[string]loader.Source{"file": file.Source{}}, []string{dir}, o)
	if err == nil {
		t.Fatal("it was not broken off")
	}
	loaded := 0
	for _, r := range results {
		if r.Status == loader.Loaded {
			loaded++
		}
	}
	if got := value(t, l, "SELECT count(*) || ' ' || (SELECT count(*) FROM charges) FROM loads"); got != fmt.Sprintf("%d %d", loaded, loaded) {
		t.Errorf("%d loaded, and the ledger has %s", loaded, got)
	}
	if again := load(t, l, loader.Options{}, dir); len(again) != files || loader.Failed(again) > 0 {
		t.Errorf("again: %v", again)
	}
	if got := value(t, l, "SELECT count(*) || ' ' || sum(BilledCost)::INT FROM usage"); got != fmt.Sprintf("%d %d", files, files) {
		t.Errorf("in the end the ledger has %s", got)
	}
}

type silent struct{}

func (silent) Add(int) {}
func (silent) Done()   {}
