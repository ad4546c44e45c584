package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// axe returns the source of axe-core, as make e2e installs it.
func axe(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile("../tools/axe/node_modules/axe-core/axe.min.js")
	if err == nil {
		return string(source)
	}
	if os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	t.Skipf("accessibility is NOT TESTED: %v; make e2e installs what tests it", err)
	return ""
}

// A verdict is what axe-core says of a page.
type verdict struct {
	Passes     []string // the rules that are kept
	Violations []struct {
		ID, Help string
		Nodes    []string
	}
}

// The rules of WCAG 2.2 A and AA and of good practice, and those of them whose
// verdict hangs on colours.
const (
	rules   = `['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']`
	colours = `{type: 'rule', values: ['color-contrast', 'link-in-text-block']}`
)

// judge holds p, in which axe-core is, to some rules.
func (p *page) judge(rules string) verdict {
	p.t.Helper()
	return eval[verdict](p, `axe.run(document, {resultTypes: ['violations'], runOnly: `+rules+`}).then(r => ({
		passes: r.passes.map(v => v.id),
		violations: r.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.map(n => n.html.slice(0, 200) + ' ' + n.failureSummary)})),
	}))`)
}

// accessible tells what of the rules p breaks.
func (p *page) accessible(where, rules string) {
	p.t.Helper()
	v := p.judge(rules)
	if !slices.Contains(v.Passes, "color-contrast") {
		p.t.Errorf("%s: no contrast was looked at; rules kept: %q", where, v.Passes)
	}
	for _, x := range v.Violations {
		p.t.Errorf("%s: %s (%s), %d times, first: %s", where, x.Help, x.ID, len(x.Nodes), x.Nodes[0])
	}
}

func TestAccessibility(t *testing.T) {
	source := axe(t)
	for _, r := range []struct {
		name   string
		path   func(t *testing.T) string
		widths []int64
	}{
		{"demo", prog.demoReport, []int64{1280, 360}},
		{"demo in Chinese", prog.demoReportInChinese, []int64{360}}, // the same page in other words
		{"hostile", prog.hostileReport, []int64{1280, 360}},
	} {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			for _, width := range r.widths {
				p := openReport(t, r.path(t), chromedp.EmulateViewport(width, 800), scheme("light"))
				for _, c := range p.charts() {
					p.draw(c)
				}
				eval[bool](p, `document.querySelectorAll('details').forEach(d => d.open = true) === undefined`)
				eval[bool](p, source+`; true`)
				p.settle()
				p.accessible(fmt.Sprintf("%d px, light", width), rules)
				p.do(scheme("dark"))
				p.settle()
				p.accessible(fmt.Sprintf("%d px, dark", width), colours)
			}
		})
	}
}

// settle waits until p is laid out anew.
func (p *page) settle() {
	p.t.Helper()
	eval[bool](p, twoFrames)
}

// A judge that sees nothing would let every page pass.
func TestJudgeSeesTrouble(t *testing.T) {
	source := axe(t)
	path := filepath.Join(t.TempDir(), "bad.html")
	const bad = `<!doctype html><title>Bad</title><link rel="icon" href="data:,"><img src="data:,"><p style="color:#999;background:#aaa">faint</p><button></button>`
	if err := os.WriteFile(path, []byte(bad), 0o644); err != nil {
		t.Fatal(err)
	}
	p := newPage(t)
	p.open(path)
	eval[bool](p, source+`; true`)
	seen := fmt.Sprint(p.judge(rules).Violations)
	for _, want := range []string{"image-alt", "color-contrast", "button-name", "html-has-lang", "landmark-one-main"} {
		if !strings.Contains(seen, want) {
			t.Errorf("%s is not seen in %s", want, seen)
		}
	}
}

// The keyboard reaches all that the mouse reaches, in the order of the page, and
// shows where it is.
func TestKeyboard(t *testing.T) {
	eachReport(t, func(t *testing.T, path string) {
		p := openReport(t, path, call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}, // it scrolls at once
		}))
		p.charts() // unfolds what they are in
		p.settle()
		want := eval[[]string](p, `(() => {
			window.numbered = [...document.querySelectorAll('a[href], button, summary, input, select, [tabindex="0"]')]
				.filter(e => e.checkVisibility() && e.tabIndex >= 0 && !(e.type === 'radio' && !e.checked)); // arrows lead to the others of a group
			return numbered.map((e, i) => i + ' ' + e.tagName);
		})()`)
		if len(want) < 5 {
			t.Fatalf("only %q can be reached", want)
		}
		reached := map[string]bool{}
		type stop struct {
			Name    string
			Outline float64
			Seen    bool
		}
		for range want {
			p.do(chromedp.KeyEvent(kb.Tab))
			p.settle()
			s := eval[stop](p, `(() => {
				const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
				return {name: numbered.indexOf(e) + ' ' + e.tagName, outline: s.outlineStyle === 'none' ? 0 : parseFloat(s.outlineWidth), seen: r.right > 0 && r.bottom > 0 && r.top < innerHeight};
			})()`)
			if s.Outline < 2 || !s.Seen {
				t.Errorf("the keyboard is at %s, and it does not show: %+v", s.Name, s)
			}
			reached[s.Name] = true
		}
		for _, name := range want {
			if !reached[name] {
				t.Errorf("the keyboard does not reach %s", name)
			}
		}
	})
}

// Who sees no chart has its name, and its numbers in a table.
func TestChartsInWords(t *testing.T) {
	eachReport(t, func(t *testing.T, path string) {
		p := openReport(t, path)
		charts := p.charts() // unfolds what they are in
		for _, drawn := range []bool{false, true} {
			if drawn {
				for _, c := range charts {
					p.draw(c)
				}
			}
			type chart struct{ ID, Name, Role, Table string }
			for _, c := range eval[[]chart](p, `[...document.querySelectorAll('[data-chart]')].map(e => {
				const shown = [...e.querySelectorAll('[role=img]')].filter(x => x.checkVisibility() && !x.closest('[aria-hidden=true]'));
				const table = (e.closest('.finding, figure') || e.closest('section')).querySelector('table') || e.closest('section').querySelector('table');
				return {id: e.dataset.chart, role: shown.length === 1 ? 'img' : shown.length + ' images',
					name: shown.map(x => x.getAttribute('aria-label') || x.querySelector('title').textContent).join(),
					table: table ? table.rows.length + '' : ''};
			})`) {
				if c.Role != "img" || len(c.Name) < 10 || c.Table == "" {
					t.Errorf("drawn %t: chart %s is %q to who does not see it, a table of %q rows: %q", drawn, c.ID, c.Role, c.Table, c.Name)
				}
			}
		}
	})
}
