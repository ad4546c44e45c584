package eval

import (
	"fmt"
	"math"
	"os"
	"testing"
	"text/tabwriter"

	"usagereport/analysis/forecast"
	"usagereport/usage"
)

// TestRealForecasts foretells the ends of the last six months of each measured series by its
// days 5, 10, 15 and 20, beside simple rules; without a file, of made-up ones.
func TestRealForecasts(t *testing.T) {
	all, sets := measured(t)
	rules := []struct {
		name string
		rest func(y []float64, first, left int) float64 // by the days so far, of which the month's begin at first
	}{
		{"run rate", func(y []float64, first, left int) float64 { return mean(y[first:]) * float64(left) }},
		{"the last week again", func(y []float64, _, left int) float64 {
			return sumAhead(left, func(h int) float64 { return y[len(y)-7+h%7] })
		}},
		{"Theta", func(y []float64, _, left int) float64 { return theta(y, left) }},
		{"ETS", func(y []float64, _, left int) float64 { return seasonalSmoothing(y, left) }},
	}
	for _, set := range sets {
		w := tabwriter.NewWriter(t.Output(), 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintf(w, "%s\tusagereport\trows in 80 %%\ttotals in 80 %%\tin 95 %%\twidth\t", set)
		for _, r := range rules {
			fmt.Fprint(w, r.name, "\t")
		}
		fmt.Fprintln(w)
		for _, day := range []int{5, 10, 15, 20} {
			misses, cost := make([]float64, 1+len(rules)), 0.0
			in, in95, rows, totalIn, totals, width := 0, 0, 0, 0, 0, 0.0
			for back := range 6 {
				bySource := map[string][]int{}
				var es []forecast.Estimate
				var became []float64
				for _, m := range all {
					periods := months(m)
					if m.Set != set || len(periods) < back+5 || mean(m.Y) <= 0 {
						continue
					}
					periods = periods[:len(periods)-back]
					p := periods[len(periods)-1]
					y, first := scaled(m.Y, realCost), int(p.From-m.From)
					origin := first + day
					e := forecast.Forecast(forecast.Component{
						From: m.From, Usage: y[:origin], Other: make([]float64, origin), Periods: periods, Settled: p.From + usage.Day(day),
					})
					left := int(p.To-m.From) - origin
					rest := 0.0
					for _, v := range y[origin : origin+left] {
						rest += v
					}
					for _, v := range y[first : origin+left] {
						cost += v
					}
					misses[0] += math.Abs(e.Rest - rest)
					for i, r := range rules {
						misses[i+1] += math.Abs(r.rest(y[:origin], first, left) - rest)
					}
					bySource[m.Source] = append(bySource[m.Source], len(es))
					es, became = append(es, e), append(became, rest)
				}
				for i, b := range forecast.Bands(es) {
					if b.OK {
						rows++
						width += (b.High80 - b.Low80) / float64(realCost*30)
						if b.Low80 <= became[i] && became[i] <= b.High80 {
							in++
						}
						if b.Low95 <= became[i] && became[i] <= b.High95 {
							in95++
						}
					}
				}
				for _, at := range bySource {
					var part []forecast.Estimate
					sum := 0.0
					for _, i := range at {
						part, sum = append(part, es[i]), sum+became[i]
					}
					if b := forecast.Together(part); b.OK {
						totals++
						if b.Low80 <= sum && sum <= b.High80 {
							totalIn++
						}
					}
				}
			}
			fmt.Fprintf(w, "day %d\t%.4f\t%.2f\t%.2f of %d\t%.2f\t%.2f\t", day, misses[0]/cost, ratio(in, rows), ratio(totalIn, totals), totals,
				ratio(in95, rows), width/float64(max(1, rows)))
			best := math.Inf(1)
			for _, x := range misses[1:] {
				fmt.Fprintf(w, "%.4f\t", x/cost)
				best = min(best, x)
			}
			fmt.Fprintln(w)
			if os.Getenv("REAL_SERIES") == "" && (misses[0] > 1.05*best || math.Abs(ratio(in, rows)-0.8) > 0.06) {
				t.Errorf("day %d: error %.4f, of the best simple rule %.4f; the 80 %% range holds %.2f", day, misses[0]/cost, best/cost,
					ratio(in, rows))
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
}

// months are the calendar months that lie wholly in m.
func months(m Measured) (out []usage.Period) {
	end := m.From + usage.Day(len(m.Y))
	for p := m.From.Month(); p.To <= end; p = p.To.Month() {
		if p.From >= m.From {
			out = append(out, p)
		}
	}
	return out
}

func scaled(y []float64, to float64) []float64 {
	out := make([]float64, len(y))
	by := to / mean(y)
	for i, v := range y {
		out[i] = v * by
	}
	return out
}

func sumAhead(left int, at func(h int) float64) (sum float64) {
	for h := range left {
		sum += at(h)
	}
	return sum
}

// theta is the Theta method (Assimakopoulos and Nikolopoulos 2000) with a weekly season: the mean of
// simple exponential smoothing and of half the straight line through all days.
func theta(y []float64, left int) float64 {
	week := weekOf(y)
	x := make([]float64, len(y))
	for i, v := range y {
		x[i] = v / week[(len(y)-i)%7]
	}
	level := smooth(x)
	var n, sx, sy, sxx, sxy float64
	for i, v := range x {
		d := float64(i)
		n, sx, sy, sxx, sxy = n+1, sx+d, sy+v, sxx+d*d, sxy+d*v
	}
	slope := (n*sxy - sx*sy) / max(1e-9, n*sxx-sx*sx)
	return sumAhead(left, func(h int) float64 { return (level + slope/2*float64(h+1)) * week[(7-h%7)%7] })
}

// weekOf returns what each weekday is of the mean, by how many days it lies before the end.
func weekOf(y []float64) (week [7]float64) {
	all := 0.0
	for w := range week {
		var v []float64
		for i := len(y) - 1; i >= 0; i-- {
			if (len(y)-i)%7 == w {
				v = append(v, y[i])
			}
		}
		week[w] = mean(v)
		all += week[w] / 7
	}
	for w := range week {
		week[w] = max(week[w]/max(all, 1e-9), 0.05)
	}
	return week
}

// smooth returns the level of simple exponential smoothing, with the weight that foretells the next day best.
func smooth(x []float64) (level float64) {
	best := math.Inf(1)
	for _, a := range []float64{0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8} {
		l, miss := mean(x[:min(14, len(x))]), 0.0
		for _, v := range x {
			miss += (v - l) * (v - l)
			l += a * (v - l)
		}
		if miss < best {
			best, level = miss, l
		}
	}
	return level
}

// seasonalSmoothing is exponential smoothing with an additive week, ETS(A,N,A).
func seasonalSmoothing(y []float64, left int) (rest float64) {
	best := math.Inf(1)
	for _, a := range []float64{0.02, 0.05, 0.1, 0.2, 0.4, 0.6} {
		for _, g := range []float64{0.02, 0.05, 0.1, 0.2} {
			l, miss := mean(y[:14]), 0.0
			var week [7]float64
			for w := range week {
				week[w] = (y[w]+y[w+7])/2 - l
			}
			for i, v := range y {
				e := v - l - week[i%7]
				miss += e * e
				l += a * e
				week[i%7] += g * e
			}
			if miss < best {
				best, rest = miss, sumAhead(left, func(h int) float64 { return l + week[(len(y)+h)%7] })
			}
		}
	}
	return rest
}
