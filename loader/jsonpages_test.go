package loader_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usagereport/loader"
)

// Of the JSON files of a folder those that hold usage are taken, packed ones too; others are none of
// the program's business. One that is named is meant.
func TestJSONInFolders(t *testing.T) {
	dir := t.TempDir()
	put := func(name string, content []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("truth.json", []byte(`{"incidents":[{"day":"2026-10-01"}]}`))
	put("broken.json", []byte(`{"`))
	put("empty.json", nil)
	l := open(t)
	if r := load(t, l, loader.Options{}, dir)[0]; !errors.Is(r.Err, loader.ErrNothing) {
		t.Errorf("%s %v, want that there is nothing", r.Status, r.Err)
	}
	put("export.json", []byte(gcpJSON))
	put("costs.json", []byte(`{"object":"page","data":[{"object":"bucket","start_time":1790812800,"end_time":1790899199,"results":[`+
		`{"object":"organization.costs.result","amount":{"value":1.5,"currency":"usd"},"line_item":"gpt-5, input"}]}],"has_more":false}`))
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write([]byte(strings.ReplaceAll(gcpJSON, "2026-10", "2026-09"))); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	put("export-000001.json.gz", packed.Bytes())
	var loaded []string
	for _, r := range load(t, l, loader.Options{}, dir) {
		if r.Status != loader.Loaded {
			t.Errorf("%s: %s %v", r.Ref, r.Status, r.Err)
		}
		loaded = append(loaded, filepath.Base(r.Ref))
	}
	if want := []string{"costs.json", "export-000001.json.gz", "export.json"}; !slices.Equal(loaded, want) {
		t.Errorf("loaded %q, want %q", loaded, want)
	}
	if r := load(t, l, loader.Options{}, filepath.Join(dir, "truth.json"))[0]; r.Status != loader.Refused || errors.Is(r.Err, loader.ErrNothing) {
		t.Errorf("%s %v, want why it is refused", r.Status, r.Err)
	}
}

// Pages follow each other, stand in a list, or are the list of their buckets; what is no
// row of usage is refused whole.
func TestPages(t *testing.T) {
	bucket := func(day, result string) string {
		return `{"object":"bucket","start_time":` + day + `,"end_time":` + day[:len(day)-5] + `99999,"results":[` + result + `]}`
	}
	cost := func(amount string) string {
		return `{"object":"organization.costs.result","amount":{"value":` + amount + `,"currency":"usd"},"line_item":"gpt-5, input"}`
	}
	page := func(buckets, more string) string {
		return `{"object":"page","data":[` + buckets + `],"has_more":` + more + `,"next_page":null}`
	}
	one, two := bucket("1790812800", cost("1.5")), bucket("1790899200", cost("2")+","+cost("1e-3"))
	for name, c := range map[string]struct{ text, total, note string }{
		"one":                     {page(one+","+two, "false"), "3.501", ""},
		"one after the other":     {page(one, "true") + "\n\n" + page(two, "false"), "3.501", ""},
		"a list":                  {"\ufeff [" + page(one, "true") + ",\n" + page(two, "false") + "]", "3.501", ""},
		"the buckets alone":       {"[" + one + "," + two + "]", "3.501", ""},
		"the last one is missing": {page(one+","+two, "true"), "3.501", "there are more (has_more)"},
		"an empty day":            {page(bucket("1790726400", "")+","+one, "false"), "1.5", ""},
	} {
		r := load(t, open(t), loader.Options{}, write(t, "pages.json", c.text))[0]
		if r.Err != nil || r.Format != "openai_costs" || r.Totals["USD"].String() != c.total {
			t.Errorf("%s: %s, %s, %v; want %s", name, r.Format, r.Totals["USD"], r.Err, c.total)
		}
		if got := strings.Join(r.Warnings, "; "); strings.Contains(got, "has_more") != (c.note != "") || !strings.Contains(got, c.note) {
			t.Errorf("%s: %q, want %q", name, got, c.note)
		}
	}
	for name, c := range map[string]struct{ text, want string }{
		"cut off":          {page(one+","+two, "true")[:300], "page 1 is cut off"},
		"cut off in list":  {"[" + page(one, "true"), "cut off"},
		"no results":       {page(one, "true") + `{"object":"error","message":"no"}`, "is no page with data and results"},
		"something behind": {page(one, "true") + "]", "is no page with data and results"},
		"no number":        {page(bucket("1790812800", cost(`"=1+1"`)), "false"), `amount.value: "=1+1"`},
		"negative tokens": {
			page(bucket("1790812800", `{"input_tokens":5,"output_tokens":-1,"num_model_requests":1,"model":"gpt-5"}`), "false"),
			`output_tokens: "-1": is negative`,
		},
		"more from the cache than there was": {
			page(bucket("1790812800", `{"input_tokens":5,"input_cached_tokens":6,"output_tokens":1,"num_model_requests":1,"model":"gpt-5"}`), "false"),
			`input_cached_tokens: "6": is more than the column that includes it, input_tokens`,
		},
		"no page at all":   {`{"data":[]}`, "not a usage file"},
		"a list of a list": {`{"data":[[{"results":[]}]]}`, "is no page with data"},
	} {
		l := open(t)
		r := load(t, l, loader.Options{}, write(t, "pages.json", c.text))[0]
		if r.Err == nil || !strings.Contains(r.Err.Error(), c.want) || value(t, l, "SELECT count(*) FROM loads") != "0" {
			t.Errorf("%s: %v, want %s", name, r.Err, c.want)
		}
	}
}

// What Anthropic's API says the Console's export says, too, under other names of workspaces: the
// two are not added up, in one load or in two. Days that only one has stand beside each other.
func TestAnthropicIsNotAddedUp(t *testing.T) {
	for _, names := range [][]string{
		{"/anthropic_cost/claude_api_cost_2026-10.csv", "/anthropic_cost_report/cost_report-2026-10.json"},
		{"/anthropic_usage_report/messages-2026-10.json", "/anthropic_usage/claude_api_tokens_2026-10.csv"},
	} {
		l := open(t)
		r := load(t, l, loader.Options{}, samples+names[0], samples+names[1])
		if r[0].Err != nil || r[1].Err == nil || !strings.Contains(r[1].Err.Error(), "it holds the same account and days as") {
			t.Errorf("%v: %v, %v", names, r[0].Err, r[1].Err)
		}
		if r = load(t, l, loader.Options{}, samples+names[1]); r[0].Err == nil {
			t.Errorf("%s is added up with %s", names[1], names[0])
		}
	}
	later := `{"data":[{"starting_at":"2026-10-09T00:00:00Z","ending_at":"2026-10-10T00:00:00Z","results":[{"amount":"150","currency":"USD"}]}],"has_more":false}`
	l := open(t)
	r := load(t, l, loader.Options{}, samples+"/anthropic_cost/claude_api_cost_2026-10.csv", write(t, "later.json", later))
	if r[0].Err != nil || r[1].Err != nil || value(t, l, "SELECT sum(BilledCost)::DECIMAL(9,3) FROM usage") != "21.165" {
		t.Errorf("%v, %v", r[0].Err, r[1].Err)
	}
}

// GitHub's report on AI usage is a part of the one on all usage, which counts, whichever
// is loaded first.
func TestGitHubReportsAreNotAddedUp(t *testing.T) {
	all, part := samples+"/github_usage/detailed-2026-10.csv", samples+"/github_ai_usage/premium-requests-2026-10.csv"
	for _, order := range [][]string{{all, part}, {part, all}} {
		l := open(t)
		load(t, l, loader.Options{}, order[0])
		load(t, l, loader.Options{}, order[1])
		if got := value(t, l, "SELECT sum(BilledCost) FROM usage"); got != "8.303528210000000000" {
			t.Errorf("%v: %s", order, got)
		}
	}
}

// Files that count tokens have no cost by their nature: that is nothing to warn of.
func TestTokensHaveNoCost(t *testing.T) {
	for _, path := range []string{"openai_usage/completions-2026-10.json", "anthropic_usage_report/messages-2026-10.json"} {
		r := load(t, open(t), loader.Options{}, "../testdata/usage/"+path)[0]
		if all := strings.Join(r.Warnings, "; "); r.Err != nil || strings.Contains(all, "no cost") {
			t.Errorf("%s: %v, %q", path, r.Err, all)
		}
	}
}
