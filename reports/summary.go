package reports

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	texttemplate "text/template"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/sending/delivery"
	"usagereport/usage"
)

// A Summary is the mail to the administrator after reports were sent.
type Summary struct {
	Version string              `json:"version"`
	What    SummaryKind         `json:"what"`
	Period  analysis.PeriodInfo `json:"period"`
	Bills   []SummaryBill       `json:"bills"` // one per currency
	New     []string            `json:"new"`   // subscriptions that no earlier period has
	NotMine []SummaryFinding    `json:"not_mine"`
	Nobodys []SummaryFinding    `json:"nobodys,omitempty"` // what no owner's mail tells: of what has no owner, or is shared
	Unused  []SummaryFinding    `json:"unused,omitempty"`  // commitments that no one owner has, and that are used less than they were

	Rows       []SummaryRow     `json:"-"` // one per owner
	Stored     []string         `json:"-"` // links to lists of the reports in a store
	Unanswered []SummaryFinding `json:"-"`
}

// A SummaryBill is a period's total, and what of it is unowned.
type SummaryBill struct {
	Total   usage.Decimal `json:"total"`
	Unowned usage.Decimal `json:"unowned"`

	Currency string `json:"currency"`
}

// A SummaryRow is what became of an owner's report.
type SummaryRow struct {
	Owner  string
	State  SummaryState
	Costs  []usage.Money // the totals
	Detail string        // to whom it went, or why it did not
}

// A SummaryKind says what was sent.
type SummaryKind string

// The kinds of summaries.
const (
	SummaryReports  SummaryKind = "report"
	SummaryFindings SummaryKind = "findings"
)

// A SummaryState is what became of a report.
type SummaryState string

// The states.
const (
	SummarySent    SummaryState = "sent"
	SummaryFailed  SummaryState = "failed"
	SummaryUnsure  SummaryState = "unsure"
	SummarySkipped SummaryState = "not sent"
)

// A SummaryFinding is one that the administrator should know of.
type SummaryFinding struct {
	ID     string        `json:"id"`
	Owner  string        `json:"owner"`
	Title  string        `json:"title"`
	Impact usage.Decimal `json:"impact"`
	Told   usage.Day     `json:"told"` // 0 where that does not matter

	Currency string `json:"currency"`
}

type summaryView struct {
	Subject, Title, Lead string
	Rows                 []summaryRow
	Sections             []summarySection
	Made                 string
}

type summaryRow struct{ Owner, State, Costs, Detail string }

type summarySection struct {
	Title string
	Lines []string
	More  int
}

// NewSummary makes the administrator's mail. It is in English.
func NewSummary(s Summary) (delivery.Message, error) {
	l, err := locale.New("en")
	if err != nil {
		return delivery.Message{}, err
	}
	count := map[SummaryState]int{}
	for _, r := range s.Rows {
		count[r.State]++
	}
	v := summaryView{Made: "Made by usagereport " + s.Version + "."}
	var counts []string
	for _, state := range []SummaryState{SummarySent, SummaryFailed, SummaryUnsure, SummarySkipped} {
		if n := count[state]; n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, state))
		}
	}
	if len(counts) == 0 {
		counts = []string{"nothing to send"}
	}
	v.Lead = strings.Join(counts, ", ") + "."
	what := "Reports"
	if s.What == SummaryFindings {
		what = "Findings"
	}
	period := locale.Name(s.Period.Name, 60)
	if !s.Period.Span.Empty() {
		period = l.Say(locale.Bill(s.Period.Name, s.Period.Span))
	}
	v.Title = fmt.Sprintf("%s to owners · %s", what, period)
	v.Subject = fmt.Sprintf("%s: %s · %s", what, strings.Join(counts, ", "), period)
	// What needs attention comes first.
	order := []SummaryState{SummaryFailed, SummaryUnsure, SummarySent, SummarySkipped}
	rows := slices.Clone(s.Rows)
	slices.SortStableFunc(rows, func(x, y SummaryRow) int { return slices.Index(order, x.State) - slices.Index(order, y.State) })
	for _, r := range rows {
		var costs []string
		for _, m := range r.Costs {
			costs = append(costs, l.WithCode(l.Money(m), m.Currency))
		}
		v.Rows = append(v.Rows, summaryRow{locale.Name(r.Owner, 100), string(r.State), strings.Join(costs, "; "), locale.Name(r.Detail, 400)})
	}
	section := func(title string, lines []string) {
		if len(lines) > 0 {
			most := min(len(lines), 20)
			v.Sections = append(v.Sections, summarySection{title, lines[:most], len(lines) - most})
		}
	}
	var lines []string
	for _, b := range s.Bills {
		unowned, total := usage.Money{Amount: b.Unowned, Currency: b.Currency}, usage.Money{Amount: b.Total, Currency: b.Currency}
		lines = append(lines, fmt.Sprintf("%s of %s", l.Money(unowned), l.WithCode(l.Money(total), b.Currency)))
	}
	section("All reports in the store, for you alone", s.Stored)
	section("Unassigned", lines)
	section("New subscriptions", names(s.New))
	section("Not mine, the owner says", lined(l, s.NotMine))
	section("Findings of no owner", lined(l, s.Nobodys))
	section("Commitments that are used less", lined(l, s.Unused))
	section("Open findings", lined(l, s.Unanswered))
	m := delivery.Message{Digest: delivery.Digest{Title: v.Title, Lines: []string{v.Lead}}}
	for _, x := range v.Sections {
		m.Digest.Facts = append(m.Digest.Facts, delivery.Fact{Name: x.Title, Value: x.Lines[0]})
	}
	err = v.into(&m)
	return m, err
}

// into writes the view into a mail: its subject, and the text twice.
func (v summaryView) into(m *delivery.Message) error {
	l, err := locale.New("en")
	if err != nil {
		return err
	}
	m.Subject = v.Subject
	ts, err := templates(l, Options{})
	if err != nil {
		return fmt.Errorf("summary: %w", err)
	}
	var b bytes.Buffer
	if err := ts.ExecuteTemplate(&b, "summary.html", v); err != nil {
		return fmt.Errorf("summary: %w", err)
	}
	m.HTML = b.String()
	plain, err := texttemplate.ParseFS(files, "templates/summary.txt")
	if err != nil {
		return fmt.Errorf("summary: %w", err)
	}
	b.Reset()
	if err := plain.Execute(&b, v); err != nil {
		return fmt.Errorf("summary: %w", err)
	}
	m.Text = b.String()
	return nil
}

func names(list []string) (out []string) {
	for _, s := range list {
		out = append(out, locale.Name(s, 200))
	}
	return out
}

func lined(l *locale.Locale, list []SummaryFinding) (out []string) {
	for _, f := range list {
		impact := usage.Money{Amount: f.Impact, Currency: f.Currency}
		told := ""
		if f.Told != 0 {
			told = ", reported on " + l.Day(f.Told)
		}
		out = append(out, locale.Name(fmt.Sprintf("%s, %s: %s, %s%s", f.ID, cmp.Or(f.Owner, "of no one owner"), f.Title,
			l.WithCode(l.Signed(impact), f.Currency), told), 300))
	}
	return out
}
