package analysis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"usagereport/ledger"
	"usagereport/rollup"
	"usagereport/usage"
)

// A crowd is everyone whose reports are made one after the other, of one ledger by one owners file: they share a
// connection, and what is asked alike of each is asked once.
type crowd struct {
	*everyone
	whole    *Analysis
	outlines map[string]map[string]map[string]*frame // by options and owner; each is used once
}

// Close closes the connection.
func (c *crowd) Close() error { return c.whole.Close() }

// manyInCrowd is how many series the owners may have, for what they are told stays in memory.
const manyInCrowd = manySeries

// inCrowd returns the Analysis of one owner among others whose reports are made, too; nil where few are to come, or what
// the connection sees is not the ledger's as it is.
func inCrowd(ctx context.Context, l *ledger.Ledger, o Options, rules []usage.OwnerRule) (*Analysis, error) {
	if o.Owner == "" || o.ByOwner || o.Convert || len(o.Given)+len(o.Filters)+len(o.Apart) > 0 {
		return nil, nil
	}
	whole := Options{AsOf: o.AsOf, Virtual: o.Virtual}
	held, err := l.KeptForMany(fmt.Sprintf("crowd of %+v by %s", whole, ledger.OwnersSQL(rules)), func() (io.Closer, error) {
		return newCrowd(ctx, l, whole, rules)
	})
	c, ok := held.(*crowd)
	if err != nil || !ok || c.everyone == nil {
		return nil, err
	}
	return c.of(ctx, o), nil
}

// newCrowd reads the charges of all owners, once; of very many series it is of nobody.
func newCrowd(ctx context.Context, l *ledger.Ledger, o Options, rules []usage.OwnerRule) (*crowd, error) {
	a, err := Look(ctx, l, o, rules)
	if err != nil {
		return nil, err
	}
	c := &crowd{whole: a, outlines: map[string]map[string]map[string]*frame{}}
	var series int
	err = a.conn.QueryRowContext(ctx, "SELECT count(*) FROM series").Scan(&series)
	if err == nil && series <= manyInCrowd {
		if err = rollup.EveryPart(ctx, a.conn); err == nil {
			c.everyone, err = newEveryone(ctx, a.conn)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("look at what each owner has: %w", errors.Join(err, a.Close()))
	}
	a.lessons = map[lesson]map[string][]arrival{}
	return c, nil
}

// of returns the Analysis of the owner that o names.
func (c *crowd) of(ctx context.Context, o Options) *Analysis {
	alike := o // of all owners
	alike.Owner, alike.Budget, alike.ResourceDays = "", OwnerBudget{}, false
	key := fmt.Sprintf("%+v", alike)
	if c.outlines[key] == nil {
		c.outlines[key] = map[string]map[string]*frame{}
		var list []*Analysis
		for _, owner := range slices.Sorted(maps.Keys(c.parts)) {
			theirs := alike
			theirs.Owner = owner
			list = append(list, c.seated(theirs))
		}
		c.outline(ctx, list, func(a *Analysis, f *frame) [][]window {
			sets := [][]window{a.windows(f), nil}
			if known, err := a.aliases(ctx); err == nil {
				sets[1] = a.baseline(f, AgainstPrior, known.accounts, nil).all(f)
			}
			return sets
		})
		for _, a := range list {
			c.outlines[key][a.options.Owner] = a.outlines
		}
	}
	a := c.seated(o)
	a.outlines = c.outlines[key][o.Owner]
	delete(c.outlines[key], o.Owner)
	return a
}

func (c *crowd) seated(o Options) *Analysis {
	a := *c.whole
	a.options, a.kept, a.events, a.portions = o, nil, &seenEvents{}, map[string]map[bill][]portion{}
	if own := c.whole.portions[o.Owner]; own != nil {
		a.portions[o.Owner] = own
	}
	a.seat = &seat{everyone: c.everyone, owner: o.Owner}
	return &a
}
