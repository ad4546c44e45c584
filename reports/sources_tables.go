package reports

import (
	"strings"

	"usagereport/analysis"
	"usagereport/internal/locale"
)

func sourcesTables(r *analysis.Report, _ *analysis.Part) []Table {
	if len(r.Sources) == 0 {
		return nil
	}
	t := Table{Name: "files", Title: locale.T("%d files loaded", len(r.Sources)), Detail: true, Columns: []Column{
		texts(locale.T("File")), texts(locale.T("Format")), texts(locale.T("Periods")),
		{Title: locale.T("Load"), Kind: Count},
		{Title: locale.T("Rows"), Kind: Count},
		{Title: locale.T("Rejected"), Kind: Count},
		amount(locale.T("File’s total"), ""), amount(locale.T("In the ledger"), ""), amount(locale.T("In this report"), ""),
		texts(locale.T("Note")),
	}}
	for _, s := range r.Sources {
		var note any
		if !s.Current {
			note = locale.T("replaced")
		}
		t.Rows = append(t.Rows, []any{
			s.Ref, s.Format, strings.Join(s.Periods, ", "), int(s.LoadID), int(s.Rows), int(s.Rejected), s.File, s.Ledger, s.Shown, note,
		})
	}
	return []Table{t}
}
