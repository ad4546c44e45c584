package reports_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/reports"
	"usagereport/usage"
)

// What pipelines read is whole JSON and XML whatever a resource is called.
func TestPipelineOfHostileNames(t *testing.T) {
	const hostile = "]]></failure><x a=\"\x00\x1b[31m&'\n"
	a := reports.Alarms{
		Findings: []analysis.Finding{
			{ID: "F-AAAAAA", Kind: "spike", Severity: usage.SeverityHigh, Label: locale.Said(hostile), Explanation: locale.Said(hostile)},
			{ID: "F-BBBBBB", Kind: "drift", Severity: usage.SeverityLow, Label: locale.Said(hostile), Explanation: locale.Said(hostile)},
			{ID: "F-CCCCCC", Kind: "drift", Severity: usage.SeverityMedium, Answer: &analysis.Answer{Note: hostile}},
		},
		Fails: func(f analysis.Finding) bool { return f.Severity == usage.SeverityHigh }, Budgets: []string{hostile}, Ledger: hostile, Flags: " --owner 'Ada B'",
	}
	var log, junit bytes.Buffer
	if err := a.WriteSARIF(&log); err != nil || !json.Valid(log.Bytes()) {
		t.Errorf("%v: %s", err, &log)
	}
	if err := a.WriteJUnit(&junit); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(junit.String(), "usagereport anomalies why F-AAAAAA --owner &#39;Ada B&#39;") {
		t.Errorf("no command with its flags: %s", &junit)
	}
	if strings.ContainsAny(junit.String(), "\x00\x1b") {
		t.Errorf("control characters: %q", junit.String())
	}
	if !strings.Contains(log.String(), `"level": "note"`) || !strings.Contains(log.String(), `"level": "warning"`) {
		t.Errorf("the log has not each level: %s", &log)
	}
	elements := map[string]int{}
	for d := xml.NewDecoder(&junit); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok {
			elements[e.Name.Local]++
		}
	}
	if elements["testcase"] != 4 || elements["failure"] != 2 || elements["skipped"] != 1 || elements["system-out"] != 1 || elements["x"] != 0 {
		t.Errorf("the report has %v", elements)
	}
}
