package analysis

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"

	"usagereport/analysis/forecast"
	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/usage"
)

// An Outlook says where an open period ends, in one currency.
type Outlook struct {
	Currency string
	Period   PeriodInfo
	Refusal  locale.Text // why there is no forecast; empty where there is one
	End      Ending      // of the whole bill
	Rows     []OutlookRow
	Past     []TrackRecord   // newest first
	Plans    []PlannedChange // that concern it
	Arrived  []locale.Text   // how much of the last days is known, a sentence each
	Warnings []locale.Text
	after    pace
	later    []CommitmentEnd
}

// Later are the commitments that end after the period, the first to end first, as far as a file says it.
func (o Outlook) Later() []CommitmentEnd { return o.later }

// A pace is how a bill goes on after its end: what usage costs a day, and what falls due each
// time.
type pace struct{ day, bill float64 }

// An Ending is what is known of a period and where it ends. Expected minus Known
// is what is still to come.
type Ending struct {
	Known    usage.Money
	Planned  usage.Money // part of what is still to come: what plans add to it
	Expected usage.Money
	Range    *Range // nil with too little history
}

// A Range holds the end four times out of five, and nineteen times out of twenty.
type Range struct {
	Low80, High80, Low95, High95 usage.Money
	Months                       int // earlier periods it rests on
}

// An OutlookRow is one combination of dimension values. Known and Expected of
// all rows add up to the bill's.
type OutlookRow struct {
	Values []string
	Ending
}

// A TrackRecord is what would have been said at the same day of an earlier
// period, and what the period became.
type TrackRecord struct {
	Period       string
	Span         usage.Period
	Said, Became usage.Money
	Percent      *float64 // Said minus Became in percent of Became; nil where that is not positive
}

// maxTrack is how many earlier periods the track record has.
const maxTrack = 6

// Outlooks foretells the end of the period that the options name, by the
// dimensions dims, largest first. A period that is not open is refused in the
// answer.
func (a *Analysis) Outlooks(ctx context.Context, dims []usage.Dimension) ([]Outlook, error) {
	currencies, err := a.currencies(ctx)
	if err != nil {
		return nil, err
	}
	var out []Outlook
	for _, cur := range currencies {
		f, err := a.frameOf(ctx, cur, thisPeriod, wholePeriod(1), lastBills)
		if absent := (*AbsentError)(nil); len(currencies) > 1 && errors.As(err, &absent) { // a currency need not occur in the period
			out = append(out, Outlook{Currency: cur.code, Refusal: absent.Text})
			continue
		}
		if err != nil {
			return nil, err
		}
		o, err := a.outlook(ctx, f, dims)
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

// A piece is an account's use of a service: what is forecast by itself.
type piece struct {
	account, service string
	reach            usage.Day // where the account's data end
	forecast.Component
	estimate forecast.Estimate
	rest     usage.Decimal // Rest, in the currency's minor digits
}

func (a *Analysis) outlook(ctx context.Context, f *frame, dims []usage.Dimension) (Outlook, error) {
	accounts := f.accounts()
	known := f.money(f.sums.total(thisPeriod))
	out := Outlook{Currency: f.cur.code, Period: f.period(accounts), End: Ending{
		Known: known, Planned: f.money(usage.Decimal{}),
		Expected: known,
	}}
	if err := a.tagSeries(ctx, f, CompareOptions{By: dims}); err != nil {
		return out, err
	}
	if out.Refusal = refusal(f, out.Period, known); !out.Refusal.Empty() {
		return out, nil
	}
	if c := f.currencyChange(accounts); c != nil && f.ended() {
		out.Refusal = locale.T("%s: charged in %s since %s; nothing more is to come in %s", out.Period.Name, c.After, c.Day, f.cur.code)
		return out, nil
	}
	pieces, arrived, err := a.pieces(ctx, f)
	if err != nil {
		return out, err
	}
	if len(pieces) == 0 {
		out.Refusal = locale.T("%s: there is no usage to go by", out.Period.Name)
		return out, nil
	}
	out.Arrived = arrived
	digits := usage.MinorDigits(f.cur.code)
	var parts []plannedPart
	if out.Plans, parts, out.Warnings, err = a.planned(ctx, f, pieces); err != nil {
		return out, err
	}
	ends, err := a.commitmentEnds(ctx, f)
	if err != nil {
		return out, err
	}
	for _, e := range ends {
		if e.Last+1 >= f.sel.span.To {
			out.later = append(out.later, e)
		}
	}
	for _, p := range parts {
		out.End.Planned.Amount = out.End.Planned.Amount.Add(p.amount)
	}
	out.End.Expected = out.End.Expected.Add(out.End.Planned)
	es := make([]forecast.Estimate, len(pieces))
	for i := range pieces {
		p := &pieces[i]
		p.estimate = forecast.Forecast(p.Component)
		p.rest = usage.DecimalFromFloat(p.estimate.Rest).Round(digits)
		es[i] = p.estimate
		out.after.day, out.after.bill = out.after.day+p.estimate.Pace, out.after.bill+p.estimate.Monthly
		out.End.Expected.Amount = out.End.Expected.Amount.Add(p.rest)
	}
	sum := forecast.Sum(es)
	out.End.Range = f.rangeOf(known.Add(out.End.Planned).Amount, out.End.Expected.Amount, forecast.Together(es))
	maybe := f.maybeEnded(out.End, accounts, pieces)
	out.Past = f.track(sum)
	lacking := f.lackWarnings(f.sel.name, f.sel.windows[0])
	if len(lacking) > 0 {
		lacking = append(lacking, locale.T("the forecast counts days without data at what the days around them cost"))
	}
	out.Warnings = slices.Concat(f.absent(accounts), maybe, lacking, out.Warnings)
	if out.Rows, err = a.outlookRows(ctx, f, dims, pieces, parts); err != nil {
		return out, err
	}
	return out, nil
}

// history is the number of days from the first with usage to the last.
func (f *frame) history() int {
	var first, last usage.Day
	for _, s := range f.st {
		if s.first != 0 && (first == 0 || s.first < first) {
			first = s.first
		}
		last = max(last, s.reach)
	}
	if first == 0 {
		return 0
	}
	return int(last-first) + 1
}

// fewest is how many days of usage a forecast needs: of the last two not all has
// arrived.
const fewest = settleDays + 1

// refusal says why a period has no forecast.
func refusal(f *frame, p PeriodInfo, known usage.Money) locale.Text {
	switch {
	case f.sel.before != "":
		return locale.T("%s is no bill, and a forecast is of one: name a bill", p.Name)
	case f.sel.byMonth:
		return locale.T("%s is a calendar month; a forecast is of a bill: leave --month out", p.Name)
	case p.State == Open && 0 < f.history() && f.history() < fewest:
		return locale.T("No forecast yet: %s has only %s. Load earlier months", p.Name, locale.T("%d days of usage", f.history()))
	case p.State != Open:
		return locale.T("%s (%s) is %s: it cost %s, and there is nothing left to forecast", p.Name, p.Span, stateText(p.State), known)
	case p.Reach == 0:
		return locale.T("%s (%s) has no usage yet", p.Name, p.Span)
	}
	return locale.Text{}
}

func stateText(s State) locale.Text {
	switch s {
	case Closing:
		return locale.T("closing")
	case Closed:
		return locale.T("closed")
	}
	return locale.T("invoiced")
}

// absent names the accounts whose data are missing or end early, and says that
// they count as usual.
func (f *frame) absent(accounts []Account) (out []locale.Text) {
	for _, acc := range accounts {
		switch {
		case acc.Missing:
			out = append(out,
				locale.T("%s has no data in this period; it cost %s in the period before, and the forecast counts it at its usual level",
					name(acc), acc.Last))
		case acc.Behind:
			out = append(out,
				locale.T("%s has data to %s only; it cost %s in the period before, and the forecast counts the days after at its usual level",
					name(acc), acc.Reach, acc.Last))
		}
	}
	return out
}

// quiet is how many days without data an account has that may as well have ended.
const quiet = 7

// maybeEnded widens the range of end by what it expects of accounts that have had no data for so long while
// others had that they may have ended, and says so.
func (f *frame) maybeEnded(end Ending, accounts []Account, pieces []piece) (out []locale.Text) {
	r := end.Range
	if r == nil {
		return nil
	}
	var newest usage.Day
	for _, acc := range accounts {
		newest = max(newest, acc.Reach)
	}
	least := end.Expected
	for _, acc := range accounts {
		last := acc.Reach
		if acc.Missing {
			last = f.sel.span.From - 1
		}
		if !acc.Missing && !acc.Behind || newest-last < quiet {
			continue
		}
		var rest usage.Decimal
		for _, p := range pieces {
			if p.account == acc.ID {
				rest = rest.Add(p.rest)
			}
		}
		if rest.Sign() > 0 {
			least.Amount = least.Amount.Sub(rest)
			out = append(out, locale.T("%s has had no data for %s: the range holds, too, that it has ended", name(acc),
				locale.T("%d days", int(newest-last))))
		}
	}
	for _, low := range []*usage.Money{&r.Low80, &r.Low95} {
		if least.Amount.Cmp(low.Amount) < 0 {
			low.Amount = least.Amount
		}
	}
	return out
}

// rangeOf turns the band of a rest into that of an end. Rounding puts no end of it on the wrong
// side of what is expected, which keeps the digits of what is known.
func (f *frame) rangeOf(known, expected usage.Decimal, b forecast.Band) *Range {
	if !b.OK {
		return nil
	}
	at := func(v float64) usage.Decimal {
		return known.Add(usage.DecimalFromFloat(v)).Round(usage.MinorDigits(f.cur.code))
	}
	low := func(v float64) usage.Money {
		return f.money(slices.MinFunc([]usage.Decimal{at(v), expected}, usage.Decimal.Cmp))
	}
	high := func(v float64) usage.Money {
		return f.money(slices.MaxFunc([]usage.Decimal{at(v), expected}, usage.Decimal.Cmp))
	}
	return &Range{Low80: low(b.Low80), High80: high(b.High80), Low95: low(b.Low95), High95: high(b.High95), Months: b.Months}
}

// track puts what would have been said beside what became of it, exactly.
func (f *frame) track(sum forecast.Estimate) (out []TrackRecord) {
	digits := usage.MinorDigits(f.cur.code)
	priors := f.priors(usage.Decimal{})
	for k, p := range sum.Past {
		if k == maxTrack || k >= len(priors) || !p.OK {
			break
		}
		t := TrackRecord{Period: priors[k].Name, Span: priors[k].Span, Became: priors[k].Total}
		t.Became.Amount = t.Became.Amount.Round(digits)
		t.Said = f.money(t.Became.Amount.Add(usage.DecimalFromFloat(p.Said - p.Became).Round(digits)))
		t.Percent = percentOf(t.Said.Sub(t.Became).Amount, t.Became.Amount)
		out = append(out, t)
	}
	return out
}

// chains returns each account's bills up to the period, oldest first and without
// a gap between them; an account that the period lacks gets its dates.
func (f *frame) chains() map[string][]usage.Period {
	out := map[string][]usage.Period{}
	here := map[string]bool{}
	for _, w := range f.sel.windows[0] {
		here[w.account] = true
	}
	for _, s := range f.lost {
		here[s.account] = true
	}
	st := slices.Clone(f.st)
	slices.SortStableFunc(st, func(x, y standing) int { return cmp.Compare(x.span.From, y.span.From) })
	for _, s := range st {
		account := f.now(s.account)
		if !here[account] || s.span.From >= f.sel.span.To {
			continue
		}
		c := out[account]
		if len(c) > 0 && c[len(c)-1] == s.span {
			continue // under its other id
		}
		if len(c) > 0 && c[len(c)-1].To != s.span.From {
			c = nil
		}
		out[account] = append(c, s.span)
	}
	for _, s := range f.lost {
		c := out[s.account]
		if c[len(c)-1].To != f.sel.span.From {
			c = nil
		}
		out[s.account] = append(c, f.sel.span)
	}
	return out
}

// componentOf is what an account with the bills st, of which those of chain follow each other, is
// forecast by, from day first to before end: nothing was used yet on the days that its files cover.
func componentOf(st []standing, chain []usage.Period, first, end usage.Day) forecast.Component {
	c := forecast.Component{From: first, Usage: make([]float64, end-first), Other: make([]float64, end-first), Periods: chain}
	for n := range c.Usage {
		c.Usage[n] = math.NaN()
	}
	for _, s := range st {
		for d := max(s.span.From, first); d <= min(s.span.Last(), s.reach, end-1); d++ {
			if !slices.Contains(s.lacks, d) {
				c.Usage[d-first] = 0
			}
		}
	}
	return c
}

// pieces reads what is forecast, by account and service, and says how much of
// the last days has arrived.
func (a *Analysis) pieces(ctx context.Context, f *frame) ([]piece, []locale.Text, error) {
	chains := f.chains()
	covered := map[string][]standing{}
	var first usage.Day
	for _, s := range f.st {
		account := f.now(s.account)
		if s.first == 0 || chains[account] == nil || s.span.From >= f.sel.span.To {
			continue
		}
		covered[account] = append(covered[account], s)
		if begin := max(s.first, s.span.From); first == 0 || begin < first {
			first = begin
		}
	}
	if first == 0 {
		return nil, nil, nil
	}
	known, err := a.completeness(ctx, f.cur.code, f.st)
	if err != nil {
		return nil, nil, err
	}
	end := f.sel.span.To
	cut := end
	if d := a.options.AsOf; d != 0 {
		cut = min(end, d+1)
	}
	var out []piece
	at := map[string]int{}
	err = a.query(ctx, "outlook", func(r *sql.Rows) error {
		var id int64
		var d usage.Day
		var cost float64
		if err := r.Scan(&id, ledger.DayOf(&d), &cost); err != nil {
			return err
		}
		info := f.infos[id]
		account, service := f.now(info.account()), info.dims[usage.Service]
		if _, left := f.left(account); left || chains[account] == nil || covered[account] == nil {
			return nil
		}
		key := account + "\x00" + service
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			c := componentOf(covered[account], chains[account], first, end)
			out = append(out, piece{account: account, service: service, Component: c})
		}
		p := &out[i]
		if info.category != "Usage" {
			p.Other[d-first] += cost
		} else if !math.IsNaN(p.Usage[d-first]) {
			p.Usage[d-first] += cost
		}
		return nil
	}, sql.Named("currency", f.cur.code), sql.Named("first", first.Time()), sql.Named("end", cut.Time()),
		sql.Named("amortized", f.cur.amortized))
	if err != nil {
		return nil, nil, err
	}
	// A correction is no usage that goes on.
	err = a.query(ctx, "outlook_corrections", func(r *sql.Rows) error {
		var account, service string
		var d usage.Day
		var cost float64
		if err := r.Scan(&account, &service, ledger.DayOf(&d), &cost); err != nil {
			return err
		}
		if i, ok := at[f.now(account)+"\x00"+service]; ok && !math.IsNaN(out[i].Usage[d-first]) {
			out[i].Usage[d-first] -= cost
			out[i].Other[d-first] += cost
		}
		return nil
	}, sql.Named("currency", f.cur.code), sql.Named("first", first.Time()), sql.Named("end", cut.Time()),
		sql.Named("amortized", f.cur.amortized))
	if err != nil {
		return nil, nil, err
	}
	for i := range out {
		p := &out[i]
		for _, s := range covered[p.account] {
			p.reach = max(p.reach, s.reach)
		}
		p.Settled, p.Share = known.shares(p.account, p.service, p.reach)
	}
	return out, known.sentences(f), nil
}

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
	share := func(id int64, cost usage.Decimal) {
		s := f.infos[id]
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

// expect fills the report's expected end: the figure of the forecast.
func (a *Analysis) expect(ctx context.Context, f *frame, p *Part) error {
	if p.Period.State != Open || f.sel.byMonth {
		return nil
	}
	o, err := a.outlook(ctx, f, nil)
	if err != nil || !o.Refusal.Empty() {
		return err
	}
	m := o.End.Expected
	m.Amount = m.Amount.Round(usage.MinorDigits(m.Currency))
	p.Expected, p.Outlook = &m, &o
	return nil
}
