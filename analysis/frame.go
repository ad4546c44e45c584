package analysis

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/usage"
)

// Report answers everything that a report says.
func (a *Analysis) Report(ctx context.Context) (*Report, error) {
	currencies, err := a.currencies(ctx)
	if err != nil {
		return nil, err
	}
	r := &Report{Config: a.config(), Owner: a.options.Owner, Filters: a.options.Filters, Cost: a.options.Cost, Tags: a.options.Tags}
	if s := a.Filtered(); s != "" {
		r.Warnings = append(r.Warnings, locale.T("only charges of %s are shown: this is not all of the bill, and no budget is held to it", s))
	}
	_, warnings, err := a.tagLevels(ctx)
	if err != nil {
		return nil, err
	}
	r.Warnings = append(r.Warnings, warnings...)
	shown := map[string]map[int64]usage.Decimal{}
	var missing *AbsentError
	for _, cur := range currencies {
		p, err := a.part(ctx, cur, shown)
		if absent := (*AbsentError)(nil); errors.As(err, &absent) { // a currency need not occur in the period
			r.Warnings = append(r.Warnings, locale.T("%s: %s", cur.code, absent.Text))
			missing = absent
			continue
		}
		if err != nil {
			return nil, err
		}
		r.Parts = append(r.Parts, *p)
	}
	if len(r.Parts) == 0 {
		return nil, missing
	}
	ended := func(p Part) int { // in which nothing more is charged, after the others
		if c := p.CurrencyChange; c != nil && c.All && c.Before == p.Currency {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(r.Parts, func(x, y Part) int { return ended(x) - ended(y) })
	if len(currencies) > 1 {
		r.Warnings = append(r.Warnings,
			locale.T("Costs are in %d currencies. Each has its own section; they are never added up.", len(currencies)))
	}
	r.Warnings = append(r.Warnings, a.strangeBudget(r)...)
	var rejected int
	if err := a.ask(ctx, "rejected", func(rows row) error { return rows.Scan(&rejected) }); err != nil {
		return nil, err
	}
	if rejected > 0 {
		r.Warnings = append(r.Warnings, a.rejectedText(rejected))
	}
	if a.options.limited() { // files hold other charges too, so that they are left out
		return r, nil
	}
	if r.Sources, err = a.sources(ctx, shown); err != nil {
		return nil, err
	}
	twice, err := a.beside(ctx)
	if err != nil {
		return nil, err
	}
	r.Warnings = append(r.Warnings, twice...)
	return r, nil
}

// rejectedText says that rows were rejected, of which nothing says what part of the ledger they are, nor
// what they cost.
func (a *Analysis) rejectedText(rows int) locale.Text {
	if len(a.options.Filters) > 0 {
		return locale.T("%d rows of the files that this is made from were rejected; some may belong to what is shown", rows)
	}
	if a.options.limited() {
		return locale.T("%d rows of the files that this is made from were rejected; some may be of this owner", rows)
	}
	return locale.T("%d rows of the files that this is made from were rejected; their cost is missing from every sum", rows)
}

// config is a hash of the options.
func (a *Analysis) config() string {
	o := a.options
	o.Today = 0 // no choice
	sum := sha256.Sum256(fmt.Appendf(nil, "%+v", o))
	return hex.EncodeToString(sum[:4])
}

// reportDimensions are the dimensions by which a report shows movers and
// breakdowns.
func reportDimensions() []usage.Dimension {
	return []usage.Dimension{usage.Service, usage.ResourceGroup, usage.SubAccount, usage.Region, usage.Resource}
}

// A frame is what all questions about one currency share.
type frame struct {
	cur    currency
	st     []standing
	bills  map[string][]standing // those of st, by account
	sel    selection
	others map[int64][]othersDay // what series of the owner's cost others
	// elsewhere is in which windows another owner has charges of a series of the owner's.
	elsewhere map[windowKey]map[int64]bool
	begins    usage.Day // the first day with usage of the ledger; 0 where charges are left out, or in another currency
	since     usage.Day // the first day of findings, where that is before the period; 0 elsewhere
	infos     map[int64]seriesInfo
	labels    labels
	names     renames
	lost      []standing // the last bill of each account that the period lacks
	today     usage.Day  // when it is asked; 0 is not known
	turns     map[string][]turn
	near      neighbourhood // once it was asked
	paired    *pairing      // once it was asked
	pieces    []piece       // once they were asked
	sums      sums          // by series of the current and the prior period; of the others the totals
}

// A windowKey says which days a window is of. It is the column k of the temporary
// table windows.
type windowKey int

const (
	thisPeriod  windowKey = 0
	wholeOffset           = 1000 // more than maxPriors, so that whole periods and others are apart
	lastBills   windowKey = 2000 // those of accounts that the period lacks
	lostOffset            = 3000
)

// upToNow is the n-th earlier period, 1 being the one before, up to the same elapsed
// days.
func upToNow(n int) windowKey { return windowKey(n) }

// wholePeriod is the n-th earlier period to its end.
func wholePeriod(n int) windowKey { return windowKey(wholeOffset + n) }

// lostBills are the bills of the n-th earlier period of accounts that the period lacks.
func lostBills(n int) windowKey { return windowKey(lostOffset + n) }

func (f *frame) money(d usage.Decimal) usage.Money {
	return usage.Money{Amount: d, Currency: f.cur.code}
}

// frame loads everything about a currency; outline leaves out the sums.
func (a *Analysis) frame(ctx context.Context, cur currency) (*frame, error) {
	return a.frameOf(ctx, cur, framed()...)
}

// framed are the windows that a frame sums by series.
func framed() []windowKey { return []windowKey{thisPeriod, upToNow(1), wholePeriod(1), lastBills} }

// frameOf sums by series only for the windows in each; for the others it keeps
// totals.
func (a *Analysis) frameOf(ctx context.Context, cur currency, each ...windowKey) (*frame, error) {
	f, err := a.outline(ctx, cur)
	if err != nil {
		return nil, err
	}
	f.sums, err = a.sums(ctx, cur, a.windows(f), each...)
	return f, err
}

// windows are those that f sums.
func (a *Analysis) windows(f *frame) (ws []window) {
	for _, list := range f.sel.windows {
		ws = append(ws, list...)
	}
	for i, list := range f.sel.whole {
		for _, w := range list {
			w.k = wholePeriod(i + 1)
			ws = append(ws, w)
		}
	}
	for _, s := range f.lost {
		ws = append(ws, a.whole(lastBills, s))
		next := f.sel.span.From
		bills := slices.SortedFunc(slices.Values(f.bills[s.account]), func(x, y standing) int { return cmp.Compare(y.span.From, x.span.From) })
		for n := 1; n <= maxTrack; n++ {
			i := slices.IndexFunc(bills, func(b standing) bool { return b.span.To == next })
			if i < 0 {
				break
			}
			ws, next = append(ws, a.whole(lostBills(n), bills[i])), bills[i].span.From
		}
	}
	return ws
}

// hold lets f be of the bills st.
func (f *frame) hold(st []standing) {
	f.st, f.bills = st, map[string][]standing{}
	for _, s := range st {
		f.bills[s.account] = append(f.bills[s.account], s)
	}
}

func (a *Analysis) outline(ctx context.Context, cur currency) (*frame, error) {
	if known := a.outlines[cur.code]; known != nil {
		f := *known
		return &f, nil
	}
	f := &frame{cur: cur, today: a.options.Today}
	st, err := a.standings(ctx, cur.code)
	if err != nil {
		return nil, err
	}
	f.hold(st)
	if len(f.st) == 0 && a.options.AsOf != 0 {
		all, err := a.standingsTo(ctx, cur.code, 0)
		if err != nil {
			return nil, err
		}
		if first := firstUse(all); first != 0 {
			return nil, &earlyError{owner: a.options.Owner, asOf: a.options.AsOf, first: first}
		}
	}
	if o := a.options; cur.alone && o.Currency == "" && !o.limited() && !o.ByOwner { // else what is left out may be earlier
		f.begins = firstUse(f.st)
	}
	if f.turns, err = a.turns(ctx); err != nil {
		return nil, err
	}
	if f.names, err = a.renames(ctx, a.lastDay()); err != nil {
		return nil, err
	}
	if f.sel, err = a.choose(f.st, f.names); err != nil {
		return nil, err
	}
	if f.infos, err = a.series(ctx, cur.code); err != nil {
		return nil, err
	}
	f.lost = f.missing()
	f.labels = labels{accounts: map[string]string{}, resources: resourcesOf(f.infos), infos: f.infos}
	for _, s := range f.st {
		if s.name != "" {
			f.labels.accounts[s.account] = s.name
		}
	}
	return f, nil
}

func (a *Analysis) part(ctx context.Context, cur currency, shown map[string]map[int64]usage.Decimal) (*Part, error) {
	f, err := a.frame(ctx, cur)
	if err != nil {
		return nil, err
	}
	p := &Part{Currency: cur.code, Total: f.money(f.sums.total(thisPeriod))}
	if p.Converted, p.Unconverted, err = a.converted(ctx, cur, shown); err != nil {
		return nil, err
	}
	if !a.options.Convert {
		if shown[cur.code], err = a.shown(ctx, cur); err != nil {
			return nil, err
		}
	}
	if p.Commitments, err = a.commitments(ctx, f); err != nil {
		return nil, err
	}
	p.Accounts = f.accounts()
	p.Period = f.period(p.Accounts)
	if len(f.sel.windows) > 0 {
		p.Period.Paused = len(f.pauseWarnings(f.sel.name, f.sel.windows[0])) > 0
	}
	p.CurrencyChange = f.currencyChange(p.Accounts)
	if p.Warnings, err = a.warnings(ctx, f, p); err != nil {
		return nil, err
	}
	if err := a.handovers(ctx, f, p); err != nil {
		return nil, err
	}
	restated, err := a.restated(ctx, cur)
	if err != nil {
		return nil, err
	}
	p.Warnings = append(p.Warnings, restated...)
	p.ByCharge, p.lines = f.byCharge(), f.lines()
	if !f.sel.byMonth {
		err := a.ask(ctx, "outside", func(r row) error { return r.Scan(ledger.Amount(&p.Outside.Amount)) },
			sql.Named("currency", cur.code), sql.Named("amortized", cur.amortized))
		if err != nil {
			return nil, err
		}
	}
	p.Outside.Currency = cur.code
	p.Priors = f.priors(p.Total.Amount)
	if f.elsewhere, err = a.elsewhere(ctx, f); err != nil {
		return nil, err
	}
	compared := len(p.Priors) > 0 && !p.Priors[0].NoRate // else all would be new beside nothing
	for _, d := range reportDimensions() {
		pairs := f.groupBy(d)
		switch {
		case !compared:
		case d == usage.Resource:
			p.Movers = append(p.Movers, moversOf(d, f.resourcesNow(), cur.code))
		default:
			m := moversOf(d, pairs, cur.code)
			f.inside(&m, f.key(d))
			p.Movers = append(p.Movers, m)
		}
		p.Breakdowns = append(p.Breakdowns, breakdownOf(d, pairs, p.Total.Amount, cur.code))
	}
	if compared {
		if err := a.tagMovers(ctx, f, p); err != nil {
			return nil, err
		}
		if p.Turnover, err = a.turnover(ctx, f); err != nil {
			return nil, err
		}
	}
	p.Queries = f.queries(a.options, a.ownership())
	if err := a.billed(ctx, f, p); err != nil {
		return nil, err
	}
	if compared {
		c, err := a.compare(ctx, f, CompareOptions{By: []usage.Dimension{usage.Service}, Top: changeRows})
		if err != nil {
			return nil, err
		}
		if len(c.Base) > 0 {
			p.Change = c
			c.changes.lines = nil // of many series they are large, and By is not asked
		}
	}
	if err := a.unexpected(ctx, f, p); err != nil {
		return nil, err
	}
	p.Shared = a.shared(f, a.options.Owner, p.Total)
	if p.Running, err = a.running(ctx, f, p); err != nil {
		return nil, err
	}
	if a.options.ResourceDays {
		if p.Resources, err = a.resourceDays(ctx, f); err != nil {
			return nil, err
		}
	}
	return p, a.budget(ctx, f, p)
}

// changeRows is how many services stand in a report's bridge.
const changeRows = 10

func (f *frame) byCharge() []Share {
	by := map[string]usage.Decimal{}
	for id, d := range f.sums[thisPeriod] {
		c := f.infos[id].category
		by[c] = by[c].Add(d)
	}
	var out []Share
	for _, c := range slices.Sorted(maps.Keys(by)) {
		out = append(out, Share{Name: c, Amount: f.money(by[c])})
	}
	slices.SortStableFunc(out, func(x, y Share) int { return y.Amount.Amount.Cmp(x.Amount.Amount) })
	return out
}

func (f *frame) priors(total usage.Decimal) []Prior {
	var out []Prior
	for k := 1; k < len(f.sel.windows); k++ {
		ws := f.sel.windows[k]
		p := Prior{Same: f.money(f.sums.total(upToNow(k))), Total: f.money(f.sums.total(wholePeriod(k)))}
		for i, w := range ws {
			if i == 0 {
				p.Span, p.Name = w.span, w.period
			}
			p.Span.From, p.Span.To = min(p.Span.From, w.span.From), max(p.Span.To, w.span.To)
			days := w.days()
			lacks := len(f.lacks(w.account, days))
			p.Days, p.Lacks = max(p.Days, days.Days()-lacks), max(p.Lacks, lacks)
			p.Unrated = max(p.Unrated, f.unratedDays(w.account, days))
		}
		p.State = stateOf(f.st, p.Name)
		if p.Name == "" {
			p.Name, p.State = p.Span.Name(), Closed
		}
		p.NoRate = p.Days == 0 && p.Same.Amount.Sign() == 0 && p.Unrated > 0
		p.Delta = f.money(total.Sub(p.Same.Amount))
		if p.Without = len(f.unbased(k)); p.Without == 0 && len(f.holed(k)) == 0 {
			p.Percent = percentOf(p.Delta.Amount, p.Same.Amount)
		}
		out = append(out, p)
	}
	return out
}

// Told returns the totals that r shows, as ledger.Remember keeps them; none
// where r is not of the whole ledger and a bill.
func (a *Analysis) Told(ctx context.Context, r *Report, what string, at time.Time) (out []ledger.ToldTotal, err error) {
	if a.options.AsOf != 0 || a.options.Convert || len(a.options.Filters) > 0 || a.options.Cost == Effective {
		return nil, nil
	}
	newest, err := a.ledger.LastLoad(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range r.Parts {
		if !p.Period.ByMonth {
			out = append(out, ledger.ToldTotal{
				At: at.UTC().Truncate(time.Second), What: what, To: a.options.Owner, Period: p.Period.Name, Span: p.Period.Span, Reach: p.Period.Reach,
				Currency: p.Currency, Total: p.Total.Amount, LastLoad: newest,
			})
		}
	}
	return out, nil
}

// shown returns what the period has of each load.
func (a *Analysis) shown(ctx context.Context, cur currency) (map[int64]usage.Decimal, error) {
	out := map[int64]usage.Decimal{}
	err := a.ask(ctx, "shown", func(r row) error {
		var id int64
		var d usage.Decimal
		if err := r.Scan(&id, ledger.Amount(&d)); err != nil {
			return err
		}
		out[id] = d
		return nil
	}, sql.Named("currency", cur.code), sql.Named("amortized", cur.amortized))
	return out, err
}

// sources lists the loads, for the report's footer; shown is what the period
// has of them, by currency.
func (a *Analysis) sources(ctx context.Context, shown map[string]map[int64]usage.Decimal) ([]Source, error) {
	loads, err := a.ledger.Loads(ctx)
	if err != nil {
		return nil, err
	}
	var out []Source
	for _, l := range loads {
		if l.State == ledger.Purged {
			continue
		}
		curs := slices.Sorted(maps.Keys(l.Totals))
		if len(curs) == 0 {
			curs = []string{""}
		}
		for i, cur := range curs {
			money := func(d usage.Decimal) usage.Money { return usage.Money{Amount: d, Currency: cur} }
			s := Source{
				LoadID: l.ID, Ref: l.Ref, Format: l.Title, CostType: l.CostType, Currency: cur,
				File: money(l.Totals[cur]), Ledger: money(l.Held[cur]), Shown: money(shown[cur][l.ID]),
				Current: l.State != ledger.Superseded, Flags: l.FlagsText(), Periods: l.Periods,
			}
			if i == 0 { // rows and warnings are the file's, not a currency's
				s.Rows, s.Rejected, s.Warnings = l.Rows, l.Rejected, l.Warnings
			}
			out = append(out, s)
		}
	}
	return out, nil
}
