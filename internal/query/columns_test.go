package query_test

import (
	"strings"
	"testing"

	"usagereport/internal/query"
)

func TestColumns(t *testing.T) {
	type animal struct {
		name string
		legs int
	}
	columns := query.Columns[animal]{
		{Name: "name", Of: func(a animal) any { return a.name }},
		{Name: "hash", Of: func(a animal) any { return "h" + a.name }, For: query.ForPrograms},
		{Name: "legs", Kind: query.Integer, Of: func(a animal) any { return a.legs }},
		{Name: "remark", Of: func(animal) any { return nil }, For: query.ForPeople},
	}
	rows := []animal{{"dog", 4}, {"hen", 2}}
	for reader, want := range map[query.Reader]string{
		query.ForPrograms: "name,hash,legs\ndog,hdog,4\nhen,hhen,2\n",
		query.ForPeople:   "name,legs,remark\ndog,4,\nhen,2,\n",
	} {
		var b strings.Builder
		if err := query.Encode(&b, columns.Table(reader, rows), query.Options{Format: query.AsCSV}); err != nil {
			t.Fatal(err)
		}
		if b.String() != want {
			t.Errorf("for %d:\n%swant\n%s", reader, b.String(), want)
		}
	}
}
