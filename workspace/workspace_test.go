package workspace_test

import (
	"os"
	"testing"

	"usagereport/internal/config"
	"usagereport/workspace"
)

func TestConfiguration(t *testing.T) {
	t.Chdir(t.TempDir())
	w := &workspace.Workspace{}
	c, err := w.Configuration()
	if err != nil || len(c.Channels) != 1 {
		t.Errorf("without a file: got %+v, %v", c, err)
	}
	for name, text := range map[string]string{config.Name: "sender: here@example.org", "other.yaml": "sender: there@example.org"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if c, err = w.Configuration(); err != nil || c.Sender != "here@example.org" {
		t.Errorf("beside it: got %+v, %v", c, err)
	}
	w.ConfigPath = "other.yaml"
	if c, err = w.Configuration(); err != nil || c.Sender != "there@example.org" {
		t.Errorf("named: got %+v, %v", c, err)
	}
	w.ConfigPath = "none.yaml"
	if _, err = w.Configuration(); err == nil {
		t.Error("a file that is named and is not there is no error")
	}
}
