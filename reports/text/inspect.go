package text

import (
	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/loader"
)

// Facts prints what there is to know of a file.
func Facts(p terminal.Printer, facts []loader.Fact) error {
	return p.Print(query.Columns[loader.Fact]{
		{Name: "what", Of: func(f loader.Fact) any { return f.What }},
		{Name: "is", Of: func(f loader.Fact) any { return f.Is }},
	}.Table(query.ForAll, facts))
}
