package query_test

import (
	"slices"
	"testing"

	"usagereport/internal/query"
)

func TestComplete(t *testing.T) {
	views := []query.View{
		{Name: "usage", Columns: []query.ViewColumn{{Name: "ServiceName"}, {Name: "ServiceCategory"}, {Name: "BilledCost"}}},
		{Name: "loads", Columns: []query.ViewColumn{{Name: "x_Rows"}, {Name: "x_State"}}},
	}
	for _, c := range []struct {
		text, rest string
		at         int
		want       []string
	}{
		{"sel", "", 0, []string{"select"}},
		{"SEL", "", 0, []string{"SELECT"}},
		{"SELECT serv", " FROM usage", 7, []string{"ServiceName", "ServiceCategory"}},
		{"SELECT x_", " FROM usage", 7, nil}, // loads is not asked
		{"SELECT x_", "", 7, []string{"x_Rows", "x_State"}},
		{"SELECT l.x_s", " FROM loads l", 9, []string{"x_State"}},
		{"SELECT 1 FROM us", "", 14, []string{"usage", "using"}},
		{"SELECT ServiceName", " FROM usage", 7, nil}, // it is whole
		{"SELECT 'é' AS é, sum", "", 19, []string{"summarize", "sum("}},
	} {
		at, words := query.Complete(views, c.text, c.rest)
		if at != c.at || !slices.Equal(words, c.want) {
			t.Errorf("Complete(%q, %q) = %d, %q; want %d, %q", c.text, c.rest, at, words, c.at, c.want)
		}
	}
}

func TestValueAt(t *testing.T) {
	for _, c := range []struct {
		text, column, begun string
	}{
		{"WHERE ServiceName = 'Vir", "ServiceName", "Vir"},
		{"WHERE ServiceName='", "ServiceName", ""},
		{`WHERE "ServiceName" <> 'Vir`, "ServiceName", "Vir"},
		{"WHERE RegionId IN ('west', 'no", "RegionId", "no"},
		{"WHERE RegionId NOT ILIKE 'no", "RegionId", "no"},
		{"WHERE ServiceName = 'a' AND x", "", ""},
		{"SELECT 'Vir", "", ""},
	} {
		column, at, ok := query.ValueAt(c.text)
		if ok != (c.column != "") || column != c.column || ok && c.text[at:] != c.begun {
			t.Errorf("ValueAt(%q) = %q, %q, %t", c.text, column, c.text[at:], ok)
		}
	}
}

func TestEnded(t *testing.T) {
	for _, c := range []struct {
		text, stmt, rest string
		ok               bool
	}{
		{"SELECT 1;", "SELECT 1;", "", true},
		{"SELECT 1; SELECT 2;", "SELECT 1;", " SELECT 2;", true},
		{"SELECT 1", "SELECT 1", "", false},
		{"SELECT ';'", "SELECT ';'", "", false},
		{"SELECT 'it''s;';", "SELECT 'it''s;';", "", true},
		{`SELECT ";";`, `SELECT ";";`, "", true},
		{"SELECT 1 -- ;\n;", "SELECT 1 -- ;\n;", "", true},
		{"SELECT 1 -- ;", "SELECT 1 -- ;", "", false},
		{"SELECT /* ; */ 1;", "SELECT /* ; */ 1;", "", true},
		{"SELECT /* ;", "SELECT /* ;", "", false},
		{"SELECT $$;$$;", "SELECT $$;$$;", "", true},
		{"SELECT $a$;$$;$a$;", "SELECT $a$;$$;$a$;", "", true},
		{"SELECT $period;", "SELECT $period;", "", true},
		{"SELECT $$;", "SELECT $$;", "", false},
	} {
		stmt, rest, ok := query.Ended(c.text)
		if stmt != c.stmt || rest != c.rest || ok != c.ok {
			t.Errorf("Ended(%q) = %q, %q, %t", c.text, stmt, rest, ok)
		}
	}
}

func FuzzEnded(f *testing.F) {
	f.Add("SELECT ';'; -- x\n/* ; */ $a$ ; $a$ \"")
	f.Fuzz(func(t *testing.T, text string) {
		stmt, rest, ok := query.Ended(text)
		if stmt+rest != text || ok && stmt[len(stmt)-1] != ';' || !ok && rest != "" {
			t.Errorf("Ended(%q) = %q, %q, %t", text, stmt, rest, ok)
		}
	})
}
