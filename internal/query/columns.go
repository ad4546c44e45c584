package query

// Columns are those of a table of Ts. Each says what stands below it, so that one that
// is put between two others moves no value.
type Columns[T any] []Field[T]

// A Field is one of Columns.
type Field[T any] struct {
	Name string
	Kind Kind
	Of   func(T) any // a value, as Table has it
	For  Reader      // the zero Reader is all
	Rank int         // as Column has it
}

// A Reader is what a column is for.
type Reader int

// The readers.
const (
	ForAll      Reader = iota
	ForPeople          // who read tables and markdown
	ForPrograms        // which read the other formats
)

// Table returns the table of rows that reader reads: the columns for it, and those for
// all.
func (c Columns[T]) Table(reader Reader, rows []T) Table {
	var shown Columns[T]
	var t Table
	for _, f := range c {
		if f.For == ForAll || f.For == reader {
			shown = append(shown, f)
			t.Columns = append(t.Columns, Column{Name: f.Name, Kind: f.Kind, Rank: f.Rank})
		}
	}
	t.Rows = func(yield func([]any, error) bool) {
		row := make([]any, len(shown))
		for _, r := range rows {
			for i, f := range shown {
				row[i] = f.Of(r)
			}
			if !yield(row, nil) {
				return
			}
		}
	}
	return t
}
