package ledger

import (
	"strings"

	"usagereport/usage"
)

// ViewsSQL returns the SQL that puts before the ledger's tables, on one
// connection, what ad-hoc SQL asks: views in FOCUS's words. catalog is DuckDB's
// name of the ledger's file. With a last day they leave out what was charged after
// it. With comments each view and column says what it is, which takes ten times as
// long as making them.
func ViewsSQL(catalog string, last usage.Day, comments bool) string {
	views, days := query("views"), ""
	if last != 0 {
		days = "WHERE day <= DATE '" + last.String() + "'"
		views = strings.ReplaceAll(query("views_until"), "{end}", "DATE '"+(last+1).String()+"'") + views
	}
	text := TokensSQL() + strings.NewReplacer("{ledger}", `"`+strings.ReplaceAll(catalog, `"`, `""`)+`"`, "{days}", days).Replace(views)
	if comments {
		text += query("views_comments")
	}
	return text
}

// TokensSQL returns the SQL that makes, on one connection, the macros that say of a charge what
// tokens it is of.
func TokensSQL() string { return query("tokens") }
