package reports

import (
	"cmp"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// maxSubject is how many characters of a subject lists of mails show.
const maxSubject = 70

// subject names the owner that a mail is for, and says what is worst in it, and what stands beside it in a
// list of mails.
func (c *mailer) subject() (subject, preview string) {
	T := locale.T
	name := cmp.Or(c.r.Owner, titled(c.l, c.r, c.o.Options))
	var says func(head locale.Text) locale.Text
	var more locale.Text
	switch {
	case len(c.o.Budget) > 0:
		says, more = c.situation(c.budgeted())
	case len(c.o.News) > 0:
		worst := c.o.News[0]
		what := T("%s, %s (%s)", shown(c.l, worst.Finding.Label, maxSubject/3),
			c.l.WithCode(c.l.Signed(worst.Finding.Impact), worst.Finding.Currency), worst.kind())
		if n := len(c.o.News) - 1; n > 0 {
			what = T("%s, %s", what, T("%d more", n))
		}
		says = func(head locale.Text) locale.Text { return T("%s: %s", head, what) }
		more = worst.Finding.Reason
	case c.o.Moved:
		says = func(head locale.Text) locale.Text { return T("%s: %s", head, T("Resources changed hands")) }
	case len(c.r.Parts) == 0:
		says = func(head locale.Text) locale.Text { return T("%s: %s", head, T("No charges to report")) }
	default:
		says, more = c.situation(&c.r.Parts[0])
		if one := says; len(c.r.Parts) > 1 {
			others := c.others()
			says = func(head locale.Text) locale.Text { return T("%s; %s", one(head), others) }
			if len([]rune(c.say(says(locale.Said(locale.Name(name, maxSubject)))))) > maxSubject {
				says = one
			}
		}
	}
	return c.fit(says, name), c.say(more)
}

// budgeted is the part that has the budget; the first where none has.
func (c *mailer) budgeted() *analysis.Part {
	i := slices.IndexFunc(c.r.Parts, func(p analysis.Part) bool { return p.Budget != nil })
	return &c.r.Parts[max(i, 0)]
}

// others are the costs in the other currencies.
func (c *mailer) others() locale.Text {
	var list []locale.Text
	for i := range c.r.Parts[1:] {
		p := &c.r.Parts[i+1]
		cost := coded(p, locale.Exact(borne(p)))
		if c.o.First { // as the first currency's
			cost = coded(p, locale.Whole(borne(p)))
		}
		list = append(list, cost)
	}
	return locale.Join(list, "; ")
}

// fit says a subject with as much of a name as there is room for.
func (c *mailer) fit(says func(locale.Text) locale.Text, name string) string {
	whole := c.say(says(locale.Said(locale.Name(name, maxSubject))))
	over := len([]rune(whole)) - maxSubject
	if over <= 0 {
		return whole
	}
	room := max(len([]rune(locale.Name(name, maxSubject)))-over-1, 8)
	if whole = c.say(says(locale.Said(locale.Name(name, room)))); len([]rune(whole)) > maxSubject {
		whole = locale.Name(whole, maxSubject-1)
	}
	return whole
}

// corrects says that a report corrects another.
func (c *mailer) corrects() locale.Text {
	return locale.T("This corrects your last report: the total changes by %s.", c.corrections())
}

// corrections are by how much the bills' totals differ from those that were sent.
func (c *mailer) corrections() string {
	var all []string
	for _, m := range c.o.Corrected {
		all = append(all, c.l.WithCode(c.l.Signed(m), m.Currency))
	}
	return strings.Join(all, ", ")
}

// situation is what a subject says of a part, and the line beside it: a correction, a budget
// that breaks, that there are no data, the first report, what is unusual, or that nothing is.
func (c *mailer) situation(p *analysis.Part) (func(locale.Text) locale.Text, locale.Text) {
	T := locale.T
	month, year := periodText(p.Period, len(p.Priors) == 0), periodText(p.Period, true)
	cost := coded(p, locale.Exact(borne(p)))
	missing := c.r.Partial || p.Period.Lacks > 0 ||
		slices.ContainsFunc(p.Accounts, func(a analysis.Account) bool { return a.Missing || a.Behind })
	var largest, same locale.Text
	if f := largestFinding(p); f != nil {
		largest = T("Largest: %s. %s.", f.Label, f.Reason)
	}
	if len(p.Priors) > 0 && p.Priors[0].Percent != nil {
		if than := versus(p, p.Priors[0].Percent, p.Priors[0]); !than.Empty() {
			same = T("On the same days: %s.", than)
		}
	}
	b := p.Budget
	state, spent := c.worst(b)
	switch {
	case len(c.o.Corrected) > 0:
		return func(head locale.Text) locale.Text {
			i := slices.IndexFunc(c.o.Corrected, func(m usage.Money) bool { return m.Currency == p.Currency })
			if i < 0 { // what is shown is converted, or another part is corrected
				return T("Corrected: %s, %s: %s; on the bill: %s", head, month, cost, c.corrections())
			}
			return T("Corrected: %s, %s: %s instead of %s", head, month, cost, locale.Exact(borne(p).Rounded().Sub(c.o.Corrected[i])))
		}, c.corrects()
	case state == "" && unknown(p):
		return func(head locale.Text) locale.Text { return T("%s: no data for %s yet", head, month) }, locale.Text{}
	case c.o.First && state != analysis.BudgetOver && state != analysis.BudgetLikely:
		return func(head locale.Text) locale.Text {
			return T("%s: your first cloud cost report, %s, %s", head, year, coded(p, locale.Whole(borne(p))))
		}, T("What it contains, and how to answer.")
	case state == "" && nothing(c.r, p):
		return func(head locale.Text) locale.Text { return T("%s: no charges in %s", head, month) }, locale.Text{}
	case state == analysis.BudgetOver:
		beside := T("%s against %s.", coded(p, locale.Whole(b.Spent)), limit(b))
		if b.Over != 0 {
			beside = T("%s against %s, over since %s.", coded(p, locale.Whole(b.Spent)), limit(b), locale.Short(b.Over))
		}
		return func(head locale.Text) locale.Text {
			if longer(b) {
				return T("%s: %s over the budget for %s", head, coded(p, locale.Whole(negated(b.Left))), b.Span)
			}
			return T("%s: %s over budget in %s", head, coded(p, locale.Whole(negated(b.Left))), month)
		}, beside
	case state == analysis.BudgetLikely && b.Awaited != nil:
		return func(head locale.Text) locale.Text {
			if longer(b) {
				return T("%s: about %s over the budget for %s", head, coded(p, locale.Whole(b.Expected.Sub(b.Amount))), b.Span)
			}
			return T("%s: about %s in %s, over the budget of %s", head, coded(p, locale.Whole(*b.Expected)), month, locale.Whole(b.Amount))
		}, T("About %s has not arrived yet.", coded(p, locale.Whole(*b.Awaited)))
	case state == analysis.BudgetLikely:
		return func(head locale.Text) locale.Text {
			return T("%s: over budget about %s, %s against %s", head, locale.Short(b.Over), coded(p, locale.About(*b.Expected)),
				locale.Whole(b.Amount))
		}, largest
	case spent != nil:
		return func(head locale.Text) locale.Text {
			return T("%s: %s of the budget spent by %s, %s of %s", head, locale.Share(spent.Percent), locale.Short(spent.On),
				coded(p, locale.Whole(b.Spent)), locale.Whole(b.Amount))
		}, largest
	case ownersBreak(p) && !c.o.ofNews():
		broken, small, n := brokenBudgets(p)
		if len(broken) == 0 {
			broken = breaking(small)
		}
		return func(head locale.Text) locale.Text { return T("%s: %s", head, brokenText(broken, n)) }, T("%s.", breakingNames(broken))
	case p.Invoiced != nil && p.Period.State == analysis.Invoiced:
		return func(head locale.Text) locale.Text {
			return T("%s: %s invoiced for %s", head, coded(p, locale.Exact(*p.Invoiced)), month)
		}, largest
	case len(p.Findings) > 0:
		n := unusual(p, onlyUp(p))
		if end := expected(p); end != nil {
			return func(head locale.Text) locale.Text {
				return T("%s: %s forecast for %s, %s", head, coded(p, locale.About(*end)), month, n)
			}, largest
		}
		return func(head locale.Text) locale.Text { return T("%s: %s in %s, %s", head, cost, month, n) }, largest
	case missing && p.Period.State == analysis.Open && p.Period.Reach != 0:
		return func(head locale.Text) locale.Text {
			return T("%s: %s so far in %s, data only to %s", head, cost, month, locale.Short(p.Period.Reach))
		}, T("Some data are missing; the next report follows when they are in.")
	case calm(c.r, p):
		if end := expected(p); end != nil {
			return func(head locale.Text) locale.Text {
				return T("%s: %s forecast for %s, nothing unusual", head, coded(p, locale.About(*end)), month)
			}, same
		}
		return func(head locale.Text) locale.Text { return T("%s: %s in %s, nothing unusual", head, cost, month) }, same
	}
	if end := expected(p); end != nil {
		return func(head locale.Text) locale.Text {
			return T("%s: %s forecast for %s", head, coded(p, locale.About(*end)), month)
		}, same
	}
	return func(head locale.Text) locale.Text { return T("%s: %s in %s", head, cost, month) }, same
}

// onlyUp reports whether all findings are increases.
func onlyUp(p *analysis.Part) bool {
	return !slices.ContainsFunc(p.Findings, func(f analysis.Finding) bool { return f.Direction != usage.Up })
}

// footer says why the reader has the mail, what its amounts are, and whom to ask.
func (c *mailer) footer() string {
	T := locale.T
	said := []locale.Text{}
	if c.r.Owner != "" {
		said = append(said, T("You get this mail as the owner of %s.", c.view.Title))
	}
	var codes []string
	before := len(c.r.Parts) > 0
	for i := range c.r.Parts {
		if cur := c.r.Parts[i].Currency; cur != "" {
			codes = append(codes, code(c.l, cur))
		}
		v, _ := viewAnswer(c.l, c.r, &c.r.Parts[i])
		a, _ := v.(answer)
		before = before && a.Before
	}
	switch {
	case len(codes) == 0:
	case before:
		said = append(said, T("Amounts are in %s, before tax and credits.", strings.Join(codes, ", ")))
	default:
		said = append(said, T("Amounts are in %s.", strings.Join(codes, ", ")))
	}
	return c.say(locale.Sentences(append(said, T("Questions? Reply to this mail."))))
}

// kind says in a word why a finding is in the mail.
func (x News) kind() locale.Text {
	switch x.Reason {
	case Grown:
		return locale.T("grown")
	case Ended:
		return locale.T("ended")
	case Remind:
		return locale.T("not answered")
	}
	return locale.T("new")
}
