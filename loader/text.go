package loader

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/transform"

	"usagereport/internal/windows1252"
)

// plainText returns the text of r as UTF-8 with line ends that the record reader
// knows, and what had to be done for it. The first peekSize bytes decide.
func plainText(r *bufio.Reader) (text io.Reader, encoding string, notes []string, err error) {
	head, err := r.Peek(peekSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, "", nil, err
	}
	text = r
	if at := invalidUTF8(head, len(head) == peekSize); at >= 0 {
		if !windows1252.Is(head) {
			return nil, "", nil, notUTF8(head, at)
		}
		text, encoding = transform.NewReader(text, windows1252.Decoder()), "Windows-1252"
		notes = append(notes, "the file is not UTF-8; it was read as Windows-1252, as older programs write it")
	}
	if hasLoneReturns(head) {
		text = &lineEnds{r: text}
		notes = append(notes, "its lines end in CR alone, as an old Macintosh wrote them; each was taken as a line end")
	}
	return text, encoding, notes, nil
}

// invalidUTF8 returns where the first byte stands that is no UTF-8, or -1. Where b
// is cut, its last bytes may be the beginning of a character.
func invalidUTF8(b []byte, cut bool) int {
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			if cut && !utf8.FullRune(b[i:]) {
				return -1
			}
			return i
		}
		i += n
	}
	return -1
}

func notUTF8(head []byte, at int) error {
	line := 1 + bytes.Count(head[:at], []byte{'\n'})
	column := at - bytes.LastIndexByte(head[:at], '\n')
	return fmt.Errorf("%d: byte %d of the line, %#x, is not UTF-8, and nothing says in which encoding it is; save the file as UTF-8",
		line, column, head[at])
}

// hasLoneReturns reports whether lines of b end in CR alone, or in CR CR LF.
func hasLoneReturns(b []byte) bool {
	quoted := false
	for i, c := range b {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\r' && !quoted && i+1 < len(b) && b[i+1] != '\n':
			return true
		}
	}
	return false
}

// lineEnds makes LF of every line end outside quotes: CR, CR LF, CR CR LF.
type lineEnds struct {
	r      io.Reader
	quoted bool
	after  bool // a CR was the last byte, and its LF is written
}

// Read implements io.Reader. What it writes is no longer than what it reads.
func (l *lineEnds) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	out := p[:0]
	for _, c := range p[:n] {
		switch {
		case c == '\r' && !l.quoted:
			if !l.after {
				out = append(out, '\n')
			}
			l.after = true
			continue
		case c == '\n' && l.after:
			l.after = false
			continue
		case c == '"':
			l.quoted = !l.quoted
		}
		l.after = false
		out = append(out, c)
	}
	return len(out), err
}
