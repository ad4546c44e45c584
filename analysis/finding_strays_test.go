package analysis_test

import (
	"slices"
	"testing"

	"usagereport/analysis"
	"usagereport/owners"
	"usagereport/usage"
)

// What an event, a line of tags or a metric is of may be nothing that is charged: that is known of
// the whole ledger alone.
func TestStrays(t *testing.T) {
	l := ledgerOf(t, "s1 Compute 2026-01-01..2026-03-25 100 ResourceId=a ResourceName=vm x_ResourceGroupName=g1\n")
	events, err := owners.ParseEvents("events.csv", []byte("date,scope,text\n2026-03-01,,all\n2026-03-01,/subscriptions/s1/resourceGroups/G1,group\n"+
		"2026-03-01,/subscriptions/S1,subscription\n2026-03-01,/subscriptions/s2/resourceGroups/g1,none\n2026-03-01,g2,none\n"))
	if err != nil {
		t.Fatal(err)
	}
	tags, err := owners.ParseTags("tags.csv", []byte("resource_id,group,subscription,key,value\na,,,k,v\n,g1,s1,k,v\n,,s1,k,v\n,g1,s2,k,v\n,,s3,k,v\nb,,,k,v\n"))
	if err != nil {
		t.Fatal(err)
	}
	var given []usage.Event
	for _, r := range tags {
		given = append(given, usage.Event{Line: r.Line, Rules: owners.TagScope(r)})
	}
	metrics, err := owners.ParseMetrics("metrics.csv", []byte("date,name,value,service\n2026-03-01,x,1,\n2026-03-01,x,1,compute\n2026-03-01,x,1,Storage\n"),
		usage.ParseDimension)
	if err != nil {
		t.Fatal(err)
	}
	part := []analysis.Filter{{Dimension: usage.Service, Value: "Compute"}}
	for name, c := range map[string]struct {
		o       analysis.Options
		lines   []int
		metrics []string
	}{
		"events":        {analysis.Options{Events: events}, []int{5, 6}, []string{"ServiceName Storage"}},
		"tags":          {analysis.Options{Events: given}, []int{5, 6, 7}, []string{"ServiceName Storage"}},
		"of a filter":   {analysis.Options{Events: events, Filters: part}, nil, nil},
		"of a currency": {analysis.Options{Events: events, Currency: "EUR"}, []int{5, 6}, nil},
	} {
		a, err := analysis.New(t.Context(), l, c.o)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := a.StrayEvents(t.Context())
		if err == nil {
			_, err = a.UnitCosts(t.Context(), metrics)
		}
		a.Close()
		if err != nil || !slices.Equal(lines, c.lines) || !slices.Equal(a.StrayMetrics(), c.metrics) {
			t.Errorf("%s: lines %v and metrics of %q, want %v and %q: %v", name, lines, a.StrayMetrics(), c.lines, c.metrics, err)
		}
	}
}
