package owners_test

import (
	"strings"
	"testing"

	"usagereport/owners"
	"usagereport/usage"
)

func TestEvents(t *testing.T) {
	all, err := owners.ParseEvents("events.csv", []byte("Date;Scope;Text\n2026-11-04;rg-shop;Release 4.2\n2026-11-27;;\"Black Friday, \"\"all\"\" shops\"\n"+
		"2026-11-05;ServiceName=Storage & Tags.team=web;Moved\n2026-11-04;rg-shop;Release 4.3\n"))
	if err != nil || len(all) != 4 || all[0].Day != usage.Date(2026, 11, 4) || all[0].Text != "Release 4.2" || len(all[0].Rules) != 5 ||
		all[1].Rules != nil || len(all[2].Rules) != 1 || len(all[2].Rules[0].Terms) != 2 || all[2].Line != 4 {
		t.Errorf("%+v, %v", all, err)
	}
	if all, err := owners.ParseEvents("e.csv", []byte("text,date\nRelease,2026-11-04\n")); err != nil || len(all) != 1 || all[0].Rules != nil {
		t.Errorf("without a column of scopes: %+v, %v", all, err)
	}
	all, err = owners.ParseEvents("e.csv", []byte("date,scope,text\n2026-11-04,/subscriptions/X/resourceGroups/Y,a\n2026-11-04,/Subscriptions/X/,b\n"+
		"2026-11-04,/subscriptions/X/resourceGroups/Y/providers/Z,c\n"))
	if err != nil || len(all) != 3 || len(all[0].Rules) != 7 || len(all[0].Rules[5].Terms) != 2 || len(all[1].Rules) != 7 || len(all[2].Rules) != 5 {
		t.Errorf("ids: %+v, %v", all, err)
	}
	for text, want := range map[string]string{
		"date,scope\n2026-11-04,x\n":                                                ":1: text: there is no such column",
		"date,scope,text,who\n2026-11-04,x,y,z\n":                                   ":1: who: is not a column of this file",
		"date,scope,text\n4.11.2026,x,y\n":                                          `:2: date: "4.11.2026": is not a date like 2026-03-31`,
		"date,scope,text\n2026-11-04,x,\n":                                          ":2: text: is empty",
		"date,scope,text\n2026-11-04,Nope=x,y\n":                                    `:2: scope: "Nope=x": "Nope" is no column of text`,
		"date,scope,text\n2026-11-04,x,\"a\nb\"\n":                                  ":2: holds a control character",
		"date,scope,text\n2026-11-04,x,\x1b[2Jy\n":                                  ":2: holds a control character",
		"date,scope,text\n2026-11-04,x,y\n2026-11-04,X,Y\n":                         `:3: text: "Y": is the same as on line 2`,
		"date,scope,text\n2026-11-04,x," + strings.Repeat("x", 301) + "\n":          ":2: text: ",
		"date,scope,text\n" + strings.Repeat("x,y,z\n", 3) + "2026-11-04,rg,fine\n": ":4: date: ",
	} {
		if _, err := owners.ParseEvents("e.csv", []byte(text)); err == nil || !strings.Contains(err.Error(), "e.csv"+want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	many := "date,text\n"
	for range 5001 {
		many += "2026-11-04,x" + strings.Repeat("y", len(many)%290) + "\n"
	}
	if _, err := owners.ParseEvents("e.csv", []byte(many)); err == nil {
		t.Error("5001 events are taken")
	}
}
