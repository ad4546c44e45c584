package webhook

import (
	"cmp"
	"net/url"
	"strings"
	"unicode"

	"usagereport/sending/delivery"
)

const (
	// teamsBytes is what Teams takes of a message, 28 KB, with room for what it
	// adds itself.
	teamsBytes = 26_000
	// slackBytes keeps a message well below what Slack shows folded.
	slackBytes = 40_000
	// longestURL is what all of them take.
	longestURL = 2000
	// longestList is the most entries of a list in a card, and mostFindings the
	// most findings, which are made of several.
	longestList, mostFindings = 10, 3
)

// An object is one of a card.
type object map[string]any

// teams writes an Adaptive Card in the envelope that the Workflows of Teams take
// (https://adaptivecards.io/explorer, version 1.4). Texts from the data are text
// runs, in which nothing is a sign of formatting. Only links are Markdown.
func teams(m delivery.Message, most int) object {
	d := m.Digest
	run := func(text string, more ...object) object {
		// Cards replace {{DATE(…)}}.
		r := object{"type": "TextRun", "text": strings.ReplaceAll(delivery.Line(text, most), "{{", "{ {")}
		for _, m := range more {
			for k, v := range m {
				r[k] = v
			}
		}
		return r
	}
	gap := object{"type": "TextRun", "text": " "} // runs follow each other without one
	colon := cmp.Or(d.Colon, ": ")
	bold, subtle := object{"weight": "Bolder"}, object{"isSubtle": true}
	body := []object{}
	add := func(runs ...object) { body = append(body, object{"type": "RichTextBlock", "inlines": runs}) }
	if d.Title != "" {
		add(run(d.Title, bold, object{"size": "Large"}))
	}
	if d.Note != "" {
		add(run(d.Note, object{"italic": true}))
	}
	for _, line := range some(d.Lines, longestList, "…") {
		add(run(line))
	}
	for _, f := range some(d.Facts, longestList, delivery.Fact{Name: "…"}) {
		runs := []object{run(f.Name+strings.TrimSpace(colon), subtle)}
		if strings.HasSuffix(colon, " ") {
			runs = append(runs, gap)
		}
		add(append(runs, run(f.Value, bold))...)
	}
	for _, f := range some(d.Findings, mostFindings, delivery.Finding{ID: "…"}) {
		add(run(f.ID, subtle), gap, run(f.Title, bold))
		if f.Text != "" {
			add(run(f.Text))
		}
		if links := answers(f, func(name, link string) string {
			return "[" + markdown(delivery.Line(name, 40)) + "](" + link + ")"
		}); links != "" {
			body = append(body, object{"type": "TextBlock", "text": links, "wrap": true})
		}
	}
	if d.More != "" {
		add(run(d.More))
	}
	add(run(m.ID, subtle, object{"size": "Small"}))
	card := object{
		"type": "AdaptiveCard", "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "version": "1.4",
		"body": body, "msteams": object{"width": "Full"},
	}
	if link := safeURL(d.Link, "https"); link != "" {
		card["actions"] = []object{{"type": "Action.OpenUrl", "title": host(link), "url": link}}
	}
	return object{"type": "message", "attachments": []object{{
		"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": nil, "content": card,
	}}}
}

// slack writes a message of Block Kit
// (https://docs.slack.dev/reference/block-kit/blocks): at most 50 blocks, of at
// most 3000 signs.
func slack(m delivery.Message, most int) object {
	d := m.Digest
	// A sign becomes up to five when it is escaped.
	text := func(s string) string { return mrkdwn(delivery.Line(s, min(most, 400))) }
	name := func(s string) string { return mrkdwn(delivery.Line(s, min(most, 100))) }
	blocks := []object{}
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" {
			blocks = append(blocks, object{"type": "section", "text": object{"type": "mrkdwn", "text": s, "verbatim": true}})
		}
	}
	bold := func(s string) string {
		if s = text(s); s == "" {
			return ""
		}
		return "*" + s + "*"
	}
	add(bold(d.Title))
	add(text(d.Note))
	for _, line := range some(d.Lines, longestList, "…") {
		add(text(line))
	}
	for _, f := range some(d.Facts, longestList, delivery.Fact{Name: "…"}) {
		add(name(f.Name) + cmp.Or(d.Colon, ": ") + bold(f.Value))
	}
	for _, f := range some(d.Findings, mostFindings, delivery.Finding{ID: "…"}) {
		add(name(f.ID) + " " + bold(f.Title))
		add(text(f.Text))
		add(answers(f, func(name, link string) string {
			return "<" + link + "|" + mrkdwn(strings.ReplaceAll(delivery.Line(name, 40), "|", "/")) + ">"
		}))
	}
	add(text(d.More))
	if link := safeURL(d.Link, "https"); link != "" {
		add("<" + link + "|" + mrkdwn(host(link)) + ">")
	}
	blocks = append(blocks, object{"type": "context", "elements": []object{{"type": "mrkdwn", "text": mrkdwn(m.ID), "verbatim": true}}})
	// What notifications show.
	short := mrkdwn(delivery.Line(d.Title, 150))
	if short == "" {
		short = mrkdwn(m.ID)
	}
	return object{"text": short, "mrkdwn": false, "unfurl_links": false, "unfurl_media": false, "blocks": blocks}
}

// some keeps the first of a list that is too long for a card, and says with an
// entry that it goes on.
func some[T any](list []T, most int, goesOn T) []T {
	if len(list) <= most {
		return list
	}
	return append(list[:most:most], goesOn)
}

// answers writes the answers to a finding that have a link.
func answers(f delivery.Finding, write func(name, link string) string) string {
	var links []string
	for _, a := range some(f.Answers, longestList, delivery.Answer{}) {
		link := safeURL(a.URL, "mailto", "https")
		if link != "" && delivery.Line(a.Name, 40) != "" && len(strings.Join(links, ""))+len(link) < 2200 {
			links = append(links, write(a.Name, link))
		}
	}
	return strings.Join(links, " · ")
}

// safeURL returns a URL with one of the schemes in which no sign ends a link of a
// card, or "".
func safeURL(text string, schemes ...string) string {
	u, err := url.Parse(text)
	if err != nil || len(text) > longestURL || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return ""
	}
	for _, s := range schemes {
		if u.Scheme == s && (s == "mailto" && u.Opaque != "" || u.Host != "" && u.User == nil) {
			return escapeURL(u.String())
		}
	}
	return ""
}

func escapeURL(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		if c >= 0x80 || strings.IndexByte(`()<>[]|"\^{}*`+"`", c) >= 0 {
			const hex = "0123456789ABCDEF"
			b.WriteString("%" + string(hex[c>>4]) + string(hex[c&15]))
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func host(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return u.Host
}

// markdown takes the meaning from the signs of Markdown.
func markdown(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune("\\`*_{}[]()#+-.!<>|~&:", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// mrkdwn takes the meaning from the signs of Slack's own markup: the three that
// begin links, mentions and entities, as Slack says, and those that begin
// formatting where a word begins.
func mrkdwn(text string) string {
	var b strings.Builder
	before := ' '
	for _, r := range text {
		switch r {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '*', '_', '~', '`':
			if !unicode.IsLetter(before) && !unicode.IsDigit(before) {
				b.WriteRune('\u2060') // no space, and no beginning of a word
			}
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
		before = r
	}
	return b.String()
}
