package usage_test

import (
	"maps"
	"testing"

	"usagereport/usage"
)

// What Key writes, ParseSeries reads, whatever the values hold.
func TestSeriesKeyIsRead(t *testing.T) {
	for _, s := range []usage.Series{
		{},
		{usage.Service: "Virtual Machines"},
		{usage.Service: `a";b=` + "\n\x00", usage.Resource: "", usage.TagDimension("team"): "訂用 \\"},
	} {
		got, rest, err := usage.ParseSeries(s.Key() + " of somebody")
		if err != nil || rest != " of somebody" || !maps.Equal(got, s) {
			t.Errorf("%v is read as %v and %q (%v)", s, got, rest, err)
		}
	}
	for _, key := range []string{"a", "a=b;", `a="b"`, `a="b`} {
		if s, _, err := usage.ParseSeries(key); err == nil {
			t.Errorf("%q is read as %v", key, s)
		}
	}
}
