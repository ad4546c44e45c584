package main

import (
	"strings"
	"testing"
)

// A shell is offered what can stand there, as the help lists it.
func TestCompletion(t *testing.T) {
	d := newDesk(t)
	for line, want := range map[string]string{
		"report --lang ":           "en zh-Hant :4",
		"report --format ":         "html json markdown :4",
		"anomalies --format ":      "table json csv markdown sarif junit :4",
		"query --format ":          "table json ndjson csv markdown parquet grid :4",
		"compare -f ":              "table json csv markdown :4",
		"compare --cost ":          "billed effective :4",
		"load --cost-type ":        "actual amortized :4",
		"load --decimals ":         "point comma :4",
		"load --date-order ":       "month-first day-first :4",
		"anomalies --sensitivity ": "low normal high :4",
		"anomalies --fail-on ":     "budget forecast unit-cost new-high high any :4",
		"compare --against ":       "prior mean3 mean6 year :4",
		"forecast --by service,re": "service,account service,subscription service,resource-group service,service service,region " +
			"service,resource service,meter :6",
		"invoices add --kind ":  "invoice credit_note :4",
		"compare --period ":     ":4",
		"compare --owner ":      ":4",
		"report --metrics ":     ":0",
		"send --note ":          ":0",
		"invoices download -o ": ":16",
		"report --db ":          ":0",
		"load ":                 ":0",
		"version ":              ":4",
		"periods --as-of ":      ":4",
		"query list ":           ":4",
		"report --redact-key ":  ":0",
		"send --from ":          ":16",
		"report --span ":        "week month quarter fiscal-year :4",
	} {
		out, _ := d.run(exitDone, append([]string{"__complete"}, strings.Split(line, " ")...)...)
		if got := strings.Join(strings.Fields(out), " "); got != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
}
