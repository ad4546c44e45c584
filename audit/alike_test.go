package audit

import (
	"maps"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"usagereport/analysis"
	"usagereport/internal/ledgertest"
	"usagereport/usage"
)

// A form is another way to write a bill: rows, but for the header, by month.
type form struct {
	name   string
	change func(t *testing.T, rows [][]string) [][]string
	last   bool                     // the newest file is loaded first
	back   func(said string) string // makes what is said of it what is said of the bill; nil for nothing
}

// Columns of a bill's rows.
const (
	rowBilled, rowEffective, rowQuantity = 0, 1, 15
	rowResource, rowName                 = 13, 14
)

// each changes every row.
func each(change func(t *testing.T, row []string) [][]string) func(*testing.T, [][]string) [][]string {
	return func(t *testing.T, rows [][]string) (out [][]string) {
		for _, row := range rows {
			out = append(out, change(t, slices.Clone(row))...)
		}
		return out
	}
}

// forms lists ways to write a bill after which the same is said of it.
func forms() []form {
	const years = 4018 // days, after which the weekdays of a year are as they were
	id, year := regexp.MustCompile(`F-[A-Z2-7]{6,}`), regexp.MustCompile(`\b2015\b`)
	return []form{
		{name: "its rows in another order", change: func(_ *testing.T, rows [][]string) [][]string {
			rows = slices.Clone(rows)
			rand.New(rand.NewPCG(1, 1)).Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
			return rows
		}},
		{name: "each row in two halves", change: each(func(t *testing.T, row []string) [][]string {
			for _, i := range []int{rowBilled, rowEffective, rowQuantity} {
				if v, ok := new(big.Rat).SetString(row[i]); ok {
					row[i] = v.Quo(v, big.NewRat(2, 1)).FloatString(8)
				} else if row[i] != "" {
					t.Fatalf("%q is no number", row[i])
				}
			}
			return [][]string{row, row}
		})},
		{name: "the newest file first", last: true},
		{name: "other names in the same order", change: each(func(_ *testing.T, row []string) [][]string {
			row[rowResource] = strings.Replace(row[rowResource], "/x/m", "/x/zm", 1)
			if row[rowResource] != "" {
				row[rowName] = "z" + row[rowName]
			}
			return [][]string{row}
		}), back: func(said string) string {
			return regexp.MustCompile(`\bzm([0-9])`).ReplaceAllString(id.ReplaceAllString(said, "F"), "m$1")
		}},
		{name: "eleven years before", change: each(func(t *testing.T, row []string) [][]string {
			for _, i := range []int{4, 5, 7, 8} {
				d, err := usage.ParseDay(row[i])
				if err != nil {
					t.Fatal(err)
				}
				row[i] = (d - years).String()
			}
			return [][]string{row}
		}), back: func(said string) string { return year.ReplaceAllString(id.ReplaceAllString(said, "F"), "2026") }},
	}
}

// What is said of a bill hangs on what is charged, and not on how it is written.
func TestAuditBillsInOtherForms(t *testing.T) {
	for _, seed := range []uint64{8, 11} {
		b := newBill(seed, false)
		said := func(f form) string {
			dir, l := t.TempDir(), ledgertest.Empty(t)
			months := slices.Sorted(maps.Keys(b.files))
			if f.last {
				slices.Reverse(months)
			}
			for _, month := range months {
				lines := strings.Split(strings.TrimSpace(b.files[month].String()), "\n")
				var rows [][]string
				for _, line := range lines[1:] {
					rows = append(rows, strings.Split(line, ","))
				}
				if f.change != nil {
					rows = f.change(t, rows)
				}
				text := lines[0] + "\n"
				for _, row := range rows {
					text += strings.Join(row, ",") + "\n"
				}
				path := filepath.Join(dir, month.String()+".csv")
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				ledgertest.Load(t, l, path)
			}
			ledgertest.AddUp(t, l)
			a, r := reported(t, l, analysis.Options{})
			a.Close()
			return sentences(t, r)
		}
		plain := said(form{})
		for _, f := range forms() {
			want, got := plain, said(f)
			if f.back != nil {
				want, got = f.back(want), f.back(got)
			}
			if got != want {
				i := 0
				for i < min(len(got), len(want)) && got[i] == want[i] {
					i++
				}
				at := max(0, i-100)
				t.Errorf("bill %d, %s: …%.200s…, want …%.200s…", seed, f.name, got[at:], want[at:])
			}
		}
	}
}
