package engines

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"usagereport/analysis"
	"usagereport/engine"
	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/loader/file"
	"usagereport/rollup"
	"usagereport/usage"
)

// narrow says which charges an engine is to give of what a finding covers.
func narrow(c analysis.Covered, has []usage.Dimension, all bool) engine.Narrow {
	n := engine.Narrow{Days: c.Days, All: all}
	for _, d := range []usage.Dimension{usage.SubAccount, usage.Service} {
		n.Only = append(n.Only, engine.Only{Column: string(d), Values: c.Values(d)})
	}
	for _, d := range has {
		n.By = append(n.By, string(d))
		switch d {
		case usage.ResourceGroup:
			n.Only = append(n.Only, engine.Only{Column: string(d), Values: c.Values(d)})
		case usage.Meter:
			n.By = append(n.By, "ChargeDescription") // which stands for a meter that has no name
		}
	}
	return n
}

// Finer reads the charges that a finding covers by their resources, and by the dimensions that the ledger has,
// into a ledger in memory; all asks for them whatever their other columns are.
func Finer(ctx context.Context, source *engine.Source, c analysis.Covered, has []usage.Dimension, all bool,
	now func() time.Time,
) (_ *ledger.Ledger, err error) {
	f, err := os.CreateTemp(source.Dir, "usagereport-*.csv")
	if err != nil {
		return nil, fmt.Errorf("keep what is read of the resources: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = source.Finer(ctx, narrow(c, has, all), f)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	l, err := ledger.Open(ctx, "", ledger.Options{Create: true})
	if err != nil {
		return nil, err
	}
	results, err := loader.Load(ctx, l, map[string]loader.Source{"file": file.Source{}}, []string{f.Name()}, loader.Options{Now: now})
	for _, r := range results {
		if r.Status == loader.Refused {
			err = errors.Join(err, r.Err)
		}
	}
	if err == nil {
		err = rollup.RefreshDaily(ctx, l)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: read its resources: %w", source.Name(), err), l.Close())
	}
	return l, nil
}
