package reports

import (
	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// A Table is what a page says in rows, for the renderers that know no pages:
// markdown, spreadsheets. Its values are not formatted.
type Table struct {
	Name    string // one word, unique on its page
	Title   locale.Text
	Columns []Column
	Rows    [][]any
	Total   []any // the sum of Rows, as a row; nil where there is none
	Others  int   // how many the last row stands for; 0 where it is a row like the others

	// Detail is set where the table is evidence that few read: a spreadsheet
	// has it, a message to a chat does not.
	Detail bool

	// Own is set where the title is not what every such page says, so that it must
	// stand even over a page's only table.
	Own bool
}

// A Column names the cells below it. Currency is that of its amounts, where all
// have one. Detail is as a Table's.
type Column struct {
	Title    locale.Text
	Kind     Kind
	Currency string
	Detail   bool
}

// A Kind is what the cells of a column are. Any cell may be nil: nothing to say.
type Kind int

// The kinds, and the types of their cells.
const (
	Words    Kind = iota // string, a name from the data; locale.Text
	Amount               // usage.Money; Estimate
	Change               // usage.Money, shown with its sign
	Count                // int
	Share                // float64, percent
	Growth               // float64, percent, shown with its sign
	Date                 // usage.Day
	Quantity             // usage.Decimal, in the unit that stands beside it
)

// number reports whether cells of kind k stand right-aligned.
func (k Kind) number() bool { return k != Words && k != Date }

// An Estimate is an amount that promises no more than three digits.
type Estimate usage.Money

// A chapter is the tables of one page, for one currency.
type chapter struct {
	Title    locale.Text
	Currency string // "" where the page concerns the whole report
	Tables   []Table
}

// chapters returns what all pages of r say in tables, in reading order.
func chapters(r *analysis.Report) (out []chapter) {
	if len(r.Parts) == 0 {
		none := locale.T("No charges to report")
		out = []chapter{{Title: none, Tables: toldTables(append([]locale.Text{none}, r.Warnings...), r.Refused)}}
	}
	for _, once := range []bool{false, true} {
		parts := make([]*analysis.Part, 0, len(r.Parts)+1)
		for i := range r.Parts {
			parts = append(parts, &r.Parts[i])
		}
		if once {
			parts = []*analysis.Part{nil}
		}
		for _, p := range parts {
			for _, page := range Pages() {
				if page.Once != once {
					continue
				}
				c := chapter{Title: page.Title, Tables: page.Tables(r, p)}
				if p != nil {
					c.Currency = p.Currency
				}
				if len(c.Tables) > 0 {
					out = append(out, c)
				}
			}
		}
	}
	return out
}

// say returns a cell as people read it in one line; limit is for names.
func say(l *locale.Locale, k Kind, v any, limit int) string {
	switch v := v.(type) {
	case nil:
		return ""
	case usage.Money:
		if k == Change {
			return l.Signed(v)
		}
		return l.Money(v)
	case Estimate:
		return l.Say(locale.T("about %s", l.About(usage.Money(v))))
	case usage.Decimal:
		return l.Quantity(v)
	case float64:
		if k == Growth {
			return l.Change(v)
		}
		return l.Percent(v)
	case usage.Day:
		return l.Day(v)
	case int:
		return l.Count(v)
	}
	return shown(l, v, limit)
}

// texts, amount and the like make columns.
func texts(title locale.Text) Column { return Column{Title: title} }

func amount(title locale.Text, currency string) Column {
	return Column{Title: title, Kind: Amount, Currency: currency}
}

func changed(title locale.Text, currency string) Column {
	return Column{Title: title, Kind: Change, Currency: currency}
}

// orNil returns a percentage as a cell.
func orNil(p *float64) any {
	if p == nil {
		return nil
	}
	return *p
}

// dayOrNil returns a day as a cell.
func dayOrNil(d usage.Day) any {
	if d == 0 {
		return nil
	}
	return d
}
