package loader

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"usagereport/usage"
)

// Positions in a format's list of statement columns, which both versions give
// in the same order.
const (
	stPeriod = iota
	stCategory
	stSubcategory
	stMeter
	stRegion
	stUnit
	stConsumed
	stIncluded
	stOverage
	stCurrency
	stRate
	stValue
)

// A statementLine is one meter of one billing period, with its money.
type statementLine struct {
	period   int // index into sections.periods
	meter    [5]string
	currency string
	consumed usage.Decimal
	overage  usage.Decimal // consumed beyond what is included free of charge: what value is for
	value    usage.Decimal
	line     int64

	rows  []int // indices of the daily rows of its meter
	daily usage.Decimal
}

type billPeriod struct {
	name string
	span usage.Period
}

// A rawLine is a row of the statement section before its format is known.
type rawLine struct {
	fields []string
	line   int64
}

func meterKey(meter [5]string, period int) string {
	return strings.Join(meter[:], "\x00") + fmt.Sprintf("\x00%d", period)
}

// billingPeriod reads "201807(6/12/2018 - 7/11/2018)": a name and its days,
// both inclusive.
var billingPeriod = regexp.MustCompile(`^(\d{4})(\d{2})\s*\(\s*(\S+)\s*-\s*(\S+)\s*\)$`)

func (s *sections) readStatement() error {
	f := s.plan.format
	at := make([]int, len(f.Statement))
	for i, c := range f.Statement {
		at[i] = s.stHeader.find(c)
	}
	var values, currencies, quantities []string
	for _, l := range s.statement {
		for _, i := range []int{at[stConsumed], at[stIncluded], at[stOverage], at[stRate]} {
			if i >= 0 && i < len(l.fields) && strings.ContainsAny(l.fields[i], ".,") {
				quantities = append(quantities, l.fields[i])
			}
		}
		if v := at[stValue]; v < len(l.fields) {
			values = append(values, l.fields[v])
			code := ""
			if c := at[stCurrency]; c < len(l.fields) {
				code, _ = currencyCode([]byte(l.fields[c]))
			}
			currencies = append(currencies, cmp.Or(code, usage.NoCurrency))
		}
	}
	marks, err := marksOf(values, currencies, s.options.decimals)
	if err != nil {
		return err
	}
	if s.plan.decimals == DecimalsByEvidence {
		if s.plan.decimals, s.plan.grouped, err = decimalsOf(quantities); err != nil {
			return err
		}
	}
	for _, l := range s.statement {
		get := func(i int) string {
			if at[i] < len(l.fields) {
				return strings.TrimSpace(l.fields[at[i]])
			}
			return ""
		}
		bad := func(i int, reason string) error {
			return &RejectedError{First: Reject{Line: l.line, Column: s.stHeader[at[i]], Value: shown([]byte(get(i))), Reason: reason}}
		}
		m := billingPeriod.FindStringSubmatch(get(stPeriod))
		if m == nil {
			return bad(stPeriod, "is not a billing period like 201807(6/12/2018 - 7/11/2018)")
		}
		span, err := billSpan(m[3], m[4])
		if err != nil {
			return bad(stPeriod, err.Error())
		}
		currency, ok := currencyCode([]byte(get(stCurrency)))
		if !ok {
			return bad(stCurrency, errCurrency.Error())
		}
		line := &statementLine{line: l.line, currency: cmp.Or(currency, usage.NoCurrency)}
		line.period = s.period(billPeriod{m[1] + "-" + m[2], span})
		for i := range line.meter {
			line.meter[i] = get(stCategory + i)
		}
		var rounded bool
		if line.consumed, _, err = s.quantity(get(stConsumed)); err != nil {
			return bad(stConsumed, err.Error())
		}
		if line.overage, _, err = s.quantity(get(stOverage)); err != nil || get(stOverage) == "" {
			line.overage = line.consumed // nothing says that any of it was free
		}
		if line.value, rounded, err = marks.parse(get(stValue), line.currency); err != nil {
			return bad(stValue, err.Error())
		}
		if rounded {
			s.counts.rounded++
		}
		if name := s.plan.currencyName; len(s.lines) > 0 && name != line.currency {
			return bad(stCurrency, "differs from "+name+" above: one file, one currency")
		}
		s.plan.currencyName = line.currency
		key := meterKey(line.meter, line.period)
		if same := s.byMeter[key]; same != nil { // one meter, two SKUs
			same.value, same.consumed, same.overage = same.value.Add(line.value), same.consumed.Add(line.consumed), same.overage.Add(line.overage)
			continue
		}
		s.byMeter[key] = line
		s.lines = append(s.lines, line)
	}
	s.statement = nil
	return nil
}

// billSpan returns the days of a billing period, which name month and day in whichever order
// makes them a month: a spreadsheet leaves them as they were written, and not the daily rows.
func billSpan(from, to string) (usage.Period, error) {
	span := func(order DayOrder) (usage.Period, error) {
		first, err1 := parseTime([]byte(from), order)
		last, err2 := parseTime([]byte(to), order)
		return usage.Period{From: dayOfMicros(first), To: dayOfMicros(last) + 1}, errors.Join(err1, err2)
	}
	month, err := span(MonthFirst)
	if day, err2 := span(DayFirst); err2 == nil && (err != nil || month.Days() < 1 || day.Days() > 0 && day.Days() < month.Days()) {
		return day, nil
	}
	return month, err
}

// quantity reads a quantity; an empty one is 0.
func (s *sections) quantity(v string) (d usage.Decimal, rounded bool, err error) {
	if d, rounded, _, err = s.plan.number([]byte(v)); err == nil && d.Abs().Cmp(maxQuantity()) > 0 {
		err = errHuge
	}
	return d, rounded, err
}

func (s *sections) period(p billPeriod) int {
	if i := slices.Index(s.periods, p); i >= 0 {
		return i
	}
	s.periods = append(s.periods, p)
	return len(s.periods) - 1
}

// periodOf returns the billing period to which a day's usage belongs: the one
// that holds it, else, for the stray hours around a period's ends, the nearest, and how many
// days it is away.
func (s *sections) periodOf(day usage.Day) (index int, away usage.Day) {
	away = 1 << 30
	for i, p := range s.periods {
		if d := max(0, p.span.From-day, day-p.span.Last()); d < away {
			index, away = i, d
		}
	}
	return index, away
}

// spread gives each daily row its share of its meter's statement line, in
// proportion to quantity, so that the shares add up to the line's Value to the
// last digit, and likewise of the quantity that the Value is for; it collects
// what the reader must know.
func (s *sections) spread() {
	var apart []string
	costs := make([]usage.Decimal, len(s.daily))
	paid := map[int]usage.Decimal{} // by row
	days := make([]int64, len(s.daily))
	s.counts.totals = map[string]usage.Decimal{}
	currency := s.plan.currencyName
	onePercent := func(a, b usage.Decimal) bool {
		d, m := a.Sub(b).Abs(), a.Abs()
		return d.Big().Cmp(m.Big().Div(m.Big(), bigHundred())) > 0
	}
	for i, r := range s.daily {
		days[i] = r.day
	}
	for _, l := range s.lines {
		s.counts.totals[currency] = s.counts.totals[currency].Add(l.value)
		if len(l.rows) == 0 {
			if l.value.Sign() != 0 {
				s.oneTime(l, &costs, &days)
			}
			continue
		}
		if l.value.Sign() != 0 && onePercent(l.consumed, l.daily) {
			apart = append(apart, fmt.Sprintf("%s (%s instead of %s %s)", l.meter[2], l.daily, l.consumed, l.meter[4]))
		}
		weights := make([]usage.Decimal, len(l.rows))
		for i, r := range l.rows {
			if q := s.daily[r].quantity; q.Sign() > 0 {
				weights[i] = q
			}
		}
		for i, share := range usage.Spread(l.value, weights) {
			costs[l.rows[i]] = share
		}
		for i, share := range usage.Spread(l.overage, weights) {
			paid[l.rows[i]] = share
		}
	}
	if len(apart) > 0 {
		s.warnings = append(s.warnings, fmt.Sprintf("the daily quantities of %d %s differ by more than 1 %% from the statement's; the "+
			"statement's money was kept: %s",
			len(apart), plural(len(apart), "meter", "meters"), joined(apart, 3)))
	}
	if n := len(s.orphans); n > 0 {
		var names []string
		for name := range s.orphans {
			names = append(names, name)
		}
		slices.Sort(names)
		s.warnings = append(s.warnings, fmt.Sprintf("%d %s in no statement line, so the cost is unknown and counted as 0: %s",
			n, plural(n, "meter has usage but stands", "meters have usage but stand"), joined(names, 3)))
	}
	if s.outside > 0 {
		s.warnings = append(s.warnings, fmt.Sprintf("%d daily %s outside the bill's dates: in the bill's sum, but no day of their own "+
			"until the neighbouring file is loaded",
			s.outside, plural(s.outside, "row lies", "rows lie")))
	}
	n := len(s.daily)
	out := &rows{
		days: [][]int64{days}, numbers: [][]usage.Decimal{make([]usage.Decimal, n), costs, make([]usage.Decimal, n)},
		null: [][]bool{make([]bool, n), make([]bool, n), make([]bool, n)},
	}
	for i, r := range s.daily {
		out.keys = append(out.keys, r.key)
		out.numbers[0][i], out.null[0][i] = r.quantity, r.null
		q, known := paid[i]
		out.numbers[2][i], out.null[2][i] = q, !known
	}
	out.counts = s.counts
	s.rows = out
}

// oneTime adds a row for a statement line with money and no daily rows, on the
// last day that the daily rows reach.
func (s *sections) oneTime(l *statementLine, costs *[]usage.Decimal, days *[]int64) {
	at := s.lastDay
	if at == noTime {
		at = int64(s.periods[l.period].span.Last()) * 86_400_000_000
	}
	key := s.key(dayOfMicros(at), l.period, "one-time", func(text int) string {
		for i, c := range s.plan.format.Statement[stCategory : stUnit+1] {
			if c[0] == s.plan.format.texts[text] {
				return l.meter[i]
			}
		}
		return ""
	})
	s.daily = append(s.daily, dailyRow{key: key, day: at, null: true})
	*costs, *days = append(*costs, l.value), append(*days, at)
	s.warnings = append(s.warnings, fmt.Sprintf("line %d: %s %s of %s has no daily rows and stands as a one-time charge on %s",
		l.line, l.value.Text(usage.MinorDigits(l.currency)), l.currency, strings.TrimSpace(l.meter[0]+" "+l.meter[2]), dayOfMicros(at)))
}
