package loader_test

import (
	"fmt"
	"strings"
	"testing"

	"usagereport/loader"
)

// A file that was put together from copies of one, each with its header, counts once, as loading it again changes nothing. Rows
// alike are common, so without a header in between, or where the parts have some rows in common, all count, with a warning.
func TestFileTwice(t *testing.T) {
	whole := mosa("s1", 1, 5)
	head, rows, _ := strings.Cut(whole, "\n")
	first := rows[:strings.Index(rows, "\n")+1]
	more := mosa("s1", 1, 5, ",Data,1,", ",Data,2,") // in quantity, at the same cost
	one := func(file string) string { return file }
	hours := func(file string) (out string) { // each row twice, as hours alike where a file has days alone
		for i, line := range strings.SplitAfter(file, "\n") {
			out += strings.Repeat(line, min(i+1, 2))
		}
		return out
	}
	json := func(file string) string {
		var out []string
		names := strings.Split(head, ",")
		for _, row := range strings.Split(strings.TrimSpace(file), "\n")[1:] {
			var fields []string
			for i, v := range strings.Split(row, ",") {
				fields = append(fields, fmt.Sprintf("%q: %q", names[i], v))
			}
			out = append(out, "{"+strings.Join(fields, ", ")+"}")
		}
		return strings.Join(out, "\n") + "\n"
	}
	for name, c := range map[string]struct {
		content string
		as      func(string) string
		warning string // part of it; "" for none of these
		want    string // rows, and their sum
	}{
		"once":                           {whole, one, "", "5 5"},
		"twice":                          {whole + whole, one, "it is 2 copies of one file", "5 5"},
		"three times":                    {whole + "\ufeff" + whole + "\n" + whole, one, "it is 3 copies of one file", "5 5"},
		"with rows alike":                {whole + first + whole + first, one, "it is 2 copies of one file", "6 6"},
		"without a header":               {whole + rows, one, "at least 2 times, 10 rows of 5 kinds", "10 10"},
		"without a header, as JSON":      {whole + rows, json, "at least 2 times, 10 rows of 5 kinds", "10 10"},
		"a part and the whole":           {mosa("s1", 1, 3) + whole, one, "3 of its rows, of 3 EUR, are there before", "8 8"},
		"other days":                     {mosa("s1", 1, 3) + mosa("s1", 4, 5), one, "", "5 5"},
		"other days, with hours alike":   {hours(mosa("s1", 1, 3)) + hours(mosa("s1", 4, 6)), one, "at least 2 times", "12 12"},
		"a part of hours alike":          {hours(mosa("s1", 1, 3)) + hours(whole), one, "at least 2 times", "16 16"},
		"copies of hours alike":          {hours(whole) + hours(whole), one, "it is 2 copies of one file", "10 10"},
		"two files, twice":               {mosa("s1", 1, 3) + mosa("s1", 4, 5) + mosa("s1", 1, 3) + mosa("s1", 4, 5), one, "it is 2 copies", "5 5"},
		"other quantities, hours alike":  {hours(whole) + hours(more), one, "at least 2 times", "20 20"},
		"other quantities, twice":        {whole + more + whole + more, one, "it is 2 copies of one file", "10 10"},
		"a file without rows between":    {whole + head + "\n" + whole, one, "it is 2 copies of one file", "5 5"},
		"a row alike":                    {whole + first, one, "", "6 6"},
		"one row, as often as one likes": {head + "\n" + first + first + first, one, "", "3 3"},
	} {
		l := open(t)
		r := load(t, l, loader.Options{}, write(t, "a.csv", c.as(c.content)))[0]
		if r.Err != nil {
			t.Fatal(name, r.Err)
		}
		got := value(t, l, "SELECT count(*) || ' ' || sum(BilledCost)::DECIMAL(9, 0) FROM usage")
		said := fmt.Sprint(r.Rows, " ", r.Totals["EUR"])
		told := strings.Join(r.Warnings, "\n")
		if got != c.want || said != c.want || !strings.Contains(told, c.warning) ||
			c.warning == "" && (strings.Contains(told, "copies") || strings.Contains(told, "before")) {
			t.Errorf("%s: %s in the ledger, %s told, want %s and %q in %q", name, got, said, c.want, c.warning, told)
		}
	}
}
