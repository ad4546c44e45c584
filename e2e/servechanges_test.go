package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// over moves the mouse over what a selector finds, where a chart may say more.
func (p *page) over(selector string) {
	p.t.Helper()
	type box struct{ X, Y, Width, Height float64 }
	b := eval[box](p, `(e => (e.scrollIntoView({block: 'center'}), e.getBoundingClientRect().toJSON()))(document.querySelector(`+quoted(selector)+`))`)
	for _, x := range []float64{0.1, 0.3, 0.5, 0.7} {
		p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, b.X+x*b.Width, b.Y+b.Height/2))
		time.Sleep(50 * time.Millisecond)
	}
}

// A finding of the report leads to what it is about, and is answered there.
func TestServeAnswer(t *testing.T) {
	at := prog.serve(t)
	p := visit(t, at+"/")
	p.until("the report", `document.querySelector('details.finding') !== null`)
	p.over(".chart.sheet[data-chart]")
	name := eval[string](p, `document.querySelector('details.finding .name').textContent`)
	eval[bool](p, `(document.querySelector('details.finding').open = true, document.querySelector('details.finding .acts a').click(), true)`)
	p.until("its page", `location.pathname === '/drill' && document.querySelector('.about-finding h2') !== null`)
	if got := eval[string](p, `document.querySelector('.about-finding h2').textContent`); !strings.Contains(got, name) {
		t.Errorf("the finding %s leads to %s", name, got)
	}
	if got := eval[string](p, `document.querySelector('.path').textContent`); strings.Contains(got, "/subscriptions/") {
		t.Errorf("an id and no name is chosen: %s", got)
	}
	total := `document.querySelector('.drilled tfoot data').value`
	if got := eval[string](p, total); strings.HasPrefix(got, "0.00") {
		t.Errorf("what it is about cost %s", got)
	}
	p.over(".chart")
	eval[bool](p, `(document.querySelector('.answering [name=by]').value = 'Ada', document.querySelector('.answering [name=note]').value = 'load <test>',
		document.querySelector('.answering [value=planned]').click(), true)`)
	p.until("the answer", `document.querySelector('.about-finding .note') !== null`)
	if got := eval[string](p, `document.querySelector('.about-finding .note').textContent`); !strings.Contains(got, "Ada") || !strings.Contains(got, "load <test>") {
		t.Errorf("answered, it says %s", got)
	}
	p.do(chromedp.Navigate(at + "/"))
	p.until("the report again", `document.querySelector('.answer') !== null`)
	if eval[bool](p, `[...document.querySelectorAll('details.finding .name')].some(e => e.textContent === `+quoted(name)+`)`) {
		t.Errorf("%s is answered and stands among the alarms", name)
	}
}

// The cost by owner and by tag, of any days against any others.
func TestServeDays(t *testing.T) {
	at := prog.serve(t)
	p := visit(t, at+"/drill")
	set := func(field, value string) {
		eval[bool](p, `(() => { const e = document.querySelector('.live [name="`+field+`"]'); e.value = `+quoted(value)+`; return e.value === `+quoted(value)+`; })()`)
	}
	show := func() { eval[bool](p, `(document.querySelector('.live form button').click(), true)`) }
	heads := `[...document.querySelectorAll('.drilled tbody th')].map(e => e.textContent).join()`
	p.until("the cost", `document.querySelector('.drilled') !== null`)
	set("by", "x_Owner")
	show()
	p.until("by owner", `new URLSearchParams(location.search).get('by') === 'x_Owner' && document.querySelector('.drilled') !== null`)
	if got := eval[string](p, heads); !strings.Contains(got, "Search") {
		t.Errorf("the owners are %s", got)
	}
	eval[bool](p, `([...document.querySelectorAll('.drilled tbody a')].find(a => a.textContent === 'Search').click(), true)`)
	p.until("inside an owner", `!!document.querySelector('.path')?.textContent.includes('Search')`)
	if got := eval[string](p, heads); got != "Virtual Machines" {
		t.Errorf("the owner's services are %s", got)
	}
	set("by", "Tags.env")
	set("period", "2026-Q3")
	set("against", "2026-Q1")
	show()
	p.until("a quarter by tag", `!!document.querySelector('.drilled h2')?.textContent.includes('1 Jul to 30 Sep 2026')`)
	if got := eval[string](p, heads+` + document.querySelector('.drilled .lead').textContent`); !strings.Contains(got, "prod") || !strings.Contains(got, "against 1 Jan to 31 Mar 2026") {
		t.Errorf("by tag it says %s", got)
	}
	// Days of one's own, which the address then has.
	set("from", "2026-08-03")
	set("to", "2026-08-09")
	set("before-from", "2026-07-27")
	set("before-to", "2026-08-02")
	show()
	p.until("days of one's own", `location.search.includes('period=2026-08-03..2026-08-09') && document.querySelector('.drilled') !== null`)
	if got := eval[string](p, `document.querySelector('select[name=period]').value + ' ' + document.querySelector('select[name=against]').value`); got != "2026-08-03..2026-08-09 2026-07-27..2026-08-02" {
		t.Errorf("chosen is %s", got)
	}
	if eval[string](p, `document.querySelector('.drilled tfoot data').value`) == "0.00" {
		t.Error("these days cost nothing")
	}
}

// The SQL page begins with the period, takes a name by Tab, draws a second dimension as
// series, asks for what a saved query needs, and saves one.
func TestServeQueries(t *testing.T) {
	at := prog.serve(t)
	p := visit(t, at+"/sql")
	ready := `document.querySelector('section.sql')?.dataset.ready === 'yes'`
	p.until("the editor", ready)
	if got := eval[string](p, `document.getElementById('sql').value`); !strings.Contains(got, "x_BillingPeriod = '2026-11'") {
		t.Errorf("it begins with %s", got)
	}
	write := func(text string) {
		eval[bool](p, `(document.querySelector('.cm-content').focus(), true)`)
		p.do(chromedp.KeyEvent("a", chromedp.KeyModifiers(2)), chromedp.KeyEvent(kb.Delete), chromedp.KeyEvent(text))
	}
	write("SELECT ChargePeriodSt")
	p.until("a completion", `document.querySelector('.cm-tooltip-autocomplete') !== null`)
	time.Sleep(200 * time.Millisecond) // what is pressed at once is not meant for the list
	p.do(chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent("::DATE AS day, ServiceName, sum(BilledCost) AS cost FROM usage GROUP BY ALL -- "))
	p.until("the name", `/^SELECT ChargePeriodStart\s*::DATE AS day/.test(document.getElementById('sql').value)`)
	p.do(chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(2)))
	p.until("rows", `document.querySelectorAll('#result tbody tr').length > 2`)
	p.do(chromedp.Click("#as-chart"))
	p.until("a chart with a legend", `document.querySelector('#picture canvas') !== null && document.querySelectorAll('#legend li').length === 6`)
	if got := eval[string](p, `document.getElementById('legend').innerText`); !strings.Contains(got, "Virtual Machines") || !strings.Contains(got, "Others") {
		t.Errorf("the series are %s", got)
	}
	p.over("#picture")

	// Where nothing is to be completed, Tab leads out of the editor.
	p.do(chromedp.KeyEvent(kb.Escape))
	eval[bool](p, `(document.querySelector('.cm-content').focus(), true)`)
	p.do(chromedp.KeyEvent(kb.Tab))
	if eval[bool](p, `document.activeElement.closest('.cm-editor') !== null`) {
		t.Error("the keyboard does not get out of the editor")
	}

	choose := func(name string) {
		eval[bool](p, `(() => { const s = document.getElementById('saved'); s.value = `+quoted(name)+`; s.dispatchEvent(new Event('change')); return true; })()`)
	}
	choose("cost-by-tag")
	p.until("its question", `document.activeElement.name === 'param.tag' && document.getElementById('status').textContent.includes('Fill in')`)
	p.do(chromedp.KeyEvent("env"), chromedp.KeyEvent(kb.Enter))
	p.until("its answer", `[...document.querySelectorAll('#result tbody td')].some(e => e.textContent === 'prod')`)
	if got := eval[string](p, `location.search`); !strings.Contains(got, "param.tag=env") {
		t.Errorf("the address does not say it all: %s", got)
	}

	write("SELECT 40 + 2 AS answer")
	save := func(replace bool) {
		eval[bool](p, `(() => { document.querySelector('.saving').open = true; document.querySelector('.saving [name=name]').value = 'the-answer';
			document.querySelector('.saving [name=title]').value = 'What is the answer?';
			document.querySelector('.saving [name=replace]').checked = `+map[bool]string{true: "true", false: "false"}[replace]+`;
			document.querySelector('.saving button').click(); return true; })()`)
	}
	save(false)
	p.until("the saved query", `location.search === '?name=the-answer' && document.querySelector('#result tbody td')?.textContent === '42'`)
	save(false)
	p.until("why not again", `!!document.querySelector('.failed')?.textContent.includes('there is one of this name')`)
}
