package delivery

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Hide takes secrets out of a text that came back from outside, in each form in which they are
// sent or said: as they are, in base64, alone and behind user, and as JSON or a URL writes these.
// What is left is one line, not longer than most signs.
func Hide(text string, most int, user string, secrets ...string) string {
	var forms []string
	for _, s := range secrets {
		if s == "" {
			continue
		}
		plain := []string{s}
		for _, whole := range []string{s, user + ":" + s, "\x00" + user + "\x00" + s} {
			for _, e := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
				plain = append(plain, e.EncodeToString([]byte(whole)))
			}
		}
		for _, p := range plain {
			quoted, _ := json.Marshal(p) // of a string it does not fail
			inside := strings.Trim(string(quoted), `"`)
			forms = append(forms, p, inside, strings.ReplaceAll(inside, "/", `\/`), strings.ReplaceAll(inside, "+", `\u002b`))
			for _, escaped := range []string{url.QueryEscape(p), url.PathEscape(p)} {
				forms = append(forms, escaped, percent.ReplaceAllStringFunc(escaped, strings.ToLower))
			}
		}
	}
	slices.SortFunc(forms, func(x, y string) int { return len(y) - len(x) }) // what holds another goes before it
	for _, f := range forms {
		text = strings.ReplaceAll(text, f, "…")
	}
	return Line(text, most)
}

// percent is a byte as a URL writes it.
var percent = regexp.MustCompile(`%[0-9A-F]{2}`)
