package eval

import (
	"math"
	"slices"

	"usagereport/analysis/detect"
	"usagereport/usage"
)

// A peer is another program's published rule, or a textbook's, written anew
// from its description with the settings it is shipped with. It looks at days
// that have settled only.
type peer struct {
	name   string
	levels [][]usage.Dimension                           // of which it adds costs up, as its documentation has it
	high   func(y []float64, d int, from usage.Day) bool // is day d too high, by the days up to d?
}

func peers() []peer {
	total := []usage.Dimension{}
	service := []usage.Dimension{usage.Service}
	group := []usage.Dimension{usage.SubAccount, usage.ResourceGroup}
	resource := []usage.Dimension{usage.SubAccount, usage.ResourceGroup, usage.Resource}
	all := [][]usage.Dimension{resource, group, service}
	return []peer{
		{"azure-cost-cli", [][]usage.Dimension{group}, azureCostCLI},
		{"Costroid", [][]usage.Dimension{total, service}, costroid},
		{"OptScale", [][]usage.Dimension{total}, optScale},
		{"s3u/aws-cost-anomalies", [][]usage.Dimension{service}, s3u},
		{"mean + 3 sigma", all, threeSigma},
		{"month over month +20 %", all, monthOverMonth},
		{"S-H-ESD", all, shESD},
		{"KQL series_decompose_anomalies", all, kqlDecompose},
	}
}

// lines runs the rule over one series: a day's alarm comes two days later,
// when the day has settled. Days in a row are one alarm.
func (p peer) lines(l line) []alarm {
	var out []alarm
	for d := longest - judged - 7; d < longest-2; d++ {
		if !p.high(l.y, d, l.from) {
			continue
		}
		if n := len(out); n > 0 && out[n-1].end >= d-2 {
			// A later report has the same alarm, longer.
			out = append(out, alarm{start: out[n-1].start, end: d, told: d + 2})
			continue
		}
		out = append(out, alarm{start: d, end: d, told: d + 2})
	}
	return out
}

// findings runs the rule over the last five weeks of an estate. Alarms of one
// node within a week are one finding; it lasts until the cost is back at what it
// was in the four weeks before, and counts what lies above that.
func (p peer) findings(in detect.Input) detect.Result {
	var r detect.Result
	for _, by := range p.levels {
		nodes := make(map[string][]int)
		var keys []string
		for i, l := range in.Leaves {
			k := ""
			for _, d := range by {
				k += l.Dims[d] + "\x00"
			}
			if nodes[k] == nil {
				keys = append(keys, k)
			}
			nodes[k] = append(nodes[k], i)
		}
		for _, k := range keys {
			r.Findings = append(r.Findings, p.node(in, by, nodes[k])...)
		}
	}
	return r
}

func (p peer) node(in detect.Input, by []usage.Dimension, leaves []int) []detect.Finding {
	y := make([]float64, in.Days)
	for _, i := range leaves {
		for d, x := range in.Leaves[i].Cost {
			y[d] += x
		}
	}
	scope := usage.Series{}
	for _, d := range by {
		scope[d] = in.Leaves[leaves[0]].Dims[d]
	}
	var out []detect.Finding
	last := in.Days - 3
	for d := max(0, in.Days-35); d <= last; d++ {
		if !p.high(y, d, in.From) {
			continue
		}
		usual := mean(y[max(0, d-28):d])
		end, impact := d, y[d]-usual
		for quiet := 0; end < last && quiet < 7; end++ {
			impact += max(0, y[end+1]-usual)
			if quiet++; y[end+1] > usual*1.05 || p.high(y, end+1, in.From) {
				quiet = 0
			}
		}
		out = append(out, detect.Finding{
			Kind: usage.KindLevel, Direction: usage.Up, Severity: usage.SeverityHigh, Scope: scope, Leaves: leaves,
			Start: in.From + usage.Day(d), End: in.From + usage.Day(end), Impact: impact,
		})
		d = end
	}
	return out
}

// azureCostCLI is detectAnomalies of github.com/mivano/azure-cost-cli: a day
// 75 % above the day before, seven rising days, or a first cost, of more than 2.
func azureCostCLI(y []float64, d int, _ usage.Day) bool {
	if d < 7 || y[d] <= 2 {
		return false
	}
	rises := true
	for i := d - 6; i <= d; i++ {
		rises = rises && y[i] > y[i-1]
	}
	appears := !slices.ContainsFunc(y[max(0, d-30):d], func(x float64) bool { return x != 0 })
	return rises || appears || y[d-1] > 0 && y[d]/y[d-1]-1 > 0.75
}

// costroid is the detector of github.com/Costroid/costroid: three scaled median
// deviations and 10 % above the median of the last 30 days with cost, of which
// there must be ten.
func costroid(y []float64, d int, _ usage.Day) bool {
	v := present(y, d, 30)
	if len(v) < 10 || y[d] == 0 {
		return false
	}
	m := detect.Median(v)
	off := y[d] - m
	return off > 3*1.4826*spread(v, m) && off >= 0.1*math.Abs(m)
}

// optScale is the expense anomaly policy that OptScale (github.com/hystax/optscale)
// gives a new organisation: 30 % above the mean of the last seven days with cost.
func optScale(y []float64, d int, _ usage.Day) bool {
	v := present(y, d, 7)
	return len(v) > 0 && y[d] > 1.3*mean(v)
}

// s3u is github.com/s3u/aws-cost-anomalies: a modified z-score of 2.5 in a
// window of 14 days, or a median slope of 20 % of the median in it, from 1 a day.
func s3u(y []float64, d int, _ usage.Day) bool {
	if d < 13 || y[d] < 1 {
		return false
	}
	v := slices.Clone(y[d-13 : d])
	m := detect.Median(v)
	if mad := spread(v, m); mad > 1e-9 {
		if 0.6745*(y[d]-m)/mad > 2.5 {
			return true
		}
	} else if y[d]-m > 1 {
		return true
	}
	var slopes []float64
	for i := d - 13; i <= d; i++ {
		for j := i + 1; j <= d; j++ {
			slopes = append(slopes, (y[j]-y[i])/float64(j-i))
		}
	}
	all := detect.Median(slices.Clone(y[d-13 : d+1]))
	return all > 0 && 14*detect.Median(slopes)/all > 0.2
}

// threeSigma is the textbook's: three standard deviations above the mean of the
// last 30 days, and 1 at least.
func threeSigma(y []float64, d int, from usage.Day) bool { return sigmasAbove(3)(y, d, from) }

// sigmasAbove is a rule of k standard deviations above the mean of 30 days.
func sigmasAbove(k float64) func(y []float64, d int, _ usage.Day) bool {
	return func(y []float64, d int, _ usage.Day) bool {
		if d < 30 {
			return false
		}
		v := y[d-30 : d]
		m, sum := mean(v), 0.0
		for _, x := range v {
			sum += (x - m) * (x - m)
		}
		return y[d]-m > max(1, k*math.Sqrt(sum/29))
	}
}

// monthOverMonth compares the month so far with the same days of the month
// before: 20 % and 10 more.
func monthOverMonth(y []float64, d int, from usage.Day) bool {
	day := from + usage.Day(d)
	first := int(day.Month().From - from)
	prior := int((day.Month().From - 1).Month().From - from)
	if prior < 0 {
		return false
	}
	now, was := 0.0, 0.0
	for i := first; i <= d; i++ {
		now += y[i]
		if p := prior + i - first; p < first {
			was += y[p]
		}
	}
	return now > 1.2*was && now-was > 10
}

// withoutWeek returns y less the median of each day's weekday.
func withoutWeek(y []float64) []float64 {
	out := make([]float64, len(y))
	for w := range 7 {
		var same []float64
		for d := w; d < len(y); d += 7 {
			same = append(same, y[d])
		}
		m := detect.Median(same)
		for d := w; d < len(y); d += 7 {
			out[d] = y[d] - m
		}
	}
	return out
}

// shESD is the seasonal hybrid extreme Studentized deviate test of Hochenbaum,
// Vallis and Kejariwal (2017) over eight weeks: weekday medians for the season,
// the median for the level, alpha 0.05, at most one day in ten.
func shESD(y []float64, d int, _ usage.Day) bool {
	const n = 56
	if d < n {
		return false
	}
	v := y[d-n+1 : d+1]
	rest := withoutWeek(v)
	m := detect.Median(slices.Clone(v))
	left := make([]int, n)
	for i := range left {
		left[i] = i
	}
	high := false
	removed := false
	for k := 1; k <= n/10 && !removed; k++ {
		var x []float64
		for _, i := range left {
			x = append(x, rest[i])
		}
		mid := detect.Median(slices.Clone(x))
		mad := max(1.4826*spread(x, mid), 1e-9*math.Abs(m), 1e-12)
		far, at := 0.0, 0
		for j, i := range left {
			if r := math.Abs(rest[i]-mid) / mad; r > far {
				far, at = r, j
			}
		}
		t := studentT(1-0.05/(2*float64(n-k+1)), float64(n-k-1))
		limit := float64(n-k) * t / math.Sqrt((float64(n-k-1)+t*t)*float64(n-k+1))
		if left[at] == n-1 {
			removed = true
			high = far > limit && rest[n-1] > mid
		}
		left = slices.Delete(left, at, at+1)
	}
	return high
}

// studentT returns the quantile p of Student's t by the expansion of Cornish and
// Fisher, good to three digits from 20 degrees of freedom on.
func studentT(p, n float64) float64 {
	z := math.Sqrt2 * math.Erfinv(2*p-1)
	z3 := z * z * z
	return z + (z3+z)/(4*n) + (5*z3*z*z+16*z3+3*z)/(96*n*n)
}

// kqlDecompose is Kusto's series_decompose_anomalies as the FinOps toolkit calls
// it: mean per weekday, and Tukey's fence of 1.5 around the middle four fifths
// of what is left.
func kqlDecompose(y []float64, d int, _ usage.Day) bool {
	if d < 28 {
		return false
	}
	v := y[max(0, d-89) : d+1]
	var sum, n [7]float64
	for i, x := range v {
		sum[i%7] += x
		n[i%7]++
	}
	rest := make([]float64, len(v))
	for i, x := range v {
		rest[i] = x - sum[i%7]/n[i%7]
	}
	last := rest[len(rest)-1]
	slices.Sort(rest)
	low, up := rest[len(rest)/10], rest[len(rest)*9/10]
	return last > up+1.5*(up-low) && last > 1e-9*math.Abs(y[d])
}

// present returns the costs that are not zero of the n days before d.
func present(y []float64, d, n int) []float64 {
	var v []float64
	for i := max(0, d-n); i < d; i++ {
		if y[i] != 0 {
			v = append(v, y[i])
		}
	}
	return v
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(max(1, len(v)))
}

// spread returns the median distance from m.
func spread(v []float64, m float64) float64 {
	off := make([]float64, len(v))
	for i, x := range v {
		off[i] = math.Abs(x - m)
	}
	return detect.Median(off)
}
