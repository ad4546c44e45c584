package workspace

import (
	"context"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// Compare compares what o chooses by co, and says what is converted for it.
func (s *Session) Compare(ctx context.Context, o analysis.Options, co analysis.CompareOptions) ([]analysis.Comparison, error) {
	a, err := s.Analysis(ctx, o)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	cs, err := a.Compare(ctx, co)
	if err != nil || !o.Convert || len(cs) == 0 {
		return cs, err
	}
	texts, err := s.convertedOf(ctx, a, o, co.Filters)
	if err != nil {
		return nil, err
	}
	cs[0].Warnings = append(texts, cs[0].Warnings...)
	return cs, nil
}

// convertedOf says what is converted of what filters take of all, which sees what o says.
func (s *Session) convertedOf(ctx context.Context, all *analysis.Analysis, o analysis.Options,
	filters []analysis.Filter,
) ([]locale.Text, error) {
	if len(filters) == 0 {
		return all.Converted(ctx)
	}
	o.Apart, o.ByOwner, o.Filters = nil, false, nil
	owned := 0
	for _, f := range filters {
		if f.Dimension != usage.Owner {
			o.Filters = append(o.Filters, f)
			continue
		}
		o.Owner = f.Value
		owned++
	}
	if owned < 2 && (owned == 0 || o.Owner != "") {
		part, err := s.Analysis(ctx, o)
		if err != nil {
			return nil, err
		}
		defer part.Close()
		texts, err := part.Converted(ctx)
		if err == nil || !analysis.IsNothing(err) {
			return texts, err
		}
	}
	texts, err := all.Converted(ctx) // of several owners, or of none, the sums are not made
	for i, t := range texts {
		texts[i] = locale.T("of all charges: %s", t)
	}
	return texts, err
}
