package analysis

import (
	"database/sql"
	"testing"
	"time"

	"usagereport/usage"
)

// Values stand in a statement as SQL writes them, whatever they hold; what is no simple value
// stays a parameter, and comments go.
func TestGiven(t *testing.T) {
	day, moment := usage.Date(2026, time.November, 15).Time(), time.Date(2026, 11, 15, 8, 0, 0, 0, time.UTC)
	got, stay := given("SELECT $a, $ab -- not $a\nFROM t WHERE x = '$' AND $flag AND d < $day AND n IN $ids AND at < $at AND $none", []any{
		sql.Named("a", "O'Hara $ab"), sql.Named("ab", 7), sql.Named("flag", true), sql.Named("day", day), sql.Named("ids", []int64{1, 2}),
		sql.Named("at", moment), sql.Named("none", nil),
	})
	const want = "SELECT 'O''Hara $ab'::VARCHAR, 7::BIGINT \nFROM t WHERE x = '$' AND true AND d < DATE '2026-11-15' AND n IN [1, 2] AND at < $at AND NULL"
	if got != want || len(stay) != 1 || stay[0] != sql.Named("at", moment) {
		t.Errorf("got\n%s\nwant\n%s\n%v stay", got, want, stay)
	}
}
