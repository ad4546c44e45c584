package loader

import (
	"fmt"
	"strings"
	"testing"

	"usagereport/ledger"
)

// begun returns a run that loads into a ledger in memory.
func begun(t *testing.T) *run {
	t.Helper()
	l, err := ledger.Open(t.Context(), "", ledger.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	run, err := newRun(t.Context(), l, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { run.close() })
	return run
}

// What a format's file misspells must be refused: it would do nothing, in
// silence.
func TestFormatsRefuseWhatTheyDoNotKnow(t *testing.T) {
	run := begun(t)
	b, err := formatFiles.ReadFile("formats/azure_ea.sql")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"as it is":           {"", "", ""},
		"an output column":   {"AS ServiceName,", "AS ServiceNam,", `"ServiceNam", which is no column of the ledger`},
		"no key":             {"_key,", "", "does not give _key"},
		"a cost type":        {"actual or amortized", "acutal", `cost: "acutal" is unknown`},
		"a second cost type": {"actual or amortized", "actual or amortised", `cost: "actual or amortised" is unknown`},
		"an agreement":       {"enterprise", "enterprises", `agreement: "enterprises" is unknown`},
		"a layout":           {"-- tags:", "-- layout: section\n-- tags:", `layout: "section" is unknown`},
		"a directive":        {"-- tags:", "-- tag:", `unknown directive "tag"`},
		"the column of tags": {"-- tags:     Tags", "-- tags:     Tgs", `tags: the column "Tgs" is not used`},
		"the currency":       {"-- currency: BillingCurrency", "-- currency: BilingCurrency", `currency: the column "BilingCurrency" is not used`},
		"the total":          {"-- total:    Cost", "-- total:    Csot", `total: "Csot" is none of the numbers`},
		"the one currency":   {"-- currency: BillingCurrency", "-- currency: = dollars", `currency: "dollars" is not a currency's code`},
		"kinds":              {"-- tags:", "-- kinds: Quantity input\n-- tags:", `kinds: "Quantity input" is not COLUMN = NAME`},
		"kinds, unused":      {"-- tags:", "-- kinds: Quantity = input\n-- tags:", `"kind.value" is none of the numbers`},
		"another spelling":   {"-- accepts:  Product|", "-- accepts:  Produkt|", `accepts: the column "Produkt" is not used`},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(string(b), c.old, c.new, 1)
			if (text == string(b)) != (c.old == c.new) {
				t.Fatalf("the format's file has no %q", c.old)
			}
			f, err := parseFormat(text)
			if err == nil {
				_, err = newStage(t.Context(), run.conn, run.feed, newPlan(f, f.header(), ',', scanOptions{}), ledger.Keys{}, 1)
			}
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// header returns the required columns in their first spelling.
func (f *Format) header() (h Header) {
	for _, c := range f.Requires {
		h = append(h, c[0])
	}
	return h
}

// A resource's type is that of the innermost provider of its id that has one.
func TestResourceTypes(t *testing.T) {
	run := begun(t)
	const vm = "/subscriptions/S/resourceGroups/G/providers/Microsoft.Compute/virtualMachines/vm-1"
	for id, want := range map[string]string{
		vm:                                      "microsoft.compute/virtualmachines",
		strings.ToLower(vm):                     "microsoft.compute/virtualmachines",
		strings.ToUpper(vm):                     "microsoft.compute/virtualmachines",
		vm + "/extensions/e":                    "microsoft.compute/virtualmachines",
		vm + "/":                                "microsoft.compute/virtualmachines",
		vm + "/providers/Microsoft.Test/dose/x": "microsoft.test/dose",
		vm + "/providers/Microsoft.Test/dose":   "microsoft.compute/virtualmachines",
		vm + "/providers/Microsoft.Test":        "microsoft.compute/virtualmachines",
		vm + "/providers/":                      "microsoft.compute/virtualmachines",
		vm + "/providers//a/b":                  "microsoft.compute/virtualmachines",
		"/providers/Microsoft.Capacity/reservationOrders/o/reservations/r": "microsoft.capacity/reservationorders",
		"/providers/Microsoft.Capacity/reservationOrders":                  "",
		"/subscriptions/S/resourceGroups/G":                                "",
		"providers/a/b/c":                                                  "",
		"a/b/c":                                                            "",
		"vm-1":                                                             "",
		"":                                                                 "",
	} {
		var got string
		if err := run.conn.QueryRowContext(t.Context(), "SELECT coalesce(azure_resource_type(?), '')", id).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s is of type %q, want %q", id, got, want)
		}
	}
}

// Tags come out the same whether they were met before or not, and however many there are.
func TestTagCache(t *testing.T) {
	c := tagCache{}
	for range 2 {
		for i := range 2 * tagsCached {
			text := fmt.Sprintf(`"b": "%d", "a": "x"`, i)
			if got, want := c.canonical(text), fmt.Sprintf(`{"a":"x","b":"%d"}`, i); got != want {
				t.Fatalf("%s became %s, want %s", text, got, want)
			}
		}
		if len(c) > tagsCached {
			t.Fatalf("%d tags are remembered", len(c))
		}
	}
}
