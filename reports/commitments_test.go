package reports

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"usagereport/analysis"
	"usagereport/usage"
)

// What is not used of a commitment, and what it saved, is said of all charges alone: a part sees
// what it is used for, and not what it cost.
func TestCommitmentsOfAPart(t *testing.T) {
	for name, limit := range map[string]func(*analysis.Report){
		"all":    func(*analysis.Report) {},
		"owner":  func(r *analysis.Report) { r.Owner = "Ada" },
		"filter": func(r *analysis.Report) { r.Filters = []analysis.Filter{{Dimension: usage.Service, Value: "Storage"}} },
	} {
		r := rich()
		limit(r)
		p := &r.Parts[0]
		var titles []string
		for _, table := range commitmentsTables(r, p) {
			for _, c := range table.Columns {
				titles = append(titles, c.Title.String())
			}
		}
		var page bytes.Buffer
		if err := Write(&page, r, Options{}); err != nil {
			t.Fatal(err)
		}
		for _, said := range []string{"Not used", "Saved"} {
			if got := slices.Contains(titles, said); got != (name == "all") {
				t.Errorf("%s: a table says %q: %v", name, said, got)
			}
			if got := strings.Contains(page.String(), ">"+said+"</th>"); got != (name == "all") {
				t.Errorf("%s: the page says %q: %v", name, said, got)
			}
		}
	}
}
