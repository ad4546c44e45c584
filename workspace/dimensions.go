package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/internal/misuse"
	"usagereport/owners"
	"usagereport/usage"
)

// Dimensions reads the file of dimensions, if there is one.
func (w *Workspace) Dimensions() ([]usage.Virtual, error) {
	return besideOf(w, "dimensions", DimensionsName, owners.ParseDimensions)
}

// GivenTags reads the file of tags, if there is one.
func (w *Workspace) GivenTags() ([]usage.TagRule, error) {
	return besideOf(w, "tags", TagsName, owners.ParseTags)
}

// Metrics reads the file of metrics, if there is one.
func (w *Workspace) Metrics() ([]usage.Metric, error) {
	return besideOf(w, "metrics", MetricsName, func(path string, b []byte) ([]usage.Metric, error) {
		return owners.ParseMetrics(path, b, w.Dimension)
	})
}

// Events reads the file of events, if there is one.
func (w *Workspace) Events() ([]usage.Event, error) {
	return besideOf(w, "events", EventsName, owners.ParseEvents)
}

// unitCosts puts into a report what one of each metric costs.
func (s *Session) unitCosts(ctx context.Context, o analysis.Options, r *analysis.Report) error {
	if len(r.Parts) == 0 {
		return nil
	}
	units, err := s.UnitCosts(ctx, o)
	for i := range r.Parts {
		p := &r.Parts[i]
		p.Units = units[p.Currency]
		for _, u := range p.Units {
			if u.Finding != nil && u.Finding.Answer == nil {
				p.Warnings = append(p.Warnings, u.Finding.Explanation)
			}
		}
	}
	return err
}

// UnitCosts returns what one of each metric of the file costs, by currency; none without a file.
func (s *Session) UnitCosts(ctx context.Context, o analysis.Options) (map[string][]analysis.UnitCost, error) {
	metrics, err := s.Metrics()
	if err != nil || len(metrics) == 0 {
		return nil, err
	}
	o.Tags, o.Whose, o.Apart = nil, false, nil
	for _, m := range metrics {
		for _, t := range m.Scope {
			o.Apart = append(o.Apart, t.Dimension)
		}
	}
	o.Apart = Apart(o.Apart)
	a, err := s.Analysis(ctx, o)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	units, err := a.UnitCosts(ctx, metrics)
	s.strays = a.StrayMetrics()
	if analysis.IsNothing(err) {
		err = nil
	}
	return units, err
}

// SideFindings returns those that are in no sum of findings: that one of something costs more than
// usual, and that less of a commitment is used.
func (s *Session) SideFindings(ctx context.Context, o analysis.Options) (found []analysis.Finding, err error) {
	units, err := s.UnitCosts(ctx, o)
	for _, currency := range slices.Sorted(maps.Keys(units)) {
		for _, u := range units[currency] {
			if u.Finding != nil {
				found = append(found, *u.Finding)
			}
		}
	}
	if err != nil {
		return nil, err
	}
	o.Tags, o.Whose, o.Apart = nil, false, nil
	a, err := s.Analysis(ctx, o)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	unused, err := a.CommitmentFindings(ctx)
	if analysis.IsNothing(err) {
		err = nil
	}
	return append(found, unused...), err
}

// Findings returns the findings of a, an analysis of what o chooses, with those that are in no sum
// behind them and what is answered last; and warnings: what limits them, what the files of events and
// metrics are of and no charge is, and whether charges are dated ahead.
func (s *Session) Findings(ctx context.Context, a *analysis.Analysis, o analysis.Options) (all []analysis.Finding, warnings []string,
	err error,
) {
	if all, warnings, err = a.Findings(ctx); err != nil {
		return nil, nil, err
	}
	side, err := s.SideFindings(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	all = append(all, side...)
	slices.SortStableFunc(all, func(x, y analysis.Finding) int {
		switch {
		case x.Answer == nil && y.Answer != nil:
			return -1
		case x.Answer != nil && y.Answer == nil:
			return 1
		}
		return 0
	})
	strays, err := s.Strays(ctx, a)
	if err != nil {
		return nil, nil, err
	}
	for _, t := range strays {
		warnings = append(warnings, t.String())
	}
	ahead, err := s.Ahead(ctx, a)
	if ahead != "" {
		warnings = append(warnings, ahead)
	}
	return all, warnings, err
}

// Strays says what the files of events and of metrics are of and no charge in the ledger is. Unit
// costs are to be asked for before.
func (s *Session) Strays(ctx context.Context, a *analysis.Analysis) (out []locale.Text, err error) {
	lines, err := a.StrayEvents(ctx)
	if len(lines) > 0 {
		var list []string
		for _, line := range lines {
			list = append(list, strconv.Itoa(line))
		}
		out = append(out, locale.T("%s: no charge in the ledger is of the scope on line %s", EventsName, few(list)))
	}
	if len(s.strays) > 0 {
		out = append(out, locale.T("%s: no charge in the ledger is of %s", MetricsName, few(s.strays)))
	}
	return out, err
}

// few names the first of a list.
func few(list []string) string {
	const most = 10
	if len(list) > most {
		return strings.Join(list[:most], ", ") + ", …"
	}
	return strings.Join(list, ", ")
}

// Why returns the evidence for a finding, of whatever kind.
func (s *Session) Why(ctx context.Context, o analysis.Options, id string) (e analysis.Evidence, err error) {
	side, err := s.SideFindings(ctx, o)
	if err != nil {
		return e, err
	}
	if i := slices.IndexFunc(side, func(f analysis.Finding) bool { return strings.EqualFold(f.ID, id) }); i >= 0 {
		return side[i].Evidence(), nil
	}
	a, err := s.Analysis(ctx, o)
	if err != nil {
		return e, err
	}
	defer a.Close()
	return a.Why(ctx, id)
}

// besideOf reads a file beside the configuration, which need not be there.
func besideOf[T any](w *Workspace, what, name string, parse func(path string, b []byte) ([]T, error)) ([]T, error) {
	path := w.Beside(name)
	b, err := w.ReadSmall(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var all []T
	if err == nil {
		all, err = parse(path, b)
	}
	if err != nil {
		return nil, fmt.Errorf("read the file of %s: %w", what, err)
	}
	return all, nil
}

// made returns o with what the files of dimensions, tags and events say.
func (w *Workspace) made(o analysis.Options) (_ analysis.Options, err error) {
	if o.Given, err = w.GivenTags(); err != nil {
		return o, err
	}
	if o.Events, err = w.Events(); err != nil || len(o.Apart) == 0 && len(o.Tags) == 0 && len(o.Filters) == 0 {
		return o, err
	}
	all, err := w.Dimensions()
	if err != nil {
		return o, err
	}
	o.Virtual, o.Apart = nil, slices.Clone(o.Apart)
	for _, v := range all {
		filters := slices.ContainsFunc(o.Filters, func(f analysis.Filter) bool { return f.Dimension == v.Dimension() })
		if filters || slices.ContainsFunc(o.Tags, func(tag string) bool { return strings.EqualFold(tag, v.Name) }) {
			o.Virtual = append(o.Virtual, v)
		}
	}
	for i, d := range o.Apart {
		name, ok := d.Virtual()
		if !ok {
			continue
		}
		var names []string
		found := false
		for _, v := range all {
			names = append(names, v.Name)
			if strings.EqualFold(v.Name, name) {
				found = true
				o.Apart[i] = v.Dimension()
				if !slices.ContainsFunc(o.Virtual, func(x usage.Virtual) bool { return x.Name == v.Name }) {
					o.Virtual = append(o.Virtual, v)
				}
			}
		}
		switch {
		case found:
		case len(all) == 0:
			return o, misuse.Of(fmt.Errorf("dimension %s: there is no file %s that says what it is; write it, with the columns dimension, "+
				"value and rule", name, w.Beside(DimensionsName)))
		default:
			return o, misuse.Of(fmt.Errorf("dimension %s: %s has none; it has %s", name, w.Beside(DimensionsName), strings.Join(names, ", ")))
		}
	}
	return o, nil
}

// Dimension finds the dimension that a word means: one that the program knows, or one that the
// file of dimensions makes.
func (w *Workspace) Dimension(word string) (usage.Dimension, error) {
	d, err := usage.ParseDimension(word)
	name, explicit := d.Virtual()
	if err == nil && !explicit {
		return d, nil
	}
	if !explicit {
		name = word
	}
	all, readErr := w.Dimensions()
	if readErr != nil {
		return d, readErr
	}
	for _, v := range all {
		if strings.EqualFold(v.Name, name) {
			return v.Dimension(), nil
		}
	}
	return d, err
}

// madeParts puts into a report what each value of the dimensions that people made costs, and
// how that changed.
func (s *Session) madeParts(ctx context.Context, o analysis.Options, r *analysis.Report) error {
	all, err := s.Dimensions()
	if err != nil || len(all) == 0 || len(r.Parts) == 0 {
		return err
	}
	o.Tags, o.Apart, o.Whose = nil, nil, false
	for _, v := range all {
		o.Apart = append(o.Apart, v.Dimension())
	}
	a, err := s.Analysis(ctx, o)
	if err != nil {
		return err
	}
	defer a.Close()
	parts, err := a.Made(ctx)
	if analysis.IsNothing(err) {
		return nil
	}
	for i := range r.Parts {
		of := parts[r.Parts[i].Currency]
		r.Parts[i].Movers = append(r.Parts[i].Movers, of.Movers...)
		r.Parts[i].Breakdowns = append(r.Parts[i].Breakdowns, of.Breakdowns...)
	}
	return err
}

// Apart returns those of dims by which an analysis must divide what it sees.
func Apart(dims []usage.Dimension) (out []usage.Dimension) {
	for _, d := range dims {
		if !d.InSums() && d != usage.Owner && !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out
}
