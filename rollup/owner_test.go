package rollup_test

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"usagereport/internal/ledgertest"
	"usagereport/ledger"
	"usagereport/rollup"
	"usagereport/usage"
)

// Whatever the rules and their dates, the owners' charges and what is nobody's
// add up to all charges, to the last digit, and each owner's sums are those of
// the owner's charges.
func TestOwnersAddUp(t *testing.T) {
	l := ledgertest.Demo(t, 3)
	const whole = "SELECT sum(BilledCost), count(*) FROM usage"
	var want usage.Decimal
	var wantRows int
	if err := l.DB().QueryRowContext(t.Context(), whole).Scan(ledger.Amount(&want), &wantRows); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	owners := []string{"Search", "Web", "O'Hara \"x\"", "数据"}
	texts := []string{"ServiceName=Storage", "ServiceName=V*", "x_ResourceGroupName=*shop*", "Tags.owner=platform", "Tags.owner!=platform", "RegionId=*europe", "SubAccountName=*Production&ServiceName!=S*", "ChargeCategory=Purchase", "ServiceName=*"}
	mixed := 0
	for range 6 {
		var rules []usage.OwnerRule
		for i := range 1 + random.IntN(8) {
			terms, err := usage.ParseOwnerTerms(texts[random.IntN(len(texts))])
			if err != nil {
				t.Fatal(err)
			}
			r := usage.OwnerRule{Line: i + 2, Owner: owners[random.IntN(len(owners))], Terms: terms}
			day := func() usage.Day { return usage.Date(2026, time.September, 1+random.IntN(80)) }
			if random.IntN(2) == 0 {
				r.From = day()
			}
			if random.IntN(2) == 0 {
				r.To = max(r.From, day())
			}
			rules = append(rules, r)
		}
		var sum usage.Decimal
		rows := 0
		for _, owner := range append([]string{""}, owners...) {
			got, n := look(t, l, rules, owner)
			sum, rows = sum.Add(got), rows+n
			if n > 0 && n < wantRows {
				mixed++
			}
		}
		if sum != want || rows != wantRows {
			t.Fatalf("%v: the parts make %s of %d rows, the whole %s of %d", rules, sum, rows, want, wantRows)
		}
	}
	if mixed < 6 {
		t.Errorf("only %d owners had some of the charges: the rules try nothing", mixed)
	}
}

// look returns what a connection sees that looks at owner's part, or with "" at
// what is nobody's.
func look(t *testing.T, l *ledger.Ledger, rules []usage.OwnerRule, owner string) (sum usage.Decimal, rows int) {
	t.Helper()
	conn, err := l.DB().Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ask := func(query string, into ...any) {
		t.Helper()
		if err := conn.QueryRowContext(t.Context(), query).Scan(into...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	if _, err := conn.ExecContext(t.Context(), ledger.OwnersSQL(rules)); err != nil {
		t.Fatal(err)
	}
	defer conn.Raw(func(any) error { return driver.ErrBadConn }) //nolint:errcheck // what it looked through goes with it
	if owner == "" {
		ask("SELECT coalesce(sum(BilledCost), 0), count(*) FROM usage WHERE x_Owner IS NULL", ledger.Amount(&sum), &rows)
		if err := rollup.ByOwner(t.Context(), conn); err != nil {
			t.Fatal(err)
		}
		var wrong int
		ask(`SELECT count(*) FROM (
			SELECT coalesce(x_Owner, '') AS owner, sum(BilledCost) AS cost FROM usage GROUP BY ALL
			EXCEPT SELECT o.owner, sum(d.BilledCost) FROM daily d JOIN series s USING (series_id) JOIN series_owners o USING (series_id) GROUP BY ALL)`, &wrong)
		var all, charged usage.Decimal
		ask("SELECT sum(BilledCost) FROM daily", ledger.Amount(&all))
		ask("SELECT sum(BilledCost) FROM usage", ledger.Amount(&charged))
		if wrong > 0 || all != charged {
			t.Fatalf("told apart, the series make %s, the charges %s; %d owners differ", all, charged, wrong)
		}
		return sum, rows
	}
	var byColumn usage.Decimal
	var n int
	ask(fmt.Sprintf("SELECT coalesce(sum(BilledCost), 0), count(*) FROM usage WHERE x_Owner = '%s'", strings.ReplaceAll(owner, "'", "''")), ledger.Amount(&byColumn), &n)
	if err := rollup.Only(t.Context(), conn, owner); err != nil {
		t.Fatal(err)
	}
	ask("SELECT coalesce(sum(BilledCost), 0), count(*) FROM usage", ledger.Amount(&sum), &rows)
	if sum != byColumn || rows != n {
		t.Fatalf("%s has %s of %d rows, by the column %s of %d", owner, sum, rows, byColumn, n)
	}
	for _, table := range []string{"daily", "daily_services"} {
		var daily usage.Decimal
		ask("SELECT coalesce(sum(BilledCost), 0) FROM "+table, ledger.Amount(&daily))
		if daily != sum {
			t.Fatalf("%s: %s adds up to %s, the charges to %s", owner, table, daily, sum)
		}
	}
	var others int
	ask(fmt.Sprintf("SELECT count(*) FROM usage WHERE x_Owner IS DISTINCT FROM '%s'", strings.ReplaceAll(owner, "'", "''")), &others)
	if others > 0 {
		t.Fatalf("%s sees %d rows of others", owner, others)
	}
	return sum, rows
}

// One owner after the other sees, by the charges of all read once, what it sees by its own; so does
// who takes the owner's part of what was made for all.
func TestStandingIsOnly(t *testing.T) {
	l := ledgertest.Demo(t, 3)
	var rules []usage.OwnerRule
	for i, x := range [][2]string{{"O'Hara \"x\"", "Tags.owner=platform"}, {"数据", "ServiceName=S*"}, {"Rest", "SubAccountName=*"}} {
		terms, err := usage.ParseOwnerTerms(x[1])
		if err != nil {
			t.Fatal(err)
		}
		r := usage.OwnerRule{Line: i + 2, Owner: x[0], Terms: terms}
		if i == 1 {
			r.From = usage.Date(2026, time.October, 10)
		}
		rules = append(rules, r)
	}
	through := func() *sql.Conn {
		t.Helper()
		conn, err := l.DB().Conn(t.Context())
		if err == nil {
			_, err = conn.ExecContext(t.Context(), ledger.OwnersSQL(rules))
		}
		if err != nil {
			t.Fatal(err)
		}
		return conn
	}
	close := func(conn *sql.Conn) {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // what it looked through goes with it
		conn.Close()
	}
	every := through()
	defer close(every)
	if err := rollup.EveryPart(t.Context(), every); err != nil {
		t.Fatal(err)
	}
	if _, err := every.ExecContext(t.Context(), "CREATE SCHEMA parts"); err != nil {
		t.Fatal(err)
	}
	for _, table := range rollup.PartTables() {
		if _, err := every.ExecContext(t.Context(), "CREATE TABLE parts."+table+" AS FROM temp.main."+table); err != nil {
			t.Fatal(err)
		}
	}
	tables := []string{"series", "daily", "daily_services", "scopes", "links", "keys", "charges", "usage", "elsewhere", "restatements"}
	elsewhere := 0
	for _, r := range rules {
		if err := rollup.Standing(t.Context(), every, r.Owner); err != nil {
			t.Fatal(err)
		}
		one, part := through(), through()
		if err := rollup.Only(t.Context(), one, r.Owner); err != nil {
			t.Fatal(err)
		}
		if err := rollup.OnlyPart(t.Context(), part, r.Owner, "parts"); err != nil {
			t.Fatal(err)
		}
		for _, other := range []*sql.Conn{every, part} {
			for _, table := range tables {
				if _, err := other.ExecContext(t.Context(), "CREATE OR REPLACE TABLE other_"+table+" AS FROM "+table); err != nil {
					t.Fatal(err)
				}
				var rows, differ int
				err := one.QueryRowContext(t.Context(), fmt.Sprintf(`SELECT (SELECT count(*) FROM %[1]s),
					(SELECT count(*) FROM (FROM %[1]s EXCEPT ALL FROM other_%[1]s)) + (SELECT count(*) FROM (FROM other_%[1]s EXCEPT ALL FROM %[1]s))`,
					table)).Scan(&rows, &differ)
				if err != nil || differ != 0 || rows == 0 && !slices.Contains([]string{"links", "elsewhere", "restatements"}, table) {
					t.Errorf("%s: %s has %d rows, of which %d differ (%v)", r.Owner, table, rows, differ, err)
				}
				if table == "elsewhere" {
					elsewhere += rows
				}
			}
		}
		close(one)
		close(part)
	}
	if elsewhere == 0 {
		t.Error("no series of an owner's has a day that is another's")
	}
}
