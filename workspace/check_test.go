package workspace

import (
	"slices"
	"testing"
	"time"

	"usagereport/analysis"
	"usagereport/owners"
	"usagereport/usage"
)

func TestCheck(t *testing.T) {
	f, err := owners.Parse("owners.csv", []byte(`name,email,rule,currency,budget,period,wall,from
Ada,ada@example.org,ServiceName=*,EUR,100,month,a,
Ben,ben@example.org,ServiceName=Disk,USD,100,month,b,
Cem,,ServiceName=None,,100,month,c,
Dot,dot@example.org,,,,,d,
Ada,,ServiceName=Later,,,,,2026-11-10
`))
	if err != nil {
		t.Fatal(err)
	}
	all := []analysis.Ownership{{Currency: "EUR", Period: analysis.PeriodInfo{Reach: usage.Date(2026, time.November, 9)}}, {Currency: "CHF"}}
	uses := map[int]analysis.RuleUse{2: {Meets: 10, Has: 10}, 3: {Meets: 4, Has: 0}}
	overlaps := []analysis.Overlap{{First: 2, Second: 3, Charges: 4}}
	want := []Warning{
		{1, "", "column", "the column wall is kept and not understood"},
		{3, "Ben", "dead", "the rule has no charge: earlier lines have all 4 that it meets"},
		{3, "Ben", "overlap", "Ada has 4 of the charges that the rule meets, by line 2"},
		{3, "Ben", "budget", "the budget is in USD, and the period has no charge in it"},
		{4, "Cem", "dead", "the rule meets no charge"},
		{4, "Cem", "mail", "no line of Cem has a mail address"},
		{4, "Cem", "budget", "the budget names no currency, and the period has several"},
		{5, "Dot", "rule", "no line of Dot has a rule"},
		{6, "Ada", "dead", "the rule meets no charge yet: it begins on 2026-11-10"},
	}
	if got := Check(f, all, uses, overlaps); !slices.Equal(got, want) {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
	draft, err := owners.Parse("owners.csv", []byte("name,rule\nA,ServiceName=a\nB,ServiceName=b\nC,ServiceName=c\nD,ServiceName=d\n"+
		"E,ServiceName=e\nF,ServiceName=f\nG,ServiceName=g\n"))
	if err != nil {
		t.Fatal(err)
	}
	uses = map[int]analysis.RuleUse{}
	for _, r := range draft.Rules {
		uses[r.Line] = analysis.RuleUse{Meets: 1, Has: 1}
	}
	want = []Warning{{2, "", "mail", "no line of 7 owners has a mail address: A, B, C, D, E and 2 more"}}
	if got := Check(draft, all, uses, nil); !slices.Equal(got, want) {
		t.Errorf("of a draft: got\n%v\nwant\n%v", got, want)
	}
	if got := Check(&owners.File{Path: "owners.csv", Rules: []usage.OwnerRule{}}, all, uses, nil); got != nil {
		t.Errorf("of an empty file: %v", got)
	}
}
