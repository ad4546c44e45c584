package main

import (
	"io"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"usagereport/usage"
	"usagereport/web"
	"usagereport/workspace"
)

// report, serve and send show the same of one folder: findings, figures, and what
// answers.csv and invoices.csv beside it say.
func TestDoors(t *testing.T) {
	t.Parallel()
	first := newDesk(t)
	open := first.folder()
	folder := func() *desk {
		d := newDesk(t)
		if err := os.CopyFS(filepath.Join(d.dir, "folder"), os.DirFS(first.dir)); err != nil {
			t.Fatal(err)
		}
		d.dir = filepath.Join(d.dir, "folder")
		d.env["USAGEREPORT_DB"] = d.path("usage.duckdb")
		return d
	}
	report := func(args ...string) string {
		d := folder()
		page, _ := d.run(exitDone, append([]string{"report", "-q", "--config", d.path("usagereport.yaml"), "--period", "2026-10", "-o", "-"}, args...)...)
		return page
	}
	d := folder()
	d.run(exitDone, "send", "-q", "--config", d.path("usagereport.yaml"), "--period", "2026-10", "--out", d.path("out"))
	sent, err := filepath.Glob(d.path("out/*/*.html"))
	if err != nil || len(sent) != 1 {
		t.Fatalf("send wrote %v (%v)", sent, err)
	}
	b, err := os.ReadFile(sent[0])
	if err != nil {
		t.Fatal(err)
	}
	all, ada, asked := report(), report("--owner", "Ada"), report("--owner", "Ada", "--answers-to", "finops@example.org")
	for _, c := range []struct{ name, page, want string }{
		{"report", all, all},
		{"report to Ada", ada, ada},
		{"serve", folder().serves()(url.Values{"period": {"2026-10"}}), all},
		{"serve to Ada", folder().serves()(url.Values{"period": {"2026-10"}, "owner": {"Ada"}}), ada},
		{"send to Ada", string(b), asked},
	} {
		said, want := sayings(t, c.page), sayings(t, c.want)
		for i := range max(len(said), len(want)) {
			if i >= len(said) || i >= len(want) || said[i] != want[i] {
				t.Errorf("%s says from line %d on\n%s\nand report\n%s", c.name, i, strings.Join(said[i:min(len(said), i+20)], "\n"), strings.Join(want[i:min(len(want), i+20)], "\n"))
				break
			}
		}
		text := strings.Join(said, " ")
		for _, what := range []string{open, "planned", "a load test", "invoiced"} {
			if !strings.Contains(text, what) {
				t.Errorf("%s does not say %s", c.name, what)
			}
		}
	}
}

// What is written into answers.csv is on the next page.
func TestServeFollowsAnswers(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	open := d.folder()
	get := d.serves()
	choice := url.Values{"period": {"2026-10"}}
	if page := get(choice); strings.Contains(page, "seen to") {
		t.Fatal("the answer is on the page before it is given")
	}
	d.write("answers.csv", "finding,answer,note,by\n"+open+",planned,seen to,ada\n")
	if page := get(choice); !strings.Contains(page, "seen to") {
		t.Error("the answer is not on the page")
	}
}

// folder makes a ledger with two findings of one owner, and beside it the files that
// commands take in. None of them answers the finding open.
func (d *desk) folder() (open string) {
	var rows []charge
	for i, name := range []string{"vm-a", "vm-b"} {
		vm := charge{account: "one", group: "rg-" + name, service: "Service " + name, meter: "D4", resource: name}
		rows = slices.Concat(rows, vm.over("2026-06-20", "2026-11-15", func(n int, day usage.Day) string {
			if start := dayOf("2026-10-08") + usage.Day(6*i); day >= start && day < start+4 {
				return about(400)(n, day)
			}
			return about(40)(n, day)
		}))
	}
	d.take(focus().file(rows))
	d.write("usagereport.yaml", "sender: finops@example.org\n")
	d.write("owners.csv", "name,email,rule\nAda,ada@example.org,SubAccountId=one\n")
	fs, _ := d.findings("--config", d.path("usagereport.yaml"), "--period", "2026-10", "--owner", "Ada")
	if len(fs) != 2 {
		d.Fatalf("findings: %v", fs)
	}
	d.write("answers.csv", "finding,answer,note,by\n"+fs[0].ID+",planned,a load test,ada\n")
	d.write("invoices.csv", "account,period,number,date,net,tax,credits,total,currency\none,2026-10,E17,2026-11-08,2000,380,0,2380,EUR\n")
	return fs[1].ID
}

// serves returns what gets the page of a report from a server.
func (d *desk) serves() func(choice url.Values) string {
	d.Helper()
	g := newGlobals(environment{stderr: io.Discard, stdout: io.Discard, now: func() time.Time { return d.now }})
	g.work = workspace.Workspace{
		ConfigPath: d.path("usagereport.yaml"), Getenv: func(key string) string { return d.env[key] }, Now: g.env.now, Note: g.Note,
		Version: strings.TrimPrefix(versionText(), "usagereport "),
	}
	s, err := web.New(newBackend(g, serveOptions{memory: defaultMemory}), web.Options{Limit: time.Minute})
	if err != nil {
		d.Fatal(err)
	}
	return func(choice url.Values) string {
		d.Helper()
		r := httptest.NewRequestWithContext(d.Context(), "GET", "http://localhost/?"+choice.Encode(), nil)
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if w.Code != 200 {
			d.Fatalf("serve: %d: %s", w.Code, w.Body)
		}
		return w.Body.String()
	}
}

// sayings returns what a page says, a line an element, without what only a page that
// is served has, and without the line on how the page was made.
func sayings(t *testing.T, page string) (out []string) {
	t.Helper()
	_, main, ok := strings.Cut(page, "<main")
	if !ok {
		t.Fatalf("no main in %.300s", page)
	}
	main, _, _ = strings.Cut(main, "</main>")
	// How a finding is answered is the door's: there, or by a mail to the sender.
	doors := []string{"→", "Look inside", "Take it apart and answer", "Finding", "Planned, fixed, or not yours? Tell the sender, naming"}
	text := regexp.MustCompile(`(?s)<(style|script).*?</(style|script)>|<p class="fineprint">.*?</p>|<[^>]*>`).ReplaceAllString(main, "\n")
	for line := range strings.Lines(text) {
		if line = strings.Join(strings.Fields(line), " "); line != "" && !slices.Contains(doors, line) {
			out = append(out, line)
		}
	}
	return out
}
