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
	err := l.db.QueryRowContext(ctx, `SELECT table_name, column_name FROM duckdb_columns()
		WHERE database_name = current_database() AND schema_name = 'main' AND table_name IN ('keys', 'scopes')
		  AND data_type = 'VARCHAR' AND lower(column_name) = lower($column)
		ORDER BY table_name DESC LIMIT 1`, sql.Named("column", column)).Scan(&table, &name)
	if err != nil {
		return nil, nil //nolint:nilerr // no such column has no values
	}
	quoted := `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
	rows, err := l.db.QueryContext(ctx, fmt.Sprintf(`SELECT DISTINCT %[1]s FROM %[2]s
		WHERE starts_with(lower(%[1]s), lower($prefix)) ORDER BY 1 LIMIT $most`, quoted, table), sql.Named("prefix", prefix), sql.Named("most", limit))
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
