package main

import (
	"path/filepath"
	"strings"
	"testing"

	"usagereport/internal/config"
	"usagereport/sending/delivery/deliverytest"
)

// Each kind that the configuration knows becomes a channel, whose secrets are
// asked for when it sends, and not before.
func TestChannels(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c, err := config.Parse(filepath.Join(dir, config.Name), []byte(`
sender: finops@example.org
channels:
  folder: {kind: folder, dir: out}
  mail: {kind: mail, host: localhost, port: 1, user: me, password: {env: NO_SUCH_SECRET}}
  ops: {kind: teams, url: {env: NO_SUCH_SECRET}}
  chat: {kind: slack, url: {env: NO_SUCH_SECRET}}
  store: {kind: blob, store: "azblob://reports", key: {env: NO_SUCH_SECRET}}
  hook: {kind: webhook, url: {env: NO_SUCH_SECRET}, key: {env: NO_SUCH_SECRET}}
`))
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	g := newGlobals(environment{getenv: func(string) string { asked++; return "" }, now: deliverytest.Now})
	made, done, err := channels(g, c)
	if err != nil || len(made) != len(c.Channels) {
		t.Fatalf("got %v, %v", made, err)
	}
	defer done()
	for name, channel := range made {
		p, err := channel.Prepare(deliverytest.Message("R-1", "zebra"))
		if err != nil || p.Channel != name || asked > 0 {
			t.Fatalf("%s: got a parcel for %q, %v; asked for %d secrets", name, p.Channel, err, asked)
		}
		_, err = channel.Send(t.Context(), p)
		if name == config.Folder {
			if found, _ := filepath.Glob(filepath.Join(dir, "out", "*", "R-1", "mail.eml")); err != nil || len(found) != 1 {
				t.Errorf("folder: %v, %v", found, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), "NO_SUCH_SECRET is empty") {
			t.Errorf("%s: got %v", name, err)
		}
		asked = 0
	}
}
