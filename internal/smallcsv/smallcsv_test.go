package smallcsv_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"

	"usagereport/internal/smallcsv"
)

func plans() smallcsv.Columns {
	return smallcsv.Columns{Known: []string{"from", "amount", "note"}, Must: []string{"from", "amount"}}
}

// utf16Of writes a text as Excel's "Unicode text" does.
func utf16Of(order binary.AppendByteOrder, text string) string {
	b := order.AppendUint16(nil, 0xfeff)
	for _, u := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

func show(t *smallcsv.Table) string {
	var b strings.Builder
	for _, r := range t.Rows {
		fmt.Fprintf(&b, "%d %s|%s|%s\n", r.Line, r.Get("from"), r.Get("amount"), r.Get("note"))
	}
	return b.String()
}

func TestRead(t *testing.T) {
	const rows = "2 2026-03-31|1,5|é\n"
	tabs := "From\tAmount\tNote\r\n2026-03-31\t1,5\té\r\n"
	for name, c := range map[string]struct{ file, want string }{
		"commas":              {"from,amount,note\n2026-03-31,\"1,5\",é\n", rows},
		"a mark":              {"\ufefffrom,amount,note\n2026-03-31,\"1,5\",é", rows},
		"semicolons":          {"from;amount;note\r\n2026-03-31;1,5;é\r\n", rows},
		"tabs":                {tabs, rows},
		"UTF-16":              {utf16Of(binary.LittleEndian, tabs), rows},
		"UTF-16, the other":   {utf16Of(binary.BigEndian, tabs), rows},
		"Windows-1252":        {"from;amount;note\r\n2026-03-31;1,5;\xe9\r\n", rows},
		"blanks":              {" From , amount,NOTE\n 2026-03-31 , \"1,5\" , é \n", ""},
		"blanks, no quotes":   {" From ; amount;NOTE\n 2026-03-31 ; 1,5 ; é \n", rows},
		"another order":       {"note,amount,from\né,\"1,5\",2026-03-31\n", rows},
		"a column less":       {"from,amount\n2026-03-31,2\n", "2 2026-03-31|2|\n"},
		"empty lines":         {"\n\nfrom,amount,note\n\n,,\n2026-03-31,2,x\n", "6 2026-03-31|2|x\n"},
		"a value of two rows": {"from,amount,note\na,1,\"x\ny\"\nb,2,\n", "2 a|1|x\ny\n4 b|2|\n"},
		"separators in names": {"from;amount;\"note\"\n1;2;3\n", "2 1|2|3\n"},
		"no rows":             {"from,amount\n", ""},
		"names with hyphens":  {"From, A-Mount ,NO_TE\n1,2,3\n", "2 1|2|3\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := smallcsv.Read("plans.csv", strings.NewReader(c.file), plans())
			if name == "blanks" { // a quotation mark in a value that does not begin with it
				if err == nil || !strings.HasPrefix(err.Error(), "plans.csv:2: ") {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if show(got) != c.want {
				t.Errorf("got\n%swant\n%s", show(got), c.want)
			}
		})
	}
}

func TestReadFails(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"nothing":            {"", "plans.csv:1: the file is empty; its first line names the columns, which are from, amount, note"},
		"an unknown column":  {"from,amount,til\n", "plans.csv:1: til: is not a column of this file; the columns are from, amount, note"},
		"a column twice":     {"from,amount,From\n", "plans.csv:1: from: is there twice"},
		"a column missing":   {"from,note\n", "plans.csv:1: amount: there is no such column; the columns are from, amount, note, and it needs from and amount"},
		"a column unnamed":   {"from,amount,\n", "plans.csv:1: column 3 has no name; the columns are from, amount, note"},
		"too few values":     {"from,amount\na,1\nb\n", "plans.csv:3: has 1 values, the first line has 2; put a value that holds a separator into quotation marks"},
		"an open mark":       {"from,amount\na,\"1\n", "plans.csv:2: extraneous or missing \" in quoted-field"},
		"Cyrillic":           {"from,amount,note\na,1,x\nb,2,\xcf\xf0\xe8\xe2\n", "plans.csv:3: is not UTF-8; save it as CSV UTF-8"},
		"UTF-16 cut off":     {utf16Of(binary.LittleEndian, "from,amount\n") + "x", "plans.csv:1: is not UTF-16"},
		"half a pair":        {"\xff\xfea\x00\n\x00\x00\xd8", "plans.csv:2: is not UTF-16"},
		"a huge value":       {"from,amount\n" + strings.Repeat("x", 64<<10+1) + ",1\n", "plans.csv:2: value 1 is longer than 64 KB"},
		"many columns":       {strings.Repeat("a,", 300) + "b\n", "plans.csv:1: has 301 columns; more than 256 are not read"},
		"a huge file":        {strings.Repeat("x", smallcsv.MaxBytes+1), "plans.csv: is larger than 16 MB"},
		"a name that clears": {"from,amount,\x1b[2J\n", `plans.csv:1: "\x1b[2j": is not a column`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := smallcsv.Read("plans.csv", strings.NewReader(c.file), plans()); err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	table, err := smallcsv.Read("a/plans.csv", strings.NewReader("from,amount,note\n31.3.,,\x1b]0;x\a"+strings.Repeat("é", 100)), plans())
	if err != nil {
		t.Fatal(err)
	}
	r := table.Rows[0]
	for want, err := range map[string]error{
		`a/plans.csv:2: from: "31.3.": is no date`: r.Wrong("from", "is no date"),
		`a/plans.csv:2: amount: is missing`:        r.Wrong("amount", "is missing"),
		`a/plans.csv:2: holds a control character`: r.Wrong("", "holds a control character"),
	} {
		if err.Error() != want {
			t.Errorf("got %s, want %s", err, want)
		}
	}
	if text := r.Wrong("note", "is long").Error(); len(text) > 150 || strings.ContainsFunc(text, unicode.IsControl) {
		t.Errorf("it is shown as %q", text)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"from,amount\n1,2\n", "\ufefffrom;amount\r\n1;2", utf16Of(binary.LittleEndian, "from\tamount\n1\t2\n"), "from,amount\n\"", "\xff\xfe", "from,amount,\x00\n", "from,amount\n1\n2\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		table, err := smallcsv.Read("f.csv", strings.NewReader(s), plans())
		if err != nil {
			for line := range strings.SplitSeq(err.Error(), "\n") { // one for each line that is wrong
				if strings.ContainsFunc(line, unicode.IsControl) || !strings.HasPrefix(line, "f.csv:") {
					t.Errorf("the error is %q", err)
				}
			}
			return
		}
		last := 1
		for _, r := range table.Rows {
			if r.Line <= last || r.Get("from")+r.Get("amount")+r.Get("note") == "" || r.Get("nothing") != "" {
				t.Errorf("line %d after %d in %q", r.Line, last, s)
			}
			last = r.Line
		}
	})
}

func TestAmount(t *testing.T) {
	for s, want := range map[string]string{
		"6000": "6000", "6000.00": "6000.00", "6000,00": "6000.00", "6.000,00": "6000.00", "6,000.00": "6000.00", "1'234'567.8": "1234567.8",
		"-12,5": "-12.5", "6.000": "?", "6,000": "?", "1,2,3": "1,2,3", "abc": "abc", "": "", "1.234.567,00": "1234567.00", "6.0000": "6.0000",
		"0.005": "0.005", "-0,125": "-0.125",
		"6\u202f000,00": "6000.00", "6\u00a0000,5": "6000.5", "6’000.00": "6000.00",
	} {
		got, ok := smallcsv.Amount(s)
		if !ok {
			got = "?"
		}
		if got != want {
			t.Errorf("%q is taken for %q, want %q", s, got, want)
		}
	}
}
