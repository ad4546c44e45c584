// Package queries holds the queries that are shipped with the program, and reads
// those of people's own. Each is a file NAME.sql: comments first, of which the first
// says what it answers and those like "-- period: the bill's name" name parameters,
// then one statement.
package queries

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"usagereport/internal/atomicfile"
)

//go:embed *.sql
var shipped embed.FS

// A Query is one of them.
type Query struct {
	Name   string
	Title  string
	Params []Param
	SQL    string
	Path   string // of people's own; "" for one that is shipped
}

// A Param is a parameter, $Name in the SQL. Without a value it is NULL.
type Param struct{ Name, Text string }

// List returns all queries by name: those of the folder dir, which need not be
// there, before shipped ones of the same name.
func List(dir string) ([]Query, error) {
	byName := map[string]Query{}
	for _, from := range []struct {
		fs   fs.FS
		path string
	}{{shipped, ""}, {os.DirFS(dir), dir}} {
		names, err := fs.Glob(from.fs, "*.sql")
		if err != nil {
			return nil, fmt.Errorf("list queries: %w", err)
		}
		for _, file := range names {
			b, err := fs.ReadFile(from.fs, file)
			if err != nil {
				return nil, fmt.Errorf("read the query %s: %w", file, err)
			}
			q := parse(strings.TrimSuffix(file, ".sql"), string(b))
			if from.path != "" {
				q.Path = from.path + "/" + file
			}
			byName[strings.ToLower(q.Name)] = q
		}
	}
	return slices.SortedFunc(maps.Values(byName), func(x, y Query) int { return strings.Compare(x.Name, y.Name) }), nil
}

// ErrNone says that there is no query of a name.
var ErrNone = errors.New("there is no such query; 'usagereport query list' lists them")

// Find returns one query, in any case of letters.
func Find(dir, name string) (Query, error) {
	all, err := List(dir)
	if err != nil {
		return Query{}, err
	}
	for _, q := range all {
		if strings.EqualFold(q.Name, name) {
			return q, nil
		}
	}
	return Query{}, fmt.Errorf("%s: %w", name, ErrNone)
}

// Save writes a query of people's own into the folder dir. One of this name, shipped ones
// too, is replaced only with replace. Its title goes before a statement that begins with no
// comment of its own.
func Save(dir string, q Query, replace bool) error {
	if !regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`).MatchString(q.Name) {
		return fmt.Errorf("save the query %q: its name may have small letters, digits and hyphens, 64 at most, like cost-by-team", q.Name)
	}
	text := strings.TrimSpace(q.SQL)
	if text == "" {
		return fmt.Errorf("save the query %s: there is no statement to save", q.Name)
	}
	if title := strings.Join(strings.Fields(q.Title), " "); !strings.HasPrefix(text, "--") {
		if title == "" {
			return fmt.Errorf("save the query %s: say in a sentence what it answers, or begin the statement with a line -- that says so", q.Name)
		}
		text = "-- " + title + "\n" + text
	}
	switch _, err := Find(dir, q.Name); {
	case err == nil && !replace:
		return fmt.Errorf("save the query %s: there is one of this name; choose another, or replace it", q.Name)
	case err != nil && !errors.Is(err, ErrNone):
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("save the query %s: %w", q.Name, err)
	}
	if err := atomicfile.Write(filepath.Join(dir, q.Name+".sql"), func(w io.Writer) error {
		_, err := io.WriteString(w, text+"\n")
		return err
	}); err != nil {
		return fmt.Errorf("save the query %s: %w", q.Name, err)
	}
	return nil
}

// parse reads the comments at the beginning of a query.
func parse(name, text string) Query {
	q := Query{Name: name, SQL: text}
	param := regexp.MustCompile(`^([a-z_][a-z0-9_]*): (.+)$`)
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		said, ok := strings.CutPrefix(strings.TrimSpace(line), "--")
		if !ok {
			break
		}
		said = strings.TrimSpace(said)
		if m := param.FindStringSubmatch(said); m != nil && q.Title != "" && strings.Contains(text, "$"+m[1]) {
			q.Params = append(q.Params, Param{m[1], m[2]})
			continue
		}
		q.Title = strings.TrimSpace(q.Title + " " + said)
	}
	return q
}

// ParamNames returns what its parameters are called.
func (q Query) ParamNames() (names []string) {
	for _, x := range q.Params {
		names = append(names, x.Name)
	}
	return names
}
