package forecast

import (
	"math"
	"math/rand/v2"

	"usagereport/usage"
)

// kinds are the shapes of daily cost that bills are made of.
var kinds = []string{
	"constant", "vm", "office", "usage", "heavy", "intermittent", "monthly", "prorated", "growth", "grant", "monthend", "regimes", "aggregate",
}

// An invented series has what each day cost, and of what that was made.
type invented struct {
	y      []float64
	usual  []float64 // without chance: the mean of what does not last
	last   []float64 // what multiplies a day and those after it: jumps, a random walk
	fades  []float64 // the logarithm of what does so and fades
	extra  []float64 // what comes on top
	jumpy  bool
	events []event
}

// An event multiplies the days from one up to, not including, another.
type event struct {
	began    int // the first day of what it is part of
	from, to int
	by       float64
}

// expected is what day d is expected to cost by all that was so on the day before o:
// nobody who knows no more can do better on average.
func (v invented) expected(d, o int) float64 {
	k := float64(d - o + 1)
	x := v.last[o-1] * math.Exp(math.Pow(0.6, k)*v.fades[o-1])
	if v.jumpy { // it has jumped by then, or not
		stays := math.Pow(0.97, k)
		x = stays*x + (1-stays)*math.Exp(0.5*0.7*0.7)
	}
	x = v.usual[d]*x + v.extra[d]
	for _, e := range v.events {
		if e.began < o && e.from <= d && d < e.to {
			x *= e.by
		}
	}
	return x
}

// invent makes a series of days from a day, of kind, with what happens to real
// ones: accepted shifts, spikes, stops, outages, and in a tenth an incident in
// the last 92 days.
func invent(r *rand.Rand, kind string, from usage.Day, days int) invented {
	y, usual, last, fades, extra := make([]float64, days), make([]float64, days), make([]float64, days), make([]float64, days),
		make([]float64, days)
	level := 4 * math.Exp(1.8*r.NormFloat64())
	if kind == "aggregate" {
		level = 800 * math.Exp(0.8*r.NormFloat64())
	}
	noise := 0.01 + 0.09*r.Float64()
	weekend := 0.4 * r.Float64()
	state, walk := 0.0, 0.0
	grow := math.Pow(1.01+0.11*r.Float64(), 1.0/30)
	grant := 0.2 + 0.6*r.Float64()
	busy := 0.04 + 0.46*r.Float64()
	day := 1 + r.IntN(28)
	exact := r.IntN(3)
	at := 1.0
	for i := range y {
		d := from + usage.Day(i)
		m := d.Month()
		dom := int(d-m.From) + 1
		off := d.Weekday() == 0 || d.Weekday() == 6
		z := r.NormFloat64()
		v := level
		usual[i], last[i] = level, 1
		switch kind {
		case "constant":
			switch exact {
			case 1:
				v *= 1 + 0.002*z
			case 2:
				usual[i] *= 0.97
				if r.Float64() < 0.3 {
					v *= 0.9
				}
			}
		case "vm":
			v *= 1 + noise*z/3
		case "office":
			if off {
				v *= weekend
			}
			usual[i] = v
			v *= 1 + noise*z
		case "usage", "aggregate":
			state = 0.6*state + noise*z
			walk += 0.004 * r.NormFloat64()
			if off {
				v *= 0.6 + weekend
			}
			usual[i], last[i], fades[i] = v, math.Exp(walk), state
			v *= math.Exp(state + walk)
			if kind == "aggregate" && dom == 1 {
				extra[i] = 5 * level
				v += extra[i]
			}
		case "heavy":
			usual[i] *= 0.7 * math.Exp(0.5*0.8*0.8)
			v *= math.Exp(0.8*z) * 0.7
		case "intermittent":
			if r.Float64() > busy {
				v = 0
			}
			usual[i] *= busy * math.Exp(0.5*0.4*0.4)
			v *= math.Exp(0.4 * z)
		case "monthly":
			if dom != day {
				v = 0
			} else {
				v *= 30
			}
			usual[i] = v
		case "prorated":
			v *= 30 / float64(m.Days())
			usual[i] = v
		case "growth":
			usual[i] *= math.Pow(grow, float64(i))
			v = usual[i] * (1 + noise*z/2)
		case "grant":
			if float64(dom) < grant*30 {
				v = 0
			}
			usual[i] = v
			v *= 1 + noise*z/2
		case "monthend":
			if m.To-d <= 2 {
				usual[i] *= 4
			}
			v = usual[i] * (1 + noise*z/2)
		case "regimes":
			if r.Float64() < 0.03 {
				at = math.Exp(0.7 * r.NormFloat64())
			}
			last[i] = at
			v *= at * (1 + noise*z/2)
		}
		y[i] = max(v, 0)
	}
	var events []event
	part := func(began, a, b int, f float64) {
		for i := max(a, 0); i < min(b, days); i++ {
			y[i] *= f
		}
		events = append(events, event{began, a, b, f})
	}
	scale := func(a, b int, f float64) { part(a, a, b, f) }
	if r.Float64() < 0.3 {
		scale(60+r.IntN(days-212), days, 0.6+1.2*r.Float64())
	}
	if r.Float64() < 0.1 {
		a := r.IntN(days - 92)
		scale(a, a+1+r.IntN(3), 3)
	}
	a := days - 92 + r.IntN(80)
	switch x := r.Float64(); {
	case x < 0.06:
		scale(a, days, 0.4+0.4*r.Float64())
	case x < 0.09:
		scale(a, days, 0)
	case x < 0.17:
		scale(a, a+1, 0)
	case x < 0.21:
		scale(a, days, 1.3+1.5*r.Float64())
	case x < 0.24:
		scale(a, a+1+r.IntN(4), 2+3*r.Float64())
	case x < 0.29:
		n := 15 + r.IntN(30)
		for i := range n {
			part(a, a+i, a+i+1, 1+float64(i)/float64(n))
		}
		part(a, a+n, days, 2)
	}
	return invented{y, usual, last, fades, extra, kind == "regimes", events}
}

// months are the months that lie wholly in days from a day on.
func months(from usage.Day, days int) (out []usage.Period) {
	for m := from.Month(); m.To <= from+usage.Day(days); m = m.To.Month() {
		if m.From >= from {
			out = append(out, m)
		}
	}
	return out
}
