package ledger

import (
	"strconv"
	"strings"

	"usagereport/usage"
)

// DimensionsSQL returns the SQL that makes a connection see the values of the dimensions that
// people made: the temporary table dimensioned has them by the texts of charges and by days.
func DimensionsSQL(all []usage.Virtual) string {
	var b strings.Builder
	b.WriteString("CREATE OR REPLACE TEMP TABLE dimensioned " +
		"(name VARCHAR, key_id BIGINT, first_day DATE, end_day DATE, value VARCHAR);\n")
	for _, v := range all {
		if len(v.Rules) > 0 {
			b.WriteString("INSERT INTO dimensioned SELECT " + usage.Literal(v.Name) + ", key_id, first_day, end_day, owner FROM (\n" +
				ownedSQL(v.Rules) + "\n);\n")
		}
	}
	return b.String()
}

// TagsSQL returns the SQL that makes a connection see the tags that a file gives, beside those
// that the charges have. It stands before all that asks for tags.
func TagsSQL(rules []usage.TagRule) string {
	return strings.ReplaceAll(query("tags_given"), "{rules}", jsonLiteral(rules))
}

// UsageSQL returns the SQL that puts before the view usage one that has the values of
// dimensions that people made, too, in a map called x_Dimensions. It follows DimensionsSQL.
func UsageSQL(all []usage.Virtual) string {
	_, view, _ := strings.Cut(query("usage"), "CREATE OR REPLACE VIEW usage AS")
	view, _, _ = strings.Cut(view, ";")
	var names, values []string
	var joins strings.Builder
	for i, v := range all {
		d := "d" + strconv.Itoa(i)
		names = append(names, usage.Literal(v.Name))
		values = append(values, "coalesce("+d+".value, "+usage.Literal(v.Rest)+")")
		joins.WriteString("\nLEFT JOIN dimensioned " + d + " ON " + DimensionJoin(d, v.Name, "c.ChargePeriodStart"))
	}
	return "CREATE OR REPLACE TEMP VIEW usage AS" + strings.NewReplacer(
		"\nFROM charges c", ",\n    map(["+strings.Join(names, ", ")+"], ["+strings.Join(values, ", ")+"]) AS x_Dimensions\nFROM charges c",
		"\nWHERE k.shown", joins.String()+"\nWHERE k.shown",
	).Replace(view) + ";\n"
}

// DimensionJoin is the condition by which the table dimensioned, called alias, is joined to
// charges c of a day for the values of a dimension.
func DimensionJoin(alias, name, day string) string {
	return alias + ".name = " + usage.Literal(name) + " AND " + alias + ".key_id = c.key_id AND " + day + " >= " + alias + ".first_day AND " +
		day + " < " + alias + ".end_day"
}

// TextColumn is where the view current_keys, called k, has a column of the view usage.
func TextColumn(name string) string {
	switch name {
	case "x_CostType":
		return "k.cost_type"
	case "x_SourceFile":
		return "k.ref"
	}
	return `k."` + strings.ReplaceAll(name, `"`, `""`) + `"`
}
