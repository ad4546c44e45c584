// Package blobtest starts the emulator of an object store, for tests.
package blobtest

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// Azurite's account and key, which are the same everywhere and open nothing.
const (
	Account = "devstoreaccount1"
	Key     = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)

// Connection is the connection string of an Azurite at base.
func Connection(base string) string {
	return fmt.Sprintf("DefaultEndpointsProtocol=http;AccountName=%s;AccountKey=%s;BlobEndpoint=%s/%s;", Account, Key, base, Account)
}

// Azurite is Microsoft's own emulator of Azure Storage. The zero value is one
// that has not been started.
type Azurite struct {
	once    sync.Once
	err     error
	url     string
	dir     string
	process *exec.Cmd
	ended   chan struct{}
}

// Start starts it, if it has not been, and returns its address. root is the
// folder of the repository.
func (e *Azurite) Start(t *testing.T, root string) string {
	t.Helper()
	e.once.Do(func() { e.err = e.start(root) })
	if e.err != nil {
		t.Fatal(e.err)
	}
	return e.url
}

func (e *Azurite) start(root string) error {
	program, err := filepath.Abs(filepath.Join(root, ".tools/node/node_modules/.bin/azurite-blob"))
	if err != nil {
		return err
	}
	if _, err := os.Stat(program); err != nil {
		return errors.New("Azurite, the emulator of Azure Storage, is not installed; run make prepare")
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := free.Addr().String()
	free.Close()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	if e.dir, err = os.MkdirTemp("", "azurite"); err != nil {
		return err
	}
	var out bytes.Buffer
	c := exec.Command("node", program, "--blobHost", "127.0.0.1", "--blobPort", port,
		"--inMemoryPersistence", "--silent", "--skipApiVersionCheck", "--loose", "--disableTelemetry")
	c.Stdout, c.Stderr, c.Dir = &out, &out, e.dir
	if err := c.Start(); err != nil {
		return fmt.Errorf("start Azurite: %w; run make prepare", err)
	}
	e.process, e.ended, e.url = c, make(chan struct{}), "http://"+address
	go func() {
		_ = c.Wait() // it is killed
		close(e.ended)
	}()
	for range 600 {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return nil
		}
		select {
		case <-e.ended:
			return fmt.Errorf("Azurite ended: %s", &out)
		case <-time.After(100 * time.Millisecond):
		}
	}
	return errors.New("Azurite does not listen after a minute")
}

// Stop ends it, if it was started.
func (e *Azurite) Stop() {
	if e.process != nil {
		_ = e.process.Process.Kill() // it may have ended by itself
		<-e.ended
	}
	os.RemoveAll(e.dir)
}
