package ledger

import (
	"fmt"
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
			tags = fmt.Sprintf("MAP {'Team': %s}", usage.Literal(c.tag))
		}
		var got bool
		err = l.DB().QueryRowContext(t.Context(), fmt.Sprintf("SELECT %s FROM (SELECT nullif(%s, '') AS ServiceName, %s AS Tags) k", condition(usage.OwnerRule{Terms: terms}), usage.Literal(c.service), tags)).Scan(&got)
		if err != nil || got != c.want {
			t.Errorf("%s of a charge for %q tagged %q: %v (%v), want %v", c.rule, c.service, c.tag, got, err, c.want)
		}
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
