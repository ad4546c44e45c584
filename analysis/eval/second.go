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

// second makes up an estate for Options.Second: other services, other curves,
// other sizes of incidents and nuisances than the first generator's, so that what
// is tuned on one of the two shows on the other whether it holds.
func second(seed uint64, o Options) Estate {
	w := &world{o: o, r: rand.New(rand.NewPCG(seed, 77)), prices: map[string]float64{}, used: map[*thing]bool{}, offers: offers()}
	end := usage.Date(2026, time.November, 20) + usage.Day(seed%29)
	w.from, w.lo = end-usage.Day(o.Days)+1, max(0, o.Days-35)
	w.clouds()
	w.settle()
	w.nuisances()
	w.support()
	if !o.Clean {
		w.incidents()
	}
	return w.estate(seed)
}

// A world is an estate of second in work.
type world struct {
	o       Options
	r       *rand.Rand
	from    usage.Day
	lo      int // first of the last 35 days
	groups  []place
	offers  []offer
	covered []float64 // of AWS, the part that a savings plan covers, by day
	things  []*thing
	leaves  []detect.Leaf
	prices  map[string]float64
	used    map[*thing]bool // by an incident or a nuisance of the last days
	planted []Incident
}

type place struct {
	sub, group string
	office     bool // its machines are off at night and on weekends
}

type thing struct {
	place
	service, name, habit string
	leaves               []int
	born, died           int
	level                float64
}

// An offer is a service with what it is charged by, how its use moves, and what
// it costs a day.
type offer struct {
	service        string
	meters, habits []string
	least, most    float64
}

func offers() []offer {
	return []offer{
		{
			"Virtual Machines",
			[]string{"D2s v5", "D4s v5", "E8s v5", "B2ms", "F16s v2"},
			[]string{"constant", "constant", "office", "jitter", "autoscale"},
			1, 60,
		},
		{"SQL Database", []string{"vCore", "DTU S3", "Storage"}, []string{"constant", "jitter", "regime"}, 2, 80},
		{"Storage", []string{"Hot LRS", "Cool LRS", "Write operations"}, []string{"growth", "usage", "usage"}, 0.2, 30},
		{"App Service", []string{"P1v3", "S1"}, []string{"constant", "constant", "autoscale"}, 2, 20},
		{"Kubernetes Service", []string{"Nodes", "Uptime SLA"}, []string{"autoscale", "usage", "constant"}, 10, 200},
		{"Functions", []string{"Execution Time"}, []string{"intermittent", "bursty", "usage"}, 0.05, 8},
		{"Log Analytics", []string{"Data Ingestion"}, []string{"usage", "bursty", "sundays"}, 1, 70},
		{"Bandwidth", []string{"Data Transfer Out"}, []string{"usage", "bursty"}, 0.1, 20},
		{"Cosmos DB", []string{"RU/s", "Storage"}, []string{"constant", "autoscale"}, 1, 60},
		{"Backup", []string{"Protected Instances", "Vault"}, []string{"growth", "constant"}, 0.5, 8},
		{"Databricks", []string{"DBU", "Photon DBU"}, []string{"sundays", "bursty", "month end"}, 5, 150},
		{"Data Factory", []string{"Pipeline Runs"}, []string{"month end", "sundays", "intermittent"}, 0.5, 20},
		{"Key Vault", []string{"Operations"}, []string{"intermittent"}, 0.01, 0.2},
		{"Managed Disks", []string{"P10", "P20", "E30"}, []string{"constant", "constant", "prorated"}, 0.5, 15},
	}
}

// steady returns the habits on which a change can be distinguished from chance.
func (w *world) steady() []string {
	out := []string{"constant", "jitter", "office", "usage", "sundays", "autoscale", "growth", "prorated", "hourly", "covered", "sustained"}
	if w.o.Hard {
		out = append(out, "bursty", "intermittent", "month end", "regime")
	}
	return out
}

func (w *world) weekend(d int) bool {
	day := (w.from + usage.Day(d)).Time().Weekday()
	return day == time.Saturday || day == time.Sunday
}

// curve makes one cost a day.
func (w *world) curve(habit string, level float64) []float64 {
	if y := w.cloudCurve(habit, level); y != nil {
		return y
	}
	r, y := w.r, make([]float64, w.o.Days)
	weekend, sigma, busy, growth := between(r, 0.1, 0.6), between(r, 0.03, 0.18), between(r, 0.05, 0.45), between(r, 0.01, 0.06)
	ar, walk, high := 0.0, 0.0, false
	for d := range y {
		day := w.from + usage.Day(d)
		month := day.Month()
		switch y[d] = level; habit {
		case "jitter":
			y[d] *= 1 + 0.01*r.NormFloat64()
		case "prorated":
			y[d] *= 30 / float64(month.Days())
		case "office":
			y[d] *= 1 + 0.03*r.NormFloat64()
			if w.weekend(d) {
				y[d] = 0.4 * weekend * level
			}
		case "usage", "sundays":
			ar = 0.6*ar + sigma*r.NormFloat64()
			walk += 0.006 * r.NormFloat64()
			y[d] *= math.Exp(0.5*ar + walk)
			if w.weekend(d) {
				y[d] *= 1 - weekend
			}
			if habit == "sundays" && day.Time().Weekday() == time.Sunday {
				y[d] *= 1.8
			}
		case "autoscale":
			ar = 0.7*ar + 0.08*r.NormFloat64()
			y[d] *= 1 + ar
			if w.weekend(d) {
				y[d] *= 1 - 0.5*weekend
			}
			y[d] = max(y[d], 0.2*level)
		case "growth":
			y[d] *= math.Pow(1+growth, float64(d-w.o.Days)/30) * (1 + 0.01*r.NormFloat64())
		case "bursty":
			y[d] *= math.Exp(0.7 * r.NormFloat64())
			if r.Float64() < 0.02 {
				y[d] *= between(r, 3, 6)
			}
		case "intermittent":
			if r.Float64() < busy {
				y[d] *= math.Exp(0.5*r.NormFloat64()) / busy
			} else {
				y[d] = 0
			}
		case "regime":
			if r.Float64() < 0.03 {
				high = !high
			}
			if high {
				y[d] *= 1.6
			}
			y[d] *= 1 + 0.01*r.NormFloat64()
		case "month end":
			if int(month.To-day) <= 3 {
				y[d] *= 3 + 0.3*r.NormFloat64()
			} else {
				y[d] *= 0.4 * (1 + 0.05*r.NormFloat64())
			}
		}
	}
	return y
}

// settle fills groups with things.
func (w *world) settle() {
	r := w.r
	for s := range 2 + r.IntN(5) {
		if w.o.Cloud != "" {
			break // clouds has them
		}
		for g := range 3 + r.IntN(9) {
			w.groups = append(w.groups, place{fmt.Sprintf("sub-%d", s), fmt.Sprintf("rg-%d-%d", s, g), r.Float64() < 0.4})
		}
	}
	for range w.o.Resources {
		x, born, died := w.offers[r.IntN(len(w.offers))], 0, w.o.Days
		switch p := r.Float64(); {
		case p < 0.12 && w.lo > 60:
			born = r.IntN(w.lo - 30)
		case p < 0.17 && w.lo > 60:
			died = 30 + r.IntN(w.o.Days-30)
		case p >= 0.17 && p < 0.19: // small ones come all the time
			x.habits, x.least, x.most, born = []string{"constant"}, 0.01, 0.5, w.lo+r.IntN(30)
		}
		w.make(w.groups[r.IntN(len(w.groups))], x, born, died)
	}
}

func (w *world) make(at place, x offer, born, died int) *thing {
	r := w.r
	t := &thing{
		place: at, service: x.service, name: fmt.Sprintf("%s-%03d", x.service[:3], len(w.things)),
		habit: x.habits[r.IntN(len(x.habits))], born: born, died: died,
	}
	if at.office && t.habit == "constant" && r.Float64() < 0.6 {
		t.habit = "office"
	}
	t.level = x.least * math.Pow(x.most/x.least, r.Float64())
	main := r.IntN(len(x.meters))
	w.charge(t, x.meters[main], w.curve(t.habit, t.level))
	if r.Float64() < 0.25 && len(x.meters) > 1 {
		w.charge(t, x.meters[(main+1)%len(x.meters)], w.curve("constant", 0.2*t.level))
	}
	w.discount(t)
	w.things = append(w.things, t)
	return t
}

// charge adds a leaf of cost y.
func (w *world) charge(t *thing, meter string, y []float64) {
	key := t.service + "/" + meter
	if w.prices[key] == 0 {
		w.prices[key] = 0.01 + math.Round(1000*math.Exp(w.r.NormFloat64()))/1000
	}
	quantity := make([]float64, len(y))
	for d := range y {
		if d < t.born || d > t.died {
			y[d] = 0
		}
		quantity[d] = y[d] / w.prices[key]
		y[d] *= w.o.Scale
	}
	t.leaves = append(t.leaves, len(w.leaves))
	w.leaves = append(w.leaves, detect.Leaf{
		Dims: usage.Series{
			usage.SubAccount: t.sub, usage.ResourceGroup: t.group, usage.Service: t.service, usage.Meter: meter,
			usage.Resource: t.sub + "/" + t.group + "/" + t.name,
		},
		Cost: y, Quantity: quantity, Unit: "1 Hour",
	})
}

// times multiplies cost and quantity of leaves.
func (w *world) times(leaves []int, from, to int, f func(d int) float64) {
	for _, i := range leaves {
		for d := max(0, from); d <= min(to, w.o.Days-1); d++ {
			x := f(d)
			w.leaves[i].Cost[d] *= x
			w.leaves[i].Quantity[d] *= x
		}
	}
}

func by(f float64) func(int) float64 { return func(int) float64 { return f } }

// nuisances are what happens and is no incident: old shifts and spikes, outages,
// falls, and things that are replaced by others of their kind.
func (w *world) nuisances() {
	r := w.r
	for _, t := range w.things {
		switch x := r.Float64(); {
		case x < 0.2 && w.lo > 100:
			w.times(t.leaves, 30+r.IntN(w.lo-90), w.o.Days, by(between(r, 0.5, 1.7)))
		case x < 0.26 && w.lo > 60:
			day := 20 + r.IntN(w.lo-40)
			w.times(t.leaves, day, day+r.IntN(4), by(between(r, 2, 7)))
		case x >= 0.26 && x < 0.29:
			day := r.IntN(w.o.Days - 5)
			w.times(t.leaves, day, day+r.IntN(4), by(0))
			w.used[t] = day >= w.lo-10
		case x >= 0.29 && x < 0.32:
			w.times(t.leaves, w.lo+r.IntN(30), w.o.Days, by(between(r, 0.3, 0.8)))
			w.used[t] = true
		case x >= 0.32 && x < 0.34 && t.born == 0 && t.died == w.o.Days && slices.Contains([]string{"constant", "jitter", "office"}, t.habit):
			day := w.lo + r.IntN(28)
			next := &thing{place: t.place, service: t.service, name: t.name + "-b", habit: t.habit, born: day, died: w.o.Days, level: t.level}
			for _, i := range slices.Clone(t.leaves) {
				y := make([]float64, w.o.Days)
				for d := min(day, len(y)); d < len(y); d++ {
					y[d] = w.leaves[i].Cost[d] / w.o.Scale
				}
				w.times([]int{i}, day, w.o.Days, by(0))
				w.charge(next, w.leaves[i].Dims[usage.Meter], y)
			}
			w.used[t] = true
		}
	}
}

// happens makes a change and notes what it added, to which leaves.
func (w *world) happens(what string, kind usage.Kind, start, end int, scope []usage.Dimension, change func()) {
	before := make([][]float64, len(w.leaves))
	for i := range w.leaves {
		before[i] = slices.Clone(w.leaves[i].Cost)
	}
	change()
	in := Incident{
		What: what, Kind: kind, Start: w.from + usage.Day(start), End: w.from + usage.Day(min(end, w.o.Days-1)),
		Scope: usage.Series{},
	}
	for i, l := range w.leaves {
		more, any := make([]float64, w.o.Days), false
		for d := range more {
			if more[d] = l.Cost[d]; i < len(before) {
				more[d] -= before[i][d]
			}
			any = any || more[d] != 0
		}
		if !any {
			continue
		}
		in.Leaves, in.Excess = append(in.Leaves, i), append(in.Excess, more)
		if i < len(before) {
			for d := max(0, start-30); d < start; d++ {
				in.Before += before[i][d]
			}
		}
	}
	if len(in.Leaves) == 0 || in.Total() <= 0 {
		return
	}
	for _, d := range scope {
		if v := w.leaves[in.Leaves[0]].Dims[d]; v != "" { // clouds have no resource groups
			in.Scope[d] = v
		}
	}
	w.planted = append(w.planted, in)
}

// one chooses something to which nothing else happens.
func (w *world) one(ok func(*thing) bool) *thing {
	for range 2000 {
		if t := w.things[w.r.IntN(len(w.things))]; !w.used[t] && t.died == w.o.Days && (t.born == 0 || t.born < w.lo-60) && ok(t) {
			w.used[t] = true
			return t
		}
	}
	return nil
}

// begin returns the day of an incident, one of span, so many days into the last 35. A week of
// the history comes before it.
func (w *world) begin(after, span int) int {
	from := max(w.lo+after, 7)
	return from + w.r.IntN(min(span, max(1, w.o.Days-3-from)))
}

func (w *world) incidents() {
	r := w.r
	resource := []usage.Dimension{usage.SubAccount, usage.ResourceGroup, usage.Resource}
	size := func(normal, hard [2]float64) float64 {
		if w.o.Hard {
			return between(r, hard[0], hard[1])
		}
		return between(r, normal[0], normal[1])
	}
	day := func() int { return w.begin(3, 26) }
	fit := func(least float64) *thing {
		return w.one(func(t *thing) bool { return t.level >= least && slices.Contains(w.steady(), t.habit) })
	}
	shift := func(what string, t *thing, from, to int, f float64) {
		w.happens(what, usage.KindLevel, from, to, resource, func() { w.times(t.leaves[:1], from, to, by(f)) })
	}
	for range 2 {
		if t := fit(8); t != nil {
			shift("shift", t, day(), w.o.Days, size([2]float64{1.5, 3}, [2]float64{1.25, 2}))
		}
	}
	if t := fit(8); t != nil {
		from := w.begin(3, 15)
		shift("temporary shift", t, from, from+6+r.IntN(8), size([2]float64{1.5, 3}, [2]float64{1.25, 2}))
	}
	if t := fit(16); t != nil {
		from := w.begin(3, 27)
		to := from + r.IntN(3)
		w.happens("spike", usage.KindSpike, from, to, resource,
			func() { w.times(t.leaves[:1], from, to, by(size([2]float64{2.5, 5.5}, [2]float64{2, 3.5}))) })
	}
	if t := fit(8); t != nil {
		from, rate := w.begin(1, 14), size([2]float64{0.025, 0.055}, [2]float64{0.012, 0.032})
		w.happens("drift", usage.KindDrift, from, w.o.Days, resource, func() {
			w.times(t.leaves[:1], from, w.o.Days, func(d int) float64 { return math.Pow(1+rate, float64(d-from+1)) })
		})
	}
	w.slowly(fit)
	w.dearer(day(), size([2]float64{1.18, 1.48}, [2]float64{1.12, 1.22}))
	w.together(day(), size([2]float64{1.4, 2.2}, [2]float64{1.25, 1.55}))
	for range 2 {
		from, level := w.begin(3, 28), size([2]float64{40, 136}, [2]float64{25, 85})
		w.happens("new resource", usage.KindNew, from, w.o.Days, resource, func() {
			x := w.offers[r.IntN(5)]
			x.habits, x.least, x.most = []string{"constant", "jitter"}, level, 1.001*level
			w.used[w.make(w.groups[r.IntN(len(w.groups))], x, from, w.o.Days)] = true
		})
	}
	if r.Float64() < 0.6 {
		from := w.begin(3, 25)
		w.happens("new group", usage.KindNew, from, w.o.Days, resource[:2], func() {
			for range 3 + r.IntN(4) {
				x := w.offers[r.IntN(5)]
				x.habits, x.least, x.most = []string{"constant", "jitter"}, 10, 50
				at := place{w.groups[0].sub, "rg-new", false}
				if w.o.Cloud != "" {
					at = place{"new-account", "", false}
				}
				w.used[w.make(at, x, from+r.IntN(2), w.o.Days)] = true
			}
		})
	}
	if t := w.one(func(t *thing) bool { return t.habit == "office" && t.level >= 12 }); t != nil {
		from := min(w.begin(3, 14), w.o.Days-1)
		for from < w.o.Days-1 && (!w.weekend(from) || w.weekend(from-1)) {
			from++
		}
		w.happens("weekends on", usage.KindLevel, from, w.o.Days, resource, func() {
			l := w.leaves[t.leaves[0]]
			most := slices.Max(l.Cost[max(0, from-14) : from+1])
			w.times(t.leaves[:1], from, w.o.Days, func(d int) float64 {
				if !w.weekend(d) || l.Cost[d] == 0 {
					return 1
				}
				return most / l.Cost[d]
			})
		})
	}
}

// dearer raises the price of a meter that costs enough to matter.
func (w *world) dearer(from int, f float64) {
	month := map[string]float64{}
	key := func(l detect.Leaf) string { return l.Dims[usage.Service] + "/" + l.Dims[usage.Meter] }
	for _, l := range w.leaves {
		for d := max(0, w.lo-30); d < w.lo; d++ {
			month[key(l)] += l.Cost[d] / w.o.Scale
		}
	}
	var large []string
	for k, x := range month {
		if x > 900 {
			large = append(large, k)
		}
	}
	if len(large) == 0 {
		return
	}
	slices.Sort(large)
	meter := large[w.r.IntN(len(large))]
	w.happens("price", usage.KindPrice, from, w.o.Days, []usage.Dimension{usage.Service, usage.Meter}, func() {
		for _, l := range w.leaves {
			for d := min(from, w.o.Days); key(l) == meter && d < w.o.Days; d++ {
				l.Cost[d] *= f
			}
		}
	})
}

// together raises a whole group, and in another one thing by what another falls.
func (w *world) together(from int, f float64) {
	members := map[place][]*thing{}
	for _, t := range w.things {
		members[t.place] = append(members[t.place], t)
	}
	var fit []place
	for g, ts := range members {
		sum, alive := 0.0, 0
		for _, t := range ts {
			if t.born == 0 && t.died == w.o.Days {
				sum += t.level
				alive++
			}
		}
		if alive >= 5 && sum > 60 && !slices.ContainsFunc(ts, func(t *thing) bool { return w.used[t] }) {
			fit = append(fit, g)
		}
	}
	slices.SortFunc(fit, func(a, b place) int { return slices.Compare([]string{a.sub, a.group}, []string{b.sub, b.group}) })
	if len(fit) < 2 {
		return
	}
	w.r.Shuffle(len(fit), func(a, b int) { fit[a], fit[b] = fit[b], fit[a] })
	w.happens("group shift", usage.KindLevel, from, w.o.Days, []usage.Dimension{usage.SubAccount, usage.ResourceGroup}, func() {
		for _, t := range members[fit[0]] {
			w.times(t.leaves, from, w.o.Days, by(f))
			w.used[t] = true
		}
	})
	rest := slices.DeleteFunc(members[fit[1]], func(t *thing) bool { return t.born != 0 || t.died != w.o.Days })
	slices.SortStableFunc(rest, func(a, b *thing) int { return int(math.Copysign(1, b.level-a.level)) })
	up, down := rest[0], rest[1]
	if g := 1 + 0.8*down.level/up.level; g > 1.4 && up.level > 8 && slices.Contains(w.steady(), up.habit) {
		day := w.begin(3, 26)
		w.times(down.leaves, day, w.o.Days, by(0.2))
		w.happens("offset", usage.KindLevel, day, w.o.Days, []usage.Dimension{usage.SubAccount, usage.ResourceGroup, usage.Resource},
			func() { w.times(up.leaves[:1], day, w.o.Days, by(g)) })
		w.used[up], w.used[down] = true, true
	}
}

// estate leaves the last two days incomplete.
func (w *world) estate(seed uint64) Estate {
	for i := range w.leaves {
		for back, part := range []float64{between(w.r, 0.3, 0.5), between(w.r, 0.85, 0.98)} {
			d := w.o.Days - 1 - back
			w.times([]int{i}, d, d, by(part))
			for _, in := range w.planted {
				if at, found := slices.BinarySearch(in.Leaves, i); found {
					in.Excess[at][d] *= part
				}
			}
		}
	}
	return Estate{
		Name: name(w.o), Seed: seed, Incidents: w.planted,
		In: detect.Input{
			From: w.from, Days: w.o.Days, Leaves: w.leaves, MinImpact: 5 * w.o.Scale,
			Focus: usage.Period{From: w.from + usage.Day(w.lo), To: w.from + usage.Day(w.o.Days)},
		},
	}
}
