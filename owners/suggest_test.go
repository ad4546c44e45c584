package owners_test

import (
	"strings"
	"testing"

	"usagereport/owners"
	"usagereport/usage"
)

// Tags come before names of resource groups, and those before subscriptions.
func TestSuggest(t *testing.T) {
	cost := func(s string) usage.Money { return usage.Money{Amount: usage.MustDecimal(s), Currency: "EUR"} }
	drafts := owners.Suggest([]owners.Hint{
		{SubAccountName: "Corner Shop", SubAccountID: "s1", Cost: cost("900")},
		{SubAccountName: "Corner Shop", SubAccountID: "s1", ResourceGroup: "rg-prod-search-weu", Cost: cost("50.004")},
		{SubAccountName: "Corner Shop", SubAccountID: "s1", ResourceGroup: "rg-x", Tag: "Data*", Cost: cost("10")},
		{SubAccountName: "Corner Shop", SubAccountID: "s1", Tag: "data*", Cost: cost("1")},
		{SubAccountName: "Corner Shop", SubAccountID: "s1", Tag: "=cmd()", Cost: cost("2")},
		{SubAccountID: "s2", ResourceGroup: "rg-prod", Cost: cost("7")},
	}, "team")
	var b strings.Builder
	if err := owners.WriteDrafts(&b, drafts); err != nil {
		t.Fatal(err)
	}
	want := `name,email,language,currency,channel,budget,period,rule,from,to,cost_center,note
Data*,,,,,,,Tags.team=Data\*,,,,by the tag team; 11.00 EUR
cmd(),,,,,,,Tags.team==cmd(),,,,by the tag team; 2.00 EUR
search,,,,,,,x_ResourceGroupName=rg-prod-search-weu,,,,by the name of the resource group; 50.00 EUR
Corner Shop,,,,,,,SubAccountName=Corner Shop,,,,by the subscription; 900.00 EUR
s2,,,,,,,SubAccountId=s2,,,,by the subscription; 7.00 EUR
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

func TestSpeaks(t *testing.T) {
	for key, want := range map[string]bool{"Team": true, "cost-center": true, "Cost_Centre": true, "env": false, "": false} {
		if owners.Speaks(key) != want {
			t.Errorf("%q speaks of owners: %t", key, !want)
		}
	}
}
