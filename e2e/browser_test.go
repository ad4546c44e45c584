// Package e2e opens the reports that the program writes, from disk, in a real
// browser, as the budget owner does. It is a module of its own, so that the
// program does not depend on what drives the browser.
package e2e

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// The program and the browser of this run; the browser is nil where there is
// none.
var (
	prog    *program
	browser context.Context
)

func TestMain(m *testing.M) {
	os.Exit(testMain(m))
}

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "usagereport-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	prog = &program{dir: dir, made: map[string]string{}}

	if path := findBrowser(); path != "" {
		options := append(chromedp.DefaultExecAllocatorOptions[:], // headless, a fresh profile, nothing in the background
			chromedp.ExecPath(path),
			chromedp.NoSandbox,
			chromedp.DisableGPU,
			chromedp.Flag("disable-component-update", true),
			chromedp.Flag("disable-sync", true),
			chromedp.UserDataDir(filepath.Join(dir, "profile")),
			chromedp.WSURLReadTimeout(time.Minute),
		)
		allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
		defer stop()
		ctx, cancel := chromedp.NewContext(allocator)
		defer cancel()
		if err := chromedp.Do(ctx); err != nil {
			fmt.Fprintf(os.Stderr, "start %s: %v\n", path, err)
			return 1
		}
		browser = ctx
	}
	return m.Run()
}

// findBrowser returns the path of $CHROMIUM or of an installed Chromium.
func findBrowser() string {
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// needBrowser skips a test where there is no browser, and fails it where there
// has to be one.
func needBrowser(t *testing.T) {
	t.Helper()
	if browser != nil {
		return
	}
	const missing = "no Chromium here: the reports are NOT TESTED in a browser; make prepare installs one, CHROMIUM names one"
	if os.Getenv("CI") == "true" {
		t.Fatal(missing)
	}
	t.Skip(missing)
}

// A page is an open report.
type page struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	troubles []string
}

// newPage opens an empty tab that notes whatever a report must not do.
func newPage(t *testing.T) *page {
	t.Helper()
	needBrowser(t)
	p := &page{t: t}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithListener(p.watch))
	t.Cleanup(cancel)
	p.ctx = ctx
	p.do()                                                  // opens the tab, which lives as long as this context
	p.ctx, cancel = context.WithTimeout(ctx, 4*time.Minute) // what is slow is not stuck
	t.Cleanup(cancel)
	p.do(call(network.Enable, network.EnableParams{}), call(log.Enable, cdp.Empty{}), call(runtime.Enable, cdp.Empty{}))
	return p
}

// An action is something to do in a tab.
type action = chromedp.Action[chromedp.Void]

// call is a command of the browser's protocol that returns nothing of use.
func call[P, R any](c cdp.Command[P, R], params P) action {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

// twoFrames waits until a page is drawn anew. A browser may draw no frame of a tab while another is in front of it: then the
// page is as it is after a second.
const twoFrames = `Promise.race([new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => r(true)))), ` +
	`new Promise(r => setTimeout(r, 1000, true))])`

// open opens the file at path in p.
func (p *page) open(path string) {
	p.t.Helper()
	p.do(chromedp.Navigate((&url.URL{Scheme: "file", Path: path}).String()))
}

// openReport opens the file at path in a tab, and at the end of the test says
// what the page did that it must not.
func openReport(t *testing.T, path string, before ...action) *page {
	t.Helper()
	p := newPage(t)
	t.Cleanup(func() {
		for _, s := range p.seen() {
			t.Errorf("%s: %s", filepath.Base(path), s)
		}
	})
	p.do(before...)
	p.open(path)
	return p
}

// watch notes every word on the console, error, refusal of the browser, and
// request that is not for the file itself.
func (p *page) watch(event any) {
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		var words []string
		for _, a := range e.Args {
			words = append(words, string(a.Value)+a.Description)
		}
		p.note("console.%s: %s", e.Type, strings.Join(words, " "))
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			text += " " + string(x.Value) + x.Description
		}
		p.note("exception: %s", text)
	case *log.EventEntryAdded:
		p.note("browser: %s: %s: %s", e.Entry.Source, e.Entry.Level, e.Entry.Text)
	case *network.EventRequestWillBeSent:
		if !isLocal(e.Request.URL) {
			p.note("request: %s", e.Request.URL)
		}
	case *network.EventWebSocketCreated:
		p.note("request: %s", e.URL)
	case *network.EventWebTransportCreated:
		p.note("request: %s", e.URL)
	}
}

func isLocal(address string) bool {
	return strings.HasPrefix(address, "file:") || strings.HasPrefix(address, "data:")
}

func (p *page) note(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.troubles = append(p.troubles, fmt.Sprintf(format, args...))
}

// seen returns what was noted, after what is on its way has come in.
func (p *page) seen() []string {
	time.Sleep(50 * time.Millisecond) // not in the page, whose scripts may be off
	_, err := chromedp.Run(p.ctx, chromedp.Evaluate[int]("1"))
	if err != nil {
		p.note("the page no longer answers: %v", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.troubles
}

func (p *page) do(actions ...action) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// eval evaluates a JavaScript expression, a promise to its end, into a T.
func eval[T any](p *page, expression string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%v in %s", err, expression)
	}
	return v
}
