package usage_test

import (
	"testing"

	"usagereport/usage"
)

func TestLiteral(t *testing.T) {
	for text, want := range map[string]string{"": "''", "disk": "'disk'", "O'Hara": "'O''Hara'", "a\x00'b": "'a''b'", `\'`: `'\'''`} {
		if got := usage.Literal(text); got != want {
			t.Errorf("Literal(%q) = %s, want %s", text, got, want)
		}
	}
}
