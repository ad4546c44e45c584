package main

import (
	"fmt"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/usage"
	"usagereport/workspace"
)

// addUnit finds the metric of --unit, and adds the filters of its cost.
func (o compareOptions) addUnit(g *globals, c *analysis.CompareOptions) error {
	if o.unit == "" {
		return nil
	}
	if a := analysis.Against(strings.ToLower(o.against)); a == analysis.AgainstMean3 || a == analysis.AgainstMean6 {
		return usageError{fmt.Errorf("--unit: a unit cost is compared with that of one period, not of a mean; leave out --against %s", o.against)}
	}
	all, err := g.work.Metrics()
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return usageError{fmt.Errorf("--unit %s: there is no file %s that says what is counted", o.unit, g.work.Beside(workspace.MetricsName))}
	}
	var found []usage.Metric
	var names, scopes []string
	for _, m := range all {
		if !slices.Contains(names, m.Name) {
			names = append(names, m.Name)
		}
		if strings.EqualFold(m.Name, o.unit) {
			found, scopes = append(found, m), append(scopes, m.Of())
		}
	}
	if len(found) > 1 {
		found = slices.DeleteFunc(found, func(m usage.Metric) bool {
			return len(m.Scope) != len(c.Filters) || slices.ContainsFunc(m.Scope, func(t usage.ScopeTerm) bool {
				return !slices.ContainsFunc(c.Filters, func(f analysis.Filter) bool {
					return f.Dimension == t.Dimension && strings.EqualFold(f.Value, t.Value)
				})
			})
		})
	}
	switch {
	case len(scopes) == 0:
		return usageError{fmt.Errorf("--unit %s: the file has no such metric; it has %s", o.unit, strings.Join(names, ", "))}
	case len(found) != 1:
		return usageError{fmt.Errorf("--unit %s: it is counted apart, of %s; choose one with --filter", o.unit, strings.Join(scopes, "; "))}
	}
	m := found[0]
	for _, t := range m.Scope {
		f := analysis.Filter{Dimension: t.Dimension, Value: t.Value}
		if !slices.ContainsFunc(c.Filters,
			func(x analysis.Filter) bool { return x.Dimension == f.Dimension && strings.EqualFold(x.Value, f.Value) }) {
			c.Filters = append(c.Filters, f)
		}
	}
	c.Unit = &m
	return nil
}
