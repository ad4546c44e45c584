package loader_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"usagereport/loader"
)

// datesOf is a file of an account whose days are written so.
func datesOf(account string, days ...string) string {
	content := mosa(account, 1, len(days))
	for i, d := range days {
		content = strings.Replace(content, fmt.Sprintf("2026-03-%02d", i+1), d, 1)
	}
	return content
}

// Where a file leaves the order of its dates open, those of its kind that the ledger has decide, whatever shows theirs:
// unless they differ, or none shows any.
func TestLoadedFilesDecideTheOrderOfDates(t *testing.T) {
	dayFirst, monthFirst := datesOf("s2", "02/03/2026", "13/03/2026"), datesOf("s3", "02/03/2026", "02/13/2026")
	unsaid, iso := datesOf("s4", "02/03/2026", "05/06/2026"), mosa("s5", 1, 2)
	for name, c := range map[string]struct {
		before  []string
		options loader.Options
		says    string
	}{
		"day first":                  {[]string{dayFirst}, loader.Options{}, "day/month/year, as those of 0.csv are"},
		"month first":                {[]string{monthFirst}, loader.Options{}, "month/day/year, as those of 0.csv are"},
		"one without such dates":     {[]string{dayFirst, iso}, loader.Options{}, "day/month/year, as those of 0.csv are"},
		"one that leaves it open":    {[]string{unsaid, dayFirst}, loader.Options{}, "day/month/year, as those of 1.csv are"},
		"both":                       {[]string{dayFirst, monthFirst}, loader.Options{}, "nothing in the file says"},
		"none":                       {[]string{unsaid, iso}, loader.Options{}, "nothing in the file says"},
		"as a flag said":             {[]string{unsaid}, loader.Options{DateOrder: loader.MonthFirst}, "month/day/year, as those of 0.csv are"},
		"as a flag said, day first":  {[]string{unsaid}, loader.Options{DateOrder: loader.DayFirst}, "day/month/year, as those of 0.csv are"},
		"a flag said nothing of ISO": {[]string{iso}, loader.Options{DateOrder: loader.DayFirst}, "nothing in the file says"},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			for i, content := range c.before {
				if r := load(t, l, c.options, write(t, fmt.Sprintf("%d.csv", i), content))[0]; r.Err != nil {
					t.Fatal(r.Err)
				}
			}
			r := load(t, l, loader.Options{}, write(t, "open.csv", datesOf("s1", "02/03/2026", "03/04/2026")))[0]
			said := strings.Join(r.Warnings, "; ")
			for _, word := range strings.Fields(said) {
				if filepath.IsAbs(word) {
					said = strings.ReplaceAll(said, word, filepath.Base(word))
				}
			}
			if r.Err != nil || !strings.Contains(said, c.says) {
				t.Errorf("%v, %q, want %q", r.Err, said, c.says)
			}
		})
	}
}

// A ledger of an earlier release has no order of dates: what its warnings and flags say is taken, and of what these do not
// say nothing is.
func TestDateOrdersOfAnOlderLedger(t *testing.T) {
	l := open(t)
	unsaid := func(account string) string { return datesOf(account, "02/03/2026", "05/06/2026") }
	load(t, l, loader.Options{}, write(t, "0.csv", datesOf("s0", "02/03/2026", "13/03/2026")))
	load(t, l, loader.Options{}, write(t, "1.csv", unsaid("s1")))
	load(t, l, loader.Options{}, write(t, "2.csv", datesOf("s2", "02/03/2026", "02/13/2026")))
	load(t, l, loader.Options{}, write(t, "3.csv", unsaid("s3")))
	load(t, l, loader.Options{}, write(t, "4.csv", mosa("s4", 1, 2)))
	load(t, l, loader.Options{DateOrder: loader.MonthFirst}, write(t, "5.csv", unsaid("s5")))
	load(t, l, loader.Options{DateOrder: loader.DayFirst}, write(t, "6.csv", unsaid("s6")))
	const orders = "SELECT string_agg(CASE date_order WHEN '' THEN 'none' ELSE coalesce(date_order, 'NULL') END, ' ' ORDER BY load_id) FROM loads"
	if got, want := value(t, l, orders), "day-first day-first month-first none none month-first day-first"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	b, err := os.ReadFile("../ledger/schema/019_dates.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, updates, found := strings.Cut(string(b), "ALTER TABLE loads ADD COLUMN date_order VARCHAR;")
	if _, err := l.DB().ExecContext(t.Context(), "UPDATE loads SET date_order = NULL;"+updates); err != nil || !found {
		t.Fatal(err)
	}
	if got, want := value(t, l, orders), "day-first day-first NULL NULL NULL month-first day-first"; got != want {
		t.Errorf("brought up: %s, want %s", got, want)
	}
}

// Files that stand beside the usage write dates in the order that they show, or that a flag says, as those of usage do.
func TestDatesBesideTheUsage(t *testing.T) {
	const header = "InstanceId,Kind,ReservationId,ReservationOrderId,ReservedHours,SkuName,TotalReservedQuantity,UsageDate,UsedHours\n"
	row := func(day string) string { return "/s/vm,Microsoft.Compute,A,B,48,D2,2," + day + ",24\n" }
	for name, c := range map[string]struct {
		days    string
		options loader.Options
		want    string
	}{
		"as the files of Azure":  {"04/03/2026", loader.Options{}, "2026-04-03"},
		"as another of its days": {"04/03/2026 13/03/2026", loader.Options{}, "2026-03-04 2026-03-13"},
		"month first":            {"04/03/2026 04/13/2026", loader.Options{}, "2026-04-03 2026-04-13"},
		"as a flag says":         {"04/03/2026", loader.Options{DateOrder: loader.DayFirst}, "2026-03-04"},
		"with a month's name":    {"4-Mar-26 5-Mar-26", loader.Options{}, "2026-03-04 2026-03-05"},
	} {
		l := open(t)
		text, contracts := header, "ContractCommitmentId,ContractId,ContractCommitmentPeriodStart\n"
		for i, day := range strings.Fields(c.days) {
			text += row(day)
			contracts += fmt.Sprintf("c%d,k,%s\n", i, day)
		}
		for _, r := range load(t, l, c.options, write(t, "hours.csv", text), write(t, "contracts.csv", contracts)) {
			if r.Err != nil {
				t.Errorf("%s: %v", name, r.Err)
			}
		}
		for _, query := range []string{
			"SELECT string_agg(said['usagedate'], ' ' ORDER BY said['usagedate']) FROM reservations",
			"SELECT string_agg(ContractCommitmentPeriodStart::DATE, ' ' ORDER BY ContractCommitmentPeriodStart) FROM contract_commitments",
		} {
			if got := value(t, l, query); got != c.want {
				t.Errorf("%s: %s, want %s", name, got, c.want)
			}
		}
	}
}
