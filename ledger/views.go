package ledger

import "strings"

// ViewsSQL returns the SQL that puts before the ledger's tables, on one
// connection, what ad-hoc SQL asks: views in FOCUS's words. catalog is DuckDB's
// name of the ledger's file. With comments each view and column says what it is,
// which takes ten times as long as making them.
func ViewsSQL(catalog string, comments bool) string {
	text := TokensSQL() + strings.ReplaceAll(query("views"), "{ledger}", `"`+strings.ReplaceAll(catalog, `"`, `""`)+`"`)
	if comments {
		text += query("views_comments")
	}
	return text
}

// TokensSQL returns the SQL that makes, on one connection, the macros that say of a charge what
// tokens it is of.
func TokensSQL() string { return query("tokens") }
