// Package eval measures the detector on made-up bills whose incidents are known
// to the cent: whole estates with a hierarchy, and single series. It makes the
// tables of docs/accuracy.md.
//
// All chance comes from the seed: the same seed and options give the same bill.
package eval

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"usagereport/analysis/detect"
	"usagereport/usage"
)

// Options say what an estate is like. The zero Options is a normal estate of 400
// resources and 396 days.
type Options struct {
	Days      int     // of history, 20 to 400; incidents begin a week after its first at the earliest
	Resources int     // about
	Hard      bool    // small changes, also on bursty, heavy-tailed and month-end resources
	Clean     bool    // no incidents, nuisances only
	Churn     bool    // also groups in which resources come and go all the time
	Replaced  int     // resources that others have replaced in the last weeks, besides the usual few
	Scale     float64 // factor on all money, as another currency has
	Tags      bool    // resources belong to teams, whatever their group; each team is a level, and two have incidents of their own
	Second    bool    // by the other generator, which knows no Churn, no Replaced and no Tags
	Cloud     string  // "aws" or "gcp": by the other generator, with the shapes of that cloud; "" for neither
}

// Team is the dimension of Options.Tags.
const Team usage.Dimension = "Tags.team"

// complete fills in what o leaves out.
func (o Options) complete() Options {
	if o.Days == 0 {
		o.Days = 396
	}
	if o.Resources == 0 {
		o.Resources = 400
	}
	if o.Scale == 0 {
		o.Scale = 1
	}
	return o
}

// An Incident is a change that the detector should find.
type Incident struct {
	What       string // as people would say it: "group shift"
	Kind       usage.Kind
	Start, End usage.Day
	Scope      usage.Series // the level that explains it
	Leaves     []int        // of the Input, in order

	// Excess is what each leaf of Leaves cost more than it would have, for each
	// day of the Input: exact, and of what has arrived by now.
	Excess [][]float64
	Before float64 // cost of Leaves in the 30 days before
}

// Total returns the incident's excess so far.
func (in Incident) Total() float64 {
	sum := 0.0
	for _, v := range in.Excess {
		for _, x := range v {
			sum += x
		}
	}
	return sum
}

// An Estate is a bill, and what is wrong with it.
type Estate struct {
	Name      string
	Seed      uint64
	In        detect.Input
	Incidents []Incident
	Replaced  [][2][]int // leaves of each replaced resource and of its successor, by Options.Replaced
}

// A meter is one thing that a resource is charged by.
type meter struct {
	service, name, unit string
	price               float64
	share               float64 // of the resource's cost
	shapes              []shape // any of them
}

// A model is a kind of resource. Its first meter is the main one.
type model struct {
	name   string
	weight int
	meters []meter
}

// models returns what resources there are, with invented prices.
func models() []model {
	disk := meter{"Storage", "P20 LRS Disk", "Months", 60, 0.15, []shape{constant}}
	egress := meter{"Bandwidth", "Data Transfer Out", "GB", 0.08, 0.08, []shape{weekly}}
	vm := func(size string, price float64, weight int, s ...shape) model {
		return model{"vm", weight, []meter{{"Virtual Machines", size, "Hours", price, 0.77, s}, disk, egress}}
	}
	one := func(name string, weight int, service, m, unit string, price float64, s ...shape) model {
		return model{name, weight, []meter{{service, m, unit, price, 1, s}}}
	}
	return []model{
		vm("D2s v5", 0.1, 8, machine, machine, office),
		vm("D4s v5", 0.2, 10, machine, machine, office),
		vm("D8s v5", 0.4, 6, machine, weekly),
		vm("E8s v5", 0.5, 4, machine),
		one("dev", 8, "Virtual Machines", "B8ms", "Hours", 0.35, office),
		one("vmss", 4, "Virtual Machines", "D16s v5", "Hours", 0.8, weekly, weekly, regimes),
		{"sql", 8, []meter{
			{"SQL Database", "vCore", "Hours", 0.13, 0.8, []shape{constant, machine}},
			{"SQL Database", "Data Stored", "GB", 0.12, 0.2, []shape{growth}},
		}},
		{"st", 9, []meter{
			{"Storage", "Hot LRS Data Stored", "GB", 0.02, 0.7, []shape{growth, constant}},
			{"Storage", "Hot Write Operations", "10K", 0.05, 0.3, []shape{weekly, heavy}},
		}},
		one("plan", 7, "App Service", "P2v3", "Hours", 0.4, constant, machine),
		{"log", 5, []meter{
			{"Log Analytics", "Data Ingestion", "GB", 2.3, 0.85, []shape{weekly, weekly, heavy}},
			{"Log Analytics", "Data Retention", "GB", 0.1, 0.15, []shape{growth}},
		}},
		one("adf", 3, "Data Factory", "Pipeline Activities", "1K", 1, monthEnd, intermittent),
		one("fn", 3, "Functions", "Executions", "10", 0.2, grant, intermittent),
		one("cosmos", 4, "Cosmos DB", "100 RU/s", "Hours", 0.008, constant, regimes, weekly),
		one("ai", 3, "Cognitive Services", "Tokens", "1K", 0.002, heavy, weekly),
		one("dbx", 3, "Databricks", "Standard DBU", "Hours", 0.4, intermittent, weekly),
		one("lb", 5, "Load Balancer", "Standard Rule", "Hours", 0.025, constant),
		one("ip", 4, "Virtual Network", "Static IP", "Months", 3.6, prorated, constant),
		one("vault", 2, "Backup", "Protected Instances", "Months", 10, prorated, growth),
		one("saas", 1, "Marketplace", "Subscription", "1", 1, purchases, aggregate),
	}
}

// A resource is what the maker knows of one.
type resource struct {
	model      int
	sub, group string
	name       string
	team       string // "" for none
	leaves     []int
	curves     []curve
	perDay     float64
	calm       bool // nothing happened to it in the last four months
	taken      bool // part of an incident, or of a nuisance of the last weeks
}

// A maker is an estate in work, over enough days for the longest history.
type maker struct {
	o         Options
	r         *rand.Rand
	cal       *calendar
	last      int // day, of the calendar
	models    []model
	resources []*resource
	leaves    []detect.Leaf
	was       [][]float64 // cost without the incidents
	incidents []Incident
	replaced  [][2][]int
	serial    int
}

const longest = 400 // days

// NewEstate makes up an estate.
func NewEstate(seed uint64, o Options) Estate {
	o = o.complete()
	if o.Second || o.Cloud != "" {
		return second(seed, o)
	}
	r := rand.New(rand.NewPCG(seed, 1))
	end := usage.Date(2026, time.January, 5) + usage.Day(r.IntN(360))
	m := &maker{o: o, r: r, cal: newCalendar(r, end, longest), last: longest - 1, models: models()}
	m.populate()
	m.trouble()
	if o.Churn {
		m.pool()
	}
	for range o.Replaced {
		if res := m.one(func(res *resource) bool { return m.fit(res, 5) }); res != nil {
			m.replaced = append(m.replaced, [2][]int{res.leaves, m.replace(res, m.last-5-r.IntN(30))})
		}
	}
	for _, l := range m.leaves {
		m.was = append(m.was, slices.Clone(l.Cost))
	}
	if !o.Clean {
		m.plant()
	}
	return m.estate(seed)
}

// populate fills subscriptions and groups with resources.
func (m *maker) populate() {
	subs := 2 + m.r.IntN(4)
	var groups []resource
	for s := range subs {
		for g := range 5 + m.r.IntN(9) {
			purpose := []string{"web", "data", "build", "ml", "shop", "erp", "log", "net", "crm", "bi", "edge", "iam", "ops"}[g]
			stage := []string{"prod", "prod", "test", "dev"}[m.r.IntN(4)]
			groups = append(groups, resource{sub: fmt.Sprintf("sub-%d", s+1), group: "rg-" + purpose + "-" + stage})
		}
	}
	weights := make([]float64, len(groups)) // some groups are large
	for i := range weights {
		weights[i] = math.Exp(0.7 * m.r.NormFloat64())
	}
	total := 0
	for _, x := range m.models {
		total += x.weight
	}
	for range m.o.Resources {
		g := groups[choose(m.r, weights)]
		w, k := m.r.IntN(total), 0
		for w >= m.models[k].weight {
			w -= m.models[k].weight
			k++
		}
		if g.group[len(g.group)-3:] == "dev" && m.r.Float64() < 0.3 {
			k = 4
		}
		m.add(g.sub, g.group, k, min(250, max(0.2, 9*math.Exp(1.2*m.r.NormFloat64()))))
	}
}

func choose(r *rand.Rand, weights []float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	x := r.Float64() * sum
	for i, w := range weights {
		if x -= w; x < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// add makes a resource that costs about perDay.
func (m *maker) add(sub, group string, kind int, perDay float64) *resource {
	m.serial++
	res := &resource{
		model: kind, sub: sub, group: group, name: fmt.Sprintf("%s-%04d", m.models[kind].name, m.serial),
		perDay: perDay, calm: true,
	}
	if m.o.Tags && m.r.Float64() < 0.85 {
		res.team = fmt.Sprintf("team %d", 1+m.r.IntN(12))
	}
	for _, x := range m.models[kind].meters {
		c := m.cal.draw(m.r, x.shapes[m.r.IntN(len(x.shapes))])
		m.meter(res, x, c, perDay*x.share)
	}
	m.resources = append(m.resources, res)
	return res
}

// meter adds a leaf to res.
func (m *maker) meter(res *resource, x meter, c curve, perDay float64) {
	l := detect.Leaf{Unit: x.unit, Cost: make([]float64, m.cal.days), Quantity: make([]float64, m.cal.days), Dims: usage.Series{
		usage.SubAccount: res.sub, usage.ResourceGroup: res.group, usage.Service: x.service, usage.Meter: x.name,
		usage.Resource: "/subscriptions/" + res.sub + "/resourcegroups/" + res.group + "/" + res.name,
	}}
	if res.team != "" {
		l.Dims[Team] = res.team
	}
	for d, y := range c.y {
		l.Quantity[d] = math.Round(1e6*perDay/x.price*y) / 1e6
		l.Cost[d] = l.Quantity[d] * x.price
	}
	res.leaves = append(res.leaves, len(m.leaves))
	res.curves = append(res.curves, c)
	m.leaves = append(m.leaves, l)
}

// scale multiplies what leaf i uses and costs from one day to another.
func (m *maker) scale(i, from, to int, by func(d int) float64) {
	for d := max(0, from); d <= min(to, m.last); d++ {
		f := by(d)
		m.leaves[i].Cost[d] *= f
		m.leaves[i].Quantity[d] *= f
	}
}

func (m *maker) scaleAll(res *resource, from, to int, f float64) {
	for _, i := range res.leaves {
		m.scale(i, from, to, func(int) float64 { return f })
	}
}

// trouble does to resources what needs no finding, or not as an
// increase: old changes, outages, ends, falls, replacements.
func (m *maker) trouble() {
	r, end := m.r, m.last
	for _, res := range slices.Clone(m.resources) {
		x := r.Float64()
		switch {
		case x < 0.15: // a shift that has long been accepted
			day := end - 60 - r.IntN(280)
			m.scaleAll(res, day, end, math.Exp(between(r, -0.9, 1.1)))
			res.calm = day < end-120
		case x < 0.23: // an old spike
			day := end - 45 - r.IntN(300)
			m.scaleAll(res, day, day+r.IntN(4), between(r, 3, 12))
			res.calm = day < end-120
		case x < 0.27: // an outage, perhaps lately
			day := end - r.IntN(200)
			m.scaleAll(res, day, day+r.IntN(6), between(r, 0, 0.4))
			res.calm = day < end-120
		case x < 0.31: // less than before
			m.scaleAll(res, end-r.IntN(34), end, between(r, 0.3, 0.85))
			res.calm = false
		case x < 0.33: // no more
			m.scaleAll(res, end-r.IntN(80), end, 0)
			res.calm = false
		case x < 0.43: // born some time ago
			day := end - 70 - r.IntN(300)
			m.born(res, day, end-60)
			res.calm = day < end-120
		case x < 0.445: // born shortly before the last five weeks
			m.born(res, end-37-r.IntN(30), end-36)
			res.calm = false
		case x < 0.455: // replaced by another of the same kind
			if m.leaves[res.leaves[0]].Cost[end-60] != 0 && res.curves[0].shape.steady() {
				m.replace(res, end-4-r.IntN(50))
			}
		case x < 0.475: // small ones that come or go
			m.scaleAll(res, 0, end, 0.5/res.perDay)
			if day := end - r.IntN(40); x < 0.465 {
				m.scaleAll(res, 0, day-1, 0)
			} else {
				m.scaleAll(res, day, end, 0)
			}
			res.calm = false
		}
	}
}

// born takes away what a resource cost before a day. One that would then cost
// something for the first time after latest is left as it is: that would be news.
func (m *maker) born(res *resource, day, latest int) {
	for d := day; d <= latest; d++ {
		for _, i := range res.leaves {
			if m.leaves[i].Cost[d] != 0 {
				m.scaleAll(res, 0, day-1, 0)
				return
			}
		}
	}
}

// replace ends res on a day, or a day off, and has another resource use what it
// would have used, by another name. It returns that one's leaves.
func (m *maker) replace(res *resource, day int) []int {
	m.serial++
	next := &resource{model: res.model, sub: res.sub, group: res.group, name: fmt.Sprintf("%s-%04d", m.models[res.model].name,
		m.serial), team: res.team, perDay: res.perDay}
	size := between(m.r, 0.9, 1.1)
	for j, x := range m.models[res.model].meters {
		m.meter(next, x, res.curves[j], 1)
		old, new := m.leaves[res.leaves[j]], m.leaves[next.leaves[j]]
		for d := range old.Cost {
			new.Cost[d], new.Quantity[d] = size*old.Cost[d], size*old.Quantity[d]
		}
	}
	m.resources = append(m.resources, next)
	m.scaleAll(res, day, m.last, 0)
	m.scaleAll(next, 0, day-2+m.r.IntN(3), 0)
	res.calm, next.calm = false, false
	return next.leaves
}

// pool adds a group whose machines live for days only, about as many at all
// times.
func (m *maker) pool() {
	price := between(m.r, 5, 20)
	for slot := range 6 + m.r.IntN(6) {
		for day := -m.r.IntN(15); day <= m.last; {
			life := 2 + m.r.IntN(18)
			res := m.add("sub-1", "rg-pool", slot%2, price)
			m.scaleAll(res, 0, day-1, 0)
			m.scaleAll(res, day+life, m.last, 0)
			res.calm = false
			day += life + m.r.IntN(2)
		}
	}
}

// estate cuts off the days before the history, and what has not arrived yet.
func (m *maker) estate(seed uint64) Estate {
	cut := longest - m.o.Days
	seen := m.arrived()
	e := Estate{Name: name(m.o), Seed: seed, Replaced: m.replaced, In: detect.Input{
		From: m.cal.from + usage.Day(cut), Days: m.o.Days, MinImpact: 5 * m.o.Scale,
	}}
	if m.o.Tags {
		e.In.Levels = []usage.Dimension{Team}
	}
	for i, l := range m.leaves {
		l.Cost, l.Quantity = slices.Clone(l.Cost[cut:]), slices.Clone(l.Quantity[cut:])
		for d := range l.Cost {
			l.Cost[d] *= seen[i][d+cut] * m.o.Scale
			l.Quantity[d] *= seen[i][d+cut]
		}
		e.In.Leaves = append(e.In.Leaves, l)
	}
	for _, in := range m.incidents {
		for _, i := range in.Leaves {
			more := make([]float64, m.o.Days)
			for d := range more {
				more[d] = (m.leaves[i].Cost[d+cut] - m.was[i][d+cut]) * seen[i][d+cut] * m.o.Scale
			}
			in.Excess = append(in.Excess, more)
			start := int(in.Start - m.cal.from)
			for d := start - 30; d < start; d++ {
				in.Before += m.was[i][d] * m.o.Scale
			}
		}
		if in.Total() > 0 { // what was idle cannot rise
			e.Incidents = append(e.Incidents, in)
		}
	}
	return e
}

// arrived returns which part of each leaf's days is known: the last three are
// incomplete.
func (m *maker) arrived() [][]float64 {
	out := make([][]float64, len(m.leaves))
	usual := [3]float64{0.35, between(m.r, 0.8, 0.98), between(m.r, 0.97, 1)}
	late := make(map[string]float64)
	for i, l := range m.leaves {
		out[i] = slices.Repeat([]float64{1}, longest)
		key := l.Dims[usage.Resource]
		if _, ok := late[key]; !ok {
			late[key] = 1
			if m.r.Float64() < 0.06 {
				late[key] = between(m.r, 0, 0.6)
			}
		}
		for j, part := range usual {
			if j < 2 {
				part *= late[key]
			}
			out[i][m.last-j] = min(1, part*between(m.r, 0.97, 1.03))
		}
	}
	return out
}

func name(o Options) string {
	o = o.complete()
	s := "normal"
	switch {
	case o.Clean:
		s = "clean"
	case o.Hard:
		s = "harder"
	}
	if o.Churn {
		s += ", churn"
	}
	if o.Tags {
		s += ", teams"
	}
	if o.Second {
		s += ", second generator"
	}
	if o.Cloud != "" {
		s += ", " + o.Cloud
	}
	return fmt.Sprintf("%s, %d resources, %d days, x%g", s, o.Resources, o.Days, o.Scale)
}
