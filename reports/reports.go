// Package reports turns answers into pages: one self-contained HTML file that
// opens offline, on any device, and sends nothing anywhere.
//
// A Page is one section. Its View chooses what to say, its template in
// templates/ says it, and nothing but the template functions formats a number.
// Names from the files are data wherever they appear: html/template escapes
// them in the text, encoding/json in the charts' options, and a
// Content-Security-Policy of hashes leaves a script that got through nothing
// to run with.
package reports

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"sync"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/reports/chart"
	"usagereport/usage"
)

//go:embed templates/*.html templates/*.txt assets/report.css assets/report.js assets/tables.js assets/echarts.min.js
var files embed.FS

// Options are what a report needs besides the model. There is no clock among
// them: the same Report and Options give the same bytes.
type Options struct {
	Title string // heads the page; "Cloud cost", and the owner's name, if empty
	Lang  string // "en" if empty, or "zh-Hant": see locale.New

	// AnswersTo is the mail address to which the page offers to answer findings;
	// "" offers nothing.
	AnswersTo string

	// Live is set for a page of a server, which has the page's style and scripts
	// beside it.
	Live *Live
}

// A Live page belongs to a server.
type Live struct {
	Assets string        // the path before the names of Assets, and of live.css and live.js
	Bar    template.HTML // stands above the page: where else to go, what to choose
	// Drill returns the address of what is behind the value of a dimension; nil, or
	// "" for none.
	Drill func(d usage.Dimension, value string) string
	// Finding returns the address of what a finding is about; nil for none.
	Finding func(f analysis.Finding) string
}

// Assets returns the files that a page of a server asks for, by name.
func Assets() (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, name := range []string{"report.css", "report.js", "tables.js", "echarts.min.js"} {
		b, err := files.ReadFile("assets/" + name)
		if err != nil {
			return nil, fmt.Errorf("report assets: %w", err)
		}
		out[name] = b
	}
	out["report.js"] = append(out["report.js"], out["tables.js"]...)
	delete(out, "tables.js")
	return out, nil
}

// A section is one rendered Page.
type section struct {
	Name   string
	ID     string // the anchor: the page's name, and the currency after the first part
	Short  string
	Count  int  // of the findings that are alarms
	Folded bool // it belongs to the section before it, and opens there
	Title  string
	Body   template.HTML
}

// A document is what templates/layout.html renders.
type document struct {
	Title    string
	Head     string // of the browser's window: the title, the period, the answer
	Foot     string // of each printed sheet: the period, what the report is on, how far the data reach
	Day      string // the last day of the data
	Lang     string
	Version  string
	CSP      string
	Style    template.CSS
	Library  template.JS // ECharts
	Script   template.JS
	Words    template.JS // what the script says
	Parts    [][]section // one list per currency
	Nav      []section
	Ending   []section     // said once, for the whole report
	Warnings []locale.Text // shown by the layout where there is no part to show them
	Refused  []string
	Live     *Live
	Body     template.HTML // of a page that is no report
}

// Write renders r as one self-contained HTML file.
func Write(w io.Writer, r *analysis.Report, o Options) error {
	l, err := locale.New(o.Lang)
	if err := errors.Join(err, o.Check()); err != nil {
		return err
	}
	t, err := templates(l, o)
	if err != nil {
		return fmt.Errorf("report templates: %w", err)
	}
	r = urgentFirst(r)
	d := document{Title: titled(l, r, o), Head: head(l, r, o), Lang: l.Lang, Version: r.Version, Live: o.Live}
	d.foot(l, r)
	if len(r.Parts) == 0 {
		d.Warnings, d.Refused = r.Warnings, r.Refused
	}
	for i := range r.Parts {
		p := &r.Parts[i]
		var part []section
		for _, page := range Pages() {
			if page.Once {
				continue
			}
			s, ok, err := render(t, l, page, r, p)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			if i > 0 {
				s.ID += "-" + chart.Slug(p.Currency)
			}
			if len(r.Parts) > 1 {
				s.Title += " (" + p.Currency + ")"
				s.Short += " " + p.Currency
			}
			part = append(part, s)
			if !s.Folded && (i == 0 || s.Name == "answer") { // a part has its own first screen to begin at
				d.Nav = append(d.Nav, s)
			}
		}
		d.Parts = append(d.Parts, part)
	}
	for _, page := range Pages() {
		if !page.Once {
			continue
		}
		s, ok, err := render(t, l, page, r, nil)
		if err != nil {
			return err
		}
		if ok {
			d.Ending = append(d.Ending, s)
			d.Nav = append(d.Nav, s)
		}
	}
	return d.write(w, t, l)
}

// foot says what stands at the foot of each printed sheet.
func (d *document) foot(l *locale.Locale, r *analysis.Report) {
	if len(r.Parts) == 0 {
		return
	}
	p := &r.Parts[0]
	d.Foot = l.Say(locale.T("%s · %s", periodText(p.Period, true), d.Title))
	if p.Period.Reach != 0 {
		d.Foot, d.Day = l.Say(locale.T("%s · data to %s", d.Foot, p.Period.Reach)), p.Period.Reach.String()
	}
	d.Foot = locale.Name(d.Foot, nameLimit)
}

// write writes the page.
func (d *document) write(w io.Writer, t *template.Template, l *locale.Locale) error {
	if err := d.assets(l); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout.html", d); err != nil {
		return fmt.Errorf("report page: %w", err)
	}
	if _, err := b.WriteTo(w); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// parsed has every template. Who writes takes a copy with functions of their own.
var parsed = sync.OnceValues(func() (*template.Template, error) {
	return template.New("").Funcs(funcs(new(locale.Locale), Options{})).ParseFS(files, "templates/*.html")
})

// templates returns every template, with the functions they use.
func templates(l *locale.Locale, o Options) (*template.Template, error) {
	all, err := parsed()
	if err != nil {
		return nil, err
	}
	t, err := all.Clone()
	if err != nil {
		return nil, err
	}
	return t.Funcs(funcs(l, o)), nil
}

// render renders one page, and reports whether it has something to say.
func render(t *template.Template, l *locale.Locale, page Page, r *analysis.Report, p *analysis.Part) (section, bool, error) {
	v, ok := page.View(l, r, p)
	if !ok {
		return section{}, false, nil
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, page.Name+".html", v); err != nil {
		return section{}, false, fmt.Errorf("report page %s: %w", page.Name, err)
	}
	title := page.Title
	if h, ok := v.(headed); ok {
		title = h.heading()
	}
	out := section{Name: page.Name, ID: page.Name, Short: l.Say(page.Short), Title: l.Say(title), Body: template.HTML(b.String())}
	if b, ok := v.(breakdown); ok {
		out.Folded = b.Folded
	}
	if page.Name == "findings" {
		out.Count = len(p.Findings)
	}
	return out, true, nil
}

// assets puts style and scripts into d, and the policy that allows just them.
func (d *document) assets(l *locale.Locale) error {
	words, err := wordsData(l)
	if err != nil {
		return fmt.Errorf("report words: %w", err)
	}
	d.Words = words
	if d.Live != nil { // whose server has them, and says the policy
		return nil
	}
	a, err := carried()
	if err != nil {
		return fmt.Errorf("report assets: %w", err)
	}
	d.Style, d.Library, d.Script, d.CSP = a.style, a.library, a.script, a.policy
	return nil
}

// What a page carries that is not asked of a server.
type assets struct {
	style           template.CSS
	library, script template.JS
	policy          string // that allows just them
}

// carried are the same for all pages, and of a megabyte.
var carried = sync.OnceValues(func() (a assets, err error) {
	var text [4]string
	for i, name := range []string{"report.css", "echarts.min.js", "report.js", "tables.js"} {
		b, err := files.ReadFile("assets/" + name)
		if err != nil {
			return a, err
		}
		text[i] = string(b)
	}
	text[2] += text[3] // one script, by which the page knows its own
	a = assets{style: template.CSS(text[0]), library: template.JS(text[1]), script: template.JS(text[2])}
	a.policy = fmt.Sprintf("default-src 'none'; script-src %s %s; style-src %s; img-src data:; base-uri 'none'; form-action 'none'",
		hash(text[1]), hash(text[2]), hash(text[0]))
	return a, nil
})

// hash returns the source expression that allows exactly this text.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
