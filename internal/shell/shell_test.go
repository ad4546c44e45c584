package shell

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"usagereport/internal/query"
	"usagereport/internal/query/queries"
)

// A fakeHome notes what it is asked.
type fakeHome struct{ asked, said []string }

func (h *fakeHome) Ask(_ context.Context, stmt string, q Question) error {
	if strings.Contains(stmt, "bad") {
		return errors.New("no such column: bad")
	}
	h.asked = append(h.asked, fmt.Sprintf("%s|%s|%d|%s|%v|%v", strings.TrimSpace(strings.TrimSuffix(stmt, ";")), q.Format, q.Limit, q.Out, q.Params, q.Absent))
	return nil
}
func (h *fakeHome) Texts(context.Context, string, string) ([]string, error) { return nil, nil }
func (h *fakeHome) Saved() ([]queries.Query, error)                         { return nil, nil }
func (h *fakeHome) Find(name string) (queries.Query, error) {
	if name != "mine" {
		return queries.Query{}, queries.ErrNone
	}
	return queries.Query{Name: name, SQL: "SELECT $a, $b", Params: []queries.Param{{Name: "a"}, {Name: "b"}}}, nil
}
func (h *fakeHome) Print(query.Table) error { h.said = append(h.said, "table"); return nil }
func (h *fakeHome) Write(text string) error {
	h.said = append(h.said, strings.TrimSpace(text))
	return nil
}
func (h *fakeHome) Note(text string)     { h.said = append(h.said, text) }
func (h *fakeHome) Fail(err error)       { h.said = append(h.said, err.Error()) }
func (h *fakeHome) Getenv(string) string { return "" }
func (h *fakeHome) Now() time.Time       { return time.Time{} }

// What a session asks and says, by what is typed.
func TestSession(t *testing.T) {
	for name, c := range map[string]struct {
		typed       string
		asked, said []string
		failed      bool
	}{
		"two statements in a line":  {"SELECT 1; SELECT 2;\n", []string{"SELECT 1|table|9||map[]|[]", "SELECT 2|table|9||map[]|[]"}, nil, false},
		"one over lines":            {"SELECT\n1\n;\n", []string{"SELECT\n1|table|9||map[]|[]"}, nil, false},
		"the last one is not ended": {"SELECT 1", []string{"SELECT 1|table|9||map[]|[]"}, nil, false},
		"a file for the next result only": {
			".once a.csv\nSELECT 1;\nSELECT 2;\n",
			[]string{"SELECT 1|table|0|a.csv|map[]|[]", "SELECT 2|table|9||map[]|[]"},
			[]string{"a.csv"},
			false,
		},
		"another format has no limit": {".mode csv\nSELECT 1;\n", []string{"SELECT 1|csv|0||map[]|[]"}, nil, false},
		"parameters that it names":    {".param x=1\n.param y=2\nSELECT $x;\n", []string{"SELECT $x|table|9||map[x:1]|[]"}, nil, false},
		"a saved query":               {".param a=1\n.run mine\n", []string{"SELECT $a, $b|table|9||map[a:1]|[b]"}, nil, false},
		"a saved query that is none":  {".run yours\n", nil, []string{".run: " + queries.ErrNone.Error()}, true},
		"it goes on after a mistake":  {"SELECT bad;\nSELECT 1;\n", []string{"SELECT 1|table|9||map[]|[]"}, []string{"no such column: bad"}, true},
		"no such command":             {".nothing\n", nil, []string{".nothing: the shell knows no such command; .help lists them"}, true},
		"words of other shells":       {"exit;\nSELECT 1;\n", nil, nil, false},
	} {
		h := &fakeHome{}
		s := Shell{Home: h, Format: "table", Limit: 9}
		err := s.Run(t.Context(), strings.NewReader(c.typed))
		if (err != nil) != c.failed || err != nil && !errors.Is(err, ErrFailed) {
			t.Errorf("%s: ended with %v, failed: %v", name, err, c.failed)
		}
		if fmt.Sprint(h.asked) != fmt.Sprint(c.asked) {
			t.Errorf("%s: asked %q, want %q", name, h.asked, c.asked)
		}
		if fmt.Sprint(h.said) != fmt.Sprint(c.said) {
			t.Errorf("%s: said %q, want %q", name, h.said, c.said)
		}
	}
}
