package engine

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"usagereport/usage"
)

// A Form is a kind of table that Trino reads.
type Form string

// The forms of tables.
const (
	Hive    Form = "hive"
	Iceberg Form = "iceberg"
	Delta   Form = "delta"
)

// Forms lists them.
func Forms() []Form { return []Form{Hive, Iceberg, Delta} }

// A TableName is where a table is.
type TableName struct{ Catalog, Schema, Table string }

func (n TableName) String() string { return n.schema() + "." + named(n.Table) }

// schema is where the table is, as SQL names it.
func (n TableName) schema() string { return named(n.Catalog) + "." + named(n.Schema) }

// DDL returns the statements that make a table of Trino of files with these columns, which
// lie at a location. The last of the columns, as many as there are keys, are those that the
// names of folders hold.
func DDL(form Form, name TableName, location string, columns []Column, keys []string) []string {
	switch form {
	case Iceberg:
		hive := TableName{"hive", name.Schema, name.Table}
		return append(DDL(Hive, hive, location, columns, keys),
			fmt.Sprintf("CREATE SCHEMA IF NOT EXISTS %s WITH (location = %s)", name.schema(),
				usage.Literal(strings.TrimSuffix(location, "/")+"-iceberg")),
			fmt.Sprintf("CREATE TABLE %s%s AS SELECT * FROM %s", name, partitioned("partitioning", keys, ""), hive))
	case Delta: // Trino makes none of files that are there; what wrote them has made it
		return []string{
			fmt.Sprintf("CREATE SCHEMA IF NOT EXISTS %s WITH (location = %s)", name.schema(), schemaAt(location)),
			fmt.Sprintf("CALL %s.system.register_table(schema_name => %s, table_name => %s, table_location => %s)", named(name.Catalog),
				usage.Literal(name.Schema), usage.Literal(name.Table), usage.Literal(location)),
		}
	}
	var left, lines []string
	for _, c := range columns {
		typ := trinoType(c.Type)
		switch {
		case slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(k, c.Name) }):
			continue
		case typ == "":
			left = append(left, fmt.Sprintf("    -- %s is left out: Trino has no type for %s\n", c.Name, c.Type))
		default:
			lines = append(lines, "    "+named(c.Name)+" "+typ)
		}
	}
	for _, k := range keys {
		lines = append(lines, "    "+named(strings.ToLower(k))+" varchar")
	}
	text := strings.Join(left, "") + strings.Join(lines, ",\n")
	out := []string{
		fmt.Sprintf("CREATE SCHEMA IF NOT EXISTS %s WITH (location = %s)", name.schema(), schemaAt(location)),
		fmt.Sprintf("CREATE TABLE %s (\n%s\n)%s", name, text, partitioned("partitioned_by", keys,
			"format = 'PARQUET', external_location = "+usage.Literal(location))),
	}
	if len(keys) > 0 {
		// With false, names of folders count whatever their case is; without, a folder
		// x_BillingPeriod=2026-10 is no partition of x_billingperiod, and the table is empty.
		out = append(out, fmt.Sprintf("CALL %s.system.sync_partition_metadata(%s, %s, 'FULL', false)", named(name.Catalog),
			usage.Literal(name.Schema), usage.Literal(name.Table)))
	}
	return out
}

// schemaAt is a place for a schema beside a table's files, as SQL writes it.
func schemaAt(location string) string {
	return usage.Literal(strings.TrimSuffix(location, "/") + "-schema")
}

// partitioned is the clause WITH, with what goes before.
func partitioned(word string, keys []string, before string) string {
	var with []string
	if before != "" {
		with = append(with, before)
	}
	if len(keys) > 0 {
		quoted := make([]string, len(keys))
		for i, k := range keys {
			quoted[i] = usage.Literal(strings.ToLower(k))
		}
		with = append(with, word+" = ARRAY["+strings.Join(quoted, ", ")+"]")
	}
	if len(with) == 0 {
		return ""
	}
	return " WITH (" + strings.Join(with, ", ") + ")"
}

// reserved are the words that Trino takes for no name.
const reserved = " alter and as between by case cast constraint create cross cube current_catalog current_date current_path current_role " +
	"current_schema current_time current_timestamp current_user deallocate delete describe distinct drop else end escape except execute " +
	"exists extract false for from full group grouping having in inner insert intersect into is join json_array json_exists json_object " +
	"json_query json_table json_value left like listagg localtime localtimestamp natural normalize not null on or order outer prepare " +
	"recursive right rollup select skip table then trim true uescape union unnest using values when where with "

// named writes a name, in quotes where it needs them.
func named(name string) string {
	if regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`).MatchString(name) && !strings.Contains(reserved, " "+strings.ToLower(name)+" ") {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// trinoType is Trino's type for one of DuckDB's, "" where there is none.
func trinoType(typ string) string {
	t := strings.ToUpper(typ)
	switch {
	case strings.HasPrefix(t, "DECIMAL("):
		return strings.ToLower(typ)
	case strings.HasPrefix(t, "MAP(VARCHAR, ") && strings.HasSuffix(t, ")"):
		if of := trinoType(strings.TrimSuffix(typ[len("MAP(VARCHAR, "):], ")")); of != "" {
			return "map(varchar, " + of + ")"
		}
		return ""
	case strings.HasSuffix(t, "[]"):
		if of := trinoType(typ[:len(typ)-2]); of != "" {
			return "array(" + of + ")"
		}
		return ""
	case strings.HasPrefix(t, "TIMESTAMP"): // to the microsecond, which hive.timestamp-precision=MICROSECONDS must allow
		return "timestamp(6)"
	}
	return map[string]string{
		"VARCHAR": "varchar", "DOUBLE": "double", "FLOAT": "real", "BIGINT": "bigint", "INTEGER": "integer", "SMALLINT": "smallint",
		"TINYINT": "tinyint", "DATE": "date", "BOOLEAN": "boolean", "BLOB": "varbinary",
	}[t]
}
