package reports

import (
	"archive/zip"
	"bytes"
	"database/sql"
	stdhtml "html"
	"io/fs"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"usagereport/analysis"
	"usagereport/internal/ledgertest"
	"usagereport/ledger"
	"usagereport/usage"
)

// forms returns what each form of r says, as text: what is escaped is plain, and
// all cells of a workbook stand one after another.
func forms(t *testing.T, r *analysis.Report) map[string]string {
	t.Helper()
	out := map[string]string{}
	write := func(name string, f func(w *bytes.Buffer) error) []byte {
		var b bytes.Buffer
		if err := f(&b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out[name] = strings.ReplaceAll(stdhtml.UnescapeString(b.String()), `\u002f`, "/")
		return b.Bytes()
	}
	write("html", func(w *bytes.Buffer) error { return Write(w, r, Options{}) })
	write("json", func(w *bytes.Buffer) error { return WriteJSON(w, r, Options{}) })
	write("markdown", func(w *bytes.Buffer) error { return WriteMarkdown(w, r, Options{}) })
	workbook := write("xlsx", func(w *bytes.Buffer) error { return WriteXLSX(w, r, Options{}) })
	files, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		t.Fatal(err)
	}
	var parts []string // texts, comments, links and properties stand in files of their own
	for _, f := range files.File {
		b, err := fs.ReadFile(files, f.Name)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, f.Name, stdhtml.UnescapeString(string(b)))
	}
	book, err := excelize.OpenReader(bytes.NewReader(workbook))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close() //nolint:errcheck // it is in memory
	var cells []string
	for _, s := range book.GetSheetList() {
		rows, err := book.GetRows(s, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		cells = append(cells, s)
		for _, row := range rows {
			cells = append(cells, row...)
		}
	}
	out["xlsx"] = strings.Join(cells, "\n")
	out["xlsx unzipped"] = strings.Join(parts, "\n")
	return out
}

// An owner's report holds no name, id or amount of another owner, in any form.
func TestOwnersReportIsTheirsAlone(t *testing.T) {
	l := ledgertest.Demo(t, 5)
	// Two groups are shared: one by day, one by service.
	var rules []usage.OwnerRule
	for i, x := range []struct{ owner, rule, to string }{
		{"Team Shop", "x_ResourceGroupName=rg-backup", "2026-10-14"},
		{"Team Shop", "x_ResourceGroupName=rg-monitor&ServiceName=Log*", ""},
		{"Team Shop", "Tags.owner=shop", ""},
		{"Plattform Nord", "Tags.owner=platform", ""},
		{"Finanzen Ost", "Tags.owner=finance", ""},
	} {
		terms, err := usage.ParseOwnerTerms(x.rule)
		if err != nil {
			t.Fatal(err)
		}
		r := usage.OwnerRule{Line: i + 2, Owner: x.owner, Terms: terms}
		if x.to != "" {
			if r.To, err = usage.ParseDay(x.to); err != nil {
				t.Fatal(err)
			}
		}
		rules = append(rules, r)
	}
	report := func(owner string, budget analysis.OwnerBudget) *analysis.Report {
		t.Helper()
		a, err := analysis.Look(t.Context(), l, analysis.Options{Owner: owner, Budget: budget}, rules)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		r, err := a.Report(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		r.Version = "v1"
		return r
	}
	all := forms(t, report("", analysis.OwnerBudget{}))
	for _, owner := range []string{"Team Shop", "Finanzen Ost"} {
		r := report(owner, analysis.OwnerBudget{Amount: usage.DecimalOf(77), Period: "month"})
		if got, want := r.Parts[0].Total.Amount, theirTotal(t, l, rules, owner, r.Parts[0].Period.Name); got != want {
			t.Errorf("%s: the report's total is %v, the charges' is %v", owner, got, want)
		}
		if b := r.Parts[0].Budget; b == nil || b.Spent.Amount != r.Parts[0].Total.Amount ||
			b.Left.Amount.Add(b.Spent.Amount) != b.Amount.Amount || b.Over == 0 {
			t.Errorf("%s: the budget is %+v", owner, b)
		}
		theirs := forms(t, r)
		foreign := others(t, l, rules, owner)
		known := 0
		for _, name := range foreign {
			if where(all["json"], name) >= 0 {
				known++
			}
			for form, text := range theirs {
				if at := where(text, name); at >= 0 {
					t.Errorf("%s: the %s holds %q, which is not theirs: …%s…", owner, form, name, text[max(0, at-80):min(len(text), at+80)])
				}
			}
		}
		if known < 50 {
			t.Errorf("%s: of %d foreign names and amounts the whole report holds only %d: the test finds nothing", owner, len(foreign), known)
		}
		for form, text := range theirs {
			if !strings.Contains(text, owner) && form != "xlsx" {
				t.Errorf("the %s does not say that it is %s's", form, owner)
			}
		}
	}
}

// where returns where text holds name as a word of its own, -1 where it does not.
func where(text, name string) int {
	part := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-' }
	for from := 0; ; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return -1
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(name):])
		if !part(before) && !part(after) {
			return i
		}
		from = i + 1
	}
}

// theirTotal adds up an owner's charges of a bill.
func theirTotal(t *testing.T, l *ledger.Ledger, rules []usage.OwnerRule, owner, period string) (d usage.Decimal) {
	t.Helper()
	looked(t, l, rules, "SELECT sum(BilledCost) FROM usage WHERE x_Owner = $1 AND x_BillingPeriod = $2",
		func(r *sql.Rows) error { return r.Scan(ledger.Amount(&d)) }, owner, period)
	return d
}

// others returns every name and id that no charge of owner has, the names of the
// other owners, and the larger amounts of others: by bill, service and resource.
func others(t *testing.T, l *ledger.Ledger, rules []usage.OwnerRule, owner string) (out []string) {
	t.Helper()
	looked(t, l, rules, `WITH texts AS (
			SELECT unnest([SubAccountId, SubAccountName, ResourceId, ResourceName, x_ResourceGroupName, x_Owner]) AS text, x_Owner IS NOT DISTINCT FROM $1 AS theirs FROM usage
		) SELECT text FROM texts WHERE text <> '' GROUP BY text HAVING NOT bool_or(theirs) ORDER BY text`,
		func(r *sql.Rows) error {
			var name string
			err := r.Scan(&name)
			out = append(out, name)
			return err
		}, owner)
	// Twins cost the same: an amount that is theirs, too, tells nothing.
	const sums = ` GROUP BY GROUPING SETS ((x_BillingPeriod), (x_BillingPeriod, x_Owner), (x_BillingPeriod, ServiceName), (x_BillingPeriod, SubAccountId), (x_BillingPeriod, ResourceId)) `
	looked(t, l, rules, `(SELECT sum(BilledCost) FROM usage WHERE x_Owner IS DISTINCT FROM $1`+sums+`UNION SELECT sum(BilledCost) FROM usage GROUP BY x_BillingPeriod)
		EXCEPT (SELECT sum(BilledCost) FROM usage WHERE x_Owner = $1`+sums+`)`,
		func(r *sql.Rows) error {
			var d usage.Decimal
			err := r.Scan(ledger.Amount(&d))
			if exact := d.Text(2); len(exact) > 14 { // a shorter one is met by chance
				out = append(out, exact)
			}
			if d.Cmp(usage.DecimalOf(5000)) > 0 {
				out = append(out, d.Round(2).Text(2))
			}
			return err
		}, owner)
	return out
}

func looked(t *testing.T, l *ledger.Ledger, rules []usage.OwnerRule, query string, scan func(*sql.Rows) error, args ...any) {
	t.Helper()
	err := l.Update(t.Context(), func(conn *sql.Conn) error {
		if _, err := conn.ExecContext(t.Context(), ledger.OwnersSQL(rules)); err != nil {
			return err
		}
		rows, err := conn.QueryContext(t.Context(), query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := scan(rows); err != nil {
				return err
			}
		}
		if err := rows.Err(); err != nil {
			return err
		}
		_, err = conn.ExecContext(t.Context(), "DROP TABLE temp.owned")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
