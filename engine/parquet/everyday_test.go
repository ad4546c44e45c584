package parquet_test

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"usagereport/engine"
	"usagereport/engine/parquet"
	"usagereport/loader"
	"usagereport/loader/file"
	"usagereport/usage"
)

// A column that the files of one month lack is empty there, and a month ends as its files say,
// also where that is the last second of its last day.
func TestMonthsOfOtherColumns(t *testing.T) {
	october := strings.NewReplacer("2026-10-01", "2026-11-01", "2026-09-", "2026-10-").Replace(charge)
	september := "SELECT * EXCLUDE (SubAccountId), 'Standard' AS PricingCategory FROM (" + charge + ")"
	for name, end := range map[string]string{
		"exclusive":        "BillingPeriodEnd",
		"the last second":  "TIMESTAMP '2026-10-31 23:59:59'",
		"with a zone":      "TIMESTAMPTZ '2026-10-31 23:59:59+00'",
		"as text":          "'2026-10-31T23:59:59Z'",
		"as text, the day": "'2026-11-01'",
	} {
		for _, mixed := range []bool{false, true} {
			dir := t.TempDir()
			if mixed && (name == "exclusive" || name == "the last second") {
				write(t, filepath.Join(dir, "09.parquet"), september)
			}
			write(t, filepath.Join(dir, "10.parquet"), "SELECT * REPLACE ("+end+" AS BillingPeriodEnd) FROM ("+october+")")
			text, _, err := read(t, dir, engine.Options{})
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if !strings.Contains(text, "2026-11-01") {
				t.Errorf("%s: October does not end on its last day:\n%s", name, text)
			}
		}
	}
}

// All folders that name a column do, also those within each other.
func TestKeys(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "x_BillingPeriod=2026-09", "run_id=r2", "a.parquet"), charge)
	e, err := parquet.Open(t.Context(), dir, parquet.Options{
		Sources: map[string]loader.Source{"file": file.Source{}}, Load: loader.Options{Now: time.Now}, Dir: t.TempDir(), Note: t.Logf,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	columns, err := e.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	keys, above, err := e.Keys()
	if err != nil || !slices.Equal(keys, []string{"x_BillingPeriod", "run_id"}) || len(above) > 0 {
		t.Errorf("the folders name %q, and %q above, %v", keys, above, err)
	}
	name := engine.TableName{Catalog: "hive", Schema: "finops", Table: "focus"}
	text := strings.Join(engine.DDL(engine.Hive, name, "s3://lake", columns, keys), "\n")
	for _, want := range []string{"    x_billingperiod varchar,\n    run_id varchar\n)", "partitioned_by = ARRAY['x_billingperiod', 'run_id']"} {
		if !strings.Contains(text, want) || strings.Count(text, " varchar") != 7 {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

// What rules ask for is not left out.
func TestKeep(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.parquet"), "SELECT *, 'rg' || (n % 3) AS x_ResourceGroupName, 'r' || n AS ResourceId FROM ("+charge+"), range(40) AS r(n)")
	text, left, err := read(t, dir, engine.Options{Rows: 3, Keep: []string{"x_ResourceGroupName"}})
	if err != nil || !strings.Contains(text, "rg1") || !slices.Contains(left, "resources") || slices.Contains(left, "resource groups") {
		t.Errorf("left out %v, %v:\n%s", left, err, text)
	}
	if _, _, err := read(t, dir, engine.Options{Rows: 3, Keep: []string{"ResourceId"}}); err == nil {
		t.Error("40 resources are 3 charges")
	}
	text, left, err = read(t, dir, engine.Options{Rows: 1})
	if err != nil || strings.Contains(text, "rg1") || !slices.Contains(left, "resource groups") {
		t.Errorf("without rules: left out %v, %v:\n%s", left, err, text)
	}
}

// What is asked for by resource is no more than a load would take, and said not to be there where
// no column has it.
func TestFiner(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.parquet"), "SELECT *, 'r' || n AS ResourceId FROM ("+charge+"), range(40) AS r(n)")
	day := usage.Date(2026, 9, 3)
	finer := func(dir string, o engine.Options, days usage.Period) (rows int64, err error) {
		t.Helper()
		table := opened(t, dir, o)
		s := &engine.Source{Table: table}
		for _, err := range s.List(t.Context(), loader.Ref{}) {
			if err != nil {
				t.Fatal(err)
			}
		}
		return s.Finer(t.Context(), engine.Narrow{Days: days}, io.Discard)
	}
	few := (*engine.FinerError)(nil)
	if _, err := finer(dir, engine.Options{Rows: 3}, usage.Period{From: day, To: day + 1}); !errors.As(err, &few) {
		t.Errorf("40 charges where 3 are allowed: %v", err)
	}
	if rows, err := finer(dir, engine.Options{}, usage.Period{From: day, To: day + 1}); rows != 40 || err != nil {
		t.Errorf("%d charges, %v", rows, err)
	}
	if rows, err := finer(dir, engine.Options{}, usage.Period{From: day + 1, To: day + 9}); rows != 0 || err != nil {
		t.Errorf("%d charges of other days, %v", rows, err)
	}
	write(t, filepath.Join(dir, "a.parquet"), charge)
	if _, err := finer(dir, engine.Options{}, usage.Period{From: day, To: day + 1}); !errors.Is(err, engine.ErrNoResources) {
		t.Errorf("no column ResourceId: %v", err)
	}
}

// A cluster passes over folders that name no column, unless it is told not to.
func TestDeep(t *testing.T) {
	for file, want := range map[string]bool{
		"a.parquet": false, "x_BillingPeriod=2026-09/run_id=r2/a.parquet": false, "20260901-20260930/a.parquet": true,
		"x_BillingPeriod=2026-09/5f2b8c1e/a.parquet": true,
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, filepath.FromSlash(file)), charge)
		for _, place := range []string{dir, dir + "/", dir + "/" + strings.Repeat("*/", strings.Count(file, "/")) + "*.parquet"} {
			e, err := open(t, place)
			if err != nil {
				t.Fatal(err)
			}
			if got := e.(*parquet.Engine).Deep(); got != want {
				t.Errorf("%s of %s: %t", file, place, got)
			}
		}
	}
}

// Folders of a place itself, and of what it is in, make no partitions of a table of it, and folders
// that differ make no table.
func TestKeysOfThePlace(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "env=prod")
	write(t, filepath.Join(dir, "lake", "x_BillingPeriod=2026-09", "run_id=r2", "a.parquet"), charge)
	for place, want := range map[string]string{
		"lake": "[x_BillingPeriod run_id] [env]", "lake/": "[x_BillingPeriod run_id] [env]", "lake/x_BillingPeriod=2026-09": "[run_id] [env x_BillingPeriod]",
		"lake/x_BillingPeriod=*/*/*.parquet": "[x_BillingPeriod run_id] [env]", "lake/x_BillingPeriod=2026-09/*/a.parquet": "[run_id] [env x_BillingPeriod]",
	} {
		e, err := open(t, dir+"/"+place)
		if err != nil {
			t.Fatal(err)
		}
		keys, above, err := e.(*parquet.Engine).Keys()
		if got := fmt.Sprint(keys, " ", above); got != want || err != nil {
			t.Errorf("%s: %s, %v", place, got, err)
		}
	}
	write(t, filepath.Join(dir, "lake", "x_BillingPeriod=2026-10", "b.parquet"), charge)
	e, err := open(t, dir+"/lake")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := e.(*parquet.Engine).Keys(); err == nil || !strings.Contains(err.Error(), "x_BillingPeriod=2026-10/b.parquet") {
		t.Errorf("folders that differ: %v", err)
	}
}

// What the folders of some files name counts though others lie in folders that name less.
func TestFoldersThatDiffer(t *testing.T) {
	dir := t.TempDir()
	october := strings.NewReplacer("2026-10-01", "2026-11-01", "2026-09-", "2026-10-").Replace(charge)
	write(t, filepath.Join(dir, "x_BillingPeriod=2026-09", "run_id=r1", "a.parquet"), charge)
	write(t, filepath.Join(dir, "x_BillingPeriod=2026-09", "run_id=r2", "a.parquet"), strings.ReplaceAll(charge, "1.5", "2.5"))
	write(t, filepath.Join(dir, "x_BillingPeriod=2026-10", "b.parquet"), october)
	write(t, filepath.Join(dir, "c.parquet"), strings.ReplaceAll(october, "1.5::DECIMAL(38,18)", "0.25::DECIMAL(38,2)"))
	e, err := open(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	table, err := engine.Open(t.Context(), e, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	months, err := table.Months(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range months {
		got = append(got, fmt.Sprint(m.Name, " ", m.Run, " ", m.Rows, " ", m.Totals["EUR"].Billed))
	}
	if want := []string{"2026-09 r2 1 2.5", "2026-10  2 1.75"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	// A month of which some rows carry its name and others do not is one.
	if text, _, err := read(t, dir, engine.Options{}); err != nil || strings.Count(text, "2026-10-01") < 2 || !strings.Contains(text, ",0.250") {
		t.Errorf("%v\n%s", err, text)
	}
	info, err := engine.Check(t.Context(), e, engine.Options{})
	if err != nil || len(info.Problems) > 0 || len(info.Months) != 2 || info.Months[0].Rows != 1 || info.Months[1].Rows != 2 {
		t.Errorf("a check says %v, %v", info, err)
	}
}
