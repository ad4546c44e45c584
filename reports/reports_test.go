package reports

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"github.com/jba/templatecheck"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/reports/reportstest"
)

func html(t *testing.T, r *analysis.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, r, Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func page(t *testing.T, r *analysis.Report) *goquery.Document {
	t.Helper()
	d, err := goquery.NewDocumentFromReader(strings.NewReader(html(t, r)))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func english(t *testing.T) *locale.Locale {
	t.Helper()
	l, err := locale.New("")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// text is what a reader sees of a selection, its blanks folded.
func text(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

// A misspelled field fails here, without rendering.
func TestTemplatesFitTheirTypes(t *testing.T) {
	ts, err := templates(english(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range Pages() {
		if err := templatecheck.CheckHTML(ts.Lookup(p.Name+".html"), p.Zero); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
	}
	if err := templatecheck.CheckHTML(ts.Lookup("layout.html"), document{}); err != nil {
		t.Error(err)
	}
}

// A change in a longer line cannot be seen in a review.
func TestTemplatesHaveShortLines(t *testing.T) {
	list, err := files.ReadDir("templates")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		b, err := files.ReadFile("templates/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(b), "\n") {
			if n := utf8.RuneCountInString(line); n > 200 {
				t.Errorf("%s:%d: %d characters; break it inside an action, which leaves the page as it is", f.Name(), i+1, n)
			}
		}
	}
}

func TestSameModelSameBytes(t *testing.T) {
	first, again := html(t, rich()), html(t, rich())
	if first != again {
		t.Error("two renderings differ")
	}
}

func TestFirstScreen(t *testing.T) {
	closed := quiet()
	closed.Parts[0].Period.State = analysis.Closed
	closing := quiet()
	closing.Parts[0].Period.State = analysis.Closing
	stopped := rich()
	end := &stopped.Parts[0].Outlook.End
	end.Range = &analysis.Range{Low95: end.Expected, Low80: end.Expected, High80: end.Expected, High95: end.Expected}
	partial := quiet()
	partial.Partial, partial.Refused = true, []string{"broken.csv: the file is empty"}
	for name, c := range map[string]struct {
		report  *analysis.Report
		says    []string
		doesnot []string
	}{
		"an open month": {rich(), []string{
			"November 2026", "Open month, estimate", "Spent to 27 Nov",
			"Forecast EUR 41,200 for November, 4% above October. Four unusual increases add 5,131 so far.", "four times out of five",
		}, []string{"Nothing unusual", "no comparison", "No action needed"}},
		"nothing to come": {stopped, []string{"Forecast EUR 41,200 for November"}, []string{"41,200 to 41,200", "out of five", "too little history"}},
		"one file": {
			single(),
			[]string{"January 2018 cost USD 751.70. Load the month before to compare.", "no comparison: the period before is not loaded", "usagereport load FILE..."},
			[]string{"Nothing unusual", "No action needed", "above"},
		},
		"a quiet month": {quiet(), []string{"Nothing unusual. No action needed."}, []string{"no comparison"}},
		"a closed one":  {closed, []string{"Closed", "Cost"}, []string{"estimate", "may still change"}},
		"a closing one": {closing, []string{"Ended, may still change until 5 Dec", "Cost"}, []string{"estimate"}},
		"a partial one": {partial, []string{"Incomplete: some files could not be read", "1 file could not be read", "broken.csv: the file is empty"}, []string{"No action needed"}},
	} {
		got := text(page(t, c.report).Find("section.answer"))
		for _, s := range c.says {
			if !strings.Contains(got, s) {
				t.Errorf("%s does not say %q:\n%s", name, s, got)
			}
		}
		for _, s := range c.doesnot {
			if strings.Contains(got, s) {
				t.Errorf("%s says %q:\n%s", name, s, got)
			}
		}
	}
}

// No section is empty, and every chart has a table or a list beside it.
func TestSections(t *testing.T) {
	for name, r := range all() {
		d := page(t, r)
		d.Find("main section, footer section").Each(func(_ int, s *goquery.Selection) {
			if len(text(s)) < 20 {
				t.Errorf("%s: section %s says %q", name, s.AttrOr("id", ""), text(s))
			}
			if s.Find("[data-chart]").Length() > 0 && s.Find("table").Length() == 0 {
				t.Errorf("%s: section %s has a chart and no table", name, s.AttrOr("id", ""))
			}
		})
		ids := map[string]bool{}
		d.Find("[id]").Each(func(_ int, s *goquery.Selection) {
			id := s.AttrOr("id", "")
			if ids[id] {
				t.Errorf("%s: the id %s comes twice", name, id)
			}
			ids[id] = true
		})
		d.Find("a[href]").Each(func(_ int, s *goquery.Selection) {
			if href := s.AttrOr("href", ""); portalAddress.MatchString(href) && s.AttrOr("rel", "") == "noreferrer" {
				return
			} else if !strings.HasPrefix(href, "#") || !ids[href[1:]] {
				t.Errorf("%s: the link %s leads nowhere on the page", name, href)
			}
		})
	}
	if got := page(t, single()).Find("section.compare, section.movers").Length(); got != 0 {
		t.Errorf("a report without prior periods has %d sections that compare", got)
	}
}

// The total on the first screen is the exact one, and the breakdowns add up to
// it.
func TestTotals(t *testing.T) {
	r := rich()
	d := page(t, r)
	if got, want := d.Find(".figure.spent data").First().AttrOr("value", ""), r.Parts[0].Total.Text(); got != want {
		t.Errorf("total %s, want %s", got, want)
	}
}

func TestTwoCurrenciesStandApart(t *testing.T) {
	d := page(t, twoCurrencies())
	if got := d.Find("section.answer").Length(); got != 2 {
		t.Errorf("%d first screens, want one for each currency", got)
	}
}

// The first screen is that of the currency in which something is unusual.
func TestFindingsStandFirst(t *testing.T) {
	r := twoCurrencies()
	slices.Reverse(r.Parts)
	d := page(t, r)
	if got := d.Find("h1").First().Text(); !strings.Contains(got, "unusual increases") {
		t.Errorf("the page begins with %q", got)
	}
}

var inlineCode = regexp.MustCompile(`(?i)^on|^style$`)

// The page is one file that runs only what it was written with.
func TestSelfContained(t *testing.T) {
	for name, r := range all() {
		source := html(t, r)
		d, err := goquery.NewDocumentFromReader(strings.NewReader(source))
		if err != nil {
			t.Fatal(err)
		}
		policy := d.Find(`meta[http-equiv="Content-Security-Policy"]`).AttrOr("content", "")
		if !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "nonce") {
			t.Errorf("%s: policy %q", name, policy)
		}
		d.Find("script:not([type]), style").Each(func(_ int, s *goquery.Selection) {
			sum := sha256.Sum256([]byte(s.Text()))
			if hash := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, hash) {
				t.Errorf("%s: the policy does not allow a %s of %d bytes", name, goquery.NodeName(s), len(s.Text()))
			}
		})
		d.Find("*").Each(func(_ int, s *goquery.Selection) {
			for _, a := range s.Nodes[0].Attr {
				if inlineCode.MatchString(a.Key) || a.Key == "src" && !strings.HasPrefix(a.Val, "data:") {
					t.Errorf("%s: <%s %s=%q>", name, goquery.NodeName(s), a.Key, a.Val)
				}
			}
		})
		if n := d.Find("link, iframe, object, embed, base, form").Length(); n != 0 {
			t.Errorf("%s: %d elements that could reach out", name, n)
		}
	}
}

// Names from files are data: they make no element, end no script, and reach
// the charts as they are.
func TestHostileNames(t *testing.T) {
	plain := page(t, hostile("a plain name"))
	for _, s := range reportstest.Names() {
		d := page(t, hostile(s))
		for _, kind := range []string{"script", "style", "img", "a", "td", "section", "svg"} {
			if got, want := d.Find(kind).Length(), plain.Find(kind).Length(); got != want {
				t.Errorf("%.40q: %d <%s>, want %d", s, got, kind, want)
			}
		}
		d.Find(`script[type="application/json"]`).Each(func(_ int, c *goquery.Selection) {
			if !json.Valid([]byte(c.Text())) {
				t.Errorf("%.40q: a chart's data are no JSON: %.80s", s, c.Text())
			}
		})
	}
}

// A page of a hundred thousand resources stays small: lists are cut before
// they are embedded.
func TestSize(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(all())) {
		if name == "huge" {
			continue // a model that nobody cut
		}
		if n := len(html(t, all()[name])); n > 1_000_000 {
			t.Errorf("%s: %d bytes", name, n)
		}
	}
}
