package owners_test

import (
	"errors"
	"strings"
	"testing"

	"usagereport/owners"
	"usagereport/usage"
)

func TestMetrics(t *testing.T) {
	dimension := func(name string) (usage.Dimension, error) {
		if name == "product line" {
			return usage.Virtual{Name: "Product line"}.Dimension(), nil
		}
		if name == "team" {
			return "", errors.New("unknown")
		}
		return usage.ParseDimension(name)
	}
	all, err := owners.ParseMetrics("metrics.csv", []byte("Date;Name;Value;Product line\n2026-01-01;orders;1.200,50;\n2026-01-01;orders;3;Shop\n"+
		"2026-01-02;Orders;0;\n"), dimension)
	if err != nil || len(all) != 2 || len(all[0].Values) != 2 || all[1].Of() != "Product line Shop" {
		t.Errorf("%+v, %v", all, err)
	}
	if v := all[0].Values[usage.Date(2026, 1, 1)]; v != usage.MustDecimal("1200.5") {
		t.Errorf("1.200,50 is %s", v)
	}
	for text, want := range map[string]string{
		"date,name\n2026-01-01,x\n":                                       ":1: value: there is no such column",
		"date,name,value,team\n2026-01-01,x,1,a\n":                        ":1: team: is no dimension",
		"date,name,value,owner\n2026-01-01,x,1,a\n":                       ":1: owner: is no dimension",
		"date,name,value,group,resource-group\n2026-01-01,x,1,a,b\n":      `:1: "resource-group": is the same dimension as the column group`,
		"date,name,value\n1.1.2026,x,1\n":                                 `:2: date: "1.1.2026": is not a date`,
		"date,name,value\n2026-01-01,x,1e400\n":                           `:2: value: "1e400": is not a number`,
		"date,name,value\n2026-01-01,x,\n":                                ":2: value: is not a number",
		"date,name,value\n2026-01-01,x,1\n2026-01-01,X,1\n":               ":3: date: \"2026-01-01\": has a value of X on line 2 already",
		"date,name,value\n2026-01-01," + strings.Repeat("x", 65) + ",1\n": ":2: name: ",
	} {
		if _, err := owners.ParseMetrics("m.csv", []byte(text), dimension); err == nil || !strings.Contains(err.Error(), "m.csv"+want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// All that is wrong is told at once: lines with too many or too few values, too.
func TestAllThatIsWrong(t *testing.T) {
	errorOf := func(_ any, err error) error { return err }
	for name, err := range map[string]error{
		"metrics":    errorOf(owners.ParseMetrics("f.csv", []byte("date,name,value\n2026-01-01,x,1,2\n2026-01-02,x,many\n2026-01-03,x\n"), usage.ParseDimension)),
		"events":     errorOf(owners.ParseEvents("f.csv", []byte("date,scope,text\n2026-01-01,,a,b\n2026-01-02,,\n2026-01-03,x\n"))),
		"dimensions": errorOf(owners.ParseDimensions("f.csv", []byte("dimension,value,rule\nA,a,group=x,y\nA,,group=x\nA,b\n"))),
		"tags":       errorOf(owners.ParseTags("f.csv", []byte("group,key,value\ng,k,v,w\ng,,v\ng,k\n"))),
		"owners":     errorOf(owners.Parse("f.csv", []byte("name,rule\na,group=x,y\na,colour\na\n"))),
	} {
		for _, line := range []string{"f.csv:2: has 3 values|f.csv:2: has 4 values", "f.csv:3: ", "f.csv:4: has "} {
			if first, second, _ := strings.Cut(line, "|"); err == nil || !strings.Contains(err.Error(), first) && (second == "" || !strings.Contains(err.Error(), second)) {
				t.Errorf("%s: %v, want %s", name, err, line)
			}
		}
	}
}
