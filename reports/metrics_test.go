package reports

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestMetrics(t *testing.T) {
	var m Metrics
	r := all()["rich"]
	r.Owner = "Ada \"A\\\nB\""
	m.Report(r)
	m.Report(r) // which is no second sample
	m.Sent(map[SummaryState]int{SummarySent: 3})
	var b bytes.Buffer
	if err := m.Write(&b, time.Unix(1795424400, 0)); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	if !strings.HasSuffix(got, "\n# EOF\n") {
		t.Error("it does not end as the format says")
	}
	sample := regexp.MustCompile(`^([a-z_]+)(\{([a-z]+="([^"\\\n]|\\["\\n])*",?)+\})? -?[0-9]+(\.[0-9]+)?$`)
	family, seen, ended := "", map[string]bool{}, map[string]bool{}
	for line := range strings.Lines(strings.TrimSuffix(got, "# EOF\n")) {
		line = strings.TrimSuffix(line, "\n")
		if name, ok := strings.CutPrefix(line, "# TYPE "); ok {
			if family = strings.Fields(name)[0]; ended[family] {
				t.Errorf("%s begins again", family)
			}
			ended[family] = true
			continue
		}
		if strings.HasPrefix(line, "# HELP "+family+" ") || strings.HasPrefix(line, "# UNIT "+family+" ") {
			continue
		}
		x := sample.FindStringSubmatch(line)
		if x == nil || x[1] != family {
			t.Errorf("%q is no sample of %s", line, family)
			continue
		}
		labels, _, _ := strings.Cut(line, "} ")
		if seen[labels] {
			t.Errorf("%q is there twice", labels)
		}
		seen[labels] = true
	}
	of := `{owner="Ada \"A\\\nB\"",period="` + r.Parts[0].Period.Name + `",currency="` + r.Parts[0].Currency + `"`
	for _, want := range []string{
		"usagereport_cost" + of + "} " + borne(&r.Parts[0]).Amount.String() + "\n", "usagereport_findings" + of + `,severity="low"} `,
		`usagereport_sent{state="sent"} 3`, `usagereport_sent{state="not_sent"} 0`, "usagereport_run_timestamp_seconds 1795424400\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}
