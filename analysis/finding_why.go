package analysis

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"usagereport/internal/locale"
	"usagereport/usage"
)

// Evidence is all by which a finding can be checked. Its JSON is a Finding's
// with its days, its rule and the SQL.
type Evidence struct {
	Finding
	Rule locale.Text   `json:"rule"`
	Days []EvidenceDay `json:"days"`
	// SQL gives the actual cost of those days that have any, of exactly what the
	// finding covers.
	SQL string `json:"sql"`
	// Resources are the finding's, where they were asked for and the ledger does not have them.
	Resources *Resources `json:"by_resource,omitempty"`

	covered Covered
}

// An EvidenceDay is a day of a finding or near it.
type EvidenceDay struct {
	Day      usage.Day      `json:"day"`
	Actual   usage.Decimal  `json:"actual"`
	Expected *usage.Decimal `json:"expected"` // and what is usual; nil where nothing is known of it
	Low      *usage.Decimal `json:"low"`
	High     *usage.Decimal `json:"high"`
	Inside   bool           `json:"in_finding"`
	NoData   bool           `json:"no_data,omitempty"`    // no file covers the day: not a zero
	Open     bool           `json:"incomplete,omitempty"` // not all usage has arrived
}

// Why returns the evidence for the finding called id, in any case of letters. It is
// one that Findings lists, with whatever sensitivity.
func (a *Analysis) Why(ctx context.Context, id string) (Evidence, error) {
	for _, s := range []Sensitivity{a.options.Sensitivity, SensitivityNormal, SensitivityHigh, SensitivityLow} {
		b := *a
		b.options.Sensitivity = s
		if e, err := b.why(ctx, id); err != nil || e.ID != "" {
			return e, err
		}
	}
	return Evidence{}, fmt.Errorf("finding %s: the period has none with this id; 'usagereport anomalies' lists them, and the flags "+
		"--period, --month, --owner, --filter and --tags are those with which it was listed", id)
}

// why is Why at one sensitivity; without an ID there is none.
func (a *Analysis) why(ctx context.Context, id string) (Evidence, error) {
	currencies, err := a.currencies(ctx)
	if err != nil {
		return Evidence{}, err
	}
	for _, cur := range currencies {
		f, h, err := a.lately(ctx, cur)
		if err != nil {
			return Evidence{}, err
		}
		found, _, err := a.detect(ctx, f, h)
		if err != nil {
			return Evidence{}, err
		}
		i := slices.IndexFunc(found, func(x Finding) bool { return strings.EqualFold(x.ID, id) })
		if i >= 0 {
			return a.evidence(ctx, f, found[i])
		}
	}
	return Evidence{}, nil
}

func (a *Analysis) evidence(ctx context.Context, f *frame, x Finding) (Evidence, error) {
	e := Evidence{Finding: x, Rule: x.Rule, Days: []EvidenceDay{}}
	if x.bought != nil {
		for i, d := range x.bought.days {
			if n := len(e.Days); n > 0 && e.Days[n-1].Day == d {
				e.Days[n-1].Actual = e.Days[n-1].Actual.Add(x.bought.cost[i])
				continue
			}
			e.Days = append(e.Days, EvidenceDay{Day: d, Actual: x.bought.cost[i], Inside: d >= x.Start && d <= x.End})
		}
		span := usage.Period{From: x.bought.days[0], To: x.bought.days[len(x.bought.days)-1] + 1}
		charges := f.charges(x.bought.categories...)
		e.SQL = a.options.with() + statement(f.cur.cost(), span, slices.Concat(charges, a.ownership(), x.bought.conditions()))
		return e, nil
	}
	for _, d := range x.Days {
		day := EvidenceDay{Day: d.Day, Actual: d.Actual, Inside: d.Day >= x.Start && d.Day <= x.End, NoData: d.NoData, Open: d.Incomplete}
		if d.HasBand {
			day.Expected, day.Low, day.High = &d.Expected, &d.Low, &d.High
		}
		e.Days = append(e.Days, day)
	}
	span := usage.Period{From: x.Days[0].Day, To: x.Days[len(x.Days)-1].Day + 1}
	e.covered = f.covered(x, span)
	where := slices.Concat(f.charges("Usage"), a.ownership(), f.conditions(x))
	var outside int
	err := a.query(ctx, "days_uncovered", func(r *sql.Rows) error { return r.Scan(&outside) }, sql.Named("series", x.ids),
		sql.Named("first", span.From.Time()), sql.Named("last", span.Last().Time()))
	if err != nil {
		return Evidence{}, err
	}
	if outside > 0 {
		where = append(where, `EXISTS (SELECT 1 FROM scopes s WHERE s.state = 'current' AND s.SubAccountId = usage.SubAccountId
    AND s.BillingPeriodStart <= usage.ChargePeriodStart::DATE AND s.BillingPeriodEnd > usage.ChargePeriodStart::DATE)`)
	}
	e.SQL = a.options.with() + statement("EffectiveCost", span, where)
	return e, nil
}

// statement returns the SQL that adds up cost by day.
func statement(cost string, span usage.Period, where []string) string {
	where = append(where, fmt.Sprintf("ChargePeriodStart >= DATE '%s'", span.From), fmt.Sprintf("ChargePeriodStart < DATE '%s'", span.To))
	return fmt.Sprintf("SELECT ChargePeriodStart::DATE AS day, sum(%s) AS actual\nFROM usage\nWHERE %s\nGROUP BY day\nORDER BY day;",
		cost, strings.Join(where, "\n  AND "))
}

// charges are the conditions on currency and category.
func (f *frame) charges(categories ...string) []string {
	of := "ChargeCategory = " + usage.Literal(categories[0])
	if len(categories) > 1 {
		texts := make([]string, len(categories))
		for i, c := range categories {
			texts[i] = usage.Literal(c)
		}
		of = "ChargeCategory IN (" + strings.Join(texts, ", ") + ")"
	}
	return []string{"BillingCurrency = " + usage.Literal(f.cur.code), of}
}

// conditions are those that x's series meet and no other series does: its scope,
// if that will do, else the scope and what sets the series apart.
func (f *frame) conditions(x Finding) []string {
	want := map[int64]bool{}
	var series []seriesInfo
	for _, id := range x.ids {
		want[id] = true
		series = append(series, f.infos[id])
	}
	scope := usage.Series{}
	for d, v := range x.Scope {
		if _, tag := d.ByNewest(); v != "" && !tag { // of a tag the newest value counts, not that of a charge
			scope[d] = v
		}
	}
	within := func(s seriesInfo) bool {
		for d, v := range scope {
			if s.dims[d] != v {
				return false
			}
		}
		return true
	}
	if !slices.ContainsFunc(series, func(s seriesInfo) bool { return !within(s) }) {
		for _, by := range [][]usage.Dimension{
			nil,
			{usage.Resource},
			{usage.Resource, usage.Meter},
			{usage.SubAccount, usage.ResourceGroup, usage.Service, usage.Resource, usage.Meter},
		} {
			of := map[string]bool{}
			for _, s := range series {
				of[tuple(s, by, false)] = true
			}
			exact := true
			for _, s := range f.infos {
				exact = exact && (s.category != "Usage" || want[s.id] || !within(s) || !of[tuple(s, by, false)])
			}
			if exact {
				return append(equal(scope), among(series, by, false)...)
			}
		}
	} else {
		scope = nil // of older names as well
	}
	return append(equal(scope), among(series, usage.Dimensions(), true)...)
}

// equal are the conditions that the dimensions have these values.
func equal(scope usage.Series) (out []string) {
	for _, d := range usage.Dimensions() {
		if v := scope[d]; v != "" {
			out = append(out, string(d)+" = "+usage.Literal(v))
		}
	}
	return out
}

// among is the condition that charges are of one of the series, by some of their
// dimensions and, with unit, by their unit.
func among(series []seriesInfo, by []usage.Dimension, unit bool) []string {
	var columns []string
	for _, d := range by {
		columns = append(columns, "coalesce("+string(d)+", '')")
	}
	if unit {
		columns = append(columns, "coalesce(ConsumedUnit, '')")
	}
	if len(columns) == 0 {
		return nil
	}
	var values []string
	for _, s := range series {
		values = append(values, tuple(s, by, unit))
	}
	slices.Sort(values)
	values = slices.Compact(values)
	return []string{fmt.Sprintf("(%s) IN (\n    %s)", strings.Join(columns, ", "), strings.Join(values, ",\n    "))}
}

// tuple writes values of a series as SQL.
func tuple(s seriesInfo, by []usage.Dimension, unit bool) string {
	var values []string
	for _, d := range by {
		values = append(values, usage.Literal(s.dims[d]))
	}
	if unit {
		values = append(values, usage.Literal(s.unit))
	}
	return "(" + strings.Join(values, ", ") + ")"
}

// conditions are those that purchases of p meet, and no others.
func (p *product) conditions() []string {
	var out []string
	for _, d := range []usage.Dimension{
		usage.BillingAccount, usage.SubAccount, usage.ResourceGroup, usage.Service, usage.Resource,
		usage.Meter,
	} {
		if v := p.scope[d]; v != "" || d != usage.BillingAccount {
			out = append(out, fmt.Sprintf("coalesce(%s, '') = %s", d, usage.Literal(v)))
		}
	}
	return out
}
