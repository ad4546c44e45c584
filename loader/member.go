package loader

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// part reads one file of an export's run.
func (c *content) part(ctx context.Context, in io.ReadCloser, p part, kept *keep) error {
	defer in.Close()
	raw, err := kept.tee(in, p.Ref)
	if err != nil {
		return err
	}
	before, rejected := c.read, len(c.rejects)
	for m, err := range newUnpacker(c.options.limits(), c.formats).all(ctx, raw) {
		if err == nil {
			err = c.member(ctx, m, true)
		}
		if errors.Is(err, errEmptyFile) && p.rows == 0 {
			break // not even a header: the manifest says that it holds no row
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
	c.res.Warnings = append(c.res.Warnings, m.notes...)
	if isActivity(m.Reader) {
		return c.activity(ctx, counted)
	}
	if isJSON(m.Reader) {
		return c.json(ctx, counted, isPages(m.Reader))
	}
	if err := pointed(m.Reader); err != nil {
		return err
	}
	sectioned, err := isSectioned(m.Reader, c.formats)
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

// pointer is what Git keeps of a file that Git LFS keeps elsewhere.
var pointer = regexp.MustCompile(`^version https://git-lfs\.github\.com/spec/v1\r?\noid sha256:[0-9a-f]+\r?\nsize (\d+)\r?\n`)

// pointed refuses what stands for a file and is not it.
func pointed(br *bufio.Reader) error {
	head, _ := br.Peek(200) // all that such a pointer holds
	if m := pointer.FindSubmatch(head); m != nil {
		return fmt.Errorf("it stands for a file of %s bytes that Git LFS keeps elsewhere; fetch it with 'git lfs pull' in its repository", m[1])
	}
	return nil
}

// json reads a file of JSON rows, or of the pages in which an API gives them.
func (c *content) json(ctx context.Context, counted *countedReader, paged bool) error {
	in, pages := io.Reader(counted), (*jsonPages)(nil)
	if paged {
		pages = newJSONPages(counted)
		in = pages
	}
	rows, err := newJSONRows(bufio.NewReaderSize(in, peekSize), c.formats)
	if err != nil {
		return err
	}
	text := bufio.NewReaderSize(rows, peekSize)
	c.shift = -1
	err = c.flat(ctx, text, text)
	c.res.Encoding = "UTF-8, JSON rows"
	if pages != nil {
		c.res.Encoding = "UTF-8, JSON pages"
		if pages.more {
			c.res.Warnings = append(c.res.Warnings, "its last page says that there are more (has_more); fetch those, too, and load them with it")
		}
	}
	c.bytes += counted.n
	return err
}

// isSectioned reports whether a file begins with a line of one value, as the
// Account Center's files do, and no known header follows it.
func isSectioned(br *bufio.Reader, formats []*Format) (bool, error) {
	head, err := br.Peek(peekSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	if _, begins := beginsSections(head); !begins {
		return false, nil
	}
	t, err := topOf(head, formats)
	return err != nil || !isKnown(formats, t.header), nil
}

// sectioned reads an Account Center file.
func (c *content) sectioned(ctx context.Context, br *bufio.Reader, in io.Reader) error {
	head, _ := br.Peek(peekSize)
	delim, _ := beginsSections(head)
	c.res.Encoding = encoding(head, delim) + ", three sections"
	s, err := readSections(ctx, c.formats, in, delim, c.scan)
	if err != nil {
		return err
	}
	c.res.Format, c.res.Title = s.plan.format.Name, s.plan.format.Title
	c.res.Columns, c.res.Unknown, c.res.FirstDate = len(s.header), s.plan.format.unknown(s.header), s.firstDate
	c.res.Warnings = append(c.res.Warnings, s.warnings...)
	c.plan, c.dict, c.counts = s.plan, s.dict, s.counts
	return c.write(ctx, func(ctx context.Context) error { return c.take(ctx, s.rows) })
}

// flat reads a file with one header and rows.
func (c *content) flat(ctx context.Context, br *bufio.Reader, in io.Reader) error {
	head, err := br.Peek(peekSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	t, err := topOf(head, c.formats)
	if err != nil {
		return err
	}
	header, size, delim := t.header, t.size, t.delim
	if t.above > 0 {
		c.res.Warnings = append(c.res.Warnings, fmt.Sprintf("%d %s above the header, which no row needs", t.above, plural(t.above,
			"line stands", "lines stand")))
	}
	if c.header != nil && !slices.Equal(header, c.header) && !c.plan.format.sameBut(header, c.header) {
		return errors.New("its header is another than that of the run's first file, so it is no part of the same run")
	}
	if isBeside(header) {
		if c.held != nil {
			return errAlone
		}
		c.res.Encoding, c.res.Columns = encoding(head, delim), len(header)
		return c.beside(ctx, header, in)
	}
	if _, err := io.CopyN(io.Discard, in, int64(size)); err != nil {
		return err
	}
	format, err := FormatOf(c.formats, header, nil)
	if err != nil {
		return err
	}
	p := newPlan(format, header, delim, c.scan)
	notes, err := p.decide(head[size:], len(head) < peekSize, func() (DayOrder, string) { return c.neighbour(ctx, format) })
	if err != nil {
		return err
	}
	if c.plan == nil {
		c.res.Warnings = append(c.res.Warnings, notes...)
		c.header = header
		c.res.Format, c.res.Title = format.Name, format.Title
		c.res.Encoding, c.res.Columns, c.res.Unknown = encoding(head, delim), len(header), format.unknown(header)
		row := newRecordReader(head[size:], delim)
		if fields, err := row.next(); err == nil && p.days[0] < len(fields) {
			c.res.FirstDate = string(fields[p.days[0]])
		}
		c.plan, c.dict = p, newDictionary()
		c.load.DateOrder = p.shown.Flag()
		if p.open {
			c.load.Flags[flagDateOrder] = p.order.Flag()
		}
	}
	firstLine := 1 + c.shift + int64(bytes.Count(head[:size], []byte{'\n'}))
	return c.write(ctx, func(ctx context.Context) error {
		err := scan(ctx, p, c.dict, in, firstLine, func(rs *rows) error {
			c.add(rs.counts)
			if err := c.tooMany(); err != nil {
				return err
			}
			return c.take(ctx, rs)
		})
		if err == nil {
			c.settleSums()
			err = cmp.Or(c.tooMany(), p.halfTurned(c.charged))
		}
		return err
	})
}

// write runs produce, which takes rows, and writes or holds them.
func (c *content) write(ctx context.Context, produce func(context.Context) error) (err error) {
	if c.held != nil {
		if err := produce(ctx); err != nil {
			return err
		}
		c.held.texts = append(c.held.texts, texts{currency: c.plan.currencyName, entries: c.dict.take()})
		return nil
	}
	if c.stage == nil {
		if c.stage, err = newStage(ctx, c.conn, c.feed, c.plan, c.free, c.load.ID); err != nil {
			return err
		}
	}
	return c.stage.write(ctx, func(ctx context.Context) error {
		if err := produce(ctx); err != nil {
			return err
		}
		return c.stage.flush(ctx, c)
	})
}

// take takes rows on their way into the ledger.
func (c *content) take(ctx context.Context, rs *rows) error {
	c.first.look(rs)
	c.series.look(rs)
	if c.held == nil {
		return c.stage.add(ctx, c, rs)
	}
	c.held.rows = append(c.held.rows, rs)
	if c.held.size += len(rs.keys); c.held.size > smallRows {
		return errAlone
	}
	return nil
}

// beside reads a file of what stands beside usage and is no load: rates, contracts or reservations.
func (c *content) beside(ctx context.Context, header Header, in io.Reader) (err error) {
	var changed int64
	if f := reservationsOf(header); f != nil {
		c.res.Format, c.res.Title = f.format, f.title
		c.res.Rows, changed, err = f.load(ctx, c.conn, in, c.load.Ref, c.scan.order)
	} else if isContracts(header) {
		c.res.Format, c.res.Title = "contracts", "FOCUS contract commitments"
		c.res.Rows, changed, err = loadContracts(ctx, c.conn, in, c.load.Ref, c.scan.order)
	} else {
		c.res.Format, c.res.Title = "rates", "Exchange rates"
		load := loadRates
		if isECB(header) {
			load = loadECB
		}
		if c.res.Rows, changed, err = load(ctx, c.conn, in); err == nil {
			var without map[int64][]string
			without, err = unrated(ctx, c.conn, "unrated_usage")
			c.res.Warnings = without[0]
		}
	}
	if err == nil && changed == 0 {
		c.res.Status = Unchanged
	}
	return err
}

// tooMany says why what was read so far cannot be loaded.
func (c *content) tooMany() error {
	if len(c.rejects) > c.scan.maxRejects {
		return &RejectedError{First: c.rejects[0], More: len(c.rejects) - 1}
	}
	if c.size.Cmp(maxSum()) > 0 {
		return errors.New("its numbers add up to over 10^18, which no usage does")
	}
	return nil
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
	case '|':
		return out + ", separated by vertical bars"
	}
	return out + ", separated by commas"
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
