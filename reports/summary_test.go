package reports

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"usagereport/analysis"
	"usagereport/usage"
)

func TestSummary(t *testing.T) {
	d := func(n int64) usage.Decimal { return usage.DecimalOf(n) }
	from, err := usage.ParseDay("2026-10-01")
	if err != nil {
		t.Fatal(err)
	}
	s := Summary{
		Version: "v1", What: "report", Period: analysis.PeriodInfo{Name: "2026-10", Span: from.Month()},
		Bills: []SummaryBill{{Total: d(50000), Unowned: d(1234), Currency: "EUR"}, {Total: d(10), Currency: "USD"}},
		New:   []string{"prod-x"},
		Rows: []SummaryRow{
			{Owner: "Search", State: SummarySent, Costs: []usage.Money{
				{Amount: d(8750), Currency: "EUR"},
				{Amount: d(10), Currency: "USD"},
			}, Detail: "ada@example.org"},
			{Owner: "<b>Web</b>", State: SummaryFailed, Detail: "550\r\nnobody"},
		},
		NotMine:    []SummaryFinding{{ID: "F-AAAAAA", Owner: "Search", Title: "disk", Impact: d(-5), Currency: "EUR"}},
		Unanswered: make([]SummaryFinding, 25),
		Stored:     []string{"https://store.example/x?sig=1"},
	}
	for i := range s.Unanswered {
		s.Unanswered[i] = SummaryFinding{ID: "F-BBBBBB", Owner: "Web", Title: "vm", Impact: d(1500), Currency: "EUR", Told: from + 32}
	}
	m, err := NewSummary(s)
	if err != nil {
		t.Fatal(err)
	}
	if want := "Reports: 1 sent, 1 failed · October 2026"; m.Subject != want {
		t.Errorf("subject %q, want %q", m.Subject, want)
	}
	page, err := goquery.NewDocumentFromReader(strings.NewReader(m.HTML))
	if err != nil {
		t.Fatal(err)
	}
	html, plain := text(page.Find("body")), strings.Join(strings.Fields(m.Text), " ")
	for _, want := range []string{
		"Reports to owners · October 2026", "EUR 8,750.00; USD 10.00", "1,234.00 of EUR 50,000.00", "0.00 of USD 10.00", "prod-x", "<b>Web</b>", "550 nobody",
		"F-AAAAAA, Search: disk, EUR −5.00", "F-BBBBBB, Web: vm, EUR +1,500.00, reported on 2 Nov 2026", "and 5 more",
		"https://store.example/x?sig=1", "Made by usagereport v1.",
	} {
		for form, got := range map[string]string{"page": html, "text": plain} {
			if !strings.Contains(got, want) {
				t.Errorf("the %s has no %q:\n%s", form, want, got)
			}
		}
	}
	// What needs somebody comes first.
	if strings.Index(plain, "failed:") > strings.Index(plain, "sent:") {
		t.Errorf("what failed stands behind:\n%s", plain)
	}
	if m, err = NewSummary(Summary{What: "findings"}); err != nil || !strings.HasPrefix(m.Subject, "Findings: nothing to send") {
		t.Errorf("got %q, %v", m.Subject, err)
	}
}
