package terminal

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"usagereport/internal/misuse"
	"usagereport/internal/query"
	"usagereport/usage"
)

type row struct {
	name string
	cost usage.Money
}

// rowsOf prints two rows in a format, with columns, to a terminal of width (0 is none).
func rowsOf(format string, width int, columns ...string) (out, told string, err error) {
	var o, e bytes.Buffer
	p := Printer{Format: format, Columns: columns, Terminal: &Terminal{
		Out: &o, Err: &e, Size: func(io.Writer) (int, bool) { return width, width > 0 },
	}}
	err = errors.Join(p.Head("what is \x1b[31mseen\nin two lines"), Rows(p, query.Columns[row]{
		{Name: "name", Of: func(r row) any { return r.name }},
		{Name: "cost", Kind: query.Decimal, Of: func(r row) any { return p.Amount(r.cost) }},
		{Name: "exact", For: query.ForPrograms, Of: func(r row) any { return r.cost.Text() }},
	}, []row{
		{"a\x1b]0;title\a", usage.Money{Amount: usage.MustDecimal("1.005"), Currency: "EUR"}},
		{"b", usage.Money{Amount: usage.MustDecimal("2"), Currency: "EUR"}},
	}))
	return o.String(), e.String(), err
}

func TestPrinter(t *testing.T) {
	for _, c := range []struct {
		format    string
		columns   []string
		out, told []string
		not       string
	}{
		{"table", nil, []string{`what is \x1b[31mseen`, "in two lines", `a\x1b]0;title\x07`, "1.01"}, nil, "exact"},
		{"csv", nil, []string{"name,cost,exact", "1.005"}, []string{`what is \x1b[31mseen\nin two lines`}, "seen"},
		{"csv", []string{"COST", "name"}, []string{"cost,name\n1.005,"}, nil, "exact"},
		{"csv", []string{"all"}, []string{"name,cost,exact"}, nil, "seen"},
	} {
		out, told, err := rowsOf(c.format, 0, c.columns...)
		if err != nil {
			t.Fatalf("%s %v: %v", c.format, c.columns, err)
		}
		for _, want := range c.out {
			if !strings.Contains(out, want) {
				t.Errorf("%s %v lacks %q:\n%s", c.format, c.columns, want, out)
			}
		}
		for _, want := range c.told {
			if !strings.Contains(told, want) {
				t.Errorf("%s %v: told lacks %q:\n%s", c.format, c.columns, want, told)
			}
		}
		if strings.Contains(out, c.not) || strings.Contains(out, "\x1b") && c.format == "table" {
			t.Errorf("%s %v has %q or an escape:\n%q", c.format, c.columns, c.not, out)
		}
	}
}

func TestPrinterRefuses(t *testing.T) {
	for _, c := range []struct{ format, column, want string }{
		{"xml", "name", "xml"},
		{"csv", "price", "--columns price: there is no such column; there are name, cost, exact"},
	} {
		_, _, err := rowsOf(c.format, 0, c.column)
		var flag *misuse.Error
		if !errors.As(err, &flag) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s, %s: %v, want a mistake in a flag that says %q", c.format, c.column, err, c.want)
		}
	}
}

// An answer that is a document is written whole; its tables have columns to choose from.
func TestPrinterDocument(t *testing.T) {
	for _, c := range []struct {
		format  string
		columns []string
		refused bool
	}{
		{"json", nil, false},
		{"json", []string{"all"}, false},
		{"JSON", []string{"name"}, true},
		{"sarif", []string{"name"}, true},
		{"csv", []string{"name"}, false},
		{"xml", nil, true},
	} {
		_, err := Printer{Format: c.format, Columns: c.columns}.Document("sarif")
		if flag := (*misuse.Error)(nil); errors.As(err, &flag) != c.refused {
			t.Errorf("%s %v: %v", c.format, c.columns, err)
		}
	}
}

// Width knows a terminal, and leaves programs and chosen columns as they are.
func TestPrinterWidth(t *testing.T) {
	for _, c := range []struct {
		format  string
		columns []string
		width   int
		want    int
	}{
		{"table", nil, 80, 80},
		{"Table", nil, 0, PipedWidth},
		{"csv", nil, 80, 0},
		{"markdown", nil, 80, 0},
		{"table", []string{"name"}, 80, 0},
	} {
		p := Printer{Format: c.format, Columns: c.columns, Terminal: &Terminal{
			Size: func(io.Writer) (int, bool) { return c.width, c.width > 0 },
		}}
		if got := p.Width(); got != c.want {
			t.Errorf("%s %v at %d: %d, want %d", c.format, c.columns, c.width, got, c.want)
		}
	}
}

func TestNote(t *testing.T) {
	var errs bytes.Buffer
	tell := &Terminal{Err: &errs, Quiet: true}
	tell.Note("nothing of %s", "this")
	tell.TellError("usagereport: ", errors.New("one\ntwo\rthree"))
	if got, want := errs.String(), "usagereport: one\ntwo\\rthree\n"; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
}
