package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"usagereport/usage"
)

// OwnersSQL returns the SQL that makes a connection see whose each charge is: it
// puts a temporary table before owned, which the view usage joins. A rule is
// asked of the texts of a charge, once for each of the stretches of days on which
// the same rules hold.
func OwnersSQL(rules []usage.OwnerRule) string {
	var b strings.Builder
	b.WriteString("CREATE OR REPLACE TEMP TABLE owned AS\nWITH matched AS (")
	for i, span := range stretches(rules) {
		if i > 0 {
			b.WriteString("UNION ALL")
		}
		var lines strings.Builder
		for _, r := range rules {
			if (r.From == 0 || r.From <= span.From) && (r.To == 0 || span.To <= r.To+1) {
				fmt.Fprintf(&lines, "\n        WHEN %s THEN %d", condition(r), r.Line)
			}
		}
		which := "NULL"
		if lines.Len() > 0 {
			which = "CASE" + lines.String() + " END"
		}
		fmt.Fprintf(&b, "\n    SELECT k.key_id, DATE '%s' AS first_day, DATE '%s' AS end_day, (%s)::INTEGER AS line\n"+
			"    FROM keys k JOIN scopes s ON s.scope_id = k.scope_id WHERE s.state = 'current'\n", span.From, span.To, which)
	}
	b.WriteString("), names(line, owner) AS (VALUES (0, '')")
	for _, r := range rules {
		fmt.Fprintf(&b, ", (%d, %s)", r.Line, usage.Literal(r.Owner))
	}
	b.WriteString(")\nSELECT m.key_id, m.first_day, m.end_day, m.line, n.owner FROM matched m JOIN names n ON n.line = m.line")
	return b.String()
}

// MatchesSQL returns the SQL that puts into the temporary table matches which
// charges each rule would have if it were the only one, as owned has them.
func MatchesSQL(rules []usage.OwnerRule) string {
	parts := []string{"SELECT NULL::BIGINT AS key_id, NULL::DATE AS first_day, NULL::DATE AS end_day, NULL::INTEGER AS line WHERE false"}
	for _, r := range rules {
		span := r.Within()
		parts = append(parts, fmt.Sprintf("SELECT k.key_id, DATE '%s', DATE '%s', %d "+
			"FROM keys k JOIN scopes s ON s.scope_id = k.scope_id WHERE s.state = 'current' AND %s",
			span.From, span.To, r.Line, condition(r)))
	}
	return "CREATE OR REPLACE TEMP TABLE matches AS\n" + strings.Join(parts, "\nUNION ALL\n")
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

// condition is a rule in SQL, over a charge's key k and scope s.
func condition(r usage.OwnerRule) string {
	var terms []string
	for _, t := range r.Terms {
		not := ""
		if t.Not {
			not = "NOT "
		}
		terms = append(terms, fmt.Sprintf("%s(coalesce(%s, '') ILIKE %s ESCAPE '\\')", not, column(t), usage.Literal(like(t.Pattern))))
	}
	return "(" + strings.Join(terms, " AND ") + ")"
}

// column is what a term looks at.
func column(t usage.OwnerTerm) string {
	switch t.Column {
	case "":
		return fmt.Sprintf("list_filter(map_entries(k.Tags), lambda e: lower(e.key) = lower(%s))[1].value", usage.Literal(t.Tag))
	case "BillingAccountId", "BillingAccountName", "SubAccountId", "SubAccountName", "BillingCurrency", "x_BillingPeriod":
		return "s." + t.Column
	case "x_CostType":
		return "s.cost_type"
	case "x_SourceFile":
		return "s.ref"
	}
	return "k." + t.Column
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
	if n := len(l.notes.Owners); n > 0 {
		return l.notes.Owners[n-1], nil
	}
	err = l.db.QueryRowContext(ctx, "SELECT used_at, path, sha256 FROM owners_files ORDER BY used_at DESC, rowid DESC LIMIT 1").
		Scan(&f.At, &f.Path, &f.SHA256)
	if errors.Is(err, sql.ErrNoRows) {
		return f, nil
	}
	return f, err
}
