package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// elsewhere are commands that need what a test does not have: a cloud, a terminal,
// a browser, another program. Their flags are held to be there, by --help.
var elsewhere = regexp.MustCompile(`(azblob|s3|gs|https|azure|trino)://|^usagereport (serve|shell --db|invoices download|azure roles)|--open\b|--pdf|^ssh |\| gh `)

// TestDocumentedCommands runs each command that README.md, docs/ and the examples
// of --help show, in a folder where the demo is loaded. A document's commands run
// one after the other, as a reader would type them.
func TestDocumentedCommands(t *testing.T) {
	docs := documentedFolder(t)
	found := 0
	run := func(name string, lines []string) {
		found += len(lines)
		if len(lines) == 0 {
			return
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := place{t, t.TempDir()}
			if err := os.CopyFS(p.dir, os.DirFS(docs.dir)); err != nil {
				t.Fatal(err)
			}
			for _, line := range lines {
				docs.try(p, line)
			}
		})
	}
	shown := map[string]bool{}
	for _, path := range documents(t, "../../docs/*.md", "../../README.md") {
		lines := documentCommands(t, path)
		for _, line := range lines {
			shown[line] = true
		}
		run(filepath.Base(path), lines)
	}
	eachCommand(newRootCommand(newGlobals(scriptEnvironment())), func(c *cobra.Command) {
		run("help "+c.CommandPath(), slices.DeleteFunc(commandLines(c.Example), func(line string) bool { return shown[line] }))
	})
	if found < 120 {
		t.Errorf("only %d commands were found; how documents show them has changed", found)
	}
}

// documents returns the paths of the documents that patterns name.
func documents(t *testing.T, patterns ...string) (paths []string) {
	t.Helper()
	for _, pattern := range patterns {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s names no document: %v", pattern, err)
		}
		paths = append(paths, found...)
	}
	return paths
}

// eachCommand calls do with c and all commands below it but cobra's own, help.
func eachCommand(c *cobra.Command, do func(*cobra.Command)) {
	do(c)
	for _, sub := range c.Commands() {
		if sub.Name() != "help" {
			eachCommand(sub, do)
		}
	}
}

// documentCommands returns the commands of a document: lines of its blocks that
// begin with the program's name.
func documentCommands(t *testing.T, path string) []string {
	t.Helper()
	var blocks strings.Builder
	fenced := false
	for line := range strings.Lines(readDocument(t, path)) {
		switch {
		case strings.HasPrefix(line, "```"):
			fenced = !fenced
		case fenced, strings.HasPrefix(line, "    "):
			blocks.WriteString(line)
		}
	}
	return commandLines(blocks.String())
}

// commandLines returns the lines of text that run the program, each with those that
// a backslash continues.
func commandLines(text string) (lines []string) {
	text = regexp.MustCompile(`\\\n\s*`).ReplaceAllString(text, "")
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "usagereport ") || strings.Contains(line, "| usagereport ") {
			lines = append(lines, line)
		}
	}
	return lines
}

// A documented folder has what the documents speak of: usage.duckdb with the demo,
// and every file that they name.
type documented struct {
	dir     string
	replace *strings.Replacer // of what is an example in a document by what there is
}

func documentedFolder(t *testing.T) documented {
	t.Helper()
	p := place{t, t.TempDir()}
	for from, to := range map[string]string{
		"azure_account_v2/202608-v2.csv": "202608-v2.csv", "azure_account_v2/202607-v2.csv": "201807-v2.csv",
		"azure_sponsorship/AzureUsage.csv": "AzureUsage.csv", "focus/azure-1.0r2.csv": "focus.csv",
		"openai_costs/cost_2026-10-01_2026-10-04.csv": "cost_2026-10.csv", "anthropic_cost/claude_api_cost_2026-10.csv": "claude_api_cost.csv",
		"openai_usage/completions_usage_2026-10-01_2026-10-04.csv": "completions_usage_2026-10.csv",
		"anthropic_usage/claude_api_tokens_2026-10.csv":            "claude_api_tokens.csv",
	} {
		b, err := os.ReadFile(filepath.Join("../../testdata/usage", from))
		if err != nil {
			t.Fatal(err)
		}
		p.write(to, string(b))
	}
	p.write("owners.csv", "name,email,rule,budget\nSearch,search@example.org,ServiceName=Azure Cognitive Search,500\nAda,ada@example.org,SubAccountId=*,20000\n")
	p.write("new.csv", "name,email,rule\nAda,ada@example.org,SubAccountId=*\n")
	p.write("usagereport.yaml", "sender: finops@example.org\nanswers_to: finops@example.org\n")
	p.write("rates.csv", "date,from,to,rate\n2026-11-01,EUR,USD,1.1\n")
	p.write("plans.csv", "from,to,scope,amount,per,note,currency\n2026-12-01,,ServiceName=Storage,100,month,backup,EUR\n")
	p.write("metrics.csv", "date,name,value\n2026-10-02,orders,10\n2026-11-02,orders,12\n")
	p.write("dimensions.csv", "dimension,value,rule\nProduct,Search,service=Azure Cognitive Search\n")
	p.write("holidays.txt", "2026-10-03\n")
	p.write("prices.csv", "x_MeterId,price\nm,1\n")
	p.write("by-team.sql", "SELECT Tags['team'] AS team, sum(BilledCost) AS cost FROM usage GROUP BY ALL")
	p.write("top.sql", "SELECT ServiceName, sum(BilledCost) AS cost FROM usage GROUP BY 1 ORDER BY 2 DESC LIMIT 3")
	p.write("questions.sql", "SELECT count(*) FROM usage;\n")
	p.write("words.txt", "Thank you.\n")
	p.write("E0400ABCD.pdf", "%PDF-1.4\n%%EOF\n")
	p.write("invoices.csv", "account,period,number,net,tax,credits\nCorner Shop,2026-08,E0400ABCD,738.95,140.40,0\nCorner Shop,2026-08,17,1.00,0,0\n")
	p.write("invoice-recipients.csv", "account,email,opted_in\nCorner Shop,ada@example.org,yes\n")
	p.sh("usagereport demo demo && " + lessDemo)
	p.sh(`usagereport load -q demo 202608-v2.csv 201807-v2.csv && mkdir exports && cp demo/2026-1*.csv exports && gzip -k exports/2026-11.csv && cp usage.duckdb prod.duckdb
		usagereport invoices read -q invoices.csv && usagereport backup -q backups/2026-11-23
		usagereport export parquet -q lake --period 2026-10 --period 2026-11`)
	first := func(line string) string { return strings.TrimSpace(p.sh(line)) }
	finding := first("usagereport anomalies --format csv -q | sed -n 2p | cut -d, -f1")
	record := first("usagereport report -q --record -o recorded.html >/dev/null; grep -o 'R-[A-Z0-9]\\{8\\}' recorded.html | head -1")
	p.write("activity.json", `[{"correlationId": "1", "eventTimestamp": "2026-11-04T08:15:00Z", "resourceId": "/subscriptions/s/x", `+
		`"operationName": {"value": "Microsoft.Compute/virtualMachines/write"}, "status": {"value": "Succeeded"}}]`)
	p.write("answers.csv", "finding,answer\n"+finding+",planned\n")
	for _, mail := range []string{"mails/one.eml", "answers/one.eml"} {
		p.write(mail, "From: Ada <ada@example.org>\nSubject: ["+finding+"] planned\n\nyes\n")
	}
	return documented{p.dir, strings.NewReplacer(
		"F-7K3QAB", finding, "R-7K3QAB2C", record, "2018-07", "2026-08", "b1-2", `"Corner Shop"`,
		"subscription=prod --filter subscription=test", "'subscription=Norrvik Production'", "--tag team", "--tag owner")}
}

// lessDemo leaves a part of the demo, and of its fourteen months the last half year, which takes a tenth of the time.
const lessDemo = `rm demo/2025-*.csv demo/2026-0[1-5].csv; for f in demo/*.csv; do awk 'NR == 1 || /rg-ml-prod|rg-campaign|Cognitive/' $f > $f.part; mv $f.part $f; done`

func (p place) write(name, text string) {
	p.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		p.Fatal(err)
	}
}

// try runs a documented line in p.
func (d documented) try(p place, line string) {
	p.Helper()
	if elsewhere.MatchString(line) {
		_, line, _ = strings.Cut(" "+line, " usagereport ")
		line, _, _ = strings.Cut(line, " # ")
		line, _, _ = strings.Cut(line, " | ")
		p.sh("usagereport " + line + " --help")
		return
	}
	line, _, _ = strings.Cut(line, " | jq ")
	switch { // which refuse to replace what the folder has
	case strings.HasPrefix(line, "usagereport backup "):
		p.sh("rm -rf backups")
	case strings.HasPrefix(line, "usagereport restore ") && !strings.Contains(line, "--replace"):
		line += " --replace"
	}
	line = strings.Replace(line, "usagereport demo demo", "usagereport demo demo && "+lessDemo, 1)
	p.sh(d.replace.Replace(line) + " || test $? = 3") // a --fail-on condition may hold
}
