// Package windows1252 knows the text of Western Europe that older programs write, and
// Excel where it saves as "CSV": one byte a character.
package windows1252

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// Decoder makes UTF-8 of such text.
func Decoder() transform.Transformer { return charmap.Windows1252.NewDecoder() }

// Is reports whether b is certainly Western European text of one byte a
// character: its high bytes are letters and signs that such text has, one or two at
// a time among ASCII, and none of them could be UTF-8. Text in other encodings has
// other signs (Polish, Turkish) or longer runs (Cyrillic, Greek, Chinese).
func Is(b []byte) bool {
	run := 0
	for i, c := range b {
		if c < utf8.RuneSelf {
			run = 0
			continue
		}
		if run++; run > 2 {
			return false
		}
		if r, _ := utf8.DecodeRune(b[i:]); r != utf8.RuneError {
			return false
		}
		letter := c >= 0xc0 && c != 0xd7 && c != 0xf7
		sign := strings.IndexByte("\x80\x84\x85\x8a\x8c\x8e\x91\x92\x93\x94\x96\x97\x9a\x9c\x9e"+
			"\xa0\xa3\xa7\xa9\xaa\xab\xae\xb0\xb2\xb4\xb7\xba\xbb\xbf", c) >= 0
		if !letter && !sign {
			return false
		}
	}
	return true
}
