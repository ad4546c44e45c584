package analysis

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"

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
	Path     []PathDay `json:"-"` // leads to the end, day by day, where it is asked for and there is a forecast. A report has it in Running
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

// Short reports whether there are too few of these to say how often such ranges held.
func (r Range) Short() bool { return r.Months < forecast.Fewest }

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
	return a.outlooks(ctx, dims, false)
}

// OutlooksByDay is Outlooks with the path to each end, for which the days are asked for, too.
func (a *Analysis) OutlooksByDay(ctx context.Context, dims []usage.Dimension) ([]Outlook, error) {
	return a.outlooks(ctx, dims, true)
}

func (a *Analysis) outlooks(ctx context.Context, dims []usage.Dimension, paths bool) ([]Outlook, error) {
	currencies, err := a.currencies(ctx)
	if err != nil {
		return nil, err
	}
	var out []Outlook
	var missing []error
	for _, cur := range currencies {
		f, err := a.frameOf(ctx, cur, thisPeriod, wholePeriod(1), lastBills)
		if absent := (*AbsentError)(nil); errors.As(err, &absent) { // a currency need not occur in the period
			out, missing = append(out, Outlook{Currency: cur.code, Refusal: absent.Text}), append(missing, err)
			continue
		}
		if err != nil {
			return nil, err
		}
		o, err := a.outlook(ctx, f, dims)
		if err != nil {
			return nil, err
		}
		if paths {
			if o.Path, err = a.pathTo(ctx, f, o); err != nil {
				return nil, err
			}
		}
		out = append(out, o)
	}
	if len(missing) == len(currencies) {
		return nil, missing[0] // what is asked for is of none
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
		return out, a.refuseLate(ctx, f, accounts, &out)
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
	if f.history() <= out.Period.Elapsed && out.End.Expected.Amount == known.Amount { // the only days there are tell no usual cost
		out.Refusal = tooShort(f, out.Period)
		return out, nil
	}
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
	first, last := firstUse(f.st), usage.Day(0)
	for _, s := range f.st {
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

// track puts what would have been said beside what became of it, exactly: of accounts, too, that the period lacks and the forecast counts.
func (f *frame) track(sum forecast.Estimate) (out []TrackRecord) {
	digits := usage.MinorDigits(f.cur.code)
	priors := f.priors(usage.Decimal{})
	for k, p := range sum.Past {
		if k == maxTrack || k >= len(priors) || !p.OK {
			break
		}
		t := TrackRecord{Period: priors[k].Name, Span: priors[k].Span, Became: priors[k].Total}
		t.Became.Amount = t.Became.Amount.Add(f.sums.total(lostBills(k + 1))).Round(digits)
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
		c, span := out[account], s.charges()
		if len(c) > 0 && c[len(c)-1] == span {
			continue // under its other id
		}
		if len(c) > 0 && c[len(c)-1].To != span.From {
			c = nil
		}
		out[account] = append(c, span)
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
		days := s.charges()
		for d := max(days.From, first); d <= min(days.Last(), s.reach, end-1); d++ {
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
	out, err := a.components(ctx, f)
	if err != nil || len(out) == 0 {
		return nil, nil, err
	}
	known, err := a.completeness(ctx, f.cur.code, f.st)
	if err != nil {
		return nil, nil, err
	}
	for i := range out {
		p := &out[i]
		p.Settled, p.Share = known.shares(p.account, p.service, p.reach)
	}
	return out, known.sentences(f), nil
}

// components returns what is forecast, by account and service, whatever has arrived of the last days. It is read once.
func (a *Analysis) components(ctx context.Context, f *frame) (out []piece, err error) {
	if f.pieces == nil {
		f.pieces, err = a.readComponents(ctx, f)
	}
	return slices.Clone(f.pieces), err
}

func (a *Analysis) readComponents(ctx context.Context, f *frame) ([]piece, error) {
	chains := f.chains()
	covered := map[string][]standing{}
	var first usage.Day
	for _, s := range f.st {
		account := f.now(s.account)
		if s.first == 0 || chains[account] == nil || s.span.From >= f.sel.span.To {
			continue
		}
		covered[account] = append(covered[account], s)
		if begin := max(s.first, s.charges().From); first == 0 || begin < first {
			first = begin
		}
	}
	if first == 0 {
		return nil, nil
	}
	end := f.sel.span.To
	cut := end
	if d := a.options.AsOf; d != 0 {
		cut = min(end, d+1)
	}
	var out []piece
	at := map[string]int{}
	err := a.ask(ctx, "outlook", f.costs(func(info seriesInfo, d usage.Day, cost float64) {
		if d < first {
			return
		}
		account, service := f.now(info.account()), info.dims[usage.Service]
		if _, left := f.left(account); left || chains[account] == nil || covered[account] == nil {
			return
		}
		key := pieceKey(account, service)
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
	}), sql.Named("currency", f.cur.code), sql.Named("end", cut.Time()), sql.Named("amortized", f.cur.amortized))
	if err != nil {
		return nil, err
	}
	there, err := a.kinds(ctx)
	if err != nil {
		return nil, err
	}
	if there.corrections {
		if err := a.uncorrected(ctx, f, at, out, first, cut); err != nil {
			return nil, err
		}
	}
	if err := a.follow(ctx, f, at, out, first, cut); err != nil {
		return nil, err
	}
	err = a.handed(ctx, f, cut, func(account, service string, d usage.Day, cost float64) {
		if i, ok := at[pieceKey(account, service)]; ok && d >= first && !math.IsNaN(out[i].Usage[d-first]) {
			out[i].Usage[d-first] += cost
		}
	})
	if err != nil {
		return nil, err
	}
	for i := range out {
		p := &out[i]
		for _, s := range covered[p.account] {
			p.reach = max(p.reach, s.reach)
		}
	}
	return out, nil
}

// costs has do told the rows of a statement that are what a series cost on a day.
func (f *frame) costs(do func(info seriesInfo, d usage.Day, cost float64)) func(row) error {
	return func(r row) error {
		var id int64
		var d usage.Day
		var cost float64
		if err := r.Scan(&id, ledger.DayOf(&d), &cost); err != nil {
			return err
		}
		do(f.infos[id], d, cost)
		return nil
	}
}

// follow lets what was used in one account and goes on in another be usage of that, from day first to before cut, as though it had ever
// been: it is foretold there alone. The pieces have their places in at.
func (a *Analysis) follow(ctx context.Context, f *frame, at map[string]int, pieces []piece, first, cut usage.Day) error {
	if len(f.names.resources) == 0 {
		return nil
	}
	return a.ask(ctx, "moved", f.costs(func(info seriesInfo, d usage.Day, cost float64) {
		old, was := at[pieceKey(f.now(info.account()), info.dims[usage.Service])]
		new, is := at[pieceKey(f.goesOnIn(info), info.dims[usage.Service])]
		if !was || !is || old == new || d < first || math.IsNaN(pieces[old].Usage[d-first]) {
			return
		}
		left := pieces[old].Usage[d-first] - cost
		if math.Abs(left) < tiny {
			left = 0
		}
		pieces[old].Usage[d-first] = left
		if math.IsNaN(pieces[new].Usage[d-first]) { // the account was not there yet
			pieces[new].begin(pieces[old].Component)
		}
		pieces[new].Usage[d-first] += cost
	}), sql.Named("currency", f.cur.code), sql.Named("end", cut.Time()), sql.Named("amortized", f.cur.amortized))
}

// goesOnIn returns the account in which a series is foretold: of usage that of what goes on as it.
func (f *frame) goesOnIn(info seriesInfo) string {
	if info.category != "Usage" {
		return f.now(info.account())
	}
	newest, _ := f.names.newest(info.dims)
	return f.now(accountOf(newest))
}

// begin lets p have cost nothing on the days before its first known one of which other has data.
func (p *piece) begin(other forecast.Component) {
	for i := 0; i < len(p.Usage) && math.IsNaN(p.Usage[i]); i++ {
		if !math.IsNaN(other.Usage[i]) {
			p.Usage[i] = 0
		}
	}
}

// uncorrected takes corrections, from day first to before cut, out of the usage of pieces, of which
// at has the places: they are no usage that goes on.
func (a *Analysis) uncorrected(ctx context.Context, f *frame, at map[string]int, pieces []piece, first, cut usage.Day) error {
	return a.ask(ctx, "outlook_corrections", func(r row) error {
		var account, service string
		var d usage.Day
		var cost float64
		if err := r.Scan(&account, &service, ledger.DayOf(&d), &cost); err != nil {
			return err
		}
		if i, ok := at[pieceKey(f.now(account), service)]; ok && d >= first && !math.IsNaN(pieces[i].Usage[d-first]) {
			pieces[i].Usage[d-first] -= cost
			pieces[i].Other[d-first] += cost
		}
		return nil
	}, sql.Named("currency", f.cur.code), sql.Named("end", cut.Time()), sql.Named("amortized", f.cur.amortized))
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
