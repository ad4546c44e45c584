package workspace_test

import (
	"testing"

	"usagereport/internal/query/queries"
	"usagereport/workspace"
)

// Numbers of a saved query are shown as the ledger has them, texts as they are.
func TestAskedOf(t *testing.T) {
	a, err := workspace.AskedOf(queries.Query{Name: "q", Title: "What it costs."},
		[]byte(`{"Columns":[{"Name":"cost","Number":true},{"Name":"code"}],"Rows":[["1.500000","1.50"],["",null]],"More":true}`))
	if err != nil {
		t.Fatal(err)
	}
	if a.Name != "q" || a.Title != "What it costs" || !a.More || len(a.Rows) != 2 {
		t.Errorf("%+v", a)
	}
	if a.Rows[0][0] != "1.5" || a.Rows[0][1] != "1.50" || a.Rows[1][0] != "" || a.Rows[1][1] != "" {
		t.Errorf("rows: %q", a.Rows)
	}
	if _, err := workspace.AskedOf(queries.Query{}, []byte("no grid")); err == nil {
		t.Error("what is no grid is read")
	}
}
