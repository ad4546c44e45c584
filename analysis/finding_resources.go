package analysis

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"usagereport/ledger"
	"usagereport/usage"
)

// A Covered is what a finding covers, by which its charges can be asked for where they came
// from: the ledger has them without their resources.
type Covered struct {
	Currency string
	Days     usage.Period    // those of its chart, which it is among
	Series   []CoveredSeries // of usage
}

// A CoveredSeries is a series of a finding.
type CoveredSeries struct {
	Dims usage.Series
	Unit string
}

// Values returns the values of a dimension, in lower case and in order.
func (c Covered) Values(d usage.Dimension) (out []string) {
	for _, s := range c.Series {
		out = append(out, strings.ToLower(s.Dims[d]))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Covered returns what a finding covers; ok is false where the ledger knows the resources of
// some of it, or where it is not of usage.
func (e Evidence) Covered() (c Covered, ok bool) { return e.covered, len(e.covered.Series) > 0 }

// covered is Covered of a finding in f.
func (f *frame) covered(x Finding, days usage.Period) (c Covered) {
	for _, id := range x.ids {
		s := f.infos[id]
		if s.dims[usage.Resource] != "" || s.category != "Usage" {
			return Covered{}
		}
		c.Series = append(c.Series, CoveredSeries{s.dims, s.unit})
	}
	c.Currency, c.Days = f.cur.code, days
	return c
}

// Resources are what a finding's charges cost by their resources, which the ledger does not have.
type Resources struct {
	From   string         `json:"from"` // where they were read
	Before int            `json:"days_before"`
	Inside int            `json:"days_in_finding"`
	List   []ResourceCost `json:"list"` // what changed most first; they add up to the finding's days
}

// A ResourceCost is one resource's. What it costs a day is rounded, nil where no day is known.
type ResourceCost struct {
	ID           string         `json:"resource_id"` // "" of what has none
	Name         string         `json:"name"`
	Before       usage.Decimal  `json:"before"` // on the days of the finding's chart before it
	Inside       usage.Decimal  `json:"in_finding"`
	PerDayBefore *usage.Decimal `json:"per_day_before"`
	PerDay       *usage.Decimal `json:"per_day"`
}

// change is by how much r costs another amount a day.
func (r ResourceCost) change() usage.Decimal {
	var before, now usage.Decimal
	if r.PerDayBefore != nil {
		before = *r.PerDayBefore
	}
	if r.PerDay != nil {
		now = *r.PerDay
	}
	return now.Sub(before)
}

// Of reports whether r comes to what a finding's days come to.
func (r Resources) Of(e Evidence) bool {
	var before, inside usage.Decimal
	for _, c := range r.List {
		before, inside = before.Sub(c.Before), inside.Sub(c.Inside)
	}
	for _, d := range e.Days {
		if d.Day < e.Start {
			before = before.Add(d.Actual)
		} else if d.Inside {
			inside = inside.Add(d.Actual)
		}
	}
	return before.Sign() == 0 && inside.Sign() == 0
}

// A ResourcesError says that what was read of a finding is not what the ledger has of it.
type ResourcesError struct {
	From      string
	Day       usage.Day
	Read, Has usage.Decimal
}

func (e *ResourcesError) Error() string {
	return fmt.Sprintf("%s has %s of what the finding covers on %s, and the ledger %s; it has changed since it was loaded, or a part of the "+
		"finding is not from there: load it again", e.From, e.Read, e.Day, e.Has)
}

// ByResource adds up what a finding covers by resource. It is asked of an Analysis of a ledger
// in which the finding's charges have their resources, as they were read from a place; e is of
// the ledger without, of whose dimensions it has these alone. Each day must come to the same.
func (a *Analysis) ByResource(ctx context.Context, e Evidence, from string, has []usage.Dimension) (Resources, error) {
	c := e.covered
	columns := map[usage.Dimension][]string{}
	dims := []usage.Dimension{usage.BillingAccount, usage.SubAccount, usage.Service, usage.ResourceGroup, usage.Region, usage.Meter}
	var units []string
	for _, s := range c.Series {
		for _, d := range dims {
			columns[d] = append(columns[d], s.Dims[d])
		}
		units = append(units, s.Unit)
	}
	out := Resources{From: from}
	at := map[string]int{}
	costs := map[usage.Day]usage.Decimal{}
	inside := func(d usage.Day) bool { return d >= e.Start && d <= e.End }
	err := a.query(ctx, "by_resource", func(r *sql.Rows) error {
		var id, name string
		var d usage.Day
		var cost usage.Decimal
		if err := r.Scan(&id, &name, ledger.DayOf(&d), ledger.Amount(&cost)); err != nil {
			return err
		}
		costs[d] = costs[d].Add(cost)
		i, ok := at[id]
		if !ok {
			i, at[id] = len(out.List), len(out.List)
			out.List = append(out.List, ResourceCost{ID: id, Name: name})
		}
		if inside(d) {
			out.List[i].Inside = out.List[i].Inside.Add(cost)
		} else if d < e.Start {
			out.List[i].Before = out.List[i].Before.Add(cost)
		}
		return nil
	}, sql.Named("currency", c.Currency), sql.Named("first", c.Days.From.Time()), sql.Named("last", c.Days.Last().Time()),
		sql.Named("bills", columns[usage.BillingAccount]), sql.Named("accounts", columns[usage.SubAccount]),
		sql.Named("services", columns[usage.Service]), sql.Named("units", units),
		sql.Named("groups", columns[usage.ResourceGroup]), sql.Named("regions", columns[usage.Region]), sql.Named("meters", columns[usage.Meter]),
		sql.Named("by_group", slices.Contains(has, usage.ResourceGroup)), sql.Named("by_region", slices.Contains(has, usage.Region)),
		sql.Named("by_meter", slices.Contains(has, usage.Meter)))
	if err != nil {
		return out, err
	}
	for _, d := range e.Days {
		if costs[d.Day] != d.Actual {
			return out, &ResourcesError{from, d.Day, costs[d.Day], d.Actual}
		}
		switch {
		case d.NoData:
		case inside(d.Day):
			out.Inside++
		case d.Day < e.Start:
			out.Before++
		}
	}
	digits := usage.MinorDigits(c.Currency)
	daily := func(sum usage.Decimal, days int) *usage.Decimal {
		if days == 0 {
			return nil
		}
		d := usage.DecimalFromFloat(sum.Float64() / float64(days)).Round(digits)
		return &d
	}
	for i, r := range out.List {
		out.List[i].PerDayBefore, out.List[i].PerDay = daily(r.Before, out.Before), daily(r.Inside, out.Inside)
	}
	slices.SortStableFunc(out.List, func(x, y ResourceCost) int {
		return cmp.Or(y.change().Abs().Cmp(x.change().Abs()), y.Inside.Abs().Cmp(x.Inside.Abs()), cmp.Compare(x.ID, y.ID))
	})
	return out, nil
}
