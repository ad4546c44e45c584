package eval

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"usagereport/analysis/detect"
	"usagereport/usage"
)

// A Measured is a series of something that was counted each day, in place of a cost:
// no generator's habits are in it.
type Measured struct {
	Set, Source, Name string
	From              usage.Day
	Y                 []float64
}

// ReadMeasured reads what tools/realseries.py writes.
func ReadMeasured(r io.Reader) ([]Measured, error) {
	rows := csv.NewReader(r)
	rows.FieldsPerRecord = 5
	var out []Measured
	for n := 0; ; n++ {
		v, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read series: %w", err)
		}
		if n == 0 {
			continue
		}
		t, err := time.Parse(time.DateOnly, v[3])
		if err != nil {
			return nil, fmt.Errorf("read series: line %d: %w", n+1, err)
		}
		y, err := strconv.ParseFloat(v[4], 64)
		if err != nil {
			return nil, fmt.Errorf("read series: line %d: %w", n+1, err)
		}
		d := usage.Date(t.Year(), t.Month(), t.Day())
		k := len(out) - 1
		if k < 0 || out[k].Set != v[0] || out[k].Source != v[1] || out[k].Name != v[2] {
			out = append(out, Measured{Set: v[0], Source: v[1], Name: v[2], From: d})
			k++
		}
		if last := out[k].From + usage.Day(len(out[k].Y)); d != last {
			return nil, fmt.Errorf("read series: line %d: %s follows %s: a series has every day once, in order", n+1, d, last-1)
		}
		out[k].Y = append(out[k].Y, y)
	}
}

// A RealBill is a bill of measured series, half of which have an event of known size.
type RealBill struct {
	Base, With detect.Input // without the events and with them
	Events     []RealEvent
}

// A RealEvent is what was added to a leaf from one day of the Input to another.
type RealEvent struct {
	What       string
	Leaf       int
	Start, End int
	Excess     float64
}

const (
	realSeries = 60 // of a bill
	realDays   = 300
	realCost   = 40  // a day, on average
	realSource = 20  // series of one source in a bill, at most
	realLeast  = 150 // an event adds, which is an eighth of a series' month; the detector tells from a tenth
)

// newRealBill makes a bill of days days from the series of a set. Each is moved by
// whole weeks, so that all end on one evening, and keeps its weekdays.
func newRealBill(all []Measured, set string, seed uint64, days int) RealBill {
	r := rand.New(rand.NewPCG(seed, 77))
	end := usage.Date(2026, time.October, 25) + usage.Day(r.IntN(28))
	from := end - usage.Day(days) + 1
	var b RealBill
	b.Base = detect.Input{From: from, Days: days, Settle: -1}
	kinds := []string{"level x1.3", "level x1.5", "level x2", "spike x3", "drift x1.6"}
	used := map[string]int{}
	for _, i := range r.Perm(len(all)) {
		m := all[i]
		if m.Set != set || len(b.Base.Leaves) == realSeries || used[m.Source] == realSource || len(m.Y) < days+7 {
			continue
		}
		last := len(m.Y) - 1 - r.IntN(len(m.Y)-days-6)
		for (int(m.From)+last-int(end))%7 != 0 {
			last-- // no later than the day chosen, on the same weekday
		}
		y := slices.Clone(m.Y[last-days+1 : last+1])
		if mean(y) <= 0 {
			continue
		}
		used[m.Source]++
		by := realCost / mean(y)
		for d := range y {
			y[d] *= by
		}
		b.Base.Leaves = append(b.Base.Leaves, detect.Leaf{Cost: y, Dims: usage.Series{
			usage.SubAccount: "account", usage.ResourceGroup: m.Source, usage.Service: m.Source, usage.Meter: m.Source, usage.Resource: m.Name,
		}})
	}
	b.With = b.Base
	b.With.Leaves = slices.Clone(b.Base.Leaves)
	for i := range b.With.Leaves {
		if r.Float64() < 0.5 {
			continue
		}
		y := slices.Clone(b.Base.Leaves[i].Cost)
		x := RealEvent{What: kinds[r.IntN(len(kinds))], Leaf: i, Start: days - 28 + r.IntN(21), End: days - 1}
		times := func(int) float64 { return 2 }
		switch x.What {
		case "level x1.3":
			times = func(int) float64 { return 1.3 }
		case "level x1.5":
			times = func(int) float64 { return 1.5 }
		case "spike x3":
			x.End = x.Start + 1
			times = func(int) float64 { return 3 }
		case "drift x1.6":
			times = func(d int) float64 { return 1 + 0.6*float64(d-x.Start+1)/float64(days-x.Start) }
		}
		for d := x.Start; d <= x.End; d++ {
			y[d] *= times(d)
			x.Excess += y[d] - b.Base.Leaves[i].Cost[d]
		}
		if x.Excess >= realLeast {
			b.With.Leaves[i].Cost = y
			b.Events = append(b.Events, x)
		}
	}
	return b
}

// A RealScore is how a rule did on bills of measured series. An event is hit by an
// alarm on days of it that is not there without it; alarms are counted without events.
type RealScore struct {
	Events, Hits    int
	Money, HitMoney float64
	Alarms          int
	Months          float64
	What            map[string][2]int
}

// An episodic rule says which days of which leaves are unexpected.
type episodic func(in detect.Input) []realAlarm

type realAlarm struct {
	leaves     []int
	start, end int
}

// product is the detector, as a report has it.
func product(sensitivity float64, low bool) episodic {
	return func(in detect.Input) []realAlarm {
		in.Sensitivity = sensitivity
		var out []realAlarm
		for _, f := range detect.Detect(in).Findings {
			if f.Direction == usage.Up && (low || f.Severity != usage.SeverityLow) {
				out = append(out, realAlarm{f.Leaves, int(f.Start - in.From), int(f.End - in.From)})
			}
		}
		return out
	}
}

// of is a peer on each leaf.
func (p peer) of(in detect.Input) []realAlarm {
	return highDays(in, func(i, d int) bool { return p.high(in.Leaves[i].Cost, d, in.From) })
}

// highDays are the alarms of a rule that calls days of leaf i high: those within four days are one,
// if it is of at least as much as the detector asks for.
func highDays(in detect.Input, high func(i, d int) bool) []realAlarm {
	var out []realAlarm
	for i, l := range in.Leaves {
		for d := in.Days - detect.Review; d < in.Days; d++ {
			if !high(i, d) || l.Cost[d]-mean(l.Cost[max(0, d-28):d]) < realCost/4 {
				continue
			}
			if n := len(out) - 1; n >= 0 && out[n].leaves[0] == i && d-out[n].end <= 4 {
				out[n].end = d
				continue
			}
			out = append(out, realAlarm{[]int{i}, d, d})
		}
	}
	return out
}

// rate adds what rule says of b.
func (s *RealScore) rate(b RealBill, rule episodic) {
	base, with := rule(b.Base), rule(b.With)
	s.Alarms += len(base)
	s.Months += float64(len(b.Base.Leaves)) * detect.Review / 30.4
	if s.What == nil {
		s.What = map[string][2]int{}
	}
	for _, x := range b.Events {
		hits := func(a realAlarm) bool {
			return slices.Contains(a.leaves, x.Leaf) && a.start <= x.End && a.end >= x.Start && a.start >= x.Start-7
		}
		w := s.What[x.What]
		w[1]++
		s.Events++
		s.Money += x.Excess
		if slices.ContainsFunc(with, hits) && !slices.ContainsFunc(base, hits) {
			w[0]++
			s.Hits++
			s.HitMoney += x.Excess
		}
		s.What[x.What] = w
	}
}

// Per1000 returns the alarms in a thousand months of a series.
func (s RealScore) Per1000() float64 { return 1000 * float64(s.Alarms) / s.Months }

// invented makes series of the character of measured ones: noise that lasts for
// days and differs in size, weekdays, seasons, and now and then a day that is far off
// or another level. They stand in where no measured ones are at hand.
func invented(seed uint64, n int) []Measured {
	r := rand.New(rand.NewPCG(seed, 78))
	out := make([]Measured, n)
	for i := range out {
		m := Measured{Set: "made up", Source: fmt.Sprint("source ", i%4), Name: fmt.Sprint("series ", i), From: usage.Date(2025, time.July, 7)}
		var week [7]float64
		weekend := between(r, 0.3, 1.1)
		for w := range week {
			week[w] = between(r, 0.9, 1.1)
			if w >= 5 {
				week[w] *= weekend
			}
		}
		noise, memory, walk := between(r, 0.03, 0.25), between(r, 0, 0.7), between(r, 0, 0.015)
		season, phase, odd := between(r, 0, 0.25), between(r, 0, 2*math.Pi), between(r, 0, 0.02)
		state, level := 0.0, 0.0
		for d := range 425 {
			state = memory*state + noise*math.Sqrt(1-memory*memory)*r.NormFloat64()
			level += walk * r.NormFloat64()
			if r.Float64() < 0.002 {
				level += 0.3 * r.NormFloat64()
			}
			x := state + level + season*math.Sin(2*math.Pi*float64(d)/365+phase)
			if r.Float64() < odd {
				x += 0.8 * r.NormFloat64()
			}
			m.Y = append(m.Y, 100*week[d%7]*math.Exp(x))
		}
		out[i] = m
	}
	return out
}
