package parquet_test

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usagereport/engine"
	"usagereport/engine/enginetest"
	"usagereport/engine/parquet"
)

// found is what a check says of months and of what stands in the way.
func found(t *testing.T, e engine.Engine) (months, problems []string) {
	t.Helper()
	info, err := engine.Check(t.Context(), e, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range info.Months {
		months = append(months, fmt.Sprintf("%s %q %d, older %q", m.Name, m.Run, m.Rows, m.Older))
	}
	return months, info.Problems
}

// A check counts rows by what files say at their ends: it does so of files all of whose rows are
// damaged, which nothing can read.
func TestRowsAreCountedWithoutReadingThem(t *testing.T) {
	f := enginetest.NewFixture(t, t.TempDir(), 2000)
	whole, err := open(t, f.Dir)
	if err != nil {
		t.Fatal(err)
	}
	want, problems := found(t, whole)
	if len(want) != 3 || len(problems) != 0 || !strings.HasPrefix(want[0], `2026-08 "r2" `) || !strings.HasSuffix(want[0], `older ["r1"]`) {
		t.Fatalf("%q, %q", want, problems)
	}
	damage(t, f.Dir)
	e, err := open(t, f.Dir)
	if err != nil {
		t.Fatal(err)
	}
	table, err := engine.Open(t.Context(), e, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := table.Months(t.Context()); err == nil {
		t.Fatal("the rows are not damaged")
	}
	got, problems := found(t, e)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(problems) != 1 { // that charges cannot be counted, for which rows are read
		t.Errorf("problems: %q", problems)
	}
}

// damage overwrites all of the Parquet files of a folder but their ends.
func damage(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		end := len(b) - 8 - int(binary.LittleEndian.Uint32(b[len(b)-8:]))
		for i := 4; i < end; i++ {
			b[i] = 0xff
		}
		return os.WriteFile(path, b, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// asked is an engine that keeps what it was asked.
type asked struct {
	*parquet.Engine
	statements []string
}

func (a *asked) Query(ctx context.Context, statement string) (*sql.Rows, error) {
	a.statements = append(a.statements, statement)
	return a.Engine.Query(ctx, statement)
}

// A check counts the charges of all choices of columns in one pass over the files.
func TestChoicesAreCountedTogether(t *testing.T) {
	f := enginetest.NewFixture(t, t.TempDir(), 2000)
	e, err := open(t, f.Dir)
	if err != nil {
		t.Fatal(err)
	}
	a := &asked{Engine: e.(*parquet.Engine)}
	info, err := engine.Check(t.Context(), a, engine.Options{})
	if err != nil || len(info.Groupings) < 2 {
		t.Fatalf("%d choices of columns, %v", len(info.Groupings), err)
	}
	if len(a.statements) != 1 {
		t.Errorf("%d statements read rows, want 1: %q", len(a.statements), a.statements)
	}
	for _, g := range info.Groupings {
		table, err := engine.Open(t.Context(), e, engine.Options{})
		if err != nil {
			t.Fatal(err)
		}
		one, err := table.Count(t.Context(), info.Months, g, false)
		if err != nil || one.Rows != g.Rows || one.Series != g.Series {
			t.Errorf("without %q: %d charges of %d series, one by one %d of %d, %v", g.LeftOut, g.Rows, g.Series, one.Rows, one.Series, err)
		}
	}
}

// What the ends of files say is what the rows say, and where they cannot tell the rows are read.
func TestEndsOfFilesSayWhatRowsDo(t *testing.T) {
	replaced := func(column, expression string) string {
		return "SELECT * REPLACE (" + expression + " AS " + column + ") FROM (" + charge + ")"
	}
	october := replaced("BillingPeriodStart", "DATE '2026-10-01'")
	for _, c := range []struct {
		name  string
		files map[string]string
		told  bool
	}{
		{"a file for each month", map[string]string{"a.parquet": charge, "b.parquet": october + ", range(3)"}, true},
		{"two months in a file", map[string]string{"a.parquet": charge + " UNION ALL " + october}, false},
		{"two months in a file that names one", map[string]string{
			"a.parquet": "SELECT *, '2026-09' AS x_BillingPeriod FROM (" + charge + " UNION ALL " + october + ")",
		}, true},
		{"a file names a month in some rows", map[string]string{
			"a.parquet": "SELECT *, CASE WHEN n > 1 THEN '2026-09' END AS x_BillingPeriod FROM (" + charge + "), range(4) AS r(n)",
		}, false},
		{"folders name months", map[string]string{
			"x_BillingPeriod=2026-08/a.parquet": charge, "x_BillingPeriod=2026-09/a.parquet": october,
		}, true},
		{"a folder names none", map[string]string{
			"x_BillingPeriod=2026-08/a.parquet": charge, "x_BillingPeriod=__HIVE_DEFAULT_PARTITION__/a.parquet": charge,
		}, false},
		{"a folder's name is escaped", map[string]string{"run_id=a%3Ab/a.parquet": charge}, false},
		{"two runs in a file", map[string]string{"a.parquet": "SELECT *, 'r' || n AS run_id FROM (" + charge + "), range(2) AS r(n)"}, false},
		{"a file without the column of runs", map[string]string{
			"a.parquet": "SELECT *, 'r1' AS run_id FROM (" + charge + ")", "b.parquet": charge + ", range(2)",
		}, true},
		{"runs are numbers", map[string]string{"a.parquet": "SELECT *, 7 AS run_id FROM (" + charge + ")"}, false},
		{"times with a zone", map[string]string{
			"a.parquet": replaced("BillingPeriodStart", "TIMESTAMPTZ '2026-09-01 01:00:00+02'"),
		}, true},
		{"days as text", map[string]string{"a.parquet": replaced("BillingPeriodStart", "'2026-09-01T00:00:00Z'")}, true},
		{"inexact amounts", map[string]string{"a.parquet": replaced("BilledCost", "1.5::DOUBLE")}, false},
		{"whole amounts", map[string]string{"a.parquet": replaced("BilledCost", "-7")}, true},
		{"amounts that may not fit", map[string]string{
			"a.parquet": replaced("BilledCost", "99999999999999999999::DECIMAL(38,18)") + ", range(3)",
		}, false},
		{"no costs", map[string]string{"a.parquet": replaced("BilledCost", "NULL::DECIMAL(38,18)")}, true},
		{"no effective costs", map[string]string{"a.parquet": replaced("EffectiveCost", "NULL::DECIMAL(38,18)")}, true},
		{"a file lacks effective costs", map[string]string{
			"a.parquet": charge, "b.parquet": "SELECT * EXCLUDE (EffectiveCost) FROM (" + charge + ")",
		}, true},
		{"a row without a day", map[string]string{"a.parquet": charge + " UNION ALL " + replaced("ChargePeriodStart", "NULL::TIMESTAMP")}, true},
		{"a row without a period", map[string]string{"a.parquet": charge + " UNION ALL " + replaced("BillingPeriodStart", "NULL::DATE")}, false},
		{"no rows", map[string]string{"a.parquet": charge + " WHERE false"}, true},
		{"runs without an order", map[string]string{
			"run_id=5f2b8c1e-0000-4000-8000-000000000001/a.parquet": charge,
			"run_id=5f2b8c1e-0000-4000-8000-000000000002/a.parquet": charge,
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, statement := range c.files {
				write(t, filepath.Join(dir, filepath.FromSlash(name)), statement)
			}
			sameTime(t, dir)
			opened, err := open(t, dir)
			if err != nil {
				t.Fatal(err)
			}
			e := &asked{Engine: opened.(*parquet.Engine)}
			got, problems := found(t, e)
			want, doubts := found(t, struct{ engine.Engine }{e}) // of which the ends are not known
			if !slices.Equal(got, want) || !slices.Equal(problems, doubts) {
				t.Errorf("the ends say\n%q, %q, the rows\n%q, %q", got, problems, want, doubts)
			}
			summed := 0
			for _, s := range e.statements {
				if strings.Contains(s, " AS billed") {
					summed++
				}
			}
			if told := summed == 1; told != c.told {
				t.Errorf("the rows were added up %d times, by both checks", summed)
			}
		})
	}
}
