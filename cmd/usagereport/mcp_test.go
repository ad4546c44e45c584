package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// An assistant is a client of the command mcp, on a ledger with two owners.
type assistant struct {
	t    *testing.T
	dir  string
	args []string // of the same files
	*sdk.ClientSession
}

// assisted loads the ledger: Ada's cost grows tenfold in November, Ben's name is in
// everything that is Ben's.
func assisted(t *testing.T) (dir string, args []string) {
	t.Helper()
	dir = t.TempDir()
	var b strings.Builder
	b.WriteString("BilledCost,EffectiveCost,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory," +
		"ChargePeriodStart,ChargePeriodEnd,ServiceName,SubAccountId,x_ResourceGroupName,ResourceId,Tags\n")
	for d := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC); d.Before(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)); d = d.AddDate(0, 0, 1) {
		month := time.Date(d.Year(), d.Month(), 1, 0, 0, 0, 0, time.UTC)
		cost := 10.25
		if d.Month() == time.November && d.Day() > 5 {
			cost = 102.5
		}
		line := func(cost float64, owner string) {
			fmt.Fprintf(&b, "%.2f,%.2f,A,EUR,%s,%s,Usage,%s,%s,%s service,s1,rg-%s,/r/%s,\"{\"\"team\"\":\"\"%s\"\"}\"\n",
				cost, cost, month.Format(time.DateOnly), month.AddDate(0, 1, 0).Format(time.DateOnly), d.Format(time.RFC3339),
				d.AddDate(0, 0, 1).Format(time.RFC3339), owner, owner, owner, owner)
		}
		line(cost, "ada")
		line(7.77, "ben")
	}
	for name, text := range map[string]string{
		"usage.csv":   b.String(),
		"metrics.csv": "date,name,value,resource-group\n2026-11-01,orders of ben,5,rg-ben\n",
		"events.csv":  "date,scope,text\n2026-11-01,x_ResourceGroupName=rg-ben,Ben's release\n",
		"rates.csv":   "date,from,to,rate\n2026-10-05,EUR,USD,1.1\n",
		"owners.csv": "name,email,rule,budget\nAda,ada@example.org,x_ResourceGroupName=rg-ada,500\n" +
			"Ben,ben@example.org,x_ResourceGroupName=rg-ben,200\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args = []string{"--db", filepath.Join(dir, "usage.duckdb"), "--owners", filepath.Join(dir, "owners.csv")}
	if _, errs, code := inProcess(t, append([]string{"load", filepath.Join(dir, "usage.csv"), filepath.Join(dir, "rates.csv")}, args...)...); code != exitDone {
		t.Fatalf("load: %d: %s", code, errs)
	}
	return dir, args
}

// started runs the command in this process and returns what goes in and comes out.
func started(t *testing.T, args ...string) (in io.WriteCloser, out io.ReadCloser) {
	t.Helper()
	fromClient, toServer := io.Pipe()
	fromServer, toClient := io.Pipe()
	ended := make(chan int)
	var errs bytes.Buffer
	go func() {
		code := run(t.Context(), environment{
			args: append([]string{"mcp"}, args...), stdin: fromClient, stdout: toClient, stderr: &errs, getenv: func(string) string { return "" },
			now: time.Now, terminal: func(io.Writer) (int, bool) { return 0, false },
		})
		_ = toClient.Close() // a pipe's end, which cannot fail
		ended <- code
	}()
	t.Cleanup(func() {
		_ = toServer.Close() // as above
		if code := <-ended; code != exitDone {
			t.Errorf("mcp ends with %d: %s", code, &errs)
		}
	})
	return toServer, fromServer
}

func talk(t *testing.T, dir string, args []string, more ...string) assistant {
	t.Helper()
	in, out := started(t, append(append(more, "--reports", filepath.Join(dir, "reports")), args...)...)
	client := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil)
	session, err := client.Connect(t.Context(), &sdk.IOTransport{Reader: out, Writer: in}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return assistant{t, dir, args, session}
}

// said is what a tool says.
type said struct {
	Answer json.RawMessage
	Notes  []string
	SQL    string
	text   string // all of it, or why there is none
	failed bool
}

func (a assistant) call(name string, in map[string]any) (s said) {
	a.t.Helper()
	r, err := a.CallTool(a.t.Context(), &sdk.CallToolParams{Name: name, Arguments: in})
	if err != nil {
		a.t.Fatalf("%s: %v", name, err)
	}
	text := r.Content[0].(*sdk.TextContent).Text
	if !r.IsError {
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			a.t.Fatalf("%s: %v: %s", name, err, text)
		}
	}
	s.text, s.failed = text, r.IsError
	return s
}

// command returns what a command prints on the same files.
func (a assistant) command(args ...string) string {
	a.t.Helper()
	out, errs, code := inProcess(a.t, append(args, a.args...)...)
	if code != exitDone {
		a.t.Fatalf("%s: %d: %s", args, code, errs)
	}
	return out
}

// compact is JSON without blanks, for comparisons.
func compact(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(text)); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return b.String()
}

// Each tool says what its command prints, and SQL in an answer gives its numbers again.
func TestMCPSaysWhatCommandsSay(t *testing.T) {
	t.Parallel()
	dir, args := assisted(t)
	a := talk(t, dir, args)
	for _, c := range []struct {
		tool    string
		in      map[string]any
		command string
	}{
		{"periods", nil, "periods"},
		{
			"compare",
			map[string]any{"by": []string{"service", "resource-group"}, "against": "prior", "top": 1},
			"compare --by service,resource-group --top 1",
		},
		{
			"compare",
			map[string]any{"period": "2026-10", "filter": []string{"service=ada service"}, "owner": "ada"},
			"compare --period 2026-10 --owner Ada",
		},
		{"anomalies", map[string]any{"sensitivity": "high"}, "anomalies --sensitivity high"},
		{"forecast", map[string]any{"by": []string{"service"}}, "forecast --by service"},
		{"owners", map[string]any{"period": "2026-10"}, "owners list --period 2026-10"},
		{"owners", map[string]any{"convert": "USD"}, "owners list --currency USD --convert"},
		{"compare", map[string]any{"convert": "USD", "owner": "Ada"}, "compare --owner Ada --currency USD --convert"},
		{"anomalies", map[string]any{"convert": "USD"}, "anomalies --currency USD --convert"},
		{"forecast", map[string]any{"convert": "USD"}, "forecast --currency USD --convert"},
		{"commitments", map[string]any{"period": "2026-10", "convert": "USD"}, "commitments --period 2026-10 --currency USD --convert"},
	} {
		got, want := a.call(c.tool, c.in), a.command(append(strings.Fields(c.command), "--format", "json")...)
		if got.failed || string(got.Answer) != compact(t, want) {
			t.Errorf("%s %v says %s\nwant %s", c.tool, c.in, got.text, want)
		}
	}
	var found []struct{ ID string }
	if err := json.Unmarshal(a.call("anomalies", nil).Answer, &found); err != nil || len(found) == 0 {
		t.Fatalf("%v: there is no finding to ask about", err)
	}
	why := a.call("why", map[string]any{"id": found[0].ID})
	var evidence struct {
		Days []struct{ Day, Actual string }
	}
	if err := json.Unmarshal(why.Answer, &evidence); err != nil || why.SQL == "" {
		t.Fatalf("%v: %s", err, why.text)
	}
	var grid struct{ Rows [][]string }
	if err := json.Unmarshal(a.call("query", map[string]any{"sql": why.SQL}).Answer, &grid); err != nil || len(grid.Rows) == 0 {
		t.Fatalf("%v: %s", err, why.SQL)
	}
	for i, row := range grid.Rows {
		if d := evidence.Days[i]; d.Day != row[0] || strings.TrimRight(d.Actual, "0") != strings.TrimRight(row[1], "0") {
			t.Errorf("the evidence says %v, its SQL %v", d, row)
		}
	}
	got := a.call("query", map[string]any{
		"sql": "SELECT count(*) FROM usage WHERE ServiceName = $name", "params": map[string]string{"name": "ben service"},
	})
	if !strings.Contains(got.text, `"80"`) {
		t.Errorf("a statement with a parameter: %s", got.text)
	}
	got = a.call("query", map[string]any{"sql": "FROM usage", "limit": 3})
	if strings.Count(got.text, "rg-") != 3 || !strings.Contains(got.text, `"more":true`) {
		t.Errorf("limited: %s", got.text)
	}
	got = a.call("describe", nil)
	if !strings.Contains(got.text, `"name":"restatements"`) || strings.Contains(got.text, `"name":"BilledCost"`) {
		t.Errorf("describe: %s", got.text)
	}
	if got := a.call("describe", map[string]any{"view": "DAILY"}); !strings.Contains(got.text, `"name":"BilledCost"`) {
		t.Errorf("describe daily: %s", got.text)
	}
	var report struct{ Path string }
	if err := json.Unmarshal(a.call("report", map[string]any{"period": "../../2026-10", "form": "json"}).Answer, &report); err == nil {
		t.Errorf("a period that is none has a report: %s", report.Path)
	}
	if err := json.Unmarshal(a.call("report", map[string]any{"period": "2026-10", "form": "json"}).Answer, &report); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(report.Path); err != nil || filepath.Dir(report.Path) != filepath.Join(dir, "reports") || !json.Valid(b) {
		t.Errorf("%s: %v", report.Path, err)
	}
}

// What would write, or reach for files and the network, is refused, and says why.
func TestMCPRefuses(t *testing.T) {
	t.Parallel()
	dir, args := assisted(t)
	a := talk(t, dir, args)
	before, err := os.ReadFile(args[1])
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		tool, in, want string
	}{
		{"query", `{"sql":"DELETE FROM loads"}`, "DELETE is not allowed"},
		{"query", `{"sql":"COPY usage TO '/tmp/x.csv'"}`, "not allowed"},
		{"query", `{"sql":"SELECT * FROM read_text('/etc/passwd')"}`, "disabled by configuration"},
		{"query", `{"sql":"FROM 'https://example.org/x.csv'"}`, "disabled"},
		{"query", `{"sql":"SET enable_external_access = true"}`, "not allowed"},
		{"query", `{"sql":"SELECT 1; SELECT 2"}`, "more than one statement"},
		{"query", `{"sql":"FROM usage","limit":1000000}`, "limit 1000000"},
		{"query", `{"sql":"FROM usage","unsafe":true}`, "unsafe"},
		{"compare", `{"holidays":"/etc/passwd"}`, "holidays"},
		{"compare", `{"by":["nothing"]}`, "nothing"},
		{"anomalies", `{"period":"--db=x"}`, "--db=x"},
		{"why", `{"id":"--db=x"}`, "not an id"},
		{"why", `{"id":"F-AAAAAA"}`, "F-AAAAAA"},
		{"describe", `{"view":"charges"}`, "no such view"},
		{"report", `{"form":"pdf"}`, "form pdf"},
		{"owners", `{"owner":"Eve"}`, "Eve"},
	} {
		var in map[string]any
		if err := json.Unmarshal([]byte(c.in), &in); err != nil {
			t.Fatal(err)
		}
		if got := a.call(c.tool, in); !got.failed || !strings.Contains(got.text, c.want) || strings.Contains(got.text, "--help") {
			t.Errorf("%s %s says %s, want %s", c.tool, c.in, got.text, c.want)
		}
	}
	if after, err := os.ReadFile(args[1]); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the ledger is another: %v", err)
	}
}

// With --owner no tool and no resource tells what is another's, whatever is asked.
func TestMCPOfOneOwner(t *testing.T) {
	t.Parallel()
	dir, args := assisted(t)
	if err := os.WriteFile(filepath.Join(dir, "usagereport.yaml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "queries"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "queries", "own.sql"), []byte("-- What Ben spends.\nFROM usage"), 0o600); err != nil {
		t.Fatal(err)
	}
	a := talk(t, dir, args, "--owner", "ada", "--config", filepath.Join(dir, "usagereport.yaml"))
	other := regexp.MustCompile(`(?i)\bben\b|rg-ben|7\.77`)
	calls := map[string][]map[string]any{
		"periods": {{}}, "describe": {{}, {"view": "usage"}}, "owners": {{}, {"period": "2026-10"}, {"convert": "USD"}},
		"forecast":    {{}, {"by": []string{"resource"}}},
		"commitments": {{}},
		"compare":     {{}, {"by": []string{"subscription", "resource"}}, {"by": []string{"total"}, "against": "2026-09-10..2026-09-20"}, {"convert": "USD"}},
		"anomalies":   {{"sensitivity": "high"}, {"tags": []string{"team"}}},
		"why":         {},
		"report":      {{"form": "json"}, {}, {"form": "markdown", "month": "2026-10"}},
		"query": {
			{"sql": "SELECT * FROM usage", "limit": 5000},
			{"sql": "FROM daily", "limit": 5000},
			{"sql": "FROM owners"},
			{"sql": "FROM budgets"},
			{"sql": "FROM metrics"},
			{"sql": "FROM events"},
			{"sql": "FROM loads"},
			{"sql": "FROM findings"},
			{"sql": "FROM excerpt.main.keys"},
			{"sql": "FROM excerpt.main.scopes"},
			{"sql": "FROM duckdb_columns()"},
			{"sql": "SELECT sum(BilledCost) FROM usage"},
		},
	}
	var found []struct{ ID string }
	if err := json.Unmarshal(a.call("anomalies", nil).Answer, &found); err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		calls["why"] = append(calls["why"], map[string]any{"id": f.ID})
	}
	for tool, err := range a.Tools(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		asked := calls[tool.Name]
		if len(asked) == 0 {
			t.Errorf("%s: nothing is asked of this tool", tool.Name)
		}
		for _, in := range asked {
			got := a.call(tool.Name, in)
			if got.failed || other.MatchString(got.text) {
				t.Errorf("%s %v says %s", tool.Name, in, got.text)
			}
			var report struct{ Path string }
			if tool.Name == "report" && json.Unmarshal(got.Answer, &report) == nil {
				if b, err := os.ReadFile(report.Path); err != nil || other.Match(b) {
					t.Errorf("%s tells what is Ben's (%v)", report.Path, err)
				}
			}
			if in["owner"] = "Ben"; tool.Name != "periods" && tool.Name != "describe" {
				if got := a.call(tool.Name, in); !got.failed || !strings.Contains(got.text, "answers for Ada alone") {
					t.Errorf("%s %v says %s", tool.Name, in, got.text)
				}
			}
		}
	}
	if got := a.call("query", map[string]any{"sql": "FROM usage.main.charges"}); !got.failed {
		t.Errorf("the whole ledger is there: %s", got.text)
	}
	if got := a.call("query", map[string]any{"sql": "SELECT sum(EffectiveCost) FROM periods"}); !strings.Contains(got.text, "2111.50") {
		t.Errorf("Ada's periods make %s", got.text)
	}
	for r, err := range a.Resources(t.Context(), nil) {
		if err != nil || other.MatchString(r.Description) {
			t.Errorf("%s: %s (%v)", r.Name, r.Description, err)
		}
	}
}

// The resources are the saved queries and docs/schema.md.
func TestMCPResources(t *testing.T) {
	t.Parallel()
	dir, args := assisted(t)
	a := talk(t, dir, args)
	read := func(uri string) string {
		r, err := a.ReadResource(t.Context(), &sdk.ReadResourceParams{URI: uri})
		if err != nil {
			t.Fatal(err)
		}
		return r.Contents[0].Text
	}
	schema, err := os.ReadFile("../../docs/schema.md")
	if err != nil {
		t.Fatal(err)
	}
	if read("usagereport://schema") != string(schema) {
		t.Error("the schema is not docs/schema.md")
	}
	n := 0
	for r, err := range a.Resources(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(r.URI, "usagereport://queries/") && r.Description != "" {
			n++
		}
	}
	if list := a.command("query", "list", "--format", "csv"); n != strings.Count(list, "\n")-1 {
		t.Errorf("%d saved queries are resources; there are %s", n, list)
	}
	saved := map[string]any{"sql": read("usagereport://queries/cost-by-service"), "params": map[string]string{"period": ""}}
	if got := a.call("query", saved); got.failed {
		t.Error(got.text)
	}
}

// A session goes as it was recorded, byte for byte: what assistants are told is looked at
// when it changes. RECORD=1 records it anew.
func TestMCPRecordedSession(t *testing.T) {
	t.Parallel()
	_, args := assisted(t)
	in, out := started(t, args...)
	path := filepath.Join("testdata", "mcp", "session.jsonl")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewReader(out)
	version := regexp.MustCompile(`"version":"[^"]*"`)
	var record strings.Builder
	for line := range strings.Lines(string(b)) {
		asked, ok := strings.CutPrefix(line, "> ")
		if !ok {
			continue
		}
		record.WriteString(line)
		if _, err := io.WriteString(in, asked); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(asked, `"id":`) {
			continue // a notification
		}
		got, err := answers.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		record.WriteString("< " + version.ReplaceAllString(got, `"version":"VERSION"`))
	}
	if os.Getenv("RECORD") != "" {
		if err := os.WriteFile(path, []byte(record.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := string(b); os.Getenv("RECORD") == "" && record.String() != want {
		t.Errorf("the session is\n%s\nrecorded was\n%s", record.String(), want)
	}
}

// All that was asked is answered, though the questions end before the answers begin: a
// file of questions is as good as a client that waits.
func TestMCPAnswersBeforeItEnds(t *testing.T) {
	t.Parallel()
	_, args := assisted(t)
	questions := []string{
		`{"jsonrpc":"2.0","id":"first","method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},` +
			`"clientInfo":{"name":"file","version":"1"}}}`,
		`{"jsonrpc":"2.0","method":"notifications/initialized"}`,
		`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"query","arguments":{"sql":"SELECT count(*) FROM usage"}}}`,
		`{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"periods","arguments":{}}}`,
		`{"jsonrpc":"2.0","id":4,"method":"no/such"}`,
	}
	in, out := started(t, args...)
	go func() {
		for _, q := range questions {
			_, _ = io.WriteString(in, q+"\n") // what is missing then is missed below
		}
		_ = in.Close() // a pipe's end, which cannot fail
	}()
	b, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{`"id":"first"`, `"id":2`, `"id":3`, `"id":4`} {
		if !strings.Contains(string(b), id) {
			t.Errorf("no answer with %s in %s", id, b)
		}
	}
}
