package loader

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"usagereport/usage"
)

// A kind is one of several quantities of a row, as the input and the output tokens
// of a model: a column, less another that the first one includes.
type kind struct{ name, of, less string }

// The names under which a SELECT finds a kind: what it is, and how much.
const (
	kindName  = "kind.name"
	kindValue = "kind.value"
)

var errKind = errors.New("is negative")

// kindColumns are the positions of a kind's columns, -1 for one that the file lacks.
type kindColumns struct {
	name     string
	of, less int
}

// kindsOf reads the directive kinds: "input_tokens - input_cached_tokens = input, …".
func kindsOf(value string) (out []kind, err error) {
	for _, text := range list(value) {
		columns, name, ok := strings.Cut(text, " = ")
		of, less, _ := strings.Cut(columns, " - ")
		k := kind{name: strings.TrimSpace(name), of: strings.TrimSpace(of), less: strings.TrimSpace(less)}
		if !ok || k.name == "" || k.of == "" {
			return nil, fmt.Errorf("kinds: %q is not COLUMN = NAME, or COLUMN - COLUMN = NAME", text)
		}
		out = append(out, k)
	}
	return out, nil
}

// kindColumns returns the columns that the kinds of f are read from.
func (f *Format) kindColumns() (out []string) {
	for _, k := range f.Kinds {
		for _, name := range []string{k.of, k.less} {
			if name != "" && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// kindsOf returns the charges that a record's quantities become, with the texts of the
// record and the name of the kind. What is zero becomes none.
func (s *scanner) kindsOf(fields int, day int64, c *counts) (out []charge, bad *Reject) {
	s.inMonth(day)
	of := c // what is counted of the texts is counted once
	for _, k := range s.kinds {
		var amount [2]usage.Decimal
		for i, at := range []int{k.of, k.less} {
			b := s.field(fields, at)
			d, rounded, empty, err := s.number(b)
			if err == nil && !empty && d.Sign() < 0 {
				err = errKind
			}
			if err == nil && d.Cmp(maxQuantity()) > 0 {
				err = errHuge
			}
			if err != nil {
				return nil, &Reject{Column: s.header[at], Value: shown(b), Reason: err.Error()}
			}
			if rounded {
				c.rounded++
			}
			amount[i] = d
		}
		left := amount[0].Sub(amount[1])
		switch left.Sign() {
		case 0:
			continue
		case -1:
			return nil, &Reject{
				Column: s.header[k.less], Value: shown(s.field(fields, k.less)),
				Reason: "is more than the column that includes it" + s.nameOf(k.of),
			}
		}
		key, bad := s.pack(fields, &credit{Name: k.name}, of)
		of = &counts{}
		if bad != nil {
			return nil, bad
		}
		out = append(out, charge{key, left})
	}
	c.credits += int64(len(out)) - 1
	return out, nil
}

// nameOf returns the name of a column behind a comma, "" for one that the file lacks.
func (s *scanner) nameOf(at int) string {
	if at < 0 {
		return ""
	}
	return ", " + s.header[at]
}
