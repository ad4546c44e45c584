package ledger

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"usagereport/usage"
)

// What a rule takes, by the texts of a charge.
func TestOwnerRules(t *testing.T) {
	l, err := Open(t.Context(), "", Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, c := range []struct {
		rule         string
		service, tag string
		want         bool
	}{
		{"ServiceName=Storage", "Storage", "", true},
		{"servicename=sTORAGE", "Storage", "", true},
		{"ServiceName=Stor", "Storage", "", false},
		{"ServiceName=Stor*", "Storage", "", true},
		{"ServiceName=*or*", "Storage", "", true},
		{"ServiceName=*RAGE", "Storage", "", true},
		{"ServiceName=*rag", "Storage", "", false},
		{"ServiceName=*storage", "Storage", "", true},
		{"ServiceName=storage*", "Storage", "", true},
		{"ServiceName=*%*", "1000", "", false},
		{"ServiceName=*Ür*", "stüRage", "", true},
		{"ServiceName=*St*ge", "Storage", "", true},
		{"ServiceName=**", "Storage", "", true},
		{"ServiceName=S?orage", "Storage", "", true},
		{"ServiceName=St?rage", "Strage", "", false},
		{"ServiceName=St?rage", "Stürage", "", true},
		{"ServiceName=STÜRAGE", "stürage", "", true},
		{"ServiceName!=Storage", "Storage", "", false},
		{"ServiceName!=Storage", "", "", true},
		{"ServiceName=", "", "", true},
		{"ServiceName=", "Storage", "", false},
		{"ServiceName=*", "", "", true},
		{"ServiceName=100%", "100%", "", true},
		{"ServiceName=100%", "1000", "", false},
		{"ServiceName=a_b", "axb", "", false},
		{"ServiceName=a_b", "a_b", "", true},
		{`ServiceName=a\*b`, "a*b", "", true},
		{`ServiceName=a\*b`, "axb", "", false},
		{`ServiceName=a\b`, `a\b`, "", true},
		{`ServiceName=a\\b`, `a\b`, "", true},
		{`ServiceName=a\&b`, "a&b", "", true},
		{"ServiceName=it's; DROP TABLE keys --", "it's; DROP TABLE keys --", "", true},
		{"ServiceName=a=b", "a=b", "", true},
		{"ServiceName=a[bc]", "ab", "", false},
		{"ServiceName=a[bc]", "a[bc]", "", true},
		{"ServiceName=Storage&Tags.TEAM=search", "Storage", "Search", true},
		{"ServiceName=Storage & Tags.team != search", "Storage", "Search", false},
		{"Tags.team=", "Storage", "", true},
		{"Tags.team=*'*", "Storage", "o'hara", true},
		{"Tags.other!=x", "Storage", "search", true},
	} {
		terms, err := usage.ParseOwnerTerms(c.rule)
		if err != nil {
			t.Fatal(err)
		}
		tags := "NULL::MAP(VARCHAR, VARCHAR)"
		if c.tag != "" {
			tags = fmt.Sprintf("MAP {'x': 'y', 'Team': %s, 'TEAM': 'later'}", usage.Literal(c.tag))
		}
		got, err := taken(t, l, []usage.OwnerRule{{Line: 2, Owner: "A", Terms: terms}}, fmt.Sprintf("nullif(%s, '') AS ServiceName, %s AS Tags", usage.Literal(c.service), tags))
		if err != nil || got != c.want {
			t.Errorf("%s of a charge for %q tagged %q: %v (%v), want %v", c.rule, c.service, c.tag, got, err, c.want)
		}
	}
}

// taken reports whether rules give a key to anybody.
func taken(t *testing.T, l *Ledger, rules []usage.OwnerRule, texts string) (bool, error) {
	t.Helper()
	conn, err := l.DB().Conn(t.Context())
	if err != nil {
		return false, err
	}
	defer conn.Close()
	var n int
	err = errors.Join(
		exec(t, conn, "CREATE OR REPLACE TEMP TABLE scopes AS SELECT 1 AS scope_id, 'current' AS state"),
		exec(t, conn, "CREATE OR REPLACE TEMP TABLE keys AS SELECT 5 AS key_id, 1 AS scope_id, "+texts),
		exec(t, conn, OwnersSQL(rules)),
		conn.QueryRowContext(t.Context(), "SELECT count(*) FROM owned").Scan(&n))
	return n == 1, err
}

func exec(t *testing.T, conn *sql.Conn, statement string) error {
	t.Helper()
	_, err := conn.ExecContext(t.Context(), statement)
	return err
}

// A file of ten thousand rules is held to the charges within the memory of a small one,
// and means what a small one does.
func TestManyOwnerRules(t *testing.T) {
	path := filepath.Join(t.TempDir(), "usage.duckdb")
	l, err := Open(t.Context(), path, Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	conn, err := l.DB().Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const n = 10_000
	var rules []usage.OwnerRule
	for i := range n {
		rule := fmt.Sprintf("ResourceId=r-%d", i)
		switch i % 4 {
		case 1:
			rule = fmt.Sprintf("ResourceId=r-%d-*", i)
		case 2:
			rule = fmt.Sprintf("Tags.team=t%d&ServiceName=S*&ResourceId!=none", i)
		case 3:
			rule = fmt.Sprintf("SkuMeter!=never&ResourceId=R-%d", i)
		}
		terms, err := usage.ParseOwnerTerms(rule)
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, usage.OwnerRule{Line: i + 2, Owner: fmt.Sprintf("o%d", i), Terms: terms, From: usage.Date(2026, 1, 1) + usage.Day(i%3)})
	}
	var same bool
	err = errors.Join(
		exec(t, conn, "SET memory_limit = '150MB'"),
		exec(t, conn, "INSERT INTO scopes BY NAME SELECT 1 AS scope_id, 1 AS load_id, 'focus' AS cost_type, '' AS BillingAccountId, '' AS SubAccountId, '' AS x_BillingPeriod, DATE '2026-01-01' AS BillingPeriodStart, DATE '2026-02-01' AS BillingPeriodEnd, 'EUR' AS BillingCurrency, 1 AS rows, 0 AS BilledCost, 0 AS EffectiveCost, 'current' AS state"),
		exec(t, conn, fmt.Sprintf(`INSERT INTO keys BY NAME SELECT range + 1 AS key_id, 1 AS scope_id, 1 AS rows, 'Storage' AS ServiceName,
			CASE range %% 4 WHEN 0 THEN 'r-' || range WHEN 1 THEN 'R-' || range || '-x' WHEN 2 THEN NULL ELSE 'r-' || range END AS ResourceId,
			MAP {'Team': 't' || range} AS Tags FROM range(%d)`, 2*n)),
		exec(t, conn, OwnersSQL(rules)),
		exec(t, conn, MatchesSQL(rules)),
		conn.QueryRowContext(t.Context(), fmt.Sprintf(`SELECT count(DISTINCT key_id) = %d AND bool_and(line = key_id + 1 AND owner = 'o' || (key_id - 1))
			AND (SELECT count(*) FROM matches) = %[1]d AND min(first_day) = DATE '2026-01-01' FROM owned`, n)).Scan(&same))
	if err != nil || !same {
		t.Errorf("the rules take other charges: %v", err)
	}
}

// A rule names any column of texts that the view has, and no other.
func TestOwnerColumns(t *testing.T) {
	l, err := Open(t.Context(), "", Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var rules []usage.OwnerRule
	for i, c := range usage.OwnerColumns() {
		rules = append(rules, usage.OwnerRule{Line: i + 2, Owner: "A", Terms: []usage.OwnerTerm{{Column: c}}})
	}
	conn, err := l.DB().Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, text := range []string{OwnersSQL(rules), MatchesSQL(rules)} {
		if _, err := conn.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := conn.QueryContext(t.Context(), "SELECT column_name FROM duckdb_columns() WHERE table_name = 'usage' AND data_type = 'VARCHAR' AND column_name <> 'x_Owner'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		n++
		if terms, err := usage.ParseOwnerTerms(name + "=x"); err != nil || terms[0].Column != name {
			t.Errorf("no rule may name %s: %v", name, err)
		}
	}
	if err := rows.Err(); err != nil || n != len(usage.OwnerColumns()) {
		t.Errorf("the view has %d columns of texts (%v), rules know %d", n, err, len(usage.OwnerColumns()))
	}
}
