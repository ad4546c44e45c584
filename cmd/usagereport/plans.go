package main

import (
	"fmt"
	"os"

	"github.com/spf13/pflag"

	"usagereport/analysis"
)

// addPlansFlag adds the flag --plans to a command that foretells.
func addPlansFlag(f *pflag.FlagSet, path *string) {
	f.StringVar(path, "plans", "", "CSV `FILE` of known changes to come: from,to,scope,amount,per,note (docs/forecast.md)")
}

// readPlans reads the file of --plans, if there is one.
func readPlans(path string) ([]analysis.Plan, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("--plans: %w", err)
	}
	defer f.Close()
	plans, err := analysis.ReadPlans(path, f)
	if err != nil {
		return nil, fmt.Errorf("--plans: %w", err)
	}
	return plans, nil
}
