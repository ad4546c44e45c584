package engine

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"usagereport/loader"
)

// What the loader reads of a FOCUS file, an engine must bring.
func TestFieldsAreThoseOfFOCUS(t *testing.T) {
	formats, err := loader.Formats()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(formats, func(f *loader.Format) bool { return f.Name == "focus" })
	read := map[string]bool{}
	for _, m := range regexp.MustCompile(`"([A-Za-z_]+)"`).FindAllStringSubmatch(formats[i].SQL, -1) {
		read[m[1]] = true
	}
	delete(read, "x_CostType") // which tells the loader's rule for commitments; it is used before charges are added up
	for _, f := range fields() {
		if !read[f.name] {
			t.Errorf("%s is brought and not read", f.name)
		}
		delete(read, f.name)
	}
	for name := range read {
		t.Errorf("%s is read and not brought", name)
	}
	for _, name := range required() {
		if !slices.ContainsFunc(fields(), func(f field) bool { return f.name == name }) {
			t.Errorf("%s is required and not brought", name)
		}
	}
}

func TestKinds(t *testing.T) {
	for typ, want := range map[string]kind{
		"VARCHAR": kindText, "varchar(20)": kindText, "DECIMAL(38,18)": kindDecimal, "decimal(38,12)": kindDecimal, "DOUBLE": kindFloat,
		"real": kindFloat, "BIGINT": kindWhole, "integer": kindWhole, "DATE": kindDay, "TIMESTAMP": kindTime, "timestamp(6)": kindTime,
		"TIMESTAMP WITH TIME ZONE": kindZoned, "timestamp(3) with time zone": kindZoned, "MAP(VARCHAR, VARCHAR)": kindNested,
		"map(varchar, varchar)": kindNested, "STRUCT(a VARCHAR)[]": kindNested, "array(varchar)": kindNested, "VARCHAR[]": kindNested,
		"BLOB": kindOther, "varbinary": kindOther,
	} {
		if got := kindOf(typ); got != want {
			t.Errorf("%s is of kind %d, want %d", typ, got, want)
		}
	}
}

// What is made lies beside the files, in the same store.
func TestDDLNamesPlacesBesideTheFiles(t *testing.T) {
	for _, form := range Forms() {
		name := TableName{string(form), "finops", "focus"}
		text := strings.Join(DDL(form, name, "s3://lake/usage/", []Column{{"BilledCost", "DECIMAL(38,18)"}}, nil), "\n")
		places := regexp.MustCompile(`location =>? '([^']*)'`).FindAllStringSubmatch(text, -1)
		for _, m := range places {
			if !strings.HasPrefix(m[1], "s3://lake/usage") {
				t.Errorf("%s: %s", form, m[0])
			}
		}
		if len(places) < 2 {
			t.Errorf("%s names %d places:\n%s", form, len(places), text)
		}
	}
}

// Names that are no words of SQL, and words that SQL has taken, stand in quotes.
func TestDDLQuotesNames(t *testing.T) {
	columns := []Column{{"BilledCost", "DECIMAL(38,18)"}, {"Group", "VARCHAR"}, {"cost center", "VARCHAR"}}
	text := strings.Join(DDL(Iceberg, TableName{"ice-berg", "o'neil", "table"}, "s3://lake/o'neil", columns, []string{"o'key"}), ";\n")
	for _, want := range []string{
		`CREATE TABLE hive."o'neil"."table" (` + "\n    BilledCost decimal(38,18),\n    \"Group\" varchar,\n    \"cost center\" varchar,\n",
		`"o'key" varchar`, `external_location = 's3://lake/o''neil', partitioned_by = ARRAY['o''key']`,
		`sync_partition_metadata('o''neil', 'table', 'FULL', false)`, `CREATE SCHEMA IF NOT EXISTS "ice-berg"."o'neil" WITH (location = 's3://lake/o''neil`,
		`CREATE TABLE "ice-berg"."o'neil"."table" WITH`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	columns = append(columns, Column{"Odd", "STRUCT(a INTEGER)"})
	text = strings.Join(DDL(Hive, TableName{"hive", "finops", "focus"}, "s3://lake", columns, nil), ";\n")
	if !strings.Contains(text, "(\n    -- Odd is left out: Trino has no type for STRUCT(a INTEGER)\n    BilledCost decimal(38,18),\n    \"Group\" varchar,\n    \"cost center\" varchar\n)") {
		t.Errorf("without folders that name columns:\n%s", text)
	}
	text = strings.Join(DDL(Delta, TableName{"delta", "finops", "o'neil"}, "s3://o'neil", nil, nil), ";\n")
	if !strings.Contains(text, "table_name => 'o''neil', table_location => 's3://o''neil'") {
		t.Error(text)
	}
}

func TestTypesOfTrino(t *testing.T) {
	for typ, want := range map[string]string{
		"MAP(VARCHAR, VARCHAR)": "map(varchar, varchar)", "MAP(VARCHAR, DOUBLE)": "map(varchar, double)",
		"MAP(VARCHAR, STRUCT(a INTEGER))": "", "MAP(VARCHAR, VARCHAR)[]": "array(map(varchar, varchar))", "DECIMAL(38,18)": "decimal(38,18)",
		"TIMESTAMP WITH TIME ZONE": "timestamp(6)", "UBIGINT": "",
	} {
		if got := trinoType(typ); got != want {
			t.Errorf("%s is %q, want %q", typ, got, want)
		}
	}
}
