package analysis_test

import (
	"context"
	"fmt"
	"time"

	"usagereport/analysis"
	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/loader/file"
	"usagereport/rollup"
)

// From files to a report's figures: load them, add them up, ask.
func ExampleNew() {
	ctx := context.Background()
	l, err := ledger.Open(ctx, "", ledger.Options{Create: true}) // in memory
	if err != nil {
		fmt.Println(err)
		return
	}
	defer l.Close()
	now := func() time.Time { return time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC) }
	sources := map[string]loader.Source{"file": file.Source{}}
	if _, err := loader.Load(ctx, l, sources, []string{"../testdata/usage/azure_account_v2"}, loader.Options{Now: now}); err != nil {
		fmt.Println(err)
		return
	}
	if err := rollup.RefreshDaily(ctx, l); err != nil {
		fmt.Println(err)
		return
	}

	a, err := analysis.New(ctx, l, analysis.Options{Period: "current"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer a.Close()
	r, err := a.Report(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range r.Parts {
		fmt.Println(p.Period.Name, p.Period.State, p.Total.Text(), p.Currency)
	}
	// Output:
	// 2026-09 open 885.75 EUR
}
