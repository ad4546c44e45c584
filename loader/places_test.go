package loader_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"usagereport/ledger"
	"usagereport/loader"
)

// ofPlace is a FOCUS file of n days from the nth of May 2026 on, of a place so far east of UTC.
func ofPlace(east time.Duration, from, n int, amount string) string {
	at := func(month, day int) string {
		return time.Date(2026, time.Month(month), day, 0, 0, 0, 0, time.UTC).Add(-east).Format(time.RFC3339)
	}
	var rows []string
	for day := from; day < from+n; day++ {
		for _, service := range []string{"VM", "Disk"} {
			rows = append(rows, fmt.Sprintf("%s,%s,a,INR,%s,%s,Usage,%s,%s,%s", amount, amount, at(5, 1), at(6, 1), at(5, day), at(5, day+1), service))
		}
	}
	return focus(focusHeader, rows...)
}

// beside puts the rows of FOCUS files into one.
func beside(files ...string) string {
	head, _, _ := strings.Cut(ofPlace(0, 1, 1, "1"), "\n")
	var rows []string
	for _, f := range files {
		for _, row := range strings.Split(strings.TrimSpace(f), "\n") {
			if row != head && row != "" {
				if strings.Count(row, ",") == strings.Count(head, ",") {
					row += ",s1"
				}
				rows = append(rows, row)
			}
		}
	}
	return focus(head+",SubAccountId", rows...)
}

// other gives the rows of a file to another account.
func other(file string) string {
	head, rows, _ := strings.Cut(strings.TrimSpace(file), "\n")
	return head + "\n" + strings.ReplaceAll(rows, "\n", ",s2\n") + ",s2\n"
}

// monthly is what a bill of a place so far east of UTC bought for May 2026, under no account.
func monthly(east time.Duration) string {
	at := func(month int) string {
		return time.Date(2026, time.Month(month), 1, 0, 0, 0, 0, time.UTC).Add(-east).Format(time.RFC3339)
	}
	return fmt.Sprintf("100,100,a,INR,%s,%s,Purchase,%s,%s,Plan,", at(5), at(6), at(5), at(6))
}

// The days of a place east of UTC begin on UTC's day before. A file of a place and one that has dates only
// replace each other day by day of the bill: none counts twice, and none is taken for missing.
func TestDaysOfAPlaceReplaceDates(t *testing.T) {
	const india, china, zealand = 5*time.Hour + 30*time.Minute, 8 * time.Hour, 12 * time.Hour
	for name, c := range map[string]struct {
		files []string
		want  string // rows, and their sum
	}{
		"dates replace India's":        {[]string{ofPlace(india, 1, 31, "1"), ofPlace(0, 1, 31, "2")}, "62 124"},
		"India's replace dates":        {[]string{ofPlace(0, 1, 31, "1"), ofPlace(india, 1, 31, "2")}, "62 124"},
		"a month so far":               {[]string{ofPlace(china, 1, 10, "1"), ofPlace(0, 1, 12, "2")}, "24 48"},
		"a week beside the next":       {[]string{ofPlace(india, 1, 7, "1"), ofPlace(0, 8, 7, "2")}, "28 42"},
		"a week, and it and the next":  {[]string{ofPlace(india, 1, 7, "1"), ofPlace(0, 7, 7, "2")}, "26 40"},
		"the next, and the week":       {[]string{ofPlace(0, 7, 7, "2"), ofPlace(india, 1, 7, "1")}, "26 40"},
		"New Zealand's week and dates": {[]string{ofPlace(0, 1, 7, "1"), ofPlace(zealand, 7, 7, "2")}, "26 40"},
		"both of India":                {[]string{ofPlace(india, 1, 7, "1"), ofPlace(india, 7, 7, "2")}, "26 40"},
		"accounts of two places, then dates": {
			[]string{beside(ofPlace(india, 1, 31, "1"), other(ofPlace(0, 1, 31, "1"))), beside(ofPlace(0, 1, 31, "2"), other(ofPlace(0, 1, 31, "2")))},
			"124 248",
		},
		"dates, then accounts of two places": {
			[]string{beside(ofPlace(0, 1, 31, "1"), other(ofPlace(0, 1, 31, "1"))), beside(ofPlace(india, 1, 31, "2"), other(ofPlace(0, 1, 31, "2")))},
			"124 248",
		},
		"what no account bought, beside usage": {
			[]string{beside(ofPlace(india, 1, 31, "1"), monthly(india)), beside(ofPlace(0, 1, 31, "2"), monthly(0))}, "63 224",
		},
		"the same, dates first":  {[]string{beside(ofPlace(0, 1, 31, "2"), monthly(0)), beside(ofPlace(india, 1, 31, "1"), monthly(india))}, "63 162"},
		"what was bought, alone": {[]string{beside(monthly(india)), beside(monthly(0))}, "1 100"},
		"both of India, all":     {[]string{ofPlace(india, 1, 31, "1"), ofPlace(india, 1, 31, "2")}, "62 124"},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			for i, content := range c.files {
				if r := load(t, l, loader.Options{}, write(t, fmt.Sprintf("%d.csv", i), content))[0]; r.Err != nil {
					t.Fatal(r.Err)
				}
			}
			if got := value(t, l, "SELECT count(*) || ' ' || sum(BilledCost)::DOUBLE::BIGINT FROM usage"); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			days := "SELECT count(*) - count(DISTINCT (SubAccountId, ServiceName, (ChargePeriodStart + INTERVAL 14 HOUR)::DATE)) FROM usage"
			if twice := value(t, l, days); twice != "0" {
				t.Errorf("%s days of a service count twice", twice)
			}
		})
	}
}

// Hours of a place are of its days in an open month, too, whose end says nothing, and in a file of some days: it takes the place of
// these, and of no other hours.
func TestHoursOfAPlaceInAnOpenMonth(t *testing.T) {
	const losAngeles, berlin, china = -7 * time.Hour, 2 * time.Hour, 8 * time.Hour
	dear := func(file string) string { return strings.ReplaceAll(file, "\n1,1,", "\n3,3,") }
	for name, c := range map[string]struct {
		files []string
		o     loader.Options
		want  string // rows, and their sum
	}{
		"what corrects two days":        {[]string{hourly(losAngeles, 1, 20), dear(hourly(losAngeles, 5, 2))}, loader.Options{Prefer: ledger.PreferNew}, "960 1152"},
		"dates that correct two days":   {[]string{hourly(losAngeles, 1, 20), ofPlace(0, 5, 2, "72")}, loader.Options{Prefer: ledger.PreferNew}, "868 1152"},
		"rolling days":                  {[]string{hourly(losAngeles, 1, 12), dear(hourly(losAngeles, 8, 13))}, loader.Options{}, "960 2208"},
		"rolling days, the later first": {[]string{dear(hourly(losAngeles, 8, 13)), hourly(losAngeles, 1, 12)}, loader.Options{}, "960 2208"},
		"a month so far":                {[]string{hourly(losAngeles, 1, 12), dear(hourly(losAngeles, 1, 13))}, loader.Options{}, "624 1872"},
		"Berlin's two days":             {[]string{hourly(berlin, 1, 20), dear(hourly(berlin, 5, 2))}, loader.Options{Prefer: ledger.PreferNew}, "960 1152"},
		"China's two days":              {[]string{hourly(china, 1, 31), dear(hourly(china, 5, 2))}, loader.Options{Prefer: ledger.PreferNew}, "1488 1680"},
		"China's rolling days":          {[]string{hourly(china, 1, 12), dear(hourly(china, 8, 13))}, loader.Options{}, "960 2208"},
		"hours of UTC":                  {[]string{hourly(0, 1, 12), dear(hourly(0, 8, 13))}, loader.Options{}, "960 2208"},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			for i, content := range c.files {
				if r := load(t, l, c.o, write(t, fmt.Sprintf("%d.csv", i), content))[0]; r.Err != nil {
					t.Fatal(r.Err)
				}
			}
			if got := value(t, l, "SELECT count(*) || ' ' || sum(BilledCost)::DOUBLE::BIGINT FROM usage"); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// hourly is a FOCUS file of n days from the nth of May 2026 on, of a place so far east of UTC, by the hour.
func hourly(east time.Duration, from, n int) string {
	at := func(month, day, hour int) string {
		return time.Date(2026, time.Month(month), day, hour, 0, 0, 0, time.UTC).Add(-east).Format(time.RFC3339)
	}
	var rows []string
	for hour := range 24 * n {
		for _, service := range []string{"VM", "Disk"} {
			rows = append(rows, fmt.Sprintf("1,1,a,INR,%s,%s,Usage,%s,%s,%s", at(5, 1, 0), at(6, 1, 0), at(5, from, hour), at(5, from, hour+1), service))
		}
	}
	return focus(focusHeader, rows...)
}

// What a place east of UTC has by the hour begins on the evening before its bill does. A file of dates takes the place of that, too,
// and none of it counts twice; a lone hour among days makes them no days of UTC.
func TestHoursOfAPlaceAndDates(t *testing.T) {
	const india, china, newYork, losAngeles = 5*time.Hour + 30*time.Minute, 8 * time.Hour, -4 * time.Hour, -7 * time.Hour
	dates := func(from, n int) string { return ofPlace(0, from, n, "24") }
	hour := func(start, end string) string {
		return focus(focusHeader, "1,1,a,INR,2026-04-30T18:30:00Z,2026-05-31T18:30:00Z,Usage,"+start+","+end+",Event")
	}
	plain := func(files ...string) string {
		out := files[0]
		for _, f := range files[1:] {
			out += strings.SplitN(f, "\n", 2)[1]
		}
		return out
	}
	for name, c := range map[string]struct {
		files []string
		want  string // rows, and their sum
	}{
		"hours, dates":                      {[]string{hourly(india, 1, 31), dates(1, 31)}, "62 1488"},
		"dates, hours":                      {[]string{dates(1, 31), hourly(india, 1, 31)}, "1488 1488"},
		"China's":                           {[]string{hourly(china, 1, 31), dates(1, 31)}, "62 1488"},
		"New York's":                        {[]string{hourly(newYork, 1, 31), dates(1, 31)}, "62 1488"},
		"dates, New York's":                 {[]string{dates(1, 31), hourly(newYork, 1, 31)}, "1488 1488"},
		"New York's, the last day":          {[]string{hourly(newYork, 1, 31), dates(31, 1)}, "1442 1488"},
		"New York's, a day":                 {[]string{hourly(newYork, 1, 31), dates(10, 1)}, "1442 1488"},
		"Los Angeles's days and hours":      {[]string{plain(ofPlace(losAngeles, 1, 31, "24"), hourly(losAngeles, 1, 31)), dates(1, 31)}, "62 1488"},
		"hours of UTC":                      {[]string{hourly(0, 1, 31), dates(1, 31)}, "62 1488"},
		"hours so far, dates":               {[]string{hourly(india, 1, 10), dates(1, 10)}, "20 480"},
		"hours, the first day":              {[]string{hourly(india, 1, 31), dates(1, 1)}, "1442 1488"},
		"an hour among days, dates":         {[]string{plain(ofPlace(india, 1, 31, "24"), hour("2026-05-10T05:30:00Z", "2026-05-10T06:30:00Z")), dates(1, 31)}, "62 1488"},
		"an hour of the last day, dates":    {[]string{plain(ofPlace(india, 1, 31, "24"), hour("2026-05-31T05:30:00Z", "2026-05-31T06:30:00Z")), dates(1, 31)}, "62 1488"},
		"an hour of the first day, and all": {[]string{plain(ofPlace(india, 1, 31, "24"), hour("2026-04-30T19:30:00Z", "2026-04-30T20:30:00Z")), dates(1, 31)}, "62 1488"},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			for i, content := range c.files {
				if r := load(t, l, loader.Options{Prefer: ledger.PreferNew}, write(t, fmt.Sprintf("%d.csv", i), content))[0]; r.Err != nil {
					t.Fatal(r.Err)
				}
			}
			if got := value(t, l, "SELECT count(*) || ' ' || sum(BilledCost)::DOUBLE::BIGINT FROM usage"); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			wrong := "SELECT count(*) FROM scopes JOIN (SELECT scope_id, sum(EffectiveCost) AS cost, count(*) AS n FROM charges JOIN keys USING (key_id) " +
				"GROUP BY scope_id) USING (scope_id) WHERE EffectiveCost <> cost OR rows <> n"
			if n := value(t, l, wrong); n != "0" {
				t.Errorf("%s scopes have other sums than their charges", n)
			}
			if _, err := l.Remove(t.Context(), 2); err != nil {
				t.Fatal(err)
			}
			rows := fmt.Sprint(strings.Count(c.files[0], "\n") - 1)
			if got := value(t, l, "SELECT count(*) FROM usage"); got != rows {
				t.Errorf("the second taken back: %s rows, want %s", got, rows)
			}
		})
	}
}

// Hours of a place east of UTC, in files that divide them at some hour or share days, count once each in whatever order they are
// loaded: also where one has the evening before the bill's first day alone.
func TestHoursOfAPlaceInSeveralFiles(t *testing.T) {
	const india, newYork = 5*time.Hour + 30*time.Minute, -4 * time.Hour
	all := strings.Split(strings.TrimSpace(hourly(india, 1, 4)), "\n")
	last := strings.Split(strings.TrimSpace(hourly(newYork, 28, 4)), "\n")
	end := func(from, to int) string { return last[0] + "\n" + strings.Join(last[1+from:1+to], "\n") + "\n" }
	part := func(from, to int) string { return all[0] + "\n" + strings.Join(all[1+from:1+to], "\n") + "\n" }
	for name, c := range map[string]struct {
		files []string
		rows  int
	}{
		"the evening, days of UTC": {[]string{part(0, 12), part(12, 60), part(60, 108), part(108, 192)}, 192},
		"the evening, all else":    {[]string{part(0, 12), part(12, 192)}, 192},
		"days of the place":        {[]string{part(0, 48), part(48, 96), part(96, 192)}, 192},
		"at some hour":             {[]string{part(0, 100), part(100, 192)}, 192},
		"rolling days":             {[]string{hourly(india, 1, 7), hourly(india, 2, 7), hourly(india, 3, 7)}, 9 * 48},
		"weeks":                    {[]string{hourly(india, 1, 7), hourly(india, 8, 7)}, 14 * 48},
		"the month's end, days":    {[]string{end(0, 48), end(48, 144), end(144, 192)}, 192},
		"the month's end, hours":   {[]string{end(0, 100), end(100, 184), end(184, 192)}, 192},
		"the month's end, rolling": {[]string{hourly(newYork, 20, 7), hourly(newYork, 23, 7), hourly(newYork, 25, 7)}, 12 * 48},
		"the month's end, again":   {[]string{hourly(newYork, 1, 31), hourly(newYork, 28, 4)}, 31 * 48},
	} {
		for range 2 {
			l := open(t)
			for i, content := range c.files {
				if r := load(t, l, loader.Options{}, write(t, fmt.Sprintf("%d.csv", i), content))[0]; r.Err != nil {
					t.Fatalf("%s: %v", name, r.Err)
				}
			}
			const counts = "SELECT count(*) || ' ' || count(DISTINCT (ChargePeriodStart, ServiceName)) FROM usage"
			if got := value(t, l, counts); got != fmt.Sprintf("%d %d", c.rows, c.rows) {
				t.Errorf("%s: %s, want each of %d once", name, got, c.rows)
			}
			slices.Reverse(c.files)
		}
	}
}

// Files of two formats that hold the same charges are compared by the days of an account's place, too: whichever is preferred,
// no evening before the first day counts beside it, and none of the last day.
func TestPreferredDaysOfAPlace(t *testing.T) {
	const india = 5*time.Hour + 30*time.Minute
	of := func(file string) string {
		head, rows, _ := strings.Cut(strings.TrimSpace(file), "\n")
		return head + ",SubAccountId\n" + strings.ReplaceAll(rows, "\n", ",/subscriptions/s1\n") + ",/subscriptions/s1\n"
	}
	days, hours := of(ofPlace(india, 1, 31, "24")), of(hourly(india, 1, 31))
	dates := mosa("s1", 1, 31, "2026-03", "2026-05", ",1,1,", ",1,48,", "EUR", "INR")
	for name, c := range map[string]struct {
		files  [2]string
		prefer string
		want   string // rows, and their sum
	}{
		"days, dates":                {[2]string{days, dates}, ledger.PreferNew, "31 1488"},
		"hours, dates":               {[2]string{hours, dates}, ledger.PreferNew, "31 1488"},
		"dates, days":                {[2]string{dates, days}, ledger.PreferNew, "62 1488"},
		"dates, hours":               {[2]string{dates, hours}, ledger.PreferNew, "1488 1488"},
		"days so far kept":           {[2]string{of(ofPlace(india, 1, 20, "24")), dates}, ledger.PreferOld, "51 1488"},
		"hours so far kept":          {[2]string{of(hourly(india, 1, 20)), dates}, ledger.PreferOld, "971 1488"},
		"dates so far kept":          {[2]string{mosa("s1", 1, 20, "2026-03", "2026-05", ",1,1,", ",1,48,", "EUR", "INR"), days}, ledger.PreferOld, "42 1488"},
		"dates so far kept of hours": {[2]string{mosa("s1", 1, 20, "2026-03", "2026-05", ",1,1,", ",1,48,", "EUR", "INR"), hours}, ledger.PreferOld, "548 1488"},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			for i, content := range c.files {
				if r := load(t, l, loader.Options{Prefer: c.prefer}, write(t, fmt.Sprintf("%d.csv", i), content))[0]; r.Err != nil {
					t.Fatal(r.Err)
				}
			}
			if got := value(t, l, "SELECT count(*) || ' ' || sum(BilledCost)::DOUBLE::BIGINT FROM usage"); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// What is charged by the hour, from an afternoon on, or on days of UTC or of a place west of it, is not ahead.
func TestAheadOfUTC(t *testing.T) {
	l := open(t)
	day := "1,1,a,INR,2026-05-01,2026-06-01,Usage,2026-05-09T18:30:00Z,2026-05-10T18:30:00Z,VM"
	mixed := focus(focusHeader, day, strings.Replace(day, "2026-05-10T18:30:00Z", "2026-05-09T19:30:00Z", 1))
	load(t, l, loader.Options{}, write(t, "a.csv", mixed))
	if got := value(t, l, "SELECT ahead FROM scopes"); got != "1" {
		t.Errorf("with an hour among days: %s days ahead, want 1", got)
	}
	for name, c := range map[string]struct{ from, to, want string }{
		"India's day":          {"2026-05-09T18:30:00Z", "2026-05-10T18:30:00Z", "1"},
		"India's month":        {"2026-04-30T18:30:00Z", "2026-05-31T18:30:00Z", "1"},
		"New Zealand's day":    {"2026-05-09T12:00:00Z", "2026-05-10T12:00:00Z", "1"},
		"a summer's first day": {"2026-05-09T16:00:00Z", "2026-05-10T15:00:00Z", "1"},
		"an hour":              {"2026-05-09T18:30:00Z", "2026-05-09T19:30:00Z", "0"},
		"a day of UTC's":       {"2026-05-09T00:00:00Z", "2026-05-10T00:00:00Z", "0"},
		"a date":               {"2026-05-09", "2026-05-10", "0"},
		"Los Angeles's day":    {"2026-05-09T07:00:00Z", "2026-05-10T07:00:00Z", "0"},
		"Hawaii's day":         {"2026-05-09T10:00:00Z", "2026-05-10T10:00:00Z", "0"},
		"a day from 16:31":     {"2026-05-09T16:31:00Z", "2026-05-10T16:31:00Z", "0"},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			row := "1,1,a,INR,2026-05-01,2026-06-01,Usage," + c.from + "," + c.to + ",VM"
			if r := load(t, l, loader.Options{}, write(t, "a.csv", focus(focusHeader, row)))[0]; r.Err != nil {
				t.Fatal(r.Err)
			}
			if got := value(t, l, "SELECT ahead FROM scopes"); got != c.want {
				t.Errorf("%s days ahead, want %s", got, c.want)
			}
		})
	}
}

// Hours among days of a place east of UTC, or west of it, are of that place's days, too: what corrects a day takes all of its hours.
func TestHoursAmongDaysOfAPlaceAreCorrected(t *testing.T) {
	row := func(service, from, to string) string {
		return "1,1,a,USD,2026-05-01,2026-06-01,Usage," + from + "," + to + "," + service
	}
	stamp := func(t time.Time) string { return t.Format(time.RFC3339) }
	for _, east := range []int{8, -4, -8} {
		var rows []string
		for d := range 31 {
			day := time.Date(2026, 5, 1, -east, 0, 0, 0, time.UTC).AddDate(0, 0, d)
			rows = append(rows, row("VM", stamp(day), stamp(day.AddDate(0, 0, 1))))
			for h := range 24 {
				hour := day.Add(time.Duration(h) * time.Hour)
				rows = append(rows, row("DB", stamp(hour), stamp(hour.Add(time.Hour))))
			}
		}
		for _, day := range []int{1, 2, 17, 31} {
			l := open(t)
			date := time.Date(2026, 5, day, 0, 0, 0, 0, time.UTC)
			corrected := row("VM", date.Format(time.DateOnly), date.AddDate(0, 0, 1).Format(time.DateOnly))
			load(t, l, loader.Options{}, write(t, "all.csv", focus(focusHeader, rows...)))
			r := load(t, l, loader.Options{Prefer: ledger.PreferNew}, write(t, "day.csv", focus(focusHeader, corrected)))[0]
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			if said := strings.Join(r.Warnings, "\n"); !strings.Contains(said, "1 USD instead of 25 USD") {
				t.Errorf("%d hours east, the %d. corrected: %q", east, day, said)
			}
			old := fmt.Sprintf("(ChargePeriodStart + to_hours(%d))::DATE = '%s' AND NOT (ServiceName = 'VM' AND hour(ChargePeriodStart) = 0)",
				east, date.Format(time.DateOnly))
			if got := value(t, l, "SELECT count(*) || ' ' || count(*) FILTER ("+old+") FROM usage"); got != "751 0" { // 30 days of 25 rows, and one
				t.Errorf("%d hours east, the %d. corrected: %s, want 751 rows and none of the day's old ones", east, day, got)
			}
		}
	}
}

// A manifest names the days of its export's place: what a later run says of the first of them takes the place of what an
// earlier one says, whatever it is.
func TestRunsOfAPlace(t *testing.T) {
	const india = 5*time.Hour + 30*time.Minute
	_, rest, _ := strings.Cut(ofPlace(india, 2, 30, "1"), "\n")
	first := strings.Split(ofPlace(india, 1, 1, "6"), "\n")
	days := func(m map[string]any) {
		info := m["runInfo"].(map[string]any)
		info["startDate"], info["endDate"] = "2026-05-01T00:00:00", "2026-05-31T00:00:00"
	}
	for _, order := range []string{"12", "21"} {
		t.Run(order, func(t *testing.T) {
			w, l := newTree(t), open(t)
			for _, r := range order {
				content := strings.TrimSpace(ofPlace(india, 1, 31, "1")) + "\n"
				if r == '2' {
					content = first[0] + "\n" + first[1] + "\n" + strings.TrimSpace(rest) + "\n" // none of the first day's disk
				}
				path := w.run(azureRun{
					folder: string(r), submitted: fmt.Sprintf("2026-06-0%cT02:00:00Z", r), kind: "FocusCost", parts: []string{content}, change: days,
				})
				if got := load(t, l, loader.Options{}, path)[0]; got.Status != loader.Loaded && got.Status != loader.Superseded {
					t.Fatalf("%s %v", got.Status, got.Err)
				}
			}
			if got := value(t, l, "SELECT count(*) || ' ' || sum(BilledCost)::DOUBLE::BIGINT FROM usage"); got != "61 66" {
				t.Errorf("%s, want 61 66", got)
			}
		})
	}
}

// What a load that is taken back had replaced counts again, but for the days of an account that a newer file has: on days of
// its place, and of no other account.
func TestTakenBackBetweenPlaces(t *testing.T) {
	const india = 5*time.Hour + 30*time.Minute
	month, dates, month2, dates2 := ofPlace(india, 1, 31, "1"), ofPlace(0, 1, 31, "1"), ofPlace(india, 1, 31, "2"), ofPlace(0, 1, 31, "2")
	for name, files := range map[string][]string{
		"a place, dates":      {beside(month), beside(dates2)},
		"dates, a place":      {beside(dates), beside(month2)},
		"two accounts, dates": {beside(dates, other(dates)), beside(dates2, other(dates2))},
		"of two places":       {beside(month, other(dates)), beside(dates2, other(month2))},
	} {
		for from, correction := range map[string]string{"dates": ofPlace(0, 3, 3, "5"), "a place": ofPlace(india, 3, 3, "5")} {
			t.Run(name+", and days of "+from, func(t *testing.T) {
				l := open(t)
				for i, content := range files {
					load(t, l, loader.Options{AllowShrink: true}, write(t, fmt.Sprintf("%d.csv", i), content))
				}
				if r := load(t, l, loader.Options{Prefer: ledger.PreferNew}, write(t, "3.csv", beside(correction)))[0]; r.Err != nil {
					t.Fatal(r.Err)
				}
				rows := strings.Count(files[0], "\n") - 1
				for id, total := range []int{0: 2*rows + 6*3, 2: rows + 6*4} {
					if id == 1 {
						continue
					}
					if id != 0 {
						if err := l.Update(t.Context(), func(conn *sql.Conn) error {
							_, _, err := ledger.TakeBack(t.Context(), conn, int64(id))
							return err
						}); err != nil {
							t.Fatal(err)
						}
					}
					days := "count(DISTINCT (SubAccountId, ServiceName, (ChargePeriodStart + INTERVAL 14 HOUR)::DATE))"
					got := value(t, l, "SELECT count(*) || ' ' || "+days+" || ' ' || sum(BilledCost)::DOUBLE::BIGINT FROM usage")
					if said := fmt.Sprintf("%d %d %d", rows, rows, total); got != said {
						t.Errorf("%s, want %s, load %d taken back", got, said, id)
					}
				}
			})
		}
	}
}
