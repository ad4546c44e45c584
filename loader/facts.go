package loader

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// facts is the part of a format's SELECT that runs for every row of a file. What
// in it depends on the texts alone (is this row covered by a commitment?) stands
// apart, to be evaluated once for each combination of texts, so that a row's
// statement touches no text.
type facts struct {
	sql   string   // SELECT _key and the factColumns FROM raw
	names []string // columns of raw that stand for what depends on texts; mostly none or one
	parts string   // SELECT _key and names FROM raw, which holds texts
}

// factsOf takes a format's SELECT apart as DuckDB reads it. One that is no plain
// list of expressions stays whole, and each row gets all of its texts: slower,
// and right.
func factsOf(ctx context.Context, conn *sql.Conn, f *Format) (*facts, error) {
	texts := append([]string{"_month", "_currency"}, f.texts...)
	var text string
	if err := conn.QueryRowContext(ctx, "SELECT json_serialize_sql($text::VARCHAR)::VARCHAR", sql.Named("text",
		f.SQL)).Scan(&text); err != nil {
		return nil, err
	}
	var t tree
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber() // positions fill 64 bits
	if err := decoder.Decode(&t); err != nil {
		return nil, err
	}
	list, plain := t.list()
	if !plain {
		names := make([]string, len(texts))
		for i, n := range texts {
			names[i] = ident(n)
		}
		return &facts{sql: f.SQL, names: names, parts: "SELECT _key, " + strings.Join(names, ", ") + " FROM raw"}, nil
	}
	list = slices.DeleteFunc(list, func(item any) bool {
		return nameOf(item) != "_key" && !slices.Contains(factColumns, nameOf(item))
	})
	key := list[slices.IndexFunc(list, func(item any) bool { return nameOf(item) == "_key" })]
	parts := []any{key}
	list = takeApart(list, texts, &parts).([]any)
	out := &facts{}
	for i := range parts[1:] {
		out.names = append(out.names, partName(i))
	}
	var err error
	if out.sql, err = t.sql(ctx, conn, list); err != nil {
		return nil, err
	}
	out.parts, err = t.sql(ctx, conn, parts)
	return out, err
}

// partName is the name of a column that stands for what depends on texts.
func partName(i int) string { return fmt.Sprintf("_t%d", i) }

// A tree is a statement as json_serialize_sql writes it.
type tree struct {
	Error      bool             `json:"error"`
	Statements []map[string]any `json:"statements"`
}

// list returns the expressions of a statement that is nothing but a list of
// them, _key among them, FROM raw.
func (t *tree) list() (list []any, plain bool) {
	if t.Error || len(t.Statements) != 1 {
		return nil, false
	}
	node, _ := t.Statements[0]["node"].(map[string]any)
	modifiers, _ := node["modifiers"].([]any)
	groups, _ := node["group_expressions"].([]any)
	from, _ := node["from_table"].(map[string]any)
	plain = node["type"] == "SELECT_NODE" && len(modifiers)+len(groups) == 0 &&
		node["where_clause"] == nil && node["having"] == nil && node["qualify"] == nil && node["sample"] == nil &&
		from["type"] == "BASE_TABLE" && from["table_name"] == "raw"
	list, _ = node["select_list"].([]any)
	named := func(name string) bool {
		return slices.ContainsFunc(list, func(item any) bool { return nameOf(item) == name })
	}
	return list, plain && named("_key") && !named("")
}

// sql returns the statement with another list of expressions.
func (t *tree) sql(ctx context.Context, conn *sql.Conn, list []any) (text string, err error) {
	t.Statements[0]["node"].(map[string]any)["select_list"] = list
	b, err := json.Marshal(t)
	if err != nil {
		return "", err
	}
	err = conn.QueryRowContext(ctx, "SELECT json_deserialize_sql($tree::VARCHAR::JSON)", sql.Named("tree", string(b))).Scan(&text)
	return text, err
}

// nameOf returns the name under which an expression stands in a list.
func nameOf(item any) string {
	e, _ := item.(map[string]any)
	if alias, _ := e["alias"].(string); alias != "" {
		return alias
	}
	return columnOf(e)
}

// columnOf returns the column that an expression is, or "".
func columnOf(e map[string]any) string {
	names, _ := e["column_names"].([]any)
	if e["class"] != "COLUMN_REF" || len(names) == 0 {
		return ""
	}
	name, _ := names[len(names)-1].(string)
	return name
}

// takeApart returns e with the largest expressions in it that depend on texts
// alone replaced by columns; those it adds to parts, under the columns' names.
func takeApart(e any, texts []string, parts *[]any) any {
	switch e := e.(type) {
	case []any:
		for i := range e {
			e[i] = takeApart(e[i], texts, parts)
		}
	case map[string]any:
		if _, ok := e["class"]; ok {
			if some, other := dependsOn(e, texts); some && !other {
				at := slices.IndexFunc((*parts)[1:], func(p any) bool { return shape(p) == shape(e) })
				name := partName(at)
				if at < 0 {
					name = partName(len(*parts) - 1)
				}
				column := map[string]any{
					"class": "COLUMN_REF", "type": "COLUMN_REF", "alias": e["alias"], "query_location": 0,
					"column_names": []any{name},
				}
				if e["alias"] = name; at < 0 {
					*parts = append(*parts, e)
				}
				return column
			}
		}
		for _, k := range slices.Sorted(maps.Keys(e)) {
			e[k] = takeApart(e[k], texts, parts)
		}
	}
	return e
}

// shape is what an expression is, wherever it stands and whatever it is called.
func shape(e any) string {
	switch e := e.(type) {
	case []any:
		var b strings.Builder
		for _, v := range e {
			b.WriteString(shape(v) + ",")
		}
		return "[" + b.String() + "]"
	case map[string]any:
		var b strings.Builder
		for _, k := range slices.Sorted(maps.Keys(e)) {
			if k != "query_location" && k != "alias" {
				b.WriteString(k + ":" + shape(e[k]) + ",")
			}
		}
		return "{" + b.String() + "}"
	}
	return fmt.Sprintf("%q", fmt.Sprint(e))
}

// dependsOn says whether e names some of texts, and whether it names any other
// column.
func dependsOn(e any, texts []string) (some, other bool) {
	walk := func(v any) {
		s, o := dependsOn(v, texts)
		some, other = some || s, other || o
	}
	switch e := e.(type) {
	case []any:
		for _, v := range e {
			walk(v)
		}
	case map[string]any:
		if name := columnOf(e); name != "" {
			return slices.Contains(texts, name), !slices.Contains(texts, name)
		}
		for _, v := range e {
			walk(v)
		}
	}
	return some, other
}
