package reports

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"usagereport/analysis"
	"usagereport/usage"
)

// Metrics are the numbers of reports for a program that watches them, as OpenMetrics
// text (https://prometheus.io/docs/specs/om/open_metrics_spec/, version 1.0): one
// sample for each owner, period and currency. The zero value is empty.
type Metrics struct {
	samples map[string]*bytes.Buffer // by name, one a line
	seen    map[string]bool
}

// A metric is a family of samples.
type metric struct{ name, help string }

// families lists what there is, in the order in which it is written.
func families() []metric {
	return []metric{
		{"usagereport_cost", "What the period costs so far, in the currency."},
		{"usagereport_expected_cost", "What an open period will cost when it ends."},
		{"usagereport_budget", "The owner's budget."},
		{"usagereport_budget_spent", "What of the budget is spent."},
		{"usagereport_budget_over_chance", "How likely the budget is exceeded at its end, in percent."},
		{"usagereport_budget_warnings", "What the budget warns of: the percentage that is spent, or that it is likely to be exceeded."},
		{"usagereport_findings", "Findings that nobody has answered, by severity."},
		{"usagereport_accounts_missing", "Subscriptions without data in the period that had cost before."},
		{"usagereport_data_end_timestamp_seconds", "The end of the last day with usage."},
		{"usagereport_sent", "Reports by what became of them in this run."},
		{"usagereport_run_timestamp_seconds", "When this was written."},
	}
}

// labels writes name and value in turn.
func labels(pairs ...string) string {
	var b strings.Builder
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
	for i := 0; i < len(pairs); i += 2 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `%s="%s"`, pairs[i], escape.Replace(strings.ToValidUTF8(pairs[i+1], "\uFFFD")))
	}
	return "{" + b.String() + "}"
}

// add adds a sample, once.
func (m *Metrics) add(name, labels, value string) {
	if m.samples == nil {
		m.samples, m.seen = map[string]*bytes.Buffer{}, map[string]bool{}
	}
	if m.seen[name+labels] {
		return
	}
	m.seen[name+labels] = true
	if m.samples[name] == nil {
		m.samples[name] = &bytes.Buffer{}
	}
	fmt.Fprintf(m.samples[name], "%s%s %s\n", name, labels, value)
}

// Report adds the numbers of a report.
func (m *Metrics) Report(r *analysis.Report) {
	for i := range r.Parts {
		p := &r.Parts[i]
		of := []string{"owner", r.Owner, "period", p.Period.Name, "currency", p.Currency}
		m.add("usagereport_cost", labels(of...), borne(p).Amount.String())
		if p.Expected != nil {
			expected := p.Expected.Amount
			if p.Shared != nil && p.Shared.Expected != nil {
				expected = expected.Add(p.Shared.Expected.Amount)
			}
			m.add("usagereport_expected_cost", labels(of...), expected.String())
		}
		if b := p.Budget; b != nil {
			m.add("usagereport_budget", labels(of...), b.Amount.Amount.String())
			m.add("usagereport_budget_spent", labels(of...), b.Spent.Amount.String())
			if b.Chance != nil {
				m.add("usagereport_budget_over_chance", labels(of...), fmt.Sprint(*b.Chance))
			}
			for _, w := range b.Warnings {
				what := "likely"
				if w.Percent != 0 {
					what = fmt.Sprint(w.Percent)
				}
				m.add("usagereport_budget_warnings", labels(append(of[:len(of):len(of)], "reached", what)...), "1")
			}
		}
		count := map[usage.Severity]int{}
		for _, f := range p.Findings {
			count[f.Severity]++
		}
		count[usage.SeverityLow] = len(p.Minor)
		for _, severity := range usage.Severities() {
			m.add("usagereport_findings", labels(append(of[:len(of):len(of)], "severity", string(severity))...), fmt.Sprint(count[severity]))
		}
		missing := 0
		for _, acc := range p.Accounts {
			if acc.Missing {
				missing++
			}
		}
		m.add("usagereport_accounts_missing", labels(of...), fmt.Sprint(missing))
		if reach := p.Period.Reach; reach != 0 {
			m.add("usagereport_data_end_timestamp_seconds", labels(of...), seconds(reach+1))
		}
	}
}

func seconds(d usage.Day) string { return fmt.Sprint(d.Time().Unix()) }

// Sent adds what became of the reports of a run.
func (m *Metrics) Sent(states map[SummaryState]int) {
	for _, s := range []SummaryState{SummarySent, SummaryFailed, SummaryUnsure, SummarySkipped} {
		m.add("usagereport_sent", labels("state", strings.ReplaceAll(string(s), " ", "_")), fmt.Sprint(states[s]))
	}
}

// Write writes what was added.
func (m *Metrics) Write(w io.Writer, at time.Time) error {
	m.add("usagereport_run_timestamp_seconds", "", fmt.Sprint(at.Unix()))
	var b bytes.Buffer
	for _, f := range families() {
		samples := m.samples[f.name]
		if samples == nil {
			continue
		}
		fmt.Fprintf(&b, "# TYPE %s gauge\n", f.name)
		if unit, ok := strings.CutSuffix(f.name, "_seconds"); ok && unit != "" {
			fmt.Fprintf(&b, "# UNIT %s seconds\n", f.name)
		}
		fmt.Fprintf(&b, "# HELP %s %s\n", f.name, f.help)
		b.Write(samples.Bytes())
	}
	b.WriteString("# EOF\n")
	_, err := w.Write(b.Bytes())
	return err
}
