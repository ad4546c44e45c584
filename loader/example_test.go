package loader_test

import (
	"context"
	"fmt"
	"path/filepath"

	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/loader/file"
)

// A file is recognised by its header, and its total is known exactly.
func ExampleLoad() {
	ctx := context.Background()
	l, err := ledger.Open(ctx, "", ledger.Options{Create: true}) // in memory
	if err != nil {
		fmt.Println(err)
		return
	}
	defer l.Close()

	sources := map[string]loader.Source{"file": file.Source{}}
	results, err := loader.Load(ctx, l, sources, []string{"../testdata/usage/azure_account_v2"}, loader.Options{Now: fixedNow})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range results {
		fmt.Println(filepath.Base(r.Ref), r.Status, "as", r.Format, "for", r.Periods, r.Totals)
	}
	// Output:
	// 202607-v2.csv loaded as azure_account_v2 for [2026-07] map[EUR:677.77]
	// 202608-v2.csv loaded as azure_account_v2 for [2026-08] map[EUR:738.95]
	// 202609-v2.csv loaded as azure_account_v2 for [2026-09] map[EUR:885.75]
}
