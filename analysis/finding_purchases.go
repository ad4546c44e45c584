package analysis

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"usagereport/analysis/detect"
	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/usage"
)

// Purchases are a lane of their own: they recur on a day of the month, and one
// day's purchase is no rise in usage. What is bought day by day, like a savings plan's
// fee, is a stream: its weeks are compared with those before.
const (
	dueWithin     = 3  // days around the usual day of the month
	lookBack      = 3  // months in which a recurring purchase was seen
	arrivesWithin = 2  // days until a purchase stands in the file
	rhythmDays    = 14 // days that show whether a purchase is a stream
	rhythmLeast   = 5  // of which so many must be known
	firstKnown    = 60 // days before a purchase that may be the first
	runLeast      = 3  // days in a row with alike purchases that begin a stream
	runGap        = 2  // days without one that do not end it
	streamBack    = 35 // days in which the weeks lie that a stream's week is compared with
)

// A product is what a purchase bought, and when.
type product struct {
	scope usage.Series
	days  []usage.Day
	cost  []usage.Decimal
	// others are the days on which others bought it, for what: they show that it recurs.
	others     []usage.Day
	othersCost []usage.Decimal
	categories []string // of its charges
	fees       []fee    // what was bought, by booking
}

// A fee is what was booked at once, or in parts within some days.
type fee struct {
	first, last usage.Day
	own         usage.Day // the first of its days that is not others' alone
	cost        usage.Decimal
}

// purchases finds recurring purchases that are missing from the period or cost
// more than a quarter more than before, and purchases that are new.
func (a *Analysis) purchases(ctx context.Context, f *frame, h history) ([]Finding, error) {
	last, from := min(h.span.Last(), f.sel.span.Last()), f.sel.span.From
	if f.since > 0 {
		from = min(from, f.since)
	}
	all, err := a.products(ctx, f, last, "Purchase")
	if err != nil {
		return nil, err
	}
	var out []Finding
	for _, p := range all {
		p.book(last)
		told := map[usage.Kind]bool{}
		for d := min(from, last-detect.Review+1); d <= last; d++ { // what began before may go on, or end, or be known only now
			x, ok := p.judge(f, h, d, last)
			if !ok && !told[usage.KindNew] { // else that it is over is told with its beginning
				x, ok = p.ended(f, d, last)
			}
			week := x.Start < d
			stream := p.stream(d)
			if !ok || x.End < from || week && d < from || stream && told[x.Kind] {
				continue
			}
			told[x.Kind] = told[x.Kind] || stream || x.Kind == usage.KindNew
			out = append(out, x)
		}
	}
	return out, nil
}

// products reads what was bought by day and product up to day last: the charges of some categories.
// What others bought of it it reads, too.
func (a *Analysis) products(ctx context.Context, f *frame, last usage.Day, categories ...string) ([]*product, error) {
	any := false
	for _, s := range f.infos {
		any = any || slices.Contains(categories, s.category)
	}
	if !any {
		return nil, nil
	}
	byScope := map[string]*product{}
	var all []*product
	others := false
	take := func(r *sql.Rows) error {
		v := make([]string, 6)
		var d usage.Day
		var cost usage.Decimal
		if err := r.Scan(&v[0], &v[1], &v[2], &v[3], &v[4], &v[5], ledger.DayOf(&d), ledger.Amount(&cost)); err != nil {
			return err
		}
		scope := usage.Series{}
		for i, dim := range []usage.Dimension{
			usage.BillingAccount, usage.SubAccount, usage.ResourceGroup, usage.Service,
			usage.Resource, usage.Meter,
		} {
			if v[i] != "" && (dim != usage.BillingAccount || v[1] == "") {
				scope[dim] = v[i]
			}
		}
		p := byScope[scope.Key()]
		if p == nil && others {
			return nil
		}
		if p == nil {
			p = &product{scope: scope, categories: categories}
			byScope[scope.Key()] = p
			all = append(all, p)
		}
		if others {
			p.others, p.othersCost = append(p.others, d), append(p.othersCost, cost)
		} else {
			p.days, p.cost = append(p.days, d), append(p.cost, cost)
		}
		return nil
	}
	err := a.query(ctx, "purchases", take, sql.Named("currency", f.cur.code), sql.Named("amortized", f.cur.amortized),
		sql.Named("last", last.Time()), sql.Named("categories", categories))
	if err == nil && a.options.limited() && len(all) > 0 {
		others = true
		err = a.query(ctx, "others_purchases", take, sql.Named("currency", f.cur.code), sql.Named("amortized", f.cur.amortized),
			sql.Named("last", last.Time()), sql.Named("categories", categories))
	}
	return all, err
}

// judge says what is unexpected about a product's purchase on day d, which is
// one on which it was bought or fell due.
func (p *product) judge(f *frame, h history, d, last usage.Day) (Finding, bool) {
	early := p.early(d)
	var usual, largest usage.Decimal
	recurs := true
	for m := 1; m <= lookBack; m++ {
		c, ok := p.about(monthsBefore(d, m))
		recurs = recurs && ok
		if c.Cmp(largest) > 0 {
			largest = c
		}
		if m == 1 {
			usual = c
		}
	}
	_, today := p.on(d)
	now, exact := p.from(d) // what comes in parts is told with the first of them
	x := Finding{bought: p, Start: d, End: max(d, now.last), Scope: p.scope, Currency: f.cur.code, Drivers: []Driver{}}
	bought := now.cost
	stream := p.stream(d)
	if stream {
		exact = slices.Contains(p.days, d)
		recurs, largest = true, p.largestWeek(d)
		bought, _ = p.on(d)
		x.Start, x.End = d-dueWithin, min(d+dueWithin, last)
	}
	floor := usage.DecimalOf(50 * usage.Magnitude(f.cur.code))
	x.Label, x.Context = f.nameOf(p.scope)
	daily := stream || p.stream(monthsBefore(d, 1)) // a day of it is not due by itself
	if !daily && exact {
		if r, regular := p.rebooked(d, last); regular {
			return p.booked(f, x, now, r, floor)
		}
	}
	switch due := !daily && slices.Contains(p.days, monthsBefore(d, 1)); {
	case due && recurs && !today && d+dueWithin+arrivesWithin <= last && usual.Cmp(floor) >= 0 && !early && !p.moved(d):
		x.Kind, x.Direction, x.Severity = usage.KindMissing, usage.Down, usage.SeverityLow
		x.Expected, x.Low, x.High = f.money(usual), f.money(usual), f.money(usual)
		x.Reason = locale.T("Not charged this month; %s was due about %s", f.approx(usual), locale.Short(d))
		x.Explanation = locale.T("%s has been bought every month for about %s, but not this month; it was due about %s.", x.Label,
			f.approx(usual), locale.Short(d))
		x.Rule = locale.T("Bought around this day in each of the last %d months, but not this month.", lookBack)
	case exact && largest.Sign() > 0 && bought.Sub(largest).Cmp(floor) >= 0 && bought.Float64() > 1.25*largest.Float64() &&
		(!stream || 7*p.day(d).Float64() > 1.25*largest.Float64()):
		x.Kind, x.Direction, x.Severity, x.Actual = usage.KindPrice, usage.Up, usage.SeverityMedium, f.money(bought)
		x.Expected, x.Low, x.High = f.money(largest), f.money(largest), f.money(largest)
		if stream {
			if now := p.run(d, last); now.begins && len(p.others) == 0 && now.perDay() > 1.25*largest.Float64()/7 {
				return p.streaming(f, x, now, last, largest.Float64()/7), true
			}
			x.Reason = locale.T("%s in the week around %s, at most %s before", f.approx(bought), locale.Short(d), locale.Whole(f.approx(largest)))
			x.Explanation = locale.T("%s is charged day by day: %s in the week around %s, and at most %s in the weeks before.", x.Label,
				f.approx(bought), locale.Short(d), locale.Whole(f.approx(largest)))
			x.Rule = locale.T("More than 1.25 times the largest week of the %s before.", locale.T("%d days", streamBack))
			break
		}
		x.Reason = locale.T("Bought again on %s: %s, at most %s before", locale.Run{From: d, To: x.End + 1}, f.approx(bought),
			locale.Whole(f.approx(largest)))
		x.Explanation = locale.T("%s was bought again %s for %s; in the months before it was at most %s.", x.Label,
			onDays(d, x.End), f.approx(bought), locale.Whole(f.approx(largest)))
		x.Rule = locale.T("More than 1.25 times the largest purchase around this day in the last %d months.", lookBack)
	case exact && !p.before(d) && bought.Cmp(floor) >= 0 && p.known(h, d, last):
		x.Kind, x.Direction, x.Severity, x.Actual = usage.KindNew, usage.Up, usage.SeverityMedium, f.money(bought)
		x.Expected, x.Low, x.High = f.money(usage.Decimal{}), f.money(usage.Decimal{}), f.money(usage.Decimal{})
		x.Rule = locale.T("The first purchase of this product.")
		if now := p.run(d, last); now.begins {
			return p.streaming(f, x, now, last, 0), true
		}
		x.Reason = locale.T("First bought on %s: %s", locale.Run{From: d, To: x.End + 1}, f.approx(bought))
		x.Explanation = locale.T("%s was first bought %s, for %s.", x.Label, onDays(d, x.End), f.approx(bought))
	default:
		return Finding{}, false
	}
	return p.driven(f, x), true
}

// known reports whether days enough are known before d for a purchase on it to be the first: what is bought
// day by day would have been in two weeks, another fee in two months.
func (p *product) known(h history, d, last usage.Day) bool {
	return d >= h.span.From+firstKnown || d >= h.span.From+rhythmDays && p.run(d, last).begins
}

// rebooked compares what was booked on day d with the bookings before it; it is false where d is
// none of a fee that comes once a month, a quarter or a year.
func (p *product) rebooked(d, last usage.Day) (detect.Rebooking, bool) {
	all := p.bookings(last)
	at := slices.IndexFunc(all, func(b detect.Booking) bool { return b.Day == d })
	return all[:at+1].Rebooked()
}

// from returns the fee of which day d is the first.
func (p *product) from(d usage.Day) (fee, bool) {
	at := slices.IndexFunc(p.fees, func(x fee) bool { return x.own == d })
	if at < 0 {
		return fee{}, false
	}
	return p.fees[at], true
}

// about returns what was booked within dueWithin days of d, with all parts of it.
func (p *product) about(d usage.Day) (sum usage.Decimal, any bool) {
	for _, x := range p.fees {
		if x.last >= d-dueWithin && x.first <= d+dueWithin {
			sum, any = sum.Add(x.cost), true
		}
	}
	return sum, any
}

// book sorts what was bought up to day last into fees.
func (p *product) book(last usage.Day) {
	p.fees = nil
	for _, b := range p.bookings(last) {
		x := fee{first: b.Day, last: b.Last}
		in := func(day usage.Day) bool { return day >= x.first && day <= x.last }
		for i, day := range p.days {
			if !in(day) {
				continue
			}
			if x.cost = x.cost.Add(p.cost[i]); x.own == 0 || day < x.own {
				x.own = day
			}
		}
		for i, day := range p.others {
			if in(day) {
				x.cost = x.cost.Add(p.othersCost[i])
			}
		}
		p.fees = append(p.fees, x)
	}
}

// bookings returns what was booked up to day last, by others too.
func (p *product) bookings(last usage.Day) (out detect.Bookings) {
	costs := map[usage.Day]float64{}
	for i, day := range p.days {
		costs[day] += p.cost[i].Float64()
	}
	for i, day := range p.others {
		costs[day] += p.othersCost[i].Float64()
	}
	for _, day := range slices.Sorted(maps.Keys(costs)) {
		if day <= last && costs[day] != 0 {
			out = out.Add(day, costs[day])
		}
	}
	return out
}

// booked says of x that a fee costs another amount than it did, or came twice.
func (p *product) booked(f *frame, x Finding, bought fee, r detect.Rebooking, floor usage.Decimal) (Finding, bool) {
	now := bought.cost
	usual := usage.DecimalFromFloat(r.Usual).Round(usage.MinorDigits(f.cur.code))
	if r.Sign == 0 || now.Sub(usual).Abs().Cmp(floor) < 0 {
		return Finding{}, false
	}
	x.Kind, x.Direction, x.Severity, x.Actual = usage.KindPrice, usage.Up, usage.SeverityMedium, f.money(now)
	if r.Twice {
		x.Kind = usage.KindSpike
	}
	if r.Sign < 0 {
		x.Direction, x.Severity = usage.Down, usage.SeverityLow
	}
	x.Expected, x.Low, x.High = f.money(usual), f.money(usual), f.money(usual)
	says := teller{name: x.Label, money: func(v float64) locale.Approx { return f.approx(usage.DecimalFromFloat(v)) }}
	says.Finding = detect.Finding{
		Kind: x.Kind, Direction: x.Direction, Start: x.Start, End: x.End, OneDay: true, Impact: now.Sub(usual).Float64(),
		Rule: detect.Rule{
			Kind: detect.RuleBooked, Day: x.Start, Last: x.End, Amount: now.Float64(), Usual: r.Usual, Days: r.Earlier,
		},
	}
	x.Reason, x.Explanation, x.Rule = says.reason(), says.explanation(), ruleText(says.Rule)
	return p.driven(f, x), true
}

// moved reports whether the product was bought on another day of about the same date as d.
func (p *product) moved(d usage.Day) bool {
	return slices.ContainsFunc(p.days, func(day usage.Day) bool { return day > d-detect.BookingMoves && day < d+detect.BookingMoves })
}

// driven gives x its impact, all of which p carries.
func (p *product) driven(f *frame, x Finding) Finding {
	x.Actual.Currency = f.cur.code
	x.Impact = x.Actual.Sub(x.Expected)
	x.Drivers = append(x.Drivers, Driver{
		Scope: p.scope, Label: x.Label, Impact: x.Impact, Price: f.money(usage.Decimal{}),
		Quantity: x.Impact,
	})
	if x.Kind == usage.KindPrice {
		x.Drivers[0].Price, x.Drivers[0].Quantity = x.Impact, f.money(usage.Decimal{})
	}
	return x
}

// A run is what is bought day by day from one day on.
type run struct {
	from, to usage.Day
	sum      usage.Decimal
	bought   int  // days on which it was
	begins   bool // alike on each of the first days
}

// perDay is about what a day with a purchase costs.
func (r run) perDay() float64 { return r.sum.Float64() / float64(max(r.bought, 1)) }

// run follows what is bought from day d on, up to last: no more than a weekend lies between.
func (p *product) run(d, last usage.Day) run {
	r := run{from: d, to: d, begins: d+runLeast-1 <= last}
	for e := d; e <= last && e-r.to <= runGap+1; e++ {
		if c := p.day(e); c.Sign() != 0 {
			r.to, r.sum, r.bought = e, r.sum.Add(c), r.bought+1
		}
	}
	for e := d; e < d+runLeast && r.begins; e++ {
		r.begins = p.day(e).Float64() > 0.5*r.perDay() && p.day(e).Float64() < 2*r.perDay()
	}
	return r
}

// streaming says of x that what is bought day by day costs as much as now, where it cost so
// much a day before.
func (p *product) streaming(f *frame, x Finding, now run, last usage.Day, before float64) Finding {
	digits := usage.MinorDigits(f.cur.code)
	x.Start, x.End, x.Ongoing, x.Actual = now.from, now.to, now.to+arrivesWithin >= last, f.money(now.sum)
	x.Expected = f.money(usage.DecimalFromFloat(before * float64(now.bought)).Round(digits))
	x.Low, x.High = x.Expected, x.Expected
	kind := usage.KindNew
	if before > 0 {
		kind = usage.KindLevel
		x.Rule = locale.T("More than 1.25 times the largest week of the %s before.", locale.T("%d days", streamBack))
	}
	x.tell(f, kind, before, now.perDay())
	return p.driven(f, x)
}

// tell says in words that x costs so much a day now, and before.
func (x *Finding) tell(f *frame, kind usage.Kind, before, now float64) {
	digits := usage.MinorDigits(f.cur.code)
	says := teller{name: x.Label, bought: true, money: func(v float64) locale.Approx { return f.approx(usage.DecimalFromFloat(v)) }}
	says.Finding = detect.Finding{
		Kind: kind, Direction: x.Direction, Start: x.Start, End: x.End, Ongoing: x.Ongoing, Actual: x.Actual.Amount.Float64(),
		Expected: x.Expected.Amount.Float64(), Impact: x.Actual.Sub(x.Expected).Amount.Float64(), PerDayBefore: before, PerDayNow: now,
	}
	if x.Ongoing {
		says.ProjectedPerMonth = 30 * (now - before)
		monthly := f.money(usage.DecimalFromFloat(says.ProjectedPerMonth).Round(digits))
		x.PerMonth = &monthly
	}
	x.Reason, x.Explanation = says.reason(), says.explanation()
}

// ended says that what was bought day by day until the day before d has not been since.
func (p *product) ended(f *frame, d, last usage.Day) (Finding, bool) {
	if d+dueWithin+arrivesWithin > last || p.day(d-1).Sign() == 0 || !p.stream(d-1) ||
		slices.ContainsFunc(p.days, func(day usage.Day) bool { return day >= d }) {
		return Finding{}, false
	}
	week, _ := p.on(d - 1 - dueWithin)
	before := week.Float64() / float64(2*dueWithin+1)
	missed := usage.DecimalFromFloat(before * float64(last-d+1)).Round(usage.MinorDigits(f.cur.code))
	if missed.Cmp(usage.DecimalOf(50*usage.Magnitude(f.cur.code))) < 0 {
		return Finding{}, false
	}
	x := Finding{
		bought: p, Kind: usage.KindMissing, Direction: usage.Down, Severity: usage.SeverityLow, Start: d, End: last, Ongoing: true,
		Scope: p.scope, Currency: f.cur.code, Expected: f.money(missed), Low: f.money(missed), High: f.money(missed), Drivers: []Driver{},
		Actual: f.money(usage.Decimal{}), Rule: locale.T("Bought day by day until %s, and not since.", locale.Short(d-1)),
	}
	x.Label, x.Context = f.nameOf(p.scope)
	x.tell(f, usage.KindGone, before, 0)
	return p.driven(f, x), true
}

// on returns what was bought within dueWithin days of d.
func (p *product) on(d usage.Day) (sum usage.Decimal, any bool) {
	for i, day := range p.days {
		if day >= d-dueWithin && day <= d+dueWithin {
			sum, any = sum.Add(p.cost[i]), true
		}
	}
	for i, day := range p.others {
		if day >= d-dueWithin && day <= d+dueWithin {
			sum, any = sum.Add(p.othersCost[i]), true
		}
	}
	return sum, any
}

// stream reports whether the product is bought day by day, as of day d.
func (p *product) stream(d usage.Day) bool {
	from := max(d-rhythmDays+1, p.days[0])
	n := 0
	for i, day := range p.days {
		if day >= from && day <= d && (i == 0 || p.days[i-1] != day) {
			n++
		}
	}
	days := int(d - from + 1)
	return days >= rhythmLeast && 10*n >= 7*days
}

// day is what was bought on day d.
func (p *product) day(d usage.Day) (sum usage.Decimal) {
	for i, day := range p.days {
		if day == d {
			sum = sum.Add(p.cost[i])
		}
	}
	return sum
}

// largestWeek returns the most that a stream cost in a week, of those around the days that
// lie between one and five weeks before d; nothing where it is younger.
func (p *product) largestWeek(d usage.Day) (most usage.Decimal) {
	for e := max(d-streamBack, p.days[0]+dueWithin); e <= d-2*dueWithin-1; e++ {
		if c, _ := p.on(e); c.Cmp(most) > 0 {
			most = c
		}
	}
	return most
}

// early reports whether the product was bought in the dueWithin days before d:
// early, but not missing.
func (p *product) early(d usage.Day) bool {
	return slices.ContainsFunc(p.days, func(day usage.Day) bool { return day < d && day >= d-2*dueWithin })
}

// before reports whether the product was bought before d.
func (p *product) before(d usage.Day) bool {
	earlier := func(day usage.Day) bool { return day < d }
	return slices.ContainsFunc(p.days, earlier) || slices.ContainsFunc(p.others, earlier)
}

// monthsBefore returns the same day of the month, n months before d, or the
// month's last day.
func monthsBefore(d usage.Day, n int) usage.Day {
	y, m, day := d.Time().Date()
	first := usage.Date(y, m-time.Month(n), 1)
	return min(first+usage.Day(day-1), first.Month().Last())
}
