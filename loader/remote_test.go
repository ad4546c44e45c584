package loader_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/loader/https"
)

// A place is a remote place that goes wrong as a test tells it to.
type place struct {
	files map[string]string
	// open returns the content from offset on, the n-th time that name is opened
	// (from 1); nil gives it as it is.
	open func(ctx context.Context, name string, n int, offset int64) (io.Reader, error)

	mu     sync.Mutex
	opened map[string]int
}

func (p *place) List(_ context.Context, _ loader.Ref) iter.Seq2[loader.Object, error] {
	return func(yield func(loader.Object, error) bool) {
		for _, name := range sorted(p.files) {
			if !yield(loader.Object{Ref: "place://" + name, Version: fmt.Sprint(len(p.files[name])), Size: int64(len(p.files[name]))}, nil) {
				return
			}
		}
	}
}

func sorted(m map[string]string) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (p *place) Open(ctx context.Context, obj loader.Object, offset int64) (io.ReadCloser, error) {
	name := strings.TrimPrefix(obj.Ref, "place://")
	p.mu.Lock()
	if p.opened == nil {
		p.opened = map[string]int{}
	}
	p.opened[name]++
	n := p.opened[name]
	p.mu.Unlock()
	if p.open == nil {
		return io.NopCloser(strings.NewReader(p.files[name][offset:])), nil
	}
	r, err := p.open(ctx, name, n, offset)
	return io.NopCloser(r), err
}

func (p *place) load(t *testing.T, l *ledger.Ledger, o loader.Options) []loader.FileResult {
	t.Helper()
	o.Now, o.TempDir = fixedNow, t.TempDir()
	if o.Sleep == nil {
		o.Sleep = func(context.Context, time.Duration) error { return nil }
	}
	rs, err := loader.Load(t.Context(), l, map[string]loader.Source{"place": p}, []string{"place://"}, o)
	if err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(o.TempDir); err != nil || len(left) > 0 {
		t.Errorf("left in the temporary folder: %v, %v", left, err)
	}
	return rs
}

// waiting reads nothing until ctx ends.
type waiting struct{ ctx context.Context }

func (w waiting) Read([]byte) (int, error) {
	<-w.ctx.Done()
	return 0, w.ctx.Err()
}

func TestPlacesThatGoWrong(t *testing.T) {
	content := mosa("s1", 1, 28)
	busy := &loader.TemporaryError{Err: errors.New("503 busy")}
	rest := func(offset int64) io.Reader { return strings.NewReader(content[offset:]) }
	some := func(offset int64) io.Reader { return strings.NewReader(content[offset:][:100]) }
	for name, c := range map[string]struct {
		open   func(ctx context.Context, name string, n int, offset int64) (io.Reader, error)
		reason string // "" if it loads in the end
	}{
		"a connection that breaks again and again": {open: func(_ context.Context, _ string, _ int, offset int64) (io.Reader, error) {
			if int64(len(content))-offset < 200 {
				return rest(offset), nil
			}
			return io.MultiReader(some(offset), failing{io.ErrUnexpectedEOF}), nil
		}},
		"a content that ends early": {open: func(_ context.Context, _ string, n int, offset int64) (io.Reader, error) {
			if n == 1 {
				return some(offset), nil
			}
			return rest(offset), nil
		}},
		"a content that always ends early": {open: func(_ context.Context, _ string, n int, offset int64) (io.Reader, error) {
			if n == 1 {
				return some(offset), nil
			}
			return strings.NewReader(""), nil
		}, reason: "it broke off after 100 of"},
		"a place that stalls": {open: func(ctx context.Context, _ string, n int, offset int64) (io.Reader, error) {
			if n < 3 {
				return waiting{ctx}, nil
			}
			return rest(offset), nil
		}},
		"a place that always stalls": {open: func(ctx context.Context, _ string, _ int, _ int64) (io.Reader, error) {
			return waiting{ctx}, nil
		}, reason: "nothing arrived for too long"},
		"a place that is busy for a while": {open: func(_ context.Context, _ string, n int, offset int64) (io.Reader, error) {
			if n < 4 {
				return nil, busy
			}
			return rest(offset), nil
		}},
		"a place that stays busy": {open: func(context.Context, string, int, int64) (io.Reader, error) {
			return nil, busy
		}, reason: "503 busy; tried 5 times"},
		"a file that changes between the listing and the reading": {open: func(context.Context, string, int, int64) (io.Reader, error) {
			return nil, loader.ErrChanged
		}, reason: "has changed since it was listed"},
		"a file that changes while it is read": {open: func(_ context.Context, _ string, n int, offset int64) (io.Reader, error) {
			if n == 1 {
				return io.MultiReader(some(offset), failing{io.ErrUnexpectedEOF}), nil
			}
			return nil, loader.ErrChanged
		}, reason: "has changed since it was listed"},
		"an error that no second try mends": {open: func(_ context.Context, _ string, n int, offset int64) (io.Reader, error) {
			if n == 1 {
				return nil, errors.New("access denied")
			}
			return rest(offset), nil
		}, reason: "access denied"},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			p := &place{files: map[string]string{"a.csv": content}, open: c.open}
			o := loader.Options{Tries: 5}
			if strings.HasSuffix(name, "stalls") { // on a busy machine any place may be silent for a moment
				o.Stall = 100 * time.Millisecond
			}
			r := p.load(t, l, o)[0]
			if c.reason == "" {
				if got := value(t, l, "SELECT coalesce(sum(BilledCost), 0)::DECIMAL(9,0) FROM usage"); r.Err != nil || got != "28" {
					t.Errorf("%s: %v; %s", r.Status, r.Err, got)
				}
				return
			}
			if r.Status != loader.Refused || !strings.Contains(fmt.Sprint(r.Err), c.reason) {
				t.Errorf("%s: %v; want refused: %s", r.Status, r.Err, c.reason)
			}
			if got := value(t, l, "SELECT (SELECT count(*) FROM loads) + (SELECT count(*) FROM charges)"); got != "0" {
				t.Errorf("%s rows are left", got)
			}
			// The next load succeeds.
			p.open = nil
			if r := p.load(t, l, loader.Options{})[0]; r.Status != loader.Loaded {
				t.Errorf("the next load: %s, %v", r.Status, r.Err)
			}
		})
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestWaitsAsLongAsAsked(t *testing.T) {
	var waits []time.Duration
	p := &place{files: map[string]string{"a.csv": mosa("s1", 1, 1)}, open: func(_ context.Context, _ string, n int, _ int64) (io.Reader, error) {
		if n < 4 {
			return nil, &loader.TemporaryError{Err: errors.New("429"), RetryAfter: time.Hour * time.Duration(2-n%2)}
		}
		return strings.NewReader(mosa("s1", 1, 1)), nil
	}}
	r := p.load(t, open(t), loader.Options{Sleep: func(_ context.Context, d time.Duration) error {
		waits = append(waits, d)
		return nil
	}})[0]
	if r.Status != loader.Loaded || !slices.Equal(waits, []time.Duration{time.Hour, 2 * time.Hour, time.Hour}) {
		t.Errorf("%s (%v) after waiting %v", r.Status, r.Err, waits)
	}
}

// Several files are fetched at a time, and no more than the limit.
func TestFetchesAhead(t *testing.T) {
	p := &place{files: map[string]string{}}
	for i := range 12 {
		p.files[fmt.Sprintf("%02d.csv", i)] = mosa(fmt.Sprintf("s%d", i), 1, 3)
	}
	var mu sync.Mutex
	at, most := 0, 0
	both := make(chan struct{})
	p.open = func(ctx context.Context, name string, _ int, _ int64) (io.Reader, error) {
		mu.Lock()
		at++
		if most = max(most, at); most == 2 {
			select {
			case <-both:
			default:
				close(both)
			}
		}
		mu.Unlock()
		defer func() {
			mu.Lock()
			at--
			mu.Unlock()
		}()
		select {
		case <-both: // two are being fetched at the same time
		case <-time.After(10 * time.Minute):
			return nil, errors.New("nothing else is fetched meanwhile")
		}
		return strings.NewReader(p.files[name]), nil
	}
	l := open(t)
	for _, r := range p.load(t, l, loader.Options{}) {
		if r.Status != loader.Loaded {
			t.Error(r.Ref, r.Err)
		}
	}
	if most > 4 {
		t.Errorf("%d were fetched at a time", most)
	}
	if got := value(t, l, "SELECT string_agg(ref, ' ' ORDER BY load_id) FROM loads"); got != "place://"+strings.Join(sorted(p.files), " place://") {
		t.Errorf("loaded in the order %s", got)
	}
}

func TestAKnownVersionIsNotFetched(t *testing.T) {
	l := open(t)
	p := &place{files: map[string]string{"a.csv": mosa("s1", 1, 3), "b.csv": mosa("s2", 1, 3)}}
	p.load(t, l, loader.Options{})
	p.files["b.csv"] = mosa("s2", 1, 4)
	rs := p.load(t, l, loader.Options{})
	if rs[0].Status != loader.Unchanged || rs[0].Rows != 3 || rs[1].Status != loader.Loaded || p.opened["a.csv"] != 1 {
		t.Errorf("%s, %d rows; %s; a.csv was opened %d times", rs[0].Status, rs[0].Rows, rs[1].Status, p.opened["a.csv"])
	}
}

// Files of a host that is down do not each wait for it, those of another one load, and
// each file says why it did not.
func TestAHostThatIsDown(t *testing.T) {
	p := &place{files: map[string]string{"up/a.csv": mosa("s1", 1, 3), "zz/late.csv": mosa("s2", 1, 3)}}
	for i := range 27 {
		p.files[fmt.Sprintf("down/%02d.csv", i)] = mosa("s3", 1, 3)
	}
	p.open = func(_ context.Context, name string, _ int, _ int64) (io.Reader, error) {
		if strings.HasPrefix(name, "down/") {
			return nil, &loader.TemporaryError{Err: errors.New("503 busy")}
		}
		return strings.NewReader(p.files[name]), nil
	}
	asked := func() (n int) {
		for name, times := range p.opened {
			if strings.HasPrefix(name, "down/") {
				n += times
			}
		}
		return n
	}
	down := 0
	for _, r := range p.load(t, open(t), loader.Options{}) {
		switch said := fmt.Sprint(r.Err); {
		case !strings.HasPrefix(r.Ref, "place://down/"):
			if r.Status != loader.Loaded {
				t.Errorf("%s: %s %v", r.Ref, r.Status, r.Err)
			}
		case r.Status != loader.Refused || !strings.Contains(said, "tried 8 times") && !strings.Contains(said, "place://down failed "):
			t.Errorf("%s: %s %v", r.Ref, r.Status, r.Err)
		case strings.Contains(said, "is not asked again in this run; try again later"):
			down++
		}
	}
	if n := asked(); n > 4*8 || down < 23 {
		t.Errorf("the host was asked %d times, and %d files say that it is down", n, down)
	}
	// Slow failures are given up after a time, whatever the tries.
	clear(p.opened)
	var now atomic.Int64
	o := loader.Options{TempDir: t.TempDir(), Tries: 1000, Sleep: func(context.Context, time.Duration) error { return nil }}
	o.Now = func() time.Time { return fixedNow().Add(time.Duration(now.Add(1)) * time.Second) }
	rs, err := loader.Load(t.Context(), open(t), map[string]loader.Source{"place": p}, []string{"place://"}, o)
	if n := asked(); err != nil || loader.Failed(rs) != 27 || n > 60 {
		t.Errorf("%d of 27 failed after %d tries: %v", loader.Failed(rs), n, err)
	}
}

func TestMaxDownload(t *testing.T) {
	p := &place{files: map[string]string{"a.csv": mosa("s1", 1, 28)}}
	if r := p.load(t, open(t), loader.Options{MaxDownload: 500})[0]; r.Status != loader.Refused || !strings.Contains(r.Err.Error(), "--max-download") {
		t.Errorf("%s, %v", r.Status, r.Err)
	}
}

func TestBreakingOff(t *testing.T) {
	l := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	p := &place{files: map[string]string{"a.csv": mosa("s1", 1, 3), "b.csv": mosa("s2", 1, 3)}}
	p.open = func(ctx context.Context, name string, _ int, _ int64) (io.Reader, error) {
		if name == "b.csv" {
			return io.MultiReader(strings.NewReader(p.files[name][:100]), broken{cancel, ctx}), nil
		}
		return strings.NewReader(p.files[name]), nil
	}
	// The first file is in before the second is broken off.
	o := loader.Options{Now: fixedNow, TempDir: t.TempDir()}
	rs, err := loader.Load(ctx, l, map[string]loader.Source{"place": &place{files: map[string]string{"a.csv": p.files["a.csv"]}}}, []string{"place://"}, o)
	if err != nil || rs[0].Status != loader.Loaded {
		t.Fatal(rs, err)
	}
	rs, err = loader.Load(ctx, l, map[string]loader.Source{"place": p}, []string{"place://"}, o)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, %v", rs, err)
	}
	if got := value(t, l, "SELECT count(*) || ' ' || (SELECT count(*) FROM charges) FROM usage"); got != "3 3" {
		t.Errorf("usage and charges: %s", got)
	}
	if left, err := os.ReadDir(o.TempDir); err != nil || len(left) > 0 {
		t.Errorf("left in the temporary folder: %v, %v", left, err)
	}
}

type broken struct {
	cancel context.CancelFunc
	ctx    context.Context
}

func (b broken) Read([]byte) (int, error) {
	b.cancel()
	<-b.ctx.Done()
	return 0, b.ctx.Err()
}

func TestKeep(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "kept")
	packed := gzipped(t, mosa("s1", 1, 3))
	p := &place{files: map[string]string{"x/a.csv.gz": packed, "y/a.csv.gz": gzipped(t, mosa("s2", 1, 3)), "bad.csv": "a,b\n1,2\n"}}
	l := open(t)
	rs := p.load(t, l, loader.Options{Keep: dir})
	if loader.Failed(rs) != 1 {
		t.Fatal(rs)
	}
	kept := value(t, l, "SELECT kept FROM loads WHERE ref = 'place://x/a.csv.gz'")
	b, err := os.ReadFile(kept)
	if err != nil || !bytes.Equal(b, []byte(packed)) || !strings.HasSuffix(kept, "-a.csv.gz") {
		t.Errorf("%s: %v", kept, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("%d files are kept, want the two that were loaded: %v", len(entries), err)
	}
	// What was kept can be loaded in the place of the source.
	again := open(t)
	if r := load(t, again, loader.Options{}, dir); r[0].Status != loader.Loaded || r[1].Status != loader.Loaded {
		t.Errorf("%+v", r)
	}
}

// A prepared is a place whose objects come about when they are asked for.
type prepared struct {
	*place
	prepare func(ctx context.Context, name string) error
}

func (p prepared) Prepare(ctx context.Context, obj loader.Object) error {
	return p.prepare(ctx, strings.TrimPrefix(obj.Ref, "place://"))
}

// Preparing an object may take longer than a place may be silent. One that proves to
// hold nothing is left out, which is no failure.
func TestPrepare(t *testing.T) {
	const file = "a.csv"
	b, err := os.ReadFile(filepath.Join(samples, "azure_mosa/2026-03.csv"))
	if err != nil {
		t.Fatal(err)
	}
	p := prepared{place: &place{files: map[string]string{file: string(b), "b.csv": "", "c.csv": ""}}}
	p.prepare = func(ctx context.Context, name string) error {
		switch name {
		case "b.csv":
			return fmt.Errorf("%w in it", loader.ErrEmpty)
		case "c.csv":
			return errors.New("refused")
		}
		time.Sleep(700 * time.Millisecond)
		return ctx.Err()
	}
	rs, err := loader.Load(t.Context(), open(t), map[string]loader.Source{"place": p}, []string{"place://"}, loader.Options{
		Now: fixedNow, TempDir: t.TempDir(), Stall: 500 * time.Millisecond, Tries: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rs {
		got = append(got, fmt.Sprintf("%s %s %v", r.Ref, r.Status, r.Err))
	}
	want := []string{"place://a.csv loaded <nil>", "place://b.csv superseded left out: there are no charges in it", "place://c.csv refused refused"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Two links that differ in their query are two files, in one command and in two,
// also where the server dates them alike.
func TestLinksThatDifferInTheirQuery(t *testing.T) {
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		content := mosa("s"+r.URL.Query().Get("id"), 1, 2)
		w.Header().Set("Last-Modified", "Sat, 28 Nov 2026 06:00:00 GMT")
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(content))
	}))
	t.Cleanup(server.Close)
	link := func(id int) string { return fmt.Sprintf("%s/usage.csv?id=%d", server.URL, id) }
	fetch := func(l *ledger.Ledger, refs ...string) {
		t.Helper()
		rs, err := loader.Load(t.Context(), l, map[string]loader.Source{"http": &https.Source{}}, refs, loader.Options{Now: fixedNow})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rs {
			if r.Err != nil || strings.Contains(r.Ref, "?") {
				t.Errorf("%s: %v", r.Ref, r.Err)
			}
		}
	}
	one, two := open(t), open(t)
	fetch(one, link(1), link(2))
	fetch(two, link(1))
	fetch(two, link(2))
	before := asked.Load()
	fetch(two, link(2))
	if n := asked.Load() - before; n != 1 { // its head alone
		t.Errorf("a link that is known was asked %d times", n)
	}
	if got := value(t, two, "SELECT count(*) FROM loads WHERE version LIKE '%id=%' OR version NOT LIKE 'link %'"); got != "0" {
		t.Errorf("%s loads keep a link", got)
	}
	// The hash has the ledger's own key: that of another ledger is another.
	version := "SELECT version FROM loads ORDER BY load_id LIMIT 1"
	if a, b := value(t, one, version), value(t, two, version); a == b {
		t.Errorf("both ledgers know the link as %s", a)
	}
	for name, l := range map[string]*ledger.Ledger{"one command": one, "two commands": two} {
		if got := value(t, l, "SELECT count(*) || ' ' || count(DISTINCT SubAccountId) FROM usage"); got != "4 2" {
			t.Errorf("%s: charges and subscriptions %s, want 4 2", name, got)
		}
	}
}
