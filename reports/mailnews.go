package reports

import (
	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// maxNews is how many findings a mail shows.
const maxNews = 10

// news says what there is new of the findings of a part.
func (c *mailer) news(p *analysis.Part) error {
	s := newScreen(c.l, c.r, p)
	v := mailPart{}
	for _, x := range s.Reach {
		v.Says = append(v.Says, mailPhrase{c.say(x.Text), x.Strong})
	}
	v.Notes = c.some(p.Moved)
	budget := p.Budget != nil && len(c.o.Budget) > 0
	if budget {
		v.Head, v.Cards = c.head(c.budgetNews(p)), c.cards(s.Cards, p)
		if err := c.chart(&v, p); err != nil {
			return err
		}
	}
	n := 0
	for _, x := range c.o.News {
		if x.Finding.Currency != p.Currency {
			continue
		}
		if n++; n > maxNews {
			continue
		}
		f := c.finding(x.Finding, p)
		f.Reason = c.say(x.says(c.l))
		v.Findings = append(v.Findings, f)
		if len(c.images) == 0 {
			if err := c.draw(&v, p, x.Finding.Days, daysOf(x.Finding)); err != nil {
				return err
			}
		}
	}
	v.Count = n
	switch {
	case budget && n > 0:
		v.Title = c.say(locale.T("%d open findings", n))
	case budget:
	case n > 0:
		v.Head = c.head(locale.Sentences(append(overText(p), locale.T("%s.", locale.Strong(locale.T("%d open findings", n))))))
	case c.o.Moved && len(p.Moved) > 0:
		v.Head = c.head(locale.Sentences(append(overText(p), locale.T("Resources changed hands"))))
	default:
		return nil
	}
	c.ask(&v, p)
	if n > maxNews {
		v.More = c.say(locale.T("%d more", n-maxNews))
	}
	c.view.Parts = append(c.view.Parts, v)
	return nil
}

// budgetNews says what is new of a part's budget, and where the period stands.
func (c *mailer) budgetNews(p *analysis.Part) locale.Text {
	T := locale.T
	_, spent := c.worst(p.Budget)
	if spent == nil {
		return headline(c.r, p)
	}
	return locale.Sentences([]locale.Text{
		T("%s: %s against %s.", locale.Strong(T("%s of the budget spent by %s", locale.Share(spent.Percent), locale.Short(spent.On))),
			coded(p, locale.Whole(p.Budget.Spent)), limit(p.Budget)),
		headline(c.r, p),
	})
}

// worst is what a mail says first of a budget: its state or, where that is no news, how much
// of it is spent.
func (c *mailer) worst(b *analysis.Budget) (analysis.BudgetState, *analysis.BudgetWarning) {
	state := b.State()
	if !c.o.ofNews() {
		return state, nil
	}
	var spent *analysis.BudgetWarning
	for i, w := range c.o.Budget {
		if w.Percent == 0 || state == analysis.BudgetOver && w.Percent <= 100 {
			return state, nil
		}
		spent = &c.o.Budget[i]
	}
	return "", spent
}

// daysOf returns the days that the chart of a finding shows.
func daysOf(f analysis.Finding) usage.Period {
	if len(f.Days) == 0 {
		return usage.Period{}
	}
	return usage.Period{From: f.Days[0].Day, To: f.Days[len(f.Days)-1].Day + 1}
}

// says says why a finding is in the mail.
func (x News) says(l *locale.Locale) locale.Text {
	switch x.Reason {
	case Grown:
		return locale.T("has grown since we reported it (%s then)", l.WithCode(l.Signed(x.Before), x.Before.Currency))
	case Ended:
		return locale.T("has ended")
	case Remind:
		return locale.T("not answered yet")
	}
	return locale.T("new")
}
