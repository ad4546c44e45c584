package web

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/reports"
	"usagereport/usage"
)

// A bar is what stands above each page.
type bar struct {
	Pages   []link
	Path    string // of the page itself, which its form asks for
	Selects []selection
	Hidden  []field // what else was chosen
}

type link struct {
	Name    string
	Href    string
	Current bool
}

type selection struct {
	Name, Label string
	Options     []option
}

type option struct {
	Value, Label string
	Selected     bool
}

type field struct{ Name, Value string }

// choiceOf reads a page's address.
func choiceOf(q url.Values) Choice {
	return Choice{Period: q.Get("period"), Owner: q.Get("owner"), Currency: q.Get("currency")}
}

// values is the reverse of choiceOf.
func (c Choice) values() url.Values {
	q := url.Values{}
	for name, v := range map[string]string{"period": c.Period, "owner": c.Owner, "currency": c.Currency} {
		if v != "" {
			q.Set(name, v)
		}
	}
	return q
}

func address(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// live returns what a page has that belongs to this server.
func (s *Server) live(ctx context.Context, path string, c Choice, more []selection, hidden []field, drill func(usage.Dimension,
	string) string,
) (*reports.Live, error) {
	b := bar{Path: path, Hidden: hidden}
	say := func(key string) string { return s.l.Say(locale.T(key)) }
	for _, p := range []link{{Name: say("Report"), Href: "/"}, {Name: say("Where the cost is"), Href: "/drill"}, {Name: "SQL", Href: "/sql"}} {
		p.Current = p.Href == path
		p.Href = address(p.Href, c.values())
		b.Pages = append(b.Pages, p)
	}
	if path != "/sql" {
		all, err := s.backend.Choices(ctx)
		if err != nil {
			return nil, err
		}
		periods := selection{Name: "period", Label: say("Period"), Options: []option{{Label: say("Current"), Selected: c.Period == ""}}}
		for _, p := range all.Periods {
			if o := (option{
				Value: p.Name, Label: p.Name + " (" + s.l.Span(p.Span) + ")",
				Selected: p.Name == c.Period,
			}); !slices.ContainsFunc(periods.Options, func(x option) bool { return x.Value == o.Value }) {
				periods.Options = append(periods.Options, o)
			}
		}
		b.Selects = append(b.Selects, periods)
		b.Selects = append(b.Selects, few("owner", say("Owner"), say("All"), all.Owners, c.Owner, 0)...)
		b.Selects = append(b.Selects, few("currency", say("Currency"), say("All"), all.Currencies, c.Currency, 1)...)
		b.Selects = append(b.Selects, more...)
	}
	var text bytes.Buffer
	if err := s.page.ExecuteTemplate(&text, "bar.html", b); err != nil {
		return nil, fmt.Errorf("bar: %w", err)
	}
	return &reports.Live{Assets: "/assets/" + s.mark + "/", Bar: template.HTML(text.String()), Drill: drill}, nil
}

// few returns the selection among more than least names.
func few(name, label, all string, names []string, chosen string, least int) []selection {
	if len(names) <= least {
		return nil
	}
	sel := selection{Name: name, Label: label, Options: []option{{Label: all, Selected: chosen == ""}}}
	for _, n := range names {
		sel.Options = append(sel.Options, option{Value: n, Label: n, Selected: n == chosen})
	}
	return []selection{sel}
}

func (s *Server) serveReport(w http.ResponseWriter, r *http.Request) {
	body, tag, err := s.reportOf(r.Context(), choiceOf(r.URL.Query()))
	s.answer(w, r, body, tag, err)
}

func (s *Server) report(ctx context.Context, c Choice) ([]byte, error) {
	body, _, err := s.reportOf(ctx, c)
	return body, err
}

func (s *Server) reportOf(ctx context.Context, c Choice) ([]byte, string, error) {
	return s.made(ctx, address("/", c.values()), func(ctx context.Context, w io.Writer) error {
		live, err := s.live(ctx, "/", c, nil, nil, drills(c, nil))
		if err != nil {
			return err
		}
		rep, err := s.backend.Report(ctx, c)
		if err != nil {
			return err
		}
		return reports.Write(w, rep, reports.Options{Lang: s.o.Lang, Live: live})
	})
}

// order is how a drill goes on, from the dimension that was chosen last.
func order() []usage.Dimension {
	return []usage.Dimension{
		usage.Service, usage.SubAccount, usage.ResourceGroup, usage.Resource, usage.Meter, usage.Region,
		usage.BillingAccount,
	}
}

// drills returns the address of what is behind a value: path and this value, by
// the next dimension that is not chosen yet.
func drills(c Choice, path []analysis.Filter) func(usage.Dimension, string) string {
	return func(d usage.Dimension, value string) string {
		if _, tag := d.Tag(); tag || value == "" {
			return ""
		}
		chosen := append(slices.Clone(path), analysis.Filter{Dimension: d, Value: value})
		by := next(chosen)
		if by == "" {
			return ""
		}
		return drillAddress(c, by, chosen)
	}
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

func drillAddress(c Choice, by usage.Dimension, path []analysis.Filter) string {
	q := c.values()
	q.Set("by", string(by))
	for _, f := range path {
		q.Add("only", string(f.Dimension)+"="+f.Value)
	}
	return address("/drill", q)
}

func (s *Server) serveDrill(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	c := choiceOf(q)
	o := analysis.CompareOptions{Top: 200, Daily: true}
	var hidden []field
	for _, text := range q["only"] {
		name, value, _ := strings.Cut(text, "=")
		d, err := usage.ParseDimension(name)
		if err != nil {
			s.answer(w, r, nil, "", Mistake{err})
			return
		}
		o.Filters = append(o.Filters, analysis.Filter{Dimension: d, Value: value})
		hidden = append(hidden, field{"only", text})
	}
	by := cmp.Or(next(o.Filters), usage.Meter)
	if name := q.Get("by"); name != "" {
		var err error
		if by, err = usage.ParseDimension(name); err != nil {
			s.answer(w, r, nil, "", Mistake{err})
			return
		}
	}
	o.By = []usage.Dimension{by}
	body, tag, err := s.made(r.Context(), drillAddress(c, by, o.Filters), func(ctx context.Context, w io.Writer) error {
		dims := selection{Name: "by", Label: s.l.Say(locale.T("By"))}
		for _, d := range order() {
			dims.Options = append(dims.Options, option{Value: string(d), Label: s.l.Say(reports.Word(analysis.TitleOf(d))), Selected: d == by})
		}
		live, err := s.live(ctx, "/drill", c, []selection{dims}, hidden, drills(c, o.Filters))
		if err != nil {
			return err
		}
		cs, err := s.backend.Compare(ctx, c, o)
		if err != nil {
			return err
		}
		d := reports.Drill{Comparisons: cs, By: by}
		for i, f := range o.Filters {
			without := slices.Delete(slices.Clone(o.Filters), i, i+1)
			d.Path = append(d.Path, reports.Crumb{Title: analysis.TitleOf(f.Dimension), Label: label(f), Without: drillAddress(c, by, without)})
		}
		return reports.WriteDrill(w, d, reports.Options{Lang: s.o.Lang, Live: live})
	})
	s.answer(w, r, body, tag, err)
}

// label shortens the value of a filter: of a resource's id its name.
func label(f analysis.Filter) string {
	if f.Dimension == usage.Resource {
		return f.Value[strings.LastIndexByte(f.Value, '/')+1:]
	}
	return f.Value
}

// answer writes a page, or why there is none.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, body []byte, tag string, err error) {
	if err != nil {
		status := http.StatusInternalServerError
		if m := (Mistake{}); errors.As(err, &m) {
			status = http.StatusBadRequest
		}
		s.fail(w, r, status, err)
		return
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(body)
}

// fail writes a page that says why there is no other.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, status int, err error) {
	var body bytes.Buffer
	page := struct{ Error, Back string }{err.Error(), "/"}
	live, barErr := s.live(r.Context(), r.URL.Path, Choice{}, nil, nil, nil)
	if barErr != nil {
		live = &reports.Live{Assets: "/assets/" + s.mark + "/"}
	}
	if err := s.page.ExecuteTemplate(&body, "error.html", page); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = reports.WriteLive(w, s.l.Say(locale.T("No page")), template.HTML(body.String()), reports.Options{Lang: s.o.Lang, Live: live})
}

func (s *Server) serveAsset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	b, ok := s.assets[name]
	if !ok || r.PathValue("mark") != s.mark {
		http.NotFound(w, r)
		return
	}
	kind := "text/javascript; charset=utf-8"
	if strings.HasSuffix(name, ".css") {
		kind = "text/css; charset=utf-8"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	_, _ = w.Write(b)
}
