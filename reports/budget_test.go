package reports

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// Where a budget is over, likely over or too small, no form says that there is nothing to do; and
// each does where it is not.
func TestBudgetAgainstNoAction(t *testing.T) {
	money := func(n int64) usage.Money { return usage.Money{Amount: usage.DecimalOf(n), Currency: "EUR"} }
	ends := money(130)
	for name, c := range map[string]struct {
		budget analysis.Budget
		calm   bool
	}{
		"over": {analysis.Budget{Amount: money(100), Spent: money(120), Left: money(-20)}, false},
		"over by cents": {analysis.Budget{Amount: money(100), Spent: money(100), Left: usage.Money{
			Amount: usage.MustDecimal("-0.01"), Currency: "EUR",
		}}, false},
		"likely over": {
			analysis.Budget{Amount: money(100), Spent: money(60), Left: money(40), Expected: &ends}, false,
		},
		"too small": {
			analysis.Budget{Amount: money(200), Spent: money(60), Left: money(140), Expected: &ends, TooSmall: true, Exceeded: 4, Ended: 4}, false,
		},
		"of days that are not loaded": {
			analysis.Budget{
				Amount: money(200), Spent: money(60), Left: money(140),
				Unloaded: []usage.Period{{From: usage.Date(2025, time.January, 1), To: usage.Date(2025, time.February, 1)}},
			}, false,
		},
		"within": {
			analysis.Budget{Amount: money(200), Spent: money(60), Left: money(140), Expected: &ends}, true,
		},
		"spent exactly": {
			analysis.Budget{Amount: money(130), Spent: money(130), Left: money(0), Expected: &ends}, true,
		},
	} {
		r, all := quiet(), quiet()
		c.budget.Period, c.budget.Span = "month", r.Parts[0].Period.Span
		r.Parts[0].Budget = &c.budget
		all.Parts[0].Owners = []analysis.OwnerStanding{{Owner: "Web", Budget: &c.budget}}
		forms := map[string]string{}
		var page, text, whole bytes.Buffer
		if err := WriteMarkdown(&whole, all, Options{}); err != nil {
			t.Fatal(err)
		}
		if err := Write(&page, r, Options{}); err != nil {
			t.Fatal(err)
		}
		if err := WriteMarkdown(&text, r, Options{}); err != nil {
			t.Fatal(err)
		}
		m, err := NewMail(r, MailOptions{})
		if err != nil {
			t.Fatal(err)
		}
		forms["markdown of all"] = whole.String()
		forms["page"], forms["markdown"], forms["mail"], forms["subject"] = page.String(), text.String(), m.Text, m.Subject
		for form, said := range forms {
			if form != "subject" && strings.Contains(strings.ToLower(said), "no action needed") != c.calm {
				t.Errorf("%s, %s: says that there is nothing to do: %v, want %v", name, form, !c.calm, c.calm)
			}
			if !c.calm && (form != "subject" || c.budget.State() != "") && !strings.Contains(strings.ToLower(said), "budget") {
				t.Errorf("%s, %s: says nothing of the budget", name, form)
			}
		}
	}
}

// What a lead says of owners' budgets that are or will be exceeded, and of those too small.
func TestBudgetsText(t *testing.T) {
	over := func(owner string) analysis.OwnerStanding {
		return analysis.OwnerStanding{Owner: owner, Budget: &analysis.Budget{Left: eur("-1"), Over: usage.Date(2026, time.November, 26)}}
	}
	likely := func(owner string) analysis.OwnerStanding {
		end := eur("9")
		return analysis.OwnerStanding{Owner: owner, Budget: &analysis.Budget{Expected: &end, Over: usage.Date(2026, time.December, 11)}}
	}
	small := func(o analysis.OwnerStanding) analysis.OwnerStanding {
		o.Budget.TooSmall = true
		return o
	}
	well := analysis.OwnerStanding{Owner: "Ops", Budget: &analysis.Budget{}}
	for want, list := range map[string][]analysis.OwnerStanding{
		"": {well},
		"The budget is exceeded: Web since 26 Nov.": {
			over("Web"),
		},
		"One of two budgets is exceeded: Web since 26 Nov.": {
			over("Web"), well,
		},
		"Two of two budgets are exceeded: Web since 26 Nov, New since 26 Nov.": {
			over("Web"), over("New"),
		},
		"Two of three budgets are or will be exceeded: Web since 26 Nov, Data about 11 Dec.": {
			over("Web"), likely("Data"), well,
		},
		"One of three budgets will be exceeded: Data about 11 Dec; and Web’s, which is too small.": {
			small(over("Web")), likely("Data"), well,
		},
		"One of three budgets will be exceeded: Data about 11 Dec; and those of Web, New, which are too small.": {
			small(over("Web")), small(over("New")), likely("Data"),
		},
		"One of two budgets is exceeded, month after month: Web since 26 Nov.": {
			small(over("Web")), well,
		},
		"A budget is too small, month after month: Ops.": {
			small(analysis.OwnerStanding{Owner: "Ops", Budget: &analysis.Budget{}}),
		},
	} {
		got := budgetsText(&analysis.Part{Owners: list})
		if said := english(t).Say(got); said != want {
			t.Errorf("%q, want %q", said, want)
		}
	}
}

// How often a budget was exceeded is written as how many months there were.
func TestTooSmallInFigures(t *testing.T) {
	l, err := locale.New("en")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := l.Say(tooSmall(&analysis.Budget{Exceeded: 4, Ended: 4})), "too small: exceeded in 4 of the last 4 months"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A budget that is or likely will be exceeded, an owner's or that of all, comes before all else in
// every form, whatever else there is to say; of several currencies that one is the first.
func TestBudgetsSpeakFirst(t *testing.T) {
	over := func() *analysis.Budget {
		return &analysis.Budget{Amount: eur("2000"), Spent: eur("2277"), Left: eur("-277"), Over: usage.Date(2026, time.November, 9)}
	}
	own, again, nothing := rich(), rich(), emptyPart()
	own.Parts[0].Budget = over()
	b := over()
	b.TooSmall, b.Exceeded, b.Ended = true, 5, 6
	again.Parts[0].Owners = []analysis.OwnerStanding{{Owner: "Web", Spent: eur("2277"), Budget: b}}
	nothing.Owner, nothing.Parts[0].Budget = "Web", over()
	second := twoCurrencies()
	second.Parts[1].Budget = over()
	for name, r := range map[string]*analysis.Report{
		"own": own, "owners'": owned(), "an owner's, again": again, "of an owner without charges": nothing, "of the second currency": second,
	} {
		m, d := mailed(t, r, MailOptions{})
		_, body, _ := strings.Cut(m.Text, "\n\n")
		var text bytes.Buffer
		if err := WriteMarkdown(&text, r, Options{}); err != nil {
			t.Fatal(err)
		}
		said, err := Said(r, "en")
		if err != nil {
			t.Fatal(err)
		}
		_, line, _ := strings.Cut(said[0], ": ")
		html := page(t, r)
		_, title, _ := strings.Cut(html.Find("title").Text(), " · ")
		_, title, _ = strings.Cut(title, " · ")
		for form, first := range map[string]string{
			"mail": body, "mail's page": d.Find("h1").Text(), "subject": m.Subject, "markdown": strings.SplitN(text.String(), "\n\n", 3)[2],
			"terminal": line, "page": html.Find("h1.says").First().Text(), "window": title, "card": html.Find(".figures > *").First().AttrOr("class", ""),
		} {
			first, _, _ = strings.Cut(first, ".")
			if !strings.Contains(strings.ToLower(first), "budget") {
				t.Errorf("%s, %s: begins with %q", name, form, first)
			}
		}
	}
}

// Against a budget of nothing any cost is more: its bar says so.
func TestBulletOfABudgetOfNothing(t *testing.T) {
	t.Parallel()
	for spent, over := range map[string]bool{"12.50": true, "0": false} {
		row := ownerRow{OwnerStanding: analysis.OwnerStanding{Budget: &analysis.Budget{Amount: eur("0"), Spent: eur(spent), Left: eur("-" + spent)}}}
		row.outlook()
		if got := row.Bullet.Over > 0; got != over {
			t.Errorf("%s spent: %+v", spent, row.Bullet)
		}
	}
}
