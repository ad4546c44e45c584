package reports

import (
	"bytes"
	"fmt"
	"image/color"
	"image/png"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/jba/templatecheck"

	"usagereport/analysis"
	"usagereport/reports/reportstest"
	"usagereport/sending/delivery"
	"usagereport/usage"
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
			if lang != "en" && regexp.MustCompile(`\p{Han}[:,] `).MatchString(m.Text) {
				t.Errorf("%s: English signs between words: %s", lang, m.Text)
			}
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
				top := slices.SortedStableFunc(slices.Values(r.Parts[i].Findings), byMonth)
				for _, f := range top[:min(shownTop, len(top))] {
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
						says(f.Reason.String())
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
					!strings.HasPrefix(a.Val, "cid:") && !strings.HasPrefix(a.Val, "mailto:") &&
					!strings.HasPrefix(a.Val, "https://portal.azure.com/#@/resource/") || strings.Contains(a.Val, "url(") {
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
	zh := func(o MailOptions) MailOptions {
		o.Lang = "zh-Hant"
		return o
	}
	long := state(analysis.Closed)
	long.Owner = "The team that looks after search, recommendations and the catalogue"
	incomplete := state(analysis.Open)
	incomplete.Parts[0].Period.Reach = usage.Date(2026, time.November, 15)
	incomplete.Parts[0].Accounts = append(incomplete.Parts[0].Accounts, analysis.Account{ID: "a", Missing: true})
	missing := state(analysis.Open)
	missing.Parts[0].ByCharge, missing.Parts[0].Accounts = nil, []analysis.Account{{ID: "a", Missing: true}}
	missing.Parts[0].History = analysis.History{}
	budgeted := func(b analysis.Budget) *analysis.Report {
		r := state(analysis.Open)
		b.Span = r.Parts[0].Period.Span
		r.Parts[0].Budget = &b
		return r
	}
	end, chance := eur("8770"), 99
	over := analysis.Budget{Amount: eur("2000"), Spent: eur("2277"), Left: eur("-277"), Over: usage.Date(2026, time.October, 28)}
	year := over
	year.Period = "year"
	yearly := budgeted(year)
	yearly.Parts[0].Budget.Span = usage.Period{From: usage.Date(2026, time.January, 1), To: usage.Date(2027, time.January, 1)}
	likely := analysis.Budget{
		Amount: eur("7000"), Spent: eur("4133"), Left: eur("2867"), Over: usage.Date(2026, time.November, 25), Expected: &end, Chance: &chance,
	}
	soon, late := eur("7012"), eur("2879")
	ended := analysis.Budget{Amount: eur("7000"), Spent: eur("4133"), Left: eur("2867"), Over: likely.Over, Expected: &soon, Awaited: &late}
	yearsEnd := ended
	yearsEnd.Period = "year"
	endedYear := budgeted(yearsEnd)
	endedYear.Parts[0].Budget.Span = yearly.Parts[0].Budget.Span
	two := twoCurrencies()
	two.Owner = "Web"
	half := analysis.BudgetWarning{Percent: 50, On: usage.Date(2026, time.November, 12)}
	for name, c := range map[string]struct {
		r    *analysis.Report
		o    MailOptions
		want string
	}{
		"findings":       {searched, MailOptions{}, "Search: EUR 41,200 forecast for November, 4 unusual increases"},
		"without an end": {state(analysis.Open), MailOptions{}, "Search: EUR 41,200.50 in November, nothing unusual"},
		"closed":         {state(analysis.Closed), MailOptions{}, "Search: EUR 41,200.50 in November, nothing unusual"},
		"corrected":      {state(analysis.Closed), MailOptions{Corrected: []usage.Money{more}}, "Corrected: Search, November: EUR 41,200.50 instead of 40,888.10"},
		"corrected, converted": {
			state(analysis.Closed),
			MailOptions{Corrected: []usage.Money{{Amount: more.Amount, Currency: "USD"}}},
			"Corrected: Search, November: EUR 41,200.50; on the bill: USD +312.40",
		},
		"first":                         {state(analysis.Closed), MailOptions{First: true}, "Search: your first cloud cost report, November 2026, EUR 41,201"},
		"first, of two currencies":      {two, MailOptions{First: true}, "Web: your first cloud cost report, November 2026, EUR 35,949; USD 752"},
		"over budget":                   {budgeted(over), MailOptions{}, "Search: EUR 277 over budget in November"},
		"over the year's":               {yearly, MailOptions{}, "Search: EUR 277 over the budget for 1 Jan to 31 Dec 2026"},
		"over the year's, zh":           {yearly, zh(MailOptions{}), "Search：超出2026年1月1日至12月31日預算EUR 277"},
		"first, and missing":            {missing, MailOptions{First: true}, "Search: no data for November yet"},
		"missing, zh":                   {missing, zh(MailOptions{}), "Search：11月尚無資料"},
		"first, and over budget":        {budgeted(over), MailOptions{First: true}, "Search: EUR 277 over budget in November"},
		"first, and will be":            {budgeted(likely), MailOptions{First: true}, "Search: over budget about 25 Nov, EUR 8,770 against 7,000"},
		"will be over":                  {budgeted(likely), MailOptions{}, "Search: over budget about 25 Nov, EUR 8,770 against 7,000"},
		"over with what is awaited":     {budgeted(ended), MailOptions{}, "Search: about EUR 7,012 in November, over the budget of 7,000"},
		"over the year's with that":     {endedYear, MailOptions{}, "Search: about EUR 12 over the budget for 1 Jan to 31 Dec 2026"},
		"over with what is awaited, zh": {budgeted(ended), zh(MailOptions{}), "Search：11月約EUR 7,012，超出預算7,000"},
		"half, told likely": {
			budgeted(likely),
			MailOptions{Budget: []analysis.BudgetWarning{half}},
			"Search: 50% of the budget spent by 12 Nov, EUR 4,133 of 7,000",
		},
		"half, and likely": {
			budgeted(likely),
			MailOptions{Budget: []analysis.BudgetWarning{half, {}}},
			"Search: over budget about 25 Nov, EUR 8,770 against 7,000",
		},
		"budget and finding": {
			budgeted(likely),
			MailOptions{Budget: []analysis.BudgetWarning{{}}, News: []News{{Finding: searched.Parts[0].Findings[0], Reason: IsNew}}},
			"Search: over budget about 25 Nov, EUR 8,770 against 7,000",
		},
		"incomplete":       {incomplete, MailOptions{}, "Search: EUR 41,200.50 so far in November, data only to 15 Nov"},
		"no history":       {single(), MailOptions{}, "Cloud cost: USD 751.70 in January 2018"},
		"two currencies":   {twoCurrencies(), MailOptions{}, "Cloud cost: EUR 41,200 forecast for November, 4 unusual increases"},
		"no charges":       {&analysis.Report{}, MailOptions{}, "Cloud cost: No charges to report"},
		"nothing":          {nothing, MailOptions{}, "Search: no charges in November 2026"},
		"a long name":      {long, MailOptions{}, "The team that looks after…: EUR 41,200.50 in November, nothing unusual"},
		"nothing, zh":      {nothing, zh(MailOptions{}), "Search：2026年11月沒有費用"},
		"findings, zh":     {searched, zh(MailOptions{}), "Search：11月預測EUR 41,200，4項異常增加"},
		"closed, zh":       {state(analysis.Closed), zh(MailOptions{}), "Search：11月EUR 41,200.50，無異常"},
		"over, zh":         {budgeted(over), zh(MailOptions{}), "Search：11月超出預算EUR 277"},
		"will be over, zh": {budgeted(likely), zh(MailOptions{}), "Search：約11月25日將超出預算，預測EUR 8,770，預算7,000"},
		"incomplete, zh":   {incomplete, zh(MailOptions{}), "Search：11月至今EUR 41,200.50，資料僅到11月15日"},
		"corrected, zh":    {state(analysis.Closed), zh(MailOptions{Corrected: []usage.Money{more}}), "更正：Search，11月：EUR 41,200.50（原為40,888.10）"},
		"first, zh":        {state(analysis.Closed), zh(MailOptions{First: true}), "Search：您的第一份雲端費用報告，2026年11月，EUR 41,201"},
	} {
		if m, _ := mailed(t, c.r, c.o); m.Subject != c.want {
			t.Errorf("%s: %q, want %q", name, m.Subject, c.want)
		}
	}
	if m, _ := mailed(t, missing, MailOptions{}); strings.Contains(m.Text, "\n. ") {
		t.Errorf("a sentence without words:\n%s", m.Text)
	}
	for name, r := range all() {
		for _, lang := range []string{"en", "zh-Hant"} {
			for _, o := range []MailOptions{{}, {First: true}, {Corrected: []usage.Money{more}}} {
				o.Lang = lang
				if m, _ := mailed(t, r, o); len([]rune(m.Subject)) > maxSubject {
					t.Errorf("%s, %s: the subject has %d characters: %s", name, lang, len([]rune(m.Subject)), m.Subject)
				}
			}
		}
	}
}

// A mail on a budget and a finding says both, the budget first.
func TestMailOnBudgetAndFinding(t *testing.T) {
	r := rich()
	p := &r.Parts[0]
	p.Budget = &analysis.Budget{Amount: eur("7000"), Spent: eur("4133"), Left: eur("2867"), Span: p.Period.Span}
	half := analysis.BudgetWarning{Percent: 50, On: usage.Date(2026, time.November, 12)}
	f := p.Findings[0]
	m, _ := mailed(t, r, MailOptions{Budget: []analysis.BudgetWarning{half}, News: []News{{Finding: f, Reason: IsNew}}})
	text, at := m.Text, -1
	for _, says := range []string{"50% of the budget spent by 12 Nov", "1 open finding", f.ID} {
		i := strings.Index(text, says)
		if i <= at {
			t.Fatalf("%q is not there, or not after what comes before it:\n%s", says, text)
		}
		at = i
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
			nothing := "No charges in November for Search."
			if where == "markdown" {
				nothing = "Nothing was spent. No charge of this period is of Search."
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
	if want := "Search: Virtual Machines, EUR +4,022.18 (grown), 3 more"; m.Subject != want {
		t.Errorf("subject %q, want %q", m.Subject, want)
	}
	var said []string
	d.Find("td.card").Each(func(_ int, s *goquery.Selection) { said = append(said, text(s.Find("strong").First())) })
	if want := "has grown since we reported it (EUR +2,100.50 then); new; has ended; not answered yet"; strings.Join(said, "; ") != want {
		t.Errorf("reasons %q, want %q", said, want)
	}
	if !strings.Contains(m.Text, "a month, +4,022.18 so far") {
		t.Errorf("of a finding that began in the period the mail says %s", m.Text)
	}
	if got := text(d.Find("body")); !strings.Contains(got, "4 open findings") || strings.Contains(got, "Forecast") ||
		d.Find("td.card a.answer").Length() != 16 || len(m.Images) != 1 {
		t.Errorf("the mail says %s", got)
	}
	longer := o
	longer.News = []News{{Finding: f[0], Reason: Grown, Before: eur("5100.5")}}
	longer.News[0].Finding.Start -= 20
	longer.News[0].Finding.Impact = eur("8022.18")
	m, _ = mailed(t, r, longer)
	if !strings.Contains(m.Text, "in the period, +8,022.18 in all · has grown since we reported it (EUR +5,100.50 then)") {
		t.Errorf("of a finding that began before the period the mail says %s", m.Text)
	}
	m, _ = mailed(t, r, o)
	if len(m.Digest.Findings) != shownTop || m.Digest.More != "1 more" || len(m.Digest.Facts) != 0 {
		t.Errorf("the digest is %+v", m.Digest)
	}
	for range 30 {
		o.News = append(o.News, News{Finding: f[0], Reason: Remind})
	}
	m, d = mailed(t, r, o)
	if n := d.Find("td.card").Length(); n != maxNews || !strings.Contains(m.Text, "24 more") || m.Digest.More != "31 more" ||
		len(m.HTML) > 100_000 {
		t.Errorf("%d findings of 34, %d bytes, %q", n, len(m.HTML), m.Digest.More)
	}
	f[0].Currency = "USD"
	if _, err := NewMail(r, MailOptions{News: []News{{Finding: f[0]}}}); err == nil {
		t.Error("a finding in a currency without a part is left out")
	}
}

// The picture shows what the page's does, at double density, in every language.
func TestMailPicture(t *testing.T) {
	for _, lang := range []string{"en", "zh-Hant"} {
		r := rich()
		r.Parts[0].Running = running42()
		m, d := mailed(t, r, MailOptions{Options: Options{Lang: lang}})
		if len(m.Images) != 1 {
			t.Fatalf("%s: %d pictures", lang, len(m.Images))
		}
		picture, err := png.Decode(bytes.NewReader(m.Images[0].Bytes))
		if err != nil {
			t.Fatal(err)
		}
		size := picture.Bounds().Size()
		img := d.Find("img")
		if got := img.AttrOr("width", "") + "x" + img.AttrOr("height", ""); got != fmt.Sprintf("%dx%d", size.X/2, size.Y/2) {
			t.Errorf("%s: shown at %s, drawn at %v", lang, got, size)
		}
		looks := map[color.Color]int{}
		for x := range size.X {
			for y := range size.Y {
				looks[picture.At(x, y)]++
			}
		}
		for what, look := range map[string]color.RGBA{
			"this period": {0x0b, 0x5c, 0xab, 255}, "the period before": {0x8a, 0x95, 0xa1, 255}, "the range": {0xd6, 0xe5, 0xf4, 255},
		} {
			if looks[look] < 200 {
				t.Errorf("%s: %s is drawn with %d pixels", lang, what, looks[look])
			}
		}
		if len(m.Images[0].Bytes) > 60_000 {
			t.Errorf("%s: %d bytes", lang, len(m.Images[0].Bytes))
		}
	}
}

// running42 is a running sum of 15 days of November, of October, and the way to the end.
func running42() *analysis.Running {
	days := func(from usage.Day, n int, a float64) (out []analysis.RunningDay) {
		for i := range n {
			out = append(out, analysis.RunningDay{Day: from + usage.Day(i), Sum: eur(fmt.Sprint(a * float64(i+1)))})
		}
		return out
	}
	nov := usage.Date(2026, time.November, 1)
	x := analysis.Running{
		Span: nov.Month(), Settled: nov + 12, Days: days(nov, 15, 1400), Prior: days(usage.Date(2026, time.October, 1), 31, 1200),
	}
	for i := 12; i < 30; i++ {
		mid := 1400 * float64(i+1)
		spread := 60 * float64(i-12)
		x.Path = append(x.Path, analysis.PathDay{
			Day: nov + usage.Day(i), Expected: eur(fmt.Sprint(mid)), Low: eur(fmt.Sprint(mid - spread)), High: eur(fmt.Sprint(mid + spread)),
		})
	}
	return &x
}

// The sender's words stand at the top, as they were written.
// What most of the growth comes of, which is no news, is said once.
func TestMailSaysTheGrowthOnce(t *testing.T) {
	t.Parallel()
	r := quiet()
	r.Parts[0].Priors[0].Percent = pct(29)
	m, _ := mailed(t, r, MailOptions{})
	if n := strings.Count(m.Text, "The growth over October is mostly"); n != 1 {
		t.Errorf("%d times in\n%s", n, m.Text)
	}
}

func TestMailNote(t *testing.T) {
	m, d := mailed(t, rich(), MailOptions{Note: "Dear Ada,\r\n\r\nlook <b>here</b>.\n"})
	if got := text(d.Find("td.note")); got != "Dear Ada,look <b>here</b>." || d.Find("td.note br").Length() != 2 {
		t.Errorf("the note is %q", got)
	}
	if m.Digest.Note != "Dear Ada,\n\nlook <b>here</b>." || !strings.HasPrefix(m.Text, "Cloud cost · November 2026\n\nDear Ada,\n\nlook <b>here</b>.\n") {
		t.Errorf("the note is %q, the text %q", m.Digest.Note, m.Text)
	}
}
