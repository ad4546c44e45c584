package analysis

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"

	"usagereport/analysis/forecast"
	"usagereport/usage"
)

// A sharedPiece is an account's use of a service in what several owners share, as a piece of
// the bill's forecast, or what was bought, credited or taxed beside it.
type sharedPiece struct {
	account, service string
	usage            bool
}

// comings has what is forecast of shared costs: by currency, line of the owners file and piece,
// what each day cost.
type comings map[string]map[int]map[sharedPiece][]costOfDay

func (c comings) add(currency string, line int, p sharedPiece, cost costOfDay) {
	if c[currency] == nil {
		c[currency] = map[int]map[sharedPiece][]costOfDay{}
	}
	if c[currency][line] == nil {
		c[currency][line] = map[sharedPiece][]costOfDay{}
	}
	c[currency][line][p] = append(c[currency][line][p], cost)
}

// sharedRests returns what is still to come of each line's shared cost in the open bills: the
// forecast of each piece, as the bill's own.
func (a *Analysis) sharedRests(ctx context.Context, ahead comings) (map[bill]map[int]costOfDay, error) {
	out := map[bill]map[int]costOfDay{}
	for currency, lines := range ahead {
		st, err := a.standings(ctx, currency)
		if err != nil {
			return nil, err
		}
		known, err := a.completeness(ctx, currency, st)
		if err != nil {
			return nil, err
		}
		for _, line := range slices.Sorted(maps.Keys(lines)) {
			for p := range lines[line] {
				if other := (sharedPiece{p.account, p.service, !p.usage}); !p.usage && lines[line][other] != nil {
					continue // with its usage
				}
				p.usage = true
				span, name, rest := sharedRest(p, lines[line], st, known)
				if name == "" {
					continue
				}
				digits := usage.MinorDigits(currency)
				for _, b := range []bill{{currency, name, false}, {currency, monthOf(span.From), true}} {
					if b.byMonth && span != span.From.Month() {
						continue
					}
					if out[b] == nil {
						out[b] = map[int]costOfDay{}
					}
					sum := out[b][line]
					sum.billed = sum.billed.Add(usage.DecimalFromFloat(rest[0]).Round(digits))
					sum.effective = sum.effective.Add(usage.DecimalFromFloat(rest[1]).Round(digits))
					out[b][line] = sum
				}
			}
		}
	}
	return out, nil
}

// sharedRest is what is still to come of a piece in its account's open bill, as billed and as
// amortized; the bill has no name where none is open or too little is known.
func sharedRest(p sharedPiece, days map[sharedPiece][]costOfDay, st []standing, known *completeness) (usage.Period, string, [2]float64) {
	var mine []standing
	for _, s := range st {
		if s.account == p.account && s.first != 0 {
			mine = append(mine, s)
		}
	}
	slices.SortStableFunc(mine, func(x, y standing) int { return cmp.Compare(x.span.From, y.span.From) })
	if len(mine) == 0 {
		return usage.Period{}, "", [2]float64{}
	}
	now := mine[len(mine)-1]
	first, reach := max(mine[0].first, mine[0].charges().From), usage.Day(0)
	var chain []usage.Period
	for _, s := range mine {
		span := s.charges()
		if n := len(chain); n > 0 && chain[n-1].To != span.From {
			chain = nil
		}
		chain, reach = append(chain, span), max(reach, s.reach)
	}
	if today(st) >= now.charges().Last() || int(reach-first)+1 < fewest {
		return usage.Period{}, "", [2]float64{}
	}
	var rest [2]float64
	for i, amortized := range []bool{false, true} {
		c := componentOf(mine, chain, first, now.span.To)
		for _, of := range []bool{true, false} {
			for _, cost := range days[sharedPiece{p.account, p.service, of}] {
				k := int(cost.day - first)
				switch {
				case k < 0 || k >= len(c.Usage):
				case !of:
					c.Other[k] += cost.of(amortized).Float64()
				case !math.IsNaN(c.Usage[k]):
					c.Usage[k] += cost.of(amortized).Float64()
				}
			}
		}
		c.Settled, c.Share = known.shares(p.account, p.service, reach)
		rest[i] = forecast.Forecast(c).Rest
	}
	return now.span, now.period, rest
}
