package invoices

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"usagereport/ledger"
)

// A Row is an invoice on a line of a file.
type Row struct {
	Line int
	ledger.Invoice
}

// Columns are those of invoices.csv. Account, period, number and one of net and total
// must be there.
func Columns() []string {
	return []string{"account", "period", "number", "date", "due", "currency", "net", "tax", "credits", "total", "kind", "purchases", "support"}
}

// ReadCSV reads invoices.csv: a header with columns of Columns in any order, and a
// line for each invoice. What spreadsheets make of it, a mark at the beginning and
// semicolons, is understood. Each error names its line.
func ReadCSV(b []byte) ([]Row, error) {
	head, lines, err := table(b)
	if err != nil {
		return nil, err
	}
	for i, name := range head {
		if !slices.Contains(Columns(), name) {
			return nil, fmt.Errorf("line 1: column %q is unknown; the columns are %s", name, strings.Join(Columns(), ", "))
		}
		if slices.Contains(head[:i], name) {
			return nil, fmt.Errorf("line 1: column %q is there twice", name)
		}
	}
	for _, name := range []string{"account", "period", "number"} {
		if !slices.Contains(head, name) {
			return nil, fmt.Errorf("line 1: there is no column %s", name)
		}
	}
	out := make([]Row, 0, len(lines))
	for _, l := range lines {
		of := func(name string) string {
			if i := slices.Index(head, name); i >= 0 {
				return l.fields[i]
			}
			return ""
		}
		i, err := Parse(Given{
			Account: of("account"), Period: of("period"), Number: of("number"), Kind: of("kind"), Date: of("date"), Due: of("due"), Currency: of("currency"),
			Net: of("net"), Tax: of("tax"), Credits: of("credits"), Total: of("total"), Purchases: of("purchases"), Support: of("support"),
		})
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", l.number, err)
		}
		out = append(out, Row{l.number, i})
	}
	return out, nil
}

// A row of a table, with the line on which it begins.
type row struct {
	number int
	fields []string
}

// table reads CSV with a header, whose names are made small.
func table(b []byte) (head []string, rows []row, err error) {
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if !utf8.Valid(b) {
		return nil, nil, errors.New("it is not UTF-8; save it as CSV UTF-8")
	}
	first, _, _ := bytes.Cut(b, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(b))
	if bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		r.Comma = ';'
	}
	if head, err = r.Read(); errors.Is(err, io.EOF) {
		return nil, nil, errors.New("it is empty; line 1 names the columns")
	} else if err != nil {
		return nil, nil, err
	}
	for i := range head {
		head[i] = strings.ToLower(strings.TrimSpace(head[i]))
	}
	for {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return head, rows, nil
		}
		if err != nil {
			return nil, nil, err
		}
		n, _ := r.FieldPos(0)
		rows = append(rows, row{n, fields})
	}
}
