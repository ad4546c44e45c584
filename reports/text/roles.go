package text

import (
	"cmp"
	"strings"

	"usagereport/internal/azure/azureroles"
	"usagereport/internal/query"
	"usagereport/internal/terminal"
)

// mayText says in words what a role allows.
func mayText(m azureroles.May) string {
	var all []string
	for _, may := range []struct {
		is   bool
		word string
	}{{m.Cost, "cost"}, {m.Invoices, "invoices"}, {m.Exports, "exports"}, {m.Give, "roles"}, {m.Unknown, "not known"}} {
		if may.is {
			all = append(all, may.word)
		}
	}
	return cmp.Or(strings.Join(all, ", "), "no cost")
}

// Roles prints who may see cost.
func Roles(p terminal.Printer, list []azureroles.Holder) error {
	type row = azureroles.Holder
	return terminal.Rows(p, query.Columns[row]{
		{Name: "scope", Of: func(h row) any { return h.Scope }},
		{Name: "role", Of: func(h row) any { return h.Role }},
		{Name: "who", Of: func(h row) any { return h.Who }},
		{Name: "kind", Of: func(h row) any { return h.Kind }},
		{Name: "given_on", Of: func(h row) any { return h.From }},
		{Name: "may", Of: func(h row) any { return mayText(h.May) }},
		{Name: "scope_id", Of: func(h row) any { return h.ID }},
	}, list)
}
