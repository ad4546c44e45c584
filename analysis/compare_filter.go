package analysis

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"usagereport/internal/nearest"
	"usagereport/usage"
)

// A Filter takes the charges that have a value of a dimension: the id, or the name
// that people know it by if only one thing has it. The value "" takes the charges
// that have none.
type Filter struct {
	Dimension usage.Dimension
	Value     string
}

// An unknownValueError says that no charge has a filter's value.
type unknownValueError struct {
	Filter
	near []string
	to   string // the currency to which all is converted; "" where nothing is
}

// An unknownCurrencyError says that no charge is in a currency, and none can be converted to it.
type unknownCurrencyError struct{ text string }

func (e *unknownCurrencyError) Error() string { return e.text }

// IsUnknownValue reports whether err says that no charge has a filter's value, or is in the currency.
func IsUnknownValue(err error) bool {
	value, currency := (*unknownValueError)(nil), (*unknownCurrencyError)(nil)
	return errors.As(err, &value) || errors.As(err, &currency)
}

func (e *unknownValueError) Error() string {
	s := fmt.Sprintf("filter %s=%s: no charge has this value", e.Dimension, e.Value)
	if e.to != "" {
		s = fmt.Sprintf("filter %s=%s: no charge that has a rate to %s has this value", e.Dimension, e.Value, e.to)
	}
	if len(e.near) > 0 {
		s += "; near it are " + strings.Join(e.near, ", ")
	}
	return s
}

// keeps returns what says whether a series has one of the values of each dimension
// that fs name.
func (f *frame) keeps(fs []Filter) (func(seriesInfo) bool, error) {
	wanted := map[usage.Dimension]map[string]bool{}
	for _, filter := range fs {
		ids, err := f.idsOf(filter)
		if err != nil {
			return nil, err
		}
		if wanted[filter.Dimension] == nil {
			wanted[filter.Dimension] = map[string]bool{}
		}
		for _, id := range ids {
			wanted[filter.Dimension][id] = true
		}
	}
	return func(s seriesInfo) bool {
		for d, ids := range wanted {
			if !ids[s.dims[d]] {
				return false
			}
		}
		return true
	}, nil
}

// idsOf returns the values that filter means: those that differ from its text in
// case only, else the one thing of that name.
func (f *frame) idsOf(filter Filter) ([]string, error) {
	names := map[string]string{} // by id
	for _, s := range f.infos {
		id := s.dims[filter.Dimension]
		names[id] = ""
		if id != "" {
			names[id], _ = f.labels.label(filter.Dimension, id)
		}
	}
	return meant(filter, names)
}

// meant returns the values that filter means, of those there are, each with what it is called.
func meant(filter Filter, names map[string]string) ([]string, error) {
	var exact, named []string
	for _, id := range slices.Sorted(maps.Keys(names)) {
		switch {
		case strings.EqualFold(id, filter.Value):
			exact = append(exact, id)
		case id != "" && strings.EqualFold(names[id], filter.Value):
			named = append(named, id)
		}
	}
	switch {
	case len(exact) > 0:
		return exact, nil
	case len(named) == 1:
		return named, nil
	case len(named) > 1:
		return nil, fmt.Errorf("filter %s=%s: %d have this name; give the id: %s", filter.Dimension, filter.Value, len(named),
			strings.Join(named, ", "))
	}
	return nil, &unknownValueError{Filter: filter, near: near(filter.Value, slices.Sorted(maps.Values(names)))}
}

// near returns up to three of the values that look most like text.
func near(text string, values []string) []string {
	type candidate struct {
		value string
		edits int
	}
	var found []candidate
	text = strings.ToLower(text)
	for _, v := range slices.Compact(values) {
		low := strings.ToLower(v)
		n := nearest.Distance(text, low)
		if text != "" && v != "" && (strings.Contains(low, text) || n <= max(2, len(text)/3)) {
			found = append(found, candidate{v, n})
		}
	}
	slices.SortStableFunc(found, func(x, y candidate) int { return cmp.Compare(x.edits, y.edits) })
	var out []string
	for _, c := range found[:min(3, len(found))] {
		out = append(out, c.value)
	}
	return out
}
