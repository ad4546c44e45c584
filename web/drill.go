package web

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/reports"
	"usagereport/usage"
)

// order is how a drill goes on, from the dimension that was chosen last.
func order() []usage.Dimension {
	return []usage.Dimension{
		usage.Service, usage.SubAccount, usage.ResourceGroup, usage.Resource, usage.Meter, usage.Region,
		usage.BillingAccount,
	}
}

// shownTags is how many tags a drill offers.
const shownTags = 12

// dimensions returns those by which a page can take the cost apart.
func dimensions(c Choice, all Choices) []usage.Dimension {
	dims := order()
	if len(all.Owners) > 0 && c.Owner == "" {
		dims = append(dims, usage.Owner)
	}
	for _, v := range all.Made {
		dims = append(dims, v.Dimension())
	}
	for _, key := range all.Tags[:min(shownTags, len(all.Tags))] {
		dims = append(dims, usage.TagDimension(key))
	}
	return dims
}

// drills returns the address of what is behind a value: path and this value, by
// the next dimension that is not chosen yet.
func drills(c Choice, path []analysis.Filter) func(usage.Dimension, string) string {
	return func(d usage.Dimension, value string) string {
		chosen := append(slices.Clone(path), analysis.Filter{Dimension: d, Value: value})
		by := next(chosen)
		if by == "" {
			return ""
		}
		return drilling{Choice: c, by: by, path: chosen}.address()
	}
}

// findingAddress returns the address of what a finding is about, where it can be answered.
func findingAddress(c Choice) func(analysis.Finding) string {
	return func(f analysis.Finding) string {
		d := drilling{Choice: c, finding: f.ID}
		one := f.Scope[usage.Resource] != "" || len(f.Resources) > 0
		for _, dim := range slices.SortedFunc(maps.Keys(f.Scope), inOrder) {
			switch {
			case dim == usage.Resource && len(f.Resources) > 0:
			case one && (dim == usage.SubAccount || dim == usage.ResourceGroup || dim == usage.BillingAccount): // whose it is, is known
			default:
				d.path = append(d.path, analysis.Filter{Dimension: dim, Value: f.Scope[dim]})
			}
		}
		for _, id := range f.Resources {
			d.path = append(d.path, analysis.Filter{Dimension: usage.Resource, Value: id})
		}
		d.by = next(d.path)
		if len(f.Resources) > 1 {
			d.by = usage.Resource
		}
		return d.address()
	}
}

// inOrder compares dimensions by order, in which tags come last.
func inOrder(x, y usage.Dimension) int {
	place := func(d usage.Dimension) int {
		if i := slices.Index(order(), d); i >= 0 {
			return i
		}
		return len(order())
	}
	return cmp.Or(place(x)-place(y), cmp.Compare(x, y))
}

// next returns the dimension by which what is chosen is shown; "" when nothing is
// left.
func next(chosen []analysis.Filter) usage.Dimension {
	for _, d := range order() {
		if d == usage.BillingAccount || d == usage.Region { // nothing that a resource has several of
			continue
		}
		if !slices.ContainsFunc(chosen, func(f analysis.Filter) bool {
			return f.Dimension == d || f.Dimension == usage.Resource && d != usage.Meter
		}) {
			return d
		}
	}
	return ""
}

// A drilling is what an address of a drill says.
type drilling struct {
	Choice
	by      usage.Dimension
	path    []analysis.Filter
	finding string // that is shown with it; "" is none
	read    bool   // the resources of finding, where the ledger came from
}

func (d drilling) address() string {
	q := d.values()
	if d.by != "" {
		q.Set("by", string(d.by))
	}
	for _, f := range d.path {
		q.Add("only", string(f.Dimension)+"="+f.Value)
	}
	if d.finding != "" {
		q.Set("finding", d.finding)
	}
	if d.read {
		q.Set("resources", "read")
	}
	return address("/drill", q)
}

// readDrilling reads an address. Days that the form for them has, "from", "to" and
// "before-from", "before-to", become the period and what it is compared with.
func readDrilling(r *http.Request) (d drilling, err error) {
	q := r.URL.Query()
	d = drilling{Choice: choiceOf(q), finding: q.Get("finding"), read: q.Get("resources") == "read"}
	for _, x := range []struct {
		from, to string
		into     *string
	}{{q.Get("from"), q.Get("to"), &d.Period}, {q.Get("before-from"), q.Get("before-to"), &d.Against}} {
		if x.from == "" && x.to == "" {
			continue
		}
		p, err := usage.ParseSpan(x.from + ".." + x.to)
		if err != nil {
			return d, err
		}
		*x.into = p.Name()
	}
	for _, text := range slices.Concat(q["only"], q["filter"]) { // which people write who know the flag
		name, value, _ := strings.Cut(text, "=")
		dim, err := usage.ParseDimension(name)
		if err != nil {
			return d, err
		}
		if dim != usage.Owner || d.Owner == "" { // of whom all is
			d.path = append(d.path, analysis.Filter{Dimension: dim, Value: value})
		}
	}
	if name := q.Get("by"); name != "" {
		if d.by, err = usage.ParseDimension(name); err != nil {
			return d, err
		}
	}
	if d.by == "" || d.by == usage.Owner && d.Owner != "" {
		if d.by = next(d.path); d.by == "" {
			d.by = usage.Meter
		}
	}
	return d, nil
}

func (s *Server) serveDrill(w http.ResponseWriter, r *http.Request) {
	d, err := readDrilling(r)
	if err != nil {
		s.answer(w, r, nil, "", Mistake{err})
		return
	}
	if q := r.URL.Query(); q.Has("from") || q.Has("before-from") { // days say the rest of the address
		http.Redirect(w, r, d.address(), http.StatusSeeOther)
		return
	}
	body, tag, err := s.made(r.Context(), d.address(), func(ctx context.Context, w io.Writer) error { return s.writeDrill(ctx, w, d) })
	s.answer(w, r, body, tag, err)
}

func (s *Server) writeDrill(ctx context.Context, w io.Writer, d drilling) error {
	live, err := s.live(ctx, "/drill", d.Choice, func(b *bar, all Choices) {
		s.chooseDrill(b, all, d)
		c := d.Choice
		c.Against = "" // a report has each period beside the one before it
		b.Pages[0].Href = reportAddress(c, d.path)
	})
	if err != nil {
		return err
	}
	live.Drill = drills(d.Choice, d.path)
	out := reports.Drill{By: d.by}
	if out.Comparisons, err = s.backend.Compare(ctx, d.Choice, analysis.CompareOptions{
		Top: 200, Daily: true, Filters: d.path, By: []usage.Dimension{d.by},
	}); err != nil {
		return err
	}
	if d.finding != "" {
		f, until, err := s.backend.Finding(ctx, d.Choice, d.finding)
		if err != nil {
			return err
		}
		out.Finding = &f
		if out.Resources, err = s.backend.Resources(ctx, d.Choice, d.finding, d.read); err != nil {
			return err
		}
		if reading := d; out.Resources.Unread {
			reading.read = true
			out.Read = reading.address()
		}
		if !s.o.ReadOnly {
			out.Answering = &reports.Answering{Action: "/answers", Guard: s.own, Back: d.address(), Until: until}
		}
	}
	var resources []string
	for _, f := range d.path {
		if f.Dimension == usage.Resource && f.Value != "" {
			resources = append(resources, f.Value)
		}
	}
	if len(resources) > 0 {
		if out.Activity, err = s.backend.Activity(ctx, d.Choice, resources); err != nil {
			return err
		}
	}
	for i, f := range d.path {
		without := d
		without.path, without.finding, without.read = slices.Delete(slices.Clone(d.path), i, i+1), "", false
		out.Path = append(out.Path, reports.Crumb{
			Title: analysis.TitleOf(f.Dimension), Label: label(out.Comparisons, f), Without: without.address(),
		})
	}
	return reports.WriteDrill(w, out, reports.Options{Lang: s.o.Lang, Live: live})
}

// label is what people call the value of a filter.
func label(cs []analysis.Comparison, f analysis.Filter) string {
	for _, c := range cs {
		if l := c.Label(f.Dimension, f.Value); l != f.Value {
			return l
		}
	}
	if f.Dimension == usage.Resource {
		return f.Value[strings.LastIndexByte(f.Value, '/')+1:]
	}
	return f.Value
}

// chooseDrill puts into the bar what a drill has to choose: days besides bills, what they
// are compared with, the dimension.
func (s *Server) chooseDrill(b *bar, all Choices, d drilling) {
	T, say := locale.T, s.l.Say
	spans := s.spans(all.Periods, all.YearBegins)
	b.Selects[0].Options = append(b.Selects[0].Options, spans...)
	against := selection{Name: "against", Label: say(T("Compared with")), Options: []option{
		{Label: say(T("the period before"))},
		{Value: string(analysis.AgainstMean3), Label: say(T("the mean of the 3 before"))},
		{Value: string(analysis.AgainstMean6), Label: say(T("the mean of the 6 before"))},
		{Value: string(analysis.AgainstYear), Label: say(T("the same a year ago"))},
	}}
	against.Options = slices.Concat(against.Options, s.bills(all.Periods), spans)
	against.choose(d.Against)
	by := selection{Name: "by", Label: say(T("By"))}
	for _, dim := range dimensions(d.Choice, all) {
		o := option{Value: string(dim), Label: s.l.Say(reports.Word(analysis.TitleOf(dim)))}
		if name, made := dim.Virtual(); made {
			o.Label = name
		}
		if key, tag := dim.Tag(); tag {
			o.Label = s.l.Say(locale.T("Tag %s", key))
		}
		by.Options = append(by.Options, o)
	}
	by.choose(string(d.by))
	b.Selects = slices.Insert(b.Selects, 1, against)
	b.Selects = append(b.Selects, by)
	b.Dates = []field{
		{"from", say(T("From"))}, {"to", say(T("To"))}, {"before-from", say(T("Compared with, from"))}, {"before-to", say(T("to"))},
	}
	for _, f := range d.path {
		b.Hidden = append(b.Hidden, field{"only", string(f.Dimension) + "=" + f.Value})
	}
}

// spans are the quarters and years that bills reach into, newest first; years begin with the
// month of fiscal years.
func (s *Server) spans(periods []analysis.BillingPeriod, begins time.Month) (quarters []option) {
	var years []option
	var first, last usage.Day
	for i, p := range periods {
		if i == 0 || p.Span.From < first {
			first = p.Span.From
		}
		last = max(last, p.Span.Last())
	}
	if first == 0 {
		return nil
	}
	add := func(to *[]option, y int, m, months time.Month) {
		p := usage.Period{From: usage.Date(y, m, 1), To: usage.Date(y, m+months, 1)}
		if p.From > last || p.To <= first {
			return
		}
		o := option{Value: p.Name(), Label: p.Name()}
		if strings.Contains(o.Value, "..") {
			o.Label = s.l.Span(p)
		}
		if months == 12 && begins > time.January {
			o.Label = s.l.Say(locale.T("Fiscal year %s", fmt.Sprintf("%d/%02d", y, (y+1)%100)))
		}
		*to = append(*to, o)
	}
	begins = max(begins, time.January)
	for y := last.Time().Year(); y >= first.Time().Year()-1; y-- {
		for _, after := range []time.Month{9, 6, 3, 0} {
			add(&quarters, y, begins+after, 3)
		}
		add(&years, y, begins, 12)
	}
	return append(quarters, years...)
}
