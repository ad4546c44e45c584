package parquet_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usagereport/engine"
	"usagereport/engine/parquet"
	"usagereport/loader"
	"usagereport/usage"
)

// charge is a SELECT of one charge of FOCUS, to which a test says what differs.
const charge = `SELECT 'acc' AS BillingAccountId, 'sub' AS SubAccountId, DATE '2026-09-01' AS BillingPeriodStart, DATE '2026-10-01'
        AS BillingPeriodEnd,
    TIMESTAMP '2026-09-03 00:00:00' AS ChargePeriodStart, TIMESTAMP '2026-09-04 00:00:00' AS ChargePeriodEnd, 'Usage' AS ChargeCategory,
    'Compute' AS ServiceName, 'EUR' AS BillingCurrency, 1.5::DECIMAL(38,18) AS BilledCost, 1.5::DECIMAL(38,18) AS EffectiveCost`

// write makes a Parquet file of a SELECT.
func write(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "COPY ("+statement+") TO "+usage.Literal(path)+" (FORMAT parquet)"); err != nil {
		t.Fatal(err)
	}
}

// read does all that a load does.
func read(t *testing.T, dir string, o engine.Options) (string, []string, error) {
	t.Helper()
	e, err := open(t, dir)
	if err != nil {
		return "", nil, err
	}
	table, err := engine.Open(t.Context(), e, o)
	if err != nil {
		return "", nil, err
	}
	months, err := table.Months(t.Context())
	if err != nil {
		return "", nil, err
	}
	g, err := table.Choose(t.Context(), months)
	if err != nil {
		return "", nil, err
	}
	var out bytes.Buffer
	for _, m := range months {
		if _, err := table.Charges(t.Context(), m, g, &out); err != nil {
			return "", nil, err
		}
	}
	return out.String(), g.LeftOut, nil
}

func TestBadInput(t *testing.T) {
	replaced := func(column, expression string) string {
		return "SELECT * REPLACE (" + expression + " AS " + column + ") FROM (" + charge + ")"
	}
	for _, c := range []struct {
		name  string
		files map[string]string // SELECTs, or contents
		opts  engine.Options
		want  any // a type of error
		says  string
	}{
		{
			"a column of FOCUS is missing",
			map[string]string{"a.parquet": "SELECT * EXCLUDE (BilledCost) FROM (" + charge + ")"},
			engine.Options{},
			&engine.MissingError{}, "lacks BilledCost",
		},
		{
			"a column has another name",
			map[string]string{"a.parquet": "SELECT * RENAME (BilledCost AS cost) FROM (" + charge + ")"},
			engine.Options{Columns: map[string]string{"BilledCost": "cost"}},
			nil, "",
		},
		{
			"the configuration names a column that is not there",
			map[string]string{"a.parquet": charge},
			engine.Options{Columns: map[string]string{"BilledCost": "kosten"}},
			&engine.MapError{}, "no column kosten",
		},
		{
			"the configuration names no column of FOCUS",
			map[string]string{"a.parquet": charge},
			engine.Options{Columns: map[string]string{"Kosten": "BilledCost"}},
			&engine.MapError{}, "Kosten, which is no column of FOCUS",
		},
		{
			"money is text",
			map[string]string{"a.parquet": replaced("BilledCost", "'1,50'")},
			engine.Options{},
			&engine.TypeError{},
			"BilledCost as VARCHAR",
		},
		{
			"a day is a number",
			map[string]string{"a.parquet": replaced("ChargePeriodStart", "20260903")},
			engine.Options{},
			&engine.TypeError{},
			"ChargePeriodStart as INTEGER",
		},
		{
			"money is exact in one file and not in another",
			map[string]string{"a.parquet": charge, "b.parquet": replaced("BilledCost", "1.5::DOUBLE")},
			engine.Options{},
			&engine.TypeError{}, "b.parquet has BilledCost as a float",
		},
		{
			"money is a number in one file and text in another",
			map[string]string{"a.parquet": charge, "b.parquet": replaced("BilledCost", "'1.50'")},
			engine.Options{},
			&engine.TypeError{}, "b.parquet has BilledCost as text, which should be what it is in ",
		},
		{
			"money is inexact in a file that writes it in small letters",
			map[string]string{"a.parquet": charge, "b.parquet": "SELECT * EXCLUDE (BilledCost), 1.5::DOUBLE AS billedcost FROM (" + charge + ")"},
			engine.Options{},
			&engine.TypeError{}, "b.parquet has billedcost as a float",
		},
		{
			"maps of texts and of floats", // as AWS's Tags and x_Discounts
			map[string]string{"a.parquet": "SELECT *, MAP {'team': 'a'} AS Tags, MAP {'edp': 0.5::DOUBLE} AS x_Discounts FROM (" + charge + ")"},
			engine.Options{},
			nil, "",
		},
		{
			"a day is text of another form",
			map[string]string{"a.parquet": charge, "b.parquet": replaced("ChargePeriodStart", "'03.09.2026'")},
			engine.Options{},
			&engine.DayError{}, "03.09.2026",
		},
		{
			"a Parquet file of something else",
			map[string]string{"a.parquet": charge, "other.parquet": "SELECT 1 AS x"},
			engine.Options{},
			&engine.NullError{}, "1 of 2 rows without BillingPeriodStart, as in ",
		},
		{
			"a file is no Parquet",
			map[string]string{"a.parquet": charge, "b.parquet": "not Parquet at all"},
			engine.Options{},
			&engine.StrayError{},
			"b.parquet, which is not a Parquet file",
		},
		{
			"a file is of another kind",
			map[string]string{"a.parquet": charge, "b.csv": "Date,Cost\n"},
			engine.Options{},
			&engine.StrayError{},
			"b.csv, which is not a Parquet file",
		},
		{"a file is cut off", map[string]string{"a.parquet": "PAR1 and then nothing"}, engine.Options{}, &engine.StrayError{}, "end is missing"},
		{
			"there are no rows",
			map[string]string{"a.parquet": charge + " WHERE false"},
			engine.Options{},
			&engine.EmptyError{},
			"sync_partition_metadata",
		},
		{
			"no row has a cost",
			map[string]string{"a.parquet": replaced("BilledCost", "NULL::DECIMAL(38,18)")},
			engine.Options{},
			&engine.NullError{}, "no value in BilledCost",
		},
		{
			"a row has no day",
			map[string]string{"a.parquet": charge + " UNION ALL " + replaced("ChargePeriodStart", "NULL::TIMESTAMP")},
			engine.Options{},
			&engine.NullError{}, "1 of 2 rows without ChargePeriodStart, as in ",
		},
		{
			"a row has no billing period",
			map[string]string{"a.parquet": charge + " UNION ALL " + replaced("BillingPeriodStart", "NULL::DATE")},
			engine.Options{},
			&engine.NullError{}, "1 of 2 rows without BillingPeriodStart, as in ",
		},
		{
			"a sum does not fit",
			map[string]string{"a.parquet": replaced("BilledCost", "99999999999999999999::DECIMAL(38,18)") + ", range(3)"},
			engine.Options{},
			&engine.OverflowError{}, "over 20 digits",
		},
		{
			"a number does not fit",
			map[string]string{"a.parquet": replaced("BilledCost", "99999999999999999999999::DECIMAL(38,2)")},
			engine.Options{},
			&engine.OverflowError{}, "over 20 digits",
		},
		{
			"a float does not fit",
			map[string]string{"a.parquet": replaced("BilledCost", "1e19::DOUBLE")},
			engine.Options{},
			&engine.OverflowError{}, "over 20 digits",
		},
		{
			"some rows of a month have no run",
			map[string]string{"a.parquet": "SELECT *, 'r1' AS run_id FROM (" + charge + ")", "b.parquet": charge},
			engine.Options{},
			&engine.NullError{}, "1 of 2 rows without run_id, as in ",
		},
		{
			"no row of a month has a run, and those of another have",
			map[string]string{
				"a.parquet": "SELECT *, 'r1' AS run_id FROM (" + charge + ")",
				"b.parquet": replaced("BillingPeriodStart", "DATE '2026-10-01'"),
			},
			engine.Options{},
			nil, "",
		},
		{"the runs of a month have no order", map[string]string{
			"run_id=5f2b8c1e-0000-4000-8000-000000000001/a.parquet": charge,
			"run_id=5f2b8c1e-0000-4000-8000-000000000002/a.parquet": charge,
		}, engine.Options{}, &engine.RunsError{}, "several runs of 2026-09"},
		{"even the coarsest columns make too many charges", map[string]string{
			"a.parquet": "SELECT * REPLACE ('sub ' || i AS SubAccountId) FROM (" + charge + "), range(50) r(i)",
		}, engine.Options{Rows: 10}, &engine.TooManyError{}, "charges by account and service alone, and 10 are allowed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, content := range c.files {
				path := filepath.Join(dir, filepath.FromSlash(name))
				if strings.HasPrefix(content, "SELECT") {
					write(t, path, content)
				} else if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			sameTime(t, dir)
			_, _, err := read(t, dir, c.opts)
			if c.want == nil {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !isType(err, c.want) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %T: %v\nwant %T that says %q", err, err, c.want, c.says)
			}
		})
	}
}

// Of many files, the one that is damaged is named.
func TestTheDamagedFileIsNamed(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "b", "c"} {
		write(t, filepath.Join(dir, name, name+".parquet"), charge)
	}
	damage(t, filepath.Join(dir, "b"))
	_, _, err := read(t, dir, engine.Options{})
	if err == nil || !strings.Contains(err.Error(), "b/b.parquet is cut off or damaged") || strings.Contains(err.Error(), "a.parquet") {
		t.Errorf("got %v", err)
	}
}

// sameTime gives all files of a folder one time.
func sameTime(t *testing.T, dir string) {
	t.Helper()
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return os.Chtimes(path, info.ModTime(), info.ModTime())
	})
	if err != nil {
		t.Fatal(err)
	}
}

// isType reports whether an error is of the type of another.
func isType(err error, want any) bool {
	switch want.(type) {
	case *engine.MissingError:
		return errors.As(err, new(*engine.MissingError))
	case *engine.MapError:
		return errors.As(err, new(*engine.MapError))
	case *engine.TypeError:
		return errors.As(err, new(*engine.TypeError))
	case *engine.StrayError:
		return errors.As(err, new(*engine.StrayError))
	case *engine.EmptyError:
		return errors.As(err, new(*engine.EmptyError))
	case *engine.NullError:
		return errors.As(err, new(*engine.NullError))
	case *engine.OverflowError:
		return errors.As(err, new(*engine.OverflowError))
	case *engine.DayError:
		return errors.As(err, new(*engine.DayError))
	case *engine.DeltaError:
		return errors.As(err, new(*engine.DeltaError))
	case *engine.RunsError:
		return errors.As(err, new(*engine.RunsError))
	case *engine.TooManyError:
		return errors.As(err, new(*engine.TooManyError))
	}
	return false
}

func TestAFileThatChangesBetweenCountAndRead(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.parquet")
	write(t, path, charge)
	table := opened(t, dir, engine.Options{})
	months, err := table.Months(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, "SELECT * REPLACE (2.5::DECIMAL(38,18) AS BilledCost) FROM ("+charge+")")
	if _, err := table.Charges(t.Context(), months[0], table.By("BillingCurrency", "BilledCost", "EffectiveCost"),
		&bytes.Buffer{}); !errors.Is(err, engine.ErrChanged) {
		t.Errorf("replaced: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := table.Charges(t.Context(), months[0], table.By("BillingCurrency", "BilledCost", "EffectiveCost"),
		&bytes.Buffer{}); !errors.Is(err, engine.ErrChanged) {
		t.Errorf("gone: %v", err)
	}
}

// unwatched is an engine that keeps its files to itself, as a cluster does.
type unwatched struct{ *parquet.Engine }

func (unwatched) Unchanged(context.Context, []string) error { return nil }

// Rows that cost nothing are missed where they are gone, and where there are more of them.
func TestRowsThatCostNothingAreCounted(t *testing.T) {
	free := "SELECT * REPLACE (0::DECIMAL(38,18) AS BilledCost, 0::DECIMAL(38,18) AS EffectiveCost) FROM (" + charge + ")"
	paid := charge + " UNION ALL " + free
	for name, then := range map[string]string{"gone": charge, "more": paid + " UNION ALL " + free, "the same": paid} {
		dir := t.TempDir()
		path := filepath.Join(dir, "a.parquet")
		write(t, path, paid)
		e, err := open(t, dir)
		if err != nil {
			t.Fatal(err)
		}
		table, err := engine.Open(t.Context(), unwatched{e.(*parquet.Engine)}, engine.Options{})
		if err != nil {
			t.Fatal(err)
		}
		months, err := table.Months(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		write(t, path, then)
		_, err = table.Charges(t.Context(), months[0], table.By("BillingCurrency", "BilledCost", "EffectiveCost"), &bytes.Buffer{})
		if changed := errors.Is(err, engine.ErrChanged); changed != (name != "the same") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What old programs write as bytes is text.
func TestTextsAsBytes(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.parquet"), "SELECT * REPLACE (encode('Café') AS ServiceName) FROM ("+charge+")")
	text, _, err := read(t, dir, engine.Options{})
	if err != nil || !strings.Contains(text, `"Café"`) {
		t.Errorf("%v\n%s", err, text)
	}
}

// A purchase is one in whatever case, as the loader has it: what it bought is the cost of the usage that it covers.
func TestPurchasesInAnyCase(t *testing.T) {
	for _, word := range []string{"Purchase", "PURCHASE", "purchase"} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "a.parquet"), "SELECT * REPLACE ('"+word+"' AS ChargeCategory), 'c' AS CommitmentDiscountId FROM ("+charge+")")
		months, err := opened(t, dir, engine.Options{}).Months(t.Context())
		if err != nil || len(months) != 1 || months[0].Totals["EUR"].Effective.Sign() != 0 {
			t.Errorf("%s: %+v, %v", word, months, err)
		}
	}
}

// Of runs that are counted the tenth is newer than the ninth.
func TestTheNewestRun(t *testing.T) {
	for _, c := range []struct{ older, newer string }{
		{"9", "10"}, {"'r9'", "'r10'"}, {"'2026-10-02T09:00:00Z'", "'2026-10-02T10:00:00Z'"}, {
			"TIMESTAMP '2026-10-02 09:00:00'",
			"TIMESTAMP '2026-10-02 10:00:00'",
		}, {"'01H25X'", "'01H3AB'"}, {"-1", "0"}, {"'099'", "'0100'"},
	} {
		dir := t.TempDir()
		for i, run := range []string{c.newer, c.older} {
			write(t, filepath.Join(dir, fmt.Sprintf("%d.parquet", i)), fmt.Sprintf("SELECT *, %s AS run_id FROM (%s), range(%d)", run, charge, i+1))
		}
		table := opened(t, dir, engine.Options{})
		months, err := table.Months(t.Context())
		if err != nil || len(months) != 1 || months[0].Rows != 1 {
			t.Errorf("of %s and %s: %v, %v", c.older, c.newer, months, err)
		}
	}
}

func TestDoublesAreRoundedAlike(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.parquet"),
		"SELECT * REPLACE (0.1::DOUBLE AS BilledCost, 0.1::DOUBLE AS EffectiveCost) FROM ("+charge+"), range(3)")
	text, _, err := read(t, dir, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text, `,0.300000000000000000,`) {
		t.Error(text)
	}
	// As much as a line item may cost in rupiah or dong.
	for amount, want := range map[string]string{
		"1234567890.25": "1234567890.250000000000000000", "-1234567890.25": "-1234567890.250000000000000000",
		"7200000000000": "7200000000000.000000000000000000", "899999999.75": "899999999.750000000000000000", "-0.00000000005": "-0.000000000100000000",
	} {
		write(t, filepath.Join(dir, "a.parquet"), "SELECT * REPLACE ("+amount+"::DOUBLE AS BilledCost, 0::DOUBLE AS EffectiveCost) FROM ("+charge+")")
		text, _, err := read(t, dir, engine.Options{})
		if err != nil || !strings.Contains(text, ","+want+",") {
			t.Errorf("%s: %v\n%s", amount, err, text)
		}
	}
}

func TestCheckTellsWhatStandsInTheWay(t *testing.T) {
	for _, c := range []struct{ name, statement, says string }{
		{"a column that is missing", "SELECT * EXCLUDE (BilledCost) FROM (" + charge + ")", "lacks BilledCost"},
		{"a type", "SELECT * REPLACE ('1' AS EffectiveCost) FROM (" + charge + ")", "EffectiveCost as VARCHAR"},
		{"a float", "SELECT * REPLACE (1::DOUBLE AS BilledCost) FROM (" + charge + ")", "not exact"},
		{"no effective cost", "SELECT * REPLACE (NULL::DECIMAL(38,18) AS EffectiveCost) FROM (" + charge + ")", "no value in EffectiveCost"},
		{"no rows", charge + " WHERE false", "has no rows"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "a.parquet"), c.statement)
			e, err := open(t, dir)
			if err != nil {
				t.Fatal(err)
			}
			info, err := engine.Check(t.Context(), e, engine.Options{})
			if err != nil || len(info.Problems) != 1 || !strings.Contains(info.Problems[0], c.says) {
				t.Errorf("got %q, %v, want %q", info.Problems, err, c.says)
			}
		})
	}
}

// Files whose names, or those of their folders, begin with _ or a point are no usage: tables of
// Delta and programs that still write keep their own there.
func TestNamesThatAreNotRead(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.parquet"), charge)
	for _, name := range []string{"_temporary/0/b.parquet", ".c.parquet", "_d.parquet", "x/.spark/e.parquet"} {
		write(t, filepath.Join(dir, filepath.FromSlash(name)), charge)
	}
	e, err := open(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	if files := e.Files(); len(files) != 1 || filepath.Base(files[0].Path) != "a.parquet" {
		t.Errorf("got %v", files)
	}
}

// In the folder of a Delta table lie files that no longer count once something was replaced in it.
func TestDeltaFolders(t *testing.T) {
	const first, second = "00000000000000000000.json", "00000000000000000001.json"
	const added, removed = `{"add":{"path":"a.parquet","dataChange":true}}`, `{"remove":{"path":"b.parquet","dataChange":true}}`
	for _, c := range []struct {
		name string
		log  map[string]string
		at   string
		want error
	}{
		{"only added to", map[string]string{first: `{"commitInfo":{"remove":1}}` + "\n" + added, second: added}, "", nil},
		{"replaced in", map[string]string{first: added, second: removed + "\n" + added}, "", &engine.DeltaError{}},
		{"rows taken out", map[string]string{first: `{"add":{"path":"a.parquet","deletionVector":{"storageType":"u"}}}`}, "", &engine.DeltaError{}},
		{"of which the log's begin is gone", map[string]string{second: added}, "", &engine.DeltaError{}},
		{"named by a pattern", map[string]string{first: added, second: removed}, "/*.parquet", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "a.parquet"), charge)
			write(t, filepath.Join(dir, "_delta_log", "00000000000000000010.checkpoint.parquet"), "SELECT 1 AS x")
			for name, text := range c.log {
				if err := os.WriteFile(filepath.Join(dir, "_delta_log", name), []byte(text+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := open(t, dir+c.at)
			if c.want == nil && err != nil || c.want != nil && !isType(err, c.want) {
				t.Errorf("got %v, want %T", err, c.want)
			}
		})
	}
}

// Amounts of which one file keeps more fraction digits than another lose none of them.
func TestScalesThatDiffer(t *testing.T) {
	dir := t.TempDir()
	replaced := func(billed, effective string) string {
		return "SELECT * REPLACE (" + billed + " AS BilledCost, " + effective + " AS EffectiveCost) FROM (" + charge + ")"
	}
	write(t, filepath.Join(dir, "x_BillingPeriod=2026-09", "a.parquet"), replaced("1.123456789012::DECIMAL(38,12)", "2::INTEGER"))
	write(t, filepath.Join(dir, "x_BillingPeriod=2026-10", "b.parquet"), "SELECT *, 1.5::DECIMAL(38,18) AS ListCost FROM ("+
		replaced("1.123456789012345678::DECIMAL(38,18)", "0.000000000000000001::DECIMAL(38,18)")+")")
	write(t, filepath.Join(dir, "x_BillingPeriod=2026-11", "c.parquet"), replaced("1.5::DECIMAL(4,1)", "1.25::DECIMAL(38,2)"))
	text, _, err := read(t, dir, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		",1.123456789012000000,2.000000000000000000,", ",1.123456789012345678,0.000000000000000001,", ",1.500000000000000000,1.250000000000000000,",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	e, err := open(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	columns, err := e.Describe(t.Context())
	if err != nil || !slices.Contains(columns, engine.Column{Name: "BilledCost", Type: "DECIMAL(38,18)"}) {
		t.Errorf("got %v, %v", columns, err)
	}
	var billed, effective string
	err = e.(*parquet.Engine).DB().QueryRowContext(t.Context(), "SELECT sum(BilledCost)::VARCHAR, sum(EffectiveCost)::VARCHAR FROM usage").
		Scan(&billed, &effective)
	if err != nil || billed != "3.746913578024345678" || effective != "3.250000000000000001" {
		t.Errorf("the view adds up to %s and %s, %v", billed, effective, err)
	}
}

// More than 18 fraction digits are not kept, which is told.
func TestMoreDigitsThanAreKept(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.parquet"), "SELECT * REPLACE (1.12345678901234567891::DECIMAL(38,20) AS BilledCost) FROM ("+charge+")")
	e, err := open(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	const want = "BilledCost is a decimal(38,20); each amount is rounded to 18 fraction digits"
	info, err := engine.Check(t.Context(), e, engine.Options{})
	if err != nil || !slices.Equal(info.Problems, []string{want}) {
		t.Errorf("a check says %q, %v", info.Problems, err)
	}
	table, err := engine.Open(t.Context(), e, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &engine.Source{Table: table, Dir: t.TempDir()}
	for obj, err := range s.List(t.Context(), loader.Ref{}) {
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Prepare(t.Context(), obj); err != nil {
			t.Fatal(err)
		}
		v, err := s.Check(obj, 1, map[string]usage.Decimal{"EUR": usage.MustDecimal("1.123456789012345679")})
		if err != nil || !slices.Contains(v.Warnings, want) {
			t.Errorf("a load says %q, %v", v.Warnings, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
