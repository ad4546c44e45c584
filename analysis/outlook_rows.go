package analysis

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"

	"usagereport/analysis/forecast"
	"usagereport/ledger"
	"usagereport/usage"
)

// outlookRows divides the forecast by dims.
func (a *Analysis) outlookRows(ctx context.Context, f *frame, dims []usage.Dimension, pieces []piece,
	plans []plannedPart,
) ([]OutlookRow, error) {
	if len(dims) == 0 {
		return nil, nil
	}
	key := func(of usage.Series) string {
		v := make([]string, len(dims))
		for i, d := range dims {
			v[i] = of[d]
		}
		return strings.Join(v, "\x00")
	}
	known, rest := map[string]usage.Decimal{}, map[string]usage.Decimal{}
	parts := map[string]map[string]usage.Decimal{} // of a piece, by row: what it cost of late
	whole := map[string][]forecast.Estimate{}      // the pieces that lie wholly in a row
	pieceOf := func(s seriesInfo) string { return f.now(s.account()) + "\x00" + s.dims[usage.Service] }
	goesOn := a.continued(f)
	share := func(id int64, cost usage.Decimal) {
		s := f.infos[cmp.Or(goesOn[id], id)]
		p := pieceOf(s)
		if parts[p] == nil {
			parts[p] = map[string]usage.Decimal{}
		}
		dims, _ := f.names.newest(s.dims)
		k := key(dims)
		parts[p][k] = parts[p][k].Add(cost)
	}
	values := map[string]string{} // of a piece, which none of its parts says
	if len(a.options.Apart) > 0 {
		for _, id := range slices.Sorted(maps.Keys(f.infos)) {
			dims, _ := f.names.newest(f.infos[id].dims)
			values[pieceOf(f.infos[id])] = key(dims)
		}
	}
	for id, d := range f.sums[thisPeriod] {
		k := key(f.infos[id].dims)
		known[k] = known[k].Add(d)
		share(id, usage.Decimal{})
	}
	recent, err := a.recent(ctx, f, pieces)
	if err != nil {
		return nil, err
	}
	for id, d := range recent {
		share(id, d)
	}
	planned := map[string]usage.Decimal{}
	for _, p := range plans {
		k := key(p.dims)
		planned[k] = planned[k].Add(p.amount)
	}
	for _, p := range pieces {
		of := parts[p.account+"\x00"+p.service]
		keys := slices.Sorted(maps.Keys(of))
		if open := slices.DeleteFunc(slices.Clone(keys), func(k string) bool {
			return a.over(dims, strings.Split(k, "\x00"), p.Settled)
		}); len(open) > 0 {
			keys = open
		}
		if len(keys) == 0 {
			keys = []string{cmp.Or(values[p.account+"\x00"+p.service], key(usage.Series{usage.SubAccount: p.account, usage.Service: p.service}))}
		}
		if len(keys) == 1 {
			whole[keys[0]] = append(whole[keys[0]], p.estimate)
			rest[keys[0]] = rest[keys[0]].Add(p.rest)
			continue
		}
		weights := make([]usage.Decimal, len(keys))
		any := false
		for i, k := range keys {
			if of[k].Sign() > 0 {
				weights[i], any = of[k], true
			}
			whole[k] = append(whole[k], forecast.Estimate{}) // a part of it: no range of its own
		}
		if !any {
			weights[0] = usage.DecimalOf(1)
		}
		for i, d := range inDigits(usage.Spread(p.rest, weights), usage.MinorDigits(f.cur.code)) {
			rest[keys[i]] = rest[keys[i]].Add(d)
		}
	}
	keys := map[string]bool{}
	for k := range known {
		keys[k] = true
	}
	for k := range rest {
		keys[k] = true
	}
	for k := range planned {
		keys[k] = true
	}
	var out []OutlookRow
	var es []forecast.Estimate
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		row := OutlookRow{Values: strings.Split(k, "\x00"), Ending: Ending{
			Known: f.money(known[k]), Planned: f.money(planned[k]),
			Expected: f.money(known[k].Add(rest[k]).Add(planned[k])),
		}}
		out = append(out, row)
		es = append(es, forecast.Sum(whole[k]))
	}
	for i, b := range forecast.Bands(es) {
		of := whole[strings.Join(out[i].Values, "\x00")]
		divided := slices.ContainsFunc(of, func(e forecast.Estimate) bool { return e.Past == nil })
		if len(of) > 0 && !divided {
			out[i].Range = f.rangeOf(out[i].Known.Add(out[i].Planned).Amount, out[i].Expected.Amount, b)
		}
	}
	slices.SortStableFunc(out, func(x, y OutlookRow) int {
		return cmp.Or(y.Expected.Amount.Cmp(x.Expected.Amount), slices.Compare(x.Values, y.Values))
	})
	return out, nil
}

// continued returns, of each series that goes on under another value of a dimension that people made
// once its own has ended, the newest such: what is still to come is its.
func (a *Analysis) continued(f *frame) map[int64]int64 {
	if len(a.options.Apart) == 0 {
		return nil
	}
	alike := map[string][]seriesInfo{}
	for _, id := range slices.Sorted(maps.Keys(f.infos)) {
		s := f.infos[id]
		text := s.category + "\x00" + s.unit + "\x00" + s.name
		for _, d := range usage.Dimensions() {
			text += "\x00" + s.dims[d]
		}
		alike[text] = append(alike[text], s)
	}
	out := map[int64]int64{}
	for _, all := range alike {
		newest := slices.MaxFunc(all, func(x, y seriesInfo) int { return cmp.Compare(x.days.From, y.days.From) })
		for _, s := range all {
			if s.days.To <= newest.days.From {
				out[s.id] = newest.id
			}
		}
	}
	return out
}

// over reports whether all rules of people's own dimensions that give one of these values ended
// before a day.
func (a *Analysis) over(dims []usage.Dimension, values []string, day usage.Day) bool {
	for _, v := range a.options.Virtual {
		i := slices.Index(dims, v.Dimension())
		if i < 0 {
			continue
		}
		of := slices.DeleteFunc(slices.Clone(v.Rules), func(r usage.OwnerRule) bool { return r.Owner != values[i] })
		if len(of) > 0 && !slices.ContainsFunc(of, func(r usage.OwnerRule) bool { return r.Within().To > day }) {
			return true
		}
	}
	return false
}

// recentDays is how long a part's cost counts when its service is divided.
const recentDays = 28

// recent returns what each series cost in the last weeks before the first piece is
// unsettled.
func (a *Analysis) recent(ctx context.Context, f *frame, pieces []piece) (map[int64]usage.Decimal, error) {
	to := f.period(nil).Span.To
	for _, p := range pieces {
		to = min(to, p.Settled)
	}
	out := map[int64]usage.Decimal{}
	err := a.query(ctx, "recent", func(r *sql.Rows) error {
		var id int64
		var d usage.Decimal
		if err := r.Scan(&id, ledger.Amount(&d)); err != nil {
			return err
		}
		out[id] = d
		return nil
	}, sql.Named("currency", f.cur.code), sql.Named("first", (to-recentDays).Time()), sql.Named("end", to.Time()),
		sql.Named("amortized", f.cur.amortized))
	return out, err
}
