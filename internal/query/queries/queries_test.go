package queries_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
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

// A query that is saved is one of the list; one that is there is not lost unasked.
func TestSave(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "queries")
	for _, c := range []struct {
		query   queries.Query
		replace bool
		wrong   string
	}{
		{queries.Query{Name: "by-team", Title: "By\nteam; DROP", SQL: " SELECT 1\n"}, false, ""},
		{queries.Query{Name: "by-team", Title: "Again", SQL: "SELECT 2"}, false, "there is one of this name"},
		{queries.Query{Name: "by-team", SQL: "-- Again.\n-- month: which\nSELECT $month"}, true, ""},
		{queries.Query{Name: "cost-by-service", Title: "Mine", SQL: "SELECT 3"}, false, "there is one of this name"},
		{queries.Query{Name: "untitled", SQL: "SELECT 3"}, false, "say in a sentence"},
		{queries.Query{Name: "nothing", Title: "x", SQL: " \n"}, false, "no statement"},
		{queries.Query{Name: "../evil", Title: "x", SQL: "SELECT 1"}, false, "its name may have"},
		{queries.Query{Name: "", Title: "x", SQL: "SELECT 1"}, false, "its name may have"},
		{queries.Query{Name: "a.sql", Title: "x", SQL: "SELECT 1"}, false, "its name may have"},
	} {
		err := queries.Save(dir, c.query, c.replace)
		if (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%q: %v", c.query.Name, err)
		}
		if c.query.Title == "By\nteam; DROP" {
			if q, err := queries.Find(dir, "by-team"); err != nil || q.SQL != "-- By team; DROP\nSELECT 1\n" {
				t.Errorf("%+v, %v", q, err)
			}
		}
	}
	q, err := queries.Find(dir, "by-team")
	if err != nil || q.Title != "Again." || len(q.Params) != 1 || q.SQL != "-- Again.\n-- month: which\nSELECT $month\n" {
		t.Errorf("%+v, %v", q, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the folder has %v (%v)", entries, err)
	}
}
