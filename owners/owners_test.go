package owners_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usagereport/owners"
	"usagereport/usage"
)

const header = "name,email,language,currency,channel,budget,period,rule,from,to,cost_center,note,Team Lead\n"

func TestParse(t *testing.T) {
	f, err := owners.Parse("owners.csv", []byte(header+
		"Search,a@example.org; b@example.org,en,eur,mail,1200.50,Month,x_resourcegroupname=rg-search-*,2026-01-01,2026-06-30,CC 7,\"a, b\",Ada\n"+
		",,,,,,,,,,,,\n"+
		"search,,,,,,,Tags.Team=search & ServiceName!=Storage*,,,,,\n"+
		"Web,web@example.org,zh-Hant,,,0,year,ResourceName=a\\&b\\*?\\x,,,,,\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Owners) != 2 || len(f.Rules) != 3 {
		t.Fatalf("%d owners and %d rules, want 2 and 3", len(f.Owners), len(f.Rules))
	}
	o := f.Owners[0]
	if o.Name != "Search" || o.Line != 2 || !slices.Equal(o.Emails, []string{"a@example.org", "b@example.org"}) || o.Currency != "EUR" ||
		o.Budget == nil || o.Budget.Amount.String() != "1200.5" || o.Budget.Period != owners.Month || o.CostCenter != "CC 7" || o.Note != "a, b" || !slices.Equal(o.Extra, []string{"Ada"}) {
		t.Errorf("Search is %+v", o)
	}
	if b := f.Owners[1].Budget; b == nil || b.Amount.Sign() != 0 || b.Period != owners.Year {
		t.Errorf("a budget of nothing is a budget: %+v", b)
	}
	r := f.Rules[1]
	if r.Line != 4 || r.Owner != "Search" || len(r.Terms) != 2 || r.Terms[0].Tag != "Team" || r.Terms[1].Column != "ServiceName" || !r.Terms[1].Not {
		t.Errorf("the second rule is %+v", r)
	}
	if r := f.Rules[0]; r.Terms[0].Column != "x_ResourceGroupName" || r.From.String() != "2026-01-01" || r.To.String() != "2026-06-30" {
		t.Errorf("the first rule is %+v", r)
	}
	want := []usage.Wild{{Letter: 'a'}, {Letter: '&'}, {Letter: 'b'}, {Letter: '*'}, {Letter: '?', Kind: usage.AnyOne}, {Letter: '\\'}, {Letter: 'x'}}
	if got := f.Rules[2].Terms; len(got) != 1 || !slices.Equal(got[0].Pattern, want) {
		t.Errorf("the escaped pattern is %+v", got)
	}
}

// A spreadsheet writes a byte order mark, semicolons, tabs, and CRLF.
func TestParseSpreadsheet(t *testing.T) {
	for _, sep := range []string{";", "\t", ","} {
		text := "\ufeff" + strings.ReplaceAll("Name,Email,Rule\r\n\"A\"\"B\",a@example.org,ServiceName=*\r\n", ",", sep)
		f, err := owners.Parse("owners.csv", []byte(text))
		if err != nil {
			t.Fatalf("separator %q: %v", sep, err)
		}
		if len(f.Owners) != 1 || f.Owners[0].Name != `A"B` || len(f.Rules) != 1 {
			t.Errorf("separator %q: %+v", sep, f)
		}
	}
}

func TestParseErrors(t *testing.T) {
	good := "A,a@example.org,,,,10,month,ServiceName=*,,,,,\n"
	for name, c := range map[string]struct{ lines, want string }{
		"name":          {",,,,,,,ServiceName=*,,,,,\n", "owners.csv:2: name: is empty"},
		"mail":          {"A,nobody,,,,,,,,,,,\n", `owners.csv:2: email: "nobody": is no mail address`},
		"mail header":   {"A,\"a@example.org\nBcc: x@example.org\",,,,,,,,,,,\n", "owners.csv:2: email: "},
		"language":      {"A,,tlh,,,,,,,,,,\n", "owners.csv:2: language: "},
		"currency":      {"A,,,Euro,,,,,,,,,\n", `owners.csv:2: currency: "Euro"`},
		"budget":        {"A,,,,,\"1,200\",,,,,,,\n", `owners.csv:2: budget: "1,200": may mean a thousand times`},
		"negative":      {"A,,,,,-1,,,,,,,\n", `owners.csv:2: budget: "-1"`},
		"period":        {"A,,,,,1,week,,,,,,\n", `owners.csv:2: period: "week": use month, quarter or year`},
		"lone period":   {"A,,,,,,month,,,,,,\n", `owners.csv:2: period: "month": is the budget's`},
		"two budgets":   {good + good, `owners.csv:3: budget: "10": a second budget of A; the first is on line 2`},
		"two languages": {"A,,en,,,,,,,,,,\nA,,zh-Hant,,,,,,,,,,\n", `owners.csv:3: language: "zh-Hant": stands as "en" on another line of A`},
		"column":        {"A,,,,,,,Colour=x,,,,,\n", `owners.csv:2: rule: "Colour" is no column of text`},
		"no equals":     {"A,,,,,,,ServiceName,,,,,\n", `owners.csv:2: rule: "ServiceName" is not of the form COLUMN=GLOB`},
		"empty term":    {"A,,,,,,,ServiceName=a&,,,,,\n", "owners.csv:2: rule: "},
		"from":          {"A,,,,,,,ServiceName=*,31.3.2026,,,,\n", `owners.csv:2: from: "31.3.2026": is not a date`},
		"to":            {"A,,,,,,,ServiceName=*,2026-02-01,2026-01-01,,,\n", `owners.csv:2: to: "2026-01-01": is before 2026-02-01`},
		"dates alone":   {"A,,,,,,,,2026-02-01,,,,\n", "owners.csv:2: rule: is empty"},
		"values":        {good + "A,b\n", "owners.csv:3: has 2 values, the first line has 13"},
		"quote":         {"A\"b,,,,,,,,,,,,\n", "owners.csv:2: "},
		"later line":    {"A,,,,,,,\"ServiceName=*\",,,,\"x\",\n\n\nB,nobody,,,,,,,,,,,\n", "owners.csv:5: email: "},
	} {
		_, err := owners.Parse("owners.csv", []byte(header+c.lines))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %s", name, err, c.want)
		}
	}
	for name, c := range map[string]struct{ file, want string }{
		"empty":    {"", "owners.csv:1: the file is empty"},
		"no rule":  {"name,email\n", "owners.csv:1: rule: there is no such column"},
		"twice":    {"name,rule,Name\n", "owners.csv:1: name: is there twice"},
		"encoding": {"name,rule\nA,\xcf\xf0\xe8\xe2\n", "owners.csv:2: is not UTF-8"},
	} {
		if _, err := owners.Parse("owners.csv", []byte(c.file)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %s", name, err, c.want)
		}
	}
	// All at once.
	_, err := owners.Parse("owners.csv", []byte(header+"A,nobody,,,,x,,,,,,,\n,,,,,,,ServiceName=*,,,,,\n"))
	for _, want := range []string{":2: email", ":2: budget", ":3: name"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %s as well", err, want)
		}
	}
}

// Lines of shared cost have a name and a rule, and receivers that are there on
// their days.
func TestParseShared(t *testing.T) {
	f, err := owners.Parse("owners.csv", []byte("name,rule,share,from,to,email,note\n"+
		"Network,x_ResourceGroupName=rg-net,even: web; Search,2026-01-01,,,lines too\n"+
		"Search,ServiceName=Search,,,,,\n"+
		"Web,ServiceName=Web,,2025-06-01,2026-03-31,,\n"+
		"Web,ServiceName=W*,,2026-04-01,,,\n"+
		"Overhead,,,,,o@example.org,\n"+
		"network,ServiceName=VPN,Overhead=40; Search=60,,,,\n"+
		"Support,ServiceName=Support,proportional,,,,\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Owners) != 3 || len(f.Rules) != 6 || f.Rules[0].Share == nil || f.Rules[1].Share != nil || f.Rules[4].Owner != "Network" {
		t.Fatalf("%d owners, rules %+v", len(f.Owners), f.Rules)
	}
	if r := f.Rules[0].Share.Receivers; len(r) != 2 || r[0].Owner != "Search" || r[1].Owner != "Web" {
		t.Errorf("the receivers are %v, want the owners as they are written, by name", r)
	}
	if _, err := f.Owner("network"); err == nil || !strings.Contains(err.Error(), "it is a shared cost, by line 2") {
		t.Errorf("a shared cost is no owner: %v", err)
	}
	for name, c := range map[string]struct{ lines, want string }{
		"sum":      {"Net,ServiceName=*,A=60;B=39,,,,\n", "owners.csv:2: share: the shares add up to 99 %, not to 100 %"},
		"way":      {"Net,ServiceName=*,some,,,,\n", `owners.csv:2: share: "some": use even`},
		"unknown":  {"A,ServiceName=*,,,,,\nNet,ServiceName=*,even: A; C,,,,\n", "owners.csv:3: share: owner C: owners.csv names none; it has A"},
		"a comma":  {"A,ServiceName=*,,,,,\nB,ServiceName=*,,,,,\nNet,ServiceName=*,\"even: A, B\",,,,\n", "owners.csv:4: share: owner A, B: owners.csv names none; it has A, B; names are divided by a semicolon"},
		"of it":    {"A,ServiceName=*,,,,,\nNet,ServiceName=x,even: A,,,,\nB,ServiceName=*,even: Net,,,,\n", "owners.csv:4: share: owner Net: it is a shared cost"},
		"owner":    {"A,ServiceName=*,,,,,\nA,ServiceName=*,even,,,,\n", "owners.csv:3: share: A is an owner, by line 2"},
		"mail":     {"Net,ServiceName=*,even,,,x@example.org,\n", `owners.csv:2: email: "x@example.org": a shared cost has none`},
		"no rule":  {"Net,,even,,,,\n", "owners.csv:2: rule: is empty: which cost is shared?"},
		"later":    {"A,ServiceName=*,,2026-02-01,,,\nNet,ServiceName=*,A=100,,,,\n", "owners.csv:3: share: A has no rule before 2026-02-01; give the line the dates"},
		"earlier":  {"A,ServiceName=*,,,2026-02-01,,\nNet,ServiceName=*,A=100,,,,\n", "owners.csv:3: share: A has no rule after 2026-02-01"},
		"in a gap": {"A,ServiceName=a,,,2026-01-31,,\nA,ServiceName=*,,2026-03-01,,,\nNet,ServiceName=*,even:A,,,,\n", "owners.csv:4: share: A has no rule on the days 2026-02-01 to 2026-02-28"},
	} {
		_, err := owners.Parse("owners.csv", []byte("name,rule,share,from,to,email,note\n"+c.lines))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %s", name, err, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(header + "A,a@example.org,en,EUR,mail,1,month,Tags.a=b*&ServiceName!=\\&,2026-01-01,,,,\n"))
	f.Add([]byte("\ufeffname;rule\r\nA;ServiceName=?\r\n"))
	f.Add([]byte("name,rule\n\"A\n"))
	f.Add([]byte("name,rule,share\nN,ServiceName=x,A=50;B=50\nA,ServiceName=*,\nB,ServiceName=b,\nM,SkuMeter=y,even:A\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := owners.Parse("owners.csv", b)
		if err != nil {
			if !strings.Contains(err.Error(), "owners.csv:") {
				t.Fatalf("no line: %v", err)
			}
			return
		}
		for _, o := range file.Owners {
			if o.Name == "" || o.Line < 2 || len(o.Extra) != len(file.Extra) {
				t.Fatalf("%+v", o)
			}
		}
		for _, r := range file.Rules {
			if r.Share != nil {
				for _, to := range r.Share.Receivers {
					if _, err := file.Owner(to.Owner); err != nil {
						t.Fatalf("%+v: %v", r, err)
					}
				}
				continue
			}
			if _, err := file.Owner(r.Owner); err != nil || len(r.Terms) == 0 {
				t.Fatalf("%+v: %v", r, err)
			}
		}
	})
}

// The examples of the documentation are good files.
func TestExample(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "docs", "owners.md"))
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(b), "```csv\n")[1:]
	if len(parts) != 2 {
		t.Fatalf("docs/owners.md has %d examples of the file, want 2", len(parts))
	}
	for _, part := range parts {
		example, _, closed := strings.Cut(part, "```")
		if !closed {
			t.Fatal("an example of docs/owners.md does not end")
		}
		file, err := owners.Parse("owners.csv", []byte(example))
		if err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(strings.NewReader(example)).ReadAll()
		if err != nil || len(file.Rules) != len(lines)-1 {
			t.Errorf("%d rules of %d lines (%v)", len(file.Rules), len(lines)-1, err)
		}
	}
}
