package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"usagereport/analysis"
)

func (o *anomaliesOptions) addFlags(f *pflag.FlagSet) {
	o.choosing.addFlags(f)
	addOwnerFlag(f, &o.owner)
	addSensitivityFlag(f, &o.sensitivity)
	addCostFlag(f, &o.cost)
	addTagsFlag(f, &o.tags)
	addFilterFlag(f, &o.filters)
}

func addTagsFlag(f *pflag.FlagSet, keys *[]string) {
	f.StringSliceVar(keys, "tags", nil, "group findings by a tag, by its `KEY`; several with commas")
}

func addSensitivityFlag(f *pflag.FlagSet, s *string) {
	f.StringVar(s, "sensitivity", "normal", "`HOW` sensitive: low, normal or high (high reports smaller changes)")
}

// sensitive sets what the flag says in o.
func sensitive(o *analysis.Options, flag string) (err error) {
	if o.Sensitivity, err = analysis.ParseSensitivity(flag); err != nil {
		return usageError{fmt.Errorf("--sensitivity: %w", err)}
	}
	return nil
}

// asked reads what the flags choose.
func (o anomaliesOptions) asked(g *globals) (ao analysis.Options, err error) {
	if ao, err = o.options(g); err != nil {
		return ao, err
	}
	if ao.Cost, err = costOf(o.cost); err != nil {
		return ao, err
	}
	if err := sensitive(&ao, o.sensitivity); err != nil {
		return ao, err
	}
	ao.Tags, ao.Owner, ao.Whose = o.tags, o.owner, true
	ao.Filters, err = partOf(g, o.filters, "")
	return ao, err
}

func addOwnerFlag(f *pflag.FlagSet, name *string) {
	f.StringVar(name, "owner", "", "only what is this owner's, by its `NAME` in the owners file")
}
