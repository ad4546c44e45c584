package query_test

import (
	"bytes"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"errors"
	"iter"
	"strings"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2"

	"usagereport/internal/query"
	"usagereport/usage"
)

func memory(t *testing.T, stmts ...string) *sql.DB {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	for _, s := range stmts {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	return db
}

func run(t *testing.T, db *sql.DB, stmt string, o query.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := query.Run(t.Context(), db, stmt, &b, o); err != nil {
		t.Fatalf("%s: %v", stmt, err)
	}
	return b.String()
}

// TestKinds holds each kind of value to its form in JSON and in CSV.
func TestKinds(t *testing.T) {
	db := memory(t)
	tests := []struct{ expr, json, csv string }{
		{"751.7::DECIMAL(38,18)", `"751.70"`, "751.70"},
		{"-0.000000000000000001::DECIMAL(38,18)", `"-0.000000000000000001"`, "-0.000000000000000001"},
		{"99999999999999999999.999999999999999999::DECIMAL(38,18)", `"99999999999999999999.999999999999999999"`, "99999999999999999999.999999999999999999"},
		{"0::DECIMAL(38,18)", `"0.00"`, "0.00"},
		{"sum(0.1::DECIMAL(38,18)) FROM range(3)", `"0.30"`, "0.30"},
		{"1.5::DECIMAL(4,1)", `"1.5"`, "1.5"},
		{"7::DECIMAL(18,0)", `"7"`, "7"},
		{"(-12.345)::DECIMAL(5,3)", `"-12.345"`, "-12.345"},
		{"42", `42`, "42"},
		{"-7::TINYINT", `-7`, "-7"},
		{"9007199254740992", `9007199254740992`, "9007199254740992"},
		{"9007199254740993", `"9007199254740993"`, "9007199254740993"},
		{"(-9223372036854775808)::BIGINT", `"-9223372036854775808"`, "-9223372036854775808"},
		{"18446744073709551615::UBIGINT", `"18446744073709551615"`, "18446744073709551615"},
		{"sum(i) FROM range(4) r(i)", `6`, "6"},
		{"170141183460469231731687303715884105727::HUGEINT", `"170141183460469231731687303715884105727"`, "170141183460469231731687303715884105727"},
		{"'12345678901234567890123456789012345678901234567890'::BIGNUM", `"12345678901234567890123456789012345678901234567890"`, "12345678901234567890123456789012345678901234567890"},
		{"0.1::DOUBLE", `0.1`, "0.1"},
		{"0.1::FLOAT", `0.1`, "0.1"},
		{"1e300::DOUBLE", `1e+300`, "1e+300"},
		{"'nan'::DOUBLE", `"NaN"`, "NaN"},
		{"'inf'::DOUBLE", `"Infinity"`, "Infinity"},
		{"'-inf'::DOUBLE", `"-Infinity"`, "-Infinity"},
		{"DATE '2018-07-11'", `"2018-07-11"`, "2018-07-11"},
		{"TIMESTAMP '2018-07-11 00:00:00'", `"2018-07-11"`, "2018-07-11"},
		{"TIMESTAMP '2018-07-11 01:02:03'", `"2018-07-11T01:02:03Z"`, "2018-07-11T01:02:03Z"},
		{"TIMESTAMP_MS '2018-07-11 01:02:03.45'", `"2018-07-11T01:02:03.45Z"`, "2018-07-11T01:02:03.45Z"},
		{"TIMESTAMPTZ '2018-07-11 02:00:00+02'", `"2018-07-11T00:00:00Z"`, "2018-07-11T00:00:00Z"},
		{"'infinity'::DATE", `"infinity"`, "infinity"},
		{"TIME '01:02:03.5'", `"01:02:03.5"`, "01:02:03.5"},
		{"INTERVAL '14 months 3 days 1.5 seconds'", `"14 months 3 days 1.5 seconds"`, "14 months 3 days 1.5 seconds"},
		{"true", `true`, "true"},
		{"NULL", `null`, ""},
		{"NULL::DECIMAL(38,18)", `null`, ""},
		{"''", `""`, `""`},
		{"'null'", `"null"`, "null"},
		{"'a\"b,c'", `"a\"b,c"`, `"a""b,c"`},
		{"'</script>&' || chr(27) || chr(10)", `"</script>&\u001b\n"`, "\"</script>&\x1b\n\""},
		{"chr(8238) || chr(155) || 'é'", `"\u202e\u009bé"`, "\u202e\u009bé"},
		{"'0fe1a2b3-0000-4000-8000-0123456789ab'::UUID", `"0fe1a2b3-0000-4000-8000-0123456789ab"`, "0fe1a2b3-0000-4000-8000-0123456789ab"},
		{"'\\xAAb'::BLOB", `"\\xAAb"`, `\xAAb`},
		{"'101'::BIT", `"101"`, "101"},
		{"'x'::ENUM('x','y')", `"x"`, "x"},
		{"MAP {'z': '1', 'a': NULL}", `{"a":null,"z":"1"}`, `"{""a"":null,""z"":""1""}"`},
		{"MAP {DATE '2020-01-01': 1.50::DECIMAL(9,4)}", `{"2020-01-01":"1.50"}`, `"{""2020-01-01"":""1.50""}"`},
		{"[1, NULL, 3]", `[1,null,3]`, `"[1,null,3]"`},
		{"['0fe1a2b3-0000-4000-8000-0123456789ab'::UUID]", `["0fe1a2b3-0000-4000-8000-0123456789ab"]`, `"[""0fe1a2b3-0000-4000-8000-0123456789ab""]"`},
		{"{'b': [0.10::DECIMAL(9,4)], 'a': TIME '01:02:03'}", `{"a":"01:02:03","b":["0.10"]}`, `"{""a"":""01:02:03"",""b"":[""0.10""]}"`},
		{"union_value(k := [DATE '2020-01-01'])", `["2020-01-01"]`, `"[""2020-01-01""]"`},
		{`'{"k":["<",1]}'::JSON`, `{"k":["<",1]}`, `"{""k"":[""<"",1]}"`},
	}
	for _, tt := range tests {
		name, from, _ := strings.Cut(tt.expr, " FROM ")
		stmt := "SELECT " + name + " AS v, 1 AS w"
		if from != "" {
			stmt += " FROM " + from
		}
		got := run(t, db, stmt, query.Options{Format: query.AsJSON})
		if want := "[\n{\"v\":" + tt.json + ",\"w\":1}\n]\n"; got != want {
			t.Errorf("%s as JSON:\n got %s\nwant %s", tt.expr, got, want)
		}
		if !json.Valid([]byte(got)) {
			t.Errorf("%s: not JSON: %s", tt.expr, got)
		}
		got = run(t, db, stmt, query.Options{Format: query.AsCSV})
		if want := "v,w\n" + tt.csv + ",1\n"; got != want {
			t.Errorf("%s as CSV:\n got %q\nwant %q", tt.expr, got, want)
		}
	}
}

func TestMinorDigitsFollowTheCurrency(t *testing.T) {
	db := memory(t)
	for code, want := range map[string]string{"JPY": `"1200"`, "EUR": `"1200.00"`, "KWD": `"1200.000"`} {
		got := run(t, db, "SELECT 1200::DECIMAL(38,18) AS c", query.Options{Format: query.AsJSON, Currency: code})
		if !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", code, got, want)
		}
	}
}

func TestJSONShape(t *testing.T) {
	db := memory(t)
	for stmt, want := range map[string]string{
		"SELECT 1 AS b, 2 AS a, 3 AS b":     "[\n{\"b\":1,\"a\":2,\"b_1\":3}\n]\n",
		"FROM range(2) t(i)":                "[\n{\"i\":0},\n{\"i\":1}\n]\n",
		"SELECT 1 AS i WHERE false":         "[]\n",
		"SELECT 1 AS \"ServiceName \"\"x\"": "[\n{\"ServiceName \\\"x\":1}\n]\n",
	} {
		if got := run(t, db, stmt, query.Options{Format: query.AsJSON}); got != want {
			t.Errorf("%s: got %q, want %q", stmt, got, want)
		}
	}
}

func TestCSVRoundTrip(t *testing.T) {
	want := [][]string{
		{"name", "say \"x\""},
		{" lead", "trail "},
		{"a,b", "\"q\""},
		{"line\nbreak", "cr\r\x00tab\t"},
		{"", ""},
		{"ünï", "=1+1"},
	}
	table := query.Table{Columns: []query.Column{{Name: want[0][0]}, {Name: want[0][1]}}}
	var rows [][]any
	for _, r := range want[1:] {
		rows = append(rows, []any{r[0], r[1]})
	}
	table.Rows = query.RowsOf(rows...)
	var b bytes.Buffer
	if err := query.Encode(&b, table, query.Options{Format: query.AsCSV}); err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		for j := range want[i] {
			if got[i][j] != want[i][j] {
				t.Errorf("row %d: got %q, want %q", i, got[i][j], want[i][j])
			}
		}
	}
}

func TestCSVKeepsLoneNull(t *testing.T) {
	got := run(t, memory(t), "SELECT unnest(['a', NULL, '']) AS v", query.Options{Format: query.AsCSV})
	if want := "v\na\n\"\"\n\"\"\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCSVFormulas(t *testing.T) {
	db := memory(t)
	for _, start := range []string{"=", "+", "-", "@", "\t", "\r", " =", "\u00a0@", "＝", "＋"} {
		stmt := "SELECT '" + start + "x' AS \"=head\", -1 AS n, -1.5::DECIMAL(9,2) AS d"
		safe := run(t, db, stmt, query.Options{Format: query.AsCSV, FormulaSafe: true})
		rows, err := csv.NewReader(strings.NewReader(safe)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if rows[0][0] != "'=head" || rows[1][0] != "'"+start+"x" || rows[1][1] != "-1" || rows[1][2] != "-1.50" {
			t.Errorf("%q: safe %q", start, safe)
		}
		plain := run(t, db, stmt, query.Options{Format: query.AsCSV})
		if strings.Contains(plain, "'") {
			t.Errorf("%q: changed without being asked: %q", start, plain)
		}
	}
	got := run(t, db, "SELECT chr(27) || '[2J' AS v", query.Options{Format: query.AsCSV, Terminal: true})
	if want := "v\n\\x1b[2J\n"; got != want {
		t.Errorf("on a terminal: got %q, want %q", got, want)
	}
}

func TestMarkdown(t *testing.T) {
	got := run(t, memory(t), `SELECT 'a|b' AS "n|m", 751.7::DECIMAL(38,18) AS cost, chr(27) || 'x' || chr(10) || '<b>[l](u)\' AS t, NULL AS z`,
		query.Options{Format: query.AsMarkdown})
	want := "| n\\|m | cost | t | z |\n| --- | ---: | --- | ---: |\n| a\\|b | 751.70 | \\\\x1bx<br>&lt;b>\\[l](u)\\\\ |  |\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTextTable(t *testing.T) {
	db := memory(t)
	got := run(t, db, "SELECT i AS n, 'r' || i AS name, i * 1.5::DECIMAL(9,4) AS cost FROM range(8, 13) t(i)", query.Options{Limit: 3})
	want := `  n │ name │  cost
────┼──────┼───────
  8 │ r8   │ 12.00
  9 │ r9   │ 13.50
 10 │ r10  │ 15.00
... more than 3 rows
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	got = run(t, db, "SELECT 'a' || chr(27) || '[31m' || chr(8238) || chr(10) || chr(9) || chr(155) AS v", query.Options{})
	if want := " v\n─────────────────────────\n a\\x1b[31m\\u202e\\n\\t\\x9b\n"; got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestTextTableFitsTheTerminal(t *testing.T) {
	db := memory(t)
	stmt := "SELECT repeat('long name ', 20) AS resource, 123456.789::DECIMAL(38,18) AS cost, DATE '2018-07-11' AS day, repeat('生', 60) AS wide, 'x' AS c1, 'y' AS c2, 12345678901234567890 AS big"
	for width := 20; width < 200; width += 13 {
		got := run(t, db, stmt, query.Options{Width: width})
		for line := range strings.Lines(got) {
			n := 0
			for _, r := range strings.TrimRight(line, "\n") {
				n++
				if r == '生' {
					n++
				}
			}
			if n > width {
				t.Errorf("width %d: %d columns: %s", width, n, line)
			}
		}
		if width > 60 && (!strings.Contains(got, "123456.789") || !strings.Contains(got, "2018-07-11")) {
			t.Errorf("width %d: a number or a date is cut:\n%s", width, got)
		}
	}
	if got := run(t, db, stmt, query.Options{Width: 40}); !strings.Contains(got, "also: wide, c1, c2, big (wider terminal") {
		t.Errorf("no word of the columns left out:\n%s", got)
	}
}

func TestLongTextKeepsItsEnd(t *testing.T) {
	got := run(t, memory(t), "SELECT '/subscriptions/0fe1/resourcegroups/rg/vm-17' AS id", query.Options{Width: 22})
	if want := " id\n──────────────────────\n /subsc…oups/rg/vm-17\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTextTableWithoutRows(t *testing.T) {
	got := run(t, memory(t), "SELECT 1 AS n WHERE false", query.Options{})
	if want := " n\n───\nno rows\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestOwnValues prints what a command has in memory.
func TestOwnValues(t *testing.T) {
	table := query.Table{
		Columns: []query.Column{{Name: "day", Kind: query.Date}, {Name: "cost", Kind: query.Decimal}, {Name: "quantity", Kind: query.Decimal}, {Name: "by"}, {Name: "rows", Kind: query.Integer}, {Name: "periods", Kind: query.Nested}},
		Rows: query.RowsOf(
			[]any{usage.Date(2018, 7, 11), usage.Money{Amount: usage.MustDecimal("751.7"), Currency: "USD"}, usage.MustDecimal("0.1"), usage.Service, 12, []string{"2018-07"}},
			[]any{usage.Day(0), usage.Money{Amount: usage.MustDecimal("80"), Currency: "JPY"}, nil, "x", int64(1), nil},
		),
	}
	var b bytes.Buffer
	if err := query.Encode(&b, table, query.Options{Format: query.AsJSON}); err != nil {
		t.Fatal(err)
	}
	want := `[
{"day":"2018-07-11","cost":"751.70","quantity":"0.10","by":"ServiceName","rows":12,"periods":["2018-07"]},
{"day":null,"cost":"80","quantity":null,"by":"x","rows":1,"periods":null}
]
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestRowErrorIsReturned(t *testing.T) {
	boom := errors.New("boom")
	var rows iter.Seq2[[]any, error] = func(yield func([]any, error) bool) {
		_ = yield([]any{1}, nil) && yield(nil, boom)
	}
	for _, f := range []query.Format{query.AsTable, query.AsJSON, query.AsCSV, query.AsMarkdown} {
		err := query.Encode(&bytes.Buffer{}, query.Table{Columns: []query.Column{{Name: "a"}}, Rows: rows}, query.Options{Format: f})
		if !errors.Is(err, boom) {
			t.Errorf("%s: error %v", f, err)
		}
	}
}

func TestParseFormat(t *testing.T) {
	if f, err := query.ParseFormat("JSON"); f != query.AsJSON || err != nil {
		t.Error(f, err)
	}
	if _, err := query.ParseFormat("parquet"); err == nil || !strings.Contains(err.Error(), "table, json, csv, markdown") {
		t.Error(err)
	}
	if f, err := query.ParseFormat("parquet", query.AsParquet); f != query.AsParquet || err != nil {
		t.Error(f, err)
	}
}
