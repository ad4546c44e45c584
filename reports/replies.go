package reports

import (
	"fmt"
	"net/mail"
	"net/url"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/sending/delivery"
	"usagereport/usage"
)

// monthsPlanned is for how long a cost is suggested to be planned, after the
// data's end.
const monthsPlanned = 3

// Check returns an error where answers cannot go to the address that o names.
func (o Options) Check() error {
	if o.AnswersTo == "" {
		return nil
	}
	if a, err := mail.ParseAddress(o.AnswersTo); err != nil || a.Address != o.AnswersTo {
		return fmt.Errorf("address for answers %q: is no mail address, like costs@example.org", o.AnswersTo)
	}
	return nil
}

// replies returns what can be answered to a finding of p, with mails that are
// written already. Their subjects are what package answers reads, in English
// whatever the reader's language; what is written above the line goes along as the
// reason.
func (o Options) replies(l *locale.Locale, id string, p *analysis.Part) []delivery.Answer {
	if o.AnswersTo == "" {
		return nil
	}
	line := func(hint locale.Text) string { return "\r\n\r\n-- \r\n" + l.Say(hint) + "\r\n" }
	plain := line(locale.T("The reason, if you like to give one, stands above the line. A program reads the subject: leave it as it is."))
	planned := line(locale.T("The reason, if you like to give one, stands above the line. A program reads the subject: change nothing in it but the day."))
	var out []delivery.Answer
	for _, x := range []struct {
		name    locale.Text
		subject string
		body    string
	}{
		{locale.T("Planned"), "planned until " + PlannedUntil(p).String(), planned},
		{locale.T("Fixed"), "fixed", plain},
		{locale.T("Not mine"), "not-mine", plain},
		{locale.T("False alarm"), "wrong", plain},
	} {
		out = append(out, delivery.Answer{Name: l.Say(x.name), URL: mailto(o.AnswersTo, "["+id+"] "+x.subject, x.body)})
	}
	return out
}

// PlannedUntil is the day that is suggested for what is planned.
func PlannedUntil(p *analysis.Part) usage.Day {
	end := p.Period.Reach
	if end == 0 {
		end = p.Period.Span.Last()
	}
	y, m, d := end.Time().AddDate(0, monthsPlanned, 0).Date()
	return usage.Date(y, m, d)
}

// mailto returns the address of a mail that is to be written. All but letters and
// digits is written in percents: a plus is a plus to some programs and a blank to
// others.
func mailto(to, subject, body string) string {
	escape := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
	return "mailto:" + strings.ReplaceAll(escape(to), "%40", "@") + "?subject=" + escape(subject) + "&body=" + escape(body)
}
