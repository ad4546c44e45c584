package main

import (
	"cmp"
	"path/filepath"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/query"
	"usagereport/reports"
	"usagereport/workspace"
)

// forPipeline writes findings as SARIF or JUnit. Without --fail-on the cases of JUnit fail that
// --fail-on any names.
func (o anomaliesOptions) forPipeline(g *globals, format query.Format, fs []analysis.Finding, budgets []string,
	sent map[string]bool,
) error {
	gate := cmp.Or(o.gate, workspace.GateAny)
	alarms := reports.Alarms{
		Findings: fs, Fails: func(f analysis.Finding) bool { return gate.Fails(f, sent) }, Budgets: budgets,
		Flags: o.again(g), Ledger: filepath.Base(g.work.Path()), Version: g.work.Version,
	}
	if format == asSARIF {
		return alarms.WriteSARIF(g.env.stdout)
	}
	return alarms.WriteJUnit(g.env.stdout)
}

// again are the flags with which the findings were found, as a shell reads them.
func (o anomaliesOptions) again(g *globals) (flags string) {
	one := func(name, value string) {
		if value != "" {
			flags += reports.Flag(name, value)
		}
	}
	for _, f := range []struct{ name, value string }{
		{"period", o.period},
		{"month", o.month},
		{"from", o.from},
		{"to", o.to},
		{"span", o.span},
		{"owner", o.owner},
		{"cost", o.cost},
		{"tags", strings.Join(o.tags, ",")},
		{"currency", g.work.Currency},
	} {
		one(f.name, f.value)
	}
	for _, f := range o.filters {
		one("filter", f)
	}
	if g.work.Convert {
		flags += " --convert"
	}
	return flags
}
