package reports

import (
	"bytes"
	"image/png"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/jba/templatecheck"

	"usagereport/analysis"
	"usagereport/reports/reportstest"
	"usagereport/sending/delivery"
)

func mailed(t *testing.T, r *analysis.Report, o MailOptions) (delivery.Message, *goquery.Document) {
	t.Helper()
	m, err := NewMail(r, o)
	if err != nil {
		t.Fatal(err)
	}
	d, err := goquery.NewDocumentFromReader(strings.NewReader(m.HTML))
	if err != nil {
		t.Fatal(err)
	}
	return m, d
}

func TestMailTemplateFitsItsType(t *testing.T) {
	ts, err := templates(english(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := templatecheck.CheckHTML(ts.Lookup("mail.html"), mailView{}); err != nil {
		t.Error(err)
	}
}

// What the first screen of the page says, the mail says, in both of its forms:
// every figure, the findings with their amounts and reasons, the warnings.
func TestMailSaysWhatThePageSays(t *testing.T) {
	for name, r := range all() {
		if name == "long" || name == "hostile" {
			continue // cut, or no text of its own
		}
		for _, lang := range []string{"en", "zh-Hant"} {
			if lang != "en" && name != "rich" {
				continue
			}
			var b bytes.Buffer
			if err := Write(&b, r, Options{Lang: lang}); err != nil {
				t.Fatal(err)
			}
			d, err := goquery.NewDocumentFromReader(&b)
			if err != nil {
				t.Fatal(err)
			}
			m, got := mailed(t, r, MailOptions{Options: Options{Lang: lang}})
			html, plain := text(got.Find("body")), strings.Join(strings.Fields(m.Text), " ")
			n := 0
			says := func(what string) {
				n++
				if !strings.Contains(html, what) || !strings.Contains(plain, what) {
					t.Errorf("%s, %s: the page says %q, the mail does not", name, lang, what)
				}
			}
			first := d.Find("section.answer")
			first.Find(".figure").Each(func(_ int, f *goquery.Selection) {
				if f.Is(".end, .spent, .budget") {
					f.Find("data").Each(func(_ int, v *goquery.Selection) { says(text(v)) })
				}
			})
			for i := range r.Parts {
				for _, f := range r.Parts[i].Findings[:min(shownTop, len(r.Parts[i].Findings))] {
					if name == "huge" {
						break // whose findings are all alike
					}
					row := d.Find("section.findings .finding").FilterFunction(func(_ int, s *goquery.Selection) bool {
						return strings.Contains(text(s.Find(".reply")), f.ID)
					})
					if row.Length() != 1 {
						t.Fatalf("%s: %d rows of finding %s", name, row.Length(), f.ID)
					}
					says(text(row.Find(".name").First()))
					if len(r.Parts) == 1 {
						says(text(row.Find(".explanation")))
					}
				}
			}
			if n < 1 && len(r.Parts) > 0 {
				t.Errorf("%s: only %d texts were compared", name, n)
			}
		}
	}
}

// The mail reaches for nothing outside it, and runs nothing.
func TestMailIsAlone(t *testing.T) {
	for name, r := range all() {
		m, d := mailed(t, r, MailOptions{Note: "see http://example.org <script>alert(1)</script>", Attached: []string{"a.html"}})
		if n := d.Find("script, link, iframe, object, embed, base, form, svg, input, video").Length(); n != 0 {
			t.Errorf("%s: %d elements that run or reach out", name, n)
		}
		d.Find("*").Each(func(_ int, s *goquery.Selection) {
			for _, a := range s.Nodes[0].Attr {
				if strings.HasPrefix(a.Key, "on") || (a.Key == "src" || a.Key == "href" || a.Key == "background") &&
					!strings.HasPrefix(a.Val, "cid:") && !strings.HasPrefix(a.Val, "mailto:") || strings.Contains(a.Val, "url(") {
					t.Errorf("%s: <%s %s=%q>", name, goquery.NodeName(s), a.Key, a.Val)
				}
			}
		})
		if at := regexp.MustCompile(`(?i)@import|url\(`).FindString(m.HTML); at != "" {
			t.Errorf("%s: the mail has %s", name, at)
		}
		if len(m.HTML) > 100_000 {
			t.Errorf("%s: %d bytes of HTML", name, len(m.HTML))
		}
		// Gmail takes the style element away: everything has its own.
		if n := d.Find("td[class]:not([style]), a[class]:not([style])").Length(); n != 0 {
			t.Errorf("%s: %d elements look right by the style element alone", name, n)
		}
		shows := map[string]bool{}
		d.Find("img").Each(func(_ int, s *goquery.Selection) {
			shows[s.AttrOr("src", "")] = true
			if len(s.AttrOr("alt", "")) < 20 {
				t.Errorf("%s: the picture's text is %q", name, s.AttrOr("alt", ""))
			}
		})
		for _, i := range m.Images {
			if !shows["cid:"+i.ID] {
				t.Errorf("%s: the picture %s is not shown", name, i.ID)
			}
			if _, err := png.Decode(bytes.NewReader(i.Bytes)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if len(shows) != len(m.Images) {
			t.Errorf("%s: %d pictures for %d places", name, len(m.Images), len(shows))
		}
		again, _ := mailed(t, r, MailOptions{Note: "see http://example.org <script>alert(1)</script>", Attached: []string{"a.html"}})
		if again.HTML != m.HTML || again.Text != m.Text || again.Subject != m.Subject || len(m.Images) > 0 &&
			!bytes.Equal(again.Images[0].Bytes, m.Images[0].Bytes) {
			t.Errorf("%s: two mails of one model differ", name)
		}
	}
}

// Whatever a name is, the mail has the same elements, and its subject is a line.
func TestMailNamesAreNames(t *testing.T) {
	shape := func(d *goquery.Document) (n int) { return d.Find("*:not(br)").Length() }
	_, plain := mailed(t, hostile("a plain name"), MailOptions{Note: "a plain note", Attached: []string{"a plain name"}})
	for _, s := range reportstest.Names() {
		r := hostile(s)
		r.Owner = s
		m, d := mailed(t, r, MailOptions{Note: s + "x", Attached: []string{s}})
		if got, want := shape(d), shape(plain); got != want && strings.TrimSpace(s) != "" {
			t.Errorf("%.40q: %d elements, want %d", s, got, want)
		}
		if strings.ContainsAny(m.Subject, "\r\n\x00\u2028\u202e") || m.Subject == "" || len([]rune(m.Subject)) > 400 {
			t.Errorf("%.40q: the subject is %q", s, m.Subject)
		}
		for _, text := range []string{m.Text, m.HTML} {
			for _, c := range text {
				if c != '\n' && steers(c) {
					t.Errorf("%.40q: %U stands as it is", s, c)
					break
				}
			}
		}
	}
}

func TestMailSubjects(t *testing.T) {
	state := func(s analysis.State) *analysis.Report {
		r := quiet()
		r.Owner, r.Parts[0].Period.State, r.Parts[0].Expected, r.Parts[0].Outlook = "Search", s, nil, nil
		r.Parts[0].Total = eur("41200.5")
		return r
	}
	searched := rich()
	searched.Owner = "Search"
	more := eur("312.4")
	nothing := emptyPart()
	nothing.Owner = "Search"
	for name, c := range map[string]struct {
		r    *analysis.Report
		o    MailOptions
		want string
	}{
		"open":           {searched, MailOptions{}, "Search · Nov 2026: expected EUR 41,200, 4 unusual increases"},
		"without an end": {state(analysis.Open), MailOptions{}, "Search · Nov 2026: EUR 41,200.50 so far, nothing unusual"},
		"closing":        {state(analysis.Closing), MailOptions{}, "Search · Nov 2026: stands at EUR 41,200.50, nothing unusual"},
		"closed":         {state(analysis.Closed), MailOptions{}, "Search · Nov 2026: cost EUR 41,200.50, nothing unusual"},
		"invoiced":       {state(analysis.Invoiced), MailOptions{}, "Search · Nov 2026: invoiced EUR 41,200.50, nothing unusual"},
		"corrected": {
			state(analysis.Closed),
			MailOptions{Corrected: &more},
			"Corrected: EUR +312.40, Search · Nov 2026: cost EUR 41,200.50, nothing unusual",
		},
		"no history":       {single(), MailOptions{}, "Cloud cost · Jan 2018: cost USD 751.70"},
		"two currencies":   {twoCurrencies(), MailOptions{}, "Cloud cost · Nov 2026: expected EUR 41,200, 4 unusual increases; cost USD 751.70"},
		"no charges":       {&analysis.Report{}, MailOptions{}, "Cloud cost: No charges to report"},
		"nothing":          {nothing, MailOptions{}, "Search · Nov 2026: nothing was spent"},
		"nothing, Chinese": {nothing, MailOptions{Options: Options{Lang: "zh-Hant"}}, "Search · 2026年11月：沒有費用"},
		"open, Chinese":    {searched, MailOptions{Options: Options{Lang: "zh-Hant"}}, "Search · 2026年11月：預計EUR 41,200，4項異常增加"},
		"closed, Chinese":  {state(analysis.Closed), MailOptions{Options: Options{Lang: "zh-Hant"}}, "Search · 2026年11月：費用EUR 41,200.50，無異常"},
	} {
		if m, _ := mailed(t, c.r, c.o); m.Subject != c.want {
			t.Errorf("%s: %q, want %q", name, m.Subject, c.want)
		}
	}
}

// An owner without charges reads that nothing was spent, on the page and in the
// mail; one whose subscription lacks data does not.
func TestNothingWasSpent(t *testing.T) {
	for _, missing := range []bool{false, true} {
		r := emptyPart()
		r.Owner = "Search"
		if missing {
			r.Parts[0].Accounts = []analysis.Account{{ID: "a", Name: "prod-x", Missing: true, Last: in("JPY", "31")}}
		}
		m, d := mailed(t, r, MailOptions{})
		for where, said := range map[string]string{
			"page": text(page(t, r).Find("section.answer")), "mail": text(d.Find("body")),
			"text": m.Text, "markdown": reportMarkdown(t, r, Options{}),
		} {
			nothing := "Nothing was spent. No charge of this period is of Search."
			if where == "page" {
				nothing = "No charges in November for Search."
			}
			if strings.Contains(said, nothing) == missing ||
				strings.Contains(said, "prod-x missing") != missing && where != "markdown" {
				t.Errorf("%s, missing %v: %s", where, missing, said)
			}
		}
	}
}

// A mail on findings tells of them alone, why, and what is asked, with the days of
// the first.
func TestMailOnFindings(t *testing.T) {
	r := rich()
	r.Owner = "Search"
	f := r.Parts[0].Findings
	ended := f[1]
	o := MailOptions{
		Options: Options{AnswersTo: "costs@example.org"},
		News: []News{
			{Finding: f[0], Reason: Grown, Before: eur("2100.5")},
			{Finding: f[2], Reason: IsNew},
			{Finding: ended, Reason: Ended},
			{Finding: f[3], Reason: Remind},
		},
	}
	m, d := mailed(t, r, o)
	if want := "Search: Virtual Machines, EUR +4,022.18 (has grown since it was told, from EUR +2,100.50), and 3 more"; m.Subject != want {
		t.Errorf("subject %q, want %q", m.Subject, want)
	}
	var said []string
	d.Find("td.card").Each(func(_ int, s *goquery.Selection) { said = append(said, text(s.Find("strong").First())) })
	if want := "has grown since it was told, from EUR +2,100.50; new; has ended; not answered yet"; strings.Join(said, "; ") != want {
		t.Errorf("reasons %q, want %q", said, want)
	}
	if got := text(d.Find("body")); !strings.Contains(got, "4 findings to look at") || strings.Contains(got, "Will end near") ||
		d.Find("td.card a").Length() != 16 || len(m.Images) != 1 {
		t.Errorf("the mail says %s", got)
	}
	if len(m.Digest.Findings) != shownTop || m.Digest.More != "and 1 more" || len(m.Digest.Facts) != 0 {
		t.Errorf("the digest is %+v", m.Digest)
	}
	for range 30 {
		o.News = append(o.News, News{Finding: f[0], Reason: Remind})
	}
	m, d = mailed(t, r, o)
	if n := d.Find("td.card").Length(); n != maxNews || !strings.Contains(m.Text, "and 24 more") || m.Digest.More != "and 31 more" ||
		len(m.HTML) > 100_000 {
		t.Errorf("%d findings of 34, %d bytes, %q", n, len(m.HTML), m.Digest.More)
	}
	f[0].Currency = "USD"
	if _, err := NewMail(r, MailOptions{News: []News{{Finding: f[0]}}}); err == nil {
		t.Error("a finding in a currency without a part is left out")
	}
}

// The sender's words stand at the top, as they were written.
func TestMailNote(t *testing.T) {
	m, d := mailed(t, rich(), MailOptions{Note: "Dear Ada,\r\n\r\nlook <b>here</b>.\n"})
	if got := text(d.Find("td.note")); got != "Dear Ada,look <b>here</b>." || d.Find("td.note br").Length() != 2 {
		t.Errorf("the note is %q", got)
	}
	if m.Digest.Note != "Dear Ada,\n\nlook <b>here</b>." || !strings.HasPrefix(m.Text, "Cloud cost\n\nDear Ada,\n\nlook <b>here</b>.\n") {
		t.Errorf("the note is %q, the text %q", m.Digest.Note, m.Text)
	}
}
