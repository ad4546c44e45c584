package main

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/spf13/pflag"

	"usagereport/analysis"
)

// describeOutlook says a forecast in sentences.
func describeOutlook(l analysis.Outlook) (out []string) {
	if !l.Refusal.Empty() {
		return []string{l.Currency + ": " + l.Refusal.String()}
	}
	s := l.Period.Name + " (" + l.Period.Span.String() + ", " + string(l.Period.State) + ", data to " + l.Period.Reach.String() + "): " +
		rounded(l.End.Known) + " " + l.Currency + " so far, about " + rounded(l.End.Expected) + " at its end; "
	if r := l.End.Range; r != nil {
		s += fmt.Sprintf("four times out of five %s to %s, nineteen times out of twenty %s to %s, by the errors in %d earlier periods",
			rounded(r.Low80), rounded(r.High80), rounded(r.Low95), rounded(r.High95), r.Months)
	} else {
		s += "too little history for an interval: load earlier periods"
	}
	out = append(out, s)
	for _, x := range l.Plans {
		out = append(out, "planned: "+describePlan(x))
	}
	for _, e := range l.Later() {
		s := "after the period: " + cmp.Or(e.Name, e.ID) + " ends on " + e.Last.String()
		if e.More != nil {
			s += "; what it covers costs " + rounded(*e.More) + " " + e.More.Currency + " more a day from then on"
		}
		out = append(out, s)
	}
	for _, t := range slices.Concat(l.Arrived, l.Warnings) {
		out = append(out, t.String())
	}
	for _, t := range l.Past {
		s := fmt.Sprintf("on this day of %s: said %s, became %s", t.Period, rounded(t.Said), rounded(t.Became))
		if t.Percent != nil {
			s += fmt.Sprintf(" (%+.1f %%)", *t.Percent)
		}
		out = append(out, s)
	}
	return out
}

// describePlan says a plan and what the forecast holds of it.
func describePlan(x analysis.PlannedChange) string {
	s := rounded(x.Amount) + " " + x.Amount.Currency
	switch {
	case x.Per == analysis.Once:
		s += " once on " + x.From.String()
	case x.To != 0:
		s += fmt.Sprintf(" a %s from %s to %s", x.Per, x.From, x.To)
	default:
		s += fmt.Sprintf(" a %s from %s", x.Per, x.From)
	}
	if x.Scope != "" {
		s += ", " + x.Scope
	}
	if x.Note != "" {
		s += " (" + x.Note + ")"
	}
	return s + ": " + rounded(x.Counted) + " in the days to come"
}

// addPlansFlag adds the flag --plans to a command that foretells.
func addPlansFlag(f *pflag.FlagSet, path *string) {
	f.StringVar(path, "plans", "", "CSV `FILE` of known changes to come: from,to,scope,amount,per,note (docs/forecast.md)")
}
