package e2e

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// The table of services, as the reader has it.
const services = `document.querySelector('#movers table.sortable')`

// shownNames are the rows' names, as far as they are shown.
func (p *page) shownNames() []string {
	return eval[[]string](p, `[...`+services+`.tBodies[0].rows].filter(r => r.offsetHeight > 0).map(r => r.cells[0].querySelector('.name').textContent)`)
}

// press gives a key to what has the focus.
func (p *page) press(key string) {
	p.do(call(input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: "keyDown", Key: key, Code: key, Text: map[string]string{"Enter": "\r"}[key], WindowsVirtualKeyCode: map[string]int64{"Enter": 13}[key]}),
		call(input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: "keyUp", Key: key, Code: key, WindowsVirtualKeyCode: map[string]int64{"Enter": 13}[key]}))
}

// A table is sorted by any column, narrowed by typing, and opened, by keys alone.
func TestSortAndNarrow(t *testing.T) {
	p := openReport(t, prog.demoReport(t))
	first := p.shownNames()
	if len(first) != 8 {
		t.Fatalf("the demo has %d services", len(first))
	}
	head := func(column string) {
		eval[bool](p, `(`+services+`.tHead.rows[0].cells[`+column+`].querySelector('button').focus(), true)`)
	}
	order := func(column string) string {
		return eval[string](p, `String(`+services+`.tHead.rows[0].cells[`+column+`].getAttribute('aria-sort'))`)
	}

	head("0")
	p.press("Enter")
	byName := p.shownNames()
	if !slices.IsSortedFunc(byName, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }) || len(byName) != len(first) || order("0") != "ascending" {
		t.Errorf("by name, %s: %q", order("0"), byName)
	}
	head("4") // what it costs now
	p.press("Enter")
	falling := eval[[]float64](p, `[...`+services+`.tBodies[0].rows].map(r => Number(r.cells[4].querySelector('data').value))`)
	if !slices.IsSortedFunc(falling, func(a, b float64) int { return cmp.Compare(b, a) }) || order("4") != "descending" || order("0") != "null" {
		t.Errorf("by cost, %s, beside %s: %v", order("4"), order("0"), falling)
	}
	p.press("Enter")
	if rising := p.shownNames(); order("4") != "ascending" || rising[len(rising)-1] != "Virtual Machines" {
		t.Errorf("by cost, %s: %q", order("4"), rising)
	}
	head("3") // percent; what is new or gone has none
	p.press("Enter")
	if last := eval[string](p, `[...`+services+`.tBodies[0].rows].at(-1).cells[3].textContent`); last != "" {
		t.Errorf("what has no percent stands before %s", last)
	}

	const fresh = `document.querySelector('#movers .filter').parentElement.querySelector('table')`
	names := func() []string {
		return eval[[]string](p, `[...`+fresh+`.tBodies[0].rows].filter(r => r.offsetHeight > 0).map(r => r.cells[0].querySelector('.name').textContent)`)
	}
	eval[bool](p, `(`+fresh+`.closest('details').open = true)`)
	all, sum := names(), eval[string](p, fresh+`.tFoot.textContent`)
	eval[bool](p, `(document.querySelector('#movers .filter input').focus(), true)`)
	p.do(chromedp.KeyEvent("VM-ML-PROD-03"))
	if got := names(); !slices.Equal(got, []string{"vm-ml-prod-03"}) || len(all) < 10 {
		t.Errorf("with the machine: %q of %q", got, all)
	}
	if got := eval[string](p, `document.querySelector('#movers .filter output').textContent`); got != fmt.Sprintf("1 of %d rows", len(all)) {
		t.Errorf("the page says %q", got)
	}
	if got := eval[string](p, fresh+`.tFoot.textContent`); got != sum {
		t.Errorf("the sum became %q, was %q", got, sum)
	}
	eval[bool](p, `([...`+services+`.querySelectorAll('details.inside')].find(d => d.querySelector('.name').textContent === 'Virtual Machines').querySelector('summary').focus(), true)`)
	p.press("Enter")
	if inside := eval[[]string](p, `[...`+services+`.querySelectorAll('details[open] li .name')].filter(e => e.offsetHeight > 0).map(e => e.textContent)`); len(inside) < 3 || !slices.Contains(inside, "vm-ml-prod-03") {
		t.Errorf("inside the machines: %q", inside)
	}
}

// Without scripts the tables are whole, and their rows open.
func TestTablesWithoutScripts(t *testing.T) {
	p := openReport(t, prog.demoReport(t), call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	if got := p.shownNames(); len(got) != 8 || got[0] != "Virtual Machines" {
		t.Errorf("without scripts: %q", got)
	}
	if n := eval[int](p, `document.querySelectorAll('#movers button, #movers input:not([type=radio])').length`); n != 0 {
		t.Errorf("%d controls do nothing", n)
	}
	if n := eval[int](p, `document.querySelectorAll('#movers details.inside summary').length`); n < 10 {
		t.Errorf("%d rows open", n)
	}
}
