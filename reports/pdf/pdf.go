// Package pdf prints a report's page with a browser that is installed: no other
// program lays the page out as its readers see it. The browser gets a profile
// of its own that is gone afterwards, reads one local file, and reaches no
// network.
package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/chromedp"
)

// Variable is the environment variable that names the browser.
const Variable = "CHROMIUM"

// ErrNoBrowser says that there is none, and how to get one.
var ErrNoBrowser = errors.New("no browser found to print with: install Chromium (on Debian and Ubuntu the package chromium), " +
	"Google Chrome or Microsoft Edge, or set " + Variable + " to the path of one")

// A Printer prints pages.
type Printer struct {
	Browser string // its path or name; "" takes the first one that is installed
	// LocalAppData is where Windows keeps the programs that a person installs for themselves; "" on other systems.
	LocalAppData string
	Limit        time.Duration // how long starting and printing may take; 0 is two minutes

	// Full prints the whole report, with what belongs to each alarm; else its first two
	// sheets: what it says, and of whom and why.
	Full bool

	// Chinese is set where the page is in Chinese: without a font for it, it
	// is an error. Where it only has Chinese names, Note gets a warning.
	Chinese bool

	// Press keeps the browser for further pages; nil starts one for each.
	Press *Press

	// Note gets what the reader of the PDF, or of the machine's log, should know. It
	// may be nil.
	Note func(string)
}

// Find returns the path of the browser: the one that Browser names, or the first
// one that is installed.
func (p Printer) Find() (string, error) {
	if p.Browser != "" {
		path, err := exec.LookPath(p.Browser)
		if err != nil {
			return "", fmt.Errorf("the browser %s, named by %s: %w", p.Browser, Variable, err)
		}
		return path, nil
	}
	places := []string{
		"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "microsoft-edge-stable", "msedge",
		"/snap/bin/chromium",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
		"/Applications/Chromium.app/Contents/MacOS/Chromium",
		"/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
		`C:\Program Files\Google\Chrome\Application\chrome.exe`,
		`C:\Program Files (x86)\Google\Chrome\Application\chrome.exe`,
		`C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`,
		`C:\Program Files\Microsoft\Edge\Application\msedge.exe`,
	}
	if p.LocalAppData != "" { // on Windows, where people without rights install programs
		places = append(places, filepath.Join(p.LocalAppData, `Google\Chrome\Application\chrome.exe`))
	}
	for _, name := range places {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNoBrowser
}

// A Press keeps a browser running between pages, for whoever prints several. The zero Press is
// ready. Close it.
type Press struct {
	mu      sync.Mutex
	running *running
}

// A running browser has a folder of its own.
type running struct {
	dir     string
	context context.Context // of the browser
	stop    func()          // ends the browser, and waits for its end: then output and dir are no longer written
	output  *bytes.Buffer
}

// Close ends the browser.
func (b *Press) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, err := b.end()
	return err
}

// end ends the browser and returns the end of what it said.
func (b *Press) end() (said string, err error) {
	if r := b.running; r != nil {
		b.running = nil
		r.stop()
		return lastWords(r.output.String()), os.RemoveAll(r.dir)
	}
	return "", nil
}

// Print prints a page, A4, with page numbers. The text of the PDF is the same
// each time; how the browser draws it is the browser's.
func (p Printer) Print(ctx context.Context, source []byte) (pdf []byte, err error) {
	browser, err := p.Find()
	if err != nil {
		return nil, err
	}
	limit := p.Limit
	if limit == 0 {
		limit = 2 * time.Minute
	}
	late := fmt.Errorf("%s did not finish in %s", browser, limit)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, late)
	defer cancel()

	b := p.Press
	if b == nil {
		b = &Press{}
		defer func() { err = errors.Join(err, b.Close()) }()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	said := ""
	if b.running == nil {
		if said, err = p.start(ctx, b, browser); err != nil {
			return nil, p.explain(ctx, browser, said, err)
		}
	}
	if pdf, err = p.print(ctx, b.running, source); err != nil { // the next page gets a new browser
		said, ended := b.end()
		return nil, errors.Join(p.explain(ctx, browser, said, err), ended)
	}
	return pdf, nil
}

func (p Printer) explain(ctx context.Context, browser, said string, err error) error {
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("print: %w", context.Cause(ctx))
	case said != "":
		return fmt.Errorf("print with %s: %w; it said: %s", browser, err, said)
	}
	return fmt.Errorf("print with %s: %w", browser, err)
}

// start starts the browser of b. Where it fails it returns the end of what the browser said.
func (p Printer) start(ctx context.Context, b *Press, browser string) (said string, err error) {
	// As root a browser starts without its sandbox only.
	sandbox := os.Getuid() != 0
	for {
		dir, err := os.MkdirTemp("", "usagereport-pdf-")
		if err != nil {
			return "", err
		}
		b.running = run(ctx, browser, dir, sandbox)
		early := context.AfterFunc(ctx, b.running.stop)
		err = chromedp.Do(b.running.context)
		early()
		if err == nil && ctx.Err() == nil {
			break
		}
		said, ended := b.end()
		if ended != nil {
			return said, ended
		}
		if !sandbox || !strings.Contains(said, "sandbox") || ctx.Err() != nil {
			return said, fmt.Errorf("it does not start: %w", err)
		}
		// Many containers forbid what a sandbox is made of. The page holds the
		// report alone, and its policy lets no other script run.
		sandbox = false
	}
	if !sandbox {
		p.note("the browser printed without its sandbox, which root and some containers cannot have")
	}
	return "", nil
}

func (p Printer) note(s string) {
	if p.Note != nil {
		p.Note(s)
	}
}

// noFont says that Chinese cannot be printed.
const noFont = "no font with Chinese characters is installed: on Debian and Ubuntu install the package fonts-noto-cjk"

// run prepares a browser, which starts with what is first done in its context. It outlives ctx.
func run(ctx context.Context, browser, dir string, sandbox bool) *running {
	r := &running{dir: dir, output: &bytes.Buffer{}}
	options := append(chromedp.DefaultExecAllocatorOptions[:], // headless, nothing in the background
		chromedp.ExecPath(browser),
		chromedp.UserDataDir(filepath.Join(dir, "profile")),
		chromedp.DisableGPU,
		chromedp.Flag("no-sandbox", !sandbox),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"), // also for addresses
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("no-pings", true),
		chromedp.CombinedOutput(r.output),
	)
	allocator, stop := chromedp.NewExecAllocator(context.WithoutCancel(ctx), options...)
	first, cancel := chromedp.NewContext(allocator)
	r.context = first
	r.stop = sync.OnceFunc(func() { // of a browser that was stopped before it started, chromedp would wait for ever the second time
		cancel()
		stop()
	})
	return r
}

// print returns the page as PDF.
func (p Printer) print(ctx context.Context, r *running, source []byte) ([]byte, error) {
	page := filepath.Join(r.dir, "report.html")
	if err := os.WriteFile(page, source, 0o600); err != nil {
		return nil, err
	}
	tab, cancel := chromedp.NewContext(r.context)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()

	if err := chromedp.Do(tab, chromedp.Navigate((&url.URL{Scheme: "file", Path: filepath.ToSlash(page)}).String())); err != nil {
		return nil, fmt.Errorf("open the page: %w", err)
	}
	text, err := chromedp.Run(tab, chromedp.Evaluate[struct{ Chinese, Font bool }](chinese))
	if err != nil {
		return nil, fmt.Errorf("look for fonts: %w", err)
	}
	if !text.Font && p.Chinese {
		return nil, errors.New(noFont)
	}
	if !text.Font && text.Chinese {
		p.note("names in Chinese are not legible in the PDF: " + noFont)
	}
	sheet, err := chromedp.Run(tab, chromedp.Evaluate[struct{ Foot, Day string }](fmt.Sprintf(unfold, p.Full)))
	if err != nil {
		return nil, fmt.Errorf("unfold the page: %w", err)
	}
	foot := html.EscapeString(sheet.Foot)
	pdf, err := chromedp.Run(tab, chromedp.PrintToPDF(
		chromedp.PDFPaper(chromedp.PaperA4),
		chromedp.PDFPrintBackground(),
		chromedp.PDFHeaderTemplate(`<span></span>`),
		chromedp.PDFFooterTemplate(`<div style="width:100%;font-size:8px;color:#56616d;margin:0 12mm;`+
			`display:flex;justify-content:space-between"><span>`+foot+`</span><span><span class="pageNumber"></span> / <span class="totalPages"></span></span></div>`),
		chromedp.PDFOutlineAndTagged(),
		chromedp.PDFStream(),
	))
	if err != nil {
		return nil, fmt.Errorf("print the page: %w", err)
	}
	return withoutClock(pdf, sheet.Day), nil
}

// unfold makes a page ready for paper: in full with what belongs to each alarm opened, else
// in brief, of which the page's style knows what it shows. The page says what stands at the
// foot of each sheet, and of which day it is.
const unfold = `(full => {
	document.documentElement.classList.add(full ? 'full' : 'brief');
	if (full) document.querySelectorAll('details.finding, details.more-findings').forEach(d => { d.open = true });
	const says = name => document.querySelector('meta[name="' + name + '"]')?.content ?? '';
	return {foot: says('description'), day: says('date')};
})(%t)`

// chinese reports whether the page has Chinese text, and whether there is a font
// for it: without one all characters look alike.
const chinese = `(() => {
	const draw = s => {
		const c = new OffscreenCanvas(32, 32).getContext('2d');
		c.font = '24px sans-serif';
		c.fillText(s, 0, 26);
		return c.getImageData(0, 0, 32, 32).data.join();
	};
	return {chinese: /\p{Script=Han}/u.test(document.body.textContent), font: new Set([...'發票訂閱'].map(draw)).size === 4};
})()`

// withoutClock puts the day of the page, such as 2026-11-15, in place of the times of
// printing in a PDF's description, which keeps its length.
func withoutClock(pdf []byte, day string) []byte {
	day = strings.ReplaceAll(day, "-", "")
	if len(day) != len("20000101") {
		day = "20000101"
	}
	return regexp.MustCompile(`/(CreationDate|ModDate) \(D:\d{14}`).ReplaceAllFunc(pdf, func(b []byte) []byte {
		return append(slices.Clone(b[:len(b)-14]), day+"000000"...)
	})
}

// lastWords returns the end of what a browser said, on one line.
func lastWords(s string) string {
	lines := strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' })
	return strings.Join(lines[max(0, len(lines)-3):], "; ")
}
