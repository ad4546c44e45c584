package analysis

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strings"

	"usagereport/ledger"
	"usagereport/usage"
)

// A seriesInfo is a series of the ledger: the finest grain of the daily sums.
type seriesInfo struct {
	id       int64
	dims     usage.Series
	unit     string
	category string       // ChargeCategory
	name     string       // of the resource
	of       string       // the account
	apart    string       // the owner, and the values of the other dimensions that divide series
	cost     float64      // of all days, refunds counted as cost
	days     usage.Period // from the first with a charge to the last
}

func (s seriesInfo) account() string { return s.of }

// accountOf returns the subscription, or the billing account of what belongs to
// none.
func accountOf(dims usage.Series) string {
	if v := dims[usage.SubAccount]; v != "" {
		return v
	}
	return dims[usage.BillingAccount]
}

func (a *Analysis) series(ctx context.Context, cur string) (map[int64]seriesInfo, error) {
	out := map[int64]seriesInfo{}
	names := map[string]string{} // but for resources', which are each its own
	err := a.ask(ctx, "series", func(r row) error {
		var s seriesInfo
		var owner string
		v := make([]string, 7)
		if err := r.Scan(&s.id, &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &s.unit, &s.category, &s.name, &owner, &s.cost,
			ledger.DayOf(&s.days.From), ledger.DayOf(&s.days.To)); err != nil {
			return err
		}
		s.days.To++
		s.dims = usage.Series{}
		for i, d := range usage.Dimensions() {
			if d != usage.Resource {
				v[i] = once(names, v[i])
			}
			s.dims[d] = v[i]
		}
		s.of = accountOf(s.dims)
		s.unit, s.category, owner = once(names, s.unit), once(names, s.category), once(names, owner)
		s.apart = owner
		if len(a.options.Apart) > 0 {
			var values []string
			if err := json.Unmarshal([]byte(owner), &values); err != nil {
				return fmt.Errorf("read the values of %v: %w", a.options.Apart, err)
			}
			owner = values[0]
			for i, d := range a.options.Apart {
				s.dims[d] = values[i+1]
			}
		}
		if owner != "" {
			s.dims[usage.Owner] = owner
		}
		out[s.id] = s
		return nil
	}, sql.Named("currency", cur))
	if len(out) >= manySeries {
		spare()
	}
	return out, err
}

// manySeries is from how many series on memory counts for more than time.
const manySeries = 50_000

// spare lets Go have two fifths as much garbage as there is in use, not as much again, unless another part was
// chosen (GOGC).
func spare() {
	if was := debug.SetGCPercent(40); was != 100 {
		debug.SetGCPercent(was)
	}
}

// once returns s as it is in known, so that what is read again takes no memory of its own.
func once(known map[string]string, s string) string {
	if t, ok := known[s]; ok {
		return t
	}
	known[s] = s
	return s
}

// sums are costs by comparison and series; -1 stands for all series of a comparison
// of which only the total is known.
type sums map[windowKey]map[int64]usage.Decimal

func (s sums) total(k windowKey) (t usage.Decimal) {
	for _, d := range s[k] {
		t = t.Add(d)
	}
	return t
}

// fillWindows lets statements be asked about ws, by the temporary table windows.
func (a *Analysis) fillWindows(ctx context.Context, ws []window) error {
	if a.seat != nil {
		a.seat.hold(ws)
		return nil
	}
	return fillWindows(ctx, a.conn, "windows", make([]int64, len(ws)), ws)
}

// fillWindows puts ws into a temporary table, each with the number of the owner whose they are.
func fillWindows(ctx context.Context, conn *sql.Conn, table string, parts []int64, ws []window) error {
	ks, accounts, periods := make([]int64, len(ws)), make([]string, len(ws)), make([]string, len(ws))
	from, end, to := make([]int64, len(ws)), make([]int64, len(ws)), make([]int64, len(ws))
	for i, w := range ws {
		ks[i], accounts[i], periods[i] = int64(w.k), w.account, w.period
		from[i], end[i], to[i] = int64(w.span.From), int64(w.span.To), int64(w.to)
	}
	_, err := conn.ExecContext(ctx, strings.ReplaceAll(text("windows"), "{windows}", table), sql.Named("parts", parts), sql.Named("ks", ks),
		sql.Named("accounts", accounts), sql.Named("periods", periods), sql.Named("from", from), sql.Named("end", end), sql.Named("to", to))
	if err != nil {
		return fmt.Errorf("%s: %w", table, err)
	}
	return nil
}

// sums adds up the charges of ws by comparison, and by series in those that each
// names.
func (a *Analysis) sums(ctx context.Context, cur currency, ws []window, each ...windowKey) (sums, error) {
	if err := a.fillWindows(ctx, ws); err != nil {
		return nil, err
	}
	bySeries := make([]int64, len(each))
	for i, k := range each {
		bySeries[i] = int64(k)
	}
	out := sums{}
	err := a.ask(ctx, "sums", func(r row) error {
		var k windowKey
		var id int64
		var d usage.Decimal
		if err := r.Scan(&k, &id, ledger.Amount(&d)); err != nil {
			return err
		}
		if out[k] == nil {
			out[k] = map[int64]usage.Decimal{}
		}
		out[k][id] = d
		return nil
	}, sql.Named("currency", cur.code), sql.Named("amortized", cur.amortized), sql.Named("windows", bySeries))
	return out, err
}
