package loader

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"

	"golang.org/x/sync/errgroup"

	"usagereport/ledger"
)

//go:embed sql/*.sql
var queryFiles embed.FS

// query returns the text of sql/NAME.sql.
func query(name string) string {
	b, err := queryFiles.ReadFile("sql/" + name + ".sql")
	if err != nil {
		panic(err) // a name of this package
	}
	return string(b)
}

// A run is one call of Load.
type run struct {
	ledger *ledger.Ledger
	conn   *sql.Conn
	feed   *feed
	free   ledger.Keys // what keys may be numbered, of the transaction
	most   int         // how many small files may go together
	// The contents that the ledger has, by their hashes, and their sizes.
	contents map[string]bool
	sizes    map[int64]bool
	formats  []*Format
	options  Options
	linkKey  []byte // by which links are hashed
	sameRun  map[int64]bool
	hosts    hosts
	jobs     []*job               // of this call, for what their files say of each other
	orders   map[string]neighbour // by format
}

// errDone ends a transaction without a trace: there was nothing to keep.
var errDone = errors.New("nothing to keep")

var errNoFiles = errors.New("the export's run has no files, so there is nothing to load")

func newRun(ctx context.Context, l *ledger.Ledger, o Options) (*run, error) {
	formats, err := Formats()
	if err != nil {
		return nil, err
	}
	conn, err := l.DB().Conn(ctx)
	if err != nil {
		return nil, err
	}
	f, err := newFeed(conn, l.FreshName("usagereport_rows"))
	if err == nil {
		err = loadCategories(ctx, conn)
	}
	if err == nil {
		_, err = conn.ExecContext(ctx, macrosSQL)
	}
	r := &run{
		ledger: l, conn: conn, feed: f, most: mostTogether, formats: formats, options: o, sameRun: map[int64]bool{},
		orders: map[string]neighbour{}, contents: map[string]bool{}, sizes: map[int64]bool{},
	}
	if err == nil {
		r.linkKey, err = ledger.LinkKey(ctx, conn)
	}
	if err == nil {
		var held map[string]int64
		held, err = ledger.Contents(ctx, conn)
		for content, size := range held {
			r.contents[content], r.sizes[size] = true, true
		}
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return r, nil
}

func (r *run) close() {
	r.conn.Close()
}

// planAll makes the jobs of all refs, several side by side.
func (r *run) planAll(ctx context.Context, sources map[string]Source, refs []string) []*job {
	planned := make([][]*job, len(refs))
	var g errgroup.Group
	g.SetLimit(sideBySide)
	for i, text := range refs {
		g.Go(func() error {
			ref := ParseRef(text)
			switch source := sources[ref.Scheme]; {
			case ctx.Err() != nil:
			case source == nil:
				err := fmt.Errorf("%s:// is not a kind of source that usagereport reads", ref.Scheme)
				planned[i] = []*job{{result: refused(ref.String(), err)}}
			default:
				planned[i] = r.plan(ctx, source, ref, ref.String())
			}
			return nil
		})
	}
	_ = g.Wait() // what failed stands in its job
	return slices.Concat(planned...)
}

// sideBySide is how many places are listed at a time.
const sideBySide = 8

func refusal(ref string, err error) FileResult {
	return FileResult{Ref: ref, Status: Refused, Err: err}
}

func refused(ref string, err error) *FileResult {
	r := refusal(ref, err)
	return &r
}

// job loads one job and says what became of it. s is what was fetched of it, nil
// where the job is read in its place.
func (r *run) job(ctx context.Context, j *job, s *spool) (results []FileResult) {
	defer func() {
		if p := recover(); p != nil {
			results = []FileResult{refusal(j.object.Ref, panicked(p))}
		}
	}()
	switch res := r.settled(ctx, j, s); {
	case res != nil:
		return []FileResult{*res}
	case j.manifest == nil:
		return r.file(ctx, j, s)
	default:
		return []FileResult{r.export(ctx, j, s)}
	}
}

// settled says what became of a job that need not be read or cannot be; nil for one
// that is to be loaded.
func (r *run) settled(ctx context.Context, j *job, s *spool) *FileResult {
	ref := j.object.Ref
	if j.result != nil {
		return j.result
	}
	if s != nil {
		select {
		case <-s.ready:
		case <-ctx.Done():
			return refused(ref, ctx.Err())
		}
		if errors.Is(s.err, ErrEmpty) {
			return &FileResult{Ref: ref, Status: Superseded, Err: fmt.Errorf("left out: %w", s.err)}
		}
		if s.err != nil {
			return refused(ref, s.err)
		}
	}
	res := &FileResult{Ref: ref, Status: Loaded}
	if id, err := r.knownVersion(ctx, j); err != nil {
		return refused(ref, err)
	} else if id != 0 {
		res.LoadID, res.Status = id, Unchanged
		if err := r.describe(ctx, res); err != nil {
			return refused(ref, err)
		}
		return res
	}
	if len(j.parts) == 0 {
		return &FileResult{Ref: ref, Status: Superseded, Err: errNoFiles}
	}
	if known, err := r.known(ctx, j, res); err != nil {
		return refused(ref, err)
	} else if known {
		return res
	}
	return nil
}

// file loads each content of a file, for a zip file may hold several, and says
// what became of it.
func (r *run) file(ctx context.Context, j *job, s *spool) []FileResult {
	kept := &keep{dir: r.options.Keep, mode: ledger.ModeOf(r.ledger.Path())}
	defer kept.discard()
	in := r.open(ctx, j, s, 0)
	defer in.Close()
	raw, err := kept.tee(in, j.object.Ref)
	if err != nil {
		return []FileResult{refusal(j.object.Ref, err)}
	}
	var results []FileResult
	u := newUnpacker(r.options.limits(), r.formats)
	for m, err := range u.all(ctx, raw) {
		ref := j.object.Ref
		if m.name != "" {
			ref += "/" + m.name
		}
		if err != nil {
			results = append(results, refusal(ref, err))
			continue
		}
		results = append(results, r.transact(ctx, ref, kept, func(res *FileResult) error {
			if n := len(u.skipped); n > 0 {
				were := plural(n, "file beside it was", "files beside it were")
				res.Warnings = []string{fmt.Sprintf("%d %s skipped: %s", n, were, joined(u.skipped, 5))}
			}
			c, err := r.begin(ctx, j, ref, res, kept)
			if err != nil {
				return err
			}
			if err := c.member(ctx, m, false); err != nil {
				return err
			}
			if err := kept.rest(raw); err != nil {
				return err
			}
			return r.commit(ctx, c)
		}))
		if results[len(results)-1].Status == Loaded {
			u.skipped = nil // said once
		}
		if ctx.Err() != nil {
			break
		}
	}
	return results
}

// export loads the run of an export, all its files in one transaction.
func (r *run) export(ctx context.Context, j *job, s *spool) FileResult {
	kept := &keep{dir: r.options.Keep, mode: ledger.ModeOf(r.ledger.Path())}
	defer kept.discard()
	return r.transact(ctx, j.object.Ref, kept, func(res *FileResult) error {
		c, err := r.begin(ctx, j, j.object.Ref, res, kept)
		if err != nil {
			return err
		}
		for i, p := range j.parts {
			if err := c.part(ctx, r.open(ctx, j, s, i), p, kept); err != nil {
				return fmt.Errorf("%s: %w", p.Ref, err)
			}
		}
		if n := j.manifest.rows; n >= 0 && n != c.read {
			return fmt.Errorf("the manifest says %d rows and its files have %d; the run may be being replaced, so try again later", n, c.read)
		}
		if c.header == nil && c.res.Format == "" {
			res.Status, res.Err = Superseded, errNoFiles
			return errDone
		}
		return r.commit(ctx, c)
	})
}

// transact runs f in a transaction and says what became of what it loads.
func (r *run) transact(ctx context.Context, ref string, kept *keep, f func(res *FileResult) error) FileResult {
	res := FileResult{Ref: ref, Status: Loaded}
	err := ledger.Transact(ctx, r.conn, func() error { return guarded(func() error { return f(&res) }) })
	r.conclude(&res, err, kept)
	return res
}

// conclude says in a result how its load ended.
func (r *run) conclude(res *FileResult, err error, kept *keep) {
	switch {
	case errors.Is(err, errDone):
	case errors.Is(err, ledger.ErrOlder):
		res.Status, res.Err, res.LoadID = Superseded, err, 0
	case err != nil:
		res.Status, res.Err, res.LoadID = Refused, ledger.Explain(err), 0
	}
	if res.Status == Loaded {
		kept.done()
		r.sameRun[res.LoadID] = true
	}
}

// guarded runs f and makes an error of a panic, so that one file ends and not the
// run.
func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
		}
	}()
	return f()
}

func panicked(p any) error {
	return fmt.Errorf("the program failed while reading it (%v); please report this with the first lines of the file", p)
}

// open returns the bytes of part i of a job.
func (r *run) open(ctx context.Context, j *job, s *spool, i int) io.ReadCloser {
	if j.bytes != nil {
		return io.NopCloser(bytes.NewReader(j.bytes))
	}
	if s != nil && i < len(s.files) { // not fetched if it was known then and is no longer
		return s.files[i]
	}
	return r.metered(r.fetch(ctx, j.source, j.parts[i].Object, j.remote), j.parts[i].Object)
}

// known finds out, where a load of the same size makes it possible, whether a
// file's bytes are in the ledger already, before they are read as rows.
func (r *run) known(ctx context.Context, j *job, res *FileResult) (bool, error) {
	if j.remote || len(j.parts) != 1 || j.parts[0].Size <= 0 {
		return false, nil
	}
	if !r.sizes[j.parts[0].Size] {
		return false, nil
	}
	in := r.fetch(ctx, j.source, j.parts[0].Object, false)
	defer in.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, in); err != nil {
		return false, err
	}
	known, _, err := r.already(ctx, sum, j.costType(), res)
	return known, err
}

// already reports whether a content is in the ledger, and says so in res. said is
// the cost type by the export's manifest, if it has one: where there is no
// commitment, the actual and the amortized export are the same bytes. A load that a
// flag lets read otherwise is returned, for it is to be read anew.
func (r *run) already(ctx context.Context, sum hash.Hash, said string, res *FileResult) (known bool, misread *ledger.Description,
	err error,
) {
	content := hex.EncodeToString(sum.Sum(nil))
	if !r.contents[content] {
		return false, nil, nil
	}
	id, current, err := ledger.Known(ctx, r.conn, content, said)
	if err != nil || id == 0 {
		return false, nil, err
	}
	if current {
		if misread, err = r.misread(ctx, id); err != nil || misread != nil {
			return false, misread, err
		}
	}
	res.LoadID, res.Status = id, Unchanged
	if !current {
		res.Status, res.Err = Superseded, fmt.Errorf("%w: its data were loaded as load %d and replaced since", ledger.ErrOlder, id)
	}
	return true, nil, r.describe(ctx, res)
}

// misread returns a load that the options say is to be read otherwise, nil where it is not.
func (r *run) misread(ctx context.Context, id int64) (*ledger.Description, error) {
	if !r.options.decides() {
		return nil, nil
	}
	d, err := ledger.Outline(ctx, r.conn, id)
	if err != nil || !r.options.otherThan(d.Load) {
		return nil, err
	}
	return &d, nil
}

// describe fills what the ledger knows of a load into its result.
func (r *run) describe(ctx context.Context, res *FileResult) error {
	d, err := ledger.Outline(ctx, r.conn, res.LoadID)
	if err != nil {
		return err
	}
	res.Format, res.Title, res.CostType, res.Rows, res.Rejected = d.Format, d.Title, d.CostType, d.Rows, d.Rejected
	res.Totals, res.Periods, res.Spans, res.Warnings = d.Totals, d.Periods, d.Spans, d.Warnings
	return nil
}

// metered reports the progress, where Options asks for it.
func (r *run) metered(in *fetched, obj Object) io.ReadCloser {
	if r.options.Progress == nil {
		return in
	}
	return &meteredReader{fetched: in, p: r.options.Progress(obj)}
}

type meteredReader struct {
	*fetched
	p     Progress
	ended bool
}

func (m *meteredReader) Read(p []byte) (int, error) {
	n, err := m.fetched.Read(p)
	m.p.Add(n)
	return n, err
}

// Close implements io.Closer.
func (m *meteredReader) Close() error {
	if !m.ended {
		m.p.Done()
		m.ended = true
	}
	return m.fetched.Close()
}
