package rollup_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"usagereport/internal/ledgertest"
)

// Each thing that goes on under another name is one link; what goes on beside,
// ends for good or begins anew is none.
func TestLinks(t *testing.T) {
	var b strings.Builder
	b.WriteString("BilledCost,EffectiveCost,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceName,SubAccountId,SubAccountName,SkuMeter,x_SkuMeterId,ConsumedUnit,ResourceId,ResourceName,ResourceType,x_ResourceGroupName\n")
	// from, to are days of March 2026.
	grp, kind := "rg", "vm"
	charge := func(from, to int, account, sub, subName, meter, meterID, resource, name string) {
		for d := from; d <= to; d++ {
			fmt.Fprintf(&b, "1,1,%s,EUR,2026-03-01,2026-04-01,Usage,2026-03-%02dT00:00:00Z,2026-03-%02dT23:00:00Z,Compute,%s,%s,%s,%s,Hours,%s,%s,%s,%s\n", account, d, d, sub, subName, meter, meterID, resource, name, kind, grp)
		}
	}
	// A meter that is renamed on the 10th, for two resources.
	charge(1, 9, "A", "s1", "one", "D2 v3", "m1", "/r/1", "r1")
	charge(10, 20, "A", "s1", "one", "D2 v3/D2s v3", "m1", "/r/1", "r1")
	charge(1, 9, "A", "s1", "one", "D2 v3", "m1", "/r/2", "r2")
	charge(11, 20, "A", "s1", "one", "D2 v3/D2s v3", "m1", "/r/2", "r2")
	// A machine that is resized, with both sizes on the day itself.
	charge(1, 12, "A", "s1", "one", "E4", "m4", "/r/3", "r3")
	charge(12, 20, "A", "s1", "one", "E8", "m8", "/r/3", "r3")
	charge(1, 20, "A", "s1", "one", "Disk", "m9", "/r/3", "r3")
	// Two meters beside each other, one that ends, and one that begins much later.
	charge(1, 20, "A", "s1", "one", "In", "m10", "/r/4", "r4")
	charge(2, 20, "A", "s1", "one", "Out", "m11", "/r/4", "r4")
	charge(1, 5, "A", "s1", "one", "Old", "m12", "/r/5", "r5")
	charge(15, 20, "A", "s1", "one", "New", "m13", "/r/5", "r5")
	// A subscription that gets another id, and its machine with it; a meter whose
	// id changes with that.
	charge(1, 10, "A", "s2", "two", "F2", "m20", "/s2/vm", "vm")
	charge(11, 20, "A", "s3", "two", "F2", "m21", "/s3/vm", "vm")
	// A subscription that goes on under another billing account.
	charge(1, 10, "A", "s4", "four", "G2", "m30", "/s4/x", "x")
	charge(11, 20, "B", "s4", "four", "G2", "m30", "/s4/x", "x")
	// A machine that is made anew under another name; one that is too young to be followed,
	// and two that begin where one ends.
	charge(1, 14, "A", "s5", "five", "H2", "m40", "/s5/a", "a")
	charge(15, 20, "A", "s5", "five", "H2", "m40", "/s5/b", "b")
	charge(1, 20, "A", "s5", "five", "H2", "m40", "/s5/c", "c")
	charge(12, 18, "A", "s6", "six", "H4", "m41", "/s6/a", "a")
	charge(19, 20, "A", "s6", "six", "H4", "m41", "/s6/b", "b")
	charge(1, 15, "A", "s7", "seven", "H8", "m42", "/s7/a", "a")
	charge(16, 20, "A", "s7", "seven", "H8", "m42", "/s7/b", "b")
	charge(16, 20, "A", "s7", "seven", "H8", "m42", "/s7/c", "c")
	// in charges a machine of subscription s8 in a group.
	in := func(group string, from, to int, name string) {
		grp = group
		charge(from, to, "A", "s8", "eight", "K2", "m50", "/s8/"+group+"/"+name, name)
	}
	// One that is moved into another group and, on the day itself, into a third; one of
	// whose name another lives on beside it; and those of which it is not known which
	// became which, or that are moved days later.
	in("one", 1, 6, "m")
	in("two", 7, 14, "m")
	in("three", 14, 20, "m")
	in("one", 1, 9, "web")
	in("two", 1, 20, "web")
	in("three", 10, 20, "web")
	in("one", 1, 9, "db")
	in("two", 1, 9, "db")
	in("three", 10, 20, "db")
	in("one", 1, 9, "late")
	in("two", 13, 20, "late")
	// A subscription without a name, with one machine, that goes on under another id; and
	// one whose machine goes on for a few days only, or with another meter.
	grp = "rg"
	charge(1, 14, "A", "n1", "", "L2", "m60", "/n1/only", "only")
	charge(15, 20, "A", "n2", "", "L2", "m60", "/n2/only", "only")
	charge(5, 14, "A", "n3", "", "L2", "m60", "/n3/young", "young")
	charge(15, 20, "A", "n4", "", "L2", "m60", "/n4/young", "young")
	charge(1, 14, "A", "n5", "", "L2", "m60", "/n5/other", "other")
	charge(15, 20, "A", "n6", "", "L8", "m61", "/n6/other", "other")
	// One whose machine had another size until some days before it goes on.
	charge(1, 10, "A", "n11", "", "L2", "m60", "/n11/resized", "resized")
	charge(11, 16, "A", "n11", "", "L4", "m62", "/n11/resized", "resized")
	charge(17, 20, "A", "n12", "", "L4", "m62", "/n12/resized", "resized")
	// Two machines that are moved into a group of another subscription.
	grp = "from"
	charge(1, 15, "A", "n7", "", "M2", "m70", "/n7/p", "p")
	charge(1, 15, "A", "n7", "", "M2", "m70", "/n7/q", "q")
	grp = "to"
	charge(16, 20, "A", "n8", "", "M2", "m70", "/n8/p", "p")
	charge(16, 20, "A", "n8", "", "M2", "m70", "/n8/q", "q")
	// Two instances that keep their ids, without a name or a type, in another account.
	grp, kind = "", ""
	charge(1, 15, "A", "n9", "", "N2", "m80", "i-1", "")
	charge(1, 15, "A", "n9", "", "N2", "m80", "i-2", "")
	charge(16, 20, "A", "n10", "", "N2", "m80", "i-1", "")
	charge(16, 20, "A", "n10", "", "N2", "m80", "i-2", "")
	got := linksOf(t, b.String())
	want := []string{
		"account_id A -> B  10 11",
		"account_id n1 -> n2  14 15",
		"account_id n11 -> n12  16 17",
		"account_id n7 -> n8  15 16",
		"account_id n9 -> n10  15 16",
		"account_id s2 -> s3  10 11",
		"meter_id m20 -> m21  10 11",
		"meter_renamed D2 v3 -> D2 v3/D2s v3  09 10",
		"resized E4 -> E8 /r/3 12 12",
		"resized L2 -> L4 /n11/resized 10 11",
		"resource_id /n1/only -> /n2/only /n2/only 14 15",
		"resource_id /n11/resized -> /n12/resized /n12/resized 16 17",
		"resource_id /n3/young -> /n4/young /n4/young 14 15",
		"resource_id /n5/other -> /n6/other /n6/other 14 15",
		"resource_id /n7/p -> /n8/p /n8/p 15 16",
		"resource_id /n7/q -> /n8/q /n8/q 15 16",
		"resource_id /s2/vm -> /s3/vm /s3/vm 10 11",
		"resource_id /s5/a -> /s5/b /s5/b 14 15",
		"resource_id /s8/one/m -> /s8/two/m /s8/two/m 06 07",
		"resource_id /s8/one/web -> /s8/three/web /s8/three/web 09 10",
		"resource_id /s8/two/m -> /s8/three/m /s8/three/m 14 14",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// linksOf returns the links of a file, in order.
func linksOf(t *testing.T, content string) (got []string) {
	t.Helper()
	l := holding(t, content)
	ledgertest.AddUp(t, l)
	rows, err := l.DB().QueryContext(t.Context(), "SELECT concat_ws(' ', kind, old, '->', new, ResourceId, strftime(last_old, '%d'), strftime(first_new, '%d')) FROM links")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		got = append(got, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	return got
}

// What goes on after days of which there is no usage at all goes on; where only some days have any, those between are days on
// which nothing was used.
func TestLinksAcrossDaysWithoutData(t *testing.T) {
	file := func(days func(charge func(day int, meter, id, name string))) string {
		var b strings.Builder
		b.WriteString("BilledCost,EffectiveCost,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceName,SubAccountId,SkuMeter,ConsumedUnit,ResourceId,ResourceName,ResourceType,x_ResourceGroupName\n")
		days(func(day int, meter, id, name string) {
			fmt.Fprintf(&b, "1,1,A,EUR,2026-03-01,2026-04-01,Usage,2026-03-%02dT00:00:00Z,2026-03-%02dT23:00:00Z,Compute,s1,%s,Hours,%s,%s,vm,rg\n", day, day, meter, id, name)
		})
		return b.String()
	}
	got := linksOf(t, file(func(charge func(day int, meter, id, name string)) {
		for d := 1; d <= 28; d++ {
			switch {
			case d <= 16:
				charge(d, "D2", "/r/a", "a")
				charge(d, "E4", "/r/c", "c")
			case d >= 23: // six days without data
				charge(d, "D2", "/r/b", "b")
				charge(d, "E8", "/r/c", "c")
			}
		}
	}))
	if want := []string{"resized E4 -> E8 /r/c 16 23", "resource_id /r/a -> /r/b /r/b 16 23"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := linksOf(t, file(func(charge func(day int, meter, id, name string)) {
		for d := 2; d <= 30; d += 7 {
			charge(d, []string{"E4", "E8"}[d/16], "/r/c", "c")
		}
	})); len(got) > 0 {
		t.Errorf("on Mondays alone: got %q, want none", got)
	}
}
