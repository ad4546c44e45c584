// Package web serves the report's pages live, from one ledger, to browsers of the
// same machine: the report, a page that takes a comparison apart by clicking, and a
// page for SQL. What was chosen is in the address. Two forms change something: an answer
// to a finding, and a query that is saved.
package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/internal/query"
	"usagereport/internal/query/queries"
	"usagereport/reports"
	"usagereport/usage"
)

//go:embed templates/*.html assets/live.css assets/live.js assets/editor.min.js
var files embed.FS

// A Choice is what a page shows.
type Choice struct {
	Period, Owner, Currency string // "" is the current period, all owners, all currencies
	// Against is what a comparison compares with: a bill's name, days, mean3, mean6 or year;
	// "" is the period before.
	Against string
}

// Choices are what there is to choose from.
type Choices struct {
	Periods    []analysis.BillingPeriod // newest first
	Owners     []string
	Currencies []string
	Tags       []string        // their keys, the one on the most charges first
	Made       []usage.Virtual // dimensions by the file of them
	YearBegins time.Month      // of fiscal years; January where they are calendar years
}

// A Statement is one of SQL, and what of its result is asked for.
type Statement struct {
	SQL    string
	Format query.Format
	Limit  int               // 0 is all rows
	Params map[string]string // by name; "" is NULL
}

// A Backend answers what pages ask. Its methods may be called at the same time. An
// error that is the visitor's to mend is a Mistake.
type Backend interface {
	// Version changes when the ledger does. It is asked for each page, and quick.
	Version() (string, error)
	Choices(ctx context.Context) (Choices, error)
	Report(ctx context.Context, c Choice, only []analysis.Filter) (*analysis.Report, error)
	Compare(ctx context.Context, c Choice, o analysis.CompareOptions) ([]analysis.Comparison, error)
	// Finding returns one, and until when an answer that it is planned would be good.
	Finding(ctx context.Context, c Choice, id string) (analysis.Finding, usage.Day, error)
	// Resources returns those of a finding whose ledger has none, as far as they were read where the
	// ledger came from; with read they are read now.
	Resources(ctx context.Context, c Choice, id string, read bool) (reports.FindingResources, error)
	// Activity returns what was done to resources, newest first.
	Activity(ctx context.Context, c Choice, resources []string) ([]analysis.Event, error)
	// Answer notes what is said to a finding, Save keeps a statement. They alone change anything.
	Answer(ctx context.Context, a Answer) error
	Save(s Saving) error
	// Query writes the result; it ends when ctx does.
	Query(ctx context.Context, s Statement, w io.Writer) error
	Views(ctx context.Context) ([]query.View, error)
	Texts(ctx context.Context, column, begun string) ([]string, error)
	Saved() ([]queries.Query, error)
}

// A Mistake is an error whose text is for the visitor.
type Mistake struct{ error }

// Mistaken returns err as a Mistake.
func Mistaken(err error) error { return Mistake{err} }

// Unwrap returns what was wrapped.
func (m Mistake) Unwrap() error { return m.error }

// Options say how a Server serves.
type Options struct {
	Lang  string        // of its pages
	Token string        // that a visitor must have; "" asks for none
	Hosts []string      // names, besides those of the machine itself, that it may be called
	Limit time.Duration // of a statement; 0 is a minute
	// ReadOnly lets visitors answer no finding and save no query.
	ReadOnly bool
	// Dir is a folder for results on their way; "" is the system's.
	Dir string
	// MaxResult is how many bytes a result may have; 0 is 1 GiB.
	MaxResult int64
	// Patience is how long a statement waits for its place; 0 is ten seconds.
	Patience time.Duration
	// Slowest is how long a reader may take for a piece of an answer; 0 is a minute.
	Slowest time.Duration
	// Now is the clock that this is held against; without one, readers may take any time.
	Now func() time.Time
	// Note takes what whoever runs the server should know; nil for none.
	Note func(format string, args ...any)
}

// How much a Server does at a time, and how much it keeps.
const (
	renders   = 2    // pages
	asked     = 4    // statements
	askedEach = 3    // of one visitor
	busyEach  = 100  // requests of one visitor
	kept      = 64   // rendered pages
	shownRows = 1000 // of a statement's result
	maxResult = 1 << 30
)

// A Server is the pages of one Backend.
type Server struct {
	backend Backend
	o       Options
	l       *locale.Locale
	page    *template.Template
	assets  map[string][]byte
	mark    string // of the assets
	nonce   string // what stands in pages that are kept where a visit's own nonce comes
	guard   *http.CrossOriginProtection
	own     string // what the forms that change something bring

	rendering, asking chan struct{}
	guests            guests

	// Pages are made while mu is held for reading, so that no old one is in the
	// making, which would hold the old file, when a new version is taken.
	mu      sync.RWMutex
	version string
	cache   *cache
}

// New returns the server of b's pages.
func New(b Backend, o Options) (*Server, error) {
	l, err := locale.New(o.Lang)
	if err != nil {
		return nil, err
	}
	s := &Server{
		backend: b, o: o, l: l, guard: http.NewCrossOriginProtection(),
		nonce: rand.Text(), own: rand.Text(), rendering: make(chan struct{}, renders), asking: make(chan struct{}, asked), cache: newCache(),
		guests: guests{here: map[string]*guest{}},
	}
	s.page, err = template.New("").Funcs(template.FuncMap{
		"t": func(key string, args ...any) string { return l.Say(locale.T(key, args...)) },
	}).ParseFS(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("web templates: %w", err)
	}
	if s.assets, err = reports.Assets(); err != nil {
		return nil, err
	}
	for _, name := range []string{"live.css", "live.js", "editor.min.js"} {
		if s.assets[name], err = files.ReadFile("assets/" + name); err != nil {
			return nil, fmt.Errorf("web assets: %w", err)
		}
	}
	sum := sha256.New()
	for _, name := range []string{"report.css", "live.css", "report.js", "live.js", "editor.min.js", "echarts.min.js"} {
		sum.Write(s.assets[name])
	}
	s.mark = hex.EncodeToString(sum.Sum(nil))[:16]
	return s, nil
}

// Serve serves on l until ctx ends.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler: s.Handler(), BaseContext: func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 1 << 16,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	go s.warm(ctx)
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return errors.Join(server.Close())
	}
	return nil
}

// warm makes the page that is asked for first, of each version of the ledger, so
// that no visitor waits for it.
func (s *Server) warm(ctx context.Context) {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	last := ""
	for {
		if v, err := s.backend.Version(); err == nil && v != last {
			last = v
			_, _ = s.report(ctx, Choice{}) // whoever asks for it learns why it failed
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// Handler returns the pages, behind all checks.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.serveReport)
	mux.HandleFunc("GET /drill", s.serveDrill)
	mux.HandleFunc("GET /sql", s.serveSQL)
	mux.HandleFunc("POST /query", s.serveQuery)
	mux.HandleFunc("POST /answers", s.changing(s.serveAnswer))
	mux.HandleFunc("POST /queries", s.changing(s.serveSaving))
	mux.HandleFunc("GET /schema.json", s.serveSchema)
	mux.HandleFunc("GET /values.json", s.serveValues)
	mux.HandleFunc("GET /assets/{mark}/{name}", s.serveAsset)
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, http.StatusNotFound, Mistake{fmt.Errorf("there is no page %s", r.URL.Path)})
	})
	return s.guarded(mux)
}

// A cache keeps pages that were made. Whoever asks for one in the making waits
// for it.
type cache struct {
	mu    sync.Mutex
	pages map[string]*made
}

type made struct {
	once sync.Once
	body []byte
	tag  string
	err  error
}

func newCache() *cache { return &cache{pages: map[string]*made{}} }

func (c *cache) get(key string) *made {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.pages[key]
	if m == nil {
		if len(c.pages) >= kept {
			clear(c.pages)
		}
		m = new(made)
		c.pages[key] = m
	}
	return m
}

func (c *cache) drop(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.pages, key)
}

// current takes the ledger's version, and holds it until release is called.
func (s *Server) current() (release func(), err error) {
	for {
		v, err := s.backend.Version()
		if err != nil {
			return nil, err
		}
		s.mu.RLock()
		if s.version == v {
			return s.mu.RUnlock, nil
		}
		s.mu.RUnlock()
		s.mu.Lock()
		s.version, s.cache = v, newCache()
		s.mu.Unlock()
	}
}

// made returns the page under key, which is made at most once for a version of the
// ledger. A visitor who leaves does not stop it: another may wait for it.
func (s *Server) made(ctx context.Context, key string, write func(ctx context.Context, w io.Writer) error) (body []byte, tag string,
	err error,
) {
	release, err := s.current()
	if err != nil {
		return nil, "", err
	}
	defer release()
	cache := s.cache
	m := cache.get(key)
	m.once.Do(func() {
		s.rendering <- struct{}{}
		defer func() { <-s.rendering }()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Minute)
		defer cancel()
		var b bytes.Buffer
		if m.err = write(ctx, &b); m.err != nil {
			cache.drop(key)
			return
		}
		sum := sha256.Sum256(b.Bytes())
		m.body, m.tag = b.Bytes(), `"`+hex.EncodeToString(sum[:12])+`"`
	})
	return m.body, m.tag, m.err
}
