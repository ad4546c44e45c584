package reports

import (
	"fmt"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/internal/query"
	"usagereport/usage"
)

// HeadOfFindings says of how many alarms a period has, and what they make; of one of several currencies, which it is.
func HeadOfFindings(period analysis.Chosen, fs []analysis.Finding, several bool) string {
	l := locale.InEnglish()
	var sum, month usage.Money
	n, up := 0, true
	for _, f := range fs {
		if f.Answer != nil || f.Severity == usage.SeverityLow || f.Kind == usage.KindUnitCost || f.Kind == usage.KindUnused ||
			f.Currency != period.Currency {
			continue
		}
		n++
		up = up && f.Direction == usage.Up
		sum = usage.Money{Amount: sum.Amount.Add(f.Impact.Amount), Currency: f.Currency}
		if f.PerMonth != nil {
			month = usage.Money{Amount: month.Amount.Add(f.PerMonth.Amount), Currency: f.Currency}
		}
	}
	head := period.Name
	if period.Span == period.Span.From.Month() {
		head = l.Say(locale.T("%s", locale.MonthYear(period.Span.From)))
	}
	if period.State == usage.Open && period.Reach != 0 {
		head += ", data to " + l.ShortDay(period.Reach)
	}
	what := "unusual changes"
	switch {
	case n == 0 && several:
		return head + ": nothing unusual in " + period.Currency
	case n == 0:
		return head + ": nothing unusual"
	case n == 1 && up:
		what = "unusual increase"
	case n == 1:
		what = "unusual change"
	case up:
		what = "unusual increases"
	}
	since := "since they began" // also what was before the period
	if n == 1 {
		since = "since it began"
	}
	head += fmt.Sprintf(": %d %s, %s %s", n, what, l.WithCode(l.Signed(sum), sum.Currency), since)
	if month.Amount.Sign() != 0 {
		head += ", about " + plus(month) + l.About(month) + " a month"
	}
	return head
}

// plus is the plus of an amount that is not negative.
func plus(m usage.Money) string {
	if m.Amount.Sign() > 0 {
		return "+"
	}
	return ""
}

// Widths of what stands behind a finding's name.
const (
	ownerWidth  = 24
	amountWidth = 14
	monthWidth  = 16
	withOwner   = 95  // terminals from here on have the owner in a column
	withMonth   = 115 // and from here on the amount a month
)

// FindingBlock is a finding in lines of at most width columns; coded, its amount names its
// currency.
func FindingBlock(f analysis.Finding, width int, coded bool) (lines []string) {
	l := locale.InEnglish()
	mark := "△"
	switch {
	case f.Direction == usage.Down:
		mark = "▼"
	case f.Ongoing:
		mark = "▲"
	}
	tail := atRight(l.Signed(f.Impact), amountWidth)
	if coded {
		tail = atRight(l.WithCode(l.Signed(f.Impact), f.Currency), amountWidth+4)
	}
	whose := f.Whose.String()
	inSentence := ""
	switch {
	case width < withOwner && whose != "":
		inSentence = whose
	case width >= withOwner && whose != "" && query.Cells(whose) <= ownerWidth:
		tail = "  " + whose + strings.Repeat(" ", ownerWidth-query.Cells(whose)) + tail
	case width >= withOwner:
		inSentence = whose
		tail = strings.Repeat(" ", ownerWidth+2) + tail
	}
	if width >= withMonth {
		month := "one-off"
		switch {
		case f.PerMonth != nil:
			month = plus(*f.PerMonth) + l.About(*f.PerMonth) + " a month"
		case f.Ongoing:
			month = "so far"
		}
		tail += atRight(month, monthWidth+2)
	}
	tail += "  " + f.ID
	const margin = "  "
	room := width - query.Cells(tail) - query.Cells(margin)
	name := strings.Split(query.Wrap(query.Visible(f.Label.String()), max(12, room)), "\n")
	lines = append(lines, mark+" "+name[0]+strings.Repeat(" ", max(0, room-query.Cells(name[0])))+tail)
	for _, rest := range name[1:] {
		lines = append(lines, margin+rest)
	}
	reason := f.Reason
	if reason.Empty() {
		reason = f.Explanation
	}
	says := slices.DeleteFunc([]string{reason.String(), f.Context, inSentence}, func(s string) bool { return s == "" })
	says = []string{strings.Join(says, " · ")}
	if said := analysis.SaidEvents(f.Events); len(said) > 0 {
		says = append(says, locale.Sentences(said).String())
	}
	if f.Answer != nil {
		says = append(says, f.Answer.Text().String())
	}
	for _, sentence := range says {
		for _, line := range strings.Split(query.Wrap(query.Visible(sentence), width-query.Cells(margin)), "\n") {
			lines = append(lines, margin+line)
		}
	}
	return lines
}

// atRight puts s at the right of so many columns.
func atRight(s string, width int) string {
	return strings.Repeat(" ", max(1, width-query.Cells(s))) + s
}
