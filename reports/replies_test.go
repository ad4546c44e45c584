package reports

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"usagereport/analysis"
	"usagereport/reports/reportstest"
	"usagereport/sending/answers"
)

// Each finding of the page and each finding of the mail offers four answers, which
// name the finding, and whose addresses no mail program can misread.
func TestReplies(t *testing.T) {
	o := Options{AnswersTo: "cost+answers@example.org"}
	var b bytes.Buffer
	if err := Write(&b, rich(), o); err != nil {
		t.Fatal(err)
	}
	d, err := goquery.NewDocumentFromReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	m, mail := mailed(t, rich(), MailOptions{Options: o})
	for where, links := range map[string]*goquery.Selection{
		"page": d.Find(".finding").First().Find("a.answer"),
		"mail": mail.Find("td.card").First().Find("a.answer"),
	} {
		var subjects []string
		links.Each(func(i int, a *goquery.Selection) {
			href := a.AttrOr("href", "")
			at, err := url.Parse(href)
			if err != nil || at.Scheme != "mailto" || strings.ContainsAny(href, "+ \r\n[]") {
				t.Fatalf("%s: %q is no good address (%v)", where, href, err)
			}
			if to, err := url.PathUnescape(at.Opaque); err != nil || to != o.AnswersTo {
				t.Errorf("%s: the mail goes to %q (%v)", where, to, err)
			}
			subjects = append(subjects, at.Query().Get("subject"))
			if body := at.Query().Get("body"); !strings.HasPrefix(body, "\r\n\r\n-- \r\nThe reason") {
				t.Errorf("%s: the body is %q", where, body)
			}
			if want := m.Digest.Findings[0].Answers[i]; text(a) != want.Name || href != want.URL {
				t.Errorf("%s: %q to %q, the digest has %+v", where, text(a), href, want)
			}
		})
		want := []string{"[F-K7Q2MZ] planned until 2027-02-27", "[F-K7Q2MZ] fixed", "[F-K7Q2MZ] not-mine", "[F-K7Q2MZ] wrong"}
		if !slices.Equal(subjects, want) {
			t.Errorf("%s: subjects %q, want %q", where, subjects, want)
		}
	}
	if n := d.Find(".finding").Length(); n != len(rich().Parts[0].Findings) || d.Find("a.answer").Length() != 4*n {
		t.Errorf("%d answers for %d findings", d.Find("a.answer").Length(), n)
	}
	if want := "To answer, mail cost+answers@example.org with the subject [F-K7Q2MZ] and planned"; !strings.Contains(m.Text, want) {
		t.Errorf("the text does not say %q", want)
	}
	if page := page(t, rich()); page.Find("a.answer").Length() != 0 || !strings.Contains(text(page.Find(".finding .reply")), "Tell the sender") {
		t.Error("without an address there are answers, or no words")
	}
}

// What the links write, answers reads: the reason above the line goes along, the
// words below it do not.
func TestRepliesAreRead(t *testing.T) {
	now := time.Date(2026, time.November, 28, 9, 0, 0, 0, time.UTC)
	for _, lang := range []string{"en", "zh-Hant"} {
		m, _ := mailed(t, rich(), MailOptions{Options: Options{AnswersTo: "costs@example.org", Lang: lang}})
		var said []string
		for _, a := range m.Digest.Findings[0].Answers {
			at, err := url.Parse(a.URL)
			if err != nil {
				t.Fatal(err)
			}
			l, err := answers.ReadMail(strings.NewReader("From: ada@example.org\r\nContent-Type: text/plain; charset=utf-8\r\nSubject: Re: "+at.Query().Get("subject")+"\r\n\r\na load test"+at.Query().Get("body")), now)
			if err != nil || len(l.Answers) != 1 {
				t.Fatalf("%s: %v, %v", a.URL, l, err)
			}
			x := l.Answers[0]
			said = append(said, x.Finding+" "+x.Answer+" "+x.Note)
		}
		if want := []string{
			"F-K7Q2MZ planned a load test", "F-K7Q2MZ fixed a load test", "F-K7Q2MZ not mine a load test",
			"F-K7Q2MZ wrong a load test",
		}; !slices.Equal(said, want) {
			t.Errorf("%s: %q", lang, said)
		}
	}
}

// A finding's number is data in an address, too, and what is no address is not
// written.
func TestRepliesAreData(t *testing.T) {
	o := MailOptions{Options: Options{AnswersTo: "costs@example.org"}}
	for _, s := range reportstest.Names() {
		_, d := mailed(t, hostile(s), o)
		d.Find("a").Each(func(_ int, a *goquery.Selection) {
			if at, err := url.Parse(a.AttrOr("href", "")); err != nil || at.Scheme != "mailto" || at.Opaque != "costs@example.org" ||
				len(at.Query()) != 2 {
				t.Errorf("%.40q: %q (%v)", s, a.AttrOr("href", ""), err)
			}
		})
	}
	for _, to := range []string{
		"costs", "Costs <costs@example.org>", "costs@example.org?cc=x@example.org",
		"a@example.org,b@example.org", "javascript:alert(1)",
	} {
		o := Options{AnswersTo: to}
		if err := Write(&bytes.Buffer{}, &analysis.Report{}, o); err == nil {
			t.Errorf("%q is taken for an address", to)
		}
		if _, err := NewMail(&analysis.Report{}, MailOptions{Options: o}); err == nil {
			t.Errorf("%q is taken for an address", to)
		}
	}
}
