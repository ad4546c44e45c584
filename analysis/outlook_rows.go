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
	recent, err := a.recent(ctx, f, pieces)
	if err != nil {
		return nil, err
	}
	s := newRowSplit(a, f, dims, recent)
	for _, p := range pieces {
		s.divide(p)
	}
	planned := map[string]usage.Decimal{}
	for _, p := range plans {
		k := rowKey(dims, p.dims)
		planned[k] = planned[k].Add(p.amount)
	}
	keys := map[string]bool{}
	for _, of := range []map[string]usage.Decimal{s.known, s.rest, planned} {
		for k := range of {
			keys[k] = true
		}
	}
	var out []OutlookRow
	var es []forecast.Estimate
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		out = append(out, OutlookRow{Values: strings.Split(k, "\x00"), Ending: Ending{
			Known: f.money(s.known[k]), Planned: f.money(planned[k]),
			Expected: f.money(s.known[k].Add(s.rest[k]).Add(planned[k])),
		}})
		es = append(es, forecast.Sum(s.whole[k]))
	}
	for i, b := range forecast.Bands(es) {
		of := s.whole[strings.Join(out[i].Values, "\x00")]
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

// A rowSplit divides pieces of the forecast, each of a service of an account, among rows.
type rowSplit struct {
	a      *Analysis
	f      *frame
	dims   []usage.Dimension
	known  map[string]usage.Decimal            // by row
	rest   map[string]usage.Decimal            // likewise, what is still to come
	whole  map[string][]forecast.Estimate      // likewise, the pieces that lie wholly in it
	parts  map[string]map[string]usage.Decimal // of a piece, by row: what it cost of late
	values map[string]string                   // of a piece: the row, which none of its parts says
}

// newRowSplit looks up what each series costs in the current period, and by recent cost of late.
func newRowSplit(a *Analysis, f *frame, dims []usage.Dimension, recent map[int64]usage.Decimal) *rowSplit {
	s := &rowSplit{
		a: a, f: f, dims: dims, known: map[string]usage.Decimal{}, rest: map[string]usage.Decimal{},
		whole: map[string][]forecast.Estimate{}, parts: map[string]map[string]usage.Decimal{}, values: map[string]string{},
	}
	pieceOf := func(of seriesInfo) string { return pieceKey(f.goesOnIn(of), of.dims[usage.Service]) }
	if len(a.options.Apart) > 0 {
		for _, id := range slices.Sorted(maps.Keys(f.infos)) {
			newest, _ := f.names.newest(f.infos[id].dims)
			s.values[pieceOf(f.infos[id])] = rowKey(dims, newest)
		}
	}
	goesOn := a.continued(f)
	share := func(id int64, cost usage.Decimal) {
		of := f.infos[cmp.Or(goesOn[id], id)]
		p := pieceOf(of)
		if s.parts[p] == nil {
			s.parts[p] = map[string]usage.Decimal{}
		}
		newest, _ := f.names.newest(of.dims)
		k := rowKey(dims, newest)
		s.parts[p][k] = s.parts[p][k].Add(cost)
	}
	for id, d := range f.sums[thisPeriod] {
		k := rowKey(dims, f.infos[id].dims)
		s.known[k] = s.known[k].Add(d)
		share(id, usage.Decimal{})
	}
	for id, d := range recent {
		share(id, d)
	}
	return s
}

// divide adds a piece to the rows that it lies in, by what their parts of it cost of late.
func (s *rowSplit) divide(p piece) {
	at := pieceKey(p.account, p.service)
	of := s.parts[at]
	keys := slices.Sorted(maps.Keys(of))
	if open := slices.DeleteFunc(slices.Clone(keys), func(k string) bool {
		return s.a.over(s.dims, strings.Split(k, "\x00"), p.Settled)
	}); len(open) > 0 {
		keys = open
	}
	if len(keys) == 0 {
		keys = []string{cmp.Or(s.values[at], rowKey(s.dims, usage.Series{usage.SubAccount: p.account, usage.Service: p.service}))}
	}
	if len(keys) == 1 {
		s.whole[keys[0]] = append(s.whole[keys[0]], p.estimate)
		s.rest[keys[0]] = s.rest[keys[0]].Add(p.rest)
		return
	}
	weights := make([]usage.Decimal, len(keys))
	any := false
	for i, k := range keys {
		if of[k].Sign() > 0 {
			weights[i], any = of[k], true
		}
		s.whole[k] = append(s.whole[k], forecast.Estimate{}) // a part of it: no range of its own
	}
	if !any {
		weights[0] = usage.DecimalOf(1)
	}
	for i, d := range inDigits(usage.Spread(p.rest, weights), usage.MinorDigits(s.f.cur.code)) {
		s.rest[keys[i]] = s.rest[keys[i]].Add(d)
	}
}

// rowKey is the values of a series in dims, as one text.
func rowKey(dims []usage.Dimension, of usage.Series) string {
	v := make([]string, len(dims))
	for i, d := range dims {
		v[i] = of[d]
	}
	return strings.Join(v, "\x00")
}

// pieceKey names a piece of the forecast.
func pieceKey(account, service string) string { return account + "\x00" + service }

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
