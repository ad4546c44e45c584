package reports

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"

	"usagereport/usage"
)

// A sheet for each currency; all rows and the bill, with what the file has besides.
func TestWriteShowback(t *testing.T) {
	list := []Showback{
		{Currency: "EUR", Bill: in("EUR", "30.25"), Extra: []string{"lead"}, Rows: []ShowbackRow{
			{Owner: "=cmd|x", CostCenter: "4711", Extra: []string{"Ada"}, Cost: in("EUR", "40.5"), Percent: pct(133.88)},
			{Cost: in("EUR", "-10.25")},
		}},
		{Currency: "USD", Bill: in("USD", "1"), Extra: []string{"lead"}, Rows: []ShowbackRow{{Cost: in("USD", "1"), Percent: pct(100)}}},
	}
	var b bytes.Buffer
	if err := WriteShowback(&b, list, Options{}); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it is in memory
	sheets := f.GetSheetList()
	if len(sheets) != 2 {
		t.Fatalf("the sheets are %v, want one for each currency", sheets)
	}
	for i, s := range list {
		rows, err := f.GetRows(sheets[i], excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		var sum usage.Decimal
		var costs []usage.Decimal
		column := -1
		for _, row := range rows {
			for j, cell := range row {
				if cell == "Cost "+s.Currency || cell == "Cost" {
					column = j
				}
			}
			if column >= 0 && column < len(row) {
				if d, _, err := usage.ParseDecimal(row[column]); err == nil && row[column] != "" {
					costs = append(costs, d)
				}
			}
		}
		if len(costs) != len(s.Rows)+1 {
			t.Fatalf("%s: the costs are %v of %q, want %d and the bill", s.Currency, costs, rows, len(s.Rows))
		}
		for _, d := range costs[:len(s.Rows)] {
			sum = sum.Add(d)
		}
		if last := costs[len(s.Rows)]; last != s.Bill.Amount || sum != last {
			t.Errorf("%s: the rows make %s, the last row is %s, the bill %s", s.Currency, sum, last, s.Bill.Amount)
		}
		for r := range rows {
			for c := range 6 {
				cell, _ := excelize.CoordinatesToCellName(c+1, r+1)
				if formula, _ := f.GetCellFormula(sheets[i], cell); formula != "" {
					t.Errorf("%s holds the formula %q", cell, formula)
				}
			}
		}
	}
}
