package analysis

import "context"

// kinds says what there is of what most ledgers lack, for statements that ask for that alone.
type kinds struct{ lines, corrections, currencies, retold bool }

func (a *Analysis) kinds(ctx context.Context) (k kinds, err error) {
	err = a.askOnce(ctx, "kinds_known", func(r row) error { return r.Scan(&k.lines, &k.corrections, &k.currencies, &k.retold) })
	return k, err
}
