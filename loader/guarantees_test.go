package loader_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/usage"
)

// mosa writes a pay-as-you-go export of days from..to of March 2026, at a cost
// of one a row.
func mosa(subscription string, from, to int, edit ...string) string {
	var b strings.Builder
	b.WriteString("SubscriptionGuid,ResourceGroup,UsageDateTime,MeterCategory,MeterName,UsageQuantity,PreTaxCost,InstanceId,Currency\n")
	for d := from; d <= to; d++ {
		fmt.Fprintf(&b, "%s,rg,2026-03-%02d,Storage,Data,1,1,/subscriptions/%s/resourceGroups/rg/providers/M.S/a/b,EUR\n", subscription, d, subscription)
	}
	return strings.NewReplacer(edit...).Replace(b.String())
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReplacement(t *testing.T) {
	type step struct {
		content string
		options loader.Options
		status  loader.Status
		reason  string // part of it
		warning string // part of one
		without string // part of none
		total   string // of the ledger, afterwards
	}
	machines := mosa("s1", 1, 5) + strings.SplitN(mosa("s1", 1, 5, "/a/b,", "/a/c,"), "\n", 2)[1]
	rest := func(content string) string { return strings.SplitN(content, "\n", 2)[1] }
	rows := func(subscription string, from, to int, edit ...string) string {
		return rest(mosa(subscription, from, to, edit...))
	}
	noResource := func(subscription string, from, to int, edit ...string) string {
		return mosa(subscription, from, to, append(edit, "/subscriptions/"+subscription+"/resourceGroups/rg/providers/M.S/a/b", "")...)
	}
	two := mosa("s1", 1, 5) + strings.SplitN(mosa("s2", 1, 5), "\n", 2)[1]
	sparse := func(days ...int) string {
		content := mosa("s1", 1, 0)
		for _, d := range days {
			content += rows("s1", d, d)
		}
		return content
	}
	years := mosa("s1", 1, 0)
	for month := range 24 {
		years += rows("s1", 1, 28, "2026-03", fmt.Sprintf("%d-%02d", 2025+month/12, 1+month%12))
	}
	for name, steps := range map[string][]step{
		"the same without its currency costs no less": {
			{content: mosa("s1", 1, 5), status: loader.Loaded, total: "5.0"},
			{content: mosa("s1", 1, 5, ",EUR\n", ",\n"), status: loader.Loaded, without: "less than in", total: "5.0"},
		},
		"the same bytes again are a no-op": {
			{content: mosa("s1", 1, 5), status: loader.Loaded, total: "5.0"},
			{content: mosa("s1", 1, 5), status: loader.Unchanged, total: "5.0"},
		},
		"a farther reach replaces": {
			{content: mosa("s1", 1, 5), status: loader.Loaded, total: "5.0"},
			{content: mosa("s1", 1, 9), status: loader.Loaded, total: "9.0"},
			{content: mosa("s1", 1, 5), status: loader.Superseded, total: "9.0"},
		},
		"a shorter reach is refused, unless allowed": {
			{content: mosa("s1", 1, 9), status: loader.Loaded, total: "9.0"},
			{content: mosa("s1", 1, 5, ",1,1,", ",2,1,"), status: loader.Refused, reason: "reach to 2026-03-05 instead of 2026-03-09", total: "9.0"},
			{content: mosa("s1", 1, 5, ",1,1,", ",2,1,"), options: loader.Options{AllowShrink: true}, status: loader.Loaded, total: "5.0"},
		},
		"a window speaks for its days": {
			{content: mosa("s1", 1, 9), status: loader.Loaded, total: "9.0"},
			{content: mosa("s1", 3, 9, ",1,1,", ",1,2,"), status: loader.Loaded, total: "16.0"},
		},
		"weeks stand side by side": {
			{content: mosa("s1", 8, 14), status: loader.Loaded, total: "7.0"},
			{content: mosa("s1", 1, 7), status: loader.Loaded, total: "14.0"},
			{content: mosa("s1", 15, 21), status: loader.Loaded, total: "21.0"},
		},
		"rolling days": {
			{content: mosa("s1", 1, 7), status: loader.Loaded, total: "7.0"},
			{content: mosa("s1", 2, 8, ",1,1,", ",1,2,"), status: loader.Loaded, total: "15.0"},
			{content: mosa("s1", 3, 9, ",1,1,", ",1,3,"), status: loader.Loaded, total: "24.0"},
		},
		"rolling days, the newer ones first": {
			{content: mosa("s1", 3, 9, ",1,1,", ",1,3,"), status: loader.Loaded, total: "21.0"},
			{content: mosa("s1", 2, 8, ",1,1,", ",1,2,"), status: loader.Loaded, total: "23.0"},
			{content: mosa("s1", 1, 7), status: loader.Loaded, total: "24.0"},
		},
		"a month after its weeks": {
			{content: mosa("s1", 1, 7), status: loader.Loaded, total: "7.0"},
			{content: mosa("s1", 8, 14), status: loader.Loaded, total: "14.0"},
			{content: mosa("s1", 1, 20), status: loader.Loaded, total: "20.0"},
			{content: mosa("s1", 1, 7), status: loader.Superseded, reason: "replaced since", total: "20.0"},
		},
		"a day within a month": {
			{content: mosa("s1", 1, 20), status: loader.Loaded, total: "20.0"},
			{content: mosa("s1", 5, 5, ",1,1,", ",1,2,"), status: loader.Refused, reason: "its data reach to 2026-03-05 instead of 2026-03-20", total: "20.0"},
		},
		"days that a month lacks come beside it": {
			{content: mosa("s1", 1, 9) + rows("s1", 15, 20), status: loader.Loaded, total: "15.0"},
			{content: mosa("s1", 10, 14), status: loader.Loaded, total: "20.0"},
			{content: mosa("s1", 1, 20, ",1,1,", ",1,2,"), status: loader.Loaded, total: "40.0"},
		},
		"a month that lacks the days of a file": {
			{content: mosa("s1", 10, 14), status: loader.Loaded, total: "5.0"},
			{
				content: mosa("s1", 1, 9) + rows("s1", 15, 20), status: loader.Loaded,
				warning: "of 2026-03-10 this file has 0 of 1 rows", total: "20.0",
			},
		},
		"files of few days, of which one is in all of them": {
			{content: sparse(3, 7, 9, 15), status: loader.Loaded, total: "4.0"},
			{content: sparse(1, 5, 9, 13), status: loader.Loaded, total: "7.0"},
			{content: sparse(1, 6, 9, 14), status: loader.Loaded, total: "9.0"},
		},
		"a charge that moved to a day that the other lacks": {
			{content: sparse(3, 8, 12), status: loader.Loaded, total: "3.0"},
			{
				content: sparse(3, 9, 12, 14), status: loader.Loaded, total: "5.0", warning: "export.csv (load 1) keeps what it says of them, " +
					"which counts; if this file is right, as where charges moved to another day, take it back with 'usagereport loads remove 2'",
			},
		},
		"the same, the older one last": {
			{content: sparse(3, 9, 12, 14), status: loader.Loaded, total: "4.0"},
			{
				content: sparse(3, 8, 12), status: loader.Loaded, total: "5.0", warning: "this file's charges count, 1 EUR of 2026-03-08; if they " +
					"moved to another day, take this file back with 'usagereport loads remove 2'",
			},
		},
		"a day free of charge that a newer copy lacks": {
			{content: sparse(3, 8, 12) + rows("s1", 10, 10, ",1,1,", ",1,0,"), status: loader.Loaded, total: "3.0"},
			{content: sparse(3, 8, 12, 14), status: loader.Loaded, total: "4.0", without: "2026-03-10"},
		},
		"the same, the newer copy first": {
			{content: sparse(3, 8, 12, 14), status: loader.Loaded, total: "4.0"},
			{content: sparse(3, 8, 12) + rows("s1", 10, 10, ",1,1,", ",1,0,"), status: loader.Loaded, total: "4.0", without: "2026-03-10"},
		},
		"days that a month lacks of one account": {
			{content: two + rows("s1", 15, 20) + rows("s2", 6, 20), status: loader.Loaded, total: "31.0"},
			{content: mosa("s1", 6, 14), status: loader.Loaded, total: "40.0"},
		},
		"days that a month lacks, and some around them": {
			{content: mosa("s1", 1, 9) + rows("s1", 15, 20), status: loader.Loaded, total: "15.0"},
			{
				content: mosa("s1", 8, 16, ",1,1,", ",1,2,"), status: loader.Loaded, total: "25.0",
				warning: "(load 1) reaches farther, so what it says of 2026-03-08 to 2026-03-09, 2026-03-15 to 2026-03-16 counts; of days of which it says nothing this file's charges count",
			},
		},
		"days that a later window lacks, before it": {
			{content: mosa("s1", 5, 9) + rows("s1", 15, 20), status: loader.Loaded, total: "11.0"},
			{content: mosa("s1", 1, 16, ",1,1,", ",1,2,"), status: loader.Loaded, total: "29.0"},
		},
		"a late charge of the month before stands beside it": {
			{content: mosa("s1", 1, 31), status: loader.Loaded, total: "31.0"},
			{
				content: mosa("s1", 1, 30, "2026-03", "2026-04") + rows("s1", 31, 31, "Data", "Other"), status: loader.Loaded, total: "62.0",
				warning: "export.csv (load 1) and count beside it, 1 EUR: late usage, or what was booked back",
			},
			{content: mosa("s1", 1, 30, "2026-03", "2026-04", ",1,1,", ",1,2,") + rows("s1", 31, 31, "Data", "Other"), status: loader.Loaded, total: "92.0"},
			{content: mosa("s1", 1, 31, ",1,1,", ",1,2,") + rows("s1", 31, 31, "Data", "Other"), status: loader.Loaded, total: "123.0"},
		},
		"a late charge in a month of which rolling days have some, too": {
			{content: mosa("s1", 1, 31), status: loader.Loaded, total: "31.0"},
			{content: mosa("s1", 10, 31) + rows("s1", 1, 11, "2026-03", "2026-04"), status: loader.Loaded, total: "42.0"},
			{
				content: mosa("s1", 1, 30, "2026-03", "2026-04") + rows("s1", 31, 31, "Data", "Other"), status: loader.Loaded, total: "62.0",
				warning: "its charges of 2026-03-31 are not in",
			},
		},
		"a day of a month that is called otherwise": {
			{content: mosa("s1", 1, 31), status: loader.Loaded, total: "31.0"},
			{content: mosa("s1", 5, 5, "Data", "Other"), status: loader.Refused, reason: "another part", total: "31.0"},
		},
		"a late charge that is called otherwise in the next copy": {
			{content: mosa("s1", 1, 30, "2026-03", "2026-04") + rows("s1", 31, 31, "Data", "Other"), status: loader.Loaded, total: "31.0"},
			{
				content: mosa("s1", 1, 30, "2026-03", "2026-04") + rows("s1", 31, 31, "Data", "Third"), status: loader.Refused, total: "31.0",
				reason: "another part",
			},
		},
		"also where the month before comes later": {
			{content: mosa("s1", 1, 30, "2026-03", "2026-04") + rows("s1", 31, 31, "Data", "Other"), status: loader.Loaded, total: "31.0"},
			{
				content: mosa("s1", 1, 31) + rows("s1", 31, 31, "/a/b,", "/a/c,") + rows("s1", 31, 31, "/a/b,", "/a/d,"), status: loader.Loaded,
				total: "64.0", warning: "it has none of the charges of 2026-03-31 in",
			},
		},
		"a month that is called otherwise in a file of two years is no late charge": {
			{content: years, status: loader.Loaded, total: "672.0"},
			{content: mosa("s1", 1, 28, "Data", "Other"), status: loader.Refused, reason: "another part", total: "672.0"},
		},
		"nor is it where the month comes first": {
			{content: mosa("s1", 1, 28, "Data", "Other"), status: loader.Loaded, total: "28.0"},
			{content: years, status: loader.Refused, reason: "another part", total: "28.0"},
		},
		"a charge that is booked back into another week": {
			{content: mosa("s1", 1, 7) + rows("s2", 1, 7), status: loader.Loaded, total: "14.0"},
			{
				content: mosa("s1", 8, 27) + rows("s1", 3, 3, "Data", "Refund", ",1,1,", ",1,-1,"), status: loader.Loaded, total: "33.0",
				warning: "its charges of 2026-03-03 are not in",
			},
		},
		"the currency that an older file did not name": {
			{content: mosa("s1", 1, 5, ",EUR", ","), status: loader.Loaded, total: "5.0"},
			{content: mosa("s1", 1, 9), status: loader.Loaded, total: "9.0"},
		},
		"the currency of some rows that an older file did not name": {
			{content: mosa("s1", 1, 5) + rows("s2", 1, 5, ",EUR", ","), status: loader.Loaded, total: "10.0"},
			{content: mosa("s1", 1, 6) + rows("s2", 1, 6, ",1,1,", ",1,2,"), status: loader.Loaded, total: "18.0"},
		},
		"another currency stands beside": {
			{content: mosa("s1", 1, 5), status: loader.Loaded, total: "5.0"},
			{
				content: mosa("s1", 1, 9, "EUR", "USD"), status: loader.Loaded, total: "14.0",
				warning: "its charges of 2026-03 are in USD, those of the same days in",
			},
			{content: mosa("s1", 1, 12, ",1,1,", ",1,2,"), status: loader.Loaded, total: "33.0"},
			{content: mosa("s1", 1, 12, ",1,1,", ",1,0.5,", "EUR", "USD"), status: loader.Loaded, warning: "costs 4.5 USD less than in", total: "30.0"},
		},
		"also where it has the same days": {
			{content: mosa("s1", 1, 5), status: loader.Loaded, total: "5.0"},
			{content: mosa("s1", 1, 5, ",1,1,", ",1,2,", "EUR", "USD"), status: loader.Loaded, total: "15.0"},
			{content: mosa("s1", 1, 3, ",1,1,", ",1,2,", "EUR", "CHF"), status: loader.Loaded, total: "21.0"},
		},
		"unless it is to replace": {
			{content: mosa("s1", 1, 5), status: loader.Loaded, total: "5.0"},
			{content: mosa("s1", 1, 5, "EUR", "USD"), options: loader.Options{AllowShrink: true}, status: loader.Loaded, total: "5.0"},
		},
		"what is booked back under the same names stands beside": {
			{content: mosa("s1", 1, 9), status: loader.Loaded, total: "9.0"},
			{
				content: mosa("s1", 3, 4, ",1,1,", ",-1,-0.5,"), status: loader.Loaded, total: "8.0",
				warning: "its charges of 2026-03-03 to 2026-03-04 are not in",
			},
			{content: mosa("s1", 3, 4, ",1,1,", ",-1,-0.6,"), status: loader.Loaded, total: "7.8"},
			{content: mosa("s1", 1, 10), status: loader.Loaded, total: "8.8"},
		},
		"also where the bill comes later": {
			{content: mosa("s1", 3, 4, ",1,1,", ",-1,-0.5,"), status: loader.Loaded, total: "-1.0"},
			{
				content: mosa("s1", 1, 9), status: loader.Loaded, total: "8.0",
				warning: "it has none of the charges of 2026-03-03 to 2026-03-04 in",
			},
		},
		"a bill that has what was booked back replaces both": {
			{content: mosa("s1", 1, 9), status: loader.Loaded, total: "9.0"},
			{content: mosa("s1", 3, 4, ",1,1,", ",-1,-0.5,"), status: loader.Loaded, total: "8.0"},
			{content: mosa("s1", 1, 9) + rows("s1", 3, 4, ",1,1,", ",-1,-0.5,"), status: loader.Loaded, total: "8.0"},
		},
		"days of which a later window has less stay": {
			{content: two, status: loader.Loaded, total: "10.0"},
			{
				content: mosa("s1", 3, 6), status: loader.Loaded, warning: "of 2026-03-03 this file has 1 of 2 rows and 1 instead of 2 EUR",
				total: "11.0",
			},
		},
		"also where the later window is loaded first": {
			{content: mosa("s1", 3, 6), status: loader.Loaded, total: "4.0"},
			{
				content: two, status: loader.Loaded, total: "11.0",
				warning: "of 2026-03-03 it has 1 of 2 rows and 1 instead of 2 EUR",
			},
		},
		"also where the later window lacks days": {
			{content: mosa("s1", 1, 2) + rows("s1", 4, 6), status: loader.Loaded, total: "5.0"},
			{content: two, status: loader.Loaded, total: "11.0", warning: "this file's charges of these days count"},
		},
		"and only these, where the later window has the others": {
			{content: mosa("s1", 3, 9, ",1,1,", ",1,2,"), status: loader.Loaded, total: "14.0"},
			{content: mosa("s1", 1, 5) + rows("s2", 4, 4), status: loader.Loaded, total: "16.0", warning: "so what it says of 2026-03-03, 2026-03-05 counts"},
		},
		"a day that a later window lacks stays, and the others are its": {
			{content: mosa("s1", 1, 10), status: loader.Loaded, total: "10.0"},
			{
				content: mosa("s1", 5, 14, ",1,1,", ",1,2,", "2026-03-07", "2026-03-05"), status: loader.Loaded,
				warning: "of 2026-03-07 this file has 0 of 1 rows and 0 instead of 1 EUR", total: "25.0",
			},
			{content: mosa("s1", 1, 14, ",1,1,", ",1,3,"), status: loader.Loaded, total: "42.0"},
		},
		"a day that a month to date lacks stays": {
			{content: mosa("s1", 1, 10), status: loader.Loaded, total: "10.0"},
			{
				content: mosa("s1", 1, 12, ",1,1,", ",1,2,", "2026-03-07", "2026-03-08"), status: loader.Loaded,
				warning: "2026-03-07", total: "25.0",
			},
			{content: mosa("s1", 1, 12, ",1,1,", ",1,2,", "2026-03-07", "2026-03-08"), status: loader.Unchanged, total: "25.0"},
		},
		"a month to date with less of every day is refused": {
			{content: machines, status: loader.Loaded, total: "10.0"},
			{content: mosa("s1", 1, 9), status: loader.Refused, reason: "5 rows instead of 10", total: "10.0"},
		},
		"unless the days with less are allowed": {
			{content: mosa("s1", 1, 10), status: loader.Loaded, total: "10.0"},
			{
				content: mosa("s1", 5, 14, ",1,1,", ",1,2,", "2026-03-07", "2026-03-05"), options: loader.Options{AllowShrink: true},
				status: loader.Loaded, total: "24.0",
			},
		},
		"an account that has nothing in the window is not missing": {
			{content: mosa("s1", 1, 7) + strings.SplitN(mosa("s2", 1, 1), "\n", 2)[1], status: loader.Loaded, total: "8.0"},
			{content: mosa("s1", 2, 8), status: loader.Loaded, total: "9.0"},
		},
		"another account lives beside": {
			{content: mosa("s1", 1, 5), status: loader.Loaded, total: "5.0"},
			{content: mosa("s2", 1, 5), status: loader.Loaded, total: "10.0"},
		},
		"more accounts replace, fewer are refused": {
			{content: mosa("s1", 1, 5), status: loader.Loaded, total: "5.0"},
			{content: two, status: loader.Loaded, total: "10.0"},
			{content: mosa("s1", 1, 6), status: loader.Refused, reason: "1 of 2 accounts are missing", total: "10.0"},
		},
		"accounts that overlap in part are refused": {
			{content: two, status: loader.Loaded, total: "10.0"},
			{content: mosa("s2", 1, 5) + strings.SplitN(mosa("s3", 1, 5), "\n", 2)[1], status: loader.Refused, reason: "overlap in part", total: "10.0"},
		},
		"less money alone replaces, with a warning": {
			{content: mosa("s1", 1, 5), status: loader.Loaded, total: "5.0"},
			{content: mosa("s1", 1, 5, ",1,1,", ",1,0.5,"), status: loader.Loaded, total: "2.5"},
		},
		"another part of an export is not a newer copy": {
			{content: mosa("s1", 1, 5), status: loader.Loaded, total: "5.0"},
			{content: mosa("s1", 1, 5, "Data", "Other"), status: loader.Refused, reason: "another part of the same export", total: "5.0"},
		},
		"another part is known by its accounts, where nothing names a resource": {
			{content: noResource("s1", 1, 5) + rest(noResource("s2", 1, 5, "Data", "Other")), status: loader.Loaded, total: "10.0"},
			{
				content: noResource("s1", 1, 5, "Data", "Other", ",1,1,", ",1,2,") + rest(noResource("s2", 1, 5, ",1,1,", ",1,2,")), status: loader.Refused,
				reason: "another part of the same export", total: "10.0",
			},
		},
		"a newer copy speaks for the days that it spans: what was booked on another day counts once": {
			{content: machines + rows("s1", 6, 20), status: loader.Loaded, total: "25.0"},
			{content: machines + rows("s1", 6, 13) + rows("s1", 15, 20), status: loader.Loaded, warning: "less", total: "24.0"},
		},
		"a header alone replaces nothing": {
			{content: mosa("s1", 1, 5), status: loader.Loaded, total: "5.0"},
			{content: mosa("s1", 1, 0), status: loader.Loaded, total: "5.0"},
		},
		"a bad row refuses the file whole": {
			{content: mosa("s1", 1, 5, "2026-03-03", "2026-13-03"), status: loader.Refused, reason: `4: UsageDateTime: "2026-13-03": is not a date`, total: "0.0"},
		},
		"unless so many are allowed": {
			{content: mosa("s1", 1, 5, "2026-03-03", "2026-13-03"), options: loader.Options{MaxRejects: 1}, status: loader.Loaded, total: "4.0"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			for i, s := range steps {
				r := load(t, l, s.options, write(t, "export.csv", s.content))[0]
				if r.Status != s.status || s.reason != "" && (r.Err == nil || !strings.Contains(r.Err.Error(), s.reason)) {
					t.Errorf("step %d: %s (%v), want %s (%s)", i, r.Status, r.Err, s.status, s.reason)
				}
				if s.without != "" && strings.Contains(strings.Join(r.Warnings, "\n"), s.without) {
					t.Errorf("step %d: warnings %q, want none with %q", i, r.Warnings, s.without)
				}
				if !strings.Contains(strings.Join(r.Warnings, "\n"), s.warning) {
					t.Errorf("step %d: warnings %q, want one with %q", i, r.Warnings, s.warning)
				}
				if got := value(t, l, "SELECT coalesce(sum(BilledCost), 0)::DECIMAL(9,1) FROM usage"); got != s.total {
					t.Errorf("step %d: the ledger's total is %s, want %s", i, got, s.total)
				}
			}
		})
	}
}

func TestShorterFilesOfOneRunAreOlder(t *testing.T) {
	dir := t.TempDir()
	for name, to := range map[string]int{"a-newest.csv": 9, "b-older.csv": 4} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(mosa("s1", 1, to)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	l := open(t)
	rs := load(t, l, loader.Options{}, dir)
	if rs[0].Status != loader.Loaded || rs[1].Status != loader.Superseded {
		t.Errorf("got %s, %s (%v)", rs[0].Status, rs[1].Status, rs[1].Err)
	}
}

// Parts of one export have the same accounts and days and different lines; one
// must not pass for an older copy of the other.
func TestPartsOfOneRunAreRefused(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"part_0.csv": mosa("s1", 1, 9), "part_1.csv": mosa("s1", 1, 8, "/a/b,", "/a/c,")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	l := open(t)
	rs := load(t, l, loader.Options{}, dir)
	if rs[0].Status != loader.Loaded || rs[1].Status != loader.Refused || !strings.Contains(rs[1].Err.Error(), "another part") {
		t.Errorf("got %s, %s (%v)", rs[0].Status, rs[1].Status, rs[1].Err)
	}
}

// The same charges under another billing account, as where it got a new id, are another account's, and count twice, with a warning;
// with --prefer new the file wins. Of other charges of the subscription, and of both parts of a day on which it moved, nothing is said.
func TestTheSameUnderAnotherBillingAccount(t *testing.T) {
	elsewhere := func(content string) string { return strings.ReplaceAll(content, "2,2,x,", "2,2,y,") }
	first := focusDays("s1", 1, 9)
	for name, c := range map[string]struct {
		content, prefer string
		total           string
		warned          bool
	}{
		"the same":               {elsewhere(first), "", "36", true},
		"the same, and it wins":  {elsewhere(first), ledger.PreferNew, "18", false},
		"the same, and more":     {elsewhere(focusDays("s1", 1, 12)), "", "42", true},
		"the same of some days":  {elsewhere(focusDays("s1", 4, 12)), ledger.PreferNew, "24", false},
		"other charges":          {strings.ReplaceAll(elsewhere(first), "Storage", "Network"), "", "36", false},
		"from a day on":          {elsewhere(focusDays("s1", 10, 12)), "", "24", false},
		"a part of the last day": {strings.Replace(elsewhere(focusDays("s1", 9, 12)), "2,2,y", "1,1,y", 1), "", "25", false},
		"another subscription":   {elsewhere(focusDays("s2", 1, 9)), "", "36", false},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			load(t, l, loader.Options{}, write(t, "one.csv", first))
			r := load(t, l, loader.Options{Prefer: c.prefer}, write(t, "two.csv", c.content))[0]
			if r.Status != loader.Loaded {
				t.Errorf("%s (%v), want it loaded", r.Status, r.Err)
			}
			if said := strings.Contains(fmt.Sprint(r.Warnings), "under another billing account"); said != c.warned {
				t.Errorf("a warning: %t, want %t: %v", said, c.warned, r.Warnings)
			}
			if got := value(t, l, "SELECT sum(BilledCost)::DECIMAL(9,0) FROM usage"); got != c.total {
				t.Errorf("the ledger's total is %s, want %s", got, c.total)
			}
		})
	}
}

// A copy without the column of its accounts counts beside the file, with a warning; the bill's own charges beside those of accounts do without.
func TestTheSameWithoutAccounts(t *testing.T) {
	named := focusDays("s1", 1, 9)
	nameless := func(content string) string { return strings.ReplaceAll(content, "/subscriptions/s1", "") }
	for name, c := range map[string]struct {
		before, content string
		warned          bool
	}{
		"the copy later":        {named, nameless(named), true},
		"the copy first":        {nameless(named), named, true},
		"the same, and more":    {named, nameless(focusDays("s1", 1, 12)), true},
		"other days":            {named, nameless(focusDays("s1", 10, 12)), false},
		"the bill's own charge": {named, nameless(strings.ReplaceAll(named, "Storage", "Support")), false},
		"another bill":          {named, strings.ReplaceAll(nameless(named), "2,2,x,", "2,2,y,"), false},
	} {
		l := open(t)
		load(t, l, loader.Options{}, write(t, "one.csv", c.before))
		r := load(t, l, loader.Options{}, write(t, "two.csv", c.content))[0]
		if said := strings.Contains(fmt.Sprint(r.Warnings), "one of the two names no accounts: both count"); r.Err != nil || said != c.warned {
			t.Errorf("%s: %v, a warning: %t, want %t: %v", name, r.Err, said, c.warned, r.Warnings)
		}
	}
}

// One superseded snapshot is kept: taking back the newest load puts it back.
// What was replaced before that has to be loaded again, and can be.
func TestRemovePutsBack(t *testing.T) {
	l := open(t)
	var paths []string
	for _, to := range []int{3, 5, 9} {
		paths = append(paths, write(t, "export.csv", mosa("s1", 1, to)))
		load(t, l, loader.Options{}, paths[len(paths)-1])
	}
	rows := func(want string) {
		t.Helper()
		if got := value(t, l, "SELECT count(*) FROM usage"); got != want {
			t.Errorf("%s rows, want %s", got, want)
		}
	}
	if got := value(t, l, "SELECT count(*) FROM charges"); got != "14" {
		t.Errorf("%s charges are kept, want the current 9 and the 5 before", got)
	}
	done, err := l.Remove(t.Context(), 3)
	if err != nil || len(done.Restored) != 1 || !strings.Contains(done.Restored[0], "(load 2)") || len(done.Lost) != 0 {
		t.Errorf("removing load 3: %+v, %v", done, err)
	}
	rows("5")
	done, err = l.Remove(t.Context(), 2)
	if err != nil || len(done.Restored) != 0 || len(done.Lost) != 1 || done.Lost[0].Ref != filepath.ToSlash(paths[0]) || len(done.Lost[0].SHA256) != 64 {
		t.Errorf("removing load 2: %+v, %v", done, err)
	}
	rows("0")
	if r := load(t, l, loader.Options{}, paths[0])[0]; r.Status != loader.Loaded {
		t.Errorf("loading again what is no longer kept: %s, %v", r.Status, r.Err)
	}
	rows("3")
}

// Taking back a load of some days puts back those days, but for those that a newer
// one has.
func TestRemovePutsBackDays(t *testing.T) {
	fill := func(t *testing.T) *ledger.Ledger {
		l := open(t)
		for i, from := range []int{1, 2, 3} {
			load(t, l, loader.Options{}, write(t, "export.csv", mosa("s1", from, from+6, ",1,1,", fmt.Sprintf(",1,%d,", i+1))))
		}
		return l
	}
	for name, c := range map[string]struct {
		remove []int64
		want   string // cost by day
	}{
		"the newest":        {[]int64{3}, "1 2 2 2 2 2 2 2"},
		"the one between":   {[]int64{2}, "1 1 3 3 3 3 3 3 3"},
		"the oldest":        {[]int64{1}, "2 3 3 3 3 3 3 3"},
		"the newest two":    {[]int64{3, 2}, "1 1 1 1 1 1 1"},
		"the oldest two":    {[]int64{1, 2}, "3 3 3 3 3 3 3"},
		"the one, then all": {[]int64{2, 3, 1}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			l := fill(t)
			for _, id := range c.remove {
				if _, err := l.Remove(t.Context(), id); err != nil {
					t.Fatal(err)
				}
			}
			got := value(t, l, "SELECT coalesce(string_agg(cost::INT::VARCHAR, ' ' ORDER BY day), '') FROM (SELECT ChargePeriodStart::DATE AS day, sum(BilledCost) AS cost FROM usage GROUP BY 1)")
			if got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// What a window changed is what it says of its own days.
func TestRestatementsOfDays(t *testing.T) {
	l := open(t)
	load(t, l, loader.Options{}, write(t, "export.csv", mosa("s1", 1, 7)))
	r := load(t, l, loader.Options{}, write(t, "export.csv", strings.Replace(mosa("s1", 3, 9), "2026-03-04,Storage,Data,1,1,", "2026-03-04,Storage,Data,1,1.5,", 1)))[0]
	if r.Err != nil || len(r.Changed) != 1 || r.Changed[0].Day != usage.Date(2026, 3, 4) || r.Changed[0].Delta().String() != "0.5" {
		t.Errorf("%v %+v", r.Err, r.Changed)
	}
	for query, want := range map[string]string{
		"SELECT count(*) || ' ' || sum(BilledCost)::DECIMAL(9,1) FROM usage": "9 9.5",
		// Each row that was read is current or superseded, and each key says how many it has.
		"SELECT count(*) FROM loads l WHERE l.rows <> (SELECT sum(rows) FROM scopes s WHERE s.load_id = l.load_id)":                                           "0",
		"SELECT count(*) FROM keys k WHERE k.rows <> (SELECT count(*) FROM charges c WHERE c.key_id = k.key_id)":                                              "0",
		"SELECT string_agg(state || ' ' || from_day || ' ' || to_day || ' ' || first_day || ' ' || reach || ' ' || rows, ', ' ORDER BY scope_id) FROM scopes": "current 2026-03-01 2026-03-03 2026-03-01 2026-03-02 2, superseded 2026-03-03 2026-03-08 2026-03-03 2026-03-07 5, current 2026-03-03 2026-03-10 2026-03-03 2026-03-09 7",
	} {
		if got := value(t, l, query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

func TestRemovingASupersededLoadKeepsTheChain(t *testing.T) {
	l := open(t)
	for _, to := range []int{3, 5} {
		load(t, l, loader.Options{}, write(t, "export.csv", mosa("s1", 1, to)))
	}
	if _, err := l.Remove(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if got := value(t, l, "SELECT count(*) || ' ' || (SELECT count(*) FROM charges) FROM usage"); got != "5 5" {
		t.Errorf("usage and charges: %s, want 5 5", got)
	}
}

// focusDays is a file of FOCUS with a charge of 2 a day.
func focusDays(subscription string, from, to int) string {
	var b strings.Builder
	b.WriteString("BilledCost,EffectiveCost,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceName,SubAccountId\n")
	for d := from; d <= to; d++ {
		fmt.Fprintf(&b, "2,2,x,EUR,2026-03-01T00:00:00Z,2026-04-01T00:00:00Z,Usage,2026-03-%02dT00:00:00Z,2026-03-%02dT00:00:00Z,Storage,/subscriptions/%s\n", d, d+1, subscription)
	}
	return b.String()
}

func TestPrefer(t *testing.T) {
	focus := func(subscription string, to int) string {
		return focusDays(subscription, 1, to)
	}
	two := mosa("s1", 1, 5) + strings.SplitN(mosa("s2", 1, 5), "\n", 2)[1]
	both := func(one, two string) string { return one + strings.SplitN(two, "\n", 2)[1] }
	uneven := both(focusDays("s1", 10, 30), focusDays("s2", 10, 12))
	google := "billing_account_id,usage_start_time,cost,currency,service.id,project.id\n"
	for day := 1; day <= 5; day++ {
		google += fmt.Sprintf("g,2026-03-%02d,3,EUR,Storage,s1\n", day)
	}
	for name, c := range map[string]struct {
		first, second, prefer string
		status                loader.Status
		reason, total         string
	}{
		"without a rule":                    {mosa("s1", 1, 5), focus("s1", 5), "", loader.Refused, "count charges twice", "5"},
		"the new one by its format":         {mosa("s1", 1, 5), focus("s1", 5), "focus", loader.Loaded, "", "10"},
		"by a format called as a cost type": {google, focus("s1", 5), "focus", loader.Loaded, "", "10"},
		"the other of these two":            {google, focus("s1", 5), "gcp_billing", loader.Superseded, "--prefer gcp_billing keeps", "15"},
		"the new one":                       {mosa("s1", 1, 5), focus("s1", 5), "new", loader.Loaded, "", "10"},
		"the old one by its cost type":      {mosa("s1", 1, 5), focus("s1", 5), "actual", loader.Superseded, "--prefer actual keeps", "5"},
		"the old one":                       {mosa("s1", 1, 5), focus("s1", 5), "old", loader.Superseded, "--prefer old keeps", "5"},
		"accounts of the old one alone":     {two, focus("s1", 5), "focus", loader.Loaded, "", "15"},
		"accounts of the new one alone":     {focus("s1", 5), two, "focus", loader.Loaded, "", "15"},
		"the preferred one covers less":     {mosa("s1", 1, 5), focus("s1", 4), "focus", loader.Refused, "2026-03-01 to 2026-03-04 instead of", "5"},
		"the new one on its days":           {mosa("s1", 1, 15), focusDays("s1", 14, 20), "new", loader.Loaded, "", "27"},
		"the old one on its days":           {mosa("s1", 1, 15), focusDays("s1", 14, 20), "old", loader.Loaded, "", "25"},
		"the later days first":              {focusDays("s1", 14, 20), mosa("s1", 1, 15), "focus", loader.Loaded, "", "27"},
		"the later days first, and new":     {focusDays("s1", 14, 20), mosa("s1", 1, 15), "new", loader.Loaded, "", "25"},
		"days of the account of both":       {two, focusDays("s1", 4, 9), "new", loader.Loaded, "", "20"},
		"other days by account, and new":    {both(mosa("s1", 1, 15), mosa("s2", 1, 20)), uneven, "new", loader.Loaded, "", "74"},
		"other days by account, and old":    {both(mosa("s1", 1, 15), mosa("s2", 1, 20)), uneven, "old", loader.Loaded, "", "65"},
		"fewer days of one account first":   {uneven, both(mosa("s1", 1, 15), mosa("s2", 1, 20)), "old", loader.Loaded, "", "74"},
		"days of another bill":              {v2Sample(t), mosa("5b1c0d3e-7a52-4c07-9c5e-0f6f2d3a1b77", 1, 31, "2026-03", "2026-07"), "old", loader.Loaded, "", "698"},
		"a rule that is about neither one":  {mosa("s1", 1, 5), focus("s1", 5), "amortized", loader.Refused, "count charges twice", "5"},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			load(t, l, loader.Options{}, write(t, "one.csv", c.first))
			r := load(t, l, loader.Options{Prefer: c.prefer}, write(t, "two.csv", c.second))[0]
			if r.Status != c.status || c.reason != "" && !strings.Contains(fmt.Sprint(r.Err), c.reason) {
				t.Errorf("%s (%v), want %s (%s)", r.Status, r.Err, c.status, c.reason)
			}
			if got := value(t, l, "SELECT sum(BilledCost)::DECIMAL(9,0) FROM usage"); got != c.total {
				t.Errorf("the ledger's total is %s, want %s", got, c.total)
			}
			// Each row that was read is current, superseded or rejected.
			if got := value(t, l, "SELECT count(*) FROM loads l WHERE l.rows <> (SELECT sum(rows) FROM scopes s WHERE s.load_id = l.load_id)"); got != "0" {
				t.Errorf("the rows of %s loads do not add up", got)
			}
		})
	}
}

// On the day on which a subscription moves to another agreement, or billing profile, both have some of its hours.
func TestTheDayOfATransfer(t *testing.T) {
	ea := func(from, to int) string {
		var b strings.Builder
		b.WriteString("Date,SubscriptionId,MeterCategory,MeterName,MeterId,Quantity,Cost,BillingCurrency,BillingAccountId,AccountOwnerId,BillingPeriodStartDate,BillingPeriodEndDate\n")
		for d := from; d <= to; d++ {
			fmt.Fprintf(&b, "03/%02d/2026,s1,Storage,Data,m,1,1,EUR,8888,a,03/01/2026,03/31/2026\n", d)
		}
		return b.String()
	}
	mca := func(from, to int) string {
		var b strings.Builder
		b.WriteString("date,SubscriptionId,meterCategory,meterName,meterId,quantity,costInBillingCurrency,billingCurrency,billingAccountId,billingProfileId,chargeType,invoiceId\n")
		for d := from; d <= to; d++ {
			fmt.Fprintf(&b, "03/%02d/2026,s1,Storage,Data,m,1,1,EUR,ba,bp,Usage,\n", d)
		}
		return b.String()
	}
	other := func(from, to int) string {
		return strings.ReplaceAll(mca(from, to), ",bp,", ",/billingAccounts/ba/billingProfiles/BQ,")
	}
	for name, c := range map[string]struct {
		files  []string
		status loader.Status
		total  string
	}{
		"from a billing profile to another":    {[]string{mca(1, 15), other(15, 31)}, loader.Loaded, "32"},
		"the later profile first":              {[]string{other(15, 31), mca(1, 15)}, loader.Loaded, "32"},
		"the profile's later file":             {[]string{mca(1, 15), other(15, 20), other(15, 31)}, loader.Loaded, "32"},
		"a profile that was named at length":   {[]string{other(1, 15), strings.ReplaceAll(mca(15, 31), ",bp,", ",bq,")}, loader.Loaded, "31"},
		"a profile that is not known":          {[]string{strings.ReplaceAll(mca(1, 15), ",bp,", ",,"), mca(15, 31)}, loader.Loaded, "31"},
		"a profile with another's days":        {[]string{mca(1, 15), other(1, 31)}, loader.Loaded, "31"},
		"one of two subscriptions of profiles": {[]string{mca(1, 15) + strings.SplitN(strings.ReplaceAll(mca(1, 31), ",s1,", ",s2,"), "\n", 2)[1], other(15, 31)}, loader.Loaded, "63"},
		"from EA to MCA":                       {[]string{ea(1, 15), mca(15, 31)}, loader.Loaded, "32"},
		"the later one first":                  {[]string{mca(15, 31), ea(1, 15)}, loader.Loaded, "32"},
		"from pay-as-you-go":                   {[]string{mosa("s1", 1, 15), mca(15, 31)}, loader.Loaded, "32"},
		"one of two subscriptions": {
			[]string{ea(1, 15) + strings.SplitN(strings.ReplaceAll(ea(1, 31), ",s1,", ",s2,"), "\n", 2)[1], mca(15, 31)}, loader.Loaded, "63",
		},
		"two days are no transfer":      {[]string{ea(1, 16), mca(15, 31)}, loader.Refused, "16"},
		"nor is a day that is all":      {[]string{ea(15, 15), mca(15, 15)}, loader.Refused, "1"},
		"nor is one agreement's format": {[]string{mosa("s1", 1, 15), focus(focusHeader+",SubAccountId", focusRow("1", "2026-03-01", "2026-04-01", "2026-03-15")+",/subscriptions/s1", focusRow("1", "2026-03-01", "2026-04-01", "2026-03-16")+",/subscriptions/s1")}, loader.Refused, "15"},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			var last loader.FileResult
			for _, content := range c.files {
				last = load(t, l, loader.Options{}, write(t, "export.csv", content))[0]
			}
			if got := value(t, l, "SELECT sum(BilledCost)::DECIMAL(9,0) FROM usage"); last.Status != c.status || got != c.total {
				t.Errorf("%s (%v), total %s; want %s, %s", last.Status, last.Err, got, c.status, c.total)
			}
		})
	}
}

// What a replacement changed is kept: what was added, removed and changed, per
// day and service, and it adds up to the difference of the totals.
func TestRestatements(t *testing.T) {
	l := open(t)
	load(t, l, loader.Options{}, write(t, "export.csv", mosa("s1", 1, 5)))
	// Day 2 costs more, day 3's line is of another meter, day 6 is new.
	newer := strings.Replace(mosa("s1", 1, 6), "2026-03-02,Storage,Data,1,1,", "2026-03-02,Storage,Data,1,1.25,", 1)
	newer = strings.Replace(newer, "2026-03-03,Storage,Data,1,1,", "2026-03-03,Storage,Egress,1,3,", 1)
	r := load(t, l, loader.Options{}, write(t, "export.csv", newer))[0]
	if r.Status != loader.Loaded {
		t.Fatal(r.Err)
	}
	var got []string
	total := usage.Decimal{}
	for _, c := range r.Changed {
		got = append(got, fmt.Sprintf("%s %s known %v: +%d %s -%d %s ~%d %s", c.Day, c.Service, c.Known, c.Added, c.AddedCost, c.Removed, c.RemovedCost, c.Changed, c.ChangedCost))
		total = total.Add(c.Delta())
	}
	want := []string{
		"2026-03-02 Storage known true: +0 0 -0 0 ~1 0.25",
		"2026-03-03 Storage known true: +1 3 -1 1 ~0 0",
		"2026-03-06 Storage known false: +1 1 -0 0 ~0 0",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if total.String() != "3.25" {
		t.Errorf("the changes add up to %s, want 8.25 - 5", total)
	}
}

// Each load's word on each day is kept, also when its charges no longer are.
func TestEstimateHistory(t *testing.T) {
	l := open(t)
	for _, to := range []int{3, 5, 9} {
		load(t, l, loader.Options{}, write(t, "export.csv", mosa("s1", 1, to)))
	}
	if got := value(t, l, "SELECT string_agg(load_id || ': ' || n, ', ' ORDER BY load_id) FROM (SELECT load_id, count(*) AS n FROM estimates GROUP BY 1)"); got != "1: 3, 2: 5, 3: 9" {
		t.Errorf("days per load: %s", got)
	}
	if got := value(t, l, "SELECT sum(EffectiveCost)::DECIMAL(9,0) FROM estimates WHERE load_id = 1 AND x_BillingPeriod = '2026-03' AND SubAccountId = 's1'"); got != "3" {
		t.Errorf("total of load 1: %s", got)
	}
}

func TestVersion2WinsOverVersion1(t *testing.T) {
	v1, v2 := filepath.Join(samples, "azure_account_v1/202608-v1.csv"), filepath.Join(samples, "azure_account_v2/202608-v2.csv")
	for _, order := range [][]string{{v1, v2}, {v2, v1}} {
		l := open(t)
		for _, r := range load(t, l, loader.Options{}, order...) {
			if r.Status == loader.Refused {
				t.Error(r.Err)
			}
		}
		if got := value(t, l, "SELECT sum(BilledCost) || ' ' || any_value(x_SourceFile LIKE '%v2.csv') FROM usage"); got != "738.950000000000000000 true" {
			t.Errorf("%v: %s", order, got)
		}
	}
}

func TestBadInput(t *testing.T) {
	packed := gzipped(t, mosa("s1", 1, 28))
	v2, err := os.ReadFile(filepath.Join(samples, "azure_account_v2/202607-v2.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ content, reason string }{
		"an empty file":                {"", "the file is empty"},
		"blank lines":                  {"\n\n", "the file is empty"},
		"not CSV":                      {"\x00\x01\x02binary", "binary data"},
		"a web page":                   {"<!DOCTYPE html><html>", "web page"},
		"an Excel workbook":            {"PK\x03\x04rest", "Excel workbook"},
		"UTF-16 that is no usage file": {"\xff\xfeS\x00u\x00", "not a usage file"},
		"an unknown header":            {"a,b,c\n1,2,3\n", "those of no usage file"},
		"a header that lacks a column": {strings.Replace(mosa("s1", 1, 1), "PreTaxCost", "Price", 1), `nearest to "Azure pay-as-you-go (MOSA) usage export", but lack PreTaxCost`},
		"a gzip file cut off":          {packed[:len(packed)-12], "cut off or damaged"},
		"a line without an end":        {mosa("s1", 1, 1, "Storage", strings.Repeat("x,", 18<<20)), "no row is as long"},
		"a quote that never closes":    {mosa("s1", 1, 1, "Storage", `"Storage`), "never closed"},
		"a stray quote":                {mosa("s1", 1, 1, "Storage", `Sto"rage`), "2: a quotation mark inside a value"},
		"too many values":              {mosa("s1", 1, 1, "EUR\n", "EUR,more\n"), "2: 10 values for 9 columns"},
		"a row cut off":                {strings.TrimSuffix(mosa("s1", 1, 2), ",1,/subscriptions/s1/resourceGroups/rg/providers/M.S/a/b,EUR\n") + "\n", "3: 6 values for 9 columns: the row is cut off before PreTaxCost"},
		"a file that ends in a row":    {strings.TrimSuffix(mosa("s1", 1, 2), "/M.S/a/b,EUR\n"), "3: the file ends in the middle of this row"},
		"an amount with a comma":       {mosa("s1", 1, 1, ",1,1,", `,1,"1,2,5",`), `2: PreTaxCost: "1,2,5": is not a decimal number`},
		"an amount too large":          {mosa("s1", 1, 1, ",1,1,", ",1,1e30,"), "has more than 20 digits"},
		"an impossible date":           {mosa("s1", 1, 1, "2026-03-01", "31/04/2026"), "2: UsageDateTime: \"31/04/2026\": is not a date"},
		"a statement cut off":          {string(v2[:bytes.Index(v2, []byte("Daily Usage"))]), "sections"},
		"a foreign amount":             {strings.Replace(string(v2), "€", "about ", 1), "is not an amount"},
		"money that is none":           {strings.Replace(string(v2), " EUR\n", " EUR 5\n", 1), "is not an amount"},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			r := load(t, l, loader.Options{}, write(t, "export.csv", c.content))[0]
			if c.reason == "" {
				if r.Err != nil {
					t.Error(r.Err)
				}
				return
			}
			if r.Status != loader.Refused || !strings.Contains(fmt.Sprint(r.Err), c.reason) {
				t.Errorf("%s: %v; want refused: %s", r.Status, r.Err, c.reason)
			}
			if got := value(t, l, "SELECT (SELECT count(*) FROM loads) + (SELECT count(*) FROM charges) + (SELECT count(*) FROM keys)"); got != "0" {
				t.Errorf("%s rows are left of a refused file", got)
			}
		})
	}
}

func TestPlacesThatHoldNothing(t *testing.T) {
	l := open(t)
	rs := load(t, l, loader.Options{}, t.TempDir(), filepath.Join(t.TempDir(), "*.csv"), filepath.Join(t.TempDir(), "none.csv"), "ftp://host/x.csv")
	for i, want := range []error{loader.ErrNothing, loader.ErrNothing, os.ErrNotExist, nil} {
		if rs[i].Status != loader.Refused || want != nil && !errors.Is(rs[i].Err, want) {
			t.Errorf("%s: %s, %v; want %v", rs[i].Ref, rs[i].Status, rs[i].Err, want)
		}
	}
}

func TestLeniency(t *testing.T) {
	want := "3.000000000000000000 3"
	for name, content := range map[string]string{
		"byte order marks before the header and the first row": "\ufeff" + strings.Replace(mosa("s1", 1, 3), "\ns1", "\n\ufeffs1", 1),
		"CRLF":                     strings.ReplaceAll(mosa("s1", 1, 3), "\n", "\r\n"),
		"semicolons":               strings.ReplaceAll(mosa("s1", 1, 3), ",", ";"),
		"no line end at the end":   strings.TrimSuffix(mosa("s1", 1, 3), "\n"),
		"empty lines":              strings.ReplaceAll(mosa("s1", 1, 3), "\n", "\n\n"),
		"line ends inside quotes":  mosa("s1", 1, 3, "Data", "\"Da\nta\""),
		"day-first dates, as told": mosa("s1", 1, 3, "2026-03-0", "0", ",Storage", "/03/2026,Storage"),
		"exponents and signs":      mosa("s1", 1, 3, ",1,1,", ",1.0E+0,+10e-1,"),
	} {
		l := open(t)
		o := loader.Options{}
		if strings.HasPrefix(name, "day-first") {
			o.DateOrder = loader.DayFirst
		}
		if r := load(t, l, o, write(t, "export.csv", content))[0]; r.Err != nil {
			t.Errorf("%s: %v", name, r.Err)
			continue
		}
		if got := value(t, l, "SELECT sum(BilledCost) || ' ' || count(DISTINCT ChargePeriodStart) FROM usage"); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestGzip(t *testing.T) {
	l := open(t)
	rs := load(t, l, loader.Options{}, write(t, "a.csv.gz", gzipped(t, mosa("s1", 1, 5))), write(t, "b.csv", mosa("s1", 1, 5)))
	if rs[0].Status != loader.Loaded || rs[1].Status != loader.Unchanged {
		t.Errorf("got %s (%v), %s (%v): the same content, packed and not", rs[0].Status, rs[0].Err, rs[1].Status, rs[1].Err)
	}
}
