package loader

import (
	"fmt"
	"net/url"
	"sync"
	"time"
)

// A host that failed so often in a row, over all files, for so long, or until one file's
// tries were at an end, is down.
const (
	failuresInRow = 3
	failingFor    = 20 * time.Second
)

// hosts knows of each host of this run how often it failed in a row.
type hosts struct {
	mu   sync.Mutex
	rows map[string]failures
}

// failures are those of a host since it last worked.
type failures struct {
	n    int
	from time.Time
	down bool
}

// ask says that a host is down; nil where it may be asked.
func (h *hosts) ask(host string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f := h.rows[host]; f.down {
		return fmt.Errorf("%s failed %d times in a row and is not asked again in this run; try again later", host, f.n)
	}
	return nil
}

// failed takes up that a host failed at a time, and whether that was the end of a file's
// tries.
func (h *hosts) failed(host string, at time.Time, last bool) {
	if host == "" {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.rows[host]
	if f.n++; f.n == 1 {
		f.from = at
	}
	f.down = f.down || last || f.n >= failuresInRow && at.Sub(f.from) >= failingFor
	if h.rows == nil {
		h.rows = map[string]failures{}
	}
	h.rows[host] = f
}

// worked takes up that a host gave something.
func (h *hosts) worked(host string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.rows, host)
}

// hostOf returns the host of a place, or what stands for it in an object store; "" for a
// file on this machine.
func hostOf(ref string) string {
	u, err := url.Parse(ref)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
