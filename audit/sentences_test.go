package audit

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"usagereport/analysis"
	"usagereport/internal/ledgertest"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// failing returns the claims of r that a's ledger denies.
func failing(t *testing.T, a *analysis.Analysis, r *analysis.Report) []Claim {
	t.Helper()
	claims, err := Of(t.Context(), a.Conn(), r, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return Failed(claims)
}

// What a sentence says of how much of a commitment is used is held to the ledger.
func TestAuditReadsHowMuchOfACommitmentIsUsed(t *testing.T) {
	var b strings.Builder
	b.WriteString("BilledCost,EffectiveCost,BillingAccountId,SubAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory," +
		"ChargePeriodStart,ChargePeriodEnd,ServiceName,ResourceId,PricingCategory,CommitmentDiscountId,CommitmentDiscountStatus\n")
	for d := usage.Date(2026, 9, 1); d <= usage.Date(2026, 10, 12); d++ {
		row := func(cost float64, resource, status string) {
			fmt.Fprintf(&b, "0,%g,acc,sub,EUR,%s,%s,Usage,%s,%s,Virtual Machines,%s,Committed,plan,%s\n", cost, d.Month().From, d.Month().To, d, d+1,
				resource, status)
		}
		if d < usage.Date(2026, 10, 1) {
			row(10, "vm", "Used")
			continue
		}
		row(6, "vm", "Used")
		row(4, "", "Unused")
	}
	path := filepath.Join(t.TempDir(), "focus.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	l := ledgertest.Of(t, path)
	a, r := reported(t, l, analysis.Options{})
	defer a.Close()
	f := r.Parts[0].Commitments.Rows[0].Finding
	if f == nil {
		t.Fatal("that less of it is used is not told")
	}
	expect(t, failing(t, a, r))
	f.Reason = locale.Said(strings.ReplaceAll(f.Reason.String(), "60%", "64%"))
	if n := len(failing(t, a, r)); n != 1 {
		t.Errorf("of a report that says 64 for 60, %d claims fail", n)
	}
}

// The sentence on a credit that has ended names its last day, not the first without it.
func TestAuditReadsUntilWhenACreditCame(t *testing.T) {
	b := &bill{files: map[usage.Day]*strings.Builder{}}
	last, ended := usage.Date(2026, 6, 25), usage.Date(2026, 6, 5)
	for d := usage.Date(2026, 4, 1); d <= last; d++ {
		b.row(d, 20, "EUR", "s1", "Usage", "VMs", "rg", "/subscriptions/s1/m1", "D2", "Hours", 24)
		if d < ended {
			b.row(d, -4, "EUR", "s1", "Usage", "VMs", "rg", "/subscriptions/s1/m2", "D2", "Hours", 24)
		}
	}
	l := b.load(t)
	a, r := reported(t, l, analysis.Options{Today: last + 1})
	defer a.Close()
	at := slices.IndexFunc(r.Parts[0].Findings, func(f analysis.Finding) bool {
		return strings.Contains(f.Explanation.String(), "was credited with about EUR 4 a day until 4 Jun")
	})
	if at < 0 {
		t.Fatal("that the credit has ended is not told")
	}
	expect(t, failing(t, a, r))
	f := &r.Parts[0].Findings[at]
	f.Explanation = locale.Said(strings.Replace(f.Explanation.String(), "until 4 Jun", "until 5 Jun", 1))
	if len(failing(t, a, r)) == 0 {
		t.Error("a sentence that names a day too late is let pass")
	}
}

// Of two rises, one on top of the other, each says by how much the quantity changed that day, and the audit holds it to that.
func TestAuditReadsTwoRises(t *testing.T) {
	var b strings.Builder
	b.WriteString("BilledCost,EffectiveCost,BillingAccountId,SubAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory," +
		"ChargePeriodStart,ChargePeriodEnd,ServiceName,ResourceId,ConsumedQuantity,ConsumedUnit,SkuMeter\n")
	for d := usage.Date(2026, 6, 1); d <= usage.Date(2026, 10, 24); d++ {
		m := d.Month()
		for k := range 12 {
			cost := 20 + float64(k) + float64(d.Time().YearDay()*(k+3)%7)/10
			if k == 0 && d >= usage.Date(2026, 9, 28) {
				cost *= 1.6
			}
			if k == 0 && d >= usage.Date(2026, 10, 12) {
				cost *= 1.8
			}
			fmt.Fprintf(&b, "%g,%g,acc,sub,EUR,%s,%s,Usage,%s,%s,Virtual Machines,vm%d,%g,Hours,m\n", cost, cost, m.From, m.To, d, d+1, k, 2*cost)
		}
	}
	path := filepath.Join(t.TempDir(), "focus.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	a, r := reported(t, ledgertest.Of(t, path), analysis.Options{})
	defer a.Close()
	found := r.Parts[0].Findings
	if len(found) != 2 {
		t.Fatalf("%d findings", len(found))
	}
	expect(t, failing(t, a, r))
	for i, f := range found {
		right := regexp.MustCompile(`[0-9]+%`).FindString(f.Explanation.String())
		for _, wrong := range []string{"30%", "188%"} {
			found[i].Explanation = locale.Said(strings.ReplaceAll(f.Explanation.String(), right, wrong))
			if n := len(failing(t, a, r)); n != 1 {
				t.Errorf("of a report that says %s for %s, %d claims fail", wrong, right, n)
			}
		}
		found[i] = f
	}
}
