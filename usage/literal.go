package usage

import "strings"

// Literal writes a text as SQL does: between quotes, its own doubled. A NUL, which
// would end the statement for DuckDB, is left out.
func Literal(s string) string {
	return "'" + strings.ReplaceAll(strings.ReplaceAll(s, "\x00", ""), "'", "''") + "'"
}
