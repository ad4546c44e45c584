package main

import (
	"fmt"
	"slices"
	"strings"

	"usagereport/internal/query"
)

// An inspectedFact is a line of what a file is.
type inspectedFact struct{ what, is string }

func (in inspection) table() query.Table {
	rows := []inspectedFact{{"file", in.Ref}}
	add := func(name, value string) {
		if value != "" {
			rows = append(rows, inspectedFact{name, value})
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
	return query.Columns[inspectedFact]{
		{Name: "what", Of: func(f inspectedFact) any { return f.what }},
		{Name: "is", Of: func(f inspectedFact) any { return f.is }},
	}.Table(query.ForAll, rows)
}

// tell prints how the rows of a file are read.
func (c *inspectedContent) tell(rows int64, add func(name, value string)) {
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
