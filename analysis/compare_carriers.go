package analysis

import (
	"cmp"
	"slices"

	"usagereport/analysis/bridge"
	"usagereport/usage"
)

// A Carrier is what carries a part of a change: a resource, or for prices a meter.
type Carrier struct {
	Label  string // "" for all the others, of which there are Count
	Count  int
	Amount usage.Money
}

// Carriers returns what carries most of one reason for the change, largest first: at most
// most of them and the others as one. They add up to the reason's amount.
func (c Comparison) Carriers(lane bridge.Lane, most int) (out []Carrier) {
	if c.changes == nil {
		return nil
	}
	f := c.changes.f
	sums := map[string]usage.Decimal{}
	for i, id := range c.changes.ids {
		if d := c.changes.parts[i][lane]; d.Sign() != 0 {
			label := f.carrier(f.infos[id], lane)
			if c.hidden != nil {
				label = c.hidden.Text(label)
			}
			sums[label] = sums[label].Add(d)
		}
	}
	for label, d := range sums {
		if d.Sign() != 0 {
			out = append(out, Carrier{Label: label, Count: 1, Amount: f.money(d)})
		}
	}
	slices.SortFunc(out, func(x, y Carrier) int {
		return cmp.Or(y.Amount.Amount.Abs().Cmp(x.Amount.Amount.Abs()), cmp.Compare(x.Label, y.Label))
	})
	if len(out) > most+1 {
		rest := Carrier{Count: len(out) - most, Amount: f.money(usage.Decimal{})}
		for _, x := range out[most:] {
			rest.Amount = rest.Amount.Add(x.Amount)
		}
		out = append(out[:most:most], rest)
	}
	return out
}

// carrier names what a series' part of a change is carried by: a price is of a meter, all
// else of a resource or, where there is none, of a service.
func (f *frame) carrier(info seriesInfo, lane bridge.Lane) string {
	d := usage.Resource
	switch {
	case lane == bridge.Price:
		d = usage.Meter
	case lane == bridge.Tax, lane == bridge.Rounding, info.dims[usage.Resource] == "":
		d = usage.Service
	}
	label, _ := f.labels.label(d, info.dims[d])
	if d == usage.Meter && info.dims[usage.Service] != "" {
		service, _ := f.labels.label(usage.Service, info.dims[usage.Service])
		label = service + " " + label
	}
	return label
}
