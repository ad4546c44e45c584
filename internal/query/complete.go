package query

import (
	"context"
	"database/sql"
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A View is one of those that statements ask, in the words of its comments.
type View struct {
	Name    string       `json:"name"`
	Text    string       `json:"text"`
	Columns []ViewColumn `json:"columns"`
}

// A ViewColumn is a column of a View; Type is DuckDB's name of its type.
type ViewColumn struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Text string `json:"text"`
}

//go:embed sql/vocabulary.sql
var vocabulary string

// Views returns the views that a connection begins with (OpenOptions.Begin), usage
// and daily first, the columns in their order.
func Views(ctx context.Context, conn *sql.Conn) ([]View, error) {
	rows, err := conn.QueryContext(ctx, vocabulary)
	if err != nil {
		return nil, sqlError(ctx, err)
	}
	defer rows.Close()
	var views []View
	for rows.Next() {
		var v View
		var c ViewColumn
		if err := rows.Scan(&v.Name, &v.Text, &c.Name, &c.Type, &c.Text); err != nil {
			return nil, sqlError(ctx, err)
		}
		if len(views) == 0 || views[len(views)-1].Name != v.Name {
			views = append(views, v)
		}
		last := &views[len(views)-1]
		last.Columns = append(last.Columns, c)
	}
	views = slices.DeleteFunc(views, func(v View) bool { return v.Text == "" }) // what only other views ask
	return views, rows.Err()
}

// Keywords returns the words of SQL that are offered, and the functions with
// their parenthesis.
func Keywords() []string {
	return strings.Fields(`
		SELECT FROM WHERE GROUP BY ORDER HAVING LIMIT OFFSET JOIN LEFT INNER FULL CROSS ASOF USING ON AS AND OR NOT IN IS NULL LIKE
		ILIKE BETWEEN CASE WHEN THEN ELSE END DISTINCT WITH UNION ALL EXCEPT INTERSECT DESC ASC NULLS FIRST LAST OVER PARTITION
		QUALIFY FILTER VALUES EXISTS DESCRIBE SUMMARIZE SHOW EXPLAIN PIVOT UNPIVOT EXCLUDE INTERVAL DATE TRUE FALSE
		sum( count( avg( min( max( median( round( abs( coalesce( date_trunc( date_part( strftime( lower( upper( concat( starts_with(
		contains( regexp_matches( string_agg( list( arg_max( arg_min( first( last( lag( lead( row_number( rank( any_value( cast(
		try_cast( map_keys(`)
}

// Complete returns where the word that ends text begins, a byte offset, and what
// it can become: columns of the views that text names before others, views, words
// of SQL. text is the statement up to the cursor, rest what follows it.
func Complete(views []View, text, rest string) (at int, words []string) {
	at = strings.LastIndexFunc(text, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if at >= 0 {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	} else {
		at = 0
	}
	prefix := text[at:]
	offer := func(s string) {
		if len(s) > len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) && !slices.Contains(words, s) {
			words = append(words, s)
		}
	}
	var named, others []View
	for _, v := range views {
		if regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(v.Name) + `\b`).MatchString(text[:at] + " " + rest) {
			named = append(named, v)
		} else {
			others = append(others, v)
		}
	}
	columns := func(vs []View) {
		for _, v := range vs {
			for _, c := range v.Columns {
				offer(c.Name)
			}
		}
	}
	columns(named)
	if strings.HasSuffix(text[:at], ".") { // of an alias
		return at, words
	}
	for _, v := range views {
		offer(v.Name)
	}
	for _, k := range Keywords() {
		if prefix != "" && strings.IndexFunc(prefix, unicode.IsUpper) < 0 {
			k = strings.ToLower(k)
		}
		offer(k)
	}
	if len(named) == 0 {
		columns(others)
	}
	return at, words
}

// ValueAt reports whether text, a statement up to the cursor, ends within a text
// that a column is compared with: ServiceName = 'Vir. It returns the column's
// name, and where the text begins, after its quote.
func ValueAt(text string) (column string, at int, ok bool) {
	compared := regexp.MustCompile(`(?i)([a-z_]\w*)"?\s*(?:<>|!=|=|(?:not\s+)?i?like|(?:not\s+)?in\s*\((?:\s*'[^']*'\s*,)*)\s*'([^']*)$`)
	m := compared.FindStringSubmatchIndex(text)
	if m == nil {
		return "", 0, false
	}
	return text[m[2]:m[3]], m[4], true
}

// Ended reports whether text holds a whole statement: one that ends with a
// semicolon, outside of texts, quoted names and comments. What follows it is rest.
func Ended(text string) (stmt, rest string, ok bool) {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == ';':
			return text[:i+1], text[i+1:], true
		case c == '\'' || c == '"':
			n := strings.IndexByte(text[i+1:], c)
			if n < 0 {
				return text, "", false
			}
			i += n + 1
		case c == '-' && strings.HasPrefix(text[i:], "--"):
			n := strings.IndexByte(text[i:], '\n')
			if n < 0 {
				return text, "", false
			}
			i += n
		case c == '/' && strings.HasPrefix(text[i:], "/*"):
			n := strings.Index(text[i+2:], "*/")
			if n < 0 {
				return text, "", false
			}
			i += n + 3
		case c == '$':
			if tag := regexp.MustCompile(`^\$([A-Za-z_]\w*)?\$`).FindString(text[i:]); tag != "" {
				n := strings.Index(text[i+len(tag):], tag)
				if n < 0 {
					return text, "", false
				}
				i += n + 2*len(tag) - 1
			}
		}
	}
	return text, "", false
}
