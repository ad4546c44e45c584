package reports

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"math"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/reports/chart"
	"usagereport/usage"
)

// A Drill is a page of a server that takes a comparison apart by one dimension.
type Drill struct {
	Comparisons []analysis.Comparison // one a currency, by By, with their days
	By          usage.Dimension
	Path        []Crumb // what was chosen, each with where it leads back to
	Version     string
	Finding     *analysis.Finding // that the page is about; nil for none
	Answering   *Answering        // how it is answered; nil where it cannot be
	Activity    []analysis.Event  // what was done to the resources that were chosen, newest first
	Resources   FindingResources  // of Finding, which the ledger does not have
	Read        string            // the address by which they are read; "" where they cannot be
}

// FindingResources are the resources of a finding whose ledger was loaded from Place without them.
type FindingResources struct {
	Place  string              // "" where the ledger has them
	Of     *analysis.Resources // nil where they were not read
	Unread bool                // they can be
}

// shownResources is how many resources of a finding a page shows.
const shownResources = 20

// A resourceLine is what a page says of a resource. What it costs a day is nil where no day is known.
type resourceLine struct {
	ID, Name    string
	Before, Now *usage.Money // a day
	Inside      usage.Money
}

// ResourceLines are the resources that the page shows.
func (d Drill) ResourceLines() (out []resourceLine) {
	money := func(amount *usage.Decimal) *usage.Money {
		if amount == nil {
			return nil
		}
		return &usage.Money{Amount: *amount, Currency: d.Finding.Currency}
	}
	for _, c := range d.Resources.Of.List[:min(len(d.Resources.Of.List), shownResources)] {
		out = append(out, resourceLine{c.ID, c.Name, money(c.PerDayBefore), money(c.PerDay), *money(&c.Inside)})
	}
	return out
}

// MoreResources is how many the page does not show.
func (d Drill) MoreResources() int { return max(0, len(d.Resources.Of.List)-shownResources) }

// An Answering is the form by which a finding is answered.
type Answering struct {
	Action string
	Guard  string    // what the server knows the form by
	Back   string    // where it leads
	Until  usage.Day // that is suggested for what is planned
}

// A Crumb is one choice on the way to a Drill.
type Crumb struct {
	Title   string // of its dimension
	Label   string
	Without string // the address without it
}

// A drilled is one currency of a Drill.
type drilled struct {
	analysis.Comparison
	By      usage.Dimension
	Title   string // of By
	Path    []Crumb
	Days    chart.Chart
	Reasons chart.Chart
	Lanes   []laneRow
	Lines   []drillLine
}

type drillLine struct {
	analysis.ComparisonRow
	Value, Label string
	Bar          float64
}

// WriteDrill writes the page of d; o.Live says where a value leads to.
func WriteDrill(w io.Writer, d Drill, o Options) error {
	l, err := locale.New(o.Lang)
	if err != nil {
		return err
	}
	t, err := templates(l, o)
	if err != nil {
		return fmt.Errorf("report templates: %w", err)
	}
	var body bytes.Buffer
	if d.Finding != nil {
		if err := t.ExecuteTemplate(&body, "answering.html", d); err != nil {
			return fmt.Errorf("page drill: %w", err)
		}
	}
	if d.Finding != nil && d.Resources.Place != "" {
		if err := t.ExecuteTemplate(&body, "resources.html", d); err != nil {
			return fmt.Errorf("page drill: %w", err)
		}
	}
	for _, c := range d.Comparisons {
		if err := t.ExecuteTemplate(&body, "drill.html", newDrilled(l, d, c)); err != nil {
			return fmt.Errorf("page drill: %w", err)
		}
	}
	if len(d.Activity) > 0 {
		if err := t.ExecuteTemplate(&body, "activity.html", d); err != nil {
			return fmt.Errorf("page drill: %w", err)
		}
	}
	return writeLive(w, t, l, document{
		Title: l.Say(locale.T("Where the cost is")), Version: d.Version,
		Body: template.HTML(body.String()), Live: o.Live,
	})
}

func newDrilled(l *locale.Locale, d Drill, c analysis.Comparison) drilled {
	v := drilled{Comparison: c, By: d.By, Title: analysis.TitleOf(d.By), Path: d.Path}
	if len(c.Daily) > 1 {
		v.Days = chart.Days(l, "drilled", "tall", l.Say(locale.T("Daily cost; the SQL page has the numbers.")), c.Currency, charted(c.Daily))
	}
	if len(c.Base) > 0 {
		v.Reasons, v.Lanes, _ = reasons(l, "reasons", c, d.By != usage.Owner)
	}
	longest := 0.0
	for _, r := range c.Rows {
		longest = math.Max(longest, math.Abs(r.Current.Amount.Float64()))
	}
	for _, r := range c.Rows {
		line := drillLine{ComparisonRow: r, Label: l.Say(locale.T("(all others)")), Bar: barLength(r.Current.Amount.Float64(), longest)}
		if len(r.Values) > 0 {
			line.Value, line.Label = r.Values[0], r.Labels[0]
		}
		v.Lines = append(v.Lines, line)
	}
	return v
}

// WriteLive writes a page of a server that is no report: body below the bar.
func WriteLive(w io.Writer, title string, body template.HTML, o Options) error {
	l, err := locale.New(o.Lang)
	if err != nil {
		return err
	}
	t, err := templates(l, o)
	if err != nil {
		return fmt.Errorf("report templates: %w", err)
	}
	return writeLive(w, t, l, document{Title: title, Body: body, Live: o.Live})
}

func writeLive(w io.Writer, t *template.Template, l *locale.Locale, d document) error {
	d.Lang = l.Lang
	return d.write(w, t, l)
}
