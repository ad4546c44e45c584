package analysis

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"

	"usagereport/usage"
)

// A rhythm is how often an account is used: how many days lie between one day with
// usage and the next, and how often they do. Of the first day that is 0.
type rhythm map[int]int

// A silence is usual where one silence in so many was as long, or where the account
// was used on fewer days than make a habit.
const (
	oneSilenceIn = 10
	habitDays    = 3
)

// usual reports whether the account was silent for so many days before.
func (r rhythm) usual(days int) bool {
	all, as := 0, 0
	for distance, n := range r {
		all += n
		if distance > days {
			as += n
		}
	}
	return all < habitDays || as*oneSilenceIn >= all-1
}

func (a *Analysis) rhythms(ctx context.Context, cur string, until usage.Day) (map[string]rhythm, error) {
	out := map[string]rhythm{}
	err := a.askWhole(ctx, "silences", func(r row) error {
		var account string
		var distance, n int
		if err := r.Scan(&account, &distance, &n); err != nil {
			return err
		}
		if out[account] == nil {
			out[account] = rhythm{}
		}
		out[account][distance] = n
		return nil
	}, sql.Named("currency", cur), sql.Named("until", until.Time()))
	return out, err
}

// heard lets the accounts of st that are charged now and then only reach as far as
// their bills do. What is bought, credited or taxed is no sign of how far data
// reach, and that an account is not used for as long as it often was is no sign of
// data that lack. Where such an account has no charge in a bill that its files, or
// others of the same billing account, hold, it has one of nothing.
func (a *Analysis) heard(ctx context.Context, cur string, st []standing) ([]standing, error) {
	var now usage.Day
	for _, s := range st {
		now = max(now, s.reach, s.billReach)
	}
	if !slices.ContainsFunc(st, func(s standing) bool { return s.billReach > 0 }) {
		return st, nil // nothing was used at all
	}
	rhythms, err := a.rhythms(ctx, cur, now)
	if err != nil {
		return nil, err
	}
	beside := beside(st)
	var out []standing
	for len(st) > 0 {
		n := slices.IndexFunc(st, func(s standing) bool { return s.account != st[0].account })
		if n < 0 {
			n = len(st)
		}
		own := st[:n]
		st = st[n:]
		used := slices.ContainsFunc(own, func(s standing) bool { return s.reach > 0 })
		if used && rhythms[own[0].account] == nil {
			out = append(out, own...)
			continue
		}
		if alone(own, beside) {
			for i := range own {
				own[i].billReach = 0 // it says what the account itself does
			}
		}
		out = append(out, silent(withEmpty(own, beside, now), rhythms[own[0].account], now)...)
	}
	return out, nil
}

// A company is what stands beside each other, from one source.
type company struct {
	account string     // one of them
	several bool       // there are others
	bills   []heldBill // each once
}

// A heldBill is a period that a file or a billing account has.
type heldBill struct {
	period string
	span   usage.Period
	reach  usage.Day // of all that is billed with it
}

// beside returns what stands beside each other in st, by source.
func beside(st []standing) map[string]*company {
	by := map[string]*company{}
	seen := map[string]map[heldBill]bool{}
	for _, s := range st {
		for _, source := range s.sources() {
			c := by[source]
			if c == nil {
				c = &company{account: s.account}
				by[source], seen[source] = c, map[heldBill]bool{}
			}
			c.several = c.several || s.account != c.account
			if b := (heldBill{s.period, s.span, s.billReach}); !seen[source][b] {
				seen[source][b] = true
				c.bills = append(c.bills, b)
			}
		}
	}
	return by
}

// sources names what s comes from: its files and its billing accounts, several where it moves
// from one to the next or pays in two currencies.
func (s standing) sources() []string {
	out := strings.Fields(s.loads)
	for billing := range strings.SplitSeq(s.billings, "\n") {
		out = append(out, "of "+billing)
	}
	return out
}

// alone reports whether nothing stands beside the bills of an account.
func alone(own []standing, beside map[string]*company) bool {
	for _, s := range own {
		for _, source := range s.sources() {
			if beside[source].several {
				return false
			}
		}
	}
	return true
}

// withEmpty returns the bills of an account, and between and after them those that
// hold nothing of it although they stand beside it. One in which nothing was used at all is one, too,
// where usage came after it: a lone fee that is dated ahead makes no bill.
func withEmpty(own []standing, beside map[string]*company, now usage.Day) []standing {
	out := slices.Clone(own)
	for _, s := range own {
		for _, source := range s.sources() {
			for _, other := range beside[source].bills {
				if other.reach == 0 && other.span.Last() >= now || other.span.From < own[0].span.From ||
					slices.ContainsFunc(out, func(o standing) bool { return o.period == other.period || o.span.Overlaps(other.span) }) {
					continue
				}
				out = append(out, standing{
					billing: s.billing, billings: s.billings, account: s.account, name: s.name,
					period: other.period, span: other.span, billReach: other.reach, empty: true,
				})
			}
		}
	}
	slices.SortStableFunc(out, func(x, y standing) int { return cmp.Compare(x.span.From, y.span.From) })
	return out
}

// silent returns the bills of an account with its reach where it is silent as usual,
// and without those that hold nothing of it where it is not.
func silent(bills []standing, r rhythm, now usage.Day) (out []standing) {
	var last usage.Day // with usage
	for i, s := range bills {
		told := s.span.Last()
		if s.billReach > 0 {
			told = min(told, s.billReach)
		} else {
			told = min(told, now)
		}
		was := max(last, s.reach)
		until := told + 1
		for _, next := range bills[i+1:] {
			if next.first > 0 {
				until = min(until, next.first)
				break
			}
		}
		if s.reach < told && (was == 0 || r.usual(int(until-was)-1)) {
			s.unused = was == 0
			s.reach = told
			if s.first == 0 {
				s.first = s.span.From
			}
		} else if s.empty {
			continue
		} else if s.reach == 0 { // its credits and purchases say how far it is compared; an owner may have none of them
			s.first, s.reach = s.span.From, min(cmp.Or(s.charged, told), told)
		}
		last = was
		out = append(out, s)
	}
	return out
}
