package main

import (
	"archive/zip"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/testscript"

	"usagereport/internal/azure/azuretest"
	"usagereport/ledger"
)

// The scripts run the program as a process of this test binary.
func TestMain(m *testing.M) {
	testscript.Main(tidyRun{m}, map[string]func(){
		"usagereport": func() { os.Exit(runUntilSignal(scriptEnvironment())) },
	})
}

// scriptEnvironment is the environment of the program in a script: the clock
// stands still, and with $TERMINAL, a width, all output goes to a terminal.
func scriptEnvironment() environment {
	width, err := strconv.Atoi(os.Getenv("TERMINAL"))
	clock := azuretest.NewClock(time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC))
	return environment{
		azure: azuretest.Options(os.Getenv("AZURE_WIRE"), clock),
		args:  os.Args[1:], stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, opener: opener("linux"),
		now:      clock.Now,
		exit:     os.Exit,
		terminal: func(io.Writer) (int, bool) { return width, err == nil },
	}
}

// TestScript runs the stories in testdata/script. Each begins in a folder of
// its own with the project's samples in samples/, which a web server at $WEB
// serves; $AZURE_WIRE plays Azure. Beside testscript's own commands there are:
//
//	exits CODE usagereport ARG...   run the program; its exit code must be CODE
//	json FILE PATH VALUE            a value in a JSON file: files.0.total, files.len (how many)
//	setjson NAME FILE PATH          put that value into an environment variable
//	sum FILE KEY VALUE              the exact sum of the key over a JSON array of objects
//	findings FILE                   hold every finding of a JSON array to the contract
//	demo                            the demo's ledger as usage.duckdb
//	estate DIR EXPRESSION MONTH...  the demo's files of some months in DIR, with the lines alone that match
//	pack FILE... PACKED [BYTES]     write FILE packed (.gz, .zst, .zip), without its last BYTES bytes
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("ESC", "\x1b")
			env.Setenv("GOMAXPROCS", "1") // stories run side by side: threads that look for work take a tenth of the time, and find none
			env.Setenv("GOGC", os.Getenv("GOGC"))
			web := httptest.NewServer(http.FileServer(http.Dir(env.WorkDir)))
			env.Defer(web.Close)
			env.Setenv("WEB", web.URL)
			wire := azuretest.Estate()
			env.Defer(wire.Close)
			env.Setenv("AZURE_WIRE", wire.URL)
			return os.CopyFS(filepath.Join(env.WorkDir, "samples"), os.DirFS("../../testdata/usage"))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":    cmdExits,
			"json":     cmdJSON,
			"setjson":  cmdSetJSON,
			"sum":      cmdSum,
			"findings": cmdFindings,
			"evidence": cmdEvidence,
			"answer":   cmdAnswer,
			"pack":     cmdPack,
			"demo":     cmdDemo,
			"estate":   cmdEstate,
		},
		RequireUniqueNames: true,
	})
}

// expect fails a script that calls a command in a way it does not know.
func expect(ts *testscript.TestScript, neg bool, args []string, least, most int, usage string) {
	if neg || len(args) < least || len(args) > most {
		ts.Fatalf("usage: %s", usage)
	}
}

func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	expect(ts, neg, args, 2, 99, "exits CODE COMMAND ARG...")
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// at returns the value at a path like files.0.total, as text: a string as it
// is, anything else as JSON.
func at(ts *testscript.TestScript, file, path string) string {
	var v any
	dec := json.NewDecoder(strings.NewReader(ts.ReadFile(file)))
	dec.UseNumber()
	ts.Check(dec.Decode(&v))
	for step := range strings.SplitSeq(path, ".") {
		switch part := v.(type) {
		case map[string]any:
			value, ok := part[step]
			if !ok {
				ts.Fatalf("%s: %s: there is no %q", file, path, step)
			}
			v = value
		case []any:
			if step == "len" {
				return strconv.Itoa(len(part))
			}
			if step == "last" {
				step = strconv.Itoa(len(part) - 1)
			}
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(part) {
				ts.Fatalf("%s: %s: there is no element %q of %d", file, path, step, len(part))
			}
			v = part[i]
		default:
			ts.Fatalf("%s: %s: %v has no parts", file, path, v)
		}
	}
	if s, ok := v.(string); ok {
		return s
	}
	b, err := json.Marshal(v)
	ts.Check(err)
	return string(b)
}

func cmdJSON(ts *testscript.TestScript, neg bool, args []string) {
	expect(ts, neg, args, 3, 3, "json FILE PATH VALUE")
	if got := at(ts, args[0], args[1]); got != args[2] {
		ts.Fatalf("%s is %q, want %q", args[1], got, args[2])
	}
}

func cmdSetJSON(ts *testscript.TestScript, neg bool, args []string) {
	expect(ts, neg, args, 3, 3, "setjson NAME FILE PATH")
	ts.Setenv(args[0], at(ts, args[1], args[2]))
}

// amount reads an amount as the contract has it: a JSON string, plain digits.
func amount(v any) (*big.Rat, error) {
	s, ok := v.(string)
	if !ok || !regexp.MustCompile(`^-?\d+(\.\d+)?$`).MatchString(s) {
		return nil, fmt.Errorf("%#v is not an exact amount", v)
	}
	r, _ := new(big.Rat).SetString(s)
	return r, nil
}

func cmdSum(ts *testscript.TestScript, neg bool, args []string) {
	expect(ts, neg, args, 3, 3, "sum FILE KEY VALUE")
	var rows []map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &rows))
	sum := new(big.Rat)
	for _, row := range rows {
		if row["total"] == true && len(rows) > 1 { // of the others
			continue
		}
		a, err := amount(row[args[1]])
		ts.Check(err)
		sum.Add(sum, a)
	}
	if want, err := amount(args[2]); err != nil || sum.Cmp(want) != 0 {
		ts.Fatalf("the sum of %s over %d rows is %s, want %s", args[1], len(rows), sum.FloatString(18), args[2])
	}
}

func cmdFindings(ts *testscript.TestScript, neg bool, args []string) {
	expect(ts, neg, args, 1, 1, "findings FILE")
	var list []map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &list))
	if len(list) == 0 {
		ts.Fatalf("no findings to look at")
	}
	ids := map[any]bool{}
	worst := 0
	for _, f := range list {
		if err := checkFinding(f); err != nil {
			ts.Fatalf("finding %v: %v", f["id"], err)
		}
		if ids[f["id"]] {
			ts.Fatalf("the id %v comes twice", f["id"])
		}
		ids[f["id"]] = true
		rank := slices.Index([]string{"high", "medium", "low"}, f["severity"].(string))
		if rank < worst {
			ts.Fatalf("finding %v of severity %v comes after a lesser one", f["id"], f["severity"])
		}
		worst = rank
	}
}

// checkFinding holds a finding to the contract of anomalies --format json.
func checkFinding(f map[string]any) error {
	text := func(key, pattern string) error {
		if s, ok := f[key].(string); !ok || !regexp.MustCompile("^(?:"+pattern+")$").MatchString(s) {
			return fmt.Errorf("%s is %#v, want %s", key, f[key], pattern)
		}
		return nil
	}
	day := `\d{4}-\d\d-\d\d`
	if err := errors.Join(
		text("id", `F-[A-Z2-7]{6,}`), text("kind", "level|spike|drift|price|new|gone|missing"), text("direction", "up|down"),
		text("severity", "high|medium|low"), text("start", day), text("end", day), text("currency", "[A-Z]{3}"), text("explanation", `[^\n]{20,}`),
		text("next_step", `[^\n]{20,}`), text("owner", ".*"),
	); err != nil {
		return err
	}
	if _, ok := f["ongoing"].(bool); !ok {
		return fmt.Errorf("ongoing is %#v", f["ongoing"])
	}
	if _, ok := f["scope"].(map[string]any); !ok {
		return fmt.Errorf("scope is %#v", f["scope"])
	}
	amounts := map[string]*big.Rat{}
	for _, key := range []string{"actual", "expected", "low", "high", "impact", "in_period"} {
		a, err := amount(f[key])
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		amounts[key] = a
	}
	if monthly, known := f["per_month"]; !known {
		return errors.New("there is no per_month")
	} else if monthly != nil {
		a, err := amount(monthly)
		if err != nil {
			return fmt.Errorf("per_month: %w", err)
		}
		if f["ongoing"] != true || a.Sign() > 0 != (f["direction"] == "up") {
			return fmt.Errorf("per_month is %v of what goes %v, ongoing %v", monthly, f["direction"], f["ongoing"])
		}
	}
	if d := new(big.Rat).Sub(amounts["actual"], amounts["expected"]); d.Cmp(amounts["impact"]) != 0 {
		return fmt.Errorf("impact %v is not actual minus expected, %s", f["impact"], d.FloatString(6))
	}
	if amounts["low"].Cmp(amounts["expected"]) > 0 || amounts["expected"].Cmp(amounts["high"]) > 0 {
		return fmt.Errorf("expected %v is not between %v and %v", f["expected"], f["low"], f["high"])
	}
	if part := amounts["in_period"]; part.Sign()*amounts["impact"].Sign() > 0 && new(big.Rat).Abs(part).Cmp(new(big.Rat).Abs(amounts["impact"])) > 0 {
		return fmt.Errorf("in the period it is %v, in all %v", f["in_period"], f["impact"])
	}
	drivers, ok := f["drivers"].([]any)
	if !ok {
		return fmt.Errorf("drivers is %#v", f["drivers"])
	}
	sum := new(big.Rat)
	for _, d := range drivers {
		d, _ := d.(map[string]any)
		if _, ok := d["scope"].(map[string]any); !ok {
			return fmt.Errorf("a driver's scope is %#v", d["scope"])
		}
		impact, err1 := amount(d["impact"])
		price, err2 := amount(d["price_effect"])
		quantity, err3 := amount(d["quantity_effect"])
		if err := errors.Join(err1, err2, err3); err != nil {
			return fmt.Errorf("driver: %w", err)
		}
		if new(big.Rat).Add(price, quantity).Cmp(impact) != 0 {
			return fmt.Errorf("a driver's effects %v and %v do not add up to its impact %v", d["price_effect"], d["quantity_effect"], d["impact"])
		}
		sum.Add(sum, impact)
	}
	if len(drivers) > 0 && sum.Cmp(amounts["impact"]) != 0 {
		return fmt.Errorf("the drivers add up to %s, not to the impact %v", sum.FloatString(6), f["impact"])
	}
	return nil
}

func cmdPack(ts *testscript.TestScript, neg bool, args []string) {
	expect(ts, neg, args, 2, 9, "pack FILE... PACKED [BYTES]")
	cut, err := strconv.Atoi(args[len(args)-1])
	if err == nil {
		args = args[:len(args)-1]
	}
	target := args[len(args)-1]
	var b bytes.Buffer
	var w io.WriteCloser
	switch filepath.Ext(target) {
	case ".zip":
		zw := zip.NewWriter(&b)
		for _, name := range args[:len(args)-1] {
			f, err := zw.Create(filepath.Base(name))
			ts.Check(err)
			_, err = io.WriteString(f, ts.ReadFile(name))
			ts.Check(err)
		}
		ts.Check(zw.Close())
	case ".zst":
		w, err = zstd.NewWriter(&b)
		ts.Check(err)
	default:
		w = gzip.NewWriter(&b)
	}
	if w != nil {
		_, err := io.WriteString(w, ts.ReadFile(args[0]))
		ts.Check(errors.Join(err, w.Close()))
	}
	ts.Check(os.WriteFile(ts.MkAbs(target), b.Bytes()[:b.Len()-cut], 0o666))
}

// inProcess runs the program in this process, without a ledger to find.
func inProcess(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), environment{
		args: args, stdin: strings.NewReader(""), stdout: &out, stderr: &errs, getenv: func(string) string { return "" },
		now: func() time.Time { return time.Time{} }, terminal: func(io.Writer) (int, bool) { return 0, false },
	})
	return out.String(), errs.String(), code
}

// The help lists the commands that work and no others, and each has an example.
func TestHelp(t *testing.T) {
	want := []string{"anomalies", "answers", "audit", "azure", "backup", "commitments", "compare", "completion", "demo", "dimensions", "engine", "export", "forecast", "help", "init", "inspect", "invoices", "ledger", "load", "loads", "mcp", "owners", "periods", "query", "report", "restore", "send", "serve", "shell", "version"}
	help, _, code := inProcess(t, "--help")
	if code != exitDone {
		t.Fatalf("--help exits with %d", code)
	}
	_, list, _ := strings.Cut(help, "Get data:\n")
	list, _, _ = strings.Cut(list, "\nFlags:")
	var got []string
	for line := range strings.Lines(list) {
		if strings.HasPrefix(line, "  ") {
			got = append(got, strings.Fields(line)[0])
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("--help lists %v, want %v", got, want)
	}
	for _, name := range []string{"anomalies", "anomalies why", "answers", "answers add", "answers read", "answers remove", "audit", "azure roles", "backup", "commitments", "compare", "demo", "dimensions check", "engine check", "engine ddl", "export focus", "export parquet", "init", "inspect", "invoices add", "invoices download", "invoices explain", "invoices list", "invoices read", "invoices reconcile", "invoices remove", "load", "loads", "loads show", "loads remove", "mcp", "owners check", "owners list", "owners suggest", "periods", "periods show", "query", "query list", "query run", "report", "restore", "send", "serve", "shell"} {
		text, _, code := inProcess(t, append(strings.Fields(name), "--help")...)
		if code != exitDone || !strings.Contains(text, "Examples:\n  usagereport "+strings.Fields(name)[0]) {
			t.Errorf("usagereport %s --help exits with %d and shows no example:\n%s", name, code, text)
		}
	}
}

// cmdEvidence asks why of each finding in FILE.
func cmdEvidence(ts *testscript.TestScript, neg bool, args []string) {
	expect(ts, neg, args, 1, 9, "evidence FILE FLAG...")
	var list []struct{ ID string }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &list))
	for _, f := range list {
		ts.Check(checkEvidence(func(command ...string) string {
			ts.Check(ts.Exec("usagereport", command...))
			return ts.ReadFile("stdout")
		}, f.ID, args[1:]...))
	}
}

// checkEvidence asks why of a finding and runs the SQL of the answer, which must
// give the actual cost of each day.
func checkEvidence(run func(...string) string, id string, flags ...string) error {
	var why struct {
		Actual, Rule, SQL string
		Days              []struct {
			Day, Actual string
			Inside      bool `json:"in_finding"`
		}
	}
	if err := json.Unmarshal([]byte(run(slices.Concat([]string{"anomalies", "why", id, "--format", "json"}, flags)...)), &why); err != nil {
		return err
	}
	var rows []struct{ Day, Actual string }
	if err := json.Unmarshal([]byte(run("query", "--format", "json", why.SQL)), &rows); err != nil {
		return err
	}
	got := map[string]*big.Rat{}
	for _, r := range rows {
		a, err := amount(r.Actual)
		if err != nil {
			return err
		}
		got[r.Day] = a
	}
	sum, costs := new(big.Rat), 0
	for _, d := range why.Days {
		want, err := amount(d.Actual)
		if err != nil {
			return err
		}
		a := cmp.Or(got[d.Day], new(big.Rat))
		if a.Cmp(want) != 0 {
			return fmt.Errorf("finding %s: %s cost %s, and its SQL says %s:\n%s", id, d.Day, d.Actual, a.FloatString(6), why.SQL)
		}
		if d.Inside {
			sum.Add(sum, a)
		}
		if a.Sign() != 0 {
			costs++
		}
		delete(got, d.Day)
	}
	if total, err := amount(why.Actual); err != nil || total.Cmp(sum) != 0 || why.Rule == "" || costs == 0 {
		return fmt.Errorf("finding %s: its days add up to %s, not to %s; rule %q; %d days with cost", id, sum.FloatString(6), why.Actual, why.Rule, costs)
	}
	if len(got) > 0 {
		return fmt.Errorf("finding %s: its SQL gives days that it has not: %v", id, got)
	}
	return nil
}

// cmdAnswer notes what somebody answers to a finding.
func cmdAnswer(ts *testscript.TestScript, neg bool, args []string) {
	expect(ts, neg, args, 2, 3, "answer ID ANSWER [UNTIL]")
	ctx := context.Background()
	l, err := ledger.Open(ctx, ts.MkAbs("usage.duckdb"), ledger.Options{})
	ts.Check(err)
	defer l.Close()
	ts.Check(l.Update(ctx, func(conn *sql.Conn) error {
		until := sql.NullString{}
		if len(args) > 2 {
			until = sql.NullString{String: args[2], Valid: true}
		}
		_, err := conn.ExecContext(ctx, `INSERT INTO answers SELECT $1, $2, 'Ada', TIMESTAMP '2026-11-01' + to_hours(count(*)::INTEGER), $3::DATE, 'a load test' FROM answers`, args[0], args[1], until)
		return err
	}))
	ts.Check(l.Publish(ctx))
}
