package detect

import (
	"math"
	"testing"

	"usagereport/usage"
)

// What rose and then grows is told as a level and as growth, each since its day, on each evening since both are clear; what rises in
// the midst of its growth is told as growth since that began.
func TestGrowthBesideAStep(t *testing.T) {
	for _, history := range []int{56, 120, 240} {
		for name, c := range map[string]struct {
			times func(d int) float64
			want  map[int]usage.Kind
			from  int // the evening since which both are clear
		}{
			"a step, then growth": {
				func(d int) float64 { return pick(d >= -14, 1.6, 1) * math.Pow(1.06, max(0, float64(d+1))) },
				map[int]usage.Kind{-14: usage.KindLevel, 0: usage.KindDrift},
				9,
			},
			"growth, then a step": {
				func(d int) float64 { return math.Pow(1.05, max(0, float64(d+15))) * pick(d >= 0, 1.6, 1) },
				map[int]usage.Kind{-14: usage.KindDrift},
				5,
			},
		} {
			in := risen(history+18, 0.02, func(d int) float64 { return 60 * c.times(d-history) })
			for more := c.from; more <= 18; more += 4 {
				found := ofX(evening(in, history+more))
				right := 0
				for _, f := range found {
					for start, kind := range c.want {
						at := int(f.Start-in.From) - history
						right += int(share(f.Kind == kind && at >= start-2 && at <= start+2))
					}
				}
				if right != len(c.want) || len(found) != right {
					t.Errorf("%s, %d days, evening %d:%s", name, history, more, describe(found))
				}
			}
		}
	}
}

// What rose three times is told as three levels, each since its day, as long as that would be told for itself, and not as growth.
func TestThreeStepsAreTold(t *testing.T) {
	for _, history := range []int{56, 120, 240} {
		in := risen(history+20, 0.02, func(d int) float64 {
			return 60 * pick(d >= history-26, 1.6, 1) * pick(d >= history-13, 1.6, 1) * pick(d >= history, 1.6, 1)
		})
		for more := 6; more <= 20; more += 7 {
			var found []Finding
			for _, f := range Detect(evening(in, history+more)).Findings {
				if f.Scope[usage.Resource] == "x" && f.Direction == usage.Up {
					found = append(found, f)
				}
			}
			right, sum, cost := 0, 0.0, 0.0
			for _, f := range found {
				sum += f.Impact
				for k, start := range []int{-26, -13, 0} {
					at, before := int(f.Start-in.From)-history, 60*math.Pow(1.6, float64(k))
					right += int(share(f.Kind == usage.KindLevel && f.Ongoing && at >= start-1 && at <= start+1 && math.Abs(f.PerDayBefore/before-1) < 0.05))
				}
			}
			for _, y := range in.Leaves[len(in.Leaves)-1].Cost[history-26 : history+more] {
				cost += y - 60
			}
			if right != 3 || len(found) != 3 || math.Abs(sum/cost-1) > 0.03 {
				t.Errorf("%d days, evening %d, %.0f of %.0f:%s", history, more, sum, cost, describe(found))
			}
		}
	}
}

// Each of several rises of a resource says what was seen of it: its own day, and what days cost before that and since.
func TestRulesOfSteps(t *testing.T) {
	for _, history := range []int{56, 120, 240} {
		in := risen(history+10, 0.02, func(d int) float64 {
			return 60 * pick(d >= history-26, 1.6, 1) * pick(d >= history-13, 1.6, 1) * pick(d >= history, 1.6, 1)
		})
		found := 0
		for _, f := range Detect(in).Findings {
			k := int(f.Rule.Day-in.From) - history + 26
			level := 60 * math.Pow(1.6, math.Round(float64(k)/13))
			if f.Scope[usage.Resource] != "x" || f.Direction == usage.Down {
				continue
			}
			if found++; f.Rule.Kind != RuleLevel || f.Rule.Day != f.Start || math.Abs(f.Rule.Usual/level-1) > 0.05 ||
				math.Abs(f.Rule.Amount/level/1.6-1) > 0.05 || f.Rule.Days < 7 || f.Rule.DaysBefore < 12 || f.Rule.Noise > 0.05*level {
				t.Errorf("%d days, since %s: %+v", history, f.Start, f.Rule)
			}
		}
		if found != 3 {
			t.Errorf("%d days: %d findings", history, found)
		}
	}
}
