package owners

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"usagereport/internal/smallcsv"
	"usagereport/usage"
)

// NotAssigned is what the rest of a dimension is called where its file does not say.
const NotAssigned = "not assigned"

// maxVirtual is how many dimensions a file may have.
const maxVirtual = 32

// ParseDimensions reads the bytes of the file of dimensions at path: dimension, value and rule
// as owners.csv has them, from, to. A line without a rule says what the rest is called. What is
// wrong it returns as smallcsv.Errors, joined, all at once.
func ParseDimensions(path string, b []byte) ([]usage.Virtual, error) {
	columns := smallcsv.Columns{Known: []string{"dimension", "value", "rule", "from", "to"}, Must: []string{"dimension", "value", "rule"}}
	table, err := smallcsv.Parse(path, b, columns)
	if table == nil {
		return nil, err
	}
	var out []usage.Virtual
	errs := []error{err}     // of lines that are not in it
	rest := map[string]int{} // the line that names it, by dimension
	for _, row := range table.Rows {
		fail := func(column, value, format string, args ...any) {
			errs = append(errs, &smallcsv.Error{Path: path, Line: row.Line, Column: column, Value: value, Reason: fmt.Sprintf(format, args...)})
		}
		name, value := row.Get("dimension"), row.Get("value")
		if reason := strangeName(name); reason != "" {
			fail("dimension", name, "%s", reason)
			continue
		}
		if value == "" {
			fail("value", "", "is empty; say what the charges are called")
			continue
		}
		i := slices.IndexFunc(out, func(v usage.Virtual) bool { return strings.EqualFold(v.Name, name) })
		switch {
		case i >= 0 && out[i].Name != name:
			fail("dimension", name, "is spelled %s above; write one of them", out[i].Name)
			continue
		case i < 0 && len(out) == maxVirtual:
			fail("dimension", name, "is one more than %d, which a file may have", maxVirtual)
			continue
		case i < 0:
			i, out = len(out), append(out, usage.Virtual{Name: name, Rest: NotAssigned})
		}
		if row.Get("rule") == "" {
			switch {
			case row.Get("from") != "" || row.Get("to") != "":
				fail("rule", "", "is empty, but the line has dates")
			case rest[name] != 0:
				fail("rule", "", "is empty, as on line %d; one line says what the rest of %s is called", rest[name], name)
			default:
				out[i].Rest, rest[name] = value, row.Line
			}
			continue
		}
		var f File
		f.addRule(line{Row: row, Rule: row.Get("rule"), From: row.Get("from"), To: row.Get("to")}, row.Line, value, nil, fail)
		if len(f.Rules) == 0 {
			continue
		}
		same := slices.IndexFunc(out[i].Rules, func(r usage.OwnerRule) bool {
			return r.From == f.Rules[0].From && r.To == f.Rules[0].To && slices.EqualFunc(r.Terms, f.Rules[0].Terms, sameTerm)
		})
		if same >= 0 {
			fail("rule", row.Get("rule"), "is on line %d already, for the same days", out[i].Rules[same].Line)
			continue
		}
		out[i].Rules = append(out[i].Rules, f.Rules[0])
	}
	return out, errors.Join(errs...)
}

func sameTerm(x, y usage.OwnerTerm) bool {
	return x.Column == y.Column && strings.EqualFold(x.Tag, y.Tag) && x.Not == y.Not && slices.Equal(x.Pattern, y.Pattern)
}

// strangeName says why a dimension may not have a name; "" where it may.
func strangeName(name string) string {
	switch {
	case name == "":
		return "is empty; give the dimension a name, like Product"
	case len(name) > 64:
		return "is longer than 64 bytes"
	case strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" _-", r)
	}):
		return "has other characters than letters, digits, blanks, - and _"
	case strings.EqualFold(name, "total"):
		return "means all cost; choose another name"
	}
	if d, err := usage.ParseDimension(name); err == nil {
		return fmt.Sprintf("means %s already; choose another name", d)
	}
	return ""
}

// ParseTags reads the bytes of the file of tags at path: resource_id, group, subscription, key,
// value. What is wrong it returns as smallcsv.Errors, joined, all at once.
func ParseTags(path string, b []byte) ([]usage.TagRule, error) {
	columns := smallcsv.Columns{Known: []string{"resource_id", "group", "subscription", "key", "value"}, Must: []string{"key", "value"}}
	table, err := smallcsv.Parse(path, b, columns)
	if table == nil {
		return nil, err
	}
	var out []usage.TagRule
	errs := []error{err} // of lines that are not in it
	for _, row := range table.Rows {
		fail := func(column, value, format string, args ...any) {
			errs = append(errs, &smallcsv.Error{Path: path, Line: row.Line, Column: column, Value: value, Reason: fmt.Sprintf(format, args...)})
		}
		r := usage.TagRule{
			Line: row.Line, Resource: row.Get("resource_id"), Group: row.Get("group"), Subscription: row.Get("subscription"),
			Key: row.Get("key"), Value: row.Get("value"),
		}
		same := slices.IndexFunc(out, func(x usage.TagRule) bool {
			return strings.EqualFold(x.Resource, r.Resource) && strings.EqualFold(x.Group, r.Group) &&
				strings.EqualFold(x.Subscription, r.Subscription) && strings.EqualFold(x.Key, r.Key)
		})
		switch {
		case r.Key == "":
			fail("key", "", "is empty")
		case r.Resource == "" && r.Group == "" && r.Subscription == "":
			fail("", "", "names no resource, group or subscription that has the tag")
		case r.Resource != "" && (r.Group != "" || r.Subscription != ""):
			fail("resource_id", r.Resource, "is enough; leave the group and the subscription of this line empty")
		case same >= 0:
			fail("key", r.Key, "has a value on line %d already", out[same].Line)
		default:
			out = append(out, r)
		}
	}
	return out, errors.Join(errs...)
}
