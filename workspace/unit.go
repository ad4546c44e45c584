package workspace

import (
	"fmt"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/misuse"
	"usagereport/usage"
)

// AddUnit finds the metric called unit, by which a comparison against a period is divided, and adds the filters of
// its cost.
func (w *Workspace) AddUnit(c *analysis.CompareOptions, unit, against string) error {
	if unit == "" {
		return nil
	}
	if a := analysis.Against(strings.ToLower(against)); a == analysis.AgainstMean3 || a == analysis.AgainstMean6 {
		return misuse.Flag("--unit", fmt.Errorf("a unit cost is compared with that of one period, not of a mean; leave out --against %s", against))
	}
	all, err := w.Metrics()
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return misuse.Flag("--unit "+unit, fmt.Errorf("there is no file %s that says what is counted; write it, with the columns date, name and "+
			"value", w.Beside(MetricsName)))
	}
	var found []usage.Metric
	var names, scopes []string
	for _, m := range all {
		if !slices.Contains(names, m.Name) {
			names = append(names, m.Name)
		}
		if strings.EqualFold(m.Name, unit) {
			found, scopes = append(found, m), append(scopes, m.Of())
		}
	}
	filtered := func(t usage.ScopeTerm) bool {
		return slices.ContainsFunc(c.Filters, func(f analysis.Filter) bool {
			return f.Dimension == t.Dimension && strings.EqualFold(f.Value, t.Value)
		})
	}
	if len(found) > 1 {
		found = slices.DeleteFunc(found, func(m usage.Metric) bool {
			return len(m.Scope) != len(c.Filters) || slices.ContainsFunc(m.Scope, func(t usage.ScopeTerm) bool { return !filtered(t) })
		})
	}
	switch {
	case len(scopes) == 0:
		return misuse.Flag("--unit "+unit, fmt.Errorf("the file has no such metric; it has %s", strings.Join(names, ", ")))
	case len(found) != 1:
		return misuse.Flag("--unit "+unit, fmt.Errorf("it is counted apart, of %s; choose one with --filter", strings.Join(scopes, "; ")))
	}
	m := found[0]
	for _, t := range m.Scope {
		if !filtered(t) {
			c.Filters = append(c.Filters, analysis.Filter{Dimension: t.Dimension, Value: t.Value})
		}
	}
	c.Unit = &m
	return nil
}
