package reports

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"usagereport/reports/reportstest"
	"usagereport/usage"
)

// portalAddress is all that a link out of the page may be.
var portalAddress = regexp.MustCompile(`^https://portal\.azure\.com/#@/resource/(?i:subscriptions)/[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(/[A-Za-z0-9._~$&+=:@%-]+)+$`)

func TestPortal(t *testing.T) {
	const sub = "/subscriptions/11111111-1111-4111-8111-111111111111"
	for id, want := range map[string]string{
		indexBuilder: "https://portal.azure.com/#@/resource" + indexBuilder,
		"/Subscriptions/ABCDEF00-1111-4111-8111-111111111111/resourceGroups/A/providers/B/c/d": "https://portal.azure.com/#@/resource/Subscriptions/ABCDEF00-1111-4111-8111-111111111111/resourceGroups/A/providers/B/c/d",
		sub + "/resourcegroups/rg/providers/microsoft.insights/rules/failure anomalies - web":  "https://portal.azure.com/#@/resource" + sub + "/resourcegroups/rg/providers/microsoft.insights/rules/failure%20anomalies%20-%20web",
		sub + "/resourcegroups/預算/providers/x/y/z":                                             "https://portal.azure.com/#@/resource" + sub + "/resourcegroups/%E9%A0%90%E7%AE%97/providers/x/y/z",
		sub + `/x/"><img src=x onerror=alert(1)>'#?&\`:                                         "https://portal.azure.com/#@/resource" + sub + "/x/%22%3E%3Cimg%20src=x%20onerror=alert%281%29%3E%27%23%3F&%5C",
		sub + "/x/%2e%2e": "https://portal.azure.com/#@/resource" + sub + "/x/%252e%252e",
		"":                "",
		"i-0abc123":       "",
		"arn:aws:ec2:eu-west-1:1:instance/i-0abc123":   "",
		"/providers/microsoft.capacity/reservations/1": "",
		sub:                                      "", // no resource
		sub + "/":                                "",
		sub + "/x//y":                            "",
		sub + "/x/../../y":                       "",
		sub + "/x/./y":                           "",
		sub + "/x/a\x00b":                        "",
		sub + "/x/safe\u202egnp.exe":             "",
		sub + "/x/a\nb":                          "",
		sub + "/x/\xff\xfe":                      "",
		sub + "/x/" + strings.Repeat("y", 10000): "",
		"//evil.example" + sub + "/x/y":          "",
		"https://evil.example" + sub + "/x/y":    "",
		"/subscriptions/1/x/y":                   "",
		"/subscriptions/@evil.example/x/y":       "",
		"/subscriptions/11111111-1111-4111-8111-11111111111é/x/y": "",
		"javascript:alert(1)//" + sub + "/x":                      "",
	} {
		got := portal(usage.Series{usage.Resource: id})
		if got != want {
			t.Errorf("%q: %s, want %s", id, got, want)
		}
		if got == "" {
			continue
		}
		if u, err := url.Parse(got); err != nil || u.Host != "portal.azure.com" || u.Fragment != "@/resource"+id {
			t.Errorf("%q leads to %+v (%v)", id, u, err)
		}
		if !portalAddress.MatchString(got) {
			t.Errorf("%q gives %s", id, got)
		}
	}
	for _, s := range reportstest.Names() {
		if got := portal(usage.Series{usage.Resource: sub + "/x/" + s}); got != "" && !portalAddress.MatchString(got) {
			t.Errorf("%q gives %s", s, got)
		}
	}
}

// A row and what opens below it say all that its reader must know to act: what, since when, how much,
// what it will cost, where it is, and how to answer.
func TestCard(t *testing.T) {
	r := rich()
	p := &r.Parts[0]
	p.Findings[0].Scope[usage.Resource] = indexBuilder
	p.Findings[0].Drivers = append(p.Findings[0].Drivers, p.Findings[0].Drivers[0])
	list := slices.Clone(p.Findings)
	slices.SortStableFunc(list, byMonth)
	cards := page(t, r).Find(".finding")
	if cards.Length() != len(list) {
		t.Fatalf("%d rows for %d findings", cards.Length(), len(list))
	}
	var sum, month usage.Money
	sum.Currency, month.Currency = p.Currency, p.Currency
	cards.Each(func(i int, s *goquery.Selection) {
		f := list[i]
		effect := f.Within(p.Period.Span)
		sum = sum.Add(effect)
		if got, want := s.Find(".effect data").AttrOr("value", ""), effect.Text(); got != want {
			t.Errorf("%s: in the period %s, want %s", f.ID, got, want)
		}
		if got := s.Find(".evidence .facts data").Last().AttrOr("value", ""); got != f.Impact.Text() {
			t.Errorf("%s: impact %s, want %s", f.ID, got, f.Impact.Text())
		}
		if f.PerMonth != nil {
			month = month.Add(*f.PerMonth)
		}
		if got, want := text(s.Find(".reply")), "by 30 Nov, naming "+f.ID; !strings.Contains(got, want) {
			t.Errorf("%s: %q does not say %q", f.ID, got, want)
		}
		rate := s.Find(".month data").AttrOr("value", "")
		if f.PerMonth == nil && rate != "" || f.PerMonth != nil && rate != f.PerMonth.Text() {
			t.Errorf("%s: a month costs %q, want %v", f.ID, rate, f.PerMonth)
		}
	})
	foot := page(t, r).Find(".finding-sum data")
	if got := []string{foot.Eq(0).AttrOr("value", ""), foot.Eq(1).AttrOr("value", "")}; got[0] != sum.Text() || got[1] != month.Text() {
		t.Errorf("the sums are %q, want %s and %s", got, sum.Text(), month.Text())
	}
	p.Findings[0].Days = nil // of what was bought no days are kept
	if _, makes := explained(p, usage.Money{}); makes != sum {
		t.Errorf("the sentence says %s, and the rows make %s", makes.Text(), sum.Text())
	}
	if got := cards.Eq(0).Find("a[rel=noreferrer]").Length(); got != 1 {
		t.Errorf("the card of a resource has %d links to it, want one: its drivers are of the same", got)
	}
	delete(p.Findings[0].Scope, usage.Resource)
	if got := page(t, r).Find(".finding").Eq(0).Find("tbody a[rel=noreferrer]").Length(); got != 1 {
		t.Errorf("a resource among the drivers, twice, has %d links, want one", got)
	}
}

// Of some high days of which it is not known whether they are over, the card names the days, and does not say that they go on.
func TestCardOfWhatMayBeOver(t *testing.T) {
	r := rich()
	f := &r.Parts[0].Findings[0]
	f.Kind, f.End, f.PerMonth = usage.KindSpike, f.Start+2, nil
	said := ""
	page(t, r).Find(".finding").Each(func(_ int, s *goquery.Selection) {
		if strings.Contains(text(s.Find(".reply")), f.ID) {
			said = text(s.Find(".tag"))
		}
	})
	if said == "" || strings.Contains(said, "ongoing") {
		t.Errorf("it says %q", said)
	}
}

// Nor does the spreadsheet leave out the last day of those; of what fell and goes on there is none.
func TestTableOfWhatMayBeOver(t *testing.T) {
	r := rich()
	p := &r.Parts[0]
	rise := &p.Findings[0]
	rise.End, rise.Ongoing, rise.PerMonth = rise.Start+2, true, nil
	p.Down = append(p.Down[:0:0], p.Findings[0])
	p.Down[0].Direction, p.Down[0].Kind = usage.Down, usage.KindMissing
	for name, want := range map[string]any{"alarms": rise.End, "falls": nil} {
		found := false
		for _, table := range findingsTables(r, p) {
			if table.Name == name {
				found = true
				if to := table.Rows[0][5]; to != want {
					t.Errorf("of %s it goes to %v, want %v", name, to, want)
				}
			}
		}
		if !found {
			t.Errorf("there is no table of %s", name)
		}
	}
}
