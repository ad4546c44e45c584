package analysis

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"maps"
	"math"
	"slices"

	"usagereport/ledger"
	"usagereport/usage"
)

// maxMoved is how many days a finding's start may be restated and still be the
// same finding.
const maxMoved = 7

// seriesOf names what befell f, whenever it did. What others have a part in is
// another thing in an owner's report; what one owner has all of is the same in the report on everything.
func (a *Analysis) seriesOf(f *Finding) string {
	series := f.Currency + " " + string(f.Direction) + " " + f.Scope.Key()
	if owner := cmp.Or(a.options.Owner, f.wholly); owner != "" && f.Scope[usage.Resource] == "" {
		series += " " + owner
	}
	if f.Metric != "" {
		series += fmt.Sprintf("\nunit %q", f.Metric)
	}
	if f.Scope[usage.Resource] == "" {
		for _, x := range a.filtered {
			series += fmt.Sprintf("\n%s=%q", x.Dimension, x.Value)
		}
	}
	return series
}

// name gives findings their ids: the one under which the ledger knows them, or
// a new one, which it keeps.
// The same found in the currency of the bill has that id.
func (a *Analysis) name(ctx context.Context, f *frame, fs []Finding) error {
	billed, err := a.billedAlone(ctx, f, fs)
	if err != nil {
		return err
	}
	told, err := a.ledger.ToldFindings(ctx)
	if err != nil {
		return err
	}
	known := map[string][]ledger.ToldFinding{}
	taken := map[string]ledger.ToldFinding{}
	for _, t := range told {
		known[t.Series] = append(known[t.Series], t)
		taken[t.ID] = t
	}
	var fresh ledger.Notes
	used := map[string]bool{}
	natives, series := slices.Clone(fs), make([]string, len(fs))
	for i := range fs {
		if billed[i] != "" {
			// What it costs in that is not known here; who looks without converting keeps it.
			natives[i].Currency, natives[i].Impact = billed[i], usage.Money{}
		}
		series[i] = a.seriesOf(&natives[i])
	}
	ids := again(fs, series, known)
	a.before(natives, ids, known)
	for i, id := range ids {
		f, native, series := &fs[i], natives[i], series[i]
		if f.ID = id; id == "" {
			sum := sha256.Sum256([]byte(series + f.Start.String()))
			text := base32.StdEncoding.EncodeToString(sum[:])
			for n := 6; f.ID == "" || taken[f.ID].ID != "" || used[f.ID]; n++ {
				f.ID = "F-" + text[:n]
			}
		}
		used[f.ID] = true
		now := ledger.ToldFinding{
			ID: f.ID, Series: series, Kind: f.Kind, Direction: f.Direction, Currency: native.Currency, Start: f.Start,
			End: f.End, Impact: native.Impact.Amount,
		}
		if now != taken[f.ID] && (billed[i] == "" || taken[f.ID].ID == "") {
			fresh.Findings = append(fresh.Findings, now)
		}
	}
	return a.ledger.Remember(ctx, fresh)
}

// again returns the ids under which fs, each of a series, were told before; "" for what was not. Of findings that overlap, like
// a rise and another on top of it, each has the one that began nearest to it.
func again(fs []Finding, series []string, told map[string][]ledger.ToldFinding) []string {
	ids := make([]string, len(fs))
	used := map[string]bool{}
	for _, overlap := range []bool{false, true} {
		for i := range fs {
			if ids[i] != "" {
				continue
			}
			f, best := &fs[i], usage.Day(math.MaxInt32)
			for _, t := range told[series[i]] {
				apart := max(f.Start-t.Start, t.Start-f.Start)
				same := apart <= maxMoved || overlap && f.Start <= t.End && t.Start <= f.End
				if same && apart < best && !used[t.ID] {
					ids[i], best = t.ID, apart
				}
			}
			used[ids[i]] = true
		}
	}
	return ids
}

// before gives findings that have no id yet those under which they were told otherwise: new prices while their days
// were too few to name the service or the meter, and what one owner has all of when nobody had it.
func (a *Analysis) before(fs []Finding, ids []string, told map[string][]ledger.ToldFinding) {
	for i := range fs {
		if ids[i] != "" {
			continue
		}
		names := a.beforeItsMeter(&fs[i])
		if unowned := fs[i]; unowned.wholly != "" {
			unowned.wholly = ""
			names = append(names, a.seriesOf(&unowned))
		}
		for _, series := range names {
			at := slices.IndexFunc(told[series], func(t ledger.ToldFinding) bool {
				return t.Start == fs[i].Start && !slices.Contains(ids, t.ID)
			})
			if at >= 0 {
				ids[i] = told[series][at].ID
				break
			}
		}
	}
}

// beforeItsMeter returns the series under which a new price may have been told before its meter, or the service of several in a group,
// was named: of the same place without the meter, of a group, of a resource. There are none of another finding.
func (a *Analysis) beforeItsMeter(x *Finding) (out []string) {
	if x.Kind != usage.KindPrice {
		return nil
	}
	add := func(scope usage.Series, dims ...usage.Dimension) {
		whole := *x
		whole.Scope = maps.Clone(scope)
		maps.DeleteFunc(whole.Scope, func(d usage.Dimension, value string) bool { return value == "" || !slices.Contains(dims, d) })
		if series := a.seriesOf(&whole); len(whole.Scope) > 0 && !slices.Contains(out, series) {
			out = append(out, series)
		}
	}
	add(x.Scope, slices.DeleteFunc(slices.Collect(maps.Keys(x.Scope)), func(d usage.Dimension) bool { return d == usage.Meter })...)
	if x.Scope[usage.Resource] == "" {
		for _, d := range x.Drivers {
			add(d.Scope, usage.SubAccount, usage.ResourceGroup)
			add(d.Scope, usage.SubAccount, usage.ResourceGroup, usage.Service)
		}
		for _, d := range x.Drivers {
			add(d.Scope, usage.SubAccount, usage.ResourceGroup, usage.Service, usage.Resource)
		}
	}
	return out
}
