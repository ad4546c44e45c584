package locale

import (
	"strings"
	"unicode"
)

// Name makes a name from the data fit to be shown: on one line, without the
// control and direction characters by which a name can pose as another, cut
// after limit characters. A name of nothing says so.
func Name(s string, limit int) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n == limit {
			b.WriteRune('…')
			break
		}
		switch {
		case unicode.IsSpace(r):
			r = ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\u2028', r == '\u2029', r == '\ufeff':
			r = unicode.ReplacementChar
		}
		b.WriteRune(r)
		n++
	}
	if strings.TrimSpace(b.String()) == "" {
		return "(none)"
	}
	return b.String()
}
