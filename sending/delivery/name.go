package delivery

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CheckID refuses what cannot be a message's ID, since IDs become parts of paths
// and headers: they are letters, digits and "-".
func CheckID(id string) error {
	if !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,63}$`).MatchString(id) {
		return fmt.Errorf("%.80q is no ID of a message", id)
	}
	return nil
}

// SafeName makes of a text from the data a name that every file system takes, and
// that leads nowhere else: no separators, control or invisible signs, nothing
// that a system or a shell reads as something else, and not longer than 80 bytes.
// The ending of a longer name stays. Different texts can become the same name.
func SafeName(text string) string {
	for {
		name := safeName(text)
		if name == text {
			return name
		}
		text = name // what was cut off may have hidden an ending
	}
}

func safeName(text string) string {
	ending := ""
	if dot := strings.LastIndexByte(text, '.'); dot > 0 && regexp.MustCompile(`^\.[A-Za-z0-9]{1,8}$`).MatchString(text[dot:]) {
		text, ending = text[:dot], text[dot:]
	}
	const longest = 80
	var b strings.Builder
	for _, r := range text {
		switch {
		case unicode.IsLetter(r), unicode.IsMark(r), unicode.IsDigit(r), r == '-', r == '.', r == '_':
		default:
			r = '_'
		}
		if b.Len()+utf8.RuneLen(r)+len(ending) > longest {
			break
		}
		b.WriteRune(r)
	}
	name := strings.Trim(b.String(), "._- ")
	switch device, _, _ := strings.Cut(strings.ToLower(name), "."); {
	case name == "":
		name = "unnamed"
	case regexp.MustCompile(`^(con|prn|aux|nul|com\d|lpt\d)$`).MatchString(device): // which Windows keeps for itself
		name = "_" + name
	}
	return name + ending
}

// OwnerName is the SafeName of an owner with a mark behind it that distinguishes
// owners whose names differ in nothing else: in capitals, in signs that files
// cannot have.
func OwnerName(owner string) string {
	sum := sha256.Sum256([]byte(owner))
	mark := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:6])
	if owner == "" {
		owner = "administrator"
	}
	return strings.ReplaceAll(SafeName(owner), ".", "_") + "-" + mark
}

// Line makes one line of a text from the data, as headers and cards need it:
// without control signs, line ends, and signs that turn the direction of what
// follows, and not longer than most signs.
func Line(text string, most int) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(text, "\uFFFD") {
		switch {
		case unicode.Is(unicode.Cf, r) && r != '\u200d':
			continue
		case unicode.IsControl(r), unicode.IsSpace(r):
			r = ' '
		}
		b.WriteRune(r)
	}
	line := []rune(strings.Join(strings.Fields(b.String()), " "))
	if len(line) > most {
		line = append(line[:most-1], '…')
	}
	return string(line)
}
