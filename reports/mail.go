package reports

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	texttemplate "text/template"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/reports/chart"
	"usagereport/sending/delivery"
	"usagereport/usage"
)

// MailOptions are what a mail needs besides the model.
type MailOptions struct {
	Options

	Note     string   // the sender's own words, plain text; they stand at the top
	Link     string   // the address of the whole report; "" where there is none
	Attached []string // the names of the files that come with the mail

	// Corrected is by how much the total differs from what was sent before; nil
	// where the mail corrects nothing.
	Corrected *usage.Money

	// News makes it a mail on these findings and nothing else; empty for one on the
	// whole period.
	News []News

	// Budget says that the budget's state is news, too: that it is over, or likely will be.
	Budget bool

	// Moved says that resources changed hands, which is news, too.
	Moved bool
}

// ofNews reports whether the mail is on news alone.
func (o MailOptions) ofNews() bool { return len(o.News) > 0 || o.Budget || o.Moved }

// A News is a finding to mention in a mail, and why: new, grown, ended or
// unanswered.
type News struct {
	Finding analysis.Finding
	Reason  Reason
	Before  usage.Money // the impact in the mail before, where it has grown
}

// A Reason says why a finding is in a mail.
type Reason string

// The reasons.
const (
	IsNew  Reason = "new"
	Grown  Reason = "grown"
	Ended  Reason = "ended"
	Remind Reason = "reminder" // in an earlier mail, and still not answered
)

// A mailView is what mail.html and mail.txt show. All of it is said already: both
// write the same words.
type mailView struct {
	Lang     string
	Subject  string
	Title    string
	Note     []string // lines
	Lead     []string // what kind of mail it is
	Parts    []mailPart
	Link     string
	Attached string
	Made     string
}

// A mailPart is one currency's.
type mailPart struct {
	Head, State string
	Reach       []mailPhrase
	Figures     []mailFigure
	Verdict     string
	Alarm       bool // Verdict counts findings
	Findings    []mailFinding
	Count       int // of all findings, those left out among them
	More        string
	Notes       []string
	Chart       *mailChart
}

type mailPhrase struct {
	Text   string
	Strong bool
}

type mailFigure struct{ Name, Value, Remark string }

type mailFinding struct {
	ID, Severity, Shape, Label, Context string
	Impact, Since, Rate, Why            string
	Reason                              string // why it is in the mail; "" in a report
	Ask                                 string // what to answer, and to whom
	Answers                             []delivery.Answer
}

// A mailChart is a picture with what it shows in words.
type mailChart struct {
	ID, Alt       string
	Width, Height int // in pixels, as it is shown
	Legend        []mailKey
}

// A mailKey says what a colour means.
type mailKey struct{ Sign, Color, Text string }

// NewMail makes a message of r that suffices alone: its first screen, the worst
// findings and one chart. It loads nothing, and runs nothing. The same model and
// options make the same bytes.
func NewMail(r *analysis.Report, o MailOptions) (delivery.Message, error) {
	l, err := locale.New(o.Lang)
	if err := errors.Join(err, o.Check()); err != nil {
		return delivery.Message{}, err
	}
	c := mailer{l: l, o: o, r: r}
	c.view = mailView{Lang: l.Lang, Title: shown(l, titled(l, r, o.Options), nameLimit), Link: o.Link}
	if note := strings.TrimSpace(o.Note); note != "" {
		for line := range strings.SplitSeq(note, "\n") {
			if line = strings.TrimSpace(line); line != "" {
				line = shown(l, line, textLimit)
			}
			c.view.Note = append(c.view.Note, line)
		}
	}
	if m := o.Corrected; m != nil {
		c.view.Lead = append(c.view.Lead,
			c.say(locale.T("This corrects what you were sent before: the total differs by %s.", l.WithCode(l.Signed(*m), m.Currency))))
	}
	for i := range r.Parts {
		if a := alert(&r.Parts[i]); !a.Empty() && (o.Budget || !o.ofNews()) {
			c.view.Lead = append(c.view.Lead, c.say(a))
		}
	}
	if len(o.Attached) > 0 {
		c.view.Attached = c.say(locale.T("The whole report is attached: %s", strings.Join(o.Attached, ", ")))
	}
	for i := range r.Parts {
		part := c.part
		if o.ofNews() {
			part = c.news
		}
		if err := part(&r.Parts[i]); err != nil {
			return delivery.Message{}, err
		}
	}
	for _, x := range o.News {
		if !slices.ContainsFunc(r.Parts, func(p analysis.Part) bool { return p.Currency == x.Finding.Currency }) {
			return delivery.Message{}, fmt.Errorf("mail: finding %s is in %s, in which the report has nothing", x.Finding.ID, x.Finding.Currency)
		}
	}
	if len(r.Parts) == 0 {
		c.view.Lead = append(c.view.Lead, c.say(locale.T("No charges to report")))
		for _, w := range r.Warnings {
			c.view.Lead = append(c.view.Lead, c.say(w))
		}
	}
	c.view.Made = c.say(locale.T("Made by usagereport %s.", r.Version))
	c.view.Subject = c.subject()
	return c.mail()
}

// A mailer makes a mail.
type mailer struct {
	l      *locale.Locale
	o      MailOptions
	r      *analysis.Report
	view   mailView
	images []delivery.File
}

// say says t on one line.
func (c *mailer) say(t locale.Text) string {
	if t.Empty() {
		return ""
	}
	return shown(c.l, t, textLimit)
}

func (c *mailer) part(p *analysis.Part) error {
	s := newScreen(c.l, c.r, p)
	v := mailPart{Head: c.say(s.Head), State: c.say(s.State), Verdict: c.say(locale.T("%s%s", s.Verdict, s.Context)), Alarm: len(s.Top) > 0}
	if len(p.Accounts) == 1 {
		v.State = c.say(locale.T("%s · %s", s.State, called(p.Accounts[0])))
	}
	for _, x := range s.Reach {
		v.Reach = append(v.Reach, mailPhrase{c.say(x.Text), x.Strong})
	}
	for _, f := range s.Figures {
		v.Figures = append(v.Figures, mailFigure{c.say(f.Name), f.Value, c.say(f.Remark)})
	}
	for _, f := range s.Top {
		v.Findings = append(v.Findings, c.finding(f, p))
	}
	if s.More > 0 {
		v.More = c.say(locale.T("and %d more", s.More))
	}
	if s.Partial {
		v.Notes = append(v.Notes, c.say(locale.T("%d sources were refused and are not in these numbers:", len(s.Refused))))
		v.Notes = append(v.Notes, c.some(said(s.Refused))...)
	}
	v.Notes = append(v.Notes, c.some(s.Notes)...)
	if len(c.images) == 0 {
		if err := c.chart(&v, p); err != nil {
			return err
		}
	}
	c.view.Parts = append(c.view.Parts, v)
	return nil
}

// maxNews is how many findings a mail shows.
const maxNews = 10

// news says what there is new of the findings of a part.
func (c *mailer) news(p *analysis.Part) error {
	s := newScreen(c.l, c.r, p)
	v := mailPart{Head: c.say(s.Head), State: c.say(s.State), Alarm: true}
	for _, x := range s.Reach {
		v.Reach = append(v.Reach, mailPhrase{c.say(x.Text), x.Strong})
	}
	v.Notes = c.some(p.Moved)
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
	switch {
	case n > 0:
		v.Verdict, v.Count = c.say(locale.T("%d findings to look at", n)), n
	case c.o.Budget && !s.Alert.Empty():
		for _, f := range s.Figures {
			v.Figures = append(v.Figures, mailFigure{c.say(f.Name), f.Value, c.say(f.Remark)})
		}
		v.Verdict = c.say(s.Alert)
		if err := c.chart(&v, p); err != nil {
			return err
		}
	case c.o.Moved && len(p.Moved) > 0:
		v.Verdict = c.say(locale.T("Resources changed hands"))
	default:
		return nil
	}
	if n > maxNews {
		v.More = c.say(locale.T("and %d more", n-maxNews))
	}
	c.view.Parts = append(c.view.Parts, v)
	return nil
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
		return locale.T("has grown since it was told, from %s", l.WithCode(l.Signed(x.Before), x.Before.Currency))
	case Ended:
		return locale.T("has ended")
	case Remind:
		return locale.T("not answered yet")
	}
	return locale.T("new")
}

// some says the first of texts, and how many there are besides.
func (c *mailer) some(texts []locale.Text) (out []string) {
	for i, t := range texts {
		if i == markdownLines {
			return append(out, c.say(locale.T("and %d more", len(texts)-i)))
		}
		out = append(out, c.say(t))
	}
	return out
}

func (c *mailer) finding(f analysis.Finding, p *analysis.Part) mailFinding {
	v := mailFinding{
		ID: shown(c.l, f.ID, 20), Severity: c.say(word(f.Severity)), Shape: shapes(f.Severity), Label: shown(c.l, f.Label, 80),
		Impact: c.l.WithCode(c.l.Signed(f.Impact), p.Currency), Since: c.say(during(f)), Why: c.say(f.Explanation),
	}
	if f.Context != "" {
		v.Context = shown(c.l, f.Context, 80)
	}
	if f.PerMonth != nil {
		v.Rate = c.say(locale.T("about %s a month if it goes on", c.l.About(*f.PerMonth)))
	}
	v.Ask = c.say(locale.T("Planned, fixed, or not yours? Tell the sender, naming %s.", v.ID))
	if v.Answers = c.o.replies(c.l, f.ID, p); v.Answers != nil {
		v.Ask = c.say(locale.T("To answer, mail %s with the subject [%s] and planned, fixed, not-mine or wrong.", c.o.AnswersTo, v.ID))
	}
	return v
}

// shapes is the sign of a severity, for readers without colours.
func shapes(severity usage.Severity) string {
	switch severity {
	case usage.SeverityHigh:
		return "▲"
	case usage.SeverityMedium:
		return "◆"
	}
	return "●"
}

// during says on which days a finding is.
func during(f analysis.Finding) locale.Text {
	switch {
	case f.Ongoing:
		return locale.T("since %s, ongoing", f.Start)
	case f.Start == f.End:
		return locale.T("on %s", f.Start)
	}
	return locale.T("%s to %s", f.Start, f.End)
}

// chart draws the period's days.
func (c *mailer) chart(v *mailPart, p *analysis.Part) error {
	list := slices.DeleteFunc(slices.Clone(p.Daily), func(d analysis.DayCost) bool { return !p.Period.Span.Contains(d.Day) })
	return c.draw(v, p, list, p.Period.Span)
}

// draw draws days of a span.
func (c *mailer) draw(v *mailPart, p *analysis.Part, list []analysis.DayCost, span usage.Period) error {
	if len(list) < 2 {
		return nil
	}
	b, err := chart.DaysPNG(c.l, charted(list), span)
	if err != nil {
		return err
	}
	c.images = append(c.images, delivery.File{Name: "days.png", Type: "image/png", ID: "days@usagereport", Bytes: b})
	v.Chart = &mailChart{ID: c.images[0].ID, Alt: c.alt(list, p), Width: chart.PNGWidth / 2, Height: chart.PNGHeight / 2}
	has := map[string]bool{}
	for _, d := range list {
		has["band"] = has["band"] || d.HasBand
		has["prior"] = has["prior"] || d.Prior != nil
		has["incomplete"] = has["incomplete"] || d.Incomplete && !d.NoData
		has["above"] = has["above"] || above(d)
	}
	look := chart.Light()
	for _, k := range []struct {
		shown bool
		sign  string
		color string
		text  locale.Text
	}{
		{true, "■", chart.Hex(look.Bar), locale.T("cost a day")},
		{has["above"], "▲", chart.Hex(look.Above), locale.T("above the usual")},
		{has["incomplete"], "□", chart.Hex(look.Hollow), locale.T("incomplete")},
		{has["band"], "▒", chart.Hex(look.Expected), locale.T("usual range")},
		{has["prior"], "━", chart.Hex(look.Prior), locale.T("prior period, same day")},
	} {
		if k.shown {
			v.Chart.Legend = append(v.Chart.Legend, mailKey{k.sign, k.color, c.say(k.text)})
		}
	}
	return nil
}

// alt says what the chart shows, with its numbers.
func (c *mailer) alt(list []analysis.DayCost, p *analysis.Part) string {
	most, over := list[0], 0
	for _, d := range list {
		if d.Actual.Cmp(most.Actual) > 0 {
			most = d
		}
		if above(d) {
			over++
		}
	}
	t := locale.T("Daily cost: %s on %s is the most.", usage.Money{Amount: most.Actual, Currency: p.Currency}, most.Day)
	if over > 0 {
		t = locale.T("%s %s", t, locale.T("%d days are above the usual range.", over))
	}
	return c.say(t)
}

// subject names the owner, the days, what they cost, and what is unusual.
func (c *mailer) subject() string {
	head := locale.Said(locale.Name(c.r.Owner, 60))
	if c.r.Owner == "" {
		head = locale.Said(locale.Name(titled(c.l, c.r, c.o.Options), 60))
	}
	if len(c.o.News) == 0 && !c.o.Budget && c.o.Moved {
		return c.say(locale.T("%s: %s", head, locale.T("Resources changed hands")))
	}
	if len(c.o.News) == 0 && c.o.Budget {
		return c.say(locale.T("%s: %s", head, c.alerts()))
	}
	if len(c.o.News) > 0 {
		worst := c.o.News[0]
		t := locale.T("%s: %s", head, locale.T("%s, %s (%s)", worst.Finding.Label,
			c.l.WithCode(c.l.Signed(worst.Finding.Impact), worst.Finding.Currency), worst.says(c.l)))
		if more := len(c.o.News) - 1; more > 0 {
			t = locale.T("%s, %s", t, locale.T("and %d more", more))
		}
		if a := c.alerts(); !a.Empty() && c.o.Budget {
			t = locale.T("%s · %s", a, t)
		}
		return c.say(t)
	}
	var costs []locale.Text
	for i := range c.r.Parts {
		costs = append(costs, c.costs(&c.r.Parts[i]))
	}
	t := locale.T("%s: %s", head, locale.T("No charges to report"))
	if len(costs) > 0 {
		p := c.r.Parts[0]
		days := c.l.Span(p.Period.Span)
		if p.Period.Span == p.Period.Span.From.Month() {
			days = c.l.Month(p.Period.Span.From)
		}
		t = locale.T("%s · %s: %s", head, days, locale.Join(costs, "; "))
	}
	if a := c.alerts(); !a.Empty() {
		t = locale.T("%s · %s", a, t)
	}
	if m := c.o.Corrected; m != nil {
		t = locale.T("Corrected: %s, %s", c.l.WithCode(c.l.Signed(*m), m.Currency), t)
	}
	return c.say(t)
}

// alerts says what the parts' budgets say before all else.
func (c *mailer) alerts() locale.Text {
	var all []locale.Text
	for i := range c.r.Parts {
		if a := alert(&c.r.Parts[i]); !a.Empty() {
			all = append(all, a)
		}
	}
	if len(all) == 0 {
		return locale.Text{}
	}
	return locale.Join(all, "; ")
}

// costs says in few words what p costs and whether that is unusual.
func (c *mailer) costs(p *analysis.Part) locale.Text {
	coded := func(amount string) string {
		if chart.CurrencyCode(p.Currency) == "" {
			return amount
		}
		return chart.CurrencyCode(p.Currency) + " " + amount
	}
	if nothing(c.r, p) {
		return locale.T("nothing was spent")
	}
	total := coded(c.l.Money(borne(p)))
	var t locale.Text
	switch p.Period.State {
	case analysis.Open:
		if t = locale.T("%s so far", total); p.Expected != nil {
			t = locale.T("expected %s", coded(c.l.About(*p.Expected)))
		}
	case analysis.Closing:
		t = locale.T("stands at %s", total)
	case analysis.Invoiced:
		if p.Invoiced != nil { // all of it, with tax and without credits
			total = coded(c.l.Money(*p.Invoiced))
		}
		t = locale.T("invoiced %s", total)
	default:
		t = locale.T("cost %s", total)
	}
	v, _ := viewAnswer(c.l, c.r, p)
	switch a := v.(answer); {
	case len(p.Findings) > 0:
		return locale.T("%s, %s", t, unusual(p, a.OnlyUp))
	case a.Quiet && p.History.CanDetect && a.Alert.Empty():
		return locale.T("%s, %s", t, locale.T("nothing unusual"))
	}
	return t
}

// mail makes the mail of what is to be said.
func (c *mailer) mail() (delivery.Message, error) {
	m := delivery.Message{Subject: c.view.Subject, Images: c.images, Digest: c.digest()}
	ts, err := templates(c.l, c.o.Options)
	if err != nil {
		return m, fmt.Errorf("mail templates: %w", err)
	}
	var b bytes.Buffer
	if err := ts.ExecuteTemplate(&b, "mail.html", c.view); err != nil {
		return m, fmt.Errorf("mail: %w", err)
	}
	m.HTML = b.String()
	plain, err := texttemplate.ParseFS(files, "templates/mail.txt")
	if err != nil {
		return m, fmt.Errorf("mail templates: %w", err)
	}
	b.Reset()
	if err := plain.Execute(&b, c.view); err != nil {
		return m, fmt.Errorf("mail as text: %w", err)
	}
	m.Text = b.String()
	return m, nil
}

// digest is the first part of the mail, as facts.
func (c *mailer) digest() delivery.Digest {
	v := c.view
	d := delivery.Digest{Title: v.Title, Lines: slices.Clone(v.Lead), Note: strings.Join(v.Note, "\n"), Link: v.Link}
	for i, p := range v.Parts {
		d.Lines = append(d.Lines, p.Head+" · "+p.State, p.reach(), p.Verdict)
		for _, f := range p.Figures {
			d.Facts = append(d.Facts, delivery.Fact{Name: f.Name, Value: f.Value})
		}
		if i > 0 {
			continue
		}
		d.More = p.More
		for j, f := range p.Findings {
			if j == shownTop { // of a mail on findings
				d.More = c.say(locale.T("and %d more", p.Count-j))
				break
			}
			d.Findings = append(d.Findings, delivery.Finding{ID: f.ID, Title: f.Label + " " + f.Impact, Text: f.Why, Answers: f.Answers})
		}
	}
	return d
}

func (p mailPart) reach() string {
	var b strings.Builder
	for _, x := range p.Reach {
		b.WriteString(x.Text)
	}
	return b.String()
}
