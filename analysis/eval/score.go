package eval

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"usagereport/analysis/detect"
	"usagereport/usage"
)

// A Score is how a detector's findings compare with an estate's incidents.
//
// Findings upward of severity high and medium count. One of them is right if it
// is the first to cover at least half of an incident's excess money while that
// is at least half of its own, and its scope does not contradict the incident's.
// What else is mostly an incident's money is a duplicate, or a part of it; both
// are wrong. The rest are false alarms.
//
// An incident counts when its excess so far is at least the detector's minimum
// impact: ten times MinImpact, and 0.5 % of a month of what its leaves cost
// before. What is found of smaller ones is neither right nor wrong.
type Score struct {
	Incidents, Hits, Duplicates, False int
	Money, HitMoney                    float64

	ImpactNear, StartNear, StartCounted, KindRight int // of Hits; StartCounted leaves out drifts
	DriverRight, SetRight                          int // of Hits: the first cause; all causes and no others
	Top, TopRight                                  int // of the first ten findings of each estate

	What   map[string]Count // by Incident.What
	Misses []string         // all that is wrong, for people
}

// A Count is the part of a Score of one sort of incident. Told is the findings
// of them, right and wrong.
type Count struct{ Incidents, Hits, Told, DriverRight, SetRight int }

func (c *Count) add(o Count) {
	c.Incidents += o.Incidents
	c.Hits += o.Hits
	c.Told += o.Told
	c.DriverRight += o.DriverRight
	c.SetRight += o.SetRight
}

// Add adds another estate's score. Misses are kept.
func (s *Score) Add(o Score) {
	s.Incidents += o.Incidents
	s.Hits += o.Hits
	s.Duplicates += o.Duplicates
	s.False += o.False
	s.Money += o.Money
	s.HitMoney += o.HitMoney
	s.ImpactNear += o.ImpactNear
	s.StartNear += o.StartNear
	s.StartCounted += o.StartCounted
	s.KindRight += o.KindRight
	s.DriverRight += o.DriverRight
	s.SetRight += o.SetRight
	s.Top += o.Top
	s.TopRight += o.TopRight
	for k, v := range o.What {
		s.count(k, v)
	}
	s.Misses = append(s.Misses, o.Misses...)
}

func (s *Score) count(what string, c Count) {
	if s.What == nil {
		s.What = make(map[string]Count)
	}
	sum := s.What[what]
	sum.add(c)
	s.What[what] = sum
}

// Precision is the part of the findings that is right: duplicates are not. It is
// 0 where something is not found.
func (s Score) Precision() float64 {
	return ratio(s.Hits, max(s.Hits+s.Duplicates+s.False, min(1, s.Incidents)))
}

// Recall is the part of the incidents that is hit, MoneyRecall of their excess
// money. They are 1 where there is nothing to hit, as is F1, which is between
// precision and recall.
func (s Score) Recall() float64 { return ratio(s.Hits, s.Incidents) }

func (s Score) F1() float64          { return ratio(2*s.Hits, s.Hits+s.Duplicates+s.False+s.Incidents) }
func (s Score) MoneyRecall() float64 { return over(s.HitMoney, s.Money) }

func ratio(a, b int) float64 { return over(float64(a), float64(b)) }

func over(a, b float64) float64 {
	if b == 0 {
		return 1
	}
	return a / b
}

// minImpact is the least sum that the detector states to report: see Score.
func minImpact(e Estate, in Incident) float64 {
	return max(10*e.In.MinImpact, 0.005*in.Before)
}

// Rate scores r against e.
func Rate(e Estate, r detect.Result) Score {
	var s Score
	counts := make([]bool, len(e.Incidents))
	hit := make([]bool, len(e.Incidents))
	for i, in := range e.Incidents {
		if counts[i] = in.Total() >= minImpact(e, in); counts[i] {
			s.Incidents++
			s.Money += in.Total()
			s.count(in.What, Count{Incidents: 1})
		}
	}
	type ranked struct {
		detect.Finding
		rank int
	}
	var told []ranked
	for _, f := range r.Findings {
		if f.Direction == usage.Up && f.Severity != usage.SeverityLow {
			told = append(told, ranked{f, len(told)})
		}
	}
	s.Top = min(10, len(told))
	// The best telling of an incident is its hit, whatever their order.
	slices.SortStableFunc(told, func(a, b ranked) int { return cmp.Compare(b.Impact, a.Impact) })
	for _, t := range told {
		f := t.Finding
		best, money, share := -1, 0.0, 0.0
		for i, in := range e.Incidents {
			if m := common(e, in, f); m > money {
				best, money, share = i, m, m/in.Total()
			}
		}
		if best < 0 || money < 0.5*f.Impact {
			s.False++
			s.Misses = append(s.Misses, fmt.Sprintf("%d: FALSE %s%s", e.Seed, text(f), nearest(e, best, money)))
			continue
		}
		in := e.Incidents[best]
		switch {
		case !hit[best] && share >= 0.5 && f.Scope.Meets(in.Scope):
			hit[best] = true
			if counts[best] {
				s.right(e, in, f)
				s.count(in.What, Count{Hits: 1, Told: 1})
			}
			if t.rank < 10 {
				s.TopRight++
			}
		case !counts[best]:
			if t.rank < 10 {
				s.Top--
			}
		default:
			s.Duplicates++
			s.count(in.What, Count{Told: 1})
			s.Misses = append(s.Misses, fmt.Sprintf("%d: AGAIN %s; %.0f %% of %s", e.Seed, text(f), 100*share, in.text()))
		}
	}
	for i, in := range e.Incidents {
		if counts[i] && !hit[i] {
			s.Misses = append(s.Misses, fmt.Sprintf("%d: MISSED %s%s", e.Seed, in.text(), low(e, in, r)))
		}
	}
	return s
}

// right enters a hit.
func (s *Score) right(e Estate, in Incident, f detect.Finding) {
	s.Hits++
	s.HitMoney += in.Total()
	if math.Abs(f.Impact-in.Total()) <= 0.25*in.Total() {
		s.ImpactNear++
	} else {
		s.Misses = append(s.Misses, fmt.Sprintf("%d: impact %s for %s", e.Seed, text(f), in.text()))
	}
	if in.Kind != usage.KindDrift {
		s.StartCounted++
		if off := f.Start - in.Start; -2 <= off && off <= 2 {
			s.StartNear++
		} else {
			s.Misses = append(s.Misses, fmt.Sprintf("%d: start %s for %s", e.Seed, text(f), in.text()))
		}
	}
	if f.Kind == in.Kind {
		s.KindRight++
	} else {
		s.Misses = append(s.Misses, fmt.Sprintf("%d: kind %s for %s", e.Seed, text(f), in.text()))
	}
	// The first driver is right if no other has more of the true excess.
	first, most := 0.0, 0.0
	for i, d := range f.Drivers {
		if len(d.Scope) == 0 {
			continue // all others
		}
		x := of(in, d.Leaves)
		if most = max(most, x); i == 0 {
			first = x
		}
	}
	if first > 0 && first >= 0.95*most {
		s.DriverRight++
		s.count(in.What, Count{DriverRight: 1})
	} else {
		s.Misses = append(s.Misses, fmt.Sprintf("%d: driver of %s for %s", e.Seed, text(f), in.text()))
	}
	if sameCauses(e, in, f) {
		s.SetRight++
		s.count(in.What, Count{SetRight: 1})
	} else {
		s.Misses = append(s.Misses, fmt.Sprintf("%d: causes in %s for %s", e.Seed, text(f), in.text()))
	}
}

// sameCauses reports whether f covers the resources of in and no others: all
// that have 5 % of in's excess, and none besides that have 5 % of f's cost.
func sameCauses(e Estate, in Incident, f detect.Finding) bool {
	key := func(i int) string {
		d := e.In.Leaves[i].Dims
		return d[usage.SubAccount] + d[usage.ResourceGroup] + d[usage.Resource]
	}
	excess, cost := make(map[string]float64), make(map[string]float64)
	sum, all := 0.0, 0.0
	for j, i := range in.Leaves {
		x := of(in, in.Leaves[j:j+1])
		excess[key(i)] += x
		sum += x
	}
	for _, i := range f.Leaves {
		for d := max(0, int(f.Start-e.In.From)); d <= int(f.End-e.In.From); d++ {
			cost[key(i)] += e.In.Leaves[i].Cost[d]
			all += e.In.Leaves[i].Cost[d]
		}
	}
	for k, x := range excess {
		if _, told := cost[k]; !told && x >= 0.05*sum {
			return false
		}
	}
	for k, x := range cost {
		if _, is := excess[k]; !is && x >= 0.05*all {
			return false
		}
	}
	return true
}

// of returns the part of in's excess that leaves have.
func of(in Incident, leaves []int) float64 {
	sum := 0.0
	for j, i := range in.Leaves {
		if slices.Contains(leaves, i) {
			for _, x := range in.Excess[j] {
				sum += x
			}
		}
	}
	return sum
}

// common returns the excess money of in on f's days and leaves.
func common(e Estate, in Incident, f detect.Finding) float64 {
	sum := 0.0
	for j, i := range in.Leaves {
		if _, found := slices.BinarySearch(f.Leaves, i); found {
			for d := max(0, int(f.Start-e.In.From)); d <= int(f.End-e.In.From); d++ {
				sum += in.Excess[j][d]
			}
		}
	}
	return sum
}

func text(f detect.Finding) string {
	return fmt.Sprintf("%s %s [%s] %s to %s, %d leaves, impact %.0f (%s)", f.Severity, f.Kind, label(f.Scope), f.Start, f.End,
		len(f.Leaves), f.Impact, f.Rule.Kind)
}

func (in Incident) text() string {
	return fmt.Sprintf("%s [%s] %s to %s, %d leaves, excess %.0f on %.0f a month", in.What, label(in.Scope), in.Start, in.End,
		len(in.Leaves), in.Total(), in.Before)
}

func label(s usage.Series) string {
	var v []string
	for _, d := range append(usage.Dimensions(), Team) {
		if x := s[d]; x != "" {
			v = append(v, x[strings.LastIndex(x, "/")+1:])
		}
	}
	return strings.Join(v, " ")
}

func nearest(e Estate, i int, money float64) string {
	if i < 0 {
		return ""
	}
	return fmt.Sprintf("; nearest, with %.0f of its money: %s", money, e.Incidents[i].text())
}

// low says whether a missed incident is listed as worth a look, or in part.
func low(e Estate, in Incident, r detect.Result) string {
	var b strings.Builder
	for _, f := range r.Findings {
		if m := common(e, in, f); f.Direction == usage.Up && m > 0.1*in.Total() {
			fmt.Fprintf(&b, "; %.0f %% of it in %s", 100*m/in.Total(), text(f))
		}
	}
	return b.String()
}
