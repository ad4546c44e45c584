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

	Now      func() time.Time
	Progress func(Object) Progress // nil: none
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
var ErrNothing = errors.New("holds no usage file (*.csv, *.csv.gz)")

// Load fetches what refs name and puts it into the ledger, each file in one
// transaction: it is loaded whole or not at all. A refused file does not stop
// the others; its reason stands in its result. The error is for what stops the
// whole run.
func Load(ctx context.Context, l *ledger.Ledger, sources map[string]Source, refs []string, o Options) ([]FileResult, error) {
	formats, err := Formats()
	if err != nil {
		return nil, err
	}
	conn, err := l.DB().Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	f, err := newFeed(ctx, conn, l.FreshName("usagereport_rows"))
	if err != nil {
		return nil, err
	}
	defer f.close(ctx, conn)
	if err := loadCategories(ctx, conn); err != nil {
		return nil, err
	}
	run := &run{ledger: l, conn: conn, feed: f, formats: formats, options: o, sameRun: map[int64]bool{}}
	var results []FileResult
	for _, ref := range refs {
		r := ParseRef(ref)
		source := sources[r.Scheme]
		if source == nil {
			results = append(results, refusal(ref, fmt.Errorf("%s:// is not a kind of source that usagereport reads", r.Scheme)))
			continue
		}
		n := 0
		for obj, err := range source.List(ctx, r) {
			n++
			if err != nil {
				results = append(results, refusal(ref, err))
				continue
			}
			results = append(results, run.file(ctx, source, obj))
			if err := ctx.Err(); err != nil {
				return results, err
			}
		}
		if n == 0 {
			results = append(results, refusal(ref, ErrNothing))
		}
	}
	return results, ctx.Err()
}

func refusal(ref string, err error) FileResult {
	return FileResult{Ref: ref, Status: Refused, Err: err}
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

func (r *run) file(ctx context.Context, source Source, obj Object) FileResult {
	res := FileResult{Ref: obj.Ref, Status: Loaded}
	if known, err := r.known(ctx, source, obj, &res); err != nil {
		return refusal(obj.Ref, err)
	} else if known {
		return res
	}
	in, err := source.Open(ctx, obj, 0)
	if err != nil {
		return refusal(obj.Ref, err)
	}
	defer in.Close()
	reader := io.Reader(in)
	if r.options.Progress != nil {
		p := r.options.Progress(obj)
		defer p.Done()
		reader = &meteredReader{in, p}
	}
	err = ledger.Transact(ctx, r.conn, func() error { return r.content(ctx, reader, obj, &res) })
	switch {
	case errors.Is(err, errDone):
	case errors.Is(err, ledger.ErrOlder):
		res.Status, res.Err, res.LoadID = Superseded, err, 0
	case err != nil:
		res.Status, res.Err, res.LoadID = Refused, err, 0
	}
	if res.Status == Loaded {
		r.sameRun[res.LoadID] = true
	}
	return res
}

// known finds out, where a load of the same size makes it possible, whether the
// object's bytes are in the ledger already, before they are read as rows.
func (r *run) known(ctx context.Context, source Source, obj Object, res *FileResult) (bool, error) {
	if obj.Size <= 0 {
		return false, nil
	}
	same, err := r.ledger.SameSize(ctx, obj.Size)
	if err != nil || !same {
		return false, err
	}
	in, err := source.Open(ctx, obj, 0)
	if err != nil {
		return false, err
	}
	defer in.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, in); err != nil {
		return false, err
	}
	return r.already(ctx, sum, res)
}

// already reports whether a content is in the ledger, and says so in res.
func (r *run) already(ctx context.Context, sum hash.Hash, res *FileResult) (bool, error) {
	id, current, err := ledger.Known(ctx, r.conn, hex.EncodeToString(sum.Sum(nil)))
	if err != nil || id == 0 {
		return false, err
	}
	res.LoadID, res.Status = id, Unchanged
	if !current {
		res.Status, res.Err = Superseded, fmt.Errorf("%w: its data were loaded as load %d and replaced since", ledger.ErrOlder, id)
	}
	return true, r.describe(ctx, res)
}

// content reads one file's content and writes it into the ledger, inside a
// transaction.
func (r *run) content(ctx context.Context, in io.Reader, obj Object, res *FileResult) error {
	o := r.options
	br, err := unpack(in)
	if err != nil {
		return err
	}
	sum := sha256.New()
	counted := &countedReader{r: io.TeeReader(br, sum)}
	id, err := ledger.NextID(ctx, r.conn)
	if err != nil {
		return err
	}
	load := ledger.Load{ID: id, Ref: obj.Ref, LoadedAt: o.Now().UTC().Truncate(time.Second)}
	scan := scanOptions{order: o.DateOrder, currency: cmp.Or(o.AssumeCurrency, usage.NoCurrency), maxRejects: o.MaxRejects}

	var c counts
	var st *stage
	sectioned, err := isSectioned(br)
	if err != nil {
		return err
	}
	if sectioned {
		head, _ := br.Peek(len(bom))
		res.Encoding = encoding(head, ',') + ", three sections"
		c, st, err = r.sectioned(ctx, counted, scan, load, res)
	} else {
		c, st, err = r.flat(ctx, br, counted, scan, load, res)
	}
	if err != nil {
		return err
	}
	res.Rejects, res.Rejected = c.rejects, int64(len(c.rejects))
	res.Rows = c.read - res.Rejected
	if known, err := r.already(ctx, sum, res); err != nil {
		return err
	} else if known {
		return errDone
	}
	format := st.format
	load.SHA256, load.Bytes = hex.EncodeToString(sum.Sum(nil)), counted.n
	load.Format, load.Title, load.CostType = format.Name, format.Title, format.CostType
	load.Rows, load.Rejected, load.Rounded, load.Totals = res.Rows, res.Rejected, c.rounded, c.totals
	if format.EitherCost {
		if load.CostType, err = r.costType(ctx, load.FirstKey()); err != nil {
			return err
		}
	}
	load.Warnings = append(res.Warnings, r.warnings(format, c, scan)...)
	for _, rej := range c.rejects {
		if _, err := r.conn.ExecContext(ctx, `INSERT INTO rejects VALUES ($1,$2,$3,$4,$5,$6)`, load.ID, load.Ref, rej.Line, rej.Column, rej.Value, rej.Reason); err != nil {
			return err
		}
	}
	if err := fillCategories(ctx, r.conn); err != nil {
		return err
	}
	out, err := ledger.Commit(ctx, r.conn, load, ledger.Rules{AllowShrink: o.AllowShrink, SameRun: r.sameRun})
	if err != nil {
		return err
	}
	res.LoadID, res.Replaced, res.First = load.ID, out.Replaced, out.First
	return r.describe(ctx, res)
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

// sectioned loads an Account Center file.
func (r *run) sectioned(ctx context.Context, in io.Reader, o scanOptions, load ledger.Load, res *FileResult) (counts, *stage, error) {
	s, err := readSections(ctx, r.formats, in, o)
	if err != nil {
		return counts{}, nil, err
	}
	res.Format, res.Title = s.plan.format.Name, s.plan.format.Title
	res.Columns, res.Unknown, res.FirstDate = len(s.header), s.plan.format.unknown(s.header), s.firstDate
	res.Warnings = append(res.Warnings, s.warnings...)
	st, err := newStage(ctx, r.conn, r.feed, s.plan, load.FirstKey())
	if err != nil {
		return counts{}, nil, err
	}
	err = st.write(ctx, func(ctx context.Context) error {
		st.pending = append(st.pending, s.rows)
		return st.flush(ctx, s.dict)
	})
	return s.counts, st, err
}

// flat loads a file with one header and rows.
func (r *run) flat(ctx context.Context, br *bufio.Reader, in io.Reader, o scanOptions, load ledger.Load, res *FileResult) (counts, *stage, error) {
	var c counts
	fail := func(err error) (counts, *stage, error) { return counts{}, nil, err }
	head, err := br.Peek(peekSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return fail(err)
	}
	header, size, delim, err := readHeader(head)
	if err != nil {
		return fail(err)
	}
	if _, err := io.CopyN(io.Discard, in, int64(size)); err != nil {
		return fail(err)
	}
	format, err := FormatOf(r.formats, header, nil)
	if err != nil {
		return fail(err)
	}
	res.Format, res.Title = format.Name, format.Title
	p := newPlan(format, header, delim, o)
	res.Encoding, res.Columns, res.Unknown = encoding(head, delim), len(header), format.unknown(header)
	row := newRecordReader(head[size:], delim)
	if fields, err := row.next(); err == nil && p.days[0] < len(fields) {
		res.FirstDate = string(fields[p.days[0]])
	}
	st, err := newStage(ctx, r.conn, r.feed, p, load.FirstKey())
	if err != nil {
		return fail(err)
	}
	dict := newDictionary()
	firstLine := 1 + int64(bytes.Count(head[:size], []byte{'\n'}))
	err = st.write(ctx, func(ctx context.Context) error {
		err := scan(ctx, p, dict, in, firstLine, func(rs *rows) error {
			c.add(rs.counts)
			if len(c.rejects) > o.maxRejects {
				return &RejectedError{First: c.rejects[0], More: len(c.rejects) - 1}
			}
			return st.add(ctx, dict, rs)
		})
		if err != nil {
			return err
		}
		return st.flush(ctx, dict)
	})
	if err != nil {
		return fail(err)
	}
	if c.totals == nil {
		c.totals = map[string]usage.Decimal{}
	}
	return c, st, nil
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
func (r *run) costType(ctx context.Context, firstKey int64) (string, error) {
	if r.options.CostType != "" {
		return r.options.CostType, nil
	}
	var spread, bought int64
	err := r.conn.QueryRowContext(ctx, `SELECT
			count(*) FILTER (CommitmentDiscountStatus = 'Unused' OR CommitmentDiscountStatus = 'Used' AND EffectiveCost <> 0),
			count(*) FILTER (ChargeCategory = 'Purchase' AND PricingCategory = 'Committed' AND EffectiveCost <> 0)
		FROM load_keys JOIN charges USING (key_id)
		WHERE key_id >= $1 AND PricingCategory = 'Committed' OR CommitmentDiscountStatus IS NOT NULL`, firstKey).Scan(&spread, &bought)
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

type meteredReader struct {
	r io.Reader
	p Progress
}

func (m *meteredReader) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.p.Add(n)
	return n, err
}
