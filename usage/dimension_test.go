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

// What groups cost and what an owner's rule names have the same words.
func TestRulesTakeTheWordsOfDimensions(t *testing.T) {
	for word, column := range map[string]string{
		"subscription": "SubAccountName", "resource-group": "x_ResourceGroupName", "Service": "ServiceName", "resource": "ResourceName",
		"account": "BillingAccountName", "meter": "SkuMeter", "region": "RegionId", "SubAccountName": "SubAccountName",
	} {
		terms, err := usage.ParseOwnerTerms(word + "=x*")
		if err != nil || terms[0].Column != column {
			t.Errorf("a rule's %s is %v, %v", word, terms, err)
		}
		d, err := usage.ParseDimension(word)
		if err != nil || d.OwnerColumn() != column {
			t.Errorf("the dimension %s is %s, %v", word, d, err)
		}
		if d, err := usage.ParseDimension(column); err != nil || d.OwnerColumn() != column {
			t.Errorf("the dimension %s is %s, %v", column, d, err)
		}
	}
	if _, err := usage.ParseOwnerTerms("owner=x"); err == nil {
		t.Error("an owner is whose rules name an owner")
	}
	if d, err := usage.ParseDimension("tags.Team"); err != nil || d != usage.TagDimension("Team") {
		t.Errorf("tags.Team is %s, %v", d, err)
	}
}
