package text

import (
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"

	"usagereport/internal/hints"
	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/loader"
	"usagereport/usage"
)

// A loadedFile is one file in the JSON of load (contract). Where a file has
// charges in several currencies, Total and Currency are those of the first and
// Totals has them all.
type loadedFile struct {
	Ref      string                 `json:"ref"`
	Format   string                 `json:"format"`
	Rows     int64                  `json:"rows"`
	Rejected int64                  `json:"rejected"`
	Status   string                 `json:"status"`
	Periods  []string               `json:"periods"`
	Total    usage.Money            `json:"total"`
	Currency string                 `json:"currency"`
	LoadID   int64                  `json:"load_id"`
	Totals   map[string]usage.Money `json:"totals,omitempty"`
	CostType string                 `json:"cost_type,omitempty"`
	Replaced []string               `json:"replaced,omitempty"`
	Warnings []string               `json:"warnings,omitempty"`
	Reason   string                 `json:"reason,omitempty"`
}

func writeFiles(p terminal.Printer, results []loader.FileResult) error {
	files := make([]loadedFile, 0, len(results))
	for _, r := range results {
		f := loadedFile{
			Ref: r.Ref, Format: r.Format, Rows: r.Rows, Rejected: r.Rejected, Status: string(r.Status), Periods: r.Periods,
			LoadID: r.LoadID, CostType: r.CostType, Replaced: r.Replaced, Warnings: r.Warnings,
		}
		if f.Periods == nil {
			f.Periods = []string{}
		}
		for i, c := range slices.Sorted(maps.Keys(r.Totals)) {
			m := usage.Money{Amount: r.Totals[c], Currency: c}
			if i == 0 {
				f.Total, f.Currency = m, c
			}
			if len(r.Totals) > 1 {
				if f.Totals == nil {
					f.Totals = map[string]usage.Money{}
				}
				f.Totals[c] = m
			}
		}
		if r.Err != nil {
			f.Reason = r.Err.Error()
		}
		files = append(files, f)
	}
	return p.WriteJSON(map[string]any{"files": files})
}

// Loaded prints what became of the files of a load.
func Loaded(p terminal.Printer, results []loader.FileResult) error {
	format, err := p.Document()
	if err != nil {
		return err
	}
	if format == query.AsJSON {
		return writeFiles(p, results)
	}
	type row = loader.FileResult
	return p.Print(query.Columns[row]{
		{Name: "file", Of: func(r row) any { return r.Ref }},
		{Name: "status", Of: func(r row) any { return string(r.Status) }},
		{Name: "format", Of: func(r row) any { return r.Format }},
		{Name: "rows", Kind: query.Integer, Of: func(r row) any { return r.Rows }},
		{Name: "rejected", Kind: query.Integer, Of: func(r row) any { return r.Rejected }},
		{Name: "periods", Of: func(r row) any { return periodsText(r) }},
		{Name: "total", Kind: query.Decimal, Of: func(r row) any { return totalsText(r) }},
		{Name: "load", Kind: query.Integer, Of: func(r row) any { return orNoID(r.LoadID) }},
	}.Table(query.ForAll, results))
}

// totalsText names a load's totals, a currency each.
func totalsText(r loader.FileResult) string {
	var totals []string
	for _, c := range slices.Sorted(maps.Keys(r.Totals)) {
		totals = append(totals, usage.Money{Amount: r.Totals[c], Currency: c}.Text()+" "+c)
	}
	return strings.Join(totals, " + ")
}

// periodsText names a load's periods with their dates: "2018-02 (2018-01-01 to
// 2018-01-31)", or the first and last of many.
func periodsText(r loader.FileResult) string {
	switch n := len(r.Periods); n {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("%s (%s)", r.Periods[0], r.Spans[0])
	default:
		if r.Periods[0] == r.Periods[n-1] { // bills of days or weeks
			return fmt.Sprintf("%d: %s (%s)", n, r.Periods[0], spanning(r.Spans))
		}
		return fmt.Sprintf("%d: %s to %s", n, r.Periods[0], r.Periods[n-1])
	}
}

// Reason says why a file was not loaded.
func Reason(r loader.FileResult) string {
	var bad *loader.RejectedError
	if errors.As(r.Err, &bad) {
		return fmt.Sprintf("refused: %s:%v; nothing of the file was loaded (see --max-rejects)", r.Ref, bad)
	}
	text := r.Err.Error()
	if r.Status == loader.Refused {
		text = "refused: " + text
	}
	if h := hints.For(runtime.GOOS, r.Err); h != "" {
		text += "; " + h
	}
	return text
}

// notes says what else a person must know of a file's load, but its figures.
func notes(r loader.FileResult) []string {
	var out []string
	if len(r.Replaced) > 0 {
		out = append(out, "replaced "+strings.Join(r.Replaced, ", "))
	}
	if r.Status == loader.Loaded {
		for _, w := range r.Warnings {
			out = append(out, "warning: "+w)
		}
		for i, rej := range r.Rejects {
			if i == 10 {
				out = append(out, fmt.Sprintf("… and %d more rejected rows, in the table rejects", len(r.Rejects)-i))
				break
			}
			out = append(out, "rejected "+rej.String())
		}
	}
	const named = 5
	if n := len(r.First); n > 0 {
		text := strings.Join(r.First[:min(n, named)], ", ")
		if n > named {
			text += fmt.Sprintf(" and %d more", n-named)
		}
		out = append(out, "first charges of subscription "+text)
	}
	return out
}

// Loading says what people must know of the files of a load, and how many there are of each kind.
func Loading(to *terminal.Terminal, results []loader.FileResult) {
	loaded, other := 0, map[loader.Status]int{}
	for _, r := range results {
		if r.Status == loader.Loaded {
			loaded++
		} else {
			other[r.Status]++
		}
		if r.Err != nil {
			say := to.Note
			if r.Status == loader.Refused {
				say = to.Fail
			}
			say("%s: %s", r.Ref, Reason(r))
		}
		for _, text := range notes(r) {
			to.Note("%s: %s", r.Ref, text)
		}
	}
	if len(results) > 1 || len(other) > 0 {
		summary := fmt.Sprintf("%d loaded", loaded)
		for _, s := range []loader.Status{loader.Unchanged, loader.Superseded, loader.Refused} {
			if other[s] > 0 {
				summary += fmt.Sprintf(", %d %s", other[s], s)
			}
		}
		to.Note("%s", summary)
	}
}
