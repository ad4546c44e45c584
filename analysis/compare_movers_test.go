package analysis

import (
	"testing"

	"usagereport/usage"
)

// A database's traffic does not make it "Bandwidth": a resource belongs where it costs
// most, whatever was seen of it first or last.
func TestResourceBelongsWhereItCostsMost(t *testing.T) {
	of := func(service string, cost float64) seriesInfo {
		return seriesInfo{dims: usage.Series{usage.Resource: "db", usage.ResourceGroup: "rg", usage.Service: service}, name: "db", cost: cost}
	}
	for name, infos := range map[string]map[int64]seriesInfo{
		"first":                      {1: of("SQL Database", 10), 2: of("Bandwidth", 1)},
		"last":                       {1: of("Bandwidth", 1), 2: of("SQL Database", 10)},
		"in two meters":              {1: of("SQL Database", 4), 2: of("Bandwidth", 5), 3: of("SQL Database", 4)},
		"beside what is no resource": {1: of("SQL Database", 1), 2: {dims: usage.Series{usage.Service: "Bandwidth"}, cost: 9}},
	} {
		got := resourcesOf(infos)
		if len(got) != 1 || contextOf(infos[got["db"]]) != "SQL Database, rg" {
			t.Errorf("%s: %v", name, got)
		}
	}
}
