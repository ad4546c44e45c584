package loader_test

import (
	"strings"
	"testing"

	"usagereport/internal/ledgertest"
	"usagereport/internal/query/queries"
	"usagereport/loader"
)

// tagged is a FOCUS file with a row of cost 1 for each of tags.
func tagged(month string, tags ...string) string {
	rows := []string{}
	for _, t := range tags {
		row := focusRow("1", month+"-01", month+"-28", month+"-02")
		rows = append(rows, row+`,"`+strings.ReplaceAll(t, `"`, `""`)+`"`)
	}
	return focus(focusHeader+",Tags", rows...)
}

// Tag keys that differ in case are one key, in its most frequent spelling; values are as
// they were.
func TestTagKeysInSeveralSpellings(t *testing.T) {
	l := open(t)
	all := func(want string) {
		t.Helper()
		if got := value(t, l, "SELECT string_agg(Tags::VARCHAR, ' ' ORDER BY ChargePeriodStart, Tags::VARCHAR) FROM usage"); got != want {
			t.Errorf("tags\n got %s\nwant %s", got, want)
		}
	}
	loads := func(name, content string) {
		t.Helper()
		if r := load(t, l, loader.Options{}, write(t, name, content))[0]; r.Err != nil {
			t.Fatal(r.Err)
		}
		ledgertest.AddUp(t, l)
	}
	loads("1.csv", tagged("2026-03", `{"Env":"prod"}`, `{"env":"prod"}`, `{"ENV":"Prod","team":"a"}`, `{"env ":"prod"}`, `{" env":"prod"}`, `{"env":"prod "}`, ``))
	all("{env='prod '} {env=Prod, team=a} {env=prod} {env=prod} {env=prod} {env=prod}")
	for name, q := range map[string]string{"untagged": "untagged", "cost-by-tag": "cost-by-tag"} {
		saved, err := queries.List("")
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range saved {
			if s.Name != q {
				continue
			}
			for _, key := range []string{"Env", "env"} {
				text := strings.NewReplacer("$tag", "'"+key+"'", "$period", "'2026-03'").Replace(s.SQL)
				want := map[string]string{"untagged": "1", "cost-by-tag": "1 1 1 4"}[name]
				got := value(t, l, "SELECT string_agg(cost::INT::VARCHAR, ' ' ORDER BY cost) FROM ("+strings.TrimSuffix(strings.TrimSpace(text), ";")+")")
				if got != want {
					t.Errorf("%s of %s: %s, want %s", name, key, got, want)
				}
			}
		}
	}
	// Another spelling becomes the more frequent one, also of what was loaded before.
	loads("2.csv", tagged("2026-04", `{"Env":"x"}`, `{"Env":"x"}`, `{"Env":"x"}`, `{"Env":"x"}`, `{"Env":"x"}`))
	all("{Env='prod '} {Env=Prod, team=a} {Env=prod} {Env=prod} {Env=prod} {Env=prod} {Env=x} {Env=x} {Env=x} {Env=x} {Env=x}")
	// A charge that has both keeps both.
	loads("3.csv", tagged("2026-05", `{"Env":"x","env":"y"}`))
	if got := value(t, l, "SELECT Tags::VARCHAR FROM usage WHERE x_BillingPeriod = '2026-05'"); got != "{Env=x, env=y}" {
		t.Errorf("both: %s", got)
	}
}

// Tags are read as portals, scripts and databases write them; what is none of it is kept whole.
func TestTagsAsTheyAreWritten(t *testing.T) {
	for text, want := range map[string]string{
		`{"env":"prod"}`:                                                   `{"env":"prod"}`,
		`"env": "prod","team": "a, b"`:                                     `{"env":"prod","team":"a, b"}`,
		"{\"note\":\"one\ntwo\",\n\t\"env\":\"a\tb\"}":                     `{"env":"a\tb","note":"one\ntwo"}`,
		"\"note\": \"say \\\"so\\\"\nagain\"":                              `{"note":"say \"so\"\nagain"}`,
		"{'env': 'prod', 'n': None, 'q': \"it's\"}":                        `{"env":"prod","n":"","q":"it's"}`,
		`{'a': 'one\ntwo', 'b': 'x\xa0y\u200b\U000e0001', 'c': 'C:\\new'}`: "{\"a\":\"one\\ntwo\",\"b\":\"x\u00a0y\u200b\U000e0001\",\"c\":\"C:\\\\new\"}",
		`{'a': 'say "so"', 'b': 'it\'s "x"', 'c': '\d'}`:                   `{"a":"say \"so\"","b":"it's \"x\"","c":"\\d"}`,
		`{note='it\'s', env=prod}`:                                         `{"env":"prod","note":"it's"}`,
		"{env=prod, team=x}":                                               `{"env":"prod","team":"x"}`,
		"{note=a, b, c, env=}":                                             `{"env":"","note":"a, b, c"}`,
		"{note='a, b=c', env=prod}":                                        `{"env":"prod","note":"a, b=c"}`,
		`""`:                                                               "",
		"{}":                                                               "",
		"env:prod":                                                         `{"x_Unreadable":"env:prod"}`,
		"{env}":                                                            `{"x_Unreadable":"{env}"}`,
		"{env=prod":                                                        `{"x_Unreadable":"{env=prod"}`,
		"{\"env\": \"a\nb\"":                                               `{"x_Unreadable":"{\"env\": \"a\nb\""}`,
	} {
		l := open(t)
		if r := load(t, l, loader.Options{}, write(t, "a.csv", tagged("2026-03", text)))[0]; r.Err != nil {
			t.Fatal(text, r.Err)
		}
		if got := value(t, l, "SELECT coalesce(to_json(map_from_entries(list_sort(map_entries(Tags))))::VARCHAR, '') FROM usage"); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
