package sending

import (
	"context"
	"fmt"
	"slices"

	"usagereport/analysis"
	"usagereport/usage"
)

// over reports whether the last day of a period is over where it is counted: clouds bill by days of UTC. Files reach that day while it
// still runs, and a report goes once.
func (m *Maker) over(p analysis.PeriodInfo) bool { return usage.DayOf(m.Now().UTC()) > p.Span.Last() }

// earlier chooses the period before p, which has not ended: of the ended ones the newest is reported.
func (m *Maker) earlier(ctx context.Context, a *analysis.Analysis, p analysis.PeriodInfo) error {
	ended, flag, before := fmt.Sprintf("%s has not ended: %s is not over", p.Name, p.Span.Last()), "--period", ""
	if p.ByMonth {
		flag = "--month"
	}
	list, err := a.Periods(ctx)
	if err != nil {
		return err
	}
	switch i := slices.IndexFunc(list, func(x analysis.BillingPeriod) bool { return x.Span.From < p.Span.From }); {
	case i < 0:
		return fmt.Errorf("%s, and there is none before it; %s %s sends what there is", ended, flag, p.Name)
	case p.ByMonth:
		before = (p.Span.From - 1).Time().Format("2006-01")
		m.o.Month = before
	default:
		before = list[i].Name
		m.o.Period = before
	}
	m.Note("%s; reports are of %s, and %s %s sends what there is", ended, before, flag, p.Name)
	return nil
}
