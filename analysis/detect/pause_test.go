package detect

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// paused is a resource beside another that costs part of what it did for so many days, and then so many
// times as much as before, since so many; and the day on which it comes back.
func paused(before, pause, since int, during, noise, times float64) (in Input, back int) {
	r := rand.New(rand.NewPCG(uint64(pause), uint64(since)))
	back = before + pause
	in = Input{From: firstDay, Days: back + since}
	for i, level := range []float64{50, 10} {
		l := Leaf{Unit: "Hours", Dims: usage.Series{
			usage.SubAccount: "s", usage.ResourceGroup: "g", usage.Service: "vm", usage.Meter: "D2", usage.Resource: fmt.Sprint(i),
		}}
		for d := range in.Days {
			x := level * (1 + noise*r.NormFloat64())
			switch {
			case i > 0 || d < before:
			case d < back:
				x *= during
			default:
				x *= times
			}
			l.Cost, l.Quantity = append(l.Cost, x), append(l.Quantity, 2*x)
		}
		in.Leaves = append(in.Leaves, l)
	}
	return in, back
}

// TestPause holds what comes back after a pause at its former level to this: it is not told, or
// as a rise since the day on which it came back. It never is over, and begins on no later day.
func TestPause(t *testing.T) {
	for _, before := range []int{60, 90, 300} {
		for _, during := range []float64{0, 0.2} {
			for _, noise := range []float64{0, 0.04} {
				told, bad := 0, ""
				wrong := 0
				for _, pause := range []int{7, 24, 31, 50} {
					for _, since := range []int{5, 11, 20, 33} { // days since it came back
						for weekday := range 2 {
							in, back := paused(before, pause, since, during, noise, 1)
							in.From += usage.Day(2 * weekday)
							for _, f := range Detect(in).Findings {
								if f.Direction != usage.Up || int(f.End-in.From) < before {
									continue
								}
								told++
								start := int(f.Start - in.From)
								if !f.Ongoing || start != back {
									wrong++
									bad += fmt.Sprintf("\n%d days' pause, %d days since: %s of %s, from day %d since it came back to %d, %.1f a day, was %.1f",
										pause, since, f.Kind, f.Scope[usage.Resource], start-back, int(f.End-in.From)-back, f.PerDayNow, f.PerDayBefore)
								}
							}
						}
					}
				}
				if wrong > 0 {
					t.Errorf("%d days before, %.1f during, noise %.2f: %d of %d wrong:%s", before, during, noise, wrong, told, bad)
				}
			}
		}
	}
}

// What comes back a quarter above its former level is told as a rise by that quarter, since the day on
// which it came back.
func TestDearerAfterPause(t *testing.T) {
	for _, before := range []int{90, 300} {
		for _, during := range []float64{0, 0.2} {
			for _, noise := range []float64{0, 0.02} {
				told, cases := 0, 0
				for _, pause := range []int{7, 24, 31, 50} {
					for _, since := range []int{11, 20} {
						cases++
						in, back := paused(before, pause, since, during, noise, 1.25)
						for _, f := range Detect(in).Findings {
							if f.Direction != usage.Up || f.Scope[usage.Resource] != "0" && f.Scope[usage.Resource] != "" {
								continue
							}
							told++
							if above := f.Impact / float64(int(f.End-f.Start)+1); int(f.Start-in.From) != back || !f.Ongoing || above < 8 || above > 18 {
								t.Errorf("%d days, %d days' pause at %.1f, noise %.2f: %s from day %d since it came back, by %.1f a day, want 12.5", before, pause, during,
									noise, f.Kind, int(f.Start-in.From)-back, above)
							}
						}
					}
				}
				if told < cases*3/4 {
					t.Errorf("%d days before, %.1f during, noise %.2f: %d of %d told", before, during, noise, told, cases)
				}
			}
		}
	}
}
