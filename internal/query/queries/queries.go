// Package queries holds the queries that are shipped with the program, and reads
// those of people's own. Each is a file NAME.sql: comments first, of which the first
// says what it answers and those like "-- period: the bill's name" name parameters,
// then one statement.
package queries

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
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
