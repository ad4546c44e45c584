package folder_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"usagereport/sending/delivery"
	"usagereport/sending/delivery/deliverytest"
	"usagereport/sending/delivery/folder"
)

func open(t *testing.T) (*folder.Channel, string) {
	dir := filepath.Join(t.TempDir(), "reports")
	return &folder.Channel{Name: "folder", Dir: dir, Now: deliverytest.Now}, dir
}

func TestChannel(t *testing.T) {
	deliverytest.TestChannel(t, func(t *testing.T) deliverytest.Far {
		c, dir := open(t)
		return deliverytest.Far{
			Channel: c,
			Arrived: func() (found []string) {
				for _, path := range files(t, dir) {
					if filepath.Base(path) == "mail.eml" {
						found = append(found, path)
					}
				}
				return found
			},
			// A file stands where the folder should.
			Fail: func() {
				if err := os.WriteFile(dir, nil, 0o600); err != nil {
					t.Fatal(err)
				}
			},
		}
	})
}

// files lists the files below a folder.
func files(t *testing.T, dir string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			found = append(found, path)
		}
		if os.IsNotExist(err) {
			return nil
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func send(t *testing.T, c *folder.Channel, m delivery.Message) (delivery.Receipt, error) {
	t.Helper()
	p, err := c.Prepare(m)
	if err != nil {
		t.Fatal(err)
	}
	return c.Send(t.Context(), p)
}

func TestFilesOfAMessage(t *testing.T) {
	c, _ := open(t)
	m := deliverytest.Message("R-1", "zebra")
	m.Files = append(m.Files, delivery.File{Name: "USAGE-2026-10.html", Type: "text/html", Bytes: []byte("another")}, delivery.File{Name: "mail.eml", Bytes: []byte("no mail")})
	r, err := send(t, c, m)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"mail.eml": "Subject: Your cloud costs zebra", "usage-2026-10.html": "zebra</title>",
		"2-USAGE-2026-10.html": "another", "2-mail.eml": "no mail",
	} {
		b, err := os.ReadFile(filepath.Join(r.Where, name))
		if err != nil || !strings.Contains(string(b), want) {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
	if n := len(files(t, r.Where)); n != 4 {
		t.Errorf("%d files", n)
	}
}

// Owners whose names make the same file name, on any file system, stay apart.
func TestOwnersStayApart(t *testing.T) {
	c, dir := open(t)
	seen := map[string]string{}
	names := []string{"Search", "search", "SEARCH", "a/b", "a_b", "a:b", "a b", "e\u0301", "\u00e9", "", "administrator", "con", "CON", ".", ".."}
	for _, name := range names {
		m := deliverytest.Message("R-1", "zebra")
		m.Owner = name
		r, err := send(t, c, m)
		if err != nil {
			t.Fatal(err)
		}
		at := filepath.Dir(r.Where)
		if other, ok := seen[strings.ToLower(at)]; ok {
			t.Errorf("%q and %q are both in %s", name, other, at)
		}
		if filepath.Dir(at) != dir {
			t.Errorf("%q is in %s", name, at)
		}
		seen[strings.ToLower(at)] = name
	}
}

// What has been given out never changes.
func TestNothingIsWrittenOver(t *testing.T) {
	c, _ := open(t)
	r, err := send(t, c, deliverytest.Message("R-1", "zebra"))
	if err != nil || r.Reply != "" {
		t.Fatalf("got %+v, %v", r, err)
	}
	again, err := send(t, c, deliverytest.Message("R-1", "zebra"))
	if err != nil || again.Where != r.Where || again.Reply == "" {
		t.Errorf("got %+v, %v", again, err)
	}
	m := deliverytest.Message("R-1", "zebra")
	m.Text = "It cost nothing."
	if _, err := send(t, c, m); err == nil || !strings.Contains(err.Error(), "something else is there") {
		t.Errorf("got %v", err)
	}
	b, err := os.ReadFile(filepath.Join(r.Where, "mail.eml"))
	if err != nil || strings.Contains(string(b), "nothing") {
		t.Errorf("%s, %v", b, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(r.Where), ".writing-*")); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}
