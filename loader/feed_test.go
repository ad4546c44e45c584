package loader

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/duckdb/duckdb-go/v2"

	"usagereport/usage"
)

// TestFeed holds that what is fed arrives, by either way into DuckDB's vectors,
// in whatever order a statement asks for the columns, and that the way through
// memory is the one that is taken with the driver of today.
func TestFeed(t *testing.T) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	f, err := newFeed(conn, "fed")
	if err != nil {
		t.Fatal(err)
	}
	p := &plan{format: &Format{}, days: []int{0, 1}, numbers: []int{2, 3}}
	n := 3*duckdb.GetDataChunkCapacity() + 7
	r := &rows{days: make([][]int64, 2), numbers: make([][]usage.Decimal, 2), null: make([][]bool, 2)}
	samples := []string{"0", "-0.000000000000000001", "999999999999999999.999999999999999999", "-999999999999999999.999999999999999999", "18446744073.709551616", "-12.5"}
	var want []string
	part := []uint32{7, 8, 9}
	for i := range n {
		r.keys = append(r.keys, uint32(i%3))
		day := int64(i) * 86_400_000_000
		r.days[0], r.days[1] = append(r.days[0], day), append(r.days[1], noTime)
		first, second := samples[i%len(samples)], samples[(i+1)%len(samples)]
		r.numbers[0], r.numbers[1] = append(r.numbers[0], usage.MustDecimal(first)), append(r.numbers[1], usage.MustDecimal(second))
		r.null[0], r.null[1] = append(r.null[0], i%5 == 0), append(r.null[1], i%4 == 0)
		show := func(s string, null bool) string {
			if null {
				return "-"
			}
			return s
		}
		want = append(want, fmt.Sprint(show(second, i%4 == 0), " ", 100+i%3, " ", day, " - ", show(first, i%5 == 0), " ", part[i%3]))
	}
	slices.Sort(want)
	for _, slow := range []bool{false, true} {
		f.slow = slow
		f.load([]*rows{r}, func(n int64) int64 { return 100 + n }, p, part)
		got := column1(t, conn, `SELECT coalesce(rtrim(rtrim(n1::VARCHAR, '0'), '.'), '-') || ' ' || k || ' ' || epoch_us(d0) || ' ' || coalesce(d1::VARCHAR, '-') || ' ' ||
			coalesce(rtrim(rtrim(n0::VARCHAR, '0'), '.'), '-') || ' ' || p FROM fed()`)
		slices.Sort(got)
		if !slow && f.missed.Load() != 0 {
			t.Errorf("%d columns were not found in memory; does the driver keep its chunks elsewhere?", f.missed.Load())
		}
		if !slices.Equal(got, want) {
			i := 0
			for i < min(len(got), len(want)) && got[i] == want[i] {
				i++
			}
			t.Fatalf("slow=%v: %d rows, want %d; they differ from %q, want %q", slow, len(got), len(want), got[i:i+1], want[i:i+1])
		}
	}
}

func column1(t *testing.T, conn *sql.Conn, query string) []string {
	t.Helper()
	rows, err := conn.QueryContext(t.Context(), query)
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

// TestFacts holds that what depends on texts is found, whatever stands around it.
func TestFacts(t *testing.T) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for name, c := range map[string]struct {
		sql   string
		parts int
		holds string // in the statement for every row
	}{
		"numbers alone":            {`SELECT _key, "N" AS BilledCost, nullif("N", 0) AS ListCost, lower("A") AS SkuId FROM raw`, 0, `"N"`},
		"a condition on texts":     {`SELECT _key, CASE WHEN lower("A") = 'x' AND "B" IS NULL THEN "N" ELSE 0 END AS BilledCost FROM raw`, 1, "_t0"},
		"the same condition twice": {`SELECT _key, CASE WHEN "A" = 'x' THEN "N" END AS BilledCost, CASE WHEN "A" = 'x' THEN "N" + 1 END AS EffectiveCost FROM raw`, 1, "_t0"},
		"a text among numbers":     {`SELECT _key, "N" * length(raw."A") AS BilledCost, "D" AS ChargePeriodStart FROM raw`, 1, "_t0"},
		"a statement of its own":   {`SELECT _key, "N" AS BilledCost FROM raw WHERE "A" <> 'x'`, 4, `"A"`},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := factsOf(t.Context(), conn, &Format{SQL: c.sql, Numbers: []string{"N"}, Days: []string{"D"}, texts: []string{"A", "B"}})
			if err != nil {
				t.Fatal(err)
			}
			if len(f.names) != c.parts || !strings.Contains(f.sql, strings.Trim(c.holds, `"`)) || strings.Contains(f.sql, "lower(") && c.parts < 4 {
				t.Errorf("%d parts (%s), %s", len(f.names), f.parts, f.sql)
			}
		})
	}
	formats, err := Formats()
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range formats {
		f, err := factsOf(t.Context(), conn, format)
		if err != nil {
			t.Fatal(err)
		}
		if len(f.names) > 1 {
			t.Errorf("%s hands %d columns of what depends on texts to each row; that is slow: %s", format.Name, len(f.names), f.parts)
		}
	}
}

// TestDictionaryIsBounded holds that a file of nothing but distinct texts does
// not grow what is kept of them, and that each row's texts are handed over.
func TestDictionaryIsBounded(t *testing.T) {
	d := newDictionary()
	for i := range maxDictionary {
		d.numbers[[16]byte(fmt.Appendf(nil, "%016d", i))] = 0
	}
	a := d.number([]byte("a"))
	if len(d.numbers) != 1 || d.number([]byte("a")) != a || d.number([]byte("b")) == a {
		t.Errorf("%d texts are kept after the bound was met", len(d.numbers))
	}
	if got := d.take(); len(got) != 2 || got[0].texts != "a" || got[1].texts != "b" || d.waiting() != 0 {
		t.Errorf("the entries are %v", got)
	}
}
