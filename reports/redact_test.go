package reports

import (
	"database/sql"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"usagereport/analysis"
	"usagereport/internal/ledgertest"
	"usagereport/ledger"
	"usagereport/usage"
)

// A redacted report holds no name, id or tag of the ledger, in any form, and says
// the same numbers.
func TestRedactedReportNamesNothing(t *testing.T) {
	l := ledgertest.Demo(t, 3)
	plan := analysis.Plan{From: usage.Date(2026, 1, 1), Amount: usage.DecimalOf(31), Per: analysis.PerMonth, Note: "Werk Halle 9"}
	var rules []usage.OwnerRule
	for i, x := range []struct{ owner, rule, share string }{
		{"Gemeinkosten Netz", "x_ResourceGroupName=rg-monitor", "even"},
		{"Team Shop", "Tags.owner=shop", ""},
		{"Plattform Nord", "Tags.owner=platform", ""},
	} {
		terms, err := usage.ParseOwnerTerms(x.rule)
		if err != nil {
			t.Fatal(err)
		}
		r := usage.OwnerRule{Line: i + 2, Owner: x.owner, Terms: terms}
		if x.share != "" {
			r.Share = &usage.Share{By: usage.Evenly}
		}
		rules = append(rules, r)
	}
	owners := []string{"Gemeinkosten Netz", "Team Shop", "Plattform Nord"}
	report := func(owner, period string) (*analysis.Report, *analysis.Analysis) {
		t.Helper()
		a, err := analysis.Look(t.Context(), l, analysis.Options{
			Owner: owner, Period: period, Tags: []string{"owner"}, Whose: true,
			Plans: []analysis.Plan{plan},
		}, rules)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { a.Close() })
		r, err := a.Report(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		r.Version = "v1"
		return r, a
	}
	said := []string{"Umzug von Kunde Meier nach Halle 7", "grace.meier@kunde.example", plan.Note}
	for _, owner := range []string{"", "Team Shop"} {
		r, _ := report(owner, "")
		answer := ledger.Answer{
			Finding: idsOf(r)[0], Answer: "planned", By: said[1], At: time.Unix(0, 0),
			Until: r.Parts[0].Period.Span.To + 100, Note: said[0],
		}
		if _, err := l.AddAnswers(t.Context(), []ledger.Answer{answer}); err != nil {
			t.Fatal(err)
		}
	}
	var accounts []string
	names := slices.Concat(sensitive(t, l), owners, said)
	empty := forms(t, &analysis.Report{Version: "v1"})
	for _, owner := range []string{"", "Team Shop"} {
		r, a := report(owner, "")
		r.Refused = []string{"exports/Kunde-Meier.csv: line 7: Kunde Meier"}
		open := forms(t, r)
		for _, x := range said {
			if where(open["html"], x) < 0 {
				t.Errorf("the open report on %q does not hold %q: the test finds nothing", owner, x)
			}
		}
		total := r.Parts[0].Total
		ids := idsOf(r)
		p, err := a.NewPseudonyms(t.Context(), []byte("a key"), owners)
		if err != nil {
			t.Fatal(err)
		}
		r.Redact(p)
		if r.Parts[0].Total != total || !slices.Equal(idsOf(r), ids) || len(ids) == 0 {
			t.Errorf("redacted, the report on %q has another total or other findings: %v, %v", owner, idsOf(r), ids)
		}
		closed := forms(t, r)
		low := map[string]string{}
		for form, text := range closed {
			low[form] = strings.ToLower(text)
		}
		told := 0
		for _, name := range append(names, "Meier", "Kunde-Meier") {
			if slices.Contains([]string{"owner", "shared"}, name) || where(empty["html"], name) >= 0 { // words of the report itself
				continue
			}
			if where(open["json"], name) >= 0 {
				told++
			}
			for form, text := range low {
				if at := where(text, strings.ToLower(name)); at >= 0 {
					t.Errorf("the redacted %s on %q holds %q: …%s…", form, owner, name, text[max(0, at-80):min(len(text), at+80)])
				}
			}
		}
		if told < 50 {
			t.Errorf("of %d names the open report on %q holds only %d: the test finds nothing", len(names), owner, told)
		}
		for _, gone := range []string{"portal.azure.com", "SELECT "} {
			if strings.Contains(open["html"], gone) && strings.Contains(closed["html"], gone) {
				t.Errorf("the redacted report on %q holds %q", owner, gone)
			}
		}
		again, err := a.NewPseudonyms(t.Context(), []byte("a key"), owners)
		if err != nil {
			t.Fatal(err)
		}
		earlier, _ := report(owner, "last")
		earlier.Redact(again)
		if earlier.Parts[0].Period.Name == r.Parts[0].Period.Name {
			t.Errorf("both reports are on %s", r.Parts[0].Period.Name)
		}
		for _, acc := range slices.Concat(r.Parts[0].Accounts, earlier.Parts[0].Accounts) {
			switch {
			case owner == "" && len(accounts) < len(r.Parts[0].Accounts):
				accounts = append(accounts, acc.ID)
			case !slices.Contains(accounts, acc.ID):
				t.Errorf("with the same key a subscription is %s, and is none of %v", acc.ID, accounts)
			}
		}
		if x, y := again.Text("rg-monitor"), p.Text("in RG-Monitor!"); "in "+x+"!" != y {
			t.Errorf("the pseudonym of a group is %q, in a sentence %q", x, y)
		}
	}
}

func idsOf(r *analysis.Report) (out []string) {
	for _, p := range r.Parts {
		for _, f := range slices.Concat(p.Findings, p.Minor, p.Down) {
			out = append(out, f.ID)
		}
	}
	return out
}

// sensitive returns every name, id, tag and file of the ledger that is not what a
// service, meter or region is called.
func sensitive(t *testing.T, l *ledger.Ledger) (out []string) {
	t.Helper()
	looked(t, l, nil, `WITH named AS (
			SELECT DISTINCT unnest([BillingAccountId, BillingAccountName, SubAccountId, SubAccountName, x_ResourceGroupName, ResourceId, ResourceName, x_InvoiceSectionName, x_CostCenter,
				CommitmentDiscountId, CommitmentDiscountName, InvoiceId, x_SourceFile]) AS name FROM usage
			UNION SELECT DISTINCT unnest(map_keys(Tags)) FROM usage
			UNION SELECT DISTINCT unnest(map_values(Tags)) FROM usage
		)
		SELECT name FROM named WHERE name <> '' AND lower(name) NOT IN (SELECT DISTINCT lower(unnest([ServiceName, SkuMeter, RegionId, RegionName, ServiceCategory, ServiceSubcategory, ResourceType, ConsumedUnit])) FROM usage WHERE true) ORDER BY name`,
		func(r *sql.Rows) error {
			var name string
			err := r.Scan(&name)
			if utf8.RuneCountInString(name) > 2 {
				out = append(out, name)
			}
			return err
		})
	return out
}
