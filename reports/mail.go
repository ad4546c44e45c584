package reports

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
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

	// Corrected is by how much the totals of the bills differ from what was sent before, by
	// currency; empty where the mail corrects nothing.
	Corrected []usage.Money

	// First says that the owner had no report before.
	First bool

	// News makes it a mail on these findings and nothing else; empty for one on the
	// whole period.
	News []News

	// Budget are the warnings of the owner's budget that are news, too.
	Budget []analysis.BudgetWarning

	// Moved says that resources changed hands, which is news, too.
	Moved bool
}

// ofNews reports whether the mail is on news alone.
func (o MailOptions) ofNews() bool { return len(o.News) > 0 || len(o.Budget) > 0 || o.Moved }

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
// write the same words in the same order.
type mailView struct {
	Lang     string
	Subject  string
	Preview  string   // what a list of mails shows beside the subject
	Title    string   // the owner that the costs are of
	When     string   // and of which period
	Note     []string // lines
	Lead     []string // what kind of mail it is
	Parts    []mailPart
	Link     string
	Attached string
	Footer   string // why the reader has it, and whom to ask
}

// A mailPart is one currency's.
type mailPart struct {
	Head     mailHead
	Says     []mailPhrase   // on what Head rests, and how far the data reach
	Cards    [][]mailFigure // in rows of two
	Chart    *mailChart
	Title    string // over the findings
	Findings []mailFinding
	Count    int // of all findings, those left out among them
	More     string
	Ask      string // how the buttons work; "" where there are none
	Notes    []string
}

// A mailHead is the answer in a sentence or two, as text and marked up.
type mailHead struct {
	Text string
	HTML template.HTML
}

type mailPhrase struct {
	Text   string
	Strong bool
}

type mailFigure struct {
	Name, Value, Remark string
	Warn                bool
}

type mailFinding struct {
	ID, Mark, Label, Place string
	Why                    string // in a line
	Amount, Rate, Effect   string // a month, or in all; what that is; and in the period
	Portal                 string // the address of its resource
	Reason                 string // why it is in the mail; "" in a report
	Ask                    string // what to answer, and to whom
	Answers                []delivery.Answer
}

// A mailChart is a picture with what it shows in words.
type mailChart struct {
	ID, Title, Alt string
	Width, Height  int // in pixels, as it is shown
	Legend         []mailKey
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
	r = urgentFirst(r)
	c := mailer{l: l, o: o, r: r}
	c.view = mailView{Lang: l.Lang, Title: shown(l, titled(l, r, o.Options), nameLimit), Link: o.Link}
	if r.Owner != "" && o.Title == "" {
		c.view.Title = shown(l, r.Owner, nameLimit)
	}
	if len(r.Parts) > 0 {
		c.view.When = c.say(periodText(r.Parts[0].Period, true))
		if c.view.Title == shown(l, r.Owner, nameLimit) {
			c.view.When = c.say(locale.T("Cloud cost, %s", periodText(r.Parts[0].Period, true)))
		}
	}
	if note := strings.TrimSpace(o.Note); note != "" {
		for line := range strings.SplitSeq(note, "\n") {
			if line = strings.TrimSpace(line); line != "" {
				line = shown(l, line, textLimit)
			}
			c.view.Note = append(c.view.Note, line)
		}
	}
	if len(o.Corrected) > 0 {
		c.view.Lead = append(c.view.Lead, c.say(c.corrects()))
	}
	if o.First {
		c.view.Lead = append(c.view.Lead, c.say(locale.Sentences([]locale.Text{
			locale.T("This is your first report: what your part of the cloud costs, what is unusual in it, and why."),
			locale.T("A finding that you answer is no alert any more."),
		})))
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
	c.view.Footer = c.footer()
	c.view.Subject, c.view.Preview = c.subject()
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
	v := mailPart{Head: c.head(headline(c.r, p)), Says: c.rests(s, p), Cards: c.cards(s.Cards, p), Count: len(p.Findings)}
	top := slices.Clone(p.Findings)
	slices.SortStableFunc(top, byMonth)
	for _, f := range top[:min(shownTop, len(top))] {
		v.Findings = append(v.Findings, c.finding(f, p))
	}
	if len(v.Findings) > 0 {
		v.Title = c.say(findingsTitle(p))
	}
	if s.More > 0 {
		v.More = c.say(locale.T("%d more", s.More))
	}
	if s.Partial {
		v.Notes = append(v.Notes, c.say(locale.T("%d files could not be read and are not included:", len(s.Refused))))
		v.Notes = append(v.Notes, c.some(said(s.Refused))...)
	}
	v.Notes = append(v.Notes, c.some(s.Notes)...)
	c.ask(&v, p)
	if len(c.images) == 0 {
		if err := c.chart(&v, p); err != nil {
			return err
		}
	}
	c.view.Parts = append(c.view.Parts, v)
	return nil
}

// head marks up a headline.
func (c *mailer) head(t locale.Text) mailHead {
	h := mailHead{Text: c.say(t)}
	sign := "▲ " // of the worst, which stands first
	h.HTML = template.HTML(c.l.Format(t, func(v any) any {
		switch v := v.(type) {
		case locale.Emphasis:
			said := `<span class="warn" style="color:#b3420c">` + sign + string(v) + `</span>`
			sign = ""
			return said
		case int, int64:
			return v
		}
		return template.HTMLEscapeString(locale.Name(fmt.Sprint(v), nameLimit))
	}))
	return h
}

// rests says on what a headline rests: what makes most of it, and how far the data reach.
func (c *mailer) rests(s screen, p *analysis.Part) (out []mailPhrase) {
	if largest := largestFinding(p); largest != nil {
		out = append(out, mailPhrase{Text: c.say(locale.T("Largest: %s. %s.", largest.Label, largest.Reason)) + c.gap()})
	}
	if s.Nothing {
		out = append(out, mailPhrase{Text: c.say(locale.T("No charge of this period is of %s.", s.Owner)) + c.gap()})
	}
	if !p.History.CanDetect && !s.Nothing && !p.History.Sentence.Empty() {
		out = append(out, mailPhrase{Text: c.say(locale.T("%s.", p.History.Sentence)) + c.gap()})
	}
	out = append(out, mailPhrase{Text: c.say(locale.T("%s.", s.answer.State)) + c.gap()})
	for _, x := range s.Reach {
		out = append(out, mailPhrase{c.say(x.Text), x.Strong})
	}
	return append(out, mailPhrase{Text: c.say(locale.T("."))})
}

// gap stands between two sentences.
func (c *mailer) gap() string {
	if c.l.Lang == locale.TraditionalChinese {
		return ""
	}
	return " "
}

// largestFinding is the finding that costs most a month; nil where there is none.
func largestFinding(p *analysis.Part) *analysis.Finding {
	if len(p.Findings) == 0 {
		return nil
	}
	f := slices.MinFunc(p.Findings, byMonth)
	return &f
}

// cards says the figures of the first screen, in rows of two.
func (c *mailer) cards(list []kpi, p *analysis.Part) (rows [][]mailFigure) {
	var all []mailFigure
	for _, k := range list {
		f := mailFigure{Name: c.say(k.Name), Value: k.Value, Remark: c.say(k.Note), Warn: k.Warn}
		if k.Amount != nil {
			switch {
			case k.About:
				f.Value = c.l.About(*k.Amount)
			case k.Signed:
				f.Value = c.l.Signed(*k.Amount)
			default:
				f.Value = c.l.Money(*k.Amount)
			}
			if k.Code {
				f.Value = c.l.WithCode(f.Value, p.Currency)
			}
			if k.Warn {
				f.Value = "▲ " + f.Value
			}
		}
		if !k.Suffix.Empty() {
			f.Value += " " + c.say(k.Suffix)
		}
		all = append(all, f)
	}
	for row := range slices.Chunk(all, 2) {
		rows = append(rows, row)
	}
	return rows
}

// ask says how the buttons of the findings work.
func (c *mailer) ask(v *mailPart, p *analysis.Part) {
	switch {
	case c.o.AnswersTo == "" || len(v.Findings) == 0:
	case p.Period.ReplyBy != 0:
		v.Ask = c.say(locale.T("The buttons open a mail to %s; please send it by %s. An answered finding is no alert any more.", c.o.AnswersTo,
			locale.Short(p.Period.ReplyBy)))
	default:
		v.Ask = c.say(locale.T("The buttons open a mail to %s. An answered finding is no alert any more.", c.o.AnswersTo))
	}
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
	why := locale.Join(append([]locale.Text{f.Reason}, analysis.SaidEvents(f.Events)...), " · ")
	v := mailFinding{
		ID: shown(c.l, f.ID, 20), Mark: mark(f), Label: shown(c.l, f.Label, 80), Why: c.say(why), Portal: portal(f.Scope),
		Amount: c.l.Signed(f.Impact), Rate: c.say(locale.T("in all")),
	}
	if f.Ongoing {
		v.Rate = c.say(locale.T("so far"))
	}
	if f.Context != "" {
		v.Place = shown(c.l, f.Context, 80)
	}
	if f.PerMonth != nil {
		v.Amount, v.Rate = c.l.About(*f.PerMonth), c.say(locale.T("a month"))
		if f.PerMonth.Amount.Sign() > 0 {
			v.Amount = "+" + v.Amount
		}
		within := locale.Difference(f.Within(p.Period.Span))
		switch {
		case f.Start < p.Period.Span.From: // the subject, and what was told before, are of all its days
			v.Effect = c.say(locale.T("%s in the period, %s in all", within, locale.Difference(f.Impact)))
		case p.Period.State != analysis.Open:
			v.Effect = c.say(locale.T("%s in the period", within))
		default:
			v.Effect = c.say(locale.T("%s so far", within))
		}
	}
	if len(c.r.Parts) > 1 {
		v.Amount = c.l.WithCode(v.Amount, p.Currency)
	}
	v.Ask = c.say(locale.T("Planned, fixed, or not yours? Tell the sender, naming %s.", v.ID))
	if v.Answers = c.o.replies(c.l, f.ID, p); v.Answers != nil {
		v.Ask = c.say(locale.T("To answer, mail %s with the subject [%s] and planned, fixed, not-mine or wrong.", c.o.AnswersTo, v.ID))
	}
	return v
}

// mark is the sign of a finding, for readers without colours.
func mark(f analysis.Finding) string {
	switch {
	case f.Direction == usage.Down:
		return "▼"
	case f.Ongoing:
		return "▲"
	}
	return "△"
}

// chart draws how the period's cost adds up.
func (c *mailer) chart(v *mailPart, p *analysis.Part) error {
	r, label, ok := running(c.l, p)
	if !ok {
		return nil
	}
	b, err := chart.RunningPNG(c.l, r)
	if err != nil {
		return err
	}
	title := locale.T("Cumulative cost, %s", locale.Said(code(c.l, p.Currency)))
	if len(r.Prior) > 0 {
		title = locale.T("%s (grey: %s)", title, priorText(p.Priors[0]))
	}
	c.picture(v, b, mailChart{Title: c.say(title), Alt: c.say(label), Width: chart.RunningWidth / 2, Height: chart.RunningHeight / 2})
	return nil
}

// picture takes a picture along.
func (c *mailer) picture(v *mailPart, b []byte, x mailChart) {
	x.ID = "chart@usagereport"
	c.images = append(c.images, delivery.File{Name: "chart.png", Type: "image/png", ID: x.ID, Bytes: b})
	v.Chart = &x
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
	c.picture(v, b, mailChart{
		Title: c.say(locale.T("Cost a day, %s", locale.Said(code(c.l, p.Currency)))), Alt: c.alt(list, p),
		Width: chart.PNGWidth / 2, Height: chart.PNGHeight / 2,
	})
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
		{has["above"], "▲", chart.Hex(look.Above), locale.T("above the usual range")},
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

// mail makes the mail of what is to be said.
func (c *mailer) mail() (delivery.Message, error) {
	m := delivery.Message{Subject: c.view.Subject, Mailer: "usagereport " + c.r.Version, Images: c.images, Digest: c.digest()}
	ts, err := templates(c.l, c.o.Options)
	if err != nil {
		return m, fmt.Errorf("mail templates: %w", err)
	}
	var b bytes.Buffer
	if err := ts.ExecuteTemplate(&b, "mail.html", c.view); err != nil {
		return m, fmt.Errorf("mail: %w", err)
	}
	m.HTML = b.String()
	plain, err := texttemplate.New("mail.txt").Funcs(texttemplate.FuncMap{ // with the language's signs between them
		"named": func(name, value string) string { return c.l.Say(locale.T("%s: %s", name, value)) },
		"joined": func(text, more string) string {
			if more == "" {
				return text
			}
			return c.l.Say(locale.T("%s, %s", text, more))
		},
	}).ParseFS(files, "templates/mail.txt")
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
	d := delivery.Digest{
		Title: strings.TrimSuffix(v.Title+" · "+v.When, " · "), Lines: slices.Clone(v.Lead), Note: strings.Join(v.Note, "\n"), Link: v.Link,
		Colon: c.say(locale.T("%s: %s", "", "")),
	}
	for i, p := range v.Parts {
		d.Lines = append(d.Lines, p.Head.Text, p.rests())
		for _, row := range p.Cards {
			for _, f := range row {
				d.Facts = append(d.Facts, delivery.Fact{Name: f.Name, Value: f.Value})
			}
		}
		if i > 0 {
			continue
		}
		d.More = p.More
		for j, f := range p.Findings {
			if j == shownTop { // of a mail on findings
				d.More = c.say(locale.T("%d more", p.Count-j))
				break
			}
			d.Findings = append(d.Findings,
				delivery.Finding{ID: f.ID, Title: f.Label + " " + f.Amount + " " + f.Rate, Text: f.Why, Answers: f.Answers})
		}
	}
	return d
}

func (p mailPart) rests() string {
	var b strings.Builder
	for _, x := range p.Says {
		b.WriteString(x.Text)
	}
	return b.String()
}
