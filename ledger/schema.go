package ledger

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"path"
	"strconv"
	"strings"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// migrate brings the tables from a version, 0 for none, to Schema, and makes the
// views.
func (l *Ledger) migrate(ctx context.Context, from int) error {
	if from == Schema {
		return nil
	}
	later, err := laterSchema(from)
	if err != nil {
		return err
	}
	if from == 0 {
		later = []schemaFile{{"the tables of a new ledger", newTables(later)}}
	}
	// A table that was written is not altered in one transaction with that.
	for _, f := range later[:len(later)-1] {
		if err := l.Update(ctx, func(conn *sql.Conn) error { return f.make(ctx, conn) }); err != nil {
			return err
		}
	}
	return l.Update(ctx, func(conn *sql.Conn) error {
		if err := later[len(later)-1].make(ctx, conn); err != nil {
			return err
		}
		if _, err := conn.ExecContext(ctx, query("usage")); err != nil {
			return fmt.Errorf("make the views: %w", err)
		}
		return nil
	})
}

// A schemaFile is a file of schema.
type schemaFile struct{ name, text string }

func (f schemaFile) make(ctx context.Context, conn *sql.Conn) error {
	if _, err := conn.ExecContext(ctx, f.text); err != nil {
		return fmt.Errorf("%s: %w", f.name, err)
	}
	return nil
}

// laterSchema returns the files of schema after that of a version, in order.
func laterSchema(version int) (files []schemaFile, err error) {
	entries, err := schemaFiles.ReadDir("schema")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		number, _, _ := strings.Cut(e.Name(), "_")
		if n, err := strconv.Atoi(number); err != nil {
			return nil, fmt.Errorf("%s: its name does not begin with a number: %w", e.Name(), err)
		} else if n <= version {
			continue
		}
		b, err := schemaFiles.ReadFile(path.Join("schema", e.Name()))
		if err != nil {
			return nil, err
		}
		files = append(files, schemaFile{e.Name(), string(b)})
	}
	return files, nil
}

// newTables returns what all files of schema make, for a ledger that has nothing yet: each column stands
// in its table from the beginning, for to add one takes as long as to make a table, and nothing is updated.
func newTables(files []schemaFile) string {
	var kept strings.Builder
	added := map[string]string{} // to each table
	updates := false
	for _, f := range files {
		for line := range strings.Lines(f.text) {
			if table, column, adds := strings.Cut(line, " ADD COLUMN "); adds && strings.HasPrefix(line, "ALTER TABLE ") {
				column, _, _ = strings.Cut(column, ";")
				added[strings.TrimPrefix(table, "ALTER TABLE ")] += "\n, " + column
				continue
			}
			updates = updates || strings.HasPrefix(line, "UPDATE ")
			if !updates {
				kept.WriteString(line)
			}
			updates = updates && !strings.HasSuffix(strings.TrimSpace(line), ";")
		}
	}
	text := kept.String()
	for table, columns := range added {
		before, rest, _ := strings.Cut(text, "CREATE TABLE "+table+" (")
		body, after, _ := strings.Cut(rest, "\n);")
		text = before + "CREATE TABLE " + table + " (" + body + columns + "\n);" + after
	}
	return text + fmt.Sprintf("\nUPDATE meta SET value = '%d' WHERE name = 'schema';", Schema)
}
