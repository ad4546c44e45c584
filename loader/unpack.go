package loader

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// peekSize is how much of a file is looked at to recognise it.
const peekSize = 1 << 20

// Limits bound what unpacking one file may take, so that a file of a few
// kilobytes cannot fill the disk or keep the machine busy for days. Zero is the
// default.
type Limits struct {
	// Unpacked is how many bytes a file may unpack to: 64 GiB.
	Unpacked int64
	// Ratio is how many bytes one packed byte may become, once RatioFrom bytes
	// are unpacked: 1000, from 64 MiB. Usage files measured: gzip -9 packs the
	// Account Center's 35:1, the demo's 17:1, FOCUS's sample 8:1; zstd -19 at most
	// 63:1. Deflate cannot exceed 1032:1, which only runs of one byte reach.
	Ratio     int64
	RatioFrom int64
	// Entries is how many entries a zip file may have: 10,000.
	Entries int
	// Nesting is how many packings may lie around a file: 2, as of the .csv.gz
	// inside a .zip.
	Nesting int
	// Window is how much memory a zstd file may ask for: 128 MiB, as much as the
	// zstd command reads without being told to.
	Window uint64
	// TempDir is where copies are kept of what cannot be read from its beginning
	// to its end: the system's folder for temporary files.
	TempDir string
}

func (l Limits) orDefaults() Limits {
	return Limits{
		Unpacked: cmp.Or(l.Unpacked, 64<<30), Ratio: cmp.Or(l.Ratio, 1000), RatioFrom: cmp.Or(l.RatioFrom, 64<<20),
		Entries: cmp.Or(l.Entries, 10_000), Nesting: cmp.Or(l.Nesting, 2), Window: cmp.Or(l.Window, 128<<20),
		TempDir: cmp.Or(l.TempDir, os.TempDir()),
	}
}

// A member is one content: the file itself, or one of those that a zip file
// holds.
type member struct {
	name     string   // inside its zip file; "" outside one
	encoding string   // what it was before it was UTF-8 text: "UTF-16", "Parquet"
	notes    []string // what had to be done to read it as text
	*bufio.Reader
}

// An unpacker finds the contents of one file.
type unpacker struct {
	limits   Limits
	packed   int64   // bytes read inside the outermost packing
	unpacked []int64 // bytes that came out, by the number of packings around
	failed   error   // why what is being read cannot be read on
	skipped  []string
	formats  []*Format
}

func newUnpacker(l Limits, formats []*Format) *unpacker {
	l = l.orDefaults()
	return &unpacker{limits: l, formats: formats, unpacked: make([]int64, l.Nesting+1)}
}

// all yields the contents of r, unpacked by what their first bytes say. A
// content is to be read before the next is asked for. An error without a name
// is about the whole file; one with a name about that member alone.
func (u *unpacker) all(ctx context.Context, r io.Reader) iter.Seq2[member, error] {
	return func(yield func(member, error) bool) {
		u.open(ctx, &sourceReader{r, u}, r, "", 0, yield)
	}
}

// open yields the contents of r around which there are depth packings. Where
// they stand in a file of their own, raw is that file.
func (u *unpacker) open(ctx context.Context, r, raw io.Reader, name string, depth int, yield func(member, error) bool) bool {
	fail := func(err error) bool { return yield(member{name: name}, err) }
	br := bufio.NewReaderSize(r, peekSize)
	head, err := br.Peek(8)
	if err != nil && !errors.Is(err, io.EOF) {
		return fail(err)
	}
	kind := packingOf(head)
	if kind != "" && depth >= u.limits.Nesting {
		return fail(fmt.Errorf("more than %d packings lie around it, the most that are taken off; unpack the outer ones", u.limits.Nesting))
	}
	m := member{name: name}
	var text io.Reader = br
	switch kind {
	case "gzip":
		zr, err := gzip.NewReader(u.counting(br, depth))
		if err != nil {
			return fail(u.damaged(kind, err))
		}
		return u.open(ctx, &guard{zr, u, kind, depth + 1}, nil, name, depth+1, yield)
	case "zstd":
		zr, err := zstd.NewReader(u.counting(br, depth), u.zstdOptions()...)
		if err != nil {
			return fail(u.damaged(kind, err))
		}
		defer zr.Close()
		return u.open(ctx, &guard{zr, u, kind, depth + 1}, nil, name, depth+1, yield)
	case "zip":
		return u.zip(ctx, br, raw, name, depth, yield)
	}
	switch {
	case bytes.HasPrefix(head, []byte("PAR1")):
		p, err := u.parquet(ctx, br, raw, depth)
		if err != nil {
			return fail(err)
		}
		defer p.close()
		m.encoding, text = "Parquet", p
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}), zeros(head, 1):
		m.encoding, text = "UTF-16", transform.NewReader(&evenReader{r: br}, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	case zeros(head, 0):
		m.encoding, text = "UTF-16", transform.NewReader(&evenReader{r: br}, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder())
	}
	m.Reader = bufio.NewReaderSize(text, peekSize)
	if err := recognisable(m.Reader); err != nil {
		return fail(err)
	}
	plain, encoding, notes, err := plainText(m.Reader)
	if err != nil {
		return fail(err)
	}
	m.notes, m.encoding = notes, cmp.Or(m.encoding, encoding)
	if plain != io.Reader(m.Reader) {
		m.Reader = bufio.NewReaderSize(plain, peekSize)
	}
	return yield(m, nil)
}

// zeros reports whether of each two of the first bytes one is zero, that at: Latin letters in UTF-16
// without its mark.
func zeros(head []byte, at int) bool {
	if len(head) < 4 {
		return false
	}
	for i, b := range head[:len(head)&^1] {
		if (b == 0) != (i%2 == at) {
			return false
		}
	}
	return true
}

// packingOf says by a file's first bytes how it is packed, "" if it is not.
func packingOf(head []byte) string {
	starts := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	switch {
	case starts("\x1f\x8b"):
		return "gzip"
	case starts("\x28\xb5\x2f\xfd"), len(head) >= 4 && head[0]&0xf0 == 0x50 && bytes.Equal(head[1:4],
		[]byte("\x2a\x4d\x18")): // or a frame to skip
		return "zstd"
	case starts("PK\x03\x04"), starts("PK\x05\x06"), starts("PK\x07\x08"):
		return "zip"
	}
	return ""
}

func (u *unpacker) zstdOptions() []zstd.DOption {
	// One goroutine and the small buffers: the rows behind take far longer.
	return []zstd.DOption{
		zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(u.limits.Window), zstd.WithDecoderMaxMemory(uint64(u.limits.Unpacked)),
	}
}

// counting counts what is read inside the outermost packing.
func (u *unpacker) counting(r io.Reader, depth int) io.Reader {
	if depth > 0 {
		return r
	}
	return &packedReader{r, u}
}

type packedReader struct {
	r io.Reader
	u *unpacker
}

func (p *packedReader) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	p.u.packed += int64(n)
	return n, err
}

// A sourceReader remembers why the source failed, so that a connection that
// broke is not taken for a damaged file.
type sourceReader struct {
	r io.Reader
	u *unpacker
}

func (s *sourceReader) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		s.u.failed = err
	}
	return n, err
}

// A guard holds what comes out of a packing to the limits, and distinguishes a packed
// file that is cut off from one that ends.
type guard struct {
	r     io.Reader
	u     *unpacker
	kind  string
	depth int
}

func (g *guard) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	g.u.unpacked[g.depth] += int64(n)
	if err := g.u.within(g.depth); err != nil {
		g.u.failed = err
		return 0, err
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = g.u.damaged(g.kind, err)
	}
	return n, err
}

// within says which limit what has been unpacked so far exceeds.
func (u *unpacker) within(depth int) error {
	n, l := u.unpacked[depth], u.limits
	switch {
	case n > l.Unpacked:
		return fmt.Errorf("it unpacks to over %s, the most that is read of one file: perhaps a zip bomb; if you trust it, unpack it and "+
			"load it in parts", size(l.Unpacked))
	case n > l.RatioFrom && n/l.Ratio > u.packed:
		return fmt.Errorf("it unpacks to over %d times its size, which no usage file does: perhaps a zip bomb; if you trust it, unpack "+
			"it yourself", l.Ratio)
	}
	return nil
}

// damaged says that a packed file cannot be unpacked, unless it was something
// else that failed below it.
func (u *unpacker) damaged(kind string, err error) error {
	if u.failed != nil {
		return u.failed
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF // for the end of a packed file inside is not the end
	}
	switch {
	case errors.Is(err, zstd.ErrWindowSizeExceeded):
		u.failed = fmt.Errorf("unpacking it takes over %s of memory (%w); pack it again without --long", size(int64(u.limits.Window)), err)
	case errors.Is(err, zstd.ErrUnknownDictionary):
		u.failed = fmt.Errorf("it was packed with a dictionary that is not in it (%w); unpack it yourself", err)
	default:
		u.failed = fmt.Errorf("the %s file is cut off or damaged (%w); fetch it again", kind, err)
	}
	return u.failed
}

func size(n int64) string {
	for _, unit := range []struct {
		shift int
		name  string
	}{{30, "GiB"}, {20, "MiB"}, {10, "KiB"}} {
		if n >= 1<<unit.shift {
			return fmt.Sprintf("%d %s", n>>unit.shift, unit.name)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}

// An evenReader finds a UTF-16 file that ends in the middle of a character.
type evenReader struct {
	r   io.Reader
	odd bool
}

func (e *evenReader) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	e.odd = e.odd != (n%2 == 1)
	if errors.Is(err, io.EOF) && e.odd {
		err = errors.New("the UTF-16 file is cut off or damaged: it ends in the middle of a character; fetch it again")
	}
	return n, err
}

var errEmptyFile = errors.New("the file is empty")

// recognisable says why what r begins with cannot be a CSV file.
func recognisable(r *bufio.Reader) error {
	head, err := r.Peek(peekSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	starts := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	packed := func(with string) error {
		return fmt.Errorf("it is packed with %s, which usagereport does not unpack; unpack it, or pack it with gzip, zstd or zip", with)
	}
	switch {
	case len(bytes.TrimSpace(bytes.TrimPrefix(head, bom))) == 0:
		return errEmptyFile
	case starts("PARE"):
		return errors.New("it is an encrypted Parquet file; export it without encryption")
	case starts("\xfd7zXZ\x00"):
		return packed("xz")
	case starts("BZh"):
		return packed("bzip2")
	case starts("7z\xbc\xaf\x27\x1c"):
		return packed("7-Zip")
	case starts("Rar!\x1a\x07"):
		return packed("RAR")
	case len(head) > 262 && string(head[257:262]) == "ustar":
		return errors.New("it is a tar archive, which usagereport does not unpack; unpack it and load the folder")
	case bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(head, bom)), []byte("%PDF-")):
		return errors.New("it is a PDF, perhaps the invoice, which has no daily usage: take the usage file that stands beside it, a CSV file (docs/files.md)")
	case starts("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
		return errExcel
	case bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(head, bom)), []byte("<")):
		return errors.New("it is a web page or XML, not a CSV file; perhaps the download needs a sign-in")
	case bytes.IndexByte(head, 0) >= 0:
		return errors.New("it is not a CSV file: it holds binary data")
	}
	return nil
}

// spool copies r to a temporary file, for what has to be read from its end. The
// caller closes it and removes it, which remove does.
func (u *unpacker) spool(ctx context.Context, r io.Reader) (_ *os.File, _ func(), err error) {
	f, err := os.CreateTemp(u.limits.TempDir, "usagereport-*")
	if err != nil {
		return nil, nil, fmt.Errorf("keep a copy of it in %s: %w; set TMPDIR to a folder with room", u.limits.TempDir, err)
	}
	remove := func() { f.Close(); os.Remove(f.Name()) }
	defer func() {
		if err != nil {
			remove()
		}
	}()
	buf := make([]byte, 1<<18)
	for total := int64(0); ; {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		n, last, err := fill(r, buf)
		if err != nil {
			return nil, nil, err
		}
		if total += int64(n); total > u.limits.Unpacked {
			return nil, nil, fmt.Errorf("it is over %s large, the most that is read of one file; load it in parts", size(u.limits.Unpacked))
		}
		if _, err := f.Write(buf[:n]); err != nil {
			return nil, nil, fmt.Errorf("keep a copy of it in %s: %w; make room there, or set TMPDIR to a folder with room", u.limits.TempDir, err)
		}
		if last {
			return f, remove, nil
		}
	}
}

// onDisk returns the file that r reads, and its size, if r reads one.
func onDisk(r io.Reader) (*os.File, int64, bool) {
	f, ok := r.(*os.File)
	if d, is := r.(interface{ disk() *os.File }); is {
		f = d.disk()
		ok = f != nil
	}
	if !ok {
		return nil, 0, false
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, 0, false
	}
	return f, info.Size(), true
}
