package workspace

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"usagereport/analysis"
	"usagereport/internal/misuse"
	"usagereport/usage"
)

// A metric is found by its name and, where several parts are counted apart, by the filters; its own are added.
func TestAddUnit(t *testing.T) {
	dir := t.TempDir()
	w := &Workspace{ConfigPath: filepath.Join(dir, "usagereport.yaml"), Note: t.Logf}
	if err := os.WriteFile(w.ConfigPath, []byte("sender: a@example.org\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var flag *misuse.Error
	if err := w.AddUnit(&analysis.CompareOptions{}, "orders", "prior"); !errors.As(err, &flag) || !strings.Contains(err.Error(), "there is no file") {
		t.Errorf("without a file: %v", err)
	}
	const metrics = "date,name,value,service\n2026-10-01,orders,5,Storage\n2026-10-01,users,5,SQL\n2026-10-01,users,6,Web\n"
	if err := os.WriteFile(filepath.Join(dir, MetricsName), []byte(metrics), 0o600); err != nil {
		t.Fatal(err)
	}
	storage, sql := analysis.Filter{Dimension: usage.Service, Value: "storage"}, analysis.Filter{Dimension: usage.Service, Value: "sql"}
	for _, c := range []struct {
		unit, against string
		filters       []analysis.Filter
		want          int // filters afterwards
		wrong         string
	}{
		{"", "mean3", nil, 0, ""},
		{"Orders", "prior", nil, 1, ""},
		{"orders", "prior", []analysis.Filter{storage}, 1, ""},
		{"orders", "prior", []analysis.Filter{sql}, 2, ""},
		{"users", "year", []analysis.Filter{sql}, 1, ""},
		{"users", "prior", nil, 0, "--unit users: it is counted apart, of"},
		{"clicks", "prior", nil, 0, "--unit clicks: the file has no such metric; it has orders, users"},
		{"orders", "Mean3", nil, 0, "--unit: a unit cost is compared with that of one period, not of a mean; leave out --against Mean3"},
	} {
		o := analysis.CompareOptions{Filters: c.filters}
		err := w.AddUnit(&o, c.unit, c.against)
		if c.wrong != "" {
			if !errors.As(err, &flag) || !strings.HasPrefix(err.Error(), c.wrong) {
				t.Errorf("%q: %v, want %q", c.unit, err, c.wrong)
			}
			continue
		}
		if err != nil || len(o.Filters) != c.want || (o.Unit != nil) != (c.unit != "") {
			t.Errorf("%q: %v, %d filters, unit %v", c.unit, err, len(o.Filters), o.Unit)
		}
	}
}
