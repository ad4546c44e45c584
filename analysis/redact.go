package analysis

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"usagereport/internal/locale"
	"usagereport/usage"
)

// Pseudonyms stand for names that must not leave the company. With one key a name
// has the same pseudonym in every report: "resource-7k3qm2xa".
type Pseudonyms struct {
	key     []byte
	kinds   map[string]string // by name in lower case; public ones stay
	lengths []int             // of the names that are looked for within texts, longest first
}

// public is the kind of names that anybody knows: services, meters, regions.
const public = "public"

// NewPseudonyms returns pseudonyms made with key for all names of the ledger, and
// for those of owners. The key is what keeps them secret.
func (a *Analysis) NewPseudonyms(ctx context.Context, key []byte, owners []string) (*Pseudonyms, error) {
	p := &Pseudonyms{key: key, kinds: map[string]string{}}
	// The ledger itself, not what the connection makes of it: an owner's report may
	// name what others have, too, in an answer.
	rows, err := a.ledger.DB().QueryContext(ctx, text("names"))
	if err != nil {
		return nil, fmt.Errorf("names: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var name, kind string
		if err := rows.Scan(&name, &kind); err != nil {
			return nil, fmt.Errorf("names: %w", err)
		}
		p.add(kind, name)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("names: %w", err)
	}
	for _, name := range owners {
		p.add("owner", name)
	}
	return p, nil
}

// Also takes up names of tags, and of dimensions that people made, with their values.
func (p *Pseudonyms) Also(names ...string) {
	for _, name := range names {
		p.add("tag", name)
	}
}

// add takes up a name, unless it is known.
func (p *Pseudonyms) add(kind, name string) {
	name = folded(name)
	if _, known := p.kinds[name]; name == "" || known {
		return
	}
	p.kinds[name] = kind
	if i, known := slices.BinarySearchFunc(p.lengths, len(name), func(x, y int) int { return cmp.Compare(y, x) }); wordy(name) && !known {
		p.lengths = slices.Insert(p.lengths, i, len(name))
	}
}

// folded is a name as it is compared.
func folded(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// wordy reports whether a name is looked for within texts. What is but a number
// like 1 or 33.3 is replaced only where it stands alone: else amounts would be.
func wordy(name string) bool {
	return utf8.RuneCountInString(name) > 3 || strings.ContainsFunc(name, unicode.IsLetter) && utf8.RuneCountInString(name) > 1
}

// Of returns the pseudonym of a name. It does not depend on the case of letters,
// and only its first word on the kind.
func (p *Pseudonyms) Of(kind, name string) string {
	mac := hmac.New(sha256.New, p.key)
	mac.Write([]byte(folded(name)))
	return kind + "-" + strings.ToLower(base32.StdEncoding.EncodeToString(mac.Sum(nil)))[:8]
}

// Text returns s with every name in it replaced that stands there as words of its
// own.
func (p *Pseudonyms) Text(s string) string {
	low := strings.ToLower(s)
	if kind, known := p.kinds[strings.TrimSpace(low)]; known {
		if kind == public {
			return s
		}
		return p.Of(kind, s)
	}
	if len(low) != len(s) { // a letter whose lower case is longer
		s = low
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if n, kind := p.at(low, i); n > 0 {
			if kind == public {
				b.WriteString(s[i : i+n])
			} else {
				b.WriteString(p.Of(kind, s[i:i+n]))
			}
			i += n
			continue
		}
		_, n := utf8.DecodeRuneInString(s[i:])
		b.WriteString(s[i : i+n])
		i += n
	}
	return b.String()
}

// at returns the length of the longest name that begins at low[i] and ends with a
// word, 0 where there is none.
func (p *Pseudonyms) at(low string, i int) (n int, kind string) {
	if r, _ := utf8.DecodeLastRuneInString(low[:i]); i > 0 && inWord(r) {
		return 0, ""
	}
	for _, n := range p.lengths {
		if i+n > len(low) {
			continue
		}
		if kind, known := p.kinds[low[i:i+n]]; known {
			if r, _ := utf8.DecodeRuneInString(low[i+n:]); i+n == len(low) || !inWord(r) {
				return n, kind
			}
		}
	}
	return 0, ""
}

func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-'
}

// Redact replaces the names, ids and tags of r by pseudonyms: of accounts,
// subscriptions, resource groups, resources, owners and files, wherever they
// stand. Free texts of people and of files are left out, and so is SQL. Services,
// meters, regions, days and amounts stay, and so do the ids of findings.
func (r *Report) Redact(p *Pseudonyms) {
	r.Config, r.Tags = p.Of("options", r.Config), nil
	if r.Owner != "" {
		r.Owner = p.Of("owner", r.Owner)
	}
	for i, s := range r.Refused {
		ref, _, _ := strings.Cut(s, ": ")
		r.Refused[i] = p.Of("file", ref)
	}
	for i := range r.Sources {
		s := &r.Sources[i]
		s.Ref = p.Of("file", s.Ref)
		for j := range s.Warnings {
			s.Warnings[j] = leftOut
		}
	}
	for i := range r.Parts {
		part := &r.Parts[i]
		part.Queries = nil
		if part.Change != nil {
			part.Change.hidden = p
		}
		if part.Outlook != nil { // planned changes name things by patterns
			for _, plan := range part.Outlook.Plans {
				p.add("scope", plan.Scope)
				p.add("note", plan.Note)
			}
		}
		for _, list := range [][]Finding{part.Findings, part.Minor, part.Down, part.Answered} {
			for _, f := range list {
				for _, e := range f.Events {
					p.add("note", e.Text)
					p.add("person", e.By)
				}
				if f.Answer != nil {
					p.add("note", f.Answer.Note)
					p.add("person", f.Answer.By)
				}
			}
		}
		for _, e := range part.Events {
			p.add("note", e.Text)
		}
		for _, u := range part.Units {
			if u.Finding != nil && u.Finding.Answer != nil {
				p.add("note", u.Finding.Answer.Note)
				p.add("person", u.Finding.Answer.By)
			}
		}
		if part.Commitments != nil {
			for _, h := range part.Commitments.Hours {
				p.add("commitment", h.ID)
			}
			for _, x := range part.Commitments.Findings() {
				if x.Answer != nil {
					p.add("note", x.Answer.Note)
					p.add("person", x.Answer.By)
				}
			}
		}
		for _, b := range part.Invoices { // of accounts that no file has, too
			p.add("billing account", b.Account)
			for _, i := range b.Invoices {
				p.add("invoice", i.Number)
			}
		}
		if part.Shared != nil {
			for _, l := range part.Shared.Lines {
				p.add("shared", l.Name)
			}
		}
	}
	p.walk(reflect.ValueOf(r).Elem())
}

// leftOut stands for what a file or a person said.
const leftOut = "(left out)"

// plain reports whether a field of v holds words of the program, or is replaced
// apart from others.
func plain(v reflect.Value, field string) bool {
	switch field {
	case "Version", "Config", "Cost", "Refused", "Sources", "Currency", "Kind", "Direction", "Severity", "Status", "Unit", "Period":
		return true
	case "Owner":
		return v.Type() == reflect.TypeFor[Report]()
	case "ID": // of a finding
		return v.Type() == reflect.TypeFor[Finding]()
	case "Before", "After": // currencies
		return v.Type() == reflect.TypeFor[CurrencyChange]()
	case "Label", "Why": // the program's own words
		return v.Type() == reflect.TypeFor[InvoiceStep]()
	case "Title": // of a list by a column, or by a tag
		_, tag := usage.Dimension(v.FieldByName("Dimension").String()).ByNewest()
		return !tag
	}
	return false
}

// walk replaces the names in v, a value of the model.
func (p *Pseudonyms) walk(v reflect.Value) {
	switch x := v.Interface().(type) {
	case locale.Text:
		v.Set(reflect.ValueOf(x.Map(p.Text)))
		return
	case usage.Series:
		v.Set(reflect.ValueOf(p.series(x)))
		return
	case Meter, Share, PeriodInfo, Prior, BasePeriod, TrackRecord, DayCost: // which have none
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			p.walk(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && !plain(v, f.Name) {
				p.walk(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			p.walk(v.Index(i))
		}
	case reflect.String:
		switch v.Type() {
		case reflect.TypeFor[string]():
			v.SetString(p.Text(v.String()))
		case reflect.TypeFor[usage.Dimension]():
			v.SetString(string(p.dimension(usage.Dimension(v.String()))))
		}
	}
}

// dimension replaces the key of a tag, or the name of a dimension that people made.
func (p *Pseudonyms) dimension(d usage.Dimension) usage.Dimension {
	if key, tag := d.Tag(); tag {
		return usage.TagDimension(p.Of("tag", key))
	}
	if name, made := d.Virtual(); made {
		return usage.Virtual{Name: p.Of("tag", name)}.Dimension()
	}
	return d
}

// series replaces the values of a series and the keys of tags in it.
func (p *Pseudonyms) series(s usage.Series) usage.Series {
	out := usage.Series{}
	for _, d := range slices.Sorted(maps.Keys(s)) {
		value := s[d]
		switch _, tag := d.ByNewest(); {
		case tag:
			out[p.dimension(d)] = p.Of("tag", value)
		case d == usage.Service, d == usage.Meter, d == usage.Region, value == "":
			out[d] = value
		default:
			out[d] = p.Text(value)
		}
	}
	return out
}
