package reports

import (
	"cmp"

	"usagereport/analysis"
	"usagereport/internal/locale"
)

// The commitments are how much of what was bought ahead was used, and what that saved.
type commitments struct {
	*analysis.Commitments
	Part  *analysis.Part
	Flags string // with which its findings are found
	Says  locale.Text
	Whole bool // of all charges: what is not used of a commitment is no part's
	Saved bool // of any it is known
	Known bool // how much of it was used
	Prior bool // on the same days before, too
	Worst []analysis.CommitmentDay
}

// worstDays is how many days the page names on which commitments were not used.
const worstDays = 31

func viewCommitments(_ *locale.Locale, r *analysis.Report, p *analysis.Part) (any, bool) {
	c := p.Commitments
	if c == nil {
		return nil, false
	}
	v := commitments{
		Commitments: c, Part: p, Flags: foundWith(r, p), Whole: !r.Limited(), Known: c.Utilisation != nil, Prior: c.Before != nil,
	}
	for _, x := range c.Rows {
		v.Saved = v.Saved || v.Whole && x.Saved != nil
	}
	for _, d := range c.Days {
		if v.Whole && d.Unused.Amount.Sign() > 0 && len(v.Worst) < worstDays {
			v.Worst = append(v.Worst, d)
		}
	}
	T := locale.T
	var said []locale.Text
	if len(c.Rows) > 0 {
		said = v.says()
	}
	if share := v.hoursUsed(); share != nil {
		said = append(said, T("%s of the hours that are reserved were used.", locale.Share(*share)))
	}
	v.Says = locale.Sentences(said)
	return v, true
}

// says says what commitments cost, and how much of them was used.
func (v commitments) says() []locale.Text {
	c, T := v.Commitments, locale.T
	said := []locale.Text{
		T("Commitments cost %s by the days they cover; %s of them are on this bill.", locale.Exact(c.Used.Add(c.Unused)), locale.Exact(c.Billed)),
	}
	switch {
	case !v.Whole:
		said = []locale.Text{
			T("Commitments cover %s of the usage here, by effective cost; %s of them are on this bill.", locale.Exact(c.Used),
				locale.Exact(c.Billed)),
			T("How much of them others use, this report does not say."),
		}
	case c.Utilisation == nil:
		said = append(said, T("How much of them others use, this report does not say."))
	case c.Unused.Amount.Sign() == 0:
		said = append(said, T("All of them was used."))
	case c.Before != nil:
		said = append(said, T("%s of them was used, %s on the same days before; %s was paid for nothing.", locale.Share(*c.Utilisation),
			locale.Share(*c.Before), locale.Exact(c.Unused)))
	default:
		said = append(said, T("%s of them was used; %s was paid for nothing.", locale.Share(*c.Utilisation), locale.Exact(c.Unused)))
	}
	if c.Covered != nil {
		said = append(said, T("They cover %s of the services that they are for.", locale.Share(*c.Covered)))
	}
	return said
}

// hoursUsed is the share of all reserved hours that was used; nil where none is known.
func (v commitments) hoursUsed() *float64 {
	var reserved, used float64
	for _, x := range v.Hours {
		reserved, used = reserved+x.Reserved.Float64(), used+x.Used.Float64()
	}
	if reserved == 0 {
		return nil
	}
	share := 100 * used / reserved
	return &share
}

func commitmentsTables(r *analysis.Report, p *analysis.Part) []Table {
	view, ok := viewCommitments(nil, r, p)
	if !ok {
		return nil
	}
	v, T := view.(commitments), locale.T
	t := Table{Name: "commitments", Title: T("Commitments"), Columns: []Column{
		texts(T("Commitment")), texts(T("Kind")), amount(T("On this bill"), p.Currency), amount(T("Used"), p.Currency),
	}, Total: []any{T("Total"), nil, v.Billed, v.Used}}
	if v.Whole {
		t.Columns = append(t.Columns, amount(T("Not used"), p.Currency), Column{Title: T("Share used"), Kind: Share},
			Column{Title: T("Share used before"), Kind: Share}, changed(T("Saved"), p.Currency), Column{Title: T("Savings rate"), Kind: Share})
		t.Total = append(t.Total, v.Unused, orNil(v.Utilisation), orNil(v.Before), nil, nil)
	}
	for _, x := range v.Rows {
		row := []any{commitmentName(x), nil, x.Billed, x.Used}
		if v.Whole {
			row = append(row, x.Unused, orNil(x.Utilisation), orNil(x.Before), nil, orNil(x.Rate))
		}
		if x.Kind != "" {
			row[1] = x.Kind
		}
		if v.Whole && x.Saved != nil {
			row[7] = *x.Saved
		}
		t.Rows = append(t.Rows, row)
	}
	services := Table{Name: "coverage", Title: T("What they cover"), Detail: true, Columns: []Column{
		texts(T("Service")), amount(T("Covered"), p.Currency), amount(T("Of"), p.Currency), {Title: T("Share covered"), Kind: Share},
	}}
	for _, s := range v.Services {
		services.Rows = append(services.Rows, []any{s.Service, s.Covered, s.Total, orNil(s.CoveredOfTotal)})
	}
	days := Table{Name: "unused_days", Title: T("Days not used"), Detail: true, Columns: []Column{
		{Title: T("Day"), Kind: Date}, texts(T("Commitment")), amount(T("Not used"), p.Currency), amount(T("Used"), p.Currency),
	}}
	for _, d := range v.Worst {
		days.Rows = append(days.Rows, []any{d.Day, d.ID, d.Unused, d.Used})
	}
	ends := Table{Name: "ends", Title: T("What ends when"), Columns: []Column{
		texts(T("Commitment")), {Title: T("Last day"), Kind: Date}, amount(T("More a day without it"), p.Currency),
	}}
	for _, e := range v.Ends {
		row := []any{cmp.Or(e.Name, e.ID), e.Last, nil}
		if e.More != nil {
			row[2] = *e.More
		}
		ends.Rows = append(ends.Rows, row)
	}
	hours := Table{Name: "reserved_hours", Title: T("Hours of reservations"), Columns: []Column{
		texts(T("Reservation")),
		{Title: T("Days with hours"), Kind: Count},
		{Title: T("Hours reserved"), Kind: Quantity},
		{Title: T("Hours used"), Kind: Quantity},
		{Title: T("Share used"), Kind: Share},
	}}
	for _, x := range v.Hours {
		hours.Rows = append(hours.Rows, []any{cmp.Or(x.Name, x.ID), x.Days, x.Reserved, x.Used, orNil(x.Utilisation)})
	}
	found := Table{Name: "unused", Title: T("Less used than usual"), Columns: []Column{
		texts(T("What and why")),
		{Title: T("From"), Kind: Date},
		amount(T("Actual"), p.Currency), amount(T("Expected"), p.Currency),
		changed(T("Impact"), p.Currency), texts(T("Number")), texts(T("Answer")),
	}}
	for _, f := range v.Findings() {
		row := []any{f.Explanation, f.Start, f.Actual, f.Expected, f.Impact, f.ID, f.Answer.Text()}
		if f.Actual.Amount.Sign() == 0 { // it is known in hours alone
			row[2], row[3], row[4] = nil, nil, nil
		}
		found.Rows = append(found.Rows, row)
	}
	var out []Table
	for _, more := range []Table{t, hours, found, ends, services, days} {
		if len(more.Rows) > 0 {
			out = append(out, more)
		}
	}
	return out
}

// commitmentName is what people know a commitment by.
func commitmentName(c analysis.Commitment) string {
	if c.Name != "" {
		return c.Name
	}
	return c.ID
}
