package e2e

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// reports are the reports that every test of a page looks at.
var reports = []struct {
	name string
	path func(p *program, t *testing.T) string
}{
	{"demo", (*program).demoReport},
	{"first", (*program).firstReport},
	{"hostile", (*program).hostileReport},
}

func eachReport(t *testing.T, f func(t *testing.T, path string)) {
	for _, r := range reports {
		t.Run(r.name, func(t *testing.T) { f(t, r.path(prog, t)) })
	}
}

// A watch that sees nothing would let every other test pass.
func TestWatchSeesTrouble(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bad.html")
	const bad = `<!doctype html><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="script-src 'unsafe-inline'; style-src 'none'">
<link rel="icon" href="data:,"><p style="color:red">styled</p>
<img src="http://127.0.0.1:9/pixel"><script>console.log('hello'); throw new Error('oops')</script>`
	if err := os.WriteFile(path, []byte(bad), 0o644); err != nil {
		t.Fatal(err)
	}
	p := newPage(t)
	p.open(path)
	seen := strings.Join(p.seen(), "\n")
	for _, want := range []string{"console.log: \"hello\"", "exception: ", "oops", "browser: security", "request: http://127.0.0.1:9/pixel"} {
		if !strings.Contains(seen, want) {
			t.Errorf("a bad page was seen to do\n%s\nwant also: %s", seen, want)
		}
	}
}

func TestChartsDraw(t *testing.T) {
	eachReport(t, func(t *testing.T, path string) {
		p := openReport(t, path)
		for _, c := range p.charts() {
			p.draw(c)
			before := p.canvas(c)
			if p.covered(c) && (before.Colors < 2 || before.Painted < 50) {
				t.Errorf("chart %s is blank: %d colours, %d painted pixels of %d x %d", c, before.Colors, before.Painted, before.Width, before.Height)
			}
			if !p.hover(c) {
				t.Errorf("chart %s shows nothing where the mouse points", c)
			}
		}
	})
}

// Until a chart is scrolled to, its drawing stands for it.
func TestChartsWait(t *testing.T) {
	p := openReport(t, prog.demoReport(t))
	p.charts()
	far := eval[[]string](p, `new Promise(r => setTimeout(r, 200)).then(() => [...document.querySelectorAll('[data-chart]')].filter(e => e.getBoundingClientRect().top > 2000).map(e => e.dataset.chart))`)
	if len(far) == 0 {
		t.Fatal("no chart is far down the page")
	}
	waiting := map[string]bool{}
	for _, d := range p.drawings() {
		waiting[d.Chart] = d.Width > 0
	}
	for _, c := range far {
		if eval[bool](p, element(c)+`.dataset.drawn === 'true'`) || !waiting[c] {
			t.Errorf("chart %s, which is not in sight, is drawn, or is not there", c)
		}
	}
	for _, c := range far {
		p.draw(c)
	}
}

// The switch redraws what is drawn.
func TestSwitch(t *testing.T) {
	p := openReport(t, prog.demoReport(t), scheme("light"))
	for i, c := range p.charts() {
		p.draw(c)
		before := p.picture(c)
		eval[bool](p, `(document.getElementById('`+[]string{"theme-dark", "theme-light"}[i%2]+`').click(), `+twoFrames+`)`)
		if p.picture(c) == before {
			t.Errorf("chart %s keeps its colours when they are switched", c)
		}
	}
}

func TestDark(t *testing.T) {
	eachReport(t, func(t *testing.T, path string) {
		light := openReport(t, path, scheme("light"))
		charts := light.charts()
		pictures := map[string]string{}
		for _, c := range charts {
			light.draw(c)
			pictures[c] = light.picture(c)
		}
		if paper, ink := light.colors(); paper < ink {
			t.Errorf("light: the paper (%d) is darker than the ink (%d)", paper, ink)
		}

		dark := openReport(t, path, scheme("dark"))
		dark.charts()
		if paper, ink := dark.colors(); paper > ink {
			t.Errorf("dark: the paper (%d) is lighter than the ink (%d)", paper, ink)
		}
		for _, c := range charts {
			dark.draw(c)
			if dark.picture(c) == pictures[c] {
				t.Errorf("chart %s has the same colours in the dark", c)
			}
		}
	})
}

func scheme(name string) action {
	return call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
	})
}

// colors returns how light the page and its text are, 0 to 765.
func (p *page) colors() (paper, ink int) {
	p.t.Helper()
	v := eval[[]int](p, `['backgroundColor', 'color'].map(k => getComputedStyle(document.body)[k].match(/\d+/g).slice(0, 3).reduce((a, b) => a + +b, 0))`)
	return v[0], v[1]
}

func TestNarrow(t *testing.T) {
	eachReport(t, func(t *testing.T, path string) {
		p := openReport(t, path, chromedp.EmulateViewport(360, 640, chromedp.EmulateMobile, chromedp.EmulateTouch))
		for _, c := range p.charts() { // opens what is folded away
			p.draw(c)
		}
		eval[bool](p, `document.querySelectorAll('details').forEach(d => d.open = true) === undefined`)
		type size struct {
			Scroll, Client int
			Wide           []string
		}
		s := eval[size](p, `(() => {
			const e = document.documentElement, wide = [];
			for (const x of document.body.querySelectorAll('*')) {
				if (x.getBoundingClientRect().right > e.clientWidth + 1 && !x.closest('.scroll, .contents')) {
					wide.push(x.tagName + '.' + x.className + ' ' + x.textContent.slice(0, 40));
				}
			}
			return {scroll: e.scrollWidth, client: e.clientWidth, wide: wide.slice(0, 5)};
		})()`)
		if s.Client != 360 {
			t.Errorf("the page is laid out %d px wide on a screen of 360", s.Client)
		}
		if s.Scroll > s.Client {
			t.Errorf("the page is %d px wide on a screen of %d; too wide: %q", s.Scroll, s.Client, s.Wide)
		}
	})
}

func TestPrint(t *testing.T) {
	eachReport(t, func(t *testing.T, path string) {
		p := openReport(t, path)
		pdf, err := chromedp.Run(p.ctx, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4)))
		if err != nil {
			t.Fatal(err)
		}
		pages := len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(pdf, -1))
		if !bytes.HasPrefix(pdf, []byte("%PDF-")) || len(pdf) < 10_000 || pages == 0 {
			t.Errorf("printing gave %d bytes, %d pages", len(pdf), pages)
		}
		p.do(call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}), chromedp.EmulateViewport(688, 1000)) // A4 without its margins
		for _, theme := range []string{"dark", "light"} {
			eval[bool](p, `(document.getElementById('theme-`+theme+`').checked = true)`)
			if paper, ink := p.colors(); paper != 3*255 || ink > 3*40 {
				t.Errorf("who reads in %s colours prints with ink %d on paper %d", theme, ink, paper)
			}
		}
		below := eval[[]string](p, `[...document.querySelectorAll('.finding[open]')].filter(e => {
			const chart = e.querySelector('.chart').getBoundingClientRect(), text = e.querySelector('.explanation').getBoundingClientRect();
			return chart.left < text.right || chart.top > text.bottom + 60 || chart.height > 140;
		}).map(e => e.id)`)
		if len(below) > 0 {
			t.Errorf("on paper the charts of %q are not small, beside the text", below)
		}
		n := 0
		for _, d := range p.drawings() {
			if !d.Folded {
				d.check(t)
				n++
			}
		}
		if n < 2 {
			t.Errorf("%d drawings are on paper", n)
		}
		if n := eval[int](p, `[...document.querySelectorAll('canvas')].filter(e => e.getBoundingClientRect().width > 0).length`); n > 0 {
			t.Errorf("%d canvases are on paper, where the drawings are", n)
		}
		t.Logf("%d pages, %d kB", pages, len(pdf)/1000)
	})
}

func TestWithoutScripts(t *testing.T) {
	p := openReport(t, prog.firstReport(t), call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	type figure struct {
		Value, Text string
		Visible     bool
	}
	f := eval[figure](p, `(() => {
		const e = document.querySelector('.figure.spent data'), r = e.getBoundingClientRect();
		return {value: e.value, text: e.textContent, visible: r.width > 0 && r.height > 0 && getComputedStyle(e).visibility === 'visible'};
	})()`)
	want := prog.total(t, sample(t))
	if f.Value != want || !strings.Contains(strings.ReplaceAll(f.Text, ",", ""), want) || !f.Visible {
		t.Errorf("the key figure is %+v, want %s, to be seen", f, want)
	}
	if n := eval[int](p, `document.querySelectorAll('canvas, [data-drawn]').length`); n != 0 {
		t.Errorf("scripts ran: %d drawings", n)
	}
}

// A mail preview on a phone runs no script: the charts are there.
func TestDrawingsWithoutScripts(t *testing.T) {
	eachReport(t, func(t *testing.T, path string) {
		p := openReport(t, path,
			call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}),
			chromedp.EmulateViewport(360, 640, chromedp.EmulateMobile, chromedp.EmulateTouch))
		drawings := p.drawings()
		if want := len(p.charts()); len(drawings) <= want {
			t.Errorf("%d drawings, with %d charts that answer the pointer", len(drawings), want)
		}
		for _, d := range drawings {
			d.check(t)
			if d.Right > 360 {
				t.Errorf("the drawing of %s ends at %g on a screen of 360", d.Chart, d.Right)
			}
		}
	})
}

// A drawing is the SVG of a chart as it is laid out.
type drawing struct {
	Chart, Title               string
	Left, Right, Width, Height float64
	Smallest                   float64  // text, in pixels; marks are none
	Outside                    []string // texts that are not inside of it
	Colors                     int
	Folded                     bool // in what paper leaves out
}

// drawings returns the SVGs of all charts, unfolded.
func (p *page) drawings() []drawing {
	p.t.Helper()
	p.charts()
	return eval[[]drawing](p, `[...document.querySelectorAll('.chart > svg')].map(e => {
		const box = e.getBoundingClientRect(), colors = new Set();
		const visible = e.checkVisibility({visibilityProperty: true, opacityProperty: true});
		for (const x of e.querySelectorAll('path')) {
			const s = getComputedStyle(x);
			colors.add(s.stroke + s.fill);
		}
		let smallest = 99;
		const outside = [];
		for (const x of e.querySelectorAll('text')) {
			const r = x.getBoundingClientRect();
			if (!x.classList.contains('mark')) { smallest = Math.min(smallest, parseFloat(getComputedStyle(x).fontSize)); }
			if (r.left < box.left - 1 || r.right > box.right + 1 || r.top < box.top - 1 || r.bottom > box.bottom + 1) { outside.push(x.textContent.slice(0, 40)); }
		}
		return {chart: e.parentElement.dataset.chart || e.closest('section').id, folded: !!e.closest('details.more'), title: e.querySelector('title').textContent, left: box.left, right: box.right,
			width: visible ? box.width : 0, height: visible ? box.height : 0, smallest, outside, colors: colors.size};
	})`)
}

func (d drawing) check(t *testing.T) {
	t.Helper()
	if d.Width < 200 || d.Height < 30 || d.Left < 0 || d.Colors < 1 || d.Title == "" {
		t.Errorf("the drawing of %s is not to be seen: %+v", d.Chart, d)
	}
	if d.Smallest < 11 {
		t.Errorf("the drawing of %s has text of %g px", d.Chart, d.Smallest)
	}
	if len(d.Outside) > 0 {
		t.Errorf("the drawing of %s has text outside of it: %q", d.Chart, d.Outside)
	}
}

func TestHostileNames(t *testing.T) {
	p := openReport(t, prog.hostileReport(t))
	for _, c := range p.charts() {
		p.draw(c)
		p.hover(c)
	}
	if pwned := eval[string](p, `String(window.pwned)`); pwned != "undefined" {
		t.Errorf("a name ran as a script: window.pwned = %s", pwned)
	}
	if n := eval[int](p, `document.querySelectorAll('img, svg[onload], iframe, object, embed, base, style ~ style, [onerror], [onload], [onmouseover], [href^="javascript:"]').length`); n != 0 {
		t.Errorf("names became %d elements", n)
	}
	if n := eval[int](p, `[...document.scripts].filter(s => s.type !== 'application/json').length`); n != 2 {
		t.Errorf("the page has %d scripts, want its library and its own", n)
	}
	away := eval[[]string](p, `[...document.links].filter(a => a.protocol !== 'file:').map(a => a.origin + ' ' + a.rel)`)
	if once := slices.Compact(away); len(once) != 1 || once[0] != "https://portal.azure.com noreferrer" {
		t.Errorf("links lead to %q", once)
	}
	text := eval[string](p, `document.body.innerText`)
	for _, name := range hostile[:4] {
		if !strings.Contains(text, name) {
			t.Errorf("the name %q is not on the page as it was written", name)
		}
	}
	// A name that turns the direction of text turns its own only.
	loose := eval[[]string](p, `(() => {
		const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		for (let n; n = walk.nextNode();) {
			if (/[\u202a-\u202e\u2066-\u2069]/.test(n.data) && !n.parentElement.closest('bdi, script')) {
				found.push(n.parentElement.tagName + '.' + n.parentElement.className + ': ' + n.data.trim().slice(0, 80));
			}
		}
		return found;
	})()`)
	if len(loose) > 0 {
		t.Errorf("%d texts turn what is beside them, for one %q", len(loose), loose[0])
	}
}

// charts returns the ids of the charts of p, and unfolds all they are in.
func (p *page) charts() []string {
	p.t.Helper()
	ids := eval[[]string](p, `[...document.querySelectorAll('[data-chart]')].map(e => {
		for (let d = e.closest('details'); d; d = d.parentElement.closest('details')) { d.open = true; }
		return e.dataset.chart;
	})`)
	if len(ids) == 0 {
		p.t.Fatal("the report has no chart")
	}
	if once := slices.Compact(slices.Sorted(slices.Values(ids))); len(once) != len(ids) {
		p.t.Errorf("two charts have one id: %q", ids)
	}
	return ids
}

func element(id string) string { return fmt.Sprintf(`document.querySelector('[data-chart=%q]')`, id) }

// draw scrolls a chart into view and waits for it.
func (p *page) draw(id string) {
	p.t.Helper()
	drawn := eval[bool](p, `(async e => {
		e.scrollIntoView({block: 'center', behavior: 'instant'});
		for (let i = 0; i < 200 && e.dataset.drawn !== 'true'; i++) { await new Promise(r => setTimeout(r, 25)); }
		await `+twoFrames+`;
		return e.dataset.drawn === 'true';
	})(`+element(id)+`)`)
	if !drawn {
		p.t.Errorf("chart %s was not drawn in five seconds", id)
	}
}

// A picture is what the canvas of a chart shows.
type picture struct {
	Width, Height   int
	Colors, Painted int
	Hash            string
}

func (p *page) canvas(id string) picture {
	p.t.Helper()
	return eval[picture](p, `(e => {
		const colors = new Set();
		let painted = 0, hash = 0, width = 0, height = 0;
		for (const c of e.querySelectorAll('canvas')) {
			if (!c.width || !c.height) { continue; }
			[width, height] = [c.width, c.height];
			// Read from a copy: the browser warns the page of canvases that are read.
			const copy = new OffscreenCanvas(width, height).getContext('2d', {willReadFrequently: true});
			copy.drawImage(c, 0, 0);
			const data = new Uint32Array(copy.getImageData(0, 0, width, height).data.buffer);
			for (const v of data) {
				hash = (Math.imul(hash, 31) + v) | 0;
				if (v >>> 24) { painted++; colors.add(v); }
			}
		}
		return {width, height, colors: colors.size, painted, hash: String(hash)};
	})(`+element(id)+`)`)
}

// covered tells whether the canvas of a chart has replaced its drawing; else it
// lies over it, and only answers the pointer.
func (p *page) covered(id string) bool {
	p.t.Helper()
	return eval[bool](p, element(id)+`.classList.contains('drawn')`)
}

// picture returns what identifies what is seen of a chart.
func (p *page) picture(id string) string {
	p.t.Helper()
	if p.covered(id) {
		return p.canvas(id).Hash
	}
	return eval[string](p, `[...`+element(id)+`.querySelectorAll('path, text')].map(e => getComputedStyle(e).stroke + getComputedStyle(e).fill).join()`)
}

// hover moves the mouse over a chart and reports whether the chart answered.
func (p *page) hover(id string) (answered bool) {
	p.t.Helper()
	type box struct{ X, Y, Width, Height float64 }
	b := eval[box](p, `(r => ({x: r.x, y: r.y, width: r.width, height: r.height}))(`+element(id)+`.getBoundingClientRect())`)
	before := p.canvas(id).Hash
	for _, y := range []float64{0.2, 0.5, 0.8} {
		for _, x := range []float64{0.05, 0.25, 0.5, 0.75, 0.95} {
			p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, b.X+x*b.Width, b.Y+y*b.Height))
			answered = answered || eval[bool](p, twoFrames) && p.canvas(id).Hash != before
		}
	}
	p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, 0, 0))
	return answered
}
