package loader_test

import (
	"fmt"
	"strings"
	"testing"

	"usagereport/loader"
)

// A file of contract commitments is kept beside the usage, and a later one takes its
// place, commitment by commitment.
func TestContractCommitments(t *testing.T) {
	const header = "BillingCurrency,ContractCommitmentCategory,ContractCommitmentCost,ContractCommitmentDescription,ContractCommitmentId,ContractCommitmentPeriodEnd,ContractCommitmentPeriodStart,ContractCommitmentQuantity,ContractCommitmentType,ContractCommitmentUnit,ContractId,ContractPeriodEnd,ContractPeriodStart,ContractCommitmentLifecycleStatus\n"
	row := func(id, cost string) string {
		return "EUR,Spend," + cost + ",Three years,\"" + id + "\",2029-01-01T00:00:00Z,2026-01-01T00:00:00Z,NULL,Flex,,c-1,2029-01-01T00:00:00Z,2026-01-01T00:00:00Z,Active\n"
	}
	l := open(t)
	rs := load(t, l, loader.Options{}, write(t, "contracts.csv", header+row("a", "1000.50")+row("b", "7")), write(t, "later.csv", header+row("a", "2000")),
		write(t, "again.csv", header+row("a", "2000")))
	for i, want := range []string{"loaded 2", "loaded 1", "unchanged 1"} {
		if r := rs[i]; r.Err != nil || r.Format != "contracts" || fmt.Sprint(r.Status, " ", r.Rows) != want || r.LoadID != 0 {
			t.Errorf("%+v, want %s", r, want)
		}
	}
	const all = "SELECT string_agg(concat_ws(' ', ContractCommitmentId, ContractId, ContractCommitmentCost::DECIMAL(9, 2), BillingCurrency, ContractCommitmentPeriodEnd, ContractCommitmentQuantity, x_More), '; ' ORDER BY ContractCommitmentId) FROM contract_commitments"
	want := "a c-1 2000.00 EUR 2029-01-01 00:00:00 {contractcommitmentlifecyclestatus=Active}; b c-1 7.00 EUR 2029-01-01 00:00:00 {contractcommitmentlifecyclestatus=Active}"
	if got := value(t, l, all); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	for change, reason := range map[string]string{
		`"a"` + "|" + `""`:       `contractcommitmentid: "": is empty`,
		"1000.50|much":           "is not a decimal number",
		"2029-01-01T00:00:00Z|x": "is not a date",
		"EUR|Euros":              "is not a currency code",
	} {
		from, to, _ := strings.Cut(change, "|")
		r := load(t, l, loader.Options{}, write(t, "bad.csv", header+row("c", "1")+strings.Replace(row("a", "1000.50"), from, to, 1)))[0]
		if r.Status != loader.Refused || !strings.Contains(fmt.Sprint(r.Err), reason) || !strings.HasPrefix(r.Err.Error(), "3: ") {
			t.Errorf("%s: %s %v", change, r.Status, r.Err)
		}
		if got := value(t, l, all); got != want {
			t.Errorf("%s left %s", change, got)
		}
	}
}
