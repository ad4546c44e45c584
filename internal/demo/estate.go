package demo

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"usagereport/usage"
)

// An estate is everything that is charged for, day by day.
type estate struct {
	options   Options
	days      calendar
	from      int // place of the first day that is written
	kinds     []kind
	meters    []meter
	groups    []group
	subs      []string // ids of the subscriptions
	resources []*resource
	lines     []*line
	incidents []*Incident
	accepted  []*Incident
}

// A resource is one thing that is charged for.
type resource struct {
	sub, region int
	kind        int
	group       string
	groupText   string // as its emitter writes it
	id          string // likewise
	name        string
	costCenter  string
	tags        string
}

// A line is one meter of one resource, or one purchase: the rows that differ in
// nothing but the day.
type line struct {
	res         *resource
	meter       int
	price       int64 // a unit's
	list        int64 // a unit's without any agreement
	rise        int64 // what a unit costs more from day risen on
	risen       int
	quantity    []int64 // for each day, as used
	was         []int64 // as it would have been without the incident
	incident    *Incident
	arrived     [lateDays]int64 // the part that has arrived of the last day, the day before, ...
	charge      string
	frequency   string
	pricing     string
	reservation string
	term        string
	publisher   string
	local       bool // priced in the billing currency
}

// lateDays is the number of last days whose usage has not all arrived.
const lateDays = 3

// Streams of chance that belong to no resource.
const (
	streamSubs = 1<<32 + iota
	streamReservation
	streamRates
	streamChurn
	streamResize
	streamInvoices
	streamArrival = 1 << 33 // and one more for each service
	streamMeters  = 1 << 34 // and one more for each meter and region
)

// newEstate invents the estate of o's seed.
func newEstate(o Options) *estate {
	e := &estate{
		options: o,
		days:    newCalendar(max(o.Months, defaultMonths), o.End),
		kinds:   kinds(),
		meters:  meters(),
		groups:  groups(),
	}
	e.from = e.days.at(newCalendar(o.Months, o.End)[0].day)
	d := newDice(o.Seed, streamSubs)
	for range subscriptions() {
		e.subs = append(e.subs, d.guid())
	}
	for _, g := range e.groups {
		for _, l := range g.lots {
			for range l.count {
				e.add(g, l.kind)
			}
		}
	}
	e.purchases()
	e.plant()
	return e
}

// add creates a resource of this kind in g and returns its lines.
func (e *estate) add(g group, k int) []*line {
	kind := e.kinds[k]
	n := 1
	for _, r := range e.resources {
		if r.group == g.name && e.kinds[r.kind].prefix == kind.prefix {
			n++
		}
	}
	r := &resource{
		sub: g.sub, region: g.region, kind: k, group: g.name, groupText: g.name,
		name:       fmt.Sprintf("%s-%s-%02d", kind.prefix, strings.TrimPrefix(g.name, "rg-"), n),
		costCenter: fmt.Sprintf("CC4%d0", g.sub+1),
		tags:       tags(subscriptions()[g.sub][1], g.owner),
	}
	if k == account || k == accountLake {
		r.name = strings.ReplaceAll(r.name, "-", "")
	}
	sub, words := e.subs[g.sub], "resourcegroups"
	if kind.loud {
		sub, words, r.groupText = strings.ToUpper(sub), "resourceGroups", strings.ToUpper(g.name)
	}
	r.id = "/subscriptions/" + sub + "/" + words + "/" + r.groupText + "/providers/" + kind.provider + "/" + r.name
	e.resources = append(e.resources, r)

	var added []*line
	for i, u := range kind.uses {
		d := newDice(e.options.Seed, uint64(len(e.resources)*8+i))
		base := u.base
		if !u.fixed {
			sizes := [...]int64{400_000, 600_000, 800_000, one, 1_300_000, 1_700_000, 2_200_000}
			base = times(base, sizes[d.below(int64(len(sizes)))])
		}
		l := e.consume(r, u.meter, d)
		l.quantity = e.days.series(d, u.shape, base)
		if k == vmReserved {
			l.price, l.list, l.pricing, l.reservation = 0, 0, "Reservation", e.reservationID()
		}
		added = append(added, l)
	}
	return added
}

// consume adds a line of usage of r, still without quantity.
func (e *estate) consume(r *resource, m int, d dice) *line {
	l := &line{
		res: r, meter: m,
		price: e.meters[m].price, list: e.meters[m].price,
		charge: "Usage", frequency: "UsageBased", pricing: "OnDemand", publisher: "Microsoft",
	}
	if e.meters[m].family == "Compute" { // an agreement of 5 %
		l.list = l.price * 100 / 95
	}
	// Each service reports at its own pace, and some of its rows come later.
	service := slices.IndexFunc(e.meters, func(o meter) bool { return o.category == e.meters[m].category })
	pace := newDice(e.options.Seed, streamArrival+uint64(service))
	shares := [lateDays]int64{pace.between(400_000, 600_000), pace.between(840_000, 920_000), pace.between(970_000, 990_000)}
	chances := [lateDays]int64{70, 98, 100}
	for lag := range l.arrived {
		if d.below(100) < chances[lag] {
			l.arrived[lag] = shares[lag]
		}
	}
	e.lines = append(e.lines, l)
	return l
}

// purchase adds a line that is bought as a whole, priced in the billing
// currency, on the days that on selects.
func (e *estate) purchase(r *resource, m int, on func(date) bool) *line {
	l := &line{
		res: r, meter: m, price: e.meters[m].price, quantity: make([]int64, len(e.days)),
		charge: "Purchase", frequency: "Recurring", pricing: "OnDemand", term: "1", local: true,
		publisher: e.meters[m].sub,
	}
	for i, d := range e.days {
		if on(d) {
			l.quantity[i] = one
		}
	}
	e.lines = append(e.lines, l)
	return l
}

// purchases adds what is bought by the month: a reservation on the 1st, a
// log service on the 13th, and the mail gateway.
func (e *estate) purchases() {
	order := &resource{
		sub: 0, region: 2, kind: -1, name: "reservation-erp",
		id:         "/providers/Microsoft.Capacity/reservationOrders/" + e.reservationID(),
		costCenter: "CC410",
	}
	e.resources = append(e.resources, order)
	l := e.purchase(order, reservation, func(d date) bool { return d.day == d.month.From })
	l.publisher, l.pricing, l.reservation, l.term = "Microsoft", "Reservation", e.reservationID(), "12"

	e.purchase(e.find("rg-licences", saas)[0], saasLog, func(d date) bool { return d.day-d.month.From == 12 })
	missing := e.missingDay()
	e.purchase(e.find("rg-licences", saas)[1], saasMail, func(d date) bool {
		return d.day-d.month.From == missing-missing.Month().From
	})
}

// missingDay returns the day on which the mail gateway should have been charged
// for the last time: the eighth before the end, on a day that every month has.
func (e *estate) missingDay() usage.Day {
	d := e.options.End - 8
	return min(d, d.Month().From+27)
}

// reservationID returns the id of the estate's one reservation.
func (e *estate) reservationID() string { return newDice(e.options.Seed, streamReservation).guid() }

// find returns the resources of this kind in a group.
func (e *estate) find(group string, kind int) []*resource {
	var found []*resource
	for _, r := range e.resources {
		if r.group == group && r.kind == kind {
			found = append(found, r)
		}
	}
	return found
}

// linesOf returns the lines of meter m, of one of the resources if any are
// named.
func (e *estate) linesOf(m int, of ...*resource) []*line {
	var found []*line
	for _, l := range e.lines {
		if l.meter == m && (len(of) == 0 || slices.Contains(of, l.res)) {
			found = append(found, l)
		}
	}
	return found
}

// tags returns the tags column of a resource.
func tags(env, owner string) string {
	if owner == "" {
		return ""
	}
	text, err := json.Marshal(struct {
		Env   string `json:"env"`
		Owner string `json:"owner"`
	}{env, owner})
	if err != nil {
		return ""
	}
	return string(text)
}

// group returns the resource group of this name.
func (e *estate) group(name string) group {
	return e.groups[slices.IndexFunc(e.groups, func(g group) bool { return g.name == name })]
}
