package workspace

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/query"
	"usagereport/ledger"
	"usagereport/owners"
	"usagereport/usage"
)

// Asking prepares a connection for a statement: the views of docs/schema.md
// stand before the ledger's tables, and those that are worked out rather than
// kept (findings, periods) are filled where the statement names them.
//
// It opens and closes the ledger: its errors are for people, and it brings the
// tables of an earlier release to this one's.
func (w *Workspace) Asking(ctx context.Context, stmt string) (o query.OpenOptions, err error) {
	return w.AskingOf(ctx, stmt, "", "")
}

// AskingOf is Asking for a statement of one owner: it makes a ledger at path, which holds
// what is the owner's and nothing else, and for which the connection is.
func (w *Workspace) AskingOf(ctx context.Context, stmt, owner, path string) (o query.OpenOptions, err error) {
	s, err := w.Open(ctx)
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	var fill strings.Builder
	owned, err := s.OwnersFile(ctx)
	if gone := (*goneOwnersError)(nil); owner == "" && errors.As(err, &gone) && !asksOwners(stmt) {
		err = nil // whose a charge is changes nothing of the answer
	}
	if err == nil && owner != "" {
		owned, err = s.excerpt(ctx, owner, path)
	}
	if err != nil {
		return o, err
	}
	if owned != nil {
		if owner == "" {
			fill.WriteString(ledger.OwnersSQL(owned.Rules) + ";\n")
		}
		inserts(&fill, "owners", ownerRows(owned))
		inserts(&fill, "budgets", budgetRows(owned))
	}
	given, err := s.GivenTags()
	if err != nil {
		return o, err
	}
	tags := ""
	if len(given) > 0 {
		tags = ledger.TagsSQL(given)
	}
	made, err := s.Dimensions()
	if err != nil {
		return o, err
	}
	if len(made) > 0 {
		fill.WriteString(ledger.DimensionsSQL(made) + ledger.UsageSQL(made))
	}
	if owner == "" { // they may be of others
		if err := s.kept(stmt, &fill); err != nil {
			return o, err
		}
	}
	if err := s.workOut(ctx, stmt, owner, &fill); err != nil {
		return o, err
	}
	all, err := s.Options("", "")
	if err != nil {
		return o, err
	}
	comments := names(stmt, "comment", `duckdb_\w+`, "information_schema", "describe")
	o.Begin = func(catalog string) string {
		return tags + ledger.ViewsSQL(catalog, all.AsOf, comments) + fill.String()
	}
	return o, nil
}

// kept writes the rows of the files beside the ledger that stmt names.
func (s *Session) kept(stmt string, fill *strings.Builder) error {
	var rows [][]any
	if names(stmt, "metrics") {
		metrics, err := s.Metrics()
		if err != nil {
			return err
		}
		for _, m := range metrics {
			for _, day := range slices.Sorted(maps.Keys(m.Values)) {
				rows = append(rows, []any{day, m.Name, m.Of(), m.Values[day]})
			}
		}
		inserts(fill, "metrics", rows)
	}
	if names(stmt, "events") {
		events, err := s.Events()
		if err != nil {
			return err
		}
		rows = nil
		for _, e := range events {
			rows = append(rows, []any{e.Day, e.Text, e.Line})
		}
		inserts(fill, "events", rows)
	}
	return nil
}

// excerpt writes what is owner's into a new ledger at path, and returns the owners file as
// if there were no other owner.
func (s *Session) excerpt(ctx context.Context, owner, path string) (*owners.File, error) {
	_, o, err := s.Owner(ctx, owner)
	if err != nil {
		return nil, err
	}
	a, err := s.Analysis(ctx, analysis.Options{Owner: o.Name})
	if err != nil {
		return nil, err
	}
	defer a.Close()
	return &owners.File{Owners: []owners.Owner{o}}, a.Excerpt(ctx, path)
}

// names reports whether stmt holds one of the words. One that it holds as a text
// costs some time, and changes nothing.
func names(stmt string, words ...string) bool {
	return regexp.MustCompile(`(?i)\b(?:` + strings.Join(words, "|") + `)\b`).MatchString(stmt)
}

// everyColumn is where a statement asks for all columns of something.
var everyColumn = regexp.MustCompile(`(?i)(?:\bselect|\bdistinct|,|\.|\bcolumns\s*\()\s*\*|(?:^|\()\s*(?:from|summarize|describe|table)\b`)

// asksOwners reports whether the owners of charges may be in what stmt answers.
func asksOwners(stmt string) bool {
	return names(stmt, `\w*owner\w*`, "owned", "budgets", "findings", "periods") || everyColumn.MatchString(stmt)
}

// sumOfCosts is where a statement adds up a column of costs.
var sumOfCosts = regexp.MustCompile(`(?i)\b(?:sum|avg|mean|median)\s*\(\s*(?:distinct\s+)?(?:\w+\.)?"?\w*Cost\b`)

// sumsCurrencies warns where stmt adds up costs without a word on their currency, of which the ledger has several.
func (s *Session) sumsCurrencies(ctx context.Context, stmt string) error {
	if !sumOfCosts.MatchString(stmt) || names(stmt, `\w*currency\w*`) {
		return nil
	}
	several, err := s.Ledger.Currencies(ctx)
	if len(several) > 1 {
		s.Note("the statement adds up costs, which the ledger has in %s: a sum of several is no amount. "+
			"Choose one with WHERE BillingCurrency = '...', or GROUP BY BillingCurrency", strings.Join(several, ", "))
	}
	return err
}

// workOut writes the rows of those tables that stmt names and the ledger does
// not keep.
func (s *Session) workOut(ctx context.Context, stmt, owner string, fill *strings.Builder) error {
	var charged bool
	if err := s.Ledger.DB().QueryRowContext(ctx, "SELECT EXISTS (FROM scopes WHERE state = 'current')").Scan(&charged); err != nil {
		return err
	}
	if !charged {
		s.Note("the ledger %s holds no charges; load usage files first: 'usagereport load FILE...'", s.Path())
		return nil
	}
	if owner == "" { // which currencies one has is not looked up
		if err := s.sumsCurrencies(ctx, stmt); err != nil {
			return err
		}
	}
	findings, periods := names(stmt, "findings"), names(stmt, "periods")
	if !findings && !periods {
		return nil
	}
	o, err := s.Options("", "")
	if err != nil {
		return err
	}
	o.Owner = owner
	a, err := s.Analysis(ctx, o)
	if err != nil {
		return err
	}
	defer a.Close()
	if findings {
		fs, warnings, err := a.Findings(ctx)
		if err != nil {
			return err
		}
		for _, w := range warnings {
			s.Note("%s", w)
		}
		units, err := s.SideFindings(ctx, o)
		if err != nil {
			return err
		}
		inserts(fill, "findings", findingRows(append(fs, units...)))
	}
	if periods {
		ps, err := a.Periods(ctx)
		if err != nil {
			return err
		}
		var rows [][]any
		for _, p := range ps {
			rows = append(rows, []any{p.Name, p.Span.From, p.Span.To, string(p.State), p.Reach, p.Accounts, p.Total.Amount, p.Total.Currency})
		}
		inserts(fill, "periods", rows)
	}
	return nil
}

func ownerRows(f *owners.File) (rows [][]any) {
	for _, o := range f.Owners {
		rows = append(rows, []any{o.Name, o.Emails, o.Language, o.Channel, o.CostCenter, o.Note, o.Line})
	}
	return rows
}

func budgetRows(f *owners.File) (rows [][]any) {
	for _, o := range f.Owners {
		if o.Budget != nil {
			rows = append(rows, []any{o.Name, o.Budget.Amount, o.Currency, string(o.Budget.Period)})
		}
	}
	return rows
}

func findingRows(fs []analysis.Finding) (rows [][]any) {
	for _, f := range fs {
		row := []any{f.ID, f.Severity, f.Kind, f.Direction, f.Start, f.End, f.Ongoing}
		for _, d := range []usage.Dimension{usage.SubAccount, usage.ResourceGroup, usage.Service, usage.Region, usage.Resource, usage.Meter} {
			row = append(row, f.Scope[d])
		}
		row = append(row, f.Label.String(), f.Actual.Amount, f.Expected.Amount, f.Low.Amount, f.High.Amount, f.Impact.Amount)
		if f.PerMonth != nil {
			row = append(row, f.PerMonth.Amount)
		} else {
			row = append(row, nil)
		}
		row = append(row, f.Currency, f.Explanation.String())
		if f.Answer != nil {
			row = append(row, f.Answer.Text().String())
		} else {
			row = append(row, nil)
		}
		rows = append(rows, row)
	}
	return rows
}

// inserts writes the statement that puts rows into a table.
func inserts(b *strings.Builder, table string, rows [][]any) {
	for i, row := range rows {
		sep := ",\n("
		if i == 0 {
			sep = "INSERT INTO " + table + " VALUES\n("
		}
		b.WriteString(sep)
		for j, v := range row {
			if j > 0 {
				b.WriteString(", ")
			}
			b.WriteString(literal(v))
		}
		b.WriteString(")")
	}
	if len(rows) > 0 {
		b.WriteString(";\n")
	}
}

// literal writes a value in SQL; an empty text and no day are NULL.
func literal(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case string:
		if v == "" {
			return "NULL"
		}
		return usage.Literal(v)
	case []string:
		var list []string
		for _, s := range v {
			list = append(list, usage.Literal(s))
		}
		return "[" + strings.Join(list, ", ") + "]::VARCHAR[]"
	case usage.Day:
		if v == 0 {
			return "NULL"
		}
		return "DATE '" + v.String() + "'"
	}
	if r := reflect.ValueOf(v); r.Kind() == reflect.String { // a severity, a kind
		return literal(r.String())
	}
	return fmt.Sprint(v) // numbers, exact decimals and booleans
}
