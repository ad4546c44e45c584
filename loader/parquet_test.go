package loader_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/duckdb/duckdb-go/v2"

	"usagereport/ledger"
	"usagereport/loader"
)

// duck runs statements in a database of its own.
func duck(t testing.TB, stmts ...string) *sql.DB {
	t.Helper()
	c, err := duckdb.NewConnector("", nil)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(c)
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	for _, s := range stmts {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	return db
}

// usageOf returns the rows of the view usage, but for where they came from.
func usageOf(t *testing.T, l *ledger.Ledger) []string {
	t.Helper()
	rows, err := l.DB().QueryContext(t.Context(), "SELECT (u::VARCHAR) FROM (SELECT COLUMNS(c -> c NOT IN ('x_SourceFile', 'x_LoadId')) FROM usage) u ORDER BY 1")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// A Parquet file gives the same rows as the CSV file of the same data.
func TestParquetIsLikeCSV(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(samples, "*", "*.csv"))
	if err != nil || len(paths) == 0 {
		t.Fatal(err, paths)
	}
	formats, err := loader.Formats()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		i := slices.IndexFunc(formats, func(f *loader.Format) bool { return f.Name == filepath.Base(filepath.Dir(path)) })
		f := formats[i]
		if f.Sections {
			continue // it is no table
		}
		csv := open(t)
		want := load(t, csv, loader.Options{}, path)[0]
		rows := usageOf(t, csv)
		for _, typed := range []bool{false, true} {
			for _, codec := range []string{"snappy", "gzip", "zstd", "uncompressed"} {
				if codec != "snappy" && (!typed || filepath.Base(path) != "aws-1.2.csv") {
					continue
				}
				t.Run(fmt.Sprintf("%s, typed %t, %s", filepath.Base(path), typed, codec), func(t *testing.T) {
					file := filepath.Join(t.TempDir(), "export [1].parquet") // a name with a pattern in it
					db := duck(t, "CREATE TABLE f AS FROM read_csv('"+path+"', all_varchar = true, nullstr = ['', 'NULL'], ignore_errors = false)")
					stmt := "FROM f"
					if typed {
						stmt = "SELECT " + strings.Join(typedColumns(t, db, f), ", ") + " FROM f"
					}
					if _, err := db.ExecContext(t.Context(), "COPY ("+stmt+") TO '"+file+"' (FORMAT parquet, COMPRESSION "+codec+", ROW_GROUP_SIZE 2048)"); err != nil {
						t.Fatal(stmt, err)
					}
					parquet := open(t)
					got := load(t, parquet, loader.Options{Limits: loader.Limits{TempDir: emptyAfter(t)}}, file)[0]
					if got.Err != nil || got.Rows != want.Rows || got.CostType != want.CostType {
						t.Fatalf("%+v, want %+v", got, want)
					}
					if !strings.HasPrefix(got.Encoding, "Parquet, ") {
						t.Errorf("encoding %q", got.Encoding)
					}
					a, b := rows, usageOf(t, parquet)
					if len(a) != len(b) {
						t.Fatalf("%d rows, want %d", len(b), len(a))
					}
					for i := range a {
						if a[i] != b[i] {
							t.Fatalf("row %d:\nfrom CSV     %s\nfrom Parquet %s", i, a[i], b[i])
						}
					}
				})
			}
		}
	}
}

// typedColumns are the columns of f with the types that a cloud's export would
// give them.
func typedColumns(t *testing.T, db *sql.DB, f *loader.Format) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT column_name FROM (DESCRIBE f)")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		out = append(out, `"`+name+`"`)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	var kept []string
	for _, c := range out {
		try := func(expr string) bool {
			var ok bool
			err := db.QueryRowContext(t.Context(), "SELECT count("+c+") > 0 AND count("+c+") = count("+expr+") FROM f").Scan(&ok)
			return err == nil && ok
		}
		name := strings.Trim(c, `"`)
		is := func(list []string) bool {
			return slices.ContainsFunc(list, func(n string) bool { return strings.EqualFold(n, name) })
		}
		object := "try(" + c + "::JSON::MAP(VARCHAR, VARCHAR))"
		switch {
		case f.Tags != "" && strings.EqualFold(name, f.Tags) && try(object):
			c = object + " AS " + c
		case is(f.Days) && try("try_cast("+c+" AS TIMESTAMP)"):
			c = "try_cast(" + c + " AS TIMESTAMP) AS " + c
		case is(f.Days) && try("try(strptime("+c+", '%m/%d/%Y'))"):
			c = "strptime(" + c + ", '%m/%d/%Y')::DATE AS " + c
		case is(f.Numbers) && len(kept)%2 == 0 && try("CASE WHEN try_cast("+c+"::DOUBLE::VARCHAR AS DECIMAL(38,18)) = try_cast("+c+" AS DECIMAL(38,18)) THEN 1 END"):
			c = c + "::DOUBLE AS " + c // where a double has all of the text's digits
		case is(f.Numbers) && try("try_cast("+c+" AS DECIMAL(38,18))"):
			c = c + "::DECIMAL(38,18) AS " + c
		}
		kept = append(kept, c)
	}
	return kept
}

// What Parquet has and CSV has not comes out as the text that the formats read.
func TestParquetTypes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.parquet")
	duck(t, `COPY (SELECT
		'acct' AS BillingAccountId, 0.1::DOUBLE AS BilledCost, 1234567890.123456789012345678::DECIMAL(38,18) AS EffectiveCost, 'USD'::BLOB AS BillingCurrency,
		TIMESTAMPTZ '2026-10-01 02:00:00+02' AS BillingPeriodStart, DATE '2026-11-01' AS BillingPeriodEnd, 'Usage' AS ChargeCategory,
		TIMESTAMP_NS '2026-10-01 04:00:00.25' AS ChargePeriodStart, TIMESTAMP_MS '2026-10-01 05:00:00' AS ChargePeriodEnd,
		'NULL' AS ServiceName, NULL::VARCHAR AS ResourceId, 'a "b", c
d' AS ResourceName, 'sub' AS SubAccountId, 0.1::FLOAT AS ConsumedQuantity, 7::UTINYINT AS PricingQuantity,
		[{'key': 'k"1', 'value': 'v1'}, {'key': 'k2', 'value': NULL}] AS Tags, true AS x_CostCenter, {'a': 1} AS SkuMeter
		FROM range(5000)) TO '`+file+`' (FORMAT parquet)`)
	l := open(t)
	r := load(t, l, loader.Options{}, file)[0]
	if r.Err != nil || r.Rows != 5000 {
		t.Fatalf("%+v", r)
	}
	for query, want := range map[string]string{
		"SELECT DISTINCT BilledCost FROM usage":                        "0.100000000000000000",
		"SELECT DISTINCT EffectiveCost FROM usage":                     "1234567890.123456789012345678",
		"SELECT DISTINCT BillingCurrency FROM usage":                   "USD",
		"SELECT DISTINCT BillingPeriodStart FROM usage":                "2026-10-01",
		"SELECT DISTINCT ChargePeriodStart FROM usage":                 "2026-10-01 04:00:00.25",
		"SELECT DISTINCT ServiceName FROM usage":                       "NULL",
		"SELECT count(ResourceId) FROM usage":                          "0",
		"SELECT DISTINCT ResourceName FROM usage":                      "a \"b\", c\nd",
		"SELECT DISTINCT ConsumedQuantity FROM usage":                  "0.100000000000000000",
		"SELECT DISTINCT PricingQuantity FROM usage":                   "7.000000000000000000",
		`SELECT DISTINCT Tags['k"1'] || '/' || Tags['k2'] FROM usage`:  "v1/",
		"SELECT DISTINCT x_CostCenter || ' ' || SkuMeter FROM usage":   `true {"a":1}`,
		"SELECT count(*) FROM usage WHERE ChargePeriodEnd IS NOT NULL": "5000",
	} {
		if got := value(t, l, query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

func TestParquetThatIsNone(t *testing.T) {
	dir := t.TempDir()
	good, wide, bomb := filepath.Join(dir, "good.parquet"), filepath.Join(dir, "wide.parquet"), filepath.Join(dir, "bomb.parquet")
	csv := write(t, "a.csv", mosa("s1", 1, 28))
	duck(t, "COPY (FROM read_csv('"+csv+"', all_varchar = true), range(300)) TO '"+good+"' (FORMAT parquet)",
		"COPY (SELECT * REPLACE (repeat('x', 300000) AS MeterName) FROM read_csv('"+csv+"', all_varchar = true)) TO '"+wide+"' (FORMAT parquet)",
		"COPY (SELECT c.* FROM read_csv('"+csv+"', all_varchar = true) c, range(50000)) TO '"+bomb+"' (FORMAT parquet)",
	)
	read := func(path string) string {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	whole := read(good)
	flipped := []byte(whole)
	for i := len(flipped) / 4; i < len(flipped)/3; i++ {
		flipped[i] ^= 0x55
	}
	for name, c := range map[string]struct{ content, reason string }{
		"cut off":            {whole[:len(whole)/2], "the Parquet file is cut off or damaged: its end is missing; fetch it again"},
		"its middle is gone": {whole[:len(whole)/2] + whole[len(whole)-200:], "cut off or damaged; fetch it again"},
		"nothing but magic":  {"PAR1PAR1", "cut off or damaged: its end is missing; fetch it again"},
		"magic and zeros":    {"PAR1" + string(make([]byte, 100)) + "PAR1", "cut off or damaged; fetch it again"},
		"a name of zeros":    {strings.ReplaceAll(whole, "MeterName", "Meter\x00\x00me"), "cut off or damaged; fetch it again"},
		"encrypted":          {whole[:len(whole)-1] + "E", "is encrypted"},
		"flipped bits":       {string(flipped), "cut off or damaged; fetch it again"},
		"a row too wide":     {read(wide), "2: a row of over 256 KiB"},
		"a bomb":             {read(bomb), "perhaps a zip bomb"},
		"in three packings":  {gzipped(t, gzipped(t, gzipped(t, whole))), "packings"},
	} {
		t.Run(name, func(t *testing.T) {
			limits := small
			limits.TempDir = emptyAfter(t)
			l := open(t)
			r := load(t, l, loader.Options{Limits: limits}, write(t, "x.parquet", c.content))[0]
			if r.Status != loader.Refused || !strings.Contains(fmt.Sprint(r.Err), c.reason) {
				t.Errorf("%s, %v; want refused: %s", r.Status, r.Err, c.reason)
			}
			if strings.Contains(fmt.Sprint(r.Err), " Error: ") {
				t.Errorf("it is said in DuckDB's words: %v", r.Err)
			}
		})
	}
	t.Run("packed", func(t *testing.T) {
		limits := small
		limits.TempDir = emptyAfter(t)
		l := open(t)
		r := load(t, l, loader.Options{Limits: limits}, write(t, "x.zip", zipped(t, "a.parquet", whole, "b.parquet", whole)))
		if r[0].Status != loader.Loaded || r[0].Rows != 28*300 || r[1].Status != loader.Unchanged {
			t.Errorf("%+v", r)
		}
	})
}
