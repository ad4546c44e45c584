package analysis

import (
	"reflect"
	"slices"
	"testing"

	"usagereport/analysis/detect"
	"usagereport/usage"
)

func TestNewestNames(t *testing.T) {
	n := renames{
		meters:    map[[2]string]string{{"VM", "D2 v3"}: "D2s v3"},
		resized:   map[[4]string]string{{"s1", "/s1/vm", "VM", "D2s v3"}: "D4s v3"},
		billing:   map[[2]string]string{{"s2", "EA"}: "MCA"},
		resources: map[string]moved{"/s1/vm": {"s2", "/s2/vm", ""}, "/g/a": {"s3", "/h/a", "h"}},
		accounts:  map[string]string{"s0": "s1", "a": "b", "b": "a"}, // names may come back
	}
	for _, c := range []struct {
		old, want usage.Series
		resized   bool
	}{
		{
			usage.Series{usage.BillingAccount: "EA", usage.SubAccount: "s1", usage.Service: "VM", usage.Resource: "/s1/vm", usage.Meter: "D2 v3"},
			usage.Series{usage.BillingAccount: "MCA", usage.SubAccount: "s2", usage.Service: "VM", usage.Resource: "/s2/vm", usage.Meter: "D4s v3"},
			true,
		},
		{
			usage.Series{usage.SubAccount: "s0", usage.Service: "VM", usage.Meter: "D2 v3"},
			usage.Series{usage.SubAccount: "s1", usage.Service: "VM", usage.Meter: "D2s v3"},
			false,
		},
		{
			usage.Series{usage.SubAccount: "s3", usage.Resource: "/g/a", usage.ResourceGroup: "g"},
			usage.Series{usage.SubAccount: "s3", usage.Resource: "/h/a", usage.ResourceGroup: "h"},
			false,
		},
		{usage.Series{usage.SubAccount: "s3", usage.Meter: "D2 v3"}, usage.Series{usage.SubAccount: "s3", usage.Meter: "D2 v3"}, false},
	} {
		if got, resized := n.newest(c.old); !reflect.DeepEqual(got, c.want) || resized != c.resized {
			t.Errorf("%v is now %v (resized: %v), want %v (%v)", c.old, got, resized, c.want, c.resized)
		}
	}
	if got := n.account("s0"); got != "s1" {
		t.Errorf("s0 is now %s, want s1", got)
	}
	n.account("a") // ends
	n.newest(usage.Series{usage.SubAccount: "a"})
}

// Costs add up under the newest name, quantities where their unit is the same.
func TestJoin(t *testing.T) {
	for _, c := range []struct {
		unit     string
		quantity []float64
		want     []float64
	}{
		{"Hours", []float64{5}, []float64{4, 5}},
		{"Days", []float64{5}, nil},
		{"", nil, nil}, // of another size
	} {
		g := &group{
			ids: [][]int64{{7}},
			in:  detect.Input{Leaves: []detect.Leaf{{Unit: "Hours", Cost: []float64{1, 0}, Quantity: []float64{4, 0}}}},
		}
		g.join(0, 9, detect.Leaf{First: 1, Cost: []float64{2}, Quantity: c.quantity, Unit: c.unit})
		l := g.in.Leaves[0]
		if !slices.Equal(l.Cost, []float64{1, 2}) || !slices.Equal(l.Quantity, c.want) || (l.Unit == "") != (c.want == nil) ||
			!slices.Equal(g.ids[0], []int64{7, 9}) {
			t.Errorf("%s: %+v of series %v", c.unit, l, g.ids)
		}
	}
}
