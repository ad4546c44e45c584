package analysis

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"usagereport/ledger"
	"usagereport/rollup"
	"usagereport/usage"
)

// String says f as --filter has it.
func (f Filter) String() string {
	name := string(f.Dimension)
	if virtual, ok := f.Dimension.Virtual(); ok {
		name = virtual
	}
	return name + "=" + f.Value
}

// filterText says the filters, "" without any.
func (o Options) filterText() string {
	var list []string
	for _, f := range o.Filters {
		list = append(list, f.String())
	}
	return strings.Join(list, ", ")
}

// Filtered says what the filters of the options are, as the ledger writes it; "" without any.
func (a *Analysis) Filtered() string { return a.options.filterText() }

// filter makes the connection see what the options' filters take and nothing else, as rollup.Only
// does of one owner. Of the filters it keeps the values that they mean.
func (a *Analysis) filter(ctx context.Context) error {
	o := &a.options
	if len(o.Filters) == 0 {
		return nil
	}
	any := false
	if err := a.query(ctx, "currencies", func(*sql.Rows) error { any = true; return nil }); err != nil {
		return err
	}
	if !any { // else it would be said that no charge has such a value
		return ErrEmpty
	}
	a.through = true
	o.Filters = slices.Clone(o.Filters)
	fail := func(err error) error { return fmt.Errorf("filter %s: %w", o.filterText(), err) }
	sees := ledger.DimensionsSQL(o.Virtual)
	if o.Convert { // filters take what has no rate, too; rollup.OnlyWith hides it again
		sees = text("owned_unrated") + sees
	}
	_, err := a.conn.ExecContext(ctx, sees)
	if err == nil {
		err = rollup.Begin(ctx, a.conn, o.Owner)
	}
	if err != nil {
		return fail(err)
	}
	var values []rollup.Value
	for i, f := range o.Filters {
		if f.Dimension == usage.Owner {
			return errors.New("filter by owner: a report of one owner's charges is asked for by --owner NAME")
		}
		if key, tag := f.Dimension.Tag(); tag {
			var keys []string
			err := a.query(ctx, "tag_keys_mine", func(r *sql.Rows) error {
				var key string
				err := r.Scan(&key)
				keys = append(keys, key)
				return err
			})
			if err != nil {
				return fail(err)
			}
			if key, err = spelled(key, keys); err != nil {
				return err
			}
			f.Dimension = usage.TagDimension(key)
		}
		names, err := a.valuesOf(ctx, f.Dimension)
		if err != nil {
			return fail(err)
		}
		ids, err := meant(f, names)
		if err != nil {
			return err
		}
		for _, id := range ids {
			values = append(values, rollup.Value{Dimension: f.Dimension, Value: id})
		}
		if o.Filters[i].Dimension = f.Dimension; len(ids) == 1 && names[ids[0]] == "" {
			o.Filters[i].Value = ids[0] // as the files write it
		}
	}
	if err := rollup.OnlyWith(ctx, a.conn, values, o.Virtual); err != nil {
		return fail(err)
	}
	a.filtered = values
	return nil
}

// valuesOf returns the values of a dimension, each with what people call it, "" where that is itself.
func (a *Analysis) valuesOf(ctx context.Context, d usage.Dimension) (map[string]string, error) {
	charges := "charges"
	if a.options.Convert {
		charges = "(SELECT key_id, ChargePeriodStart FROM charges UNION ALL SELECT key_id, day FROM unconverted)"
	}
	rows, err := a.conn.QueryContext(ctx, rollup.ValuesSQL(d, a.options.Virtual, charges))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names := map[string]string{}
	for rows.Next() {
		var value, name string
		if err := rows.Scan(&value, &name); err != nil {
			return nil, err
		}
		names[value] = name
	}
	return names, rows.Err()
}

// spelled is a tag's key as the ledger writes it.
func spelled(key string, keys []string) (string, error) {
	if i := slices.IndexFunc(keys, func(k string) bool { return strings.EqualFold(k, key) }); i >= 0 {
		return keys[i], nil
	}
	text := fmt.Sprintf("tag %s: no charge has it", key)
	if close := near(key, slices.Sorted(slices.Values(keys))); len(close) > 0 {
		text += "; near it are " + strings.Join(close, ", ")
	}
	return "", errors.New(text)
}

// ownership are the conditions of what the connection is limited to, on the columns of the view
// usage: that charges are the owner's, and what the filters take.
func (a *Analysis) ownership() (conditions []string) {
	if a.options.Owner != "" {
		conditions = append(conditions, "x_Owner = "+usage.Literal(a.options.Owner))
	}
	return append(conditions, conditionsOf(a.filtered)...)
}

// conditionsOf are the conditions that charges have one of the values of each of their dimensions.
func conditionsOf(values []rollup.Value) (conditions []string) {
	dims, wanted := rollup.Wanted(values)
	for _, d := range dims {
		column := string(d)
		if key, tag := d.Tag(); tag {
			column = "Tags[" + usage.Literal(key) + "]"
		} else if name, virtual := d.Virtual(); virtual {
			column = "x_Dimensions[" + usage.Literal(name) + "]"
		}
		if values := wanted[d]; len(values) == 1 {
			conditions = append(conditions, "coalesce("+column+", '') = "+values[0])
		} else {
			conditions = append(conditions, "coalesce("+column+", '') IN ("+strings.Join(values, ", ")+")")
		}
	}
	return conditions
}
