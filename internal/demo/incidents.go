package demo

import (
	"slices"
	"strings"
	"time"

	"usagereport/usage"
)

// Kinds of accepted incidents, which no finding is of.
const (
	Replaced usage.Kind = "replaced" // by a resource with another name
	Refund   usage.Kind = "refund"
)

// An Incident is a change that was planted, as truth.json lists it.
type Incident struct {
	ID        string          `json:"id"`
	Kind      usage.Kind      `json:"kind"`
	Direction usage.Direction `json:"direction"` // "" where the cost stays as it was
	Start     usage.Day       `json:"start"`
	End       usage.Day       `json:"end"` // last day of the change so far, inclusive
	Ongoing   bool            `json:"ongoing"`
	Scope     usage.Series    `json:"scope"`            // ids and group names in lower case
	Resources []string        `json:"resources"`        // ids in lower case
	Excess    string          `json:"excess,omitempty"` // cost minus what it would have been, exact, of what the files hold
	Sentence  string          `json:"sentence"`

	measured bool // excess counts; not so for what would be there or not anyway
	excess   usage.Decimal
}

// The dimensions that identify an incident, by its level.
func byGroup() []usage.Dimension { return []usage.Dimension{usage.SubAccount, usage.ResourceGroup} }

func byGroupService() []usage.Dimension {
	return append(byGroup(), usage.Service)
}
func byResource() []usage.Dimension { return append(byGroupService(), usage.Resource) }
func byMeter() []usage.Dimension    { return append(byResource(), usage.Meter) }

// factor returns a change of the quantity by f millionths.
func factor(f int64) func(date, int64) int64 {
	return func(_ date, q int64) int64 { return times(q, f) }
}

// plant puts the incidents into the estate. All begin within the 35 days before
// the end.
func (e *estate) plant() {
	end := e.options.End
	tell := func(in Incident, by []usage.Dimension, lines []*line, f func(date, int64) int64) {
		e.incidents = append(e.incidents, e.change(in, by, lines, f))
	}

	tell(Incident{
		Kind: usage.KindLevel, Direction: usage.Up, Start: end - 24,
		Sentence: "The scale set of the shop's cluster went from about 6 machines to about 16 and stays there.",
	}, byResource(), e.linesOf(d8, e.find("rg-aks-shop-prod", scaleSetMain)...), factor(2_600_000))

	tell(Incident{
		Kind: usage.KindSpike, Direction: usage.Up, Start: end - 12, End: end - 10,
		Sentence: "The central log workspace took in nine times its usual volume for three days.",
	}, byMeter(), e.linesOf(ingestion, e.find("rg-monitor", workspaceHub)...), factor(9*one))

	grown := int64(one)
	tell(Incident{
		Kind: usage.KindDrift, Direction: usage.Up, Start: end - 24,
		Sentence: "The data lake grows by 4 % a day since nothing in it is deleted any more.",
	}, byMeter(), e.linesOf(lake), func(_ date, q int64) int64 {
		grown = times(grown, 1_040_000)
		return times(q, grown)
	})

	vcores := e.linesOf(vcore)
	tell(Incident{
		Kind: usage.KindPrice, Direction: usage.Up, Start: end - 14,
		Sentence: "A vCore hour of SQL Database costs 25 % more in every database that is charged by it; the hours did not change.",
	}, []usage.Dimension{usage.Service, usage.Meter}, vcores, factor(one))
	for _, l := range vcores {
		l.rise, l.risen = l.price/4, e.days.at(end-14)
	}

	tell(Incident{
		Kind: usage.KindNew, Direction: usage.Up, Start: end - 11,
		Sentence: "A machine with a graphics processor was started to train a model and runs day and night.",
	}, byResource(), e.born(end-11, e.add(e.group("rg-ml-prod"), vmGPU)), factor(one))

	campaign := group{sub: 0, name: "rg-campaign-prod", owner: "marketing"}
	var deployed []*line
	for _, kind := range []int{planLarge, planLarge, vmMemory, cosmos, account} {
		deployed = append(deployed, e.add(campaign, kind)...)
	}
	tell(Incident{
		Kind: usage.KindNew, Direction: usage.Up, Start: end - 17,
		Sentence: "A new resource group was deployed for a campaign, with five resources on one day.",
	}, byGroup(), e.born(end-17, deployed), factor(one))

	saturday := end - 24
	for saturday.Weekday() != time.Saturday {
		saturday++
	}
	tell(Incident{
		Kind: usage.KindLevel, Direction: usage.Up, Start: saturday,
		Sentence: "Six of the developers' machines, until now off or nearly so at weekends, run through every weekend.",
	}, byGroupService(), e.linesOf(d8, e.find("rg-workstations-dev", vmOffice)[:6]...), func(d date, q int64) int64 {
		if d.weekend {
			return 24 * one
		}
		return q
	})

	tell(Incident{
		Kind: usage.KindGone, Direction: usage.Down, Start: end - 19,
		Sentence: "Both search services of the test environment were deleted.",
	}, byGroupService(), e.linesOf(search), factor(0))

	tell(Incident{
		Kind: usage.KindMissing, Direction: usage.Down, Start: e.missingDay(), End: e.missingDay(),
		Sentence: "The mail gateway, bought every month, was not charged this time.",
	}, byResource(), e.linesOf(saasMail), factor(0))

	e.accept()
}

// accept puts changes into the estate that are no findings: those that
// lie back so far that they are the new normal, and those that cost nothing.
func (e *estate) accept() {
	end := e.options.End
	tell := func(in Incident, by []usage.Dimension, lines []*line, f func(date, int64) int64) {
		e.accepted = append(e.accepted, e.change(in, by, lines, f))
	}

	tell(Incident{
		Kind: usage.KindLevel, Direction: usage.Up, Start: end - 100,
		Sentence: "A hosting plan of the shop was doubled from two instances to four; long accepted.",
	}, byResource(), e.linesOf(p2v3, e.find("rg-shop-web-prod", planLarge)[0]), factor(2*one))

	// A resize: the old meter ends where the new one begins.
	start := end - 20
	after := e.linesOf(d4, e.find("rg-payments-prod", vmMedium)[0])
	before := e.consume(after[0].res, d4old, newDice(e.options.Seed, streamResize))
	before.quantity = slices.Clone(after[0].quantity)
	before.was = slices.Clone(before.quantity)
	clear(before.quantity[e.days.at(start):])
	tell(Incident{
		Kind: Replaced, Start: start,
		Sentence: "A machine was resized from D4s v3 to D4s v5: another meter under the same resource, at nearly the same cost.",
	}, byResource(), append(e.born(start, after), before), factor(one))

	saasLine := e.linesOf(saasLog)[0]
	refund := e.purchase(saasLine.res, saasLog, func(d date) bool { return d.day == end-30 })
	refund.charge, refund.frequency, refund.term = "Refund", "OneTime", ""
	refund.price = 38_500_000
	tell(Incident{
		Kind: Refund, Direction: usage.Down, Start: end - 30, End: end - 30,
		Sentence: "The log service gave back a small amount.",
	}, byResource(), e.born(end-30, []*line{refund}), func(_ date, q int64) int64 { return -q })

	d := newDice(e.options.Seed, streamChurn)
	for _, r := range e.resources {
		created := d.below(100) < 7
		deleted := d.below(100) < 6
		birth := e.days[0].day + usage.Day(d.between(20, int64(len(e.days))-75))
		death := e.days[0].day + usage.Day(d.between(100, int64(len(e.days))-65))
		var lines []*line
		planted := false
		for _, l := range e.lines {
			if l.res == r {
				lines = append(lines, l)
				planted = planted || l.incident != nil || l.charge != "Usage"
			}
		}
		switch {
		case planted || len(lines) == 0:
		case created:
			for _, l := range lines {
				clear(l.quantity[:e.days.at(birth)])
			}
			e.accepted = append(e.accepted, e.describe(Incident{
				Kind: usage.KindNew, Direction: usage.Up, Start: birth, Sentence: "The resource " + r.name + " was created.",
			}, byResource(), lines))
		case deleted:
			for _, l := range lines {
				clear(l.quantity[e.days.at(death):])
			}
			e.accepted = append(e.accepted, e.describe(Incident{
				Kind: usage.KindGone, Direction: usage.Down, Start: death, Sentence: "The resource " + r.name + " was deleted.",
			}, byResource(), lines))
		}
	}
}

// change applies f to the lines' quantities of the days of the incident and
// keeps what they would have been. It returns the incident, described.
func (e *estate) change(in Incident, by []usage.Dimension, lines []*line, f func(date, int64) int64) *Incident {
	told := e.describe(in, by, lines)
	told.measured = true
	for _, l := range lines {
		l.incident = told
		if l.was == nil {
			l.was = slices.Clone(l.quantity)
		}
		for i := e.days.at(told.Start); i <= e.days.at(told.End); i++ {
			l.quantity[i] = f(e.days[i], l.quantity[i])
		}
	}
	return told
}

// describe completes an incident by the lines it is about. Without an end it is
// going on.
func (e *estate) describe(in Incident, by []usage.Dimension, lines []*line) *Incident {
	if in.End == 0 {
		in.End, in.Ongoing = e.options.End, true
	}
	l := lines[0]
	in.Scope = usage.Series{}
	for _, d := range by {
		switch d {
		case usage.SubAccount:
			in.Scope[d] = e.subs[l.res.sub]
		case usage.ResourceGroup:
			in.Scope[d] = l.res.group
		case usage.Service:
			in.Scope[d] = e.meters[l.meter].category
		case usage.Resource:
			in.Scope[d] = strings.ToLower(l.res.id)
		case usage.Meter:
			in.Scope[d] = e.meters[l.meter].name
		}
	}
	for _, l := range lines {
		if id := strings.ToLower(l.res.id); !slices.Contains(in.Resources, id) {
			in.Resources = append(in.Resources, id)
		}
	}
	return &in
}

// born returns lines that had not been there before the day start, nor would
// have been since.
func (e *estate) born(start usage.Day, lines []*line) []*line {
	for _, l := range lines {
		clear(l.quantity[:e.days.at(start)])
		l.was = make([]int64, len(l.quantity))
	}
	return lines
}
