package reports

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	source "github.com/yuin/goldmark/text"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/reports/reportstest"
	"usagereport/usage"
)

func reportMarkdown(t *testing.T, r *analysis.Report, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteMarkdown(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// nastyMarkdown are names that try to be more than names in markdown.
func nastyMarkdown() []string {
	return append(reportstest.Names(), `@here`, `@channel @org/team`, `](http://evil.example)`, `[a](http://evil.example)`,
		`![x](http://evil.example/x.png)`,
		"`", "``` x", "a`b``c", `a|b`, `a\|b`, `\`, `| --- |`, "**b** _i_ ~~s~~", "# head", "- item", "1. one", "1) one", "+ plus", "> quote", "---", "===",
		"www.evil.example", "https://evil.example", "mail@evil.example", "#12", "GH-12", "org/repo#12", "0123abcdef", "<!here>", "<@U123>", "<b>x</b>", "&lt;b&gt;", ":tada:",
		"$x$", "[^1]", "[x]: http://evil.example", "\tcode", "    code", "a  ", "﹡x", "x\\")
}

// shape returns the nodes of a text that are not words, in order; and the words
// that are not code.
func shape(t *testing.T, markdown string) (nodes []string, words string) {
	t.Helper()
	var said strings.Builder
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(source.NewReader([]byte(markdown)))
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.CodeSpan:
			return ast.WalkSkipChildren, nil
		case *ast.Text:
			said.Write(n.Segment.Value([]byte(markdown)))
			said.WriteByte('\n')
		case *ast.Link, *ast.AutoLink, *ast.Image, *ast.RawHTML, *ast.HTMLBlock:
			t.Errorf("a name became a %s", n.Kind())
		default:
			nodes = append(nodes, n.Kind().String())
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return nodes, said.String()
}

// Whatever a name is, the message has the same paragraphs, lists, tables and
// cells, no link, no HTML and no mention.
func TestMarkdownNamesAreNames(t *testing.T) {
	want, _ := shape(t, reportMarkdown(t, hostile("a plain name"), Options{}))
	if len(want) < 100 {
		t.Fatalf("the report has only %d nodes: %q", len(want), want)
	}
	live := regexp.MustCompile(`@|#[0-9]|://|(?i)www\.|\bgh-[0-9]|[0-9a-f]{7}`)
	for _, s := range nastyMarkdown() {
		source := reportMarkdown(t, hostile(s), Options{})
		got, words := shape(t, source)
		if strings.TrimSpace(s) != "" && strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%.40q: %d nodes, want %d", s, len(got), len(want))
		}
		if at := live.FindString(words); at != "" {
			t.Errorf("%.40q: %q stands in the text, not in code", s, at)
		}
		for _, r := range source {
			if r != '\n' && steers(r) {
				t.Errorf("%.40q: %U stands as it is", s, r)
				break
			}
		}
	}
	// What sees nothing would let all of them pass.
	if nodes, _ := shape(t, "a **b**"); len(nodes) != 3 {
		t.Errorf("a bold word is seen as %q", nodes)
	}
}

func TestInline(t *testing.T) {
	for name, want := range map[string]string{
		"train-01": "train-01", "rg (prod), North Europe": "rg (prod), North Europe", "EUR +1,234.50": "EUR +1,234.50", "−12%": "−12%", "<0.01": "&lt;0.01",
		"a_b": "`a_b`", "a`b": "``a`b``", "`": "`` ` ``", "1. one": "`1. one`", "@here": "`@here`", "訂用帳戶": "訂用帳戶",
	} {
		if got := inline(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

// What a message leaves out is counted, each of those that stand in one row together.
func TestMarkdownCountsWhatItLeavesOut(t *testing.T) {
	l, err := locale.New("")
	if err != nil {
		t.Fatal(err)
	}
	m := markdown{l: l}
	table := Table{Columns: []Column{texts(locale.Said("What"))}, Others: 40}
	for i := range 20 {
		table.Rows = append(table.Rows, []any{fmt.Sprint("row ", i)})
	}
	if m.table(table); !strings.Contains(m.String(), "and 44 more\n") {
		t.Errorf("four rows and one for forty are left out:\n%s", m.String())
	}
	r := rich()
	r.Parts[0].Findings = slices.Repeat(r.Parts[0].Findings[:1], 9)
	if got := reportMarkdown(t, r, Options{}); !strings.Contains(got, "\n3. High: ") || !strings.Contains(got, "\nand 6 more\n") {
		t.Errorf("three of nine findings are shown:\n%s", got)
	}
}

// A message does not grow with the bill.
func TestMarkdownIsBounded(t *testing.T) {
	small, large := len(reportMarkdown(t, rich(), Options{})), len(reportMarkdown(t, huge(), Options{}))
	if large > 3*small {
		t.Errorf("%d bytes for a large model, %d for a small one", large, small)
	}
	for name, r := range all() {
		if n := len(reportMarkdown(t, r, Options{})); n > 60_000 { // GitHub takes 65,536 characters
			t.Errorf("%s: %d bytes", name, n)
		}
	}
}

func TestMarkdownAnswer(t *testing.T) {
	closed := quiet()
	closed.Parts[0].Period.State = analysis.Closed
	partial := quiet()
	partial.Partial, partial.Refused = true, []string{"broken.csv: the file is empty"}
	for name, c := range map[string]struct {
		r    *analysis.Report
		o    Options
		says []string
	}{
		"an open month": {rich(), Options{}, []string{"## November 2026 · open, estimate", "Data to 27 Nov 2026, 27 of 30 days · 4 of 5 subscriptions; **prod-x missing**, about 3,100 in the prior period; **dev-y only to 19 Nov 2026**", "Forecast **EUR 41,200**, 40,100 to 42,600, four times out of five", "4 unusual increases", "1. High: Virtual Machines, **+4,022.18**, since 11 Nov\n2. ", "| vmss-index-builder | rg-search-prod, Virtual Machines |"}},
		"a closed one":  {closed, Options{}, []string{"closed", ", final", "Nothing unusual. No action needed."}},
		"a partial one": {partial, Options{}, []string{"1 file could not be read and is not included:", "broken.csv: the file is empty"}},
		"one file":      {single(), Options{}, []string{"No comparison yet"}},
		"nothing":       {&analysis.Report{}, Options{}, []string{"No charges to report"}},
		"two":           {twoCurrencies(), Options{}, []string{"## Cost by service (EUR)", "## Cost by service (USD)"}},
		"in Chinese":    {rich(), Options{Lang: "zh-TW"}, []string{"# 雲端費用", "進行中，估計費用", "| 高 |"}},
	} {
		got := reportMarkdown(t, c.r, c.o)
		for _, s := range c.says {
			if !strings.Contains(strings.ReplaceAll(got, "`", ""), s) {
				t.Errorf("%s does not say %q:\n%s", name, s, got)
			}
		}
	}
}

// What is over, or may be, is not said to last in the list of the first screen either.
func TestMarkdownSaysWhenAFindingWas(t *testing.T) {
	for _, c := range []struct {
		lasts    bool
		monthly  *usage.Money
		days     int
		en, zhTW string
	}{
		{true, perMonth("900"), 9, "since 12 Nov\n", "自11月12日起\n"},
		{true, nil, 3, "12 Nov to 14 Nov\n", "11月12日至11月14日\n"},
		{true, nil, 1, "on 12 Nov\n", "於11月12日\n"},
		{false, nil, 3, "12 Nov to 14 Nov\n", "11月12日至11月14日\n"},
		{false, nil, 1, "on 12 Nov\n", "於11月12日\n"},
	} {
		r := rich()
		f := &r.Parts[0].Findings[0]
		f.Start = usage.Date(2026, time.November, 12)
		f.End, f.Ongoing, f.PerMonth = f.Start+usage.Day(c.days-1), c.lasts, c.monthly
		for lang, says := range map[string]string{"": c.en, "zh-TW": c.zhTW} {
			if got := reportMarkdown(t, r, Options{Lang: lang}); !strings.Contains(got, ", "+says) && !strings.Contains(got, "，"+says) {
				t.Errorf("goes on %t, %v a month, %d days, %q: does not say %q:\n%.1500s", c.lasts, c.monthly, c.days, lang, says, got)
			}
		}
	}
}
