// Package locale says things to people in their language. What is to be said
// is a Text, made where the facts are: an English sentence with holes, and what
// goes into them. A Locale makes words of it, and of amounts, days and shares.
// The English sentence is the key under which the other languages' catalogues
// (*.json) have theirs; en.json has plural forms only. Names from the data are
// never translated.
package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"

	"usagereport/usage"
)

//go:embed en.json zh-Hant.json
var files embed.FS

// The languages that there are.
const (
	English            = "en"
	TraditionalChinese = "zh-Hant"
)

// A Locale says things in one language. It is safe for concurrent use.
type Locale struct {
	Lang string // a BCP 47 tag, as in <html lang>
	p    *message.Printer
}

// New returns the Locale of a language by its BCP 47 tag: "en" or "zh-Hant",
// also as "zh-TW", "zh-HK", "zh_TW"; "" is English.
func New(lang string) (*Locale, error) {
	all, err := locales()
	if err != nil {
		return nil, err
	}
	if lang == "" {
		return all[English], nil
	}
	tag, err := language.Parse(lang)
	if err == nil {
		// By script: a reader of zh-Hans is not served with the other.
		base, _ := tag.Base()
		script, _ := tag.Script()
		switch {
		case base.String() == "en":
			return all[English], nil
		case base.String() == "zh" && script.String() == "Hant":
			return all[TraditionalChinese], nil
		}
	}
	return nil, fmt.Errorf("language %q: unknown; use %s or %s", lang, English, TraditionalChinese)
}

// InEnglish is the language of the command line.
func InEnglish() *Locale {
	l, err := New("")
	if err != nil {
		panic(err) // it is built in
	}
	return l
}

// locales are made once: they hold what the program was built with.
var locales = sync.OnceValues(func() (map[string]*Locale, error) {
	b := catalog.NewBuilder(catalog.Fallback(language.English))
	for _, lang := range []string{English, TraditionalChinese} {
		messages, err := messages(lang)
		if err != nil {
			return nil, err
		}
		for key, m := range messages {
			if err := b.Set(language.MustParse(lang), key, m.forms...); err != nil {
				return nil, fmt.Errorf("language %s: %q: %w", lang, key, err)
			}
		}
	}
	all := map[string]*Locale{}
	for _, lang := range []string{English, TraditionalChinese} {
		all[lang] = &Locale{Lang: lang, p: message.NewPrinter(language.MustParse(lang), message.Catalog(b))}
	}
	return all, nil
})

// A translation is one entry of a catalogue: a text, or its plural forms by
// the first number in it.
type translation struct {
	texts []string
	forms []catalog.Message
}

func (t *translation) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		t.texts, t.forms = []string{text}, []catalog.Message{catalog.String(text)}
		return nil
	}
	var by struct{ One, Other string }
	if err := json.Unmarshal(b, &by); err != nil {
		return err
	}
	t.texts = []string{by.One, by.Other}
	before, _, _ := strings.Cut(by.Other, "%d")
	number := 1 + strings.Count(strings.ReplaceAll(before, "%%", ""), "%")
	t.forms = []catalog.Message{plural.Selectf(number, "%d", plural.One, by.One, plural.Other, by.Other)}
	return nil
}

// messages reads a language's catalogue.
func messages(lang string) (map[string]translation, error) {
	b, err := files.ReadFile(lang + ".json")
	if err != nil {
		return nil, err
	}
	var out map[string]translation
	if err := json.Unmarshal(b, &out); err != nil {
		return nil, fmt.Errorf("language %s: %w", lang, err)
	}
	return out, nil
}

// A Text is something to say, in no language yet.
type Text struct {
	key  string
	args []any
	list bool // names set side by side
}

// T makes a Text of an English sentence with holes, as for fmt.Sprintf, and
// what goes into them: texts and names (%s), whole numbers (%d; the first
// decides the plural), usage.Money, usage.Day, usage.Period, Approx, Difference, Short, Run,
// Share, Change and other Texts (%s).
func T(key string, args ...any) Text { return Text{key: key, args: args} }

// Said makes a Text of words that stay as they are in every language: names, or
// what another program said.
func Said(s string) Text { return T("%s", s) }

// Join makes one Text of several.
func Join(texts []Text, between string) Text {
	var args []any
	for _, t := range texts {
		args = append(args, t)
	}
	t := T(strings.TrimPrefix(strings.Repeat(between+"%s", len(texts)), between), args...)
	t.list = true
	return t
}

// Sentences sets sentences one after the other, as the language does.
func Sentences(said []Text) Text {
	if len(said) == 0 {
		return Text{}
	}
	out := said[0]
	for _, t := range said[1:] {
		out = T("%[1]s %[2]s", out, t)
	}
	return out
}

// Map returns t with the names and other words in it as change leaves them; what
// the program says itself stays.
func (t Text) Map(change func(string) string) Text {
	args := make([]any, len(t.args))
	for i, a := range t.args {
		switch v := a.(type) {
		case Text:
			args[i] = v.Map(change)
		case Strong:
			args[i] = Strong(Text(v).Map(change))
		case string:
			args[i] = change(v)
		case error:
			args[i] = change(v.Error())
		default:
			args[i] = a
		}
	}
	return Text{t.key, args, t.list}
}

// Empty reports whether there is nothing to say.
func (t Text) Empty() bool { return t.key == "" }

// String says it in English.
func (t Text) String() string {
	l, err := New(English)
	if err != nil {
		return t.key // the catalogue's own test fails first
	}
	return l.Say(t)
}

// MarshalText says it in English, as commands do.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// Say says t.
func (l *Locale) Say(t Text) string {
	if t.Empty() {
		return ""
	}
	return l.Format(t, func(v any) any { return v })
}

// Format says t with what goes into its holes as wrap leaves it: markup, for a
// page. wrap gets the words, or a whole number.
func (l *Locale) Format(t Text, wrap func(any) any) string {
	args := make([]any, len(t.args))
	for i, a := range t.args {
		if nested, ok := a.(Text); ok {
			args[i] = l.Format(nested, wrap)
			continue
		}
		if strong, ok := a.(Strong); ok {
			args[i] = wrap(Emphasis(l.Format(Text(strong), wrap)))
			continue
		}
		args[i] = wrap(l.word(a))
	}
	if t.list && l.Lang == TraditionalChinese {
		return l.p.Sprintf(strings.NewReplacer(", ", "、", "; ", "；").Replace(t.key), args...)
	}
	return l.p.Sprintf(t.key, args...)
}

// word makes words of what a Text holds; whole numbers stay numbers, for they
// choose the plural.
func (l *Locale) word(a any) any {
	switch v := a.(type) {
	case usage.Money:
		return l.WithCode(l.Money(v), v.Currency)
	case Difference:
		return l.Signed(usage.Money(v))
	case Approx:
		return l.WithCode(l.approx(usage.Money(v)), v.Currency)
	case About:
		return l.About(usage.Money(v))
	case Whole:
		return l.approx(usage.Money(v))
	case Exact:
		return l.Money(usage.Money(v))
	case Rise:
		s := l.approx(usage.Money(v))
		if v.Amount.Sign() > 0 {
			s = "+" + s
		}
		return s
	case Month:
		return l.fullMonth(usage.Day(v), false)
	case MonthYear:
		return l.fullMonth(usage.Day(v), true)
	case Number:
		return l.number(int(v), false)
	case Leading:
		return l.number(int(v), true)
	case usage.Day:
		return l.Day(v)
	case Run:
		return l.Run(usage.Period(v))
	case Short:
		return l.ShortDay(usage.Day(v))
	case usage.Period:
		return l.Span(v)
	case Share:
		return l.Percent(float64(v))
	case Change:
		return l.Change(float64(v))
	case error:
		return v.Error()
	}
	return a
}
