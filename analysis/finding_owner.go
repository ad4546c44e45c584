package analysis

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"

	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/usage"
)

// before is how many days before a fall its charges count, too, for its owner: what is
// gone has none on its own days.
const before = 35

// assignOwners sets each finding's owner, where the connection looks through an
// owners file: the one that has most of its cost. For unowned cost it suggests one.
func (a *Analysis) assignOwners(ctx context.Context, f *frame, found []Finding) error {
	if a.options.Owner != "" {
		for i := range found {
			found[i].Owner = a.options.Owner
		}
		return nil
	}
	if !a.options.Whose || len(found) == 0 {
		return nil
	}
	if _, err := a.conn.ExecContext(ctx, "CREATE OR REPLACE TEMP TABLE told (finding INTEGER, series_id BIGINT, "+
		"from_day DATE, start_day DATE, to_day DATE)"); err != nil {
		return err
	}
	for i, x := range found {
		ids := f.seriesOf(x)
		first := x.Start
		if x.Direction == usage.Down {
			first -= before
		}
		if _, err := a.conn.ExecContext(ctx, "INSERT INTO told SELECT $finding, unnest($series::BIGINT[]), $first, $start, $last",
			sql.Named("finding", i), sql.Named("series", ids), sql.Named("first", first.Time()), sql.Named("start", x.Start.Time()),
			sql.Named("last", x.End.Time())); err != nil {
			return err
		}
	}
	type part struct {
		owner string
		size  float64
	}
	parts := make([][]part, len(found))
	err := a.query(ctx, "whose", func(r *sql.Rows) error {
		var i int
		var p part
		err := r.Scan(&i, &p.owner, &p.size)
		parts[i] = append(parts[i], p)
		return err
	})
	if err != nil {
		return err
	}
	near, err := a.neighbours(ctx, f)
	if err != nil {
		return err
	}
	for i := range found {
		x := &found[i]
		switch {
		case len(parts[i]) == 0:
			continue
		case parts[i][0].owner == "":
			x.Whose = locale.T("unassigned")
			if owner, why := near.likely(f, x); owner != "" {
				x.Whose = locale.T("unassigned, probably %s: %s", owner, why)
			}
		case a.pooled[parts[i][0].owner]: // which several owners share
			x.Whose = locale.T("shared: %s", parts[i][0].owner)
		case len(parts[i]) > 1:
			x.Owner = parts[i][0].owner
			x.Whose = locale.T("mostly %s", x.Owner)
		default:
			x.Owner, x.wholly = parts[i][0].owner, parts[i][0].owner
			x.Whose = locale.Said(x.Owner)
		}
	}
	return nil
}

// seriesOf returns the series that a finding is about; of what was bought, those of its scope.
func (f *frame) seriesOf(x Finding) []int64 {
	ids := x.ids
	if len(ids) == 0 {
		for id, s := range f.infos {
			if matches(s.dims, x.Scope) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// matches reports whether a series has all the values of scope.
func matches(dims, scope usage.Series) bool {
	for d, v := range scope {
		if _, tag := d.ByNewest(); !tag && dims[d] != v {
			return false
		}
	}
	return len(scope) > 0
}

// A place is a resource group of a subscription; group is "" for all of it.
type place struct{ account, group string }

// neighbourhood is what each owner's charges cost in each place.
type neighbourhood map[place]map[string]usage.Decimal

// neighbours is asked of a frame once: findings and what has no owner ask it.
func (a *Analysis) neighbours(ctx context.Context, f *frame) (neighbourhood, error) {
	if f.near != nil {
		return f.near, nil
	}
	if err := a.fillWindows(ctx, f.sel.windows[0]); err != nil {
		return nil, err
	}
	out := neighbourhood{}
	err := a.query(ctx, "neighbours", func(r *sql.Rows) error {
		var p place
		var owner string
		var d usage.Decimal
		if err := r.Scan(&p.account, &p.group, &owner, ledger.Amount(&d)); err != nil {
			return err
		}
		if a.pooled[owner] {
			return nil
		}
		places := []place{p}
		if p.group != "" {
			places = append(places, place{account: p.account})
		}
		for _, p := range places {
			if out[p] == nil {
				out[p] = map[string]usage.Decimal{}
			}
			out[p][owner] = out[p][owner].Add(d)
		}
		return nil
	}, sql.Named("currency", f.cur.code), sql.Named("amortized", f.cur.amortized))
	if err == nil {
		f.near = out
	}
	return out, err
}

// likely suggests an owner for an unowned finding, and says why: the one that has
// most of the rest of its resource group, after which the group is named, or that
// has most of its subscription.
func (n neighbourhood) likely(f *frame, x *Finding) (owner string, why locale.Text) {
	dims := x.Scope
	if len(x.ids) > 0 {
		dims = f.infos[x.ids[0]].dims
	}
	return n.at(place{accountOf(dims), dims[usage.ResourceGroup]})
}

func (n neighbourhood) at(p place) (owner string, why locale.Text) {
	if p.group != "" {
		if owner = n.most(p); owner != "" {
			return owner, locale.T("same resource group")
		}
		if owner = n.named(p.group); owner != "" {
			return owner, locale.T("by the name of the resource group")
		}
	}
	if owner = n.most(place{account: p.account}); owner != "" {
		return owner, locale.T("same subscription")
	}
	return "", locale.Text{}
}

// named returns the owner whom a resource group is named after, the first of several.
func (n neighbourhood) named(group string) (owner string) {
	parts := words(strings.ToLower(group))
	for _, by := range n {
		for name := range by {
			if slices.Contains(parts, strings.ToLower(name)) && (owner == "" || name < owner) {
				owner = name
			}
		}
	}
	return owner
}

// words are the parts of a name like rg-search-prod.
func words(name string) []string {
	return strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || r == '.' })
}

// most returns the owner with the most cost in a place, the first name of several.
func (n neighbourhood) most(p place) (owner string) {
	var largest usage.Decimal
	for name, d := range n[p] {
		if c := d.Cmp(largest); name != "" && (c > 0 || c == 0 && d.Sign() > 0 && name < owner) {
			owner, largest = name, d
		}
	}
	return owner
}

// Unowned is the unowned cost of one place, with a suggested owner.
type Unowned struct {
	SubAccount, ResourceGroup string // as people know them; "" for none
	Cost                      usage.Money
	Likely                    string      // an owner; "" for none
	Why                       locale.Text // Likely
}

// Unowned returns the unowned cost of the period by resource group, largest cost
// first, in each currency. The connection must look through an owners file.
func (a *Analysis) Unowned(ctx context.Context) (out []Unowned, err error) {
	err = a.eachFrame(ctx, func(f *frame) error {
		some, err := a.unowned(ctx, f)
		out = append(out, some...)
		return err
	})
	return out, err
}

func (a *Analysis) unowned(ctx context.Context, f *frame) (out []Unowned, err error) {
	near, err := a.neighbours(ctx, f)
	if err != nil {
		return nil, err
	}
	for p, by := range near {
		ofGroups := usage.Decimal{}
		if p.group == "" { // the subscription's sum holds that of its groups
			for q, of := range near {
				if q.account == p.account && q.group != "" {
					ofGroups = ofGroups.Add(of[""])
				}
			}
		}
		d := by[""].Sub(ofGroups)
		if d.Sign() == 0 {
			continue
		}
		u := Unowned{SubAccount: cmp.Or(f.labels.accounts[p.account], p.account), ResourceGroup: p.group, Cost: f.money(d)}
		u.Likely, u.Why = near.at(p)
		out = append(out, u)
	}
	slices.SortFunc(out, func(x, y Unowned) int {
		return cmp.Or(y.Cost.Amount.Cmp(x.Cost.Amount), strings.Compare(x.SubAccount, y.SubAccount),
			strings.Compare(x.ResourceGroup, y.ResourceGroup))
	})
	return out, nil
}

// Text says what u is, and which owner is likely.
func (u Unowned) Text() locale.Text {
	where := locale.T("subscription %s", u.SubAccount)
	if u.ResourceGroup != "" {
		where = locale.T("%s in %s", locale.T("resource group %s", u.ResourceGroup), u.SubAccount)
	}
	if u.Likely == "" {
		return locale.T("%s, %s", where, u.Cost)
	}
	return locale.T("%s, %s, likely %s: %s", where, u.Cost, u.Likely, u.Why)
}

// unownedWarning says what of the period is unowned; the empty Text where all has
// an owner.
func (a *Analysis) unownedWarning(ctx context.Context, f *frame) (none locale.Text, err error) {
	list, err := a.unowned(ctx, f)
	if err != nil || len(list) == 0 {
		return none, err
	}
	var sum usage.Decimal
	for _, u := range list {
		sum = sum.Add(u.Cost.Amount)
	}
	return locale.T("%s is unassigned; the largest part: %s", f.money(sum), list[0].Text()), nil
}
