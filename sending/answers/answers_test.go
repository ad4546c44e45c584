package answers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"usagereport/ledger"
	"usagereport/sending/answers"
)

var now = time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)

func show(as []ledger.Answer) string {
	var b strings.Builder
	for _, a := range as {
		until := "-"
		if a.Until != 0 {
			until = a.Until.String()
		}
		fmt.Fprintf(&b, "%s %s by %s until %s: %s\n", a.Finding, a.Answer, a.By, until, a.Note)
	}
	return b.String()
}

func TestReadCSV(t *testing.T) {
	for _, c := range []struct{ name, in, want, fails string }{
		{
			name: "plain", in: "finding,answer,until,note,by\nF-7K3QAB,planned,2026-12-31,a load test,Ada\nf-7k3qac,NOT-MINE,,,\n",
			want: "F-7K3QAB planned by Ada until 2026-12-31: a load test\nF-7K3QAC not mine by answers.csv until -: \n",
		},
		{name: "a spreadsheet's", in: "\ufeffAnswer;Finding\r\nwrong;F-7K3QAB\r\n", want: "F-7K3QAB wrong by answers.csv until -: \n"},
		{name: "a note of two lines", in: "finding,answer,note\nF-7K3QAB,fixed,\"one\ntwo\"\nF-7K3QAC,nonsense,\n", fails: `answers.csv:4: answer: "nonsense": is not one of planned, fixed, not-mine, wrong`},
		{name: "no lines", in: "finding,answer\n"},
		{name: "nothing", in: "", fails: `answers.csv:1: the file is empty`},
		{name: "an empty column", in: "finding,,answer\n", fails: `answers.csv:1: column 2 has no name`},
		{name: "unknown column", in: "finding,answer,til\n", fails: `answers.csv:1: til: is not a column of this file; the columns are finding, answer, until, note, by`},
		{name: "no answer", in: "finding,note\n", fails: "answers.csv:1: answer: there is no such column"},
		{name: "twice", in: "finding,answer,answer\n", fails: `answers.csv:1: answer: is there twice`},
		{name: "a short line", in: "finding,answer\nF-7K3QAB,fixed\nF-7K3QAB\n", fails: "answers.csv:3: has 1 values"},
		{name: "a bad day", in: "finding,answer,until\nF-7K3QAB,planned,31.12.2026\n", fails: `answers.csv:2: until: "31.12.2026": is not a day like 2026-12-31`},
		{name: "over", in: "finding,answer,until\nF-7K3QAB,planned,2026-11-22\n", fails: `answers.csv:2: until: "2026-11-22": is over already`},
		{name: "fixed for some time", in: "finding,answer,until\nF-7K3QAB,fixed,2026-12-31\n", fails: `answers.csv:2: until: "2026-12-31": has no meaning for what was fixed`},
		{name: "no number", in: "finding,answer\nvm-1,fixed\n", fails: `answers.csv:2: finding: "vm-1": is not a finding's number, like F-7K3QAB`},
	} {
		got, err := answers.ReadCSV("answers.csv", strings.NewReader(c.in), "answers.csv", now)
		if standing, err := answers.ReadStanding("answers.csv", strings.NewReader(c.in), "answers.csv", now); c.name == "over" && (err != nil || len(standing) > 0) || c.name != "over" && (show(standing) != c.want || (err != nil) != (c.fails != "")) {
			t.Errorf("%s, standing: got %s, %v", c.name, show(standing), err)
		}
		switch {
		case c.fails == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails)):
			t.Errorf("%s: error %v, want %s", c.name, err, c.fails)
		case show(got) != c.want:
			t.Errorf("%s: got\n%swant\n%s", c.name, show(got), c.want)
		}
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add("finding,answer,until,note,by\nF-7K3QAB,planned,2026-12-31,a load test,Ada\n")
	f.Add("\ufeffAnswer;Finding\r\nwrong;F-7K3QAB\r\n")
	f.Add("finding,answer\n\"F-7K3QAB\nfixed")
	f.Fuzz(func(t *testing.T, in string) {
		as, err := answers.ReadCSV("x.csv", strings.NewReader(in), "x", now)
		if err != nil && len(as) > 0 {
			t.Errorf("%d answers beside the error %v", len(as), err)
		}
		for _, a := range as {
			again, err := answers.Parse(a.Finding, strings.ReplaceAll(a.Answer, " ", "-"), "", now)
			if err != nil || again.Finding != a.Finding {
				t.Errorf("%+v is read as %+v: %v", a, again, err)
			}
		}
	})
}
