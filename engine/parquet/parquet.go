// Package parquet is the engine for Parquet files where they lie: DuckDB, which is part of
// this program, reads of them what a statement needs. Files of object stores are fetched
// once, into a folder that keeps them.
package parquet

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"usagereport/engine"
	"usagereport/internal/duckfile"
	"usagereport/loader"
	"usagereport/usage"
)

// Scheme begins the name of such an engine.
const Scheme = "parquet"

// fileColumn is the column with the path of a row's file.
const fileColumn = "usagereport_file"

// Options say how to open an Engine.
type Options struct {
	Sources map[string]loader.Source // by scheme, to list and fetch files
	Load    loader.Options           // by which files are fetched
	Cache   string                   // the folder that keeps what was fetched
	Dir     string                   // for what does not fit into the memory, "" for none
	Memory  string                   // that DuckDB may take, as it writes it; "" for its own default
	MaxScan int64                    // bytes of files; 0 for any number
	Note    func(format string, args ...any)
}

// An Engine reads the Parquet files of one place.
type Engine struct {
	place string
	files []engine.File
	keys  map[string][]string // by path, the columns that the names of its folders hold, as x_BillingPeriod=2026-10
	local bool                // they were not fetched
	db    *sql.DB

	columns []engine.Column   // of all files
	wide    map[string]int    // fraction digits of columns that files write with different ones, by name in small letters
	types   map[string]string // of those columns in a file, by its path
}

// Open finds the files of a place, which is a folder, a pattern, or one of those in an
// object store.
func Open(ctx context.Context, place string, o Options) (*Engine, error) {
	ref := loader.ParseRef(place)
	e := &Engine{place: Scheme + ":" + ref.String(), local: ref.Scheme == "file", keys: map[string][]string{}}
	objects, left, err := loader.Plan(ctx, o.Sources, place, o.Load)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.place, err)
	}
	for _, l := range left {
		o.Note("%s: %v", l.Ref, l.Err)
	}
	if objects, err = e.counted(objects, o); err != nil {
		return nil, err
	}
	if len(objects) == 0 {
		return nil, fmt.Errorf("%s: %w", e.place, loader.ErrNothing)
	}
	var bytes int64
	for _, obj := range objects {
		if !strings.HasSuffix(strings.ToLower(obj.Ref), ".parquet") {
			return nil, &engine.StrayError{Place: e.place, File: obj.Ref}
		}
		bytes += max(obj.Size, 0)
	}
	if o.MaxScan > 0 && bytes > o.MaxScan {
		return nil, &engine.LimitError{Flag: "--max-scan", Err: fmt.Errorf("%d files have %d bytes", len(objects), bytes)}
	}
	source := o.Sources[ref.Scheme]
	for _, obj := range objects {
		f := engine.File{Path: filepath.FromSlash(obj.Ref), Shown: obj.Ref, Mark: obj.Version, Size: obj.Size, Modified: obj.Modified}
		if !e.local {
			if f.Path, err = fetch(ctx, source, obj, o); err != nil {
				return nil, fmt.Errorf("%s: %w", obj.Ref, err)
			}
		}
		if err := isParquet(f.Path); err != nil {
			return nil, fmt.Errorf("%w (%w)", &engine.StrayError{Place: e.place, File: obj.Ref}, err)
		}
		e.files = append(e.files, f)
	}
	if e.db, err = e.open(o); err != nil {
		return nil, err
	}
	if e.columns, err = e.describe(ctx); err == nil {
		err = errors.Join(e.settle(ctx), e.widen(ctx), e.view(ctx))
	}
	if err != nil {
		return nil, errors.Join(err, e.db.Close())
	}
	return e, nil
}

// isParquet looks at both ends of a file.
func isParquet(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	head, tail := make([]byte, 4), make([]byte, 4)
	if _, err := io.ReadFull(f, head); err != nil {
		return errors.New("it is empty or cut off")
	}
	if _, err := f.Seek(-4, io.SeekEnd); err != nil {
		return err
	}
	if _, err := io.ReadFull(f, tail); err != nil {
		return err
	}
	switch {
	case string(tail) == "PARE":
		return errors.New("it is encrypted")
	case string(head) != "PAR1":
		return errors.New("it begins otherwise")
	case string(tail) != "PAR1":
		return errors.New("its end is missing, so it is still being written or was cut off")
	}
	return nil
}

// keysOf returns the columns that the folders of a path name, from the outer to the inner.
func keysOf(path string) (keys []string) {
	for _, folder := range strings.Split(path[:strings.LastIndexByte(path, '/')+1], "/") {
		if key, _, ok := strings.Cut(folder, "="); ok && key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

func (e *Engine) open(o Options) (*sql.DB, error) {
	paths := make([]string, len(e.files))
	for i, f := range e.files {
		full, err := filepath.Abs(f.Path)
		if err != nil {
			return nil, err
		}
		if strings.ContainsAny(full, "*?[") {
			return nil, fmt.Errorf("%s: %s has one of the signs * ? [ in its name, which DuckDB takes for a pattern; rename it", e.place, f.Shown)
		}
		e.files[i].Path, paths[i] = full, usage.Literal(full)
		e.keys[full] = keysOf(f.Shown)
	}
	settings := []string{
		"SET GLOBAL TimeZone = 'UTC'", "SET autoinstall_known_extensions = false", "SET autoload_known_extensions = false",
		"SET allow_community_extensions = false", "SET preserve_insertion_order = false",
		"SET parquet_metadata_cache = true", // of files that are not written anew: their ends are read for each statement otherwise
		"SET allowed_paths = [" + strings.Join(paths, ", ") + "]",
		"SET temp_directory = " + usage.Literal(o.Dir),
	}
	if o.Memory != "" {
		settings = append(settings, "SET memory_limit = "+usage.Literal(o.Memory))
	}
	settings = append(settings, "SET enable_external_access = false", "SET lock_configuration = true")
	var once sync.Once // the settings are the database's, and locked by the first connection
	c, err := duckfile.Connector("", false, 0, func(conn driver.ExecerContext) (err error) {
		once.Do(func() { _, err = conn.ExecContext(context.Background(), strings.Join(settings, "; "), nil) })
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: make ready to read it: %w", e.place, err)
	}
	return sql.OpenDB(c), nil
}

// view makes what SQL of one's own reads.
func (e *Engine) view(ctx context.Context) error {
	_, err := e.db.ExecContext(ctx, "CREATE VIEW usage AS SELECT * EXCLUDE ("+fileColumn+") FROM "+e.relation(nil))
	if err != nil {
		return e.Explain(ctx, err)
	}
	return nil
}

// list is a list of paths, of all files for nil.
func (e *Engine) list(files []string) string {
	if files == nil {
		for _, f := range e.files {
			files = append(files, f.Path)
		}
	}
	literals := make([]string, len(files))
	for i, f := range files {
		literals[i] = usage.Literal(f)
	}
	return "[" + strings.Join(literals, ", ") + "]"
}

// relation is all rows of files, of all for nil. A column that these lack and others have is
// there without a value, as if all were read.
func (e *Engine) relation(files []string) string {
	if files == nil {
		return e.read(files)
	}
	var lacking []string
	for _, c := range e.columns {
		lacking = append(lacking, `CAST(NULL AS `+c.Type+`) AS "`+strings.ReplaceAll(c.Name, `"`, `""`)+`"`)
	}
	return "(SELECT * FROM " + e.read(files) + " UNION ALL BY NAME SELECT " + strings.Join(lacking, ", ") + " WHERE false)"
}

// read reads files: those together that write the same decimals with as many fraction digits, and
// whose folders name the same columns, and each column with as many digits as any file has.
func (e *Engine) read(files []string) string {
	type kind struct{ types, keys string }
	alike := map[kind][]string{}
	var order []kind
	for _, f := range e.files {
		if files != nil && !slices.Contains(files, f.Path) {
			continue
		}
		k := kind{e.types[f.Path], strings.Join(e.keys[f.Path], "/")}
		if alike[k] == nil {
			order = append(order, k)
		}
		alike[k] = append(alike[k], f.Path)
	}
	var parts []string
	for _, k := range order {
		parts = append(parts, "SELECT *"+e.widened(k.types)+" FROM "+e.readAlike(alike[k]))
	}
	return "(" + strings.Join(parts, " UNION ALL BY NAME ") + ")"
}

// readAlike reads files of which columns have types that go together, and whose folders name the
// same columns. Old programs write texts as bytes.
func (e *Engine) readAlike(files []string) string {
	folders := ""
	if len(e.keys[files[0]]) > 0 {
		folders = ", hive_types_autocast = false"
	}
	return fmt.Sprintf("read_parquet(%s, union_by_name = true, binary_as_string = true, filename = '%s', hive_partitioning = %t%s)",
		e.list(files), fileColumn, folders != "", folders)
}

// shown is a file's name as the user knows it.
func (e *Engine) shown(path string) string {
	for _, f := range e.files {
		if f.Path == path {
			return f.Shown
		}
	}
	return path
}

// Name implements engine.Engine.
func (e *Engine) Name() string { return e.place }

// About implements engine.Engine.
func (e *Engine) About(ctx context.Context) (string, error) {
	var version string
	if err := e.db.QueryRowContext(ctx, "SELECT version()").Scan(&version); err != nil {
		return "", e.Explain(ctx, err)
	}
	var bytes int64
	for _, f := range e.files {
		bytes += f.Size
	}
	return fmt.Sprintf("DuckDB %s in this process, %d files of %d MB", strings.TrimPrefix(version, "v"), len(e.files),
		(bytes+500_000)/1_000_000), nil
}

// Keys are the columns that names of folders below the place hold, as x_BillingPeriod=2026-10,
// and above those of the place itself and of what it is in, which a table of it has not. It
// is an error if they differ from file to file: no table can have such.
func (e *Engine) Keys() (keys, above []string, err error) {
	place, _, pattern := strings.Cut(strings.TrimPrefix(e.place, Scheme+":"), "*")
	if !pattern {
		place = strings.TrimSuffix(place, "/") + "/"
	}
	first := e.files[0]
	keys = e.keys[first.Path]
	for _, f := range e.files {
		if !slices.Equal(e.keys[f.Path], keys) {
			return nil, nil, fmt.Errorf("%s: the folders of %s name other columns than those of %s, and a table has the same for all; name files "+
				"whose folders are alike by a pattern, or move the others", e.place, f.Shown, first.Shown)
		}
	}
	n := min(len(keysOf(place)), len(keys))
	return keys[n:], keys[:n], nil
}

// Deep reports whether files lie in folders that name no column, which a cluster may pass over.
func (e *Engine) Deep() bool {
	place, _, _ := strings.Cut(strings.TrimPrefix(e.place, Scheme+":"), "*")
	for _, f := range e.files {
		folders := strings.Split(strings.TrimPrefix(f.Shown, strings.TrimPrefix(place, "./")), "/")
		if slices.ContainsFunc(folders[:len(folders)-1], func(name string) bool { return name != "" && !strings.Contains(name, "=") }) {
			return true
		}
	}
	return false
}

// Describe implements engine.Engine.
func (e *Engine) Describe(context.Context) ([]engine.Column, error) {
	return slices.Clone(e.columns), nil
}

// describe reads which columns the files have.
func (e *Engine) describe(ctx context.Context) (out []engine.Column, err error) {
	rows, err := e.db.QueryContext(ctx, "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM "+e.read(nil)+")")
	if err != nil {
		return nil, e.Explain(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		var c engine.Column
		if err := rows.Scan(&c.Name, &c.Type); err != nil {
			return nil, err
		}
		if c.Name != fileColumn {
			out = append(out, c)
		}
	}
	return out, rows.Err()
}

// Parts implements engine.Footed.
func (e *Engine) Parts(ctx context.Context, columns []string) (out []engine.Part, err error) {
	lower := make([]string, len(columns))
	for i, c := range columns {
		lower[i] = usage.Literal(strings.ToLower(c))
	}
	rows, err := e.db.QueryContext(ctx, "SELECT file_name, row_group_id, row_group_num_rows, lower(path_in_schema), stats_null_count, "+
		"coalesce(stats_min_value, ''), coalesce(stats_max_value, '') FROM parquet_metadata("+e.list(nil)+") WHERE column_id = 0 OR "+
		"lower(path_in_schema) IN ("+strings.Join(lower, ", ")+") ORDER BY ALL")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	last := int64(-1)
	for rows.Next() {
		var file, name string
		var group, n int64
		var nulls sql.NullInt64
		var s engine.Stats
		if err := rows.Scan(&file, &group, &n, &name, &nulls, &s.Min, &s.Max); err != nil {
			return nil, err
		}
		if len(out) == 0 || out[len(out)-1].File != file || group != last {
			out, last = append(out, engine.Part{File: file, Rows: n, Columns: e.unsaid(file, n, columns)}), group
		}
		part := out[len(out)-1]
		for _, c := range columns {
			switch s.Nulls = nulls.Int64; {
			case strings.ToLower(c) != name || slices.ContainsFunc(e.keys[file], func(k string) bool { return strings.EqualFold(k, c) }):
			case nulls.Valid:
				part.Columns[c] = s
			default:
				delete(part.Columns, c)
			}
		}
	}
	return out, rows.Err()
}

// unsaid is what is known of the columns of a file's rows before its end is read: what its folders
// say, and that a column which it lacks is NULL.
func (e *Engine) unsaid(file string, rows int64, columns []string) map[string]engine.Stats {
	out := map[string]engine.Stats{}
	for _, c := range columns {
		out[c] = engine.Stats{Nulls: rows}
	}
	if len(e.keys[file]) == 0 {
		return out
	}
	for _, folder := range strings.Split(filepath.ToSlash(file), "/") {
		key, value, _ := strings.Cut(folder, "=")
		for _, c := range columns {
			switch {
			case !strings.EqualFold(key, c) || !slices.Contains(e.keys[file], key):
			case value == "" || strings.ContainsAny(value, "%+") || strings.HasPrefix(value, "__"): // which are read as something else
				delete(out, c)
			default:
				out[c] = engine.Stats{Min: value, Max: value}
			}
		}
	}
	return out
}

// Query implements engine.Engine.
func (e *Engine) Query(ctx context.Context, statement string) (*sql.Rows, error) {
	return e.db.QueryContext(ctx, statement)
}

// DB is the database, in which the view usage has all rows and nothing else can be read.
func (e *Engine) DB() *sql.DB { return e.db }

// Dialect implements engine.Engine.
func (e *Engine) Dialect() engine.Dialect {
	return engine.Dialect{
		Relation: e.relation,
		File:     fileColumn,
		JSON:     func(value string) string { return "CAST(to_json(" + value + ") AS varchar)" },
		// DuckDB's own approx_count_distinct was seen to be off by more than half.
		Distinct: func(texts []string) string { return "count(DISTINCT hash(" + strings.Join(texts, ", ") + "))" },
	}
}

// Files implements engine.Engine.
func (e *Engine) Files() []engine.File { return e.files }

// Unchanged implements engine.Engine.
func (e *Engine) Unchanged(_ context.Context, files []string) error {
	for _, f := range e.files {
		if !slices.Contains(files, f.Path) {
			continue
		}
		info, err := os.Stat(f.Path)
		switch {
		case err != nil:
			return fmt.Errorf("%s %w (%w)", f.Shown, engine.ErrChanged, err)
		case info.Size() != f.Size, e.local && !info.ModTime().Equal(f.Modified):
			return fmt.Errorf("%s %w", f.Shown, engine.ErrChanged)
		}
	}
	return nil
}

// Explain implements engine.Engine.
func (e *Engine) Explain(ctx context.Context, err error) error {
	text := err.Error()
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(text, p) })
	}
	switch {
	case has("date field"):
		return &engine.DayError{Relation: e.place, Err: err}
	case has("Out of Range Error", "Overflow in", "Could not cast value", "out of range"):
		return &engine.OverflowError{Relation: e.place, Err: err}
	case has("Out of Memory Error"):
		return fmt.Errorf("%s: it takes more memory than there is: %w; read fewer months at a time, by a pattern", e.place, err)
	case has("Cannot open file", "Cannot access file", "No such file", "No magic bytes"):
		return fmt.Errorf("%s %w (%w)", e.place, engine.ErrChanged, err)
	}
	if file := e.damaged(ctx); file != "" {
		return fmt.Errorf("%s: %s is cut off or damaged: %w; fetch it again, or have it written again", e.place, file, err)
	}
	return fmt.Errorf("%s: %w", e.place, err)
}

// damaged returns the first file that cannot be read to its end, "" for none: DuckDB's words may
// leave open which it is.
func (e *Engine) damaged(ctx context.Context) string {
	for _, f := range e.files {
		var rows any
		err := e.db.QueryRowContext(ctx, "SELECT bit_xor(hash(t)) FROM "+e.readAlike([]string{f.Path})+" t").Scan(&rows)
		if err != nil && ctx.Err() == nil {
			return f.Shown
		}
	}
	return ""
}

// Close implements engine.Engine.
func (e *Engine) Close() error { return e.db.Close() }
