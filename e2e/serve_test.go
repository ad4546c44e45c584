package e2e

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// serve starts the pages of a ledger of the invented estate, and returns their
// address.
func (p *program) serve(t *testing.T, args ...string) string {
	t.Helper()
	needBrowser(t)
	db := filepath.Join(t.TempDir(), "usage.duckdb")
	files := p.estate(t)
	p.run(t, append([]string{"load", "-q", "--db", db}, files...)...)
	path, err := p.binary()
	if err != nil {
		t.Fatal(err)
	}
	owners := filepath.Join(filepath.Dir(db), "owners.csv")
	if err := os.WriteFile(owners, []byte("name,email,rule\nSearch,search@example.org,ServiceName=Virtual Machines\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	c := exec.CommandContext(ctx, path, append([]string{"serve", "--listen", "127.0.0.1:0", "--no-token", "--db", db, "--owners", owners}, args...)...)
	c.Dir = filepath.Dir(db) // where queries are saved
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = c.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(strings.TrimSpace(line), "/")
}

// visit opens an address in a tab; what a page must not do ends the test: an error,
// a word on the console, what the policy refuses.
func visit(t *testing.T, address string) *page {
	t.Helper()
	p := newPage(t)
	t.Cleanup(func() {
		for _, s := range p.seen() {
			refused := strings.Contains(s, "status of 400") // which a statement that is wrong must be
			if !refused && !strings.HasPrefix(s, "request: http://127.0.0.1:") {
				t.Errorf("%s: %s", address, s)
			}
		}
	})
	p.do(chromedp.Navigate(address))
	return p
}

// until waits until an expression holds.
func (p *page) until(what, expression string) {
	p.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if eval[bool](p, `document.readyState === 'complete' && (`+expression+`)`) {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("%s: not so: %s; the page at %s says %.2000s", what, expression, eval[string](p, "location.href"), eval[string](p, "document.querySelector('main').innerText + (document.getElementById('sql')?.value ?? '')"))
		}
	}
}

func TestServe(t *testing.T) {
	at := prog.serve(t)
	source := axe(t)

	t.Run("drill", func(t *testing.T) {
		p := visit(t, at+"/")
		p.until("the report", `document.querySelector('.answer') !== null`)
		p.until("a chart is drawn", `document.querySelectorAll('.days .chart svg').length > 0`)
		// Another period by the form, which the address then holds.
		eval[bool](p, `(document.querySelector('select[name=period]').selectedIndex = 2, document.querySelector('.live button').click(), true)`)
		p.until("another period", `/period=\d{4}-\d\d/.test(location.search) && document.querySelector('.answer') !== null`)
		period := eval[string](p, `new URLSearchParams(location.search).get('period')`)
		// From what cost most, click by click, to a resource's meters.
		eval[bool](p, `(document.querySelector('.breakdown a.drill').click(), true)`)
		p.until("inside a service", `location.pathname === '/drill' && document.querySelectorAll('.path li').length === 1`)
		total := func() string { return eval[string](p, `document.querySelector('.drilled tfoot data').value`) }
		first := eval[string](p, `document.querySelector('.drilled tbody data').value`)
		whole := total()
		for depth := 2; depth <= 4; depth++ {
			want := eval[string](p, `document.querySelector('.drilled tbody a').closest('tr').querySelector('data').value`)
			eval[bool](p, `(document.querySelector('.drilled tbody a').click(), true)`)
			p.until("one deeper", `document.querySelectorAll('.path li').length === `+string(rune('0'+depth)))
			if got := total(); got != want {
				t.Errorf("depth %d adds up to %s, and its row said %s", depth, got, want)
			}
			if got := eval[string](p, `new URLSearchParams(location.search).get('period')`); got != period {
				t.Errorf("the period is %s, not %s", got, period)
			}
		}
		// Back is back.
		for range 3 {
			eval[bool](p, `(history.back(), true)`)
			time.Sleep(300 * time.Millisecond)
		}
		p.until("back", `document.querySelectorAll('.path li').length === 1`)
		if got := total(); got != whole || eval[string](p, `document.querySelector('.drilled tbody data').value`) != first {
			t.Errorf("back it is %s, not %s", got, whole)
		}
	})

	t.Run("owner", func(t *testing.T) {
		p := visit(t, at+"/?owner=Search")
		p.until("an owner's report", `document.querySelector('.answer') !== null && document.querySelector('select[name=owner]').value === 'Search'`)
	})

	t.Run("SQL", func(t *testing.T) {
		p := visit(t, at+"/sql")
		p.until("the editor", `document.querySelector('section.sql')?.dataset.ready === 'yes'`)
		all := func() {
			eval[bool](p, `(document.querySelector('.cm-content').focus(), true)`)
			p.do(chromedp.KeyEvent("a", chromedp.KeyModifiers(2)), chromedp.KeyEvent(kb.Delete))
		}
		// By keyboard alone: all selected, typed anew with a completed name, run.
		all()
		typed := func(text string) { p.do(chromedp.KeyEvent(text)) }
		typed("SELECT SubAccountNa")
		p.until("a completion", `document.querySelector('.cm-tooltip-autocomplete') !== null`)
		time.Sleep(200 * time.Millisecond) // what is pressed at once is not meant for the list
		typed(kb.Enter)
		typed(", sum(BilledCost) AS cost FROM usage GROUP BY 1 ORDER BY 2 DESC")
		p.until("the text", `/^SELECT SubAccountName\s*, sum\(BilledCost\) AS cost/.test(document.getElementById('sql').value)`)
		p.do(chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(2))) // with Ctrl
		p.until("rows", `document.querySelectorAll('#result tbody tr').length > 2`)
		if got := eval[string](p, `document.querySelector('#result thead').textContent`); got != "SubAccountNamecost" {
			t.Errorf("the columns are %q", got)
		}
		if !eval[bool](p, `/^[\d,]+\.\d\d$/.test(document.querySelector('#result tbody data').textContent) && /^\d+\.\d{3,}$/.test(document.querySelector('#result tbody data').value)`) {
			t.Error("an amount is not shown to the cent, with what it is exactly behind it")
		}
		p.do(chromedp.Click("#as-chart"))
		p.until("a chart", `document.querySelector('#picture canvas') !== null && !document.getElementById('picture').hidden`)
		// The statement is in the address; an error says where; back is back.
		good := eval[string](p, "location.search")
		all()
		typed("SELECT nope FROM usage -- ")
		p.do(chromedp.Click("#run"))
		p.until("an error", `document.getElementById('problem').textContent.includes('Candidate bindings')`)
		eval[bool](p, `(history.back(), true)`)
		p.until("back", `location.search === `+quoted(good)+` && document.querySelectorAll('#result tbody tr').length > 2`)
		// A saved query has a field for its parameter.
		p.until("the editor again", `document.querySelector('section.sql')?.dataset.ready === 'yes'`)
		eval[bool](p, `(() => { const s = document.getElementById('saved'); s.value = 'cost-by-tag'; s.dispatchEvent(new Event('change')); return true; })()`)
		p.until("its field", `document.querySelector('#params input') !== null`)
		if eval[string](p, `getComputedStyle(document.querySelector('.cm-editor')).backgroundColor`) == "rgba(0, 0, 0, 0)" {
			t.Error("the editor has no style")
		}
	})

	t.Run("download", func(t *testing.T) {
		resp, err := http.PostForm(at+"/query", map[string][]string{"sql": {"SELECT 1 AS a"}, "format": {"csv"}})
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil || string(b) != "a\n1\n" || !strings.Contains(resp.Header.Get("Content-Disposition"), "usage.csv") {
			t.Errorf("%q, %v, %q", b, err, resp.Header)
		}
	})

	for _, path := range []string{"/", "/drill?only=ServiceName%3DStorage", "/sql?name=cost-by-service", "/nowhere"} {
		t.Run("accessible"+path, func(t *testing.T) {
			for _, width := range []int64{1280, 360} {
				p := newPage(t)
				p.do(chromedp.EmulateViewport(width, 800), scheme("light"), chromedp.Navigate(at+path))
				if strings.HasPrefix(path, "/sql") {
					p.until("the editor", `document.querySelector('section.sql')?.dataset.ready === 'yes' && document.querySelectorAll('#result tbody tr').length > 2`)
				}
				if path != "/" { // the report itself is judged elsewhere
					eval[bool](p, `document.querySelectorAll('details').forEach(d => d.open = true) === undefined`)
				}
				p.do(injected(source))
				p.settle()
				p.accessible(path+" light", rules)
				p.do(scheme("dark"))
				p.settle()
				p.accessible(path+" dark", colours)
				if eval[bool](p, `document.documentElement.scrollWidth > innerWidth`) {
					t.Errorf("at %d px it is wider than the window", width)
				}
			}
		})
	}
}

// injected runs a script that the page's policy would refuse as an element.
func injected(source string) action {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](source+"; true"))
		return err
	})
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `\'`) + "'" }
