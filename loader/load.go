// Package loader fetches usage files and puts their rows into the ledger:
// bytes in, rows out. A Source moves bytes; Load unpacks, recognises the format
// by its header, checks every value, and commits each file in one transaction.
package loader

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"
	"time"

	"usagereport/ledger"
	"usagereport/usage"
)

// Options are what a user may say of a load.
type Options struct {
	AllowShrink    bool
	MaxRejects     int
	AssumeCurrency string   // of files that name none
	CostType       string   // actual or amortized, where the rows don't tell
	DateOrder      DayOrder // of dates with slashes
	Prefer         string   // ledger.Rules.Prefer

	// Keep is a folder to store the files in that were loaded, as they came; "" to
	// keep none.
	Keep string
	// TempDir is where remote files lie until they are loaded; "" is the system's
	// place for such.
	TempDir     string
	MaxDownload int64         // bytes of one file; 0 for any number
	Tries       int           // of a place that fails for a time; 0 for 8
	Stall       time.Duration // without a byte, after which a try has failed; 0 for a minute
	Limits      Limits        // of unpacking

	Now      func() time.Time
	Sleep    func(context.Context, time.Duration) error // nil: wait
	Progress func(Object) Progress                      // nil: none; called from several goroutines
}

// A Progress is told how a file's load goes on.
type Progress interface {
	Add(bytes int)
	Done()
}

// A Status says what became of a file.
type Status string

// What may become of a file (contract).
const (
	Loaded     Status = "loaded"
	Unchanged  Status = "unchanged"  // the same content is there already
	Superseded Status = "superseded" // newer data are there already
	Refused    Status = "refused"
)

// A FileResult says what became of one file.
type FileResult struct {
	Ref      string
	Format   string
	Title    string
	CostType string
	Rows     int64 // loaded
	Rejected int64
	Status   Status
	Periods  []string // names of billing periods
	Spans    []usage.Period
	Totals   map[string]usage.Decimal // by currency
	LoadID   int64
	Replaced []string // what it superseded
	Changed  []ledger.Change
	First    []string // subscriptions seen for the first time
	Warnings []string
	Err      error // why it was refused or superseded
	Rejects  []Reject

	Encoding  string   // "UTF-8 with byte order mark, comma-separated"
	Columns   int      // in its header
	Unknown   []string // columns that the format does not read
	FirstDate string   // as the file writes it
}

// A RejectedError says that a file has more bad rows than allowed.
type RejectedError struct {
	First Reject
	More  int
}

func (e *RejectedError) Error() string {
	if e.More > 0 {
		return fmt.Sprintf("%s (and %d more bad rows)", e.First, e.More)
	}
	return e.First.String()
}

// ErrNothing says that the places named hold no usage file.
var ErrNothing = errors.New("holds no usage file (*.csv, *.csv.gz, *.csv.zst, *.zip, *.parquet)")

// Load fetches what refs name and puts it into the ledger, each file, and each
// run of an export with all its files, in one transaction: it is loaded whole or
// not at all. A refused file does not stop the others; its reason stands in its
// result. The error is for what stops the whole run.
func Load(ctx context.Context, l *ledger.Ledger, sources map[string]Source, refs []string, o Options) ([]FileResult, error) {
	run, err := newRun(ctx, l, o)
	if err != nil {
		return nil, err
	}
	defer run.close(ctx)
	jobs := run.planAll(ctx, sources, refs)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	spools, done, wait := run.fetchAhead(ctx, jobs)
	defer wait()
	var results []FileResult
	for _, j := range jobs {
		s := spools[j]
		results = append(results, run.job(ctx, j, s)...)
		if s != nil {
			done(s)
		}
		if err := ctx.Err(); err != nil {
			return results, err
		}
	}
	return results, ctx.Err()
}

// Inspect loads each file that refs name, and each run of an export, into a
// ledger in memory of its own, and calls each with what became of it.
func Inspect(ctx context.Context, sources map[string]Source, refs []string, o Options, each func(l *ledger.Ledger, r FileResult) error) error {
	alone := func(f func(r *run) error) error {
		l, err := ledger.Open(ctx, "", ledger.Options{Create: true})
		if err != nil {
			return err
		}
		defer l.Close()
		r, err := newRun(ctx, l, o)
		if err != nil {
			return err
		}
		defer r.close(ctx)
		return f(r)
	}
	var jobs []*job
	err := alone(func(r *run) error {
		jobs = r.planAll(ctx, sources, refs)
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	for _, j := range jobs {
		err := alone(func(r *run) error {
			for _, res := range r.job(ctx, j, nil) {
				if err := each(r.ledger, res); err != nil {
					return err
				}
			}
			return ctx.Err()
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func newRun(ctx context.Context, l *ledger.Ledger, o Options) (*run, error) {
	formats, err := Formats()
	if err != nil {
		return nil, err
	}
	conn, err := l.DB().Conn(ctx)
	if err != nil {
		return nil, err
	}
	f, err := newFeed(ctx, conn, l.FreshName("usagereport_rows"))
	if err == nil {
		err = loadCategories(ctx, conn)
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return &run{ledger: l, conn: conn, feed: f, formats: formats, options: o, sameRun: map[int64]bool{}}, nil
}

func (r *run) close(ctx context.Context) {
	r.feed.close(ctx, r.conn)
	r.conn.Close()
}

// planAll makes the jobs of all refs.
func (r *run) planAll(ctx context.Context, sources map[string]Source, refs []string) (jobs []*job) {
	for _, text := range refs {
		ref := ParseRef(text)
		source := sources[ref.Scheme]
		if source == nil {
			jobs = append(jobs, &job{result: refused(ref.String(), fmt.Errorf("%s:// is not a kind of source that usagereport reads", ref.Scheme))})
			continue
		}
		jobs = append(jobs, r.plan(ctx, source, ref, ref.String())...)
		if ctx.Err() != nil {
			break
		}
	}
	return jobs
}

func (o Options) limits() Limits {
	l := o.Limits
	l.TempDir = cmp.Or(l.TempDir, o.TempDir)
	return l
}

func refusal(ref string, err error) FileResult {
	return FileResult{Ref: ref, Status: Refused, Err: err}
}

func refused(ref string, err error) *FileResult {
	r := refusal(ref, err)
	return &r
}

// A run is one call of Load.
type run struct {
	ledger  *ledger.Ledger
	conn    *sql.Conn
	feed    *feed
	formats []*Format
	options Options
	sameRun map[int64]bool
}

// errDone ends a transaction without a trace: there was nothing to keep.
var errDone = errors.New("nothing to keep")

// job loads one job and says what became of it. s is what was fetched of it, nil
// where the job is read in its place.
func (r *run) job(ctx context.Context, j *job, s *spool) []FileResult {
	if j.result != nil {
		return []FileResult{*j.result}
	}
	ref := j.object.Ref
	if s != nil {
		select {
		case <-s.ready:
		case <-ctx.Done():
			return []FileResult{refusal(ref, ctx.Err())}
		}
		if errors.Is(s.err, ErrEmpty) {
			return []FileResult{{Ref: ref, Status: Superseded, Err: fmt.Errorf("left out: %w", s.err)}}
		}
		if s.err != nil {
			return []FileResult{refusal(ref, s.err)}
		}
	}
	res := FileResult{Ref: ref, Status: Loaded}
	if id, err := r.knownVersion(ctx, j); err != nil {
		return []FileResult{refusal(ref, err)}
	} else if id != 0 {
		res.LoadID, res.Status = id, Unchanged
		if err := r.describe(ctx, &res); err != nil {
			return []FileResult{refusal(ref, err)}
		}
		return []FileResult{res}
	}
	if len(j.parts) == 0 {
		return []FileResult{{Ref: ref, Status: Superseded, Err: errors.New("the export's run has no files, so there is nothing to load")}}
	}
	if known, err := r.known(ctx, j, &res); err != nil {
		return []FileResult{refusal(ref, err)}
	} else if known {
		return []FileResult{res}
	}
	if j.manifest == nil {
		return r.file(ctx, j, s)
	}
	return []FileResult{r.export(ctx, j, s)}
}

// file loads each content of a file, for a zip file may hold several, and says
// what became of it.
func (r *run) file(ctx context.Context, j *job, s *spool) []FileResult {
	kept := &keep{dir: r.options.Keep}
	defer kept.discard()
	in := r.open(ctx, j, s, 0)
	defer in.Close()
	raw, err := kept.tee(in, j.object.Ref)
	if err != nil {
		return []FileResult{refusal(j.object.Ref, err)}
	}
	var results []FileResult
	u := newUnpacker(r.options.limits())
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
				res.Warnings = []string{fmt.Sprintf("%d %s skipped: %s", n, plural(n, "file beside it was", "files beside it were"), joined(u.skipped, 5))}
			}
			c, err := r.begin(ctx, j, ref, res)
			if err != nil {
				return err
			}
			if err := c.member(ctx, m, false); err != nil {
				return err
			}
			if err := kept.rest(raw); err != nil {
				return err
			}
			return c.commit(ctx, j, kept)
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
	kept := &keep{dir: r.options.Keep}
	defer kept.discard()
	return r.transact(ctx, j.object.Ref, kept, func(res *FileResult) error {
		c, err := r.begin(ctx, j, j.object.Ref, res)
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
		return c.commit(ctx, j, kept)
	})
}

// transact runs f in a transaction and says what became of what it loads.
func (r *run) transact(ctx context.Context, ref string, kept *keep, f func(res *FileResult) error) FileResult {
	res := FileResult{Ref: ref, Status: Loaded}
	err := ledger.Transact(ctx, r.conn, func() error { return f(&res) })
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
	return res
}

// open returns the bytes of part i of a job.
func (r *run) open(ctx context.Context, j *job, s *spool, i int) io.ReadCloser {
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
	same, err := r.ledger.SameSize(ctx, j.parts[0].Size)
	if err != nil || !same {
		return false, err
	}
	in := r.fetch(ctx, j.source, j.parts[0].Object, false)
	defer in.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, in); err != nil {
		return false, err
	}
	return r.already(ctx, sum, j.costType(), res)
}

// already reports whether a content is in the ledger, and says so in res. said is
// the cost type by the export's manifest, if it has one: where nobody has a
// commitment, the actual and the amortized export are the same bytes.
func (r *run) already(ctx context.Context, sum hash.Hash, said string, res *FileResult) (bool, error) {
	id, current, err := ledger.Known(ctx, r.conn, hex.EncodeToString(sum.Sum(nil)), said)
	if err != nil || id == 0 {
		return false, err
	}
	res.LoadID, res.Status = id, Unchanged
	if !current {
		res.Status, res.Err = Superseded, fmt.Errorf("%w: its data were loaded as load %d and replaced since", ledger.ErrOlder, id)
	}
	return true, r.describe(ctx, res)
}

// begin prepares the load of a content, inside a transaction.
func (r *run) begin(ctx context.Context, j *job, ref string, res *FileResult) (*content, error) {
	id, err := ledger.NextID(ctx, r.conn)
	if err != nil {
		return nil, err
	}
	o := r.options
	load := ledger.Load{ID: id, Ref: ref, LoadedAt: o.Now().UTC().Truncate(time.Second)}
	if j.remote {
		load.Version = j.object.Version
	}
	if j.manifest != nil {
		load.Submitted = j.manifest.submitted
	}
	return &content{
		run: r, res: res, sum: sha256.New(), load: load,
		scan: scanOptions{order: o.DateOrder, currency: cmp.Or(o.AssumeCurrency, usage.NoCurrency), maxRejects: o.MaxRejects},
	}, nil
}

// commit completes the load of a content whose rows are written, and describes
// it in its result.
func (c *content) commit(ctx context.Context, j *job, kept *keep) error {
	r, res, load, o := c.run, c.res, c.load, c.options
	var err error
	if c.stage == nil {
		return nil // rates, which are no load
	}
	if c.totals == nil {
		c.totals = map[string]usage.Decimal{}
	}
	res.Rejects, res.Rejected = c.rejects, int64(len(c.rejects))
	res.Rows = c.read - res.Rejected
	if known, err := r.already(ctx, c.sum, j.costType(), res); err != nil {
		return err
	} else if known {
		return errDone
	}
	format := c.stage.format
	load.SHA256, load.Bytes = hex.EncodeToString(c.sum.Sum(nil)), c.bytes
	load.Format, load.Title, load.CostType = format.Name, format.Title, format.CostType
	load.Agreement, load.Outranks = format.Agreement, format.Outranks
	load.Rows, load.Rejected, load.Rounded, load.Totals = res.Rows, res.Rejected, c.rounded, c.totals
	if format.EitherCost {
		if load.CostType, err = r.costType(ctx, load.ID, j.costType()); err != nil {
			return err
		}
	}
	load.Warnings = append(res.Warnings, r.warnings(format, c.counts, c.scan)...)
	for _, rej := range c.rejects {
		if _, err := r.conn.ExecContext(ctx, `INSERT INTO rejects VALUES ($1,$2,$3,$4,$5,$6)`, load.ID, cmp.Or(rej.Ref, load.Ref), rej.Line, rej.Column, rej.Value, rej.Reason); err != nil {
			return err
		}
	}
	if err := fillCategories(ctx, r.conn); err != nil {
		return err
	}
	if load.Kept, err = kept.store(load.SHA256); err != nil {
		return err
	}
	out, err := ledger.Commit(ctx, r.conn, load, ledger.Rules{AllowShrink: o.AllowShrink, Prefer: o.Prefer, SameRun: r.sameRun})
	if err != nil {
		return err
	}
	res.LoadID, res.Replaced, res.Changed, res.First = load.ID, out.Replaced, out.Changed, out.First
	return r.describe(ctx, res)
}

// A content is what is read of a job: of one file, or of the parts of a run one
// after another.
type content struct {
	*run
	res  *FileResult
	load ledger.Load
	scan scanOptions

	counts
	sum    hash.Hash // of the unpacked bytes
	bytes  int64
	header Header // of the first part
	stage  *stage
	dict   *dictionary
}

// part reads one file of an export's run.
func (c *content) part(ctx context.Context, in io.ReadCloser, p part, kept *keep) error {
	defer in.Close()
	raw, err := kept.tee(in, p.Ref)
	if err != nil {
		return err
	}
	before, rejected := c.read, len(c.rejects)
	for m, err := range newUnpacker(c.options.limits()).all(ctx, raw) {
		if err == nil {
			err = c.member(ctx, m, true)
		}
		if err != nil {
			return err
		}
	}
	if err := kept.rest(raw); err != nil {
		return err
	}
	for i := rejected; i < len(c.rejects); i++ {
		c.rejects[i].Ref = p.Ref
	}
	if n := c.read - before; p.rows >= 0 && n != p.rows {
		return fmt.Errorf("it has %d rows and the manifest says %d; the run may be being replaced, so try again later", n, p.rows)
	}
	return nil
}

// member reads the rows of one content, unpacked; several says that it is one of
// several that are loaded as one.
func (c *content) member(ctx context.Context, m member, several bool) error {
	counted := &countedReader{r: io.TeeReader(m, c.sum)}
	sectioned, err := isSectioned(m.Reader)
	switch {
	case err != nil:
		return err
	case sectioned && several:
		return errors.New("a version 1 or 2 download is no part of an export")
	case sectioned:
		err = c.sectioned(ctx, m.Reader, counted)
	default:
		err = c.flat(ctx, m.Reader, counted)
	}
	if m.encoding != "" {
		c.res.Encoding = strings.Replace(c.res.Encoding, "UTF-8", m.encoding, 1)
	}
	c.bytes += counted.n
	return err
}

// isSectioned reports whether a file begins with a line of one value, as the
// Account Center's files do.
func isSectioned(br *bufio.Reader) (bool, error) {
	head, err := br.Peek(peekSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	head = bytes.TrimPrefix(head, bom)
	line, rest, _ := bytes.Cut(head, []byte{'\n'})
	return len(bytes.TrimSpace(rest)) > 0 && !bytes.ContainsAny(line, ",;\t"), nil
}

// sectioned reads an Account Center file.
func (c *content) sectioned(ctx context.Context, br *bufio.Reader, in io.Reader) error {
	head, _ := br.Peek(len(bom))
	c.res.Encoding = encoding(head, ',') + ", three sections"
	s, err := readSections(ctx, c.formats, in, c.scan)
	if err != nil {
		return err
	}
	c.res.Format, c.res.Title = s.plan.format.Name, s.plan.format.Title
	c.res.Columns, c.res.Unknown, c.res.FirstDate = len(s.header), s.plan.format.unknown(s.header), s.firstDate
	c.res.Warnings = append(c.res.Warnings, s.warnings...)
	if c.stage, err = newStage(ctx, c.conn, c.feed, s.plan, c.load.ID); err != nil {
		return err
	}
	c.counts = s.counts
	return c.stage.write(ctx, func(ctx context.Context) error {
		c.stage.pending = append(c.stage.pending, s.rows)
		return c.stage.flush(ctx, s.dict)
	})
}

// flat reads a file with one header and rows.
func (c *content) flat(ctx context.Context, br *bufio.Reader, in io.Reader) error {
	head, err := br.Peek(peekSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	header, size, delim, err := readHeader(head)
	if err != nil {
		return err
	}
	if c.header != nil && !slices.Equal(header, c.header) {
		return errors.New("its header is another than that of the run's first file, so it is no part of the same run")
	}
	if isRates(header) {
		c.res.Format, c.res.Title = "rates", "Exchange rates"
		c.res.Encoding, c.res.Columns = encoding(head, delim), len(header)
		var changed int64
		if c.res.Rows, changed, err = loadRates(ctx, c.conn, in); err == nil && changed == 0 {
			c.res.Status = Unchanged
		}
		return err
	}
	if _, err := io.CopyN(io.Discard, in, int64(size)); err != nil {
		return err
	}
	format, err := FormatOf(c.formats, header, nil)
	if err != nil {
		return err
	}
	p := newPlan(format, header, delim, c.scan)
	if c.stage == nil {
		c.header = header
		c.res.Format, c.res.Title = format.Name, format.Title
		c.res.Encoding, c.res.Columns, c.res.Unknown = encoding(head, delim), len(header), format.unknown(header)
		row := newRecordReader(head[size:], delim)
		if fields, err := row.next(); err == nil && p.days[0] < len(fields) {
			c.res.FirstDate = string(fields[p.days[0]])
		}
		if c.stage, err = newStage(ctx, c.conn, c.feed, p, c.load.ID); err != nil {
			return err
		}
		c.dict = newDictionary()
	}
	firstLine := 1 + int64(bytes.Count(head[:size], []byte{'\n'}))
	return c.stage.write(ctx, func(ctx context.Context) error {
		err := scan(ctx, p, c.dict, in, firstLine, func(rs *rows) error {
			c.add(rs.counts)
			if len(c.rejects) > c.scan.maxRejects {
				return &RejectedError{First: c.rejects[0], More: len(c.rejects) - 1}
			}
			return c.stage.add(ctx, c.dict, rs)
		})
		if err != nil {
			return err
		}
		return c.stage.flush(ctx, c.dict)
	})
}

// encoding says in words how a file is written.
func encoding(head []byte, delim byte) string {
	out := "UTF-8"
	if bytes.HasPrefix(head, bom) {
		out += " with byte order mark"
	}
	switch delim {
	case ';':
		return out + ", separated by semicolons"
	case '\t':
		return out + ", separated by tabs"
	}
	return out + ", separated by commas"
}

// readHeader reads the first record of a file and returns how many bytes it
// takes.
func readHeader(head []byte) (Header, int, byte, error) {
	line, _, _ := bytes.Cut(bytes.TrimPrefix(head, bom), []byte{'\n'})
	r := newRecordReader(head, delimiterOf(line))
	fields, err := r.next()
	if err != nil {
		return nil, 0, 0, fmt.Errorf("1: the header cannot be read: %w", err)
	}
	h := make(Header, len(fields))
	for i, f := range fields {
		h[i] = string(bytes.TrimSpace(f))
	}
	return h, r.pos, r.delim, nil
}

// costType tells an actual from an amortized export by its rows: amortized ones
// spread commitments over usage, actual ones carry their purchases.
//
// said is what the export's manifest says of it, if anything.
func (r *run) costType(ctx context.Context, load int64, said string) (string, error) {
	if t := cmp.Or(r.options.CostType, said); t != "" {
		return t, nil
	}
	const committed = "FROM load_keys WHERE PricingCategory = 'Committed' OR CommitmentDiscountStatus IS NOT NULL"
	var some bool // most files have no commitment, and their charges need not be looked through
	if err := r.conn.QueryRowContext(ctx, "SELECT count(*) > 0 "+committed).Scan(&some); err != nil {
		return "", err
	} else if !some {
		return "actual", nil
	}
	var spread, bought int64
	err := r.conn.QueryRowContext(ctx, `SELECT
			count(*) FILTER (CommitmentDiscountStatus = 'Unused' OR CommitmentDiscountStatus = 'Used' AND EffectiveCost <> 0),
			count(*) FILTER (ChargeCategory = 'Purchase' AND PricingCategory = 'Committed' AND EffectiveCost <> 0)
		FROM charges JOIN (SELECT * `+committed+`) USING (key_id)
		WHERE charges.load_id = $1`, load).Scan(&spread, &bought)
	switch {
	case err != nil:
		return "", err
	case spread > 0 && bought > 0:
		return "", fmt.Errorf("it holds both purchases of commitments (%d rows) and their cost spread over usage (%d rows), so it is neither an actual nor an amortized export; say which with --cost-type", bought, spread)
	case spread > 0:
		return "amortized", nil
	}
	return "actual", nil
}

func (r *run) warnings(f *Format, c counts, o scanOptions) []string {
	var out []string
	warn := func(n int64, one, many string) {
		if n > 0 {
			out = append(out, fmt.Sprintf("%d %s", n, plural(int(n), one, many)))
		}
	}
	if c.read == 0 {
		out = append(out, "the file has a header and no rows; it replaces nothing")
	}
	warn(c.rounded, "number was rounded to 18 fraction digits", "numbers were rounded to 18 fraction digits")
	warn(c.short, "row is shorter than the header; what it lacks is taken as empty", "rows are shorter than the header; what they lack is taken as empty")
	warn(c.noCost, "row has no cost, which counts as 0", "rows have no cost, which counts as 0")
	warn(int64(len(c.rejects)), "row was rejected; its cost is missing from every sum", "rows were rejected; their cost is missing from every sum")
	if _, none := c.totals[usage.NoCurrency]; none && c.read > 0 {
		out = append(out, "the file names no currency; load it with --assume-currency CODE if you know it")
	}
	return out
}

// describe fills what the ledger knows of a load into its result.
func (r *run) describe(ctx context.Context, res *FileResult) error {
	d, err := ledger.Describe(ctx, r.conn, res.LoadID)
	if err != nil {
		return err
	}
	res.Format, res.Title, res.CostType, res.Rows, res.Rejected = d.Format, d.Title, d.CostType, d.Rows, d.Rejected
	res.Totals, res.Periods, res.Spans, res.Warnings = d.Totals, d.Periods, d.Spans, d.Warnings
	return nil
}

// Failed counts the results that were refused.
func Failed(results []FileResult) int {
	n := 0
	for _, r := range results {
		if r.Status == Refused {
			n++
		}
	}
	return n
}

type countedReader struct {
	r io.Reader
	n int64
}

func (c *countedReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// metered tells the progress, if anybody wants to know.
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
