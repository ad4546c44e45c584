package queries_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"usagereport/internal/query/queries"
)

func TestList(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"cost-by-day.sql": "-- Mine.\n-- note: not a parameter\n-- day: which\nSELECT $day\n", "plain.sql": "SELECT 1", "notes.txt": "no query",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all, err := queries.List(dir)
	if err != nil || len(all) < 21 {
		t.Fatalf("%d queries, %v", len(all), err)
	}
	mine, err := queries.Find(dir, "COST-BY-DAY")
	if err != nil || mine.Title != "Mine. note: not a parameter" || len(mine.Params) != 1 || mine.Params[0] != (queries.Param{Name: "day", Text: "which"}) || mine.Path == "" {
		t.Errorf("got %+v, %v", mine, err)
	}
	if _, err := queries.Find(dir, "notes"); !errors.Is(err, queries.ErrNone) {
		t.Errorf("got %v", err)
	}
	// Those that are shipped say what they answer, and name their parameters.
	none, err := queries.List(filepath.Join(dir, "none"))
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range none {
		used := map[string]bool{}
		for _, m := range regexp.MustCompile(`\$([a-z]+)`).FindAllStringSubmatch(q.SQL, -1) {
			used[m[1]] = true
		}
		for _, p := range q.Params {
			delete(used, p.Name)
		}
		if q.Title == "" || len(used) > 0 || q.Path != "" {
			t.Errorf("%s: %q, without a word of %v", q.Name, q.Title, used)
		}
	}
}
