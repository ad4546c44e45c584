package loader

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"usagereport/ledger"
	"usagereport/usage"
)

// An Inspection is what inspect says of one file.
type Inspection struct {
	Ref        string                 `json:"ref"`
	Format     string                 `json:"format"`
	Title      string                 `json:"title"`
	CostType   string                 `json:"cost_type"`
	Encoding   string                 `json:"encoding"`
	FirstDate  string                 `json:"first_date"` // as the file writes it
	Columns    int                    `json:"columns"`
	Unknown    []string               `json:"unknown_columns"`
	Rows       int64                  `json:"rows"`
	Rejected   int64                  `json:"rejected"`
	Currencies []string               `json:"currencies"`
	Totals     map[string]usage.Money `json:"totals"`
	Periods    []InspectedPeriod      `json:"periods"`
	Content    *InspectedContent      `json:"content,omitempty"`
	Problems   []string               `json:"problems"`
	OK         bool                   `json:"ok"` // load would take it
}

// An InspectedContent says how the rows of a file are read.
type InspectedContent struct {
	Services            int64              `json:"services"`
	Resources           int64              `json:"resources"`
	Meters              int64              `json:"meters"`
	Charges             []InspectedCharges `json:"charges"`
	TaggedRows          int64              `json:"tagged_rows"`
	UnreadableTags      int64              `json:"unreadable_tag_rows"` // kept under the key x_Unreadable
	TagKeys             []string           `json:"tag_keys"`            // by frequency
	CategorisedRows     int64              `json:"service_category_rows"`
	UnmappedTypes       []string           `json:"unmapped_resource_types"` // "" where a charge has none
	RespelledGroups     int64              `json:"resource_groups_spelled_in_several_ways"`
	RespelledResources  int64              `json:"resources_spelled_in_several_ways"`
	CommitmentUsed      int64              `json:"commitment_used_rows"`
	CommitmentUnused    int64              `json:"commitment_unused_rows"`
	CommitmentPurchases int64              `json:"commitment_purchase_rows"`
	NoListPrice         int64              `json:"usage_rows_without_list_price"`
	Rounded             int64              `json:"rounded_numbers"`
}

type InspectedCharges struct {
	Category string      `json:"charge_category"`
	Class    string      `json:"charge_class,omitempty"`
	Rows     int64       `json:"rows"`
	Cost     usage.Money `json:"cost"`
	Currency string      `json:"currency"`
}

type InspectedPeriod struct {
	Name     string     `json:"name"`
	From     usage.Day  `json:"from"`
	To       usage.Day  `json:"to"`        // inclusive
	FirstDay *usage.Day `json:"first_day"` // null where nothing was used
	Reach    *usage.Day `json:"reach"`
	Account  string     `json:"account"`
	Rows     int64      `json:"rows"`
}

// Inspected says what came of loading a file into a ledger in memory.
func Inspected(ctx context.Context, l *ledger.Ledger, r FileResult, allowed int) (in Inspection, err error) {
	in = Inspection{
		Ref: r.Ref, Format: r.Format, Title: r.Title, CostType: r.CostType, Encoding: r.Encoding, FirstDate: r.FirstDate, Columns: r.Columns,
		Unknown: r.Unknown, Rows: r.Rows, Rejected: r.Rejected, Problems: append([]string{},
			r.Warnings...), OK: r.Status != Refused && len(r.Rejects) <= allowed,
		Currencies: slices.Sorted(maps.Keys(r.Totals)), Totals: map[string]usage.Money{},
	}
	for c, t := range r.Totals {
		in.Totals[c] = usage.Money{Amount: t, Currency: c}
	}
	if r.Err != nil {
		in.Problems = append(in.Problems, r.Err.Error())
	}
	for _, rej := range r.Rejects {
		in.Problems = append(in.Problems, cmp.Or(rej.Ref, r.Ref)+":"+rej.String())
	}
	if r.LoadID == 0 {
		return in, nil
	}
	d, err := ledger.Describe(ctx, l.DB(), r.LoadID)
	if err != nil {
		return in, err
	}
	for _, s := range d.Scopes {
		p := InspectedPeriod{
			Name: s.Period, From: s.Span.From, To: s.Span.Last(), Account: strings.TrimSpace(s.Name + " " + s.SubAccount), Rows: s.Rows,
		}
		if s.Reach != 0 {
			p.FirstDay, p.Reach = &s.First, &s.Reach
		}
		in.Periods = append(in.Periods, p)
	}
	p, err := ledger.ProfileOf(ctx, l.DB(), r.LoadID)
	if err != nil {
		return in, err
	}
	in.Content = &InspectedContent{
		Services: p.Services, Resources: p.Resources, Meters: p.Meters, Rounded: d.Rounded,
		TaggedRows: p.Tagged, UnreadableTags: p.Unreadable, TagKeys: []string{},
		CategorisedRows: p.Categorised, UnmappedTypes: []string{},
		RespelledGroups: p.Groups, RespelledResources: p.Names,
		CommitmentUsed: p.CommitmentUsed, CommitmentUnused: p.CommitmentUnused, CommitmentPurchases: p.CommitmentPurchases,
		NoListPrice: p.NoListPrice,
	}
	for _, c := range p.Charges {
		in.Content.Charges = append(in.Content.Charges, InspectedCharges{c.Category, c.Class, c.Rows, c.Cost, c.Cost.Currency})
	}
	for _, t := range p.TagKeys {
		in.Content.TagKeys = append(in.Content.TagKeys, t.Name)
	}
	for _, t := range p.Unmapped {
		in.Content.UnmappedTypes = append(in.Content.UnmappedTypes, t.Name)
	}
	return in, nil
}

// A Fact is a line of what a file is.
type Fact struct{ What, Is string }

// Facts says in lines what a file is.
func (in Inspection) Facts() []Fact {
	rows := []Fact{{"file", in.Ref}}
	add := func(name, value string) {
		if value != "" {
			rows = append(rows, Fact{name, value})
		}
	}
	title := in.Title
	if in.Format != "" {
		title += " (" + in.Format + ", " + in.CostType + " cost)"
	}
	add("format", title)
	add("encoding", in.Encoding)
	if in.FirstDate != "" {
		add("dates", "like "+in.FirstDate)
	}
	add("rows", fmt.Sprintf("%d, %d rejected", in.Rows, in.Rejected))
	for _, c := range in.Currencies {
		add("total", in.Totals[c].Text()+" "+c)
	}
	for i, p := range in.Periods {
		if i == 12 {
			add("period", fmt.Sprintf("… and %d more", len(in.Periods)-i))
			break
		}
		used := "no usage"
		if p.Reach != nil {
			used = fmt.Sprintf("usage from %s to %s", p.FirstDay, p.Reach)
		}
		add("period", fmt.Sprintf("%s (%s to %s): %s, %d rows, %s", p.Name, p.From, p.To, used, p.Rows, p.Account))
	}
	if in.Content != nil {
		in.Content.tell(in.Rows, add)
	}
	if n := len(in.Unknown); n > 0 {
		named, more := in.Unknown, ""
		if n > 40 { // AWS's reports have hundreds
			named, more = named[:40], fmt.Sprintf(" and %d more (--format json has them)", n-40)
		}
		add("not read", fmt.Sprintf("%d of %d columns: %s%s", n, in.Columns, strings.Join(named, ", "), more))
	}
	for i, p := range in.Problems {
		if i == 20 {
			add("problem", fmt.Sprintf("… and %d more", len(in.Problems)-i))
			break
		}
		add("problem", p)
	}
	verdict := "load would take it"
	if !in.OK {
		verdict = "load would refuse it"
	}
	add("verdict", verdict)
	return rows
}

// tell prints how the rows of a file are read.
func (c *InspectedContent) tell(rows int64, add func(name, value string)) {
	for _, ch := range c.Charges {
		name := "charges"
		if ch.Class != "" {
			name += " (" + strings.ToLower(ch.Class) + ")"
		}
		add(name, fmt.Sprintf("%s: %d rows, %s %s", ch.Category, ch.Rows, ch.Cost.Text(), ch.Currency))
	}
	add("holds", fmt.Sprintf("%d services, %d resources, %d meters", c.Services, c.Resources, c.Meters))
	if c.TaggedRows > 0 {
		text := fmt.Sprintf("on %d rows: %s", c.TaggedRows, firstOf(c.TagKeys, 8))
		if c.UnreadableTags > 0 {
			text += fmt.Sprintf("; %d rows have tags that are no JSON, kept as x_Unreadable", c.UnreadableTags)
		}
		add("tags", text)
	}
	if n := rows - c.CategorisedRows; n > 0 && len(c.UnmappedTypes) > 0 {
		types := slices.DeleteFunc(slices.Clone(c.UnmappedTypes), func(t string) bool { return t == "" })
		text := fmt.Sprintf("%d rows have no service category", n)
		if len(types) > 0 {
			text += ": " + firstOf(types, 8)
		}
		add("unmapped", text)
	}
	if c.RespelledGroups+c.RespelledResources > 0 {
		add("spellings", fmt.Sprintf("%d resource groups and %d resources are spelled in several ways; each shows the most frequent",
			c.RespelledGroups, c.RespelledResources))
	}
	if c.CommitmentUsed+c.CommitmentUnused+c.CommitmentPurchases > 0 {
		add("commitments", fmt.Sprintf("%d rows covered, %d unused, %d purchases", c.CommitmentUsed, c.CommitmentUnused, c.CommitmentPurchases))
	}
	if c.NoListPrice > 0 {
		add("list prices", fmt.Sprintf("unknown for %d rows of usage", c.NoListPrice))
	}
}

// firstOf names the first of names, and how many more there are.
func firstOf(names []string, most int) string {
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}
