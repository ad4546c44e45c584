package reports

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// The title says the worst first, in a sentence or two.
func TestHeadline(t *testing.T) {
	of := func(r *analysis.Report, change func(p *analysis.Part)) *analysis.Report {
		change(&r.Parts[0])
		return r
	}
	budget := func(spent, amount, ends string) func(p *analysis.Part) {
		return func(p *analysis.Part) {
			end, left := eur(ends), eur(amount).Sub(eur(spent))
			p.Budget = &analysis.Budget{Amount: eur(amount), Period: "month", Span: p.Period.Span, Spent: eur(spent), Left: left, Expected: &end}
			if end.Amount.Cmp(p.Budget.Amount.Amount) > 0 {
				p.Budget.Over = usage.Date(2026, 11, 25)
			}
		}
	}
	for name, c := range map[string]struct {
		report           *analysis.Report
		english, chinese string
	}{
		"over, as owners are": {
			of(owned(), budget("2277", "2000", "2500")),
			"Over budget by EUR 277 since 25 Nov: EUR 2,277 against 2,000. One of two budgets will be exceeded: Search about 28 Nov. " +
				"Four unusual increases add 5,131 so far.",
			"自11月25日起超出預算EUR 277：已用EUR 2,277，預算2,000。2項預算中有1項將超出：Search約11月28日。4項異常增加，至今增加5,131。",
		},
		"over the year's": {
			of(quiet(), func(p *analysis.Part) {
				budget("2277", "2000", "2500")(p)
				p.Budget.Period, p.Budget.Span = "year", usage.Period{From: usage.Date(2026, 1, 1), To: usage.Date(2027, 1, 1)}
			}),
			"Over budget by EUR 277 since 25 Nov: EUR 2,277 against 2,000 for 1 Jan to 31 Dec 2026. Nothing unusual.",
			"自11月25日起超出預算EUR 277：已用EUR 2,277，預算2026年1月1日至12月31日的2,000。無異常。",
		},
		"over": {
			of(quiet(), budget("2277", "2000", "2500")),
			"Over budget by EUR 277 since 25 Nov: EUR 2,277 against 2,000. Nothing unusual.", "自11月25日起超出預算EUR 277：已用EUR 2,277，預算2,000。無異常。",
		},
		"will be over": {
			of(quiet(), budget("5000", "7000", "8770")),
			"Over budget about 25 Nov: forecast EUR 8,770 against 7,000. Nothing unusual.", "約11月25日將超出預算：預測EUR 8,770，預算7,000。無異常。",
		},
		"within": {
			of(quiet(), budget("5000", "70000", "41187")),
			"Forecast EUR 41,200 for November, 13% above October, within budget. Nothing unusual. No action needed.",
			"11月預測EUR 41,200，比10月高13%，未超出預算。無異常。無須處理。",
		},
		"growth that is no news": {
			of(quiet(), func(p *analysis.Part) { p.Priors[0].Percent = pct(29) }),
			"Forecast EUR 41,200 for November, 13% above October. Nothing unusual. The growth over October is mostly vmss-index-builder (+4,022). " +
				"No action needed.",
			"11月預測EUR 41,200，比10月高13%。無異常。與10月相比的增加主要來自vmss-index-builder（+4,022）。無須處理。",
		},
		"growth of the days so far alone": { // as by a fee that came later in October
			of(quiet(), func(p *analysis.Part) {
				p.Priors[0].Percent = pct(29)
				p.Priors[0].Total = eur("41200")
			}),
			"Forecast EUR 41,200 for November, as much as October. Nothing unusual. No action needed.",
			"11月預測EUR 41,200，與10月相同。無異常。無須處理。",
		},
		"growth of a service": {
			of(quiet(), func(p *analysis.Part) {
				p.Priors[0].Percent, p.Movers[1].Up = pct(29), nil
			}),
			"Forecast EUR 41,200 for November, 13% above October. Nothing unusual. The growth over October is mostly Virtual Machines (+2,742). " +
				"No action needed.",
			"11月預測EUR 41,200，比10月高13%。無異常。與10月相比的增加主要來自Virtual Machines（+2,742）。無須處理。",
		},
		"growth of many": {
			of(quiet(), func(p *analysis.Part) { p.Priors[0].Percent, p.Movers = pct(29), nil }),
			"Forecast EUR 41,200 for November, 13% above October. Nothing unusual. No action needed.",
			"11月預測EUR 41,200，比10月高13%。無異常。無須處理。",
		},
		"shared cost": { // as much of it in October
			of(quiet(), func(p *analysis.Part) {
				p.Period.State, p.Expected, p.Outlook = analysis.Closed, nil, nil
				p.Shared = &analysis.Shared{Amount: eur("9000"), Total: p.Total.Add(eur("9000"))}
				p.Running = &analysis.Running{Prior: []analysis.RunningDay{{Sum: eur("1000")}, {Sum: p.Shared.Total}}}
			}),
			"November cost EUR 44,948.78, as much as October. Nothing unusual. No action needed.",
			"11月費用EUR 44,948.78，與10月相同。無異常。無須處理。",
		},
		"shared cost to come": {
			of(quiet(), func(p *analysis.Part) {
				more := eur("10000")
				p.Shared = &analysis.Shared{Amount: eur("9000"), Total: p.Total.Add(eur("9000")), Expected: &more}
				p.Running = nil
			}),
			"Forecast EUR 51,200 for November. Nothing unusual. No action needed.", "11月預測EUR 51,200。無異常。無須處理。",
		},
		"days missing": {
			of(quiet(), func(p *analysis.Part) { p.Period.Lacks = 3 }),
			"Forecast EUR 41,200 for November, not comparable: of 3 days there are no data. Nothing unusual.",
			"11月預測EUR 41,200，無法比較：有3天沒有資料。無異常。",
		},
		"days missing, maybe": {
			of(quiet(), func(p *analysis.Part) { p.Period.Paused = true }), "Forecast EUR 41,200 for November, 13% above October. Nothing unusual.",
			"11月預測EUR 41,200，比10月高13%。無異常。",
		},
		"days missing, closed": {
			of(quiet(), func(p *analysis.Part) {
				p.Period.State, p.Expected, p.Outlook, p.Priors[0].Lacks = analysis.Closed, nil, nil, 1
			}),
			"November cost EUR 35,948.78, not comparable: of 1 day there are no data. Nothing unusual. No action needed.",
			"11月費用EUR 35,948.78，無法比較：有1天沒有資料。無異常。無須處理。",
		},
		"findings": {
			rich(), "Forecast EUR 41,200 for November, 4% above October. Four unusual increases add 5,131 so far.",
			"11月預測EUR 41,200，比10月高4%。4項異常增加，至今增加5,131。",
		},
		"owners": {
			owned(), "One of two budgets will be exceeded: Search about 28 Nov. " +
				"Forecast EUR 41,200 for November, 4% above October. Four unusual increases add 5,131 so far.",
			"2項預算中有1項將超出：Search約11月28日。11月預測EUR 41,200，比10月高4%。4項異常增加，至今增加5,131。",
		},
		"closed": {
			of(quiet(), func(p *analysis.Part) { p.Period.State, p.Expected, p.Outlook = analysis.Closed, nil, nil }),
			"November cost EUR 35,948.78, 2% below October. Nothing unusual. No action needed.", "11月費用EUR 35,948.78，比10月低2%。無異常。無須處理。",
		},
		"just ended": { // what is foretold has three digits everywhere
			of(quiet(), func(p *analysis.Part) {
				p.Period.State, p.Expected, p.Outlook, p.Change = analysis.Closing, nil, nil, &analysis.Comparison{Awaited: eur("26951.4")}
			}),
			"November cost EUR 35,948.78 so far; about EUR 27,000 has not arrived yet, with it 72% above October. Nothing unusual. No action needed.",
			"目前11月費用EUR 35,948.78；約有EUR 27,000尚未抵達，加上後比10月高72%。無異常。無須處理。",
		},
		"just ended, over with what is awaited": {
			of(quiet(), func(p *analysis.Part) {
				budget("6990", "7000", "7004")(p)
				awaited := eur("14")
				p.Period.State, p.Expected, p.Outlook, p.Budget.Awaited = analysis.Closing, nil, nil, &awaited
			}),
			"Over budget with what has not arrived yet: about EUR 7,004 against 7,000. Nothing unusual.",
			"計入尚未抵達的費用後將超出預算：約EUR 7,004，預算7,000。無異常。",
		},
		"closed, with findings": {
			of(rich(), func(p *analysis.Part) { p.Period.State, p.Expected, p.Outlook = analysis.Closed, nil, nil }),
			"November cost EUR 35,948.78, 2% below October. Four unusual increases added 5,131.", "11月費用EUR 35,948.78，比10月低2%。4項異常增加，共5,131。",
		},
		"no prior": {
			single(), "January 2018 cost USD 751.70. Load the month before to compare.", "2018年1月費用USD 751.70。載入前一個月即可比較。",
		},
		"credits": {
			of(negative(), func(p *analysis.Part) { p.Total = in("USD", "-38.5") }), "Credits exceed the charges: USD −38.50.", "抵用額度超過費用：USD −38.50。",
		},
	} {
		for lang, want := range map[string]string{"en": c.english, "zh-Hant": c.chinese} {
			l, err := locale.New(lang)
			if err != nil {
				t.Fatal(err)
			}
			if got := l.Say(headline(c.report, &c.report.Parts[0])); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
	}
}

// Owners stand by urgency, and add up to the bill.
func TestOwners(t *testing.T) {
	r := owned()
	d := page(t, r)
	var names []string
	d.Find(".owners tbody th .name").Each(func(_ int, s *goquery.Selection) { names = append(names, text(s)) })
	if got := strings.Join(names, ", "); got != "Search, Shop" {
		t.Errorf("owners %q", got)
	}
	got := text(d.Find("#owners"))
	for _, want := range []string{
		"Budgets that will be exceeded: Search.", "over about 28 Nov", "by about 1,500", "over 3 months running", "Unassigned", "120.25",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the section does not say %q: %s", want, got)
		}
	}
	if got := d.Find(".figure.budget .amount").Text(); !strings.Contains(got, "▲ 1 of 2") {
		t.Errorf("the card says %q", got)
	}
	var sum, delta usage.Decimal
	d.Find(".owners tbody tr, .owners tfoot tr:not(:last-child)").Each(func(_ int, s *goquery.Selection) {
		sum = sum.Add(usage.MustDecimal(s.Find("td.sofar data, td:nth-child(3) data").First().AttrOr("value", "0")))
		s.Find("td.delta data").Each(func(_ int, v *goquery.Selection) { delta = delta.Add(usage.MustDecimal(v.AttrOr("value", "0"))) })
	})
	if sum != r.Parts[0].Total.Amount || delta != r.Parts[0].Priors[0].Delta.Amount {
		t.Errorf("the owners make %s, %s more; the bill is %s, %s more", sum, delta, r.Parts[0].Total.Text(), r.Parts[0].Priors[0].Delta.Text())
	}
}

// Of very many findings ten stand open to the eye, more at a click, the others in lines; the
// sum is of all.
func TestManyFindings(t *testing.T) {
	r := rich()
	p := &r.Parts[0]
	f := p.Findings[0]
	p.Findings = nil
	for range 500 {
		p.Findings = append(p.Findings, f)
	}
	d := page(t, r)
	if open, more := d.Find(".list > .finding").Length(), d.Find(".more-findings .finding").Length(); open != shownRows || more != maxCards-shownRows {
		t.Errorf("%d and %d findings", open, more)
	}
	if got, want := d.Find(".finding-sum data").First().AttrOr("value", ""), inPeriod(p, p.Findings).Text(); got != want {
		t.Errorf("the sum is %s, want %s", got, want)
	}
	if got := text(d.Find("h1")); !strings.Contains(got, "500 unusual increases") {
		t.Errorf("the title is %q", got)
	}
	if n := len(html(t, r)); n > 1_000_000 {
		t.Errorf("the page has %d bytes", n)
	}
}

// What to do next is offered by the kind of a finding.
func TestNextStep(t *testing.T) {
	of := func(kind usage.Kind, d usage.Direction, scope usage.Series) analysis.Finding {
		return analysis.Finding{Kind: kind, Direction: d, Scope: scope}
	}
	vm := usage.Series{usage.Service: "Virtual Machines", usage.Resource: "vm"}
	for _, c := range []struct {
		f    analysis.Finding
		want string
	}{
		{of(usage.KindNew, usage.Up, vm), "who started it"},
		{of(usage.KindNew, usage.Up, usage.Series{usage.ResourceGroup: "rg"}), "what the group is for"},
		{of(usage.KindLevel, usage.Up, vm), "autoscaler"},
		{of(usage.KindDrift, usage.Up, usage.Series{usage.Service: "Storage"}), "lifecycle rule"},
		{of(usage.KindSpike, usage.Up, usage.Series{usage.Service: "Log Analytics"}), "daily cap"},
		{of(usage.KindSpike, usage.Up, usage.Series{usage.Service: "Functions"}), "what ran on these days"},
		{of(usage.KindPrice, usage.Up, vm), "price sheet"},
		{of(usage.KindGone, usage.Down, vm), "whether this was meant"},
		{of(usage.KindMissing, usage.Down, vm), "supplier"},
		{of(usage.KindLevel, usage.Up, usage.Series{usage.Service: "SQL Database"}), "owner whether this is to last"},
	} {
		if got := c.f.Next().String(); !strings.Contains(got, c.want) {
			t.Errorf("%s of %v: %q, want %q", c.f.Kind, c.f.Scope, got, c.want)
		}
	}
}

// The line beside a report's path is the period, what it has cost, and the page's headline.
func TestSaid(t *testing.T) {
	r := quiet()
	for lang, want := range map[string][]string{
		"":        {"November 2026: EUR ", " to 27 Nov. Forecast EUR 41,200, "},
		"zh-Hant": {"2026年11月：EUR ", "（至11月27日）。預測EUR 41,200，"},
	} {
		l, err := locale.New(lang)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := Said(r, lang)
		if err != nil || len(lines) != len(r.Parts) {
			t.Fatalf("%q, %v", lines, err)
		}
		for _, part := range append(want, l.Say(headlineBeside(r, &r.Parts[0]))) {
			if !strings.Contains(lines[0], part) {
				t.Errorf("%q has no %q", lines[0], part)
			}
		}
	}
	if lines, err := Said(&analysis.Report{}, ""); err != nil || len(lines) > 0 {
		t.Errorf("a report of nothing says %q, %v", lines, err)
	}
}

// Where the period stands before the headline, the headline does not name it again.
func TestPeriodOnce(t *testing.T) {
	l, err := locale.New("")
	if err != nil {
		t.Fatal(err)
	}
	ended := func(p *analysis.Part) { p.Period.State, p.Expected, p.Outlook = analysis.Closed, nil, nil }
	for name, change := range map[string]func(r *analysis.Report, p *analysis.Part){
		"open":           func(*analysis.Report, *analysis.Part) {},
		"open, a first":  func(_ *analysis.Report, p *analysis.Part) { p.Priors = nil },
		"ended":          func(_ *analysis.Report, p *analysis.Part) { ended(p) },
		"ended, a first": func(_ *analysis.Report, p *analysis.Part) { ended(p); p.Priors = nil },
		"no data": func(_ *analysis.Report, p *analysis.Part) {
			ended(p)
			p.ByCharge, p.Accounts = nil, []analysis.Account{{ID: "s1", Name: "prod-shop", Missing: true}}
		},
		"no charges": func(r *analysis.Report, p *analysis.Part) {
			ended(p)
			r.Owner, p.ByCharge, p.Accounts = "Shop", nil, nil
		},
		"no rate": func(_ *analysis.Report, p *analysis.Part) {
			ended(p)
			p.ByCharge, p.Unconverted = nil, []analysis.Unconverted{{Currency: "USD", First: p.Period.Span.From, Last: p.Period.Span.To}}
		},
	} {
		for span, period := range map[string]usage.Period{
			"12 Oct to 11 Nov 2026": {From: usage.Date(2026, 10, 12), To: usage.Date(2026, 11, 12)},
			"November":              {From: usage.Date(2026, 11, 1), To: usage.Date(2026, 12, 1)},
		} {
			t.Run(name+", "+span, func(t *testing.T) {
				r := quiet()
				p := &r.Parts[0]
				p.Period.Span = period
				change(r, p)
				lines, err := Said(r, "")
				if err != nil {
					t.Fatal(err)
				}
				m, _ := mailed(t, r, MailOptions{})
				for where, text := range map[string]string{"terminal": lines[0], "window": head(l, r, Options{}), "subject": m.Subject} {
					if strings.Count(text, span) != 1 {
						t.Errorf("%s names the period other than once: %q", where, text)
					}
				}
			})
		}
	}
}

// The cost of an owner has the part of what is shared, its change has not: the two beside each other say so.
func TestChangeWithoutSharedCost(t *testing.T) {
	r := quiet()
	p := &r.Parts[0]
	p.Shared, p.Running = &analysis.Shared{Amount: eur("9000"), Total: p.Total.Add(eur("9000"))}, nil
	if got := text(page(t, r).Find("section.answer")); !strings.Contains(got, "on the same days of October; without shared cost") {
		t.Errorf("the first screen says %s", got)
	}
}
