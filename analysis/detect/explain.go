package detect

import (
	"fmt"
	"math"
	"strings"

	"usagereport/usage"
)

// Explain says in one sentence what happened, for the one who pays: money
// writes an amount, label names a scope.
func (f Finding) Explain(money func(float64) string, label func(usage.Series) string) string {
	name := label(f.Scope)
	var b strings.Builder
	switch f.Kind {
	case New:
		fmt.Fprintf(&b, "%s is new since %s and costs %s a day", name, date(f.Start), money(f.PerDayNow))
	case Gone:
		fmt.Fprintf(&b, "%s has cost nothing since %s; before it was about %s a day", name, date(f.Start), money(f.PerDayBefore))
	case Spike:
		on := "on " + date(f.Start)
		if f.End > f.Start {
			on = "from " + date(f.Start) + " to " + date(f.End)
		}
		fmt.Fprintf(&b, "%s cost %s %s instead of about %s", name, money(f.Actual), on, money(f.Expected))
	case Price:
		fmt.Fprintf(&b, "the price of %s is %s since %s, so it costs %s a day instead of about %s",
			name, percent(f.PerDayNow/max(f.PerDayBefore, 0.01)-1), date(f.Start), money(f.PerDayNow), money(f.PerDayBefore))
	case Drift:
		way := "risen"
		if f.Direction == "down" {
			way = "fallen"
		}
		fmt.Fprintf(&b, "%s has %s day by day since about %s, from about %s to %s a day",
			name, way, date(f.Start), money(f.PerDayBefore), money(f.PerDayNow))
	default:
		verb, when := "costs", "since "+date(f.Start)
		if !f.Ongoing {
			verb, when = "cost", "from "+date(f.Start)+" to "+date(f.End)
		}
		usual := "about " + money(f.PerDayBefore)
		if math.Abs(f.PerDayBefore) < 0.005 {
			usual = "nothing"
		}
		fmt.Fprintf(&b, "%s %s %s a day %s instead of %s", name, verb, money(f.PerDayNow), when, usual)
	}
	if f.Kind != New && f.Kind != Gone && f.Kind != Price {
		price := math.Abs(f.PriceShare) < 0.02
		switch {
		case price && f.Unit != "":
			fmt.Fprintf(&b, "; price unchanged, %s %s", what(f.Unit), percent(f.QuantityChange))
		case price:
			b.WriteString("; prices unchanged")
		case f.PriceShare >= 0.8:
			b.WriteString("; most of it is the price")
		case f.Unit != "":
			fmt.Fprintf(&b, "; %s %s, %.0f %% of the change is the price", what(f.Unit), percent(f.QuantityChange), 100*f.PriceShare)
		}
	}
	more := "more"
	if f.Direction == "down" {
		more = "less"
	}
	if f.Ongoing {
		fmt.Fprintf(&b, "; %s %s so far, about %s a month.", money(math.Abs(f.Impact)), more, money(math.Abs(f.ProjectedPerMonth)))
	} else {
		fmt.Fprintf(&b, "; %s %s in all.", money(math.Abs(f.Impact)), more)
	}
	return b.String()
}

// what names the things that unit counts.
func what(unit string) string {
	switch u := strings.ToLower(unit); {
	case strings.Contains(u, "hour"):
		return "hours"
	case strings.Contains(u, "gb") && !strings.Contains(u, "second"):
		return "GB"
	}
	return "quantity"
}

func date(d usage.Day) string { return d.Time().Format("2 Jan") }

// percent writes a relative change: +160 %.
func percent(x float64) string {
	s := fmt.Sprintf("%+.0f %%", 100*x)
	if math.Abs(x) < 0.1 {
		s = fmt.Sprintf("%+.1f %%", 100*x)
	}
	return strings.Replace(s, "-", "−", 1)
}

// count writes a number of things: "1 day", "7 days".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
