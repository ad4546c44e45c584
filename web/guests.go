package web

import (
	"cmp"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// The guests are the visitors whose requests are being answered.
type guests struct {
	mu   sync.Mutex
	here map[string]*guest
}

// A guest is one visitor.
type guest struct {
	busy   int           // requests that are being answered
	asking chan struct{} // places of statements
}

// enter counts a request, unless its visitor has too many already.
func (g *guests) enter(r *http.Request) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	name := visitor(r)
	if g.here[name] == nil {
		g.here[name] = &guest{asking: make(chan struct{}, askedEach)}
	}
	if g.here[name].busy == busyEach {
		return false
	}
	g.here[name].busy++
	return true
}

// leave is for each request that has entered, when it is answered.
func (g *guests) leave(r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	name := visitor(r)
	if g.here[name].busy--; g.here[name].busy == 0 {
		delete(g.here, name)
	}
}

// of returns the visitor of a request that has entered.
func (g *guests) of(r *http.Request) *guest {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.here[visitor(r)]
}

// visitor names who asks: the address, or what the nearest proxy says of it, which
// stands last.
func visitor(r *http.Request) string {
	if by := r.Header.Values("X-Forwarded-For"); len(by) > 0 {
		hops := strings.Split(by[len(by)-1], ",")
		return strings.TrimSpace(hops[len(hops)-1])
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// A patient writes an answer in pieces, each of which its reader must take within a
// time: one that takes nothing holds nothing.
type patient struct {
	http.ResponseWriter
	each time.Duration
	now  func() time.Time
}

const piece = 64 << 10

func (s *Server) patient(w http.ResponseWriter) http.ResponseWriter {
	if s.o.Now == nil {
		return w
	}
	return patient{w, cmp.Or(s.o.Slowest, time.Minute), s.o.Now}
}

// Write writes p.
func (w patient) Write(p []byte) (n int, err error) {
	deadlines := http.NewResponseController(w.ResponseWriter)
	for err == nil && n < len(p) {
		if err := deadlines.SetWriteDeadline(w.now().Add(w.each)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return n, err
		}
		var m int
		m, err = w.ResponseWriter.Write(p[n:min(len(p), n+piece)])
		n += m
	}
	return n, err
}

// Unwrap returns the writer below.
func (w patient) Unwrap() http.ResponseWriter { return w.ResponseWriter }
