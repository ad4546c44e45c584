package loader

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A tagged is where a format's files keep tags. A name that ends in "/" or "_" begins
// the names of columns that hold one tag each; any other is a column with many, as JSON.
type tagged struct{ name, key string } // key is put in front of the tags' keys

func (t tagged) many() bool {
	return !strings.HasSuffix(t.name, "/") && !strings.HasSuffix(t.name, "_")
}

func taggedOf(directive string) (out []tagged) {
	for _, part := range list(directive) {
		name, key, _ := strings.Cut(part, " = ")
		out = append(out, tagged{name, key})
	}
	return out
}

// A tagColumn is a column of a file that holds tags.
type tagColumn struct {
	at   int
	key  string // of its one tag; where it has many, what is put in front of their keys
	many bool
}

// tagColumns finds the columns of h that hold tags. Of the same tag in several, the one
// that the format names first counts.
func (f *Format) tagColumns(h Header) (out []tagColumn) {
	for _, t := range f.Tagged {
		many := t.many()
		for at, name := range h {
			n := len(t.name)
			switch {
			case slices.ContainsFunc(out, func(c tagColumn) bool { return c.at == at }):
			case many && strings.EqualFold(name, t.name):
				out = append(out, tagColumn{at, t.key, true})
			case !many && len(name) > n && strings.EqualFold(name[:n], t.name):
				out = append(out, tagColumn{at, t.key + f.untagged(name[n:]), false})
			}
		}
	}
	return out
}

// sameBut reports whether two headers differ in columns of tags alone, which a file has
// for the tags that it needs.
func (f *Format) sameBut(a, b Header) bool {
	rest := func(h Header) (out []string) {
		tags := f.tagColumns(h)
		for at, name := range h {
			if !slices.ContainsFunc(tags, func(c tagColumn) bool { return c.at == at }) {
				out = append(out, name)
			}
		}
		return out
	}
	return slices.Equal(rest(a), rest(b))
}

// untagged returns a tag's key without what the cloud puts in front of it.
func (f *Format) untagged(key string) string {
	for _, p := range f.Untag {
		if rest, ok := strings.CutPrefix(key, p); ok && rest != "" {
			return rest
		}
	}
	return key
}

// tagsOf makes one JSON object of a record's tags, nil where it has none.
func (s *scanner) tagsOf(fields int) []byte {
	tags := map[string]string{}
	set := func(key, value string) {
		key = strings.TrimSpace(key)
		if _, ok := tags[key]; !ok && value != "" {
			tags[key] = value
		}
	}
	for _, c := range s.tagged {
		v := string(s.field(fields, c.at))
		if !c.many {
			set(c.key, v)
			continue
		}
		for key, value := range parseTags(v) {
			set(c.key+s.format.untagged(key), value)
		}
	}
	if len(tags) == 0 {
		return nil
	}
	out, _ := json.Marshal(tags) // sorted by key
	return out
}

// A tagCache remembers what canonicalTags makes of the last tags: there are few of
// them among many resources.
type tagCache map[string]string

// tagsCached is how many tags a tagCache has at most.
const tagsCached = 4096

func (c tagCache) canonical(text string) string {
	out, ok := c[text]
	if !ok {
		if len(c) == tagsCached {
			clear(c)
		}
		out = canonicalTags(text)
		c[text] = out
	}
	return out
}

// canonicalTags returns tags as a JSON object of texts without duplicate keys
// (the last wins), or "" for none.
func canonicalTags(text string) string {
	tags := parseTags(text)
	if len(tags) == 0 {
		return ""
	}
	out, _ := json.Marshal(tags) // sorted by key
	return string(out)
}

// parseTags reads tags as JSON: an object, as Azure writes it with and without braces,
// or a list of keys and values, as Google does; or as Python and databases print a map. What is none of
// these is kept whole under the key "x_Unreadable".
func parseTags(text string) map[string]string {
	text = strings.TrimSpace(text)
	switch text {
	case "", "{}", "[]", `""`, "null", "None", "nan", "NaN": // as scripts write what is not there
		return nil
	}
	unreadable := map[string]string{"x_Unreadable": text}
	text = escapeControls(text)
	tags := map[string]string{}
	if strings.HasPrefix(text, "[") {
		var pairs []pair
		if json.Unmarshal(plainJSON([]byte(text)), &pairs) != nil {
			return unreadable
		}
		for _, p := range pairs {
			if p.Element != nil {
				p = *p.Element
			}
			tags[strings.TrimSpace(p.Key)] = jsonText(p.Value)
		}
		return tags
	}
	body := text
	switch {
	case !strings.HasPrefix(body, "{"):
		body = "{" + strings.TrimSuffix(body, ",") + "}"
	case strings.HasPrefix(body, "{'"):
		body = string(plainJSON([]byte(body)))
	case !strings.Contains(body, `"`):
		if m := printedMap(body); m != nil {
			return m
		}
	}
	dec := json.NewDecoder(strings.NewReader(body))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return unreadable
	}
	for dec.More() {
		k, err := dec.Token()
		key, isText := k.(string)
		var v json.RawMessage
		if err != nil || !isText || dec.Decode(&v) != nil {
			return unreadable
		}
		tags[strings.TrimSpace(key)] = jsonText(v)
	}
	if _, err := dec.Token(); err != nil || len(tags) == 0 {
		return unreadable
	}
	return tags
}

// printedMap reads a map as databases print it, {env=prod, team='a, b', note=c, d}: a part without "=" belongs to the value before it.
// It returns nil for what is none.
func printedMap(text string) map[string]string {
	body, ok := strings.CutSuffix(text[1:], "}")
	if !ok {
		return nil
	}
	tags, last := map[string]string{}, ""
	for i, part := range strings.Split(body, ", ") {
		key, value, ok := strings.Cut(part, "=")
		switch key = strings.TrimSpace(key); {
		case strings.HasPrefix(tags[last], "'") && !strings.HasSuffix(tags[last], "'") || i > 0 && !ok:
			tags[last] += ", " + part
		case key == "" || !ok:
			return nil
		default:
			tags[key], last = value, key
		}
	}
	for key, value := range tags {
		if n := len(value); n > 1 && value[0] == '\'' && value[n-1] == '\'' {
			tags[key] = ""
			for c, rest := "", value[1:n-1]; rest != ""; {
				c, rest = char(rest)
				tags[key] += c
			}
		}
	}
	return tags
}

// escapeControls escapes line ends and other control characters within the texts of JSON, where a portal has left them.
func escapeControls(text string) string {
	control := func(c rune) bool { return c < ' ' }
	if !strings.ContainsFunc(text, control) {
		return text
	}
	var b strings.Builder
	inside, escaped := false, false
	for _, c := range text {
		if inside && control(c) {
			fmt.Fprintf(&b, `\u%04x`, c)
			continue
		}
		inside = inside != (c == '"' && !escaped)
		escaped = c == '\\' && !escaped
		b.WriteRune(c)
	}
	return b.String()
}

// A pair is a tag in a list. Parquet files may wrap each in an element.
type pair struct {
	Key     string          `json:"key"`
	Value   json.RawMessage `json:"value"`
	Element *pair           `json:"element"`
}

// jsonText returns a JSON value as text: a string without its quotes, null as "".
func jsonText(v json.RawMessage) string {
	var s string
	if json.Unmarshal(v, &s) == nil {
		return s
	}
	return string(v)
}

// plainJSON returns a list as JSON that was written as Python prints it, as many scripts
// do: in single quotes, with None, True and False. What is JSON is left alone.
func plainJSON(b []byte) []byte {
	if json.Valid(b) {
		return b
	}
	var out bytes.Buffer
	all := string(b)
	for i := 0; i < len(b); i++ {
		quote := b[i]
		if quote != '\'' && quote != '"' {
			rest, word := string(b[i:min(len(b), i+5)]), false
			for from, to := range map[string]string{"None": "null", "True": "true", "False": "false"} {
				if strings.HasPrefix(rest, from) {
					out.WriteString(to)
					i, word = i+len(from)-1, true
				}
			}
			if !word {
				out.WriteByte(quote)
			}
			continue
		}
		var text []byte
		for i++; i < len(b) && b[i] != quote; {
			c, rest := char(all[i:])
			text = append(text, c...)
			i = len(all) - len(rest)
		}
		quoted, _ := json.Marshal(string(text))
		out.Write(quoted)
	}
	return out.Bytes()
}

// char returns the first character of a text in which Python, or a database, escapes some, and what follows it. What is no escape
// stays as it is.
func char(text string) (c, rest string) {
	if text[0] != '\\' || len(text) == 1 {
		return text[:1], text[1:]
	}
	if strings.IndexByte(`"'/`, text[1]) >= 0 {
		return text[1:2], text[2:]
	}
	r, _, rest, err := strconv.UnquoteChar(text, 0)
	if err != nil {
		return text[:1], text[1:]
	}
	return string(r), rest // "\xe4" is the character of that number, and no byte
}
