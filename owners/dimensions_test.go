package owners_test

import (
	"strings"
	"testing"

	"usagereport/owners"
)

func TestDimensions(t *testing.T) {
	all, err := owners.ParseDimensions("dimensions.csv", []byte("Dimension;Value;Rule;From;To\n"+
		"Product;Shop;group=*shop*;;2026-01-31\nProduct;Old shop;group=*shop*;2026-02-01;\nStage;;;;\n"))
	if err == nil || err.Error() != "dimensions.csv:4: value: is empty; say what the charges are called" {
		t.Error(err)
	}
	if len(all) != 1 || all[0].Name != "Product" || all[0].Rest != owners.NotAssigned || len(all[0].Rules) != 2 || all[0].Rules[1].Owner != "Old shop" {
		t.Errorf("%+v", all)
	}
	for text, want := range map[string]string{
		"dimension,value,rule\nTags.team,x,group=a\n":      `:2: dimension: "Tags.team": has other characters`,
		"dimension,value,rule\nService,x,group=a\n":        `:2: dimension: "Service": means ServiceName already`,
		"dimension,value,rule\ntotal,x,group=a\n":          `:2: dimension: "total": means all cost`,
		"dimension,value,rule\nA,x,group=a\na,x,group=b\n": `:3: dimension: "a": is spelled A above`,
		"dimension,value,rule,from\nA,rest,,2026-01-01\n":  `:2: rule: is empty, but the line has dates`,
		"dimension,value,rule,price\nA,x,group=a,1\n":      `:1: price: is not a column of this file`,
		"dimension,value,rule\nA,x\n":                      `:2: has 2 values, the first line has 3`,
	} {
		if _, err := owners.ParseDimensions("d.csv", []byte(text)); err == nil || !strings.Contains(err.Error(), "d.csv"+want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
