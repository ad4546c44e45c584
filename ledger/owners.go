package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"usagereport/usage"
)

// OwnersSQL returns the SQL that makes a connection see whose each charge is: it
// puts a temporary table before owned, which the view usage joins. A rule is
// asked of the texts of a charge, once for each of the stretches of days on which
// the same rules hold.
func OwnersSQL(rules []usage.OwnerRule) string {
	return "CREATE OR REPLACE TEMP TABLE owned AS\n" + ownedSQL(rules) + ";\n"
}

// ownedSQL is a statement without its end: which of rules each charge has.
func ownedSQL(rules []usage.OwnerRule) string {
	return matchedSQL(rules) + strings.TrimSuffix(strings.TrimSpace(query("owners_owned")), ";")
}

// CurrentKeysSQL returns what the view current_keys is made of, for who has tables of other rows
// than the ledger's by the names keys and scopes.
func CurrentKeysSQL() string {
	_, view, _ := strings.Cut(query("usage"), "CREATE OR REPLACE VIEW current_keys AS\n")
	statement, _, _ := strings.Cut(view, ";")
	return statement
}

// MatchesSQL returns the SQL that puts into the temporary table matches which
// charges each rule would have if it were the only one, as owned has them.
func MatchesSQL(rules []usage.OwnerRule) string {
	return "CREATE OR REPLACE TEMP TABLE matches AS\n" + matchedSQL(rules) + query("owners_matches")
}

// A rulePattern is what terms compare a text with: one for all that do so alike.
type rulePattern struct {
	Pattern int    `json:"pattern"` // its number
	Column  string `json:"col"`     // of the view usage, or Tags.KEY
	Kind    string `json:"kind"`    // is, begins, ends, holds or like
	Text    string `json:"text"`
}

type ruleTerm struct {
	Line    int  `json:"line"`
	Pattern int  `json:"pattern"`
	Not     bool `json:"neg"`
}

type ruleSpan struct {
	Line  int       `json:"line"`
	From  usage.Day `json:"first_day"`
	To    usage.Day `json:"end_day"`
	Owner string    `json:"owner"`
}

// matchedSQL is sql/owners_matched.sql, of rules.
func matchedSQL(rules []usage.OwnerRule) string {
	patterns, terms, spans := []rulePattern{}, []ruleTerm{}, []ruleSpan{}
	numbers := map[rulePattern]int{}
	columns := map[string]bool{}
	tags := false
	empty := []string{"-1"} // the patterns that take what lacks the text
	number := func(t usage.OwnerTerm) int {
		p := patternOf(t)
		n, known := numbers[p]
		if !known {
			n = len(patterns)
			numbers[p] = n
			p.Pattern = n
			patterns = append(patterns, p)
			columns[t.Column] = true
			tags = tags || t.Column == ""
			if !slices.ContainsFunc(t.Pattern, func(w usage.Wild) bool { return w.Kind != usage.AnyText }) {
				empty = append(empty, strconv.Itoa(n))
			}
		}
		return n
	}
	for _, r := range rules {
		wants := false
		for _, t := range r.Terms {
			terms = append(terms, ruleTerm{r.Line, number(t), t.Not})
			wants = wants || !t.Not
		}
		if !wants { // it wants whatever text there is
			t := r.Terms[0]
			t.Pattern = []usage.Wild{{Kind: usage.AnyText}}
			terms = append(terms, ruleTerm{r.Line, number(t), false})
		}
		span := r.Within()
		spans = append(spans, ruleSpan{r.Line, span.From, span.To, r.Owner})
	}
	days := []ruleSpan{}
	for _, p := range stretches(rules) {
		days = append(days, ruleSpan{From: p.From, To: p.To})
	}
	const current = "keys k JOIN scopes s ON s.scope_id = k.scope_id AND s.state = 'current'"
	cells := []string{"SELECT NULL::BIGINT AS key_id, '' AS col, '' AS value WHERE false"}
	for _, name := range usage.OwnerColumns() {
		if columns[name] {
			cells = append(cells, fmt.Sprintf("SELECT k.key_id, '%s', coalesce(%s, '') FROM %s", name, column(name), current))
		}
	}
	if tags {
		tags := strings.NewReplacer("{current}", current, "{empty}", "("+strings.Join(empty, ", ")+")")
		cells = append(cells, tags.Replace(query("owners_tags")))
	}
	return strings.NewReplacer(
		"{patterns}", jsonLiteral(patterns), "{terms}", jsonLiteral(terms), "{rules}", jsonLiteral(spans), "{stretches}", jsonLiteral(days),
		"{cells}", strings.Join(cells, "\n    UNION ALL\n    "),
	).Replace(query("owners_matched"))
}

// patternOf is what a term compares with, without a number. Letters stand as DuckDB
// lowers them, for all that it does so alike.
func patternOf(t usage.OwnerTerm) rulePattern {
	p := rulePattern{Column: t.Column, Kind: "like", Text: like(t.Pattern)}
	if t.Column == "" {
		p.Column = "Tags." + t.Tag
	}
	literal := t.Pattern
	first, last := 0, len(literal)
	if last > 0 && literal[0].Kind == usage.AnyText {
		first = 1
	}
	if last > first && literal[last-1].Kind == usage.AnyText {
		last--
	}
	if first == last && len(literal) > 0 ||
		slices.ContainsFunc(literal[first:last], func(w usage.Wild) bool { return w.Kind != usage.Literally }) {
		return p
	}
	var b strings.Builder
	for _, w := range literal[first:last] {
		b.WriteRune(w.Letter)
	}
	p.Text = b.String()
	switch {
	case first == 0 && last == len(literal):
		p.Kind = "is"
	case first == 0:
		p.Kind = "begins"
	case last == len(literal):
		p.Kind = "ends"
	default:
		p.Kind = "holds"
	}
	return p
}

// jsonLiteral writes v as JSON in a text of SQL.
func jsonLiteral(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // they are texts and numbers
	}
	return usage.Literal(string(b))
}

// stretches divides all days where a rule begins or ends to hold.
func stretches(rules []usage.OwnerRule) (out []usage.Period) {
	ever := usage.OwnerRule{}.Within()
	cuts := []usage.Day{ever.From, ever.To}
	for _, r := range rules {
		p := r.Within()
		cuts = append(cuts, p.From, p.To)
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	for i := range cuts[1:] {
		out = append(out, usage.Period{From: cuts[i], To: cuts[i+1]})
	}
	return out
}

// column is where the texts of a column of the view usage stand.
func column(name string) string {
	switch name {
	case "BillingAccountId", "BillingAccountName", "SubAccountId", "SubAccountName", "BillingCurrency", "x_BillingPeriod":
		return "s." + name
	case "x_CostType":
		return "s.cost_type"
	case "x_SourceFile":
		return "s.ref"
	}
	return "k." + name
}

// like writes a pattern as LIKE reads it.
func like(pattern []usage.Wild) string {
	var b strings.Builder
	for _, w := range pattern {
		switch {
		case w.Kind == usage.AnyText:
			b.WriteByte('%')
		case w.Kind == usage.AnyOne:
			b.WriteByte('_')
		case strings.ContainsRune(`%_\`, w.Letter):
			b.WriteByte('\\')
			fallthrough
		default:
			b.WriteRune(w.Letter)
		}
	}
	return b.String()
}

// An OwnersFile is a file through which the ledger was looked at.
type OwnersFile struct {
	At     time.Time `json:"at"`
	Path   string    `json:"path"`   // "" where it was said that there is none any more
	SHA256 string    `json:"sha256"` // of its bytes
}

// OwnersFile returns the newest file through which the ledger was looked at, the
// zero OwnersFile where there is none.
func (l *Ledger) OwnersFile(ctx context.Context) (f OwnersFile, err error) {
	l.saidLock.Lock()
	noted := l.notes.Owners
	l.saidLock.Unlock()
	if n := len(noted); n > 0 {
		return noted[n-1], nil
	}
	err = l.db.QueryRowContext(ctx, "SELECT used_at, path, sha256 FROM owners_files ORDER BY used_at DESC, rowid DESC LIMIT 1").
		Scan(&f.At, &f.Path, &f.SHA256)
	if errors.Is(err, sql.ErrNoRows) {
		return f, nil
	}
	return f, err
}
