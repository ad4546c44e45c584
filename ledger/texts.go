package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// Texts returns up to limit values of a column of FOCUS's that begin with prefix,
// in any case of letters, in their order. It returns nothing for a column that the
// ledger does not keep as texts.
func (l *Ledger) Texts(ctx context.Context, column, prefix string, limit int) ([]string, error) {
	var table, name string
	err := l.db.QueryRowContext(ctx, query("texts_column"), sql.Named("column", column)).Scan(&table, &name)
	if err != nil {
		return nil, nil //nolint:nilerr // no such column has no values
	}
	holes := strings.NewReplacer("{column}", `"`+strings.ReplaceAll(name, `"`, `""`)+`"`, "{table}", table)
	rows, err := l.db.QueryContext(ctx, holes.Replace(query("texts")), sql.Named("prefix", prefix), sql.Named("most", limit))
	if err != nil {
		return nil, fmt.Errorf("values of %s: %w", name, err)
	}
	defer rows.Close()
	var texts []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, fmt.Errorf("values of %s: %w", name, err)
		}
		texts = append(texts, s)
	}
	return slices.Clip(texts), rows.Err()
}

// Currencies returns those in which the ledger has costs other than 0, in their order.
func (l *Ledger) Currencies(ctx context.Context) ([]string, error) {
	var all string
	if err := l.db.QueryRowContext(ctx, query("currencies_charged")).Scan(&all); err != nil {
		return nil, fmt.Errorf("currencies_charged: %w", err)
	}
	return strings.FieldsFunc(all, func(r rune) bool { return r == ',' }), nil
}
