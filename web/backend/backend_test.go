package backend_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usagereport/internal/ledgertest"
	"usagereport/internal/query"
	"usagereport/ledger"
	"usagereport/web"
	"usagereport/web/backend"
	"usagereport/workspace"
)

// folder is one with a ledger of one bill, owners, and a configuration.
func folder(t *testing.T) *workspace.Workspace {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"usagereport.yaml": "sender: f@example.org\n", "owners.csv": "name,rule\nAda,ServiceName=Storage\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w := &workspace.Workspace{
		LedgerPath: filepath.Join(dir, "usage.duckdb"), ConfigPath: filepath.Join(dir, "usagereport.yaml"),
		Getenv: func(string) string { return "" }, Now: ledgertest.Now, Note: t.Logf,
	}
	l, err := w.OpenToWrite(t.Context(), ledger.Options{Create: true}, false)
	if err != nil {
		t.Fatal(err)
	}
	ledgertest.Load(t, l, "../../testdata/usage/azure_account_v2/202609-v2.csv")
	ledgertest.AddUp(t, l)
	if err := errors.Join(l.Publish(t.Context()), l.Close()); err != nil {
		t.Fatal(err)
	}
	return w
}

// What a visitor has chosen or typed wrong is told to the visitor.
func TestMistakes(t *testing.T) {
	b := backend.New(folder(t))
	b.Now = ledgertest.Now
	b.Finer = func(context.Context, *workspace.Session) (workspace.Finer, error) { return workspace.Finer{}, nil }
	for name, do := range map[string]func() error{
		"owner": func() error {
			_, err := b.Report(t.Context(), web.Choice{Owner: "Nobody"}, nil)
			return err
		},
		"period": func() error {
			_, err := b.Report(t.Context(), web.Choice{Period: "1999-01"}, nil)
			return err
		},
		"finding": func() error {
			_, _, err := b.Finding(t.Context(), web.Choice{}, "F-NONE22")
			return err
		},
		"answer": func() error { return b.Answer(t.Context(), web.Answer{Finding: "F-ABCDEF", Answer: "perhaps"}) },
		"query":  func() error { return b.Save(web.Saving{Name: "no name", SQL: "SELECT 1"}) },
	} {
		var wrong web.Mistake
		if err := do(); !errors.As(err, &wrong) {
			t.Errorf("%s: %v, want a mistake that the visitor is told of", name, err)
		}
	}
}

// A report is of what was chosen, and its choices are what the folder has.
func TestReport(t *testing.T) {
	b := backend.New(folder(t))
	c, err := b.Choices(t.Context())
	if err != nil || !slices.Equal(c.Owners, []string{"Ada"}) || len(c.Periods) == 0 || len(c.Currencies) != 1 {
		t.Fatalf("choices: %+v, %v", c, err)
	}
	whole, err := b.Report(t.Context(), web.Choice{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	hers, err := b.Report(t.Context(), web.Choice{Owner: "Ada", Period: c.Periods[0].Name, Currency: strings.ToLower(c.Currencies[0])}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if whole.Owner != "" || hers.Owner != "Ada" || len(hers.Parts) != 1 || len(whole.Parts) != 1 {
		t.Fatalf("reports of %q and %q, with %d and %d parts", whole.Owner, hers.Owner, len(whole.Parts), len(hers.Parts))
	}
	if all, part := whole.Parts[0].Total, hers.Parts[0].Total; part.Amount.Sign() <= 0 || part.Amount.Cmp(all.Amount) >= 0 {
		t.Errorf("hers is %v of %v", part, all)
	}
}

// A saved query is there at once, and statements go where the backend is told to ask.
func TestQueries(t *testing.T) {
	b := backend.New(folder(t))
	if err := b.Save(web.Saving{Name: "mine", Title: "What is mine", SQL: "SELECT 1"}); err != nil {
		t.Fatal(err)
	}
	all, err := b.Saved()
	if err != nil {
		t.Fatal(err)
	}
	names := ""
	for _, q := range all {
		names += q.Name + " "
	}
	if !strings.Contains(names, "mine ") {
		t.Errorf("saved: %s", names)
	}
	b.Ask = func(_ context.Context, s web.Statement, w io.Writer) error {
		_, err := io.WriteString(w, "asked "+s.SQL)
		return err
	}
	var out strings.Builder
	if err := b.Query(t.Context(), web.Statement{SQL: "SELECT 2"}, &out); err != nil || out.String() != "asked SELECT 2" {
		t.Errorf("%q, %v", out.String(), err)
	}
	views, err := b.Views(t.Context())
	if err != nil || !slices.ContainsFunc(views, func(v query.View) bool { return v.Name == "usage" }) {
		t.Errorf("views: %d, %v", len(views), err)
	}
	texts, err := b.Texts(t.Context(), "ServiceName", "S")
	if err != nil || len(texts) == 0 {
		t.Errorf("texts: %v, %v", texts, err)
	}
}
