package analysis

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/usage"
)

// tagSeries gives the series of f the tags by which o compares: each has the newest value
// that it had, "" where it had none.
func (a *Analysis) tagSeries(ctx context.Context, f *frame, o CompareOptions) error {
	dims := slices.Clone(o.By)
	for _, filter := range o.Filters {
		dims = append(dims, filter.Dimension)
	}
	dims = slices.DeleteFunc(dims, func(d usage.Dimension) bool {
		_, tag := d.Tag()
		return !tag
	})
	if len(dims) == 0 {
		return nil
	}
	keys, err := a.TagKeys(ctx)
	if err != nil {
		return err
	}
	for _, d := range dims {
		key, _ := d.Tag()
		if _, err := spelled(key, keys); err != nil {
			return err
		}
	}
	values, err := a.tagValues(ctx, f.cur.code, dims, min(f.sel.span.To, a.lastDay()+1))
	for id, tags := range values {
		for d, v := range tags {
			f.infos[id].dims[d] = v.text
		}
	}
	return err
}

// tagLevels returns the dimensions of the tags that the options name, as the
// ledger writes them most often, and a warning for each that no charge has.
func (a *Analysis) tagLevels(ctx context.Context) (levels []usage.Dimension, warnings []locale.Text, err error) {
	if len(a.options.Tags) == 0 {
		return nil, nil, nil
	}
	keys, err := a.TagKeys(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, want := range a.options.Tags {
		if j := slices.IndexFunc(a.options.Virtual, func(v usage.Virtual) bool { return strings.EqualFold(v.Name, want) }); j >= 0 {
			if d := a.options.Virtual[j].Dimension(); !slices.Contains(levels, d) {
				levels = append(levels, d)
			}
			continue
		}
		i := slices.IndexFunc(keys, func(k string) bool { return strings.EqualFold(k, want) })
		if i < 0 {
			text := locale.T("tag %s: no charge has it", want)
			if close := near(want, slices.Sorted(slices.Values(keys))); len(close) > 0 {
				text = locale.T("tag %s: no charge has it; near it are %s", want, strings.Join(close, ", "))
			}
			warnings = append(warnings, text)
		} else if d := usage.TagDimension(keys[i]); !slices.Contains(levels, d) {
			levels = append(levels, d)
		}
	}
	return levels, warnings, nil
}

// A tagValue is a tag's value, and the last day that has it.
type tagValue struct {
	text string
	day  usage.Day
}

// newer reports whether v is to be taken instead of w.
func (v tagValue) newer(w tagValue) bool {
	return cmp.Or(cmp.Compare(v.day, w.day), cmp.Compare(w.text, v.text)) > 0
}

// tagValues returns the newest value of each series for each level, of the days
// before to.
func (a *Analysis) tagValues(ctx context.Context, cur string, levels []usage.Dimension,
	to usage.Day,
) (map[int64]map[usage.Dimension]tagValue, error) {
	var keys, made []string
	at := map[string]usage.Dimension{}
	for _, d := range levels {
		if name, virtual := d.Virtual(); virtual {
			made, at["\x00"+name] = append(made, name), d
			continue
		}
		key, _ := d.Tag()
		keys = append(keys, strings.ToLower(key))
		at[strings.ToLower(key)] = d
	}
	bySeries := map[int64]map[usage.Dimension]tagValue{}
	take := func(r *sql.Rows) error {
		var key string
		var id int64
		var v tagValue
		if err := r.Scan(&key, &id, &v.text, ledger.DayOf(&v.day)); err != nil {
			return err
		}
		if bySeries[id] == nil {
			bySeries[id] = map[usage.Dimension]tagValue{}
		}
		bySeries[id][at[key]] = v
		return nil
	}
	if len(made) > 0 {
		err := a.query(ctx, "made", take, sql.Named("currency", cur), sql.Named("names", made), sql.Named("end", to.Time()))
		if err != nil {
			return nil, err
		}
	}
	return bySeries, a.query(ctx, "tags", take, sql.Named("currency", cur), sql.Named("keys", keys), sql.Named("end", to.Time()))
}

// tag makes the tags that the options name levels of the groups: a leaf has the
// newest value that its resource had.
func (a *Analysis) tag(ctx context.Context, f *frame, h history, groups []*group) error {
	levels, _, err := a.tagLevels(ctx)
	if err != nil || len(levels) == 0 {
		return err
	}
	bySeries, err := a.tagValues(ctx, f.cur.code, levels, h.span.To)
	if err != nil {
		return err
	}
	for _, g := range groups {
		g.in.Levels = levels
		// Of a resource, or of a leaf that has none.
		found := map[string]map[usage.Dimension]tagValue{}
		owner := func(leaf int) string {
			return cmp.Or(g.in.Leaves[leaf].Dims[usage.Resource], fmt.Sprint("\x00", leaf))
		}
		for leaf, ids := range g.ids {
			for _, id := range ids {
				for d, v := range bySeries[id] {
					all := found[owner(leaf)]
					if all == nil {
						all = map[usage.Dimension]tagValue{}
						found[owner(leaf)] = all
					}
					if old, known := all[d]; !known || v.newer(old) {
						all[d] = v
					}
				}
			}
		}
		for leaf := range g.in.Leaves {
			l := &g.in.Leaves[leaf]
			values := found[owner(leaf)]
			if len(values) > 0 {
				l.Dims = maps.Clone(l.Dims) // others know the series by them
			}
			for d, v := range values {
				l.Dims[d] = v.text
			}
		}
	}
	return nil
}
