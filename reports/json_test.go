package reports

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"usagereport/analysis"
	"usagereport/analysis/bridge"
	"usagereport/internal/ledgertest"
	"usagereport/internal/locale"
	"usagereport/reports/reportstest"
	"usagereport/usage"
)

const schemaFile = "../docs/report.schema.json"

func reportJSON(t *testing.T, r *analysis.Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteJSON(&b, r, Options{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The schema is made of the Go types and their comments; a field that it lacks
// fails here. SCHEMA=1 writes it.
func TestSchemaIsTheModels(t *testing.T) {
	s := schema{defs: map[string]any{}, comments: comments(t)}
	root := s.object(reflect.TypeFor[analysis.Report]())
	root["properties"].(map[string]any)["schema"] = map[string]any{"const": Schema}
	root["required"] = append([]string{"schema"}, root["required"].([]string)...)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = "urn:" + strings.ReplaceAll(Schema, "/", ":")
	root["title"] = "What usagereport report --format json writes"
	root["$defs"] = s.defs
	b, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	b = append(b, '\n')
	if os.Getenv("SCHEMA") != "" {
		if err := os.WriteFile(schemaFile, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, b) {
		t.Error("docs/report.schema.json is not what the model is; write it anew with SCHEMA=1 go test ./reports -run Schema, and read what changed")
	}
}

// schema describes Go types as jsonBuffer writes them.
type schema struct {
	defs     map[string]any
	comments map[string]string // by "Type" and "Type.Field"
}

func (s schema) object(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	nothing := reflect.New(t).Elem() // of which nothing is known
	for _, name := range []string{"NoData", "NoRate"} {
		if f := nothing.FieldByName(name); f.IsValid() {
			f.SetBool(true)
		}
	}
	if f := nothing.FieldByName("Status"); f.IsValid() && f.Type() == reflect.TypeFor[analysis.Status]() {
		f.SetString(string(analysis.NotKnown))
	}
	unknown := unknownOf(nothing.Interface())
	for _, f := range jsonFields(t) {
		field := t.FieldByIndex(f.index)
		p := s.of(field.Type)
		for _, name := range unknown {
			if name == f.name {
				p = nullable(p)
			}
		}
		owner := t
		if len(f.index) > 1 { // of an embedded struct
			owner = t.FieldByIndex(f.index[:len(f.index)-1]).Type
		}
		if text := s.comments[owner.Name()+"."+f.name]; text != "" {
			p["description"] = text
		}
		properties[f.key] = p
		if !f.omitEmpty {
			required = append(required, f.key)
		}
	}
	out := map[string]any{"type": "object", "properties": properties, "required": required}
	if text := s.comments[t.Name()]; text != "" {
		out["description"] = text
	}
	return out
}

func (s schema) of(t reflect.Type) map[string]any {
	switch {
	case t.Kind() == reflect.Pointer:
		return nullable(s.of(t.Elem()))
	case t == reflect.TypeFor[usage.Money]() || t == reflect.TypeFor[usage.Decimal]():
		s.defs["amount"] = map[string]any{
			"type": "string", "pattern": `^-?[0-9]+(\.[0-9]+)?$`,
			"description": "An exact amount in the currency beside it, its trailing zeros cut down to the currency's minor digits.",
		}
		return map[string]any{"$ref": "#/$defs/amount"}
	case t == reflect.TypeFor[usage.Day]():
		s.defs["day"] = map[string]any{"type": []string{"string", "null"}, "format": "date", "description": "A day as YYYY-MM-DD; null for none."}
		return map[string]any{"$ref": "#/$defs/day"}
	case t == reflect.TypeFor[bridge.Bridge]():
		lanes := map[string]any{}
		var required []string
		for _, lane := range bridge.Lanes() {
			lanes[lane.String()] = s.of(reflect.TypeFor[usage.Decimal]())
			if !lane.Special() { // written where it is not 0
				required = append(required, lane.String())
			}
		}
		s.defs["bridge"] = map[string]any{"type": "object", "properties": lanes, "required": required, "description": s.comments["Bridge"]}
		return map[string]any{"$ref": "#/$defs/bridge"}
	case t == reflect.TypeFor[locale.Text]():
		return map[string]any{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Slice:
		return map[string]any{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Struct:
		key := snake(t.Name())
		if _, ok := s.defs[key]; !ok {
			s.defs[key] = nil // a type that holds itself ends here
			s.defs[key] = s.object(t)
		}
		return map[string]any{"$ref": "#/$defs/" + key}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	}
	return map[string]any{"type": "integer"}
}

func nullable(p map[string]any) map[string]any {
	return map[string]any{"anyOf": []any{p, map[string]any{"type": "null"}}}
}

// comments reads the comments of the types that make the model.
func comments(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, dir := range []string{"../analysis", "../analysis/bridge", "../usage"} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), dir+"/"+e.Name(), nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				decl, ok := n.(*ast.GenDecl)
				if !ok || len(decl.Specs) != 1 {
					return true
				}
				spec, ok := decl.Specs[0].(*ast.TypeSpec)
				if !ok {
					return true
				}
				out[spec.Name.Name] = folded(decl.Doc.Text())
				fields, ok := spec.Type.(*ast.StructType)
				if !ok {
					return true
				}
				for _, f := range fields.Fields.List {
					for _, name := range f.Names {
						out[spec.Name.Name+"."+name.Name] = folded(f.Doc.Text() + " " + f.Comment.Text())
					}
				}
				return true
			})
		}
	}
	return out
}

// folded puts a comment on one line, in the words of JSON.
func folded(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "nil", "null")
}

// Every report is as the schema says.
func TestReportsFitTheSchema(t *testing.T) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range all() {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(reportJSON(t, r)))
		if err != nil {
			t.Fatalf("%.40q: %v", name, err)
		}
		if err := s.Validate(v); err != nil {
			t.Errorf("%.40q: %v", name, err)
		}
	}
	// A schema that everything fits would let all of them pass.
	for key, broken := range map[string]string{
		"an amount that is a number":   strings.Replace(string(reportJSON(t, rich())), `"total": "`, `"total": 1, "was": "`, 1),
		"a day that is none":           strings.Replace(string(reportJSON(t, rich())), `"2026-11-01"`, `"1 Nov 2026"`, 1),
		"another version of the model": strings.Replace(string(reportJSON(t, rich())), Schema, "usagereport/report/0", 1),
		"a field too few":              strings.Replace(string(reportJSON(t, rich())), `"elapsed"`, `"elapse"`, 1),
	} {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(broken))
		if err != nil {
			t.Fatal(err)
		}
		if s.Validate(v) == nil {
			t.Errorf("%s fits the schema", key)
		}
	}
}

// So are those that are made of a ledger: of all, of an owner, of a filter, and in another currency.
func TestMadeReportsFitTheSchema(t *testing.T) {
	s, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	l := ledgertest.Demo(t, 3)
	if _, err := l.DB().ExecContext(t.Context(),
		"INSERT INTO rates SELECT DATE '2026-08-01' + i::INTEGER, 'EUR', 'USD', 1.1 + (i % 50) * 0.001 FROM range(200) t(i)"); err != nil {
		t.Fatal(err)
	}
	terms, err := usage.ParseOwnerTerms("Tags.owner=shop")
	if err != nil {
		t.Fatal(err)
	}
	rules := []usage.OwnerRule{{Line: 2, Owner: "Shop", Terms: terms}}
	for name, o := range map[string]analysis.Options{
		"all":       {Whose: true},
		"owner":     {Owner: "Shop"},
		"filter":    {Filters: []analysis.Filter{{Dimension: usage.Service, Value: "Storage"}}},
		"converted": {Currency: "USD", Convert: true},
	} {
		a, err := analysis.Look(t.Context(), l, o, rules)
		if err != nil {
			t.Fatal(err)
		}
		r, err := a.Report(t.Context())
		a.Close()
		if err != nil {
			t.Fatal(err)
		}
		b := reportJSON(t, r)
		if has := bytes.Contains(b, []byte(`"exchange_rate"`)); has != o.Convert || r.Parts[0].Change == nil {
			t.Errorf("%s: the parts of the change have an exchange rate: %v", name, has)
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A finding's JSON is a contract; here it is the same as where findings are
// listed.
func TestFindingsKeepTheirContract(t *testing.T) {
	r := rich()
	var got struct {
		Parts []struct{ Findings, Answered []any }
	}
	if err := json.Unmarshal(reportJSON(t, r), &got); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		got  []any
		want []analysis.Finding
	}{{got.Parts[0].Findings, r.Parts[0].Findings}, {got.Parts[0].Answered, r.Parts[0].Answered}} {
		b, err := json.Marshal(c.want)
		if err != nil {
			t.Fatal(err)
		}
		// The analysis makes no list of none null; the fixtures do.
		b = bytes.ReplaceAll(bytes.ReplaceAll(b, []byte(`"drivers":null`), []byte(`"drivers":[]`)), []byte(`"scope":null`), []byte(`"scope":{}`))
		var want []any
		if err := json.Unmarshal(b, &want); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(c.got, want) {
			t.Errorf("a finding is\n%v\nwant\n%v", c.got, want)
		}
	}
}

// What is not known is null, never an amount of 0.
func TestUnknownIsNull(t *testing.T) {
	r := rich()
	r.Parts[0].Daily = []analysis.DayCost{{Day: 20000, NoData: true}, {Day: 20001, HasBand: true}}
	var got struct {
		Parts []struct{ Daily []map[string]any }
	}
	if err := json.Unmarshal(reportJSON(t, r), &got); err != nil {
		t.Fatal(err)
	}
	gap, band := got.Parts[0].Daily[0], got.Parts[0].Daily[1]
	if gap["actual"] != nil || gap["expected"] != nil || gap["prior"] != nil || band["actual"] != "0.00" || band["low"] != "0.00" {
		t.Errorf("a gap is %v, a day that cost nothing %v", gap, band)
	}
}

func TestJSONSteersNoTerminal(t *testing.T) {
	for _, s := range reportstest.Names() {
		for _, r := range string(reportJSON(t, hostile(s))) {
			if r != '\n' && steers(r) {
				t.Errorf("%.40q: %U stands as it is", s, r)
				break
			}
		}
	}
}

func TestSnake(t *testing.T) {
	for name, want := range map[string]string{
		"LoadID": "load_id", "ByCharge": "by_charge", "ID": "id", "Low80": "low80",
		"CanDetect": "can_detect",
	} {
		if got := snake(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}
