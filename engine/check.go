package engine

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// An Info is what a relation is good for.
type Info struct {
	Name, About string
	Columns     []Found
	Unread      []Column // of the relation, which no column of FOCUS is
	Problems    []string // what stands in the way, and what may cost digits
	Months      []Month
	Groupings   []Grouping // from the finest columns to the coarsest
	Chosen      int        // of Groupings; -1 for none
}

// A Found is a column of FOCUS and the relation's that stands for it.
type Found struct {
	Focus    string
	Required bool
	Column   Column // Name is "" where there is none
}

// Check looks at all that a load depends on, and goes on where something is wrong. Its
// error is for what ends it: that nothing answers, or that there is no such relation.
func Check(ctx context.Context, e Engine, o Options) (Info, error) {
	out := Info{Name: e.Name(), Chosen: -1}
	var err error
	if out.About, err = e.About(ctx); err != nil {
		return out, err
	}
	t, err := look(ctx, e, o)
	if err != nil {
		return out, err
	}
	read := map[string]bool{t.run.Name: true}
	for _, f := range fields() {
		c := t.have[f.name]
		read[c.Name] = true
		must := slices.Contains(required(), f.name)
		if c.Name != "" || must {
			out.Columns = append(out.Columns, Found{f.name, must, c})
		}
	}
	for _, c := range t.order {
		if !read[c.Name] {
			out.Unread = append(out.Unread, c)
		}
	}
	out.Problems = t.doubts()
	missing, wrong := t.missing(), t.wrong()
	if len(missing) > 0 {
		out.Problems = append(out.Problems, (&MissingError{t.engine.Name(), missing}).Error())
	}
	for _, w := range wrong {
		out.Problems = append(out.Problems, w.Error())
	}
	if len(missing)+len(wrong) > 0 {
		return out, nil
	}
	told := false
	if out.Months, told, err = t.fromFooters(ctx); err == nil && !told {
		out.Months, err = t.Months(ctx)
	}
	if err != nil {
		out.Problems = append(out.Problems, err.Error())
		return out, ctx.Err()
	}
	var rows, spread int64
	for _, m := range out.Months {
		rows, spread = rows+m.Rows, spread+m.spread
	}
	if spread == 0 {
		out.Problems = append(out.Problems, (&NullError{t.engine.Name(), "EffectiveCost", rows, rows, ""}).Error())
	}
	if err := t.measure(ctx, rows, &out); err != nil {
		out.Problems = append(out.Problems, err.Error())
	}
	return out, ctx.Err()
}

// measure counts what each choice of columns would make, of all in one pass: to find the files'
// columns anew for each is most of the work where there are thousands.
func (t *Table) measure(ctx context.Context, rows int64, out *Info) error {
	var groupings []Grouping
	for s := kept; s < coarsest; s++ {
		g := t.grouping(s)
		if n := len(groupings); n == 0 || len(g.LeftOut) != len(groupings[n-1].LeftOut) {
			groupings = append(groupings, g)
		}
	}
	if err := t.count(ctx, out.Months, groupings); err != nil {
		return err
	}
	for i := range groupings {
		groupings[i].Rows = min(groupings[i].Rows, rows)
	}
	out.Groupings = groupings
	g, err := t.choose(ctx, out.Months, groupings)
	if err != nil {
		return err
	}
	out.Chosen = slices.IndexFunc(groupings, func(o Grouping) bool { return o.step == g.step })
	return nil
}

// doubts are types with which amounts may lose digits and nothing tells.
func (t *Table) doubts() (out []string) {
	for _, f := range fields() {
		c, ok := t.have[f.name]
		if !ok || !f.sums() {
			continue
		}
		if text := rounds(f.name, c); text != "" {
			out = append(out, text)
		}
		if kindOf(c.Type) != kindDecimal {
			continue
		}
		if n, err := strconv.Atoi(scaleOf(c.Type)); err == nil && n < 18 && t.engine.Files() == nil {
			out = append(out, fmt.Sprintf("%s is a %s: of files that have more fraction digits a table of hive cuts the others off, and nothing "+
				"tells; declare it decimal(38,18)", f.name, c.Type))
		}
	}
	return out
}

// rounds says how each amount of a column loses digits, "" if none does.
func rounds(name string, c Column) string {
	typ := strings.ToLower(c.Type)
	switch kindOf(c.Type) {
	case kindFloat:
		return fmt.Sprintf("%s is a %s, which is not exact; each amount is rounded to 10 fraction digits", name, typ)
	case kindDecimal:
		if n, err := strconv.Atoi(scaleOf(c.Type)); err == nil && n > 18 {
			return fmt.Sprintf("%s is a %s; each amount is rounded to 18 fraction digits", name, typ)
		}
	}
	return ""
}
