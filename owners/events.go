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

// What a file of events may hold.
const (
	maxEvents    = 5000
	maxEventText = 300 // bytes
)

// scopeColumns are those in which a plain name is looked for.
func scopeColumns() []string {
	return []string{"SubAccountId", "SubAccountName", "x_ResourceGroupName", "ResourceId", "ResourceName"}
}

// ParseEvents reads the bytes of the file of events at path: date, scope, text. What is wrong it
// returns as smallcsv.Errors, joined, all at once.
func ParseEvents(path string, b []byte) (out []usage.Event, _ error) {
	columns := []string{"date", "scope", "text"}
	table, err := smallcsv.Parse(path, b, smallcsv.Columns{Known: columns, Must: []string{"date", "text"}})
	if table == nil {
		return nil, err
	}
	errs := []error{err} // of lines that are not in it
	lines := map[string]int{}
	for _, row := range table.Rows {
		fail := func(column, format string, args ...any) {
			errs = append(errs, row.Wrong(column, fmt.Sprintf(format, args...)))
		}
		e := usage.Event{Line: row.Line, Text: row.Get("text")}
		var scopeErr error
		e.Rules, scopeErr = eventScope(row.Get("scope"), row.Line)
		day, dayErr := usage.ParseDay(row.Get("date"))
		e.Day = day
		key := strings.ToLower(row.Get("date") + "\x00" + row.Get("scope") + "\x00" + e.Text)
		switch {
		case dayErr != nil || !usage.AllDays().Contains(day):
			fail("date", "is not a date like 2026-03-31")
		case e.Text == "":
			fail("text", "is empty: what was it?")
		case len(e.Text) > maxEventText:
			fail("text", "is longer than %d bytes", maxEventText)
		case strings.ContainsFunc(e.Text+row.Get("scope"), unicode.IsControl):
			fail("", "holds a control character or a line end")
		case scopeErr != nil:
			fail("scope", "%v", scopeErr)
		case lines[key] != 0:
			fail("text", "is the same as on line %d, of the same day and scope", lines[key])
		case len(out) == maxEvents:
			return nil, errors.Join(append(errs, row.Wrong("", fmt.Sprintf("is one event more than %d, which a file may have", maxEvents)))...)
		default:
			lines[key] = row.Line
			out = append(out, e)
		}
	}
	return out, errors.Join(errs...)
}

// eventScope reads of what an event is: a rule as in the owners file or, without =, the name or
// id of a subscription, a resource group or a resource. Nothing is all.
func eventScope(scope string, line int) ([]usage.OwnerRule, error) {
	switch {
	case scope == "":
		return nil, nil
	case strings.Contains(scope, "="):
		terms, err := usage.ParseOwnerTerms(scope)
		return []usage.OwnerRule{{Line: line, Terms: terms}}, err
	}
	var out []usage.OwnerRule
	for _, column := range scopeColumns() {
		out = append(out, usage.OwnerRule{Line: line, Terms: []usage.OwnerTerm{exactly(column, scope)}})
	}
	parts := strings.Split(strings.Trim(scope, "/"), "/") // of an id as Azure writes it
	if len(parts) < 2 || !strings.EqualFold(parts[0], "subscriptions") || len(parts) != 2 &&
		(len(parts) != 4 || !strings.EqualFold(parts[2], "resourceGroups")) {
		return out, nil
	}
	for _, subscription := range []string{parts[1], "/subscriptions/" + parts[1]} { // as files have it
		terms := []usage.OwnerTerm{exactly("SubAccountId", subscription)}
		if len(parts) == 4 {
			terms = append(terms, exactly("x_ResourceGroupName", parts[3]))
		}
		out = append(out, usage.OwnerRule{Line: line, Terms: terms})
	}
	return out, nil
}

// exactly is the term that a column has a text, in any case of letters.
func exactly(column, text string) usage.OwnerTerm {
	t := usage.OwnerTerm{Column: column}
	for _, r := range text {
		t.Pattern = append(t.Pattern, usage.Wild{Letter: r})
	}
	return t
}

// TagScope are rules that take the charges to which a line of the file of tags may give its tag:
// of each that one of them takes.
func TagScope(r usage.TagRule) (out []usage.OwnerRule) {
	if r.Resource != "" {
		return []usage.OwnerRule{{Line: r.Line, Terms: []usage.OwnerTerm{exactly("ResourceId", r.Resource)}}}
	}
	var group []usage.OwnerTerm
	if r.Group != "" {
		group = []usage.OwnerTerm{exactly("x_ResourceGroupName", r.Group)}
	}
	if r.Subscription == "" {
		return []usage.OwnerRule{{Line: r.Line, Terms: group}}
	}
	for _, column := range []string{"SubAccountId", "SubAccountName"} {
		terms := append(slices.Clone(group), exactly(column, r.Subscription))
		out = append(out, usage.OwnerRule{Line: r.Line, Terms: terms})
	}
	return out
}
