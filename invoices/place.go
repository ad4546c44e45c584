package invoices

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"usagereport/ledger"
)

// accountsNamed returns the ids of the accounts that a name, or an id, stands for. An
// id is no other account's name.
func accountsNamed(name string, bills []Bill) map[string]bool {
	ids := map[string]bool{}
	for _, b := range bills {
		for _, x := range [][2]string{{b.Billing, b.BillingName}, {b.Account, b.Name}} {
			if id, called := x[0], x[1]; id != "" && (strings.EqualFold(id, name) || called != "" && strings.EqualFold(called, name)) {
				ids[id] = true
			}
		}
	}
	for id := range ids {
		if strings.EqualFold(id, name) {
			return map[string]bool{id: true}
		}
	}
	return ids
}

// Place finds the account of an invoice among the bills, by its id or name, in any
// case of letters, and its currency where the invoice names none. An account that
// no file has stays as it is written: the usage may be loaded later.
func Place(i ledger.Invoice, bills []Bill) (_ ledger.Invoice, known bool, err error) {
	named := accountsNamed(i.Account, bills)
	switch len(named) {
	case 0:
	case 1:
		for id := range named {
			i.Account, known = id, true
		}
	default:
		ids := slices.Sorted(maps.Keys(named))
		return i, false, &FieldError{"account", i.Account, "is the name of several: " + strings.Join(ids, ", ") + "; give the id"}
	}
	var periods, currencies []string
	for _, b := range bills {
		if b.Account != i.Account && b.Billing != i.Account {
			continue
		}
		periods = append(periods, b.Period)
		if b.Period == i.Period || !hasPeriod(bills, i) {
			currencies = append(currencies, b.Currency)
		}
	}
	if !slices.Contains(periods, i.Period) && !regexp.MustCompile(`^\d{4}-(0[1-9]|1[0-2])$`).MatchString(i.Period) {
		slices.Sort(periods)
		has := "is not a billing period's name, like 2018-07"
		if periods = slices.Compact(periods); len(periods) > 0 {
			has += "; the account has " + strings.Join(periods, ", ")
		}
		return i, known, &FieldError{"period", i.Period, has}
	}
	if i.Currency == "" {
		slices.Sort(currencies)
		if currencies = slices.Compact(currencies); len(currencies) != 1 {
			has := "the account has no usage that tells it"
			if len(currencies) > 1 {
				has = "the account has " + strings.Join(currencies, " and ")
			}
			return i, known, fmt.Errorf("name the currency of the invoice: %s", has)
		}
		i.Currency = currencies[0]
	}
	return i, known, nil
}

// hasPeriod reports whether the invoice's account has charges in its period.
func hasPeriod(bills []Bill, i ledger.Invoice) bool {
	return slices.ContainsFunc(bills, func(b Bill) bool {
		return b.Period == i.Period && (b.Account == i.Account || b.Billing == i.Account)
	})
}

// NameOf returns what an account that is billed is called, "" where it is unknown.
func NameOf(bills []Bill, id string) string {
	for _, b := range bills {
		switch id {
		case b.Account:
			return b.Name
		case b.Billing:
			return b.BillingName
		}
	}
	return ""
}
