package reports

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"

	"usagereport/analysis"
	"usagereport/internal/locale"
)

// A message to a pull request or a chat is read where it stands: its tables and
// lists end early, and say what they leave out.
const (
	markdownRows  = 15
	markdownNames = 80
	markdownLines = 5
)

// WriteMarkdown writes the report as a message: the answer first, then tables,
// of a length that does not grow with the bill. It is GitHub's markdown, which
// chats read, too. No name in it is more than a name.
func WriteMarkdown(w io.Writer, r *analysis.Report, o Options) error {
	l, err := locale.New(o.Lang)
	if err != nil {
		return err
	}
	r = urgentFirst(r)
	m := markdown{l: l}
	m.line("# %s", m.name(titled(l, r, o)))
	for i := range r.Parts {
		m.answer(r, &r.Parts[i])
	}
	if len(r.Parts) == 0 {
		m.line("%s", m.text(locale.T("No charges to report")))
		m.list(locale.T("Refused:"), said(r.Refused))
		m.list(locale.Text{}, r.Warnings)
	}
	for _, c := range chapters(r) {
		m.chapter(c, len(r.Parts) > 1)
	}
	m.ending(r)
	if _, err := m.WriteTo(w); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

type markdown struct {
	bytes.Buffer
	l    *locale.Locale
	item bool // the last line is one of a list
}

// line writes a paragraph or a heading.
func (m *markdown) line(format string, args ...any) {
	if m.Len() > 0 {
		m.WriteByte('\n')
	}
	fmt.Fprintf(&m.Buffer, format+"\n", args...)
	m.item = false
}

// bullet writes an item of a list.
func (m *markdown) bullet(format string, args ...any) {
	if !m.item {
		m.WriteByte('\n')
	}
	fmt.Fprintf(&m.Buffer, format+"\n", args...)
	m.item = true
}

// text says t, and each name in it as a name.
func (m *markdown) text(t locale.Text) string {
	return m.l.Format(t, func(v any) any {
		switch v := v.(type) {
		case int, int64:
			return v
		default:
			return m.name(v)
		}
	})
}

// name writes a name in a line of its own or between words.
func (m *markdown) name(v any) string { return inline(shown(m.l, v, markdownNames)) }

// answer says what the first screen of the page says.
func (m *markdown) answer(r *analysis.Report, p *analysis.Part) {
	s := newScreen(m.l, r, p)
	head := m.text(s.Head) + " · " + m.text(s.State)
	if len(p.Accounts) == 1 {
		head += " · " + m.name(called(p.Accounts[0]))
	}
	m.line("## %s", head)
	if !s.Alert.Empty() {
		m.line("**%s**", m.text(s.Alert))
	}
	if s.Partial {
		m.list(locale.T("%d files could not be read and are not included:", len(s.Refused)), said(s.Refused))
	}
	var reach strings.Builder
	for _, x := range s.Reach {
		if x.Strong {
			reach.WriteString("**" + m.text(x.Text) + "**")
			continue
		}
		reach.WriteString(m.text(x.Text))
	}
	m.line("%s", reach.String())
	for _, f := range s.Figures {
		line := m.text(f.Name) + " **" + inline(f.Value) + "**"
		if !f.Remark.Empty() {
			line += ", " + m.text(f.Remark)
		}
		m.bullet("- %s", line)
	}
	if sh := p.Shared; sh != nil {
		m.bullet("- %s", m.text(locale.T("Shared cost: %s", m.l.Money(sh.Amount))))
		for _, l := range sh.Lines {
			m.bullet("  - %s: %s, %s", m.name(l.Name), m.l.Money(l.Amount), m.text(divided(l)))
		}
	}
	verdict := m.text(s.Verdict)
	if len(s.Top) > 0 {
		verdict = "**" + verdict + "**"
	}
	if !s.Verdict.Empty() {
		m.line("%s%s", verdict, m.text(s.Context))
	}
	for i, f := range s.Top {
		m.bullet("%d. %s: %s, **%s**, %s", i+1, m.text(word(f.Severity)), m.name(f.Label), inline(m.l.Signed(f.Impact)),
			m.text(during(f)))
	}
	if s.More > 0 {
		m.line("%s", m.text(locale.T("and %d more", s.More)))
	}
	if says := growthText(p); !says.Empty() { // the other forms have it in their headline
		s.Notes = append([]locale.Text{says}, s.Notes...)
	}
	m.list(locale.Text{}, s.Notes)
}

// during says on which days f is: since which one, where it goes on, and no more than those on which it shows, where that is not known.
func during(f analysis.Finding) locale.Text {
	switch start, end := locale.Short(f.Start), locale.Short(f.End); {
	case lasts(f):
		return locale.T("since %s", start)
	case start == end:
		return locale.T("on %s", start)
	default:
		return locale.T("%s to %s", start, end)
	}
}

// list writes the first of texts under a head.
func (m *markdown) list(head locale.Text, texts []locale.Text) {
	if len(texts) == 0 {
		return
	}
	if !head.Empty() {
		m.line("%s", m.text(head))
	}
	for i, t := range texts {
		if i == markdownLines {
			m.bullet("- %s", m.text(locale.T("and %d more", len(texts)-i)))
			break
		}
		m.bullet("- %s", m.text(t))
	}
}

// said makes texts of words from elsewhere.
func said(list []string) (out []locale.Text) {
	for _, s := range list {
		out = append(out, locale.Said(s))
	}
	return out
}

func (m *markdown) chapter(c chapter, several bool) {
	var tables []Table
	for _, t := range c.Tables {
		if !t.Detail {
			tables = append(tables, t)
		}
	}
	if len(tables) == 0 {
		return
	}
	head := m.text(c.Title)
	if several && c.Currency != "" {
		head += " (" + m.name(c.Currency) + ")"
	}
	m.line("## %s", head)
	for _, t := range tables {
		if len(tables) > 1 || t.Own {
			m.line("### %s", m.text(t.Title))
		}
		m.table(t)
	}
}

func (m *markdown) table(t Table) {
	rows := t.Rows[:min(markdownRows, len(t.Rows))]
	if t.Total != nil {
		rows = append(rows[:len(rows):len(rows)], t.Total)
	}
	var columns []int // those that say something
	for i, c := range t.Columns {
		says := false
		for _, row := range rows {
			says = says || row[i] != nil
		}
		if says && !c.Detail {
			columns = append(columns, i)
		}
	}
	m.WriteByte('\n')
	rule := ""
	for _, i := range columns {
		c := t.Columns[i]
		title := m.text(c.Title)
		if c.Currency != "" {
			title = inTable(inline(m.l.WithCode(title, c.Currency)))
		}
		m.WriteString("| " + title + " ")
		if rule += "| --- "; c.Kind.number() {
			rule = strings.TrimSuffix(rule, " ") + ": "
		}
	}
	m.WriteString("|\n" + rule + "|\n")
	for _, row := range rows {
		for _, i := range columns {
			cell := ""
			if text, ok := row[i].(locale.Text); ok {
				cell = m.text(text)
			} else if row[i] != nil {
				cell = inline(say(m.l, t.Columns[i].Kind, row[i], markdownNames))
			}
			m.WriteString("| " + inTable(cell) + " ")
		}
		m.WriteString("|\n")
	}
	if left := len(t.Rows) - markdownRows; left > 0 {
		left += max(0, t.Others-1)
		m.line("%s", m.text(locale.T("and %d more", left)))
	}
}

// ending says that the numbers add up, and by what.
func (m *markdown) ending(r *analysis.Report) {
	v, _ := viewSources(m.l, r, nil)
	for _, s := range v.(sources).Sums {
		T := locale.T
		head, tail := T("The totals agree (%s):", s.Currency), T(", the total on this page.")
		holds := T(", the ledger %s; of this the period has %s", m.l.Money(s.Ledger), m.l.Money(s.Shown))
		if s.Effective {
			holds = T(", the ledger %s; of this the period has %s by effective cost", m.l.Money(s.Ledger), m.l.Money(s.Shown))
		}
		if !s.Loaded || !s.Adds {
			head = T("The totals do not agree (%s):", s.Currency)
		}
		if !s.Adds {
			tail = T(", but this page’s total is %s.", m.l.Money(s.Total))
		}
		m.line("%s %s %s%s%s", m.text(head), m.text(T("%d files hold", s.Files)), inline(m.l.Money(s.File)),
			m.text(holds), m.text(tail))
	}
	m.line("%s", m.text(locale.T("Made by usagereport %s.", r.Version)))
}

// inline writes s between words of markdown: as it is where no reader of
// markdown could see more in it than letters, as code elsewhere. In code there
// is no markup, no link, no mention, no HTML; escapes would leave GitHub its
// mentions and addresses.
func inline(s string) string {
	if harmless(s) {
		return s
	}
	if regexp.MustCompile(`^[+−]?[<>]−?[0-9.]+$`).MatchString(s) { // "<0.01"
		return strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(s)
	}
	// In code, too, Slack takes <!here> for a mention.
	s = strings.NewReplacer("<!", "<\u200b!", "<@", "<\u200b@", "<#", "<\u200b#").Replace(s)
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// inTable keeps a cell from ending at a bar in it.
func inTable(s string) string {
	return strings.NewReplacer(`\|`, "\\\u200b\\|", "|", `\|`).Replace(s)
}

// harmless reports whether s holds letters, digits, blanks, and such signs
// between them as mean nothing in markdown.
func harmless(s string) bool {
	runes := []rune(s)
	at := func(i int) rune {
		if i < 0 || i >= len(runes) {
			return 0
		}
		return runes[i]
	}
	sign := func(r rune) bool { return unicode.In(r, unicode.L, unicode.N) }
	open := false
	for i, r := range runes {
		before, after := at(i-1), at(i+1)
		ok := false
		switch r {
		case ' ':
			ok = before != 0 && before != ' ' && after != 0
		case ',', '%', '−', '’', '…', '–', '—', '·', '，', '。', '：', '；', '、':
			ok = true
		case '(', '（':
			open, ok = true, true
		case ')', '）': // "1)" begins a list
			ok = open
		case '.': // "1." begins a list, "www." an address
			ok = unicode.IsDigit(before) && unicode.IsDigit(after) || unicode.IsLetter(before) && (after == 0 || after == ' ')
		case '-', '/':
			ok = sign(before) && sign(after)
		case '+':
			ok = unicode.IsDigit(after)
		case ';':
			ok = i > 0 && after == ' '
		default:
			ok = unicode.In(r, unicode.L, unicode.N, unicode.M)
		}
		if !ok {
			return false
		}
	}
	// GitHub makes links of GH-1, an issue, and of commits.
	return !regexp.MustCompile(`(?i)\bgh-[0-9]|\b[0-9a-f]{7,40}\b`).MatchString(s)
}
