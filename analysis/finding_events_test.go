package analysis_test

import (
	"strings"
	"testing"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// What is said of events: alike ones once, a resource by its name where there are several, three
// of each sort.
func TestSaidEvents(t *testing.T) {
	day := func(d int) usage.Day { return usage.Date(2026, 11, d) }
	made := func(d int, name, by string) analysis.Event {
		return analysis.Event{Day: day(d), What: "created", Resource: "/x/" + name, Name: name, By: by}
	}
	for _, c := range []struct {
		name string
		list []analysis.Event
		want string
	}{
		{"none", nil, ""},
		{"one", []analysis.Event{made(4, "vm", "ci")}, "By the activity log: created on 4 Nov by ci."},
		{"who is left out", []analysis.Event{made(4, "vm", "")}, "By the activity log: created on 4 Nov."},
		{"alike", []analysis.Event{made(4, "a", "ci"), made(4, "b", "ci")}, "By the activity log: 2 resources created on 4 Nov by ci."},
		{"not alike", []analysis.Event{made(4, "a", "ci"), made(5, "b", "ci")}, "By the activity log: a created on 4 Nov by ci; b created on 5 Nov by ci."},
		{"a size", []analysis.Event{
			{Day: day(4), What: "resized", Resource: "/x/a", Name: "a", Before: "D2", Size: "D8", By: "ci"},
			{Day: day(5), What: "changed", Resource: "/x/a", Name: "a", Size: "D8"},
			{Day: day(6), What: "changed", Resource: "/x/a", Name: "a"},
		}, "By the activity log: resized on 4 Nov by ci, from D2 to D8; changed on 5 Nov, size D8; changed on 6 Nov."},
		{"both", []analysis.Event{{Day: day(3), What: "event", Text: "Release %d"}, made(4, "vm", "ci")}, "By the activity log: created on 4 Nov by ci. Nearby: Release %d on 3 Nov."},
		{"many", []analysis.Event{
			{Day: day(1), What: "event", Text: "a"},
			{Day: day(2), What: "event", Text: "b"},
			{Day: day(3), What: "event", Text: "c"},
			{Day: day(4), What: "event", Text: "d"},
			{Day: day(5), What: "event", Text: "e"},
		}, "Nearby: a on 1 Nov; b on 2 Nov; c on 3 Nov; and 2 more."},
	} {
		if got := locale.Sentences(analysis.SaidEvents(c.list)).String(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	zh, err := locale.New("zh-Hant")
	if err != nil {
		t.Fatal(err)
	}
	if got := zh.Say(locale.Sentences(analysis.SaidEvents([]analysis.Event{made(4, "vm", "ci")}))); !strings.Contains(got, "11月4日由ci建立") {
		t.Error(got)
	}
}
