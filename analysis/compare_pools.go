package analysis

import (
	"context"
	"database/sql"
	"strings"

	"usagereport/usage"
)

// aliases know what goes on under which other name.
type aliases struct {
	meters    unions // by service and meter
	accounts  unions
	resources unions
	sizes     unions // by what a resource's meters have in common, and meter
}

// unions are sets of names that mean one thing.
type unions map[string]string

// find returns the name that stands for all of name's set.
func (u unions) find(name string) string {
	for u[name] != "" {
		name = u[name]
	}
	return name
}

// has reports whether name has another.
func (u unions) has(name string) bool { _, ok := u[name]; return ok }

// join makes one set of two. The name that sorts first stands for it, and has an
// entry, empty, so that has knows it.
func (u unions) join(a, b string) {
	a, b = u.find(a), u.find(b)
	if a > b {
		a, b = b, a
	}
	if _, ok := u[a]; !ok {
		u[a] = ""
	}
	if a != b {
		u[b] = a
	}
}

// nameKey makes one text of several, different for different ones.
func nameKey(parts ...string) string { return strings.Join(parts, "\x00") }

// aliases reads the ledger's links. A meter that got another id needs none: a
// series is known by the meter's name.
func (a *Analysis) aliases(ctx context.Context) (aliases, error) {
	n := aliases{meters: unions{}, accounts: unions{}, resources: unions{}, sizes: unions{}}
	type link struct{ kind, dimension, old, new, account, resource, service, group string }
	var resized []link
	err := a.askOnce(ctx, "links", func(r row) error {
		var l link
		if err := r.Scan(&l.kind, &l.dimension, &l.old, &l.new, &l.account, &l.resource, &l.service, &l.group); err != nil {
			return err
		}
		switch {
		case l.kind == "meter_renamed":
			n.meters.join(nameKey(l.service, l.old), nameKey(l.service, l.new))
		case l.kind == "resource_id":
			n.resources.join(l.old, l.new)
		case l.kind == "account_id" && l.dimension == string(usage.SubAccount):
			n.accounts.join(l.old, l.new)
		case l.kind == "resized":
			resized = append(resized, l)
		}
		return nil
	}, sql.Named("last", a.lastDay().Time()))
	for _, l := range resized {
		sizeOf := func(meter string) string {
			return nameKey(n.accounts.find(l.account), n.resources.find(l.resource), n.meters.find(nameKey(l.service, meter)))
		}
		n.sizes.join(sizeOf(l.old), sizeOf(l.new))
	}
	return n, err
}

// pool returns what bridge.Tokens calls Pool: where tokens are used, by one key or resource if the
// bill says which.
func (n aliases) pool(s seriesInfo) string {
	return nameKey(n.accounts.find(s.account()), s.dims[usage.ResourceGroup], s.dims[usage.Region],
		n.resources.find(s.dims[usage.Resource]), s.dims[usage.Service])
}

// of returns what bridge.Line calls Thing, Kin and Resize.
func (n aliases) of(s seriesInfo) (thing, kin, resize string) {
	account, service := n.accounts.find(s.account()), s.dims[usage.Service]
	written := nameKey(service, s.dims[usage.Meter])
	meter := n.meters.find(written)
	place := nameKey(account, s.dims[usage.ResourceGroup], s.dims[usage.Region])
	linked := n.meters.has(written) || n.accounts.has(s.account())
	if id := s.dims[usage.Resource]; id != "" {
		resource := n.resources.find(id)
		if size := nameKey(n.accounts.find(s.dims[usage.SubAccount]), resource, meter); n.sizes.has(size) {
			resize = nameKey(n.sizes.find(size), s.unit)
		}
		place = nameKey(account, resource, s.dims[usage.Region])
		if n.resources.has(id) || n.accounts.has(s.account()) {
			place, linked = resource, true // it may have moved to another subscription or region
		}
	}
	thing = nameKey(place, meter, s.unit)
	if linked {
		kin = nameKey(place, meter)
	}
	return thing, kin, resize
}
