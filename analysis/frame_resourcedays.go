package analysis

import (
	"context"
	"database/sql"

	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/usage"
)

// A ResourceDay is what a resource cost on a day of the period: one service and kind of
// charge of it. All of a part's add up to its total.
type ResourceDay struct {
	Day        usage.Day
	Scope      usage.Series // subscription, group, service and, unless it stands for several, resource
	Name       locale.Text  // of the resource
	SubAccount locale.Text  // as people know it
	Kind       string       // of charge: Usage, Purchase, ...
	Cost       usage.Money
}

// maxResourceDays is about how many of them a sheet takes that is still quick to pivot.
const maxResourceDays = 100_000

// resourceDays returns what each resource cost on each day of the period; where there are
// too many for that, the smallest are one for each service and group.
func (a *Analysis) resourceDays(ctx context.Context, f *frame) (out []ResourceDay, err error) {
	if err := a.fillWindows(ctx, f.sel.windows[0]); err != nil {
		return nil, err
	}
	most := maxResourceDays / max(f.sel.span.Days(), 1)
	err = a.query(ctx, "resource_days", func(r *sql.Rows) error {
		x := ResourceDay{Scope: usage.Series{}}
		var account, group, service, resource string
		var others bool
		var amount usage.Decimal
		if err := r.Scan(ledger.DayOf(&x.Day), &account, &group, &service, &resource, &x.Kind, ledger.Amount(&amount), &others); err != nil {
			return err
		}
		x.Cost = f.money(amount)
		for d, v := range map[usage.Dimension]string{
			usage.SubAccount: account, usage.ResourceGroup: group, usage.Service: service, usage.Resource: resource,
		} {
			if v != "" {
				x.Scope[d] = v
			}
		}
		name, _ := f.labels.label(usage.Resource, resource)
		x.Name = locale.Said(name)
		if others {
			x.Name = locale.T("all others")
		}
		sub, _ := f.labels.label(usage.SubAccount, account)
		x.SubAccount = locale.Said(sub)
		out = append(out, x)
		return nil
	}, sql.Named("currency", f.cur.code), sql.Named("amortized", f.cur.amortized), sql.Named("most", most))
	return out, err
}
