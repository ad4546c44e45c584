package loader_test

import (
	"fmt"
	"strings"
	"testing"

	"usagereport/loader"
)

// Azure's files of reservations stand beside the usage: hours by day and reservation, of which a
// later file speaks anew, transactions, which add up in no cost, and recommendations.
func TestReservations(t *testing.T) {
	const header = "InstanceFlexibilityGroup,InstanceFlexibilityRatio,InstanceId,Kind,ReservationId,ReservationOrderId,ReservedHours,SkuName,TotalReservedQuantity,UsageDate,UsedHours\n"
	row := func(day, instance, used string) string {
		return "DSv3 Series,1,/subscriptions/s/vm-" + instance + ",Microsoft.Compute,AAAA-1,BBBB-2,48,Standard_D2s_v3,2," + day + "," + used + "\n"
	}
	first := header + row("2026-10-01", "a", "24") + row("2026-10-01", "b", "12.5") + row("10/02/2026", "a", "24")
	l := open(t)
	rs := load(t, l, loader.Options{}, write(t, "details.csv", first), write(t, "later.csv", header+row("2026-10-01", "b", "6")), write(t, "again.csv",
		header+row("2026-10-01", "B", "6")))
	for i, want := range []string{"loaded 3", "loaded 1", "unchanged 1"} {
		if r := rs[i]; r.Err != nil || r.Format != "azure_reservation_details" || fmt.Sprint(r.Status, " ", r.Rows) != want || r.LoadID != 0 {
			t.Errorf("%+v, want %s", r, want)
		}
	}
	const all = "SELECT string_agg(concat_ws(' ', day, id, sku, reserved::DECIMAL(9, 1), used::DECIMAL(9, 1), instances), '; ' ORDER BY day) FROM reservation_hours"
	want := "2026-10-01 aaaa-1 Standard_D2s_v3 48.0 6.0 1; 2026-10-02 aaaa-1 Standard_D2s_v3 48.0 24.0 1"
	if got := value(t, l, all); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	for change, reason := range map[string]string{
		"12.5|much":         `UsedHours: "much": is not a decimal number`,
		"12.5|-1":           `UsedHours: "-1": is negative`,
		"AAAA-1|":           `ReservationId: "": is empty`,
		"2026-10-01|yester": "UsageDate: \"yester\": is not a date",
		"/vm-b|/vm-a":       "says of the same as line 2",
	} {
		from, to, _ := strings.Cut(change, "|")
		r := load(t, l, loader.Options{}, write(t, "bad.csv", header+row("2026-10-01", "a", "9")+strings.Replace(row("2026-10-01", "b", "12.5"), from, to, 1)))[0]
		if r.Status != loader.Refused || !strings.Contains(fmt.Sprint(r.Err), reason) || !strings.HasPrefix(r.Err.Error(), "3: ") {
			t.Errorf("%s: %s %v", change, r.Status, r.Err)
		}
		if got := value(t, l, all); got != want {
			t.Errorf("%s left %s", change, got)
		}
	}

	const bought = "Amount,ArmSkuName,BillingFrequency,BillingProfileId,BillingProfileName,Currency,Description,EventDate,EventType,Invoice,InvoiceId,InvoiceSectionId," +
		"InvoiceSectionName,PurchasingSubscriptionGuid,PurchasingSubscriptionName,Quantity,Region,ReservationOrderId,ReservationOrderName,Term,AccountOwnerEmail\n"
	line := "-150.5,Standard_D2s_v3,OneTime,p,P,eur,VM,2026-10-01T10:00:00Z,Refund,,,,,S,Sub,1,westeurope,BBBB-2,VM_RI,P1Y,ada@example.com\n"
	for i, want := range []string{"loaded 1", "loaded 2", "unchanged 2"} {
		r := load(t, l, loader.Options{}, write(t, "bought.csv", bought+strings.Repeat(line, min(i+1, 2))))[0]
		if r.Err != nil || r.Format != "azure_reservation_transactions" || fmt.Sprint(r.Status, " ", r.Rows) != want {
			t.Errorf("%+v, want %s", r, want)
		}
	}
	if got := value(t, l, "SELECT string_agg(concat_ws(' ', said['amount'], said['currency'], said['eventdate']), '; ') FROM reservations WHERE kind = 'transaction'"); got !=
		"-150.5 EUR 2026-10-01; -150.5 EUR 2026-10-01" {
		t.Error(got)
	}
	if got := value(t, l, "SELECT count(*) FROM reservations WHERE said::VARCHAR LIKE '%example.com%'"); got != "0" {
		t.Error("it keeps who owns an account")
	}
	if r := load(t, l, loader.Options{}, write(t, "bad.csv", bought+strings.Replace(line, "eur", "Euros", 1)))[0]; r.Err == nil ||
		!strings.Contains(r.Err.Error(), `2: Currency: "Euros": is not a currency code`) {
		t.Error(r.Err)
	}

	const recommended = "SKU,Location,Cost With No ReservedInstances,First UsageDate,Instance Flexibility Ratio,Instance Flexibility Group,Look BackPeriod,MeterId,Net Savings," +
		"Normalized Size,Recommended Quantity,Recommended Quantity Normalized,ResourceType,Scope,SkuProperties,Term,Total Cost With ReservedInstances\n"
	for i, sku := range []string{"Standard_D2s_v3", "Standard_D4s_v3"} {
		r := load(t, l, loader.Options{}, write(t, fmt.Sprint("recommended", i, ".csv"), recommended+sku+
			",westeurope,100.25,2026-09-01,1,DSv3,Last30Days,M-1,40.25,D2,2,2,virtualmachines,Shared,[],P1Y,60\n"))[0]
		if r.Err != nil || r.Format != "azure_reservation_recommendations" || r.Status != loader.Loaded {
			t.Errorf("%+v", r)
		}
	}
	if got := value(t, l, "SELECT string_agg(concat_ws(' ', said['sku'], said['netsavings'], said['recommendedquantity'], said['term']), '; ') FROM reservations WHERE kind = 'recommendation'"); got !=
		"Standard_D4s_v3 40.25 2 P1Y" {
		t.Error(got)
	}
	if got := value(t, l, "SELECT count(*) FROM usage"); got != "0" {
		t.Errorf("%s charges", got)
	}
}
