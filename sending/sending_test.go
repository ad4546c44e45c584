package sending_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"usagereport/ledger"
	"usagereport/sending"
	"usagereport/usage"
)

var start = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

func report(state ledger.RecordState, total string) ledger.Record {
	d, _, err := usage.ParseDecimal(total)
	if err != nil {
		panic(err)
	}
	return ledger.Record{
		What: ledger.RecordReport, Owner: "Search", Period: "2026-10", State: state,
		Totals: []ledger.RecordTotal{{Currency: "EUR", State: usage.Closed, Total: d}},
	}
}

func with(r ledger.Record, change func(*ledger.Record)) ledger.Record {
	r.Totals = slices.Clone(r.Totals)
	change(&r)
	return r
}

func TestOnce(t *testing.T) {
	now := report(ledger.Recorded, "100")
	other := func(change func(*ledger.Record)) []ledger.Record {
		return []ledger.Record{with(report(ledger.Sent, "100"), change)}
	}
	for name, c := range map[string]struct {
		before []ledger.Record
		now    ledger.Record
		plain  string // what is done without --corrected
		asked  string // and with it
	}{
		"never sent":        {nil, now, "report", "report"},
		"sent":              {[]ledger.Record{report(ledger.Sent, "100")}, now, "-", "-"},
		"sent, and changed": {[]ledger.Record{report(ledger.Sent, "87.6")}, now, "-", "corrected 12.4 EUR"},
		"sent, less now":    {[]ledger.Record{report(ledger.Sent, "112.4")}, now, "-", "corrected -12.4 EUR"},
		"failed":            {[]ledger.Record{report(ledger.Failed, "100")}, now, "report", "report"},
		"handed out":        {[]ledger.Record{report(ledger.Recorded, "100")}, now, "report", "report"},
		"unsure":            {[]ledger.Record{report(ledger.Sending, "100")}, now, "unsure", "unsure"},
		"sent, a correction failed": {[]ledger.Record{
			report(ledger.Sent, "90"),
			with(report(ledger.Failed, "100"), func(r *ledger.Record) { r.What = ledger.RecordCorrected }),
		}, now, "-", "corrected 10 EUR"},
		"sent, a correction unsure": {[]ledger.Record{
			report(ledger.Sent, "90"),
			with(report(ledger.Sending, "100"), func(r *ledger.Record) { r.What = ledger.RecordCorrected }),
		}, now, "unsure 10 EUR", "unsure 10 EUR"},
		"corrected": {[]ledger.Record{
			report(ledger.Sent, "90"),
			with(report(ledger.Sent, "100"), func(r *ledger.Record) { r.What = ledger.RecordCorrected }),
		}, now, "-", "-"},
		"unsure, then sent again":    {[]ledger.Record{report(ledger.Sending, "90"), report(ledger.Sent, "100")}, now, "-", "-"},
		"another owner's":            {other(func(r *ledger.Record) { r.Owner = "Web" }), now, "report", "report"},
		"the owner in other letters": {other(func(r *ledger.Record) { r.Owner = "SEARCH" }), now, "-", "-"},
		"of another period":          {other(func(r *ledger.Record) { r.Period = "2026-09" }), now, "report", "report"},
		"of a month":                 {other(func(r *ledger.Record) { r.ByMonth = true }), now, "report", "report"},
		"while the period was open":  {other(func(r *ledger.Record) { r.Totals[0].State = usage.Open }), now, "report", "report"},
		"of findings":                {other(func(r *ledger.Record) { r.What = ledger.RecordFindings }), now, "report", "report"},
		"in another currency":        {other(func(r *ledger.Record) { r.Totals[0].Currency = "USD" }), now, "-", "corrected 100 EUR, -100 USD"},
		"what is shared has changed": {
			[]ledger.Record{report(ledger.Sent, "100")},
			with(now, func(r *ledger.Record) { r.Totals[0].Shared = usage.DecimalOf(3) }), "-", "corrected 3 EUR",
		},
		"a cent is rounded in each total": {
			[]ledger.Record{with(report(ledger.Sent, "0"), func(r *ledger.Record) { r.Totals[0].Total = usage.MustDecimal("441.5787") })},
			with(now, func(r *ledger.Record) { r.Totals[0].Total = usage.MustDecimal("441.6640") }), "-", "corrected 0.08 EUR",
		},
		"less than a cent": {
			[]ledger.Record{with(report(ledger.Sent, "0"), func(r *ledger.Record) { r.Totals[0].Total = usage.MustDecimal("441.5787") })},
			with(now, func(r *ledger.Record) { r.Totals[0].Total = usage.MustDecimal("441.5812") }), "-", "-",
		},
		"what is shared is now owned": {other(func(r *ledger.Record) {
			r.Totals[0].Total, r.Totals[0].Shared = usage.DecimalOf(60), usage.DecimalOf(40)
		}), now, "-", "-"},
	} {
		for correct, want := range map[bool]string{false: c.plain, true: c.asked} {
			v := sending.Once(c.before, c.now, correct)
			got := "-"
			var all []string
			for _, m := range v.Differs {
				all = append(all, m.Amount.String()+" "+m.Currency)
			}
			switch {
			case v.Unsure != nil:
				got = strings.TrimSpace("unsure " + strings.Join(all, ", "))
			case v.Send && v.What == ledger.RecordCorrected:
				got = "corrected " + strings.Join(all, ", ")
			case v.Send:
				got = string(v.What)
			}
			if got != want {
				t.Errorf("%s, corrected %v: got %s, want %s", name, correct, got, want)
			}
		}
	}
}

// Over some weeks an owner is told of a finding when it is new, has grown by half,
// has ended, begins again, and otherwise once a week.
func TestTell(t *testing.T) {
	// What stands on each day: the impact, negative where the finding has ended,
	// with a * where somebody has answered, with a ? where it is worth a look.
	days := []string{
		0: "", 1: "100", 2: "120", 3: "149", 4: "150", 5: "150", 6: "200", 7: "210", 8: "220", 9: "220", 10: "220", 11: "224", 12: "224",
		13: "224", 14: "-224", 15: "-224", 30: "-224", 31: "230", 32: "231", 33: "400*", 34: "500*", 40: "700", 41: "710?", 42: "720",
	}
	want := map[int]string{1: "new", 4: "grown from 100", 11: "remind", 14: "ended", 31: "new", 40: "grown from 230"}
	var before []ledger.Record
	for day, text := range days {
		if text == "" {
			continue
		}
		at := start.AddDate(0, 0, day)
		f := ledger.RecordFinding{ID: "F-AAAAAA", Severity: usage.SeverityHigh, Currency: "EUR", End: usage.DayOf(at), Ongoing: !strings.HasPrefix(text, "-")}
		if !f.Ongoing {
			f.End = usage.DayOf(start.AddDate(0, 0, 13))
		}
		if strings.HasSuffix(text, "*") {
			f.Answer = ledger.Planned
		}
		if strings.HasSuffix(text, "?") {
			f.Severity = usage.SeverityLow
		}
		d, _, err := usage.ParseDecimal(strings.Trim(text, "-*?"))
		if err != nil {
			t.Fatal(err)
		}
		f.Impact = d
		news := sending.Tell(before, "Search", []ledger.RecordFinding{f}, at)
		got := ""
		for _, n := range news {
			got += string(n.Reason)
			if n.Reason == sending.Grown {
				got += " from " + n.Before.String()
			}
		}
		if got != want[day] {
			t.Errorf("day %d: told %q, want %q", day, got, want[day])
		}
		if len(news) > 0 {
			before = append(before, ledger.Record{
				What: ledger.RecordFindings, Owner: "search", State: ledger.Sent, At: at,
				Findings: []ledger.RecordFinding{f},
			})
		}
	}
	// Falls grow, too. Others, and what has failed, were told nothing.
	fell := func(owner string, state ledger.RecordState, impact int64) ledger.Record {
		return ledger.Record{
			What: ledger.RecordReport, Owner: owner, State: state, At: start,
			Findings: []ledger.RecordFinding{{ID: "F-BBBBBB", Severity: usage.SeverityHigh, Impact: usage.DecimalOf(impact), Ongoing: true}},
		}
	}
	for _, c := range []struct {
		before ledger.Record
		impact int64
		want   string
	}{
		{fell("Search", ledger.Sent, -100), -149, "[]"},
		{fell("Search", ledger.Sent, -100), -150, "[grown]"},
		{fell("Search", ledger.Sent, -100), 200, "[]"},
		{fell("Search", ledger.Sending, -100), -100, "[]"},
		{fell("Search", ledger.Failed, -100), -100, "[new]"},
		{fell("Web", ledger.Sent, -100), -100, "[new]"},
	} {
		now := fell("", "", c.impact).Findings
		var got []sending.Reason
		for _, n := range sending.Tell([]ledger.Record{c.before}, "Search", now, start) {
			got = append(got, n.Reason)
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s %s %d: got %v, want %s", c.before.Owner, c.before.State, c.impact, got, c.want)
		}
	}
}

func TestUnanswered(t *testing.T) {
	told := func(owner, id string, severity usage.Severity, state ledger.RecordState, day int) ledger.Record {
		return ledger.Record{
			What: ledger.RecordReport, Owner: owner, State: state, At: start.AddDate(0, 0, day),
			Findings: []ledger.RecordFinding{{ID: id, Severity: severity}},
		}
	}
	records := []ledger.Record{
		told("Search", "F-OLD", "high", ledger.Sent, -100),
		told("Search", "F-AAA", "high", ledger.Sent, 0),
		told("Web", "F-AAA", "high", ledger.Sent, 0),
		told("Search", "F-BBB", "medium", ledger.Sent, 1),
		told("Search", "F-CCC", "low", ledger.Sent, 1),
		told("Search", "F-DDD", "high", ledger.Failed, 1),
		told("Search", "F-AAA", "high", ledger.Sent, 5),
	}
	var got []string
	for _, w := range sending.Unanswered(records, map[string]bool{"F-BBB": true}, start) {
		got = append(got, fmt.Sprintf("%s %s %s", w.Owner, w.Finding.ID, w.At.Format(time.DateOnly)))
	}
	if want := "[Search F-AAA 2026-11-07 Web F-AAA 2026-11-02]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

// A handover is told once to each owner, whatever else it was told with.
func TestTellMoves(t *testing.T) {
	in, out := ledger.RecordMove{In: true, Since: 5}, ledger.RecordMove{Since: 5}
	record := func(owner string, state ledger.RecordState, moved ...ledger.RecordMove) ledger.Record {
		return ledger.Record{Owner: owner, State: state, Totals: []ledger.RecordTotal{{Currency: "EUR", Moved: moved}}}
	}
	now := record("Ada", ledger.Recorded, in, out)
	report := record("Ada", ledger.Sent, in, out)
	report.What = ledger.RecordReport
	for name, c := range map[string]struct {
		before []ledger.Record
		want   []ledger.RecordMove
	}{
		"never told":         {nil, []ledger.RecordMove{in, out}},
		"told":               {[]ledger.Record{record("ADA", ledger.Sent, in, out)}, nil},
		"one of them told":   {[]ledger.Record{record("Ada", ledger.Sent, out)}, []ledger.RecordMove{in}},
		"of another day":     {[]ledger.Record{record("Ada", ledger.Sent, out, ledger.RecordMove{In: true, Since: 4})}, []ledger.RecordMove{in}},
		"it may have come":   {[]ledger.Record{record("Ada", ledger.Sending, in, out)}, nil},
		"it was not sent":    {[]ledger.Record{record("Ada", ledger.Failed, in, out), record("Ada", ledger.Recorded, in)}, []ledger.RecordMove{in, out}},
		"another was told":   {[]ledger.Record{record("Ben", ledger.Sent, in, out)}, []ledger.RecordMove{in, out}},
		"told with a report": {[]ledger.Record{report}, nil},
	} {
		if got := sending.TellMoves(c.before, "Ada", now.Totals); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// A budget is told each time that it has reached more, and never twice.
func TestTellBudgets(t *testing.T) {
	span := usage.Date(2026, time.June, 1).Month()
	total := func(amount int64, state string, warns ...int) []ledger.RecordTotal {
		return []ledger.RecordTotal{{Currency: "EUR", Budget: &ledger.RecordBudget{Amount: usage.DecimalOf(amount), Span: span, State: state, Warns: warns}}}
	}
	sent := func(state ledger.RecordState, owner string, totals []ledger.RecordTotal) ledger.Record {
		return ledger.Record{Owner: owner, What: ledger.RecordReport, State: state, Totals: totals}
	}
	half, likely, over := total(300, "", 50), total(300, "likely over", 50, 0), total(300, "over", 100)
	for name, c := range map[string]struct {
		before []ledger.Record
		now    []ledger.RecordTotal
		told   string // what is news
	}{
		"first":                        {nil, half, "[50]"},
		"again":                        {[]ledger.Record{sent(ledger.Sent, "Ada", half)}, half, "[]"},
		"to another":                   {[]ledger.Record{sent(ledger.Sent, "Ben", half)}, half, "[50]"},
		"not sent":                     {[]ledger.Record{sent(ledger.Failed, "Ada", half)}, half, "[50]"},
		"likely after half":            {[]ledger.Record{sent(ledger.Sent, "Ada", half)}, likely, "[0]"},
		"half after likely":            {[]ledger.Record{sent(ledger.Sent, "Ada", likely)}, half, "[]"},
		"over after likely":            {[]ledger.Record{sent(ledger.Sent, "Ada", likely)}, over, "[100]"},
		"likely again after over":      {[]ledger.Record{sent(ledger.Sent, "Ada", over)}, likely, "[]"},
		"another budget":               {[]ledger.Record{sent(ledger.Sent, "Ada", over)}, total(200, "over", 100), "[100]"},
		"over, told before warnings":   {[]ledger.Record{sent(ledger.Sent, "Ada", total(300, "over"))}, over, "[]"},
		"likely, told before warnings": {[]ledger.Record{sent(ledger.Sent, "Ada", total(300, "likely over"))}, total(300, "likely over", 0), "[]"},
		"four fifths, which is more":   {[]ledger.Record{sent(ledger.Sent, "Ada", half)}, total(300, "", 80), "[80]"},
		"nothing":                      {nil, []ledger.RecordTotal{{Currency: "EUR"}}, "[]"},
	} {
		news := []int{}
		for _, b := range sending.TellBudgets(c.before, "ada", c.now) {
			news = append(news, b.Warns...)
		}
		if fmt.Sprint(news) != c.told {
			t.Errorf("%s: told %v, want %s", name, news, c.told)
		}
	}
}
