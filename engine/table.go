package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"usagereport/usage"
)

// The limits of Options where nothing is said.
const (
	DefaultRows   = 5_000_000
	DefaultSeries = 100_000
)

// Options are what a user may say of a relation.
type Options struct {
	Columns map[string]string // by FOCUS's name, what the relation calls it
	Run     string            // the column that tells the runs of a month apart, "" for the usual ones
	Rows    int64             // of charges, at most; 0 for DefaultRows
	Series  int64             // of combinations of texts, at most; 0 for DefaultSeries
	Keep    []string          // columns of FOCUS that are never left out: what rules ask for
}

// A Table is a relation of FOCUS charges in an engine.
type Table struct {
	engine Engine
	opts   Options
	have   map[string]Column // by FOCUS's name
	order  []Column          // all of the relation
	run    Column            // Name is "" where there is none
}

// Open looks at the columns of an engine's relation and holds them to FOCUS.
func Open(ctx context.Context, e Engine, o Options) (*Table, error) {
	t, err := look(ctx, e, o)
	if err != nil {
		return nil, err
	}
	if missing := t.missing(); len(missing) > 0 {
		return nil, &MissingError{e.Name(), missing}
	}
	if wrong := t.wrong(); len(wrong) > 0 {
		return nil, wrong[0]
	}
	return t, nil
}

// look finds the columns of FOCUS, those that the configuration names before others.
func look(ctx context.Context, e Engine, o Options) (*Table, error) {
	if o.Rows <= 0 {
		o.Rows = DefaultRows
	}
	if o.Series <= 0 {
		o.Series = DefaultSeries
	}
	columns, err := e.Describe(ctx)
	if err != nil {
		return nil, err
	}
	t := &Table{engine: e, opts: o, have: map[string]Column{}, order: columns}
	find := func(name string) (Column, bool) {
		i := slices.IndexFunc(columns, func(c Column) bool { return strings.EqualFold(c.Name, name) })
		if i < 0 {
			return Column{}, false
		}
		return columns[i], true
	}
	for focus, name := range o.Columns {
		i := slices.IndexFunc(fields(), func(f field) bool { return f.name == focus })
		c, ok := find(name)
		switch {
		case i < 0:
			return nil, &MapError{Relation: e.Name(), Name: focus}
		case !ok:
			return nil, &MapError{e.Name(), focus, name}
		}
		t.have[focus] = c
	}
	for _, f := range fields() {
		for _, name := range f.names() {
			if c, ok := find(name); ok && t.have[f.name].Name == "" {
				t.have[f.name] = c
			}
		}
	}
	if o.Run != "" {
		var ok bool
		if t.run, ok = find(o.Run); !ok {
			return nil, &MapError{e.Name(), "the run", o.Run}
		}
		return t, nil
	}
	for _, name := range runNames() {
		if c, ok := find(name); ok && t.run.Name == "" {
			t.run = c
		}
	}
	return t, nil
}

// missing returns the columns of FOCUS that are not there and must be.
func (t *Table) missing() (out []string) {
	for _, name := range required() {
		if t.have[name].Name == "" {
			out = append(out, name)
		}
	}
	return out
}

// wrong returns the columns whose type cannot hold what they are for.
func (t *Table) wrong() (out []error) {
	for _, f := range fields() {
		c, ok := t.have[f.name]
		if !ok {
			continue
		}
		k, want := kindOf(c.Type), ""
		switch f.role {
		case added, listed, priced:
			if !slices.Contains([]kind{kindDecimal, kindWhole, kindFloat}, k) {
				want = "a number, best decimal(38,18)"
			}
		case dayed, ended:
			if !slices.Contains([]kind{kindDay, kindTime, kindZoned, kindText}, k) {
				want = "a date or a timestamp"
			}
		}
		if want != "" {
			out = append(out, &TypeError{t.engine.Name(), f.name, c.Type, want})
		}
	}
	return out
}

// raw is a column of the relation as SQL names it.
func (t *Table) raw(name string) string {
	return `"` + strings.ReplaceAll(t.have[name].Name, `"`, `""`) + `"`
}

// has reports whether the relation has a column of FOCUS.
func (t *Table) has(name string) bool { return t.have[name].Name != "" }

// text is the SQL of a column's text; an empty one is no value.
func (t *Table) text(name string) string {
	raw := t.raw(name)
	switch kindOf(t.have[name].Type) {
	case kindText:
		return "nullif(" + raw + ", '')"
	case kindNested:
		return t.engine.Dialect().JSON(raw)
	}
	return "CAST(" + raw + " AS varchar)"
}

// texts is the text of the first of these columns that has one.
func (t *Table) texts(names ...string) string {
	var have []string
	for _, n := range names {
		if t.has(n) {
			have = append(have, t.text(n))
		}
	}
	if len(have) == 1 {
		return have[0]
	}
	return "coalesce(" + strings.Join(have, ", ") + ")"
}

// day is the SQL of a column's day, in UTC where it has a zone. A period that ends in the last
// minute of a day ends with it, as the loader reads it in files.
func (t *Table) day(name string) string {
	raw, kind := t.raw(name), kindOf(t.have[name].Type)
	ends := name == "BillingPeriodEnd"
	if kind == kindZoned {
		raw, kind = raw+" AT TIME ZONE 'UTC'", kindTime
	}
	switch {
	case kind == kindTime && ends:
		return "CAST(" + raw + " + INTERVAL '1' MINUTE AS date)"
	case kind == kindText && ends:
		day := "CAST(substr(" + raw + ", 1, 10) AS date)"
		return "CAST(CASE WHEN substr(" + raw + ", 12, 5) = '23:59' THEN " + day + " + INTERVAL '1' DAY ELSE " + day + " END AS date)"
	case kind == kindText:
		return "CAST(substr(" + raw + ", 1, 10) AS date)"
	}
	return "CAST(" + raw + " AS date)"
}

// number is the SQL of a column's exact number. One that is not exact has ten fraction
// digits, by the same steps in every engine: what a float adds up to would depend on the
// order of the rows. Of a large one they are those of what stands behind the point: a double
// holds 15 digits, and a bigint 19.
func (t *Table) number(name string) string {
	raw := t.raw(name)
	if kindOf(t.have[name].Type) == kindFloat {
		raw = "CAST(" + raw + " AS double)"
		digits := func(of string) string {
			return "CAST(CAST(round((" + of + ") * 1e10) AS bigint) AS decimal(19,0)) * CAST('0.0000000001' AS decimal(11,10))"
		}
		raw = "CASE WHEN abs(" + raw + ") < 9e5 THEN CAST(" + digits(raw) + " AS decimal(38,18)) ELSE CAST(CAST(floor(" + raw +
			") AS bigint) AS decimal(38,18)) + CAST(" + digits(raw+" - floor("+raw+")") + " AS decimal(38,18)) END"
	}
	return "CAST(" + raw + " AS decimal(38,18))"
}

// effective is the cost with commitments spread. A commitment costs nothing where it is
// bought, unless the file means it: the loader's rule, which holds for rows and not for sums.
func (t *Table) effective() string {
	cost := "coalesce(" + t.number("EffectiveCost") + ", " + t.number("BilledCost") + ")"
	if !t.has("CommitmentDiscountId") {
		return cost
	}
	bought := "lower(trim(" + t.text("ChargeCategory") + ")) = 'purchase' AND " + t.text("CommitmentDiscountId") + " IS NOT NULL"
	for _, c := range t.order {
		if strings.EqualFold(c.Name, "x_CostType") {
			bought += ` AND "` + c.Name + `" IS DISTINCT FROM 'actual'`
		}
	}
	return "CASE WHEN " + bought + " AND " + cost + " = coalesce(" + t.number("BilledCost") + ", 0) THEN 0 ELSE " + cost + " END"
}

// expression is the SQL of a field's value in a row.
func (t *Table) expression(f field) string {
	switch f.role {
	case dayed:
		return t.day(f.name)
	case ended:
		day := t.day(f.name)
		return "CASE WHEN " + day + " > " + t.day("ChargePeriodStart") + " + INTERVAL '1' DAY THEN " + day + " END"
	case tagged:
		if kindOf(t.have[f.name].Type) == kindNested {
			return t.raw(f.name)
		}
	case priced, added:
		if f.name == "EffectiveCost" {
			return t.effective()
		}
		return t.number(f.name)
	case listed:
		// One of 0 for what costs something is one that is not known.
		return "CASE WHEN " + t.number(f.name) + " <> 0 OR coalesce(" + t.number("BilledCost") + ", 0) = 0 AND coalesce(" +
			t.number("EffectiveCost") + ", 0) = 0 THEN " + t.number(f.name) + " END"
	}
	switch {
	case f.name == "x_ResourceGroupName" && t.has("ResourceId"):
		group := "nullif(regexp_extract(" + t.text("ResourceId") + ", '(?i)/resourcegroups/([^/]+)', 1), '')"
		if t.has(f.name) {
			return "coalesce(" + t.text(f.name) + ", " + group + ")"
		}
		return group
	case len(f.instead) > 0:
		return t.texts(slices.Concat([]string{f.name}, f.instead)...)
	}
	return t.text(f.name)
}

// asText is a field's value, as expression gives it, as text.
func (t *Table) asText(f field, value string) string {
	if f.role == grouped {
		return value
	}
	if f.role == tagged && kindOf(t.have[f.name].Type) == kindNested {
		return t.engine.Dialect().JSON(value)
	}
	return "CAST(" + value + " AS varchar)"
}

// A Grouping is the columns by which charges are added up.
type Grouping struct {
	step   step
	fields []field
	// LeftOut names what was left out, nil where nothing was.
	LeftOut []string
	// Rows and Series are about how many charges and combinations of texts there are.
	Rows, Series int64
	Exact        bool
}

// grouping returns the columns that are left after a step.
func (t *Table) grouping(after step) Grouping {
	g := Grouping{step: after}
	for _, f := range fields() {
		group := f.name == "x_ResourceGroupName" && t.has("ResourceId")
		switch {
		case !t.has(f.name) && !group:
		case f.step == kept || f.step > after || slices.Contains(t.opts.Keep, f.name):
			g.fields = append(g.fields, f)
		}
	}
	for s := details; s <= after; s++ {
		if slices.ContainsFunc(fields(), func(f field) bool {
			return f.step == s && t.has(f.name) && !slices.Contains(t.opts.Keep, f.name)
		}) {
			g.LeftOut = append(g.LeftOut, s.String())
		}
	}
	return g
}

// By returns the grouping by these columns, and with these sums.
func (t *Table) By(columns ...string) (g Grouping) {
	for _, f := range fields() {
		if t.has(f.name) && slices.Contains(columns, f.name) {
			g.fields = append(g.fields, f)
		}
	}
	return g
}

// where is the condition of a statement on one month.
func (t *Table) where(m Month) string {
	var named, unnamed string
	if m.named {
		named = t.raw("x_BillingPeriod") + " = " + usage.Literal(m.Name)
	}
	if m.unnamed {
		unnamed = t.day("BillingPeriodStart") + " >= DATE " + usage.Literal(m.Name+"-01") + " AND " + t.day("BillingPeriodStart") +
			" < DATE " + usage.Literal(m.Name+"-01") + " + INTERVAL '1' MONTH"
		if t.has("x_BillingPeriod") {
			unnamed += " AND " + t.text("x_BillingPeriod") + " IS NULL"
		}
	}
	out := " WHERE " + named + unnamed
	if m.named && m.unnamed {
		out = " WHERE (" + named + " OR " + unnamed + ")"
	}
	if t.run.Name != "" {
		out += " AND " + t.ofRun(m.Run)
	}
	return out
}

func (t *Table) runText() string {
	return `CAST("` + strings.ReplaceAll(t.run.Name, `"`, `""`) + `" AS varchar)`
}

func (t *Table) ofRun(run string) string {
	if run == "" {
		return t.runText() + " IS NULL"
	}
	return t.runText() + " = " + usage.Literal(run)
}

// charges is the statement of a month's charges that meet conditions. A row is a line of CSV,
// its currency, its billed and its effective cost, and how many rows it is made of.
func (t *Table) charges(m Month, g Grouping, conditions ...string) string {
	var inner, by, line []string
	at := map[string]string{}
	for _, f := range g.fields {
		name := fmt.Sprintf("c%d", len(inner))
		at[f.name] = name
		value := t.expression(f)
		switch f.role {
		case added:
			value = "sum(" + value + ")"
		case listed:
			value = "CASE WHEN count(" + value + ") = count(*) THEN sum(" + value + ") END"
		}
		inner = append(inner, value+" AS "+name)
		if !f.sums() {
			by = append(by, fmt.Sprint(len(inner)))
		}
		text := t.asText(f, name)
		if f.role == grouped || f.role == tagged { // the others have nothing that stands in quotes
			text = "'\"' || CASE WHEN strpos(" + text + ", '\"') > 0 THEN replace(" + text + ", '\"', '\"\"') ELSE " + text + " END || '\"'"
		}
		line = append(line, "coalesce("+text+", '')")
	}
	return "SELECT concat_ws(',', " + strings.Join(line, ", ") + "), " + at["BillingCurrency"] + ", CAST(" + at["BilledCost"] +
		" AS varchar), CAST(" +
		at["EffectiveCost"] + " AS varchar), CAST(n AS varchar) FROM (SELECT " + strings.Join(append(inner, "count(*) AS n"), ", ") +
		" FROM " + t.engine.Dialect().Relation(m.files) +
		strings.Join(append([]string{t.where(m)}, conditions...), " AND ") +
		" GROUP BY " + strings.Join(by, ", ") + ") q"
}

// header is the first line of the charges, as charges gives them, and of two columns more.
// One keeps the loader from using its rule for commitments again. The other, which nothing
// reads, tells what was loaded before: a month that is again what it once was is another
// file then, where the same one would be known, and older than what is there.
func (g Grouping) header(m Month) string {
	var names []string
	for _, f := range g.fields {
		names = append(names, f.name)
	}
	return strings.Join(names, ",") + fmt.Sprintf(",x_CostType,x_After%d\n", m.after)
}

// months is the statement of what there is: of each billing period, name, run, file and
// currency how many rows there are and what they add up to.
func (t *Table) months() string {
	const none = "CAST(NULL AS varchar)"
	name, run, file := none, none, none
	if t.has("x_BillingPeriod") {
		name = t.text("x_BillingPeriod")
	}
	if t.run.Name != "" {
		run = t.runText()
	}
	if f := t.engine.Dialect().File; f != "" {
		file = f
	}
	return "SELECT CAST(start AS varchar), CAST(name AS varchar), CAST(run AS varchar), CAST(file AS varchar), currency, " +
		"CAST(n AS varchar), CAST(days AS varchar), CAST(costs AS varchar), CAST(billed AS varchar), CAST(effective AS varchar), " +
		"CAST(first AS varchar), CAST(last AS varchar), CAST(spread AS varchar) FROM (SELECT " + t.day("BillingPeriodStart") + " AS start, " +
		name + " AS name, " +
		run + " AS run, " + file + " AS file, " + t.text("BillingCurrency") + " AS currency, count(*) AS n, count(" + t.raw("ChargePeriodStart") +
		") AS days, count(" + t.raw("BilledCost") + ") AS costs, count(" + t.raw("EffectiveCost") + ") AS spread, sum(" +
		t.number("BilledCost") + ") AS billed, sum(" + t.effective() +
		") AS effective, min(" + t.day("ChargePeriodStart") + ") AS first, max(" + t.day("ChargePeriodStart") + ") AS last FROM " +
		t.engine.Dialect().Relation(nil) + " GROUP BY 1, 2, 3, 4, 5) q"
}

// keys are the texts of the fields by which charges are grouped, or of those alone that
// stay the same from one day and bill to the next.
func (t *Table) keys(g Grouping, all bool) (out []string) {
	passing := []string{"x_BillingPeriod", "InvoiceId", "InvoiceDetailId"}
	for _, f := range g.fields {
		if !f.sums() && (all || (f.role == grouped || f.role == tagged) && !slices.Contains(passing, f.name)) {
			out = append(out, t.asText(f, t.expression(f)))
		}
	}
	return out
}

// counts is the statement of about how many charges and series each grouping makes in these
// months.
func (t *Table) counts(months []Month, groupings []Grouping) string {
	distinct := t.engine.Dialect().Distinct
	var columns []string
	for _, g := range groupings {
		for _, all := range []bool{true, false} {
			columns = append(columns, "CAST("+distinct(t.keys(g, all))+" AS varchar)")
		}
	}
	return "SELECT " + strings.Join(columns, ", ") + t.from(months)
}

// countsExactly is the statement of how many charges and series a grouping makes in these months.
func (t *Table) countsExactly(months []Month, g Grouping) string {
	count := func(all bool) string {
		return "CAST((SELECT count(*) FROM (SELECT DISTINCT " + numbered(t.keys(g, all)) + t.from(months) + ") q) AS varchar)"
	}
	return "SELECT " + count(true) + ", " + count(false)
}

// from is what a statement on several months reads.
func (t *Table) from(months []Month) string {
	return " FROM " + t.engine.Dialect().Relation(filesOf(months)) + t.whereAny(months)
}

// numbered gives names to expressions, of which none needs one.
func numbered(expressions []string) string {
	out := make([]string, len(expressions))
	for i, e := range expressions {
		out[i] = fmt.Sprintf("%s AS k%d", e, i)
	}
	return strings.Join(out, ", ")
}

// whereAny is the condition of a statement on several months; where there are no runs,
// which they leave out, all of the relation is meant.
func (t *Table) whereAny(months []Month) string {
	if t.run.Name == "" {
		return ""
	}
	var any []string
	for _, m := range months {
		any = append(any, "("+strings.TrimPrefix(t.where(m), " WHERE ")+")")
	}
	return " WHERE " + strings.Join(any, " OR ")
}
