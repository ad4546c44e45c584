package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/pflag"

	"usagereport/analysis"
	"usagereport/internal/misuse"
	"usagereport/usage"
)

// choosing is what flags say of the days that a command is about: a bill, a calendar month,
// any days, or a span like the current week.
type choosing struct{ period, month, from, to, span string }

func (c *choosing) addFlags(f *pflag.FlagSet) {
	f.StringVar(&c.period, "period", "", "billing period by its `NAME` (2018-07), current or last, or any days: 2026-Q3, 2026, "+
		"2026-07-01..2026-08-15 (default current)")
	f.StringVar(&c.month, "month", "", "calendar `MONTH` (2018-07), current or last: charges by day, not by bill")
	f.StringVar(&c.from, "from", "", "first `DATE` of any days, with --to: charges by day, not by bill")
	f.StringVar(&c.to, "to", "", "last `DATE` of them")
	f.StringVar(&c.span, "span", "", "the `SPAN` that holds the last day with usage; with --period last the newest that has ended, with "+
		"--period DATE that with this day: week, month, quarter or fiscal-year (fiscal_year_begins in usagereport.yaml)")
}

// isSet reports whether any of the flags is given.
func (c choosing) isSet() bool { return c != choosing{} }

// options reads the flags.
func (c choosing) options(g *globals) (o analysis.Options, err error) {
	if o, err = g.work.Options(c.period, c.month); err != nil {
		return o, err
	}
	switch days := c.from != "" || c.to != ""; {
	case c.span != "" && (days || c.month != ""):
		return o, misuse.Of(errors.New("--span: chooses the days; leave out --month, --from and --to"))
	case c.span != "":
		if o.Span = analysis.Span(c.span); !slices.Contains(analysis.Spans(), o.Span) {
			return o, misuse.Of(fmt.Errorf("--span %s: use week, month, quarter or fiscal-year", c.span))
		}
	case !days:
	case c.period != "" || c.month != "":
		return o, misuse.Of(errors.New("--from and --to: choose the days; leave out --period and --month"))
	case c.from == "" || c.to == "":
		return o, misuse.Of(errors.New("--from and --to: give both, the first and the last day"))
	default:
		o.Days, err = daysBetween(c.from, c.to)
	}
	return o, err
}

func daysBetween(from, to string) (p usage.Period, err error) {
	first, err := usage.ParseDay(from)
	if err != nil {
		return p, misuse.Of(fmt.Errorf("--from: %w", err))
	}
	last, err := usage.ParseDay(to)
	if err != nil {
		return p, misuse.Of(fmt.Errorf("--to: %w", err))
	}
	if p, err = usage.DaysFrom(first, last); err != nil {
		return p, misuse.Of(fmt.Errorf("--from and --to: %w", err))
	}
	return p, nil
}
