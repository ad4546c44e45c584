package web

import (
	"bytes"
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
	Dates   []field // of days of one's own: what each is called in the form, and for people
	Hidden  []field // what else was chosen
	Only    []crumb // of what the page is alone
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

// A crumb is a value that was chosen, and the address without it.
type crumb struct{ Title, Label, Without string }

// choiceOf reads a page's address.
func choiceOf(q url.Values) Choice {
	return Choice{Period: q.Get("period"), Against: q.Get("against"), Owner: q.Get("owner"), Currency: q.Get("currency")}
}

// values is the reverse of choiceOf.
func (c Choice) values() url.Values {
	q := url.Values{}
	for name, v := range map[string]string{"period": c.Period, "against": c.Against, "owner": c.Owner, "currency": c.Currency} {
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

// live returns what a page has that belongs to this server, of which more is the page's own.
func (s *Server) live(ctx context.Context, path string, c Choice, more func(*bar, Choices)) (*reports.Live, error) {
	b := bar{Path: path}
	all := Choices{}
	if path != "/sql" {
		var err error
		if all, err = s.backend.Choices(ctx); err != nil {
			return nil, err
		}
	}
	T, say := locale.T, s.l.Say
	for _, p := range []link{
		{Name: say(T("Report")), Href: "/"},
		{Name: say(T("Where the cost is")), Href: "/drill"},
		{Name: "SQL", Href: "/sql"},
	} {
		to := c
		if p.Href == "/" { // which has each period beside the one before it
			to.Against = ""
		}
		p.Current = p.Href == path
		p.Href = address(p.Href, to.values())
		b.Pages = append(b.Pages, p)
	}
	if path != "/sql" {
		periods := selection{Name: "period", Label: say(T("Period")), Options: []option{{Label: say(T("Current"))}}}
		periods.Options = append(periods.Options, s.bills(all.Periods)...)
		b.Selects = append(b.Selects, periods)
		b.Selects = append(b.Selects, few("owner", say(T("Owner")), say(T("All")), all.Owners, c.Owner, 0)...)
		b.Selects = append(b.Selects, few("currency", say(T("Currency")), say(T("All")), all.Currencies, c.Currency, 1)...)
	}
	if more != nil {
		more(&b, all)
	}
	for i := range b.Selects {
		if b.Selects[i].Name == "period" {
			b.Selects[i].choose(c.Period)
		}
	}
	var text bytes.Buffer
	if err := s.page.ExecuteTemplate(&text, "bar.html", b); err != nil {
		return nil, fmt.Errorf("bar: %w", err)
	}
	return &reports.Live{Assets: "/assets/" + s.mark + "/", Bar: template.HTML(text.String())}, nil
}

// bills are the billing periods as options, those of several currencies once.
func (s *Server) bills(periods []analysis.BillingPeriod) (out []option) {
	for _, p := range periods {
		if o := (option{Value: p.Name, Label: s.l.Say(locale.Bill(p.Name, p.Span))}); !slices.ContainsFunc(out, func(x option) bool {
			return x.Value == o.Value
		}) {
			out = append(out, o)
		}
	}
	return out
}

// choose selects a value, which becomes an option where it is none yet.
func (s *selection) choose(value string) {
	for i := range s.Options {
		s.Options[i].Selected = s.Options[i].Value == value
		if s.Options[i].Selected {
			return
		}
	}
	s.Options = append(s.Options, option{Value: value, Label: value, Selected: true})
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
	d, err := readDrilling(r)
	if err != nil {
		s.answer(w, r, nil, "", Mistake{err})
		return
	}
	if r.URL.Query().Has("from") { // days say the rest of the address
		http.Redirect(w, r, reportAddress(d.Choice, d.path), http.StatusSeeOther)
		return
	}
	c, only := part(d.Choice, d.path)
	body, tag, err := s.reportOf(r.Context(), c, only)
	s.answer(w, r, body, tag, err)
}

func (s *Server) report(ctx context.Context, c Choice) ([]byte, error) {
	body, _, err := s.reportOf(ctx, c, nil)
	return body, err
}

// part is what a report is on where a drill has only: an owner's report is no part by a dimension.
func part(c Choice, only []analysis.Filter) (Choice, []analysis.Filter) {
	var out []analysis.Filter
	for _, f := range only {
		if f.Dimension == usage.Owner {
			c.Owner = f.Value
		} else {
			out = append(out, f)
		}
	}
	return c, out
}

// reportAddress is that of the report on what was chosen.
func reportAddress(c Choice, only []analysis.Filter) string {
	c, only = part(c, only)
	q := c.values()
	for _, f := range only {
		q.Add("only", string(f.Dimension)+"="+f.Value)
	}
	return address("/", q)
}

func (s *Server) reportOf(ctx context.Context, c Choice, only []analysis.Filter) ([]byte, string, error) {
	return s.made(ctx, reportAddress(c, only), func(ctx context.Context, w io.Writer) error {
		live, err := s.live(ctx, "/", c, func(b *bar, all Choices) {
			b.Selects[0].Options = append(b.Selects[0].Options, s.spans(all.Periods, all.YearBegins)...)
			b.Dates = []field{{"from", s.l.Say(locale.T("From"))}, {"to", s.l.Say(locale.T("To"))}}
			for i, f := range only {
				b.Hidden = append(b.Hidden, field{"only", string(f.Dimension) + "=" + f.Value})
				without := slices.Delete(slices.Clone(only), i, i+1)
				b.Only = append(b.Only, crumb{s.l.Say(reports.Word(analysis.TitleOf(f.Dimension))), label(nil, f), reportAddress(c, without)})
			}
			if by := next(only); len(only) > 0 && by != "" {
				b.Pages[1].Href = drilling{Choice: c, by: by, path: only}.address()
			}
		})
		if err != nil {
			return err
		}
		live.Drill = drills(c, only)
		if len(only) == 0 { // a part's findings are known by its report alone
			live.Finding = findingAddress(c)
		}
		rep, err := s.backend.Report(ctx, c, only)
		if err != nil {
			return err
		}
		return reports.Write(w, rep, reports.Options{Lang: s.o.Lang, Live: live})
	})
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
	live, barErr := s.live(r.Context(), r.URL.Path, Choice{}, nil)
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
