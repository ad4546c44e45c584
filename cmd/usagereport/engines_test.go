package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"usagereport/analysis"
)

// The report is the same, to the byte, from a ledger of the files, from the files where
// they lie, and from tables of a cluster, of hive over them and of Delta; but for what they are called.
func TestEngines(t *testing.T) {
	t.Parallel()
	p := place{t, t.TempDir()}
	p.sh("usagereport export parquet -q --db '" + demoOf(t).ledger + "' lake")
	p.sh("rm -r lake/x_BillingPeriod=2025-* lake/x_BillingPeriod=2026-0[1-6] && usagereport load -q --db files.duckdb lake/*/usage.parquet")
	want := p.reports("files")
	places := map[string]string{"parquet": "parquet:lake"}
	if dir := os.Getenv("TRINO_DIR"); dir != "" { // make test-trino
		places["hive"] = p.table(dir, "hive")
		places["delta"] = p.table(dir, "delta")
	}
	for name, at := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := place{t, p.dir}
			p.sh("usagereport load -q --db " + name + ".duckdb --engine '" + at + "'")
			for form, text := range p.reports(name) {
				if text != want[form] {
					t.Errorf("the %s differs from that of the ledger: %s", form, difference(text, want[form]))
				}
			}
			if out := p.sh("usagereport audit --db " + name + ".duckdb"); !strings.Contains(out, " 0 failed") {
				t.Error(out)
			}
			if name != "delta" { // which is asked as hive is
				p.resources(name, at)
			}
		})
	}
}

// resources holds what a place says of the resources of a finding, which a ledger was loaded
// without, to the ledger of the files, which has them.
func (p place) resources(name, at string) {
	p.Helper()
	const kept = "export XDG_CACHE_HOME=$PWD/cache; "
	p.sh("usagereport load -q --db coarse-" + name + ".duckdb --engine-rows 30000 --engine '" + at + "'")
	id, _, _ := strings.Cut(p.sh("usagereport anomalies -q --format csv --db coarse-"+name+".duckdb | sed -n 2p"), ",")
	why := "usagereport anomalies why " + id + " --format json --db coarse-" + name + ".duckdb"
	if said := p.sh(kept + why + " 2>&1 >/dev/null"); !strings.Contains(said, "'usagereport anomalies why "+id+" --engine PLACE'") {
		p.Errorf("nothing says where the resources of %s are: %s", id, said)
	}
	var got struct {
		SQL        string
		Start, End string
		Resources  analysis.Resources `json:"by_resource"`
	}
	text := p.sh(kept + why + " -q --engine-rows 30000 --engine '" + at + "'")
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		p.Fatalf("%v: %s", err, text)
	}
	if again := p.sh(kept + why); again != text {
		p.Errorf("what was read is not kept: %s", difference(again, text))
	}
	statement := strings.Replace(got.SQL, "ChargePeriodStart::DATE AS day", "coalesce(ResourceId, '') AS id", 1)
	statement, _, _ = strings.Cut(statement, "GROUP BY")
	statement += "AND ChargePeriodStart::DATE BETWEEN '" + got.Start + "' AND '" + got.End + "' GROUP BY id HAVING actual <> 0 ORDER BY id"
	if err := os.WriteFile(filepath.Join(p.dir, name+".sql"), []byte(statement), 0o600); err != nil {
		p.Fatal(err)
	}
	var lines []string
	for _, r := range got.Resources.List {
		if r.Inside.Sign() != 0 {
			lines = append(lines, r.ID+","+r.Inside.String())
		}
	}
	slices.Sort(lines)
	want := p.sh("usagereport query -q --db files.duckdb --format csv --file " + name + ".sql | tail -n +2")
	if text := strings.Join(lines, "\n") + "\n"; text != want || len(lines) < 2 || got.Resources.From == "" {
		p.Errorf("resources of %s: %s", id, difference(text, want))
	}
}

// reports returns the report of a ledger in two forms, each month called by its name alone.
func (p place) reports(ledger string) map[string]string {
	p.Helper()
	called := regexp.MustCompile(`(?:lake/x_BillingPeriod=|parquet:lake#|trino://[0-9a-z.:/]*focus#)(\d{4}-\d\d)(?:/usage\.parquet)?`)
	loads := regexp.MustCompile(`usagereport load [^\n<]*`) // as which the page says how it is made again
	out := map[string]string{}
	for _, form := range []string{"html", "json"} {
		p.sh("usagereport report -q --db " + ledger + ".duckdb --format " + form + " -o " + ledger + "." + form)
		b, err := os.ReadFile(filepath.Join(p.dir, ledger+"."+form))
		if err != nil {
			p.Fatal(err)
		}
		out[form] = loads.ReplaceAllString(called.ReplaceAllString(string(b), "$1"), "usagereport load")
	}
	return out
}

// table makes a table of the files for the cluster in dir, in a catalog that is called as its
// form, and returns its address.
func (p place) table(dir, form string) string {
	p.Helper()
	name := form + strings.ReplaceAll(filepath.Base(filepath.Dir(p.dir)), "-", "")
	data := filepath.Join(dir, "data", name)
	if form == "delta" {
		out, err := exec.CommandContext(p.Context(), os.Getenv("DELTA_PYTHON"), "../../tools/delta-table.py", filepath.Join(p.dir, "lake"),
			data, "x_BillingPeriod").CombinedOutput()
		if err != nil {
			p.Fatalf("a table of Delta, by the Python that $DELTA_PYTHON names: %v\n%s", err, out)
		}
	} else if err := os.CopyFS(data, os.DirFS(filepath.Join(p.dir, "lake"))); err != nil {
		p.Fatal(err)
	}
	schema := strings.ToLower(name)
	ddl := p.sh("usagereport engine ddl parquet:lake --form " + form + " --table " + form + "." + schema + ".focus" +
		" --location local:///" + name)
	for _, statement := range strings.Split(ddl, ";\n") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if out, err := exec.CommandContext(p.Context(), "../../tools/trino-cluster.sh", "sql", dir, statement).CombinedOutput(); err != nil {
			p.Fatalf("%v\n%s\n%s", err, out, statement)
		}
	}
	url, err := os.ReadFile(filepath.Join(dir, "url"))
	if err != nil {
		p.Fatal(err)
	}
	return "trino://test@" + strings.TrimPrefix(strings.TrimSpace(string(url)), "http://") + "/" + form + "/" + schema +
		"?table=focus&tls=false"
}

// difference shows where two texts begin to differ.
func difference(a, b string) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	return a[max(0, i-80):min(len(a), i+80)] + "\n--- and ---\n" + b[max(0, i-80):min(len(b), i+80)]
}
