package analysis

import (
	"testing"

	"usagereport/usage"
)

// Whose a place may be: of who has most of its group, whom the group is named
// after, and who has most of its subscription, the first that there is.
func TestNeighbourhood(t *testing.T) {
	cost := func(n int64) usage.Decimal { return usage.DecimalOf(n) }
	near := neighbourhood{
		{"a", ""}:            {"": cost(50), "Ada": cost(3), "Ben": cost(3)},
		{"a", "rg-shop"}:     {"": cost(40), "Ben": cost(3)},
		{"a", "rg-Search_1"}: {"": cost(10)},
		{"a", "rg-research"}: {"": cost(10)},
		{"b", ""}:            {"search": cost(1), "": cost(2), "Cyd": cost(-9)},
		{"c", ""}:            {"": cost(7)},
	}
	for _, tc := range []struct {
		at         place
		owner, why string
	}{
		{place{"a", "rg-shop"}, "Ben", "same resource group"},
		{place{"a", "rg-Search_1"}, "search", "by the name of the resource group"},
		{place{"a", "rg-research"}, "Ada", "same subscription"},
		{place{"a", ""}, "Ada", "same subscription"},
		{place{"b", "rg-x"}, "search", "same subscription"},
		{place{"c", ""}, "", ""},
		{place{"d", "rg-ada"}, "Ada", "by the name of the resource group"},
	} {
		if owner, why := near.at(tc.at); owner != tc.owner || why.String() != tc.why {
			t.Errorf("%v is likely %q: %q; want %q: %q", tc.at, owner, why, tc.owner, tc.why)
		}
	}
}
