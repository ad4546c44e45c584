package loader

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"sync"
)

const (
	blockSize = 1 << 20
	// maxRow bounds the text of one row, in every kind of file. Azure's tags, the
	// longest values known, take up to 38 KiB.
	maxRow = 256 << 10
	// maxRecord is where reading one ends, so that a quote that never closes is an
	// error and not the whole file in memory.
	maxRecord = 16 << 20
)

// A block is a run of whole records.
type block struct {
	data []byte
	line int64 // line number of its first record
}

// blocks cuts r into blocks and passes them to yield in order. A record may
// hold line ends inside quotes; a block ends only where quotes are balanced
// (RFC 4180: a quote inside a quoted value is doubled, so they always are).
func blocks(ctx context.Context, r io.Reader, line int64, spare *buffers, yield func(block) error) error {
	var rest []byte
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		buf := spare.get(len(rest) + blockSize)
		copy(buf, rest)
		n, last, err := fill(r, buf[len(rest):])
		if err != nil {
			return err
		}
		buf = buf[:len(rest)+n]
		end := len(buf)
		if !last {
			end = lastRecordEnd(buf)
			if end == 0 && len(buf) > maxRecord {
				why := "a quote that opens there is never closed"
				if bytes.IndexByte(buf, '"') < 0 {
					why = "no row is as long, so the file is damaged; fetch it again"
				}
				return fmt.Errorf("line %d: a record of over %d MiB: %s", line, maxRecord>>20, why)
			}
		}
		if end > 0 {
			lines := int64(bytes.Count(buf[:end], []byte{'\n'}))
			next := append([]byte(nil), buf[end:]...) // whoever takes the block may hand its buffer back
			if err := yield(block{data: buf[:end], line: line}); err != nil {
				return err
			}
			line += lines
			rest = next
		}
		if last {
			return nil
		}
		if end == 0 {
			rest = buf
		}
	}
}

// fill reads until buf is full or r ends. It is not io.ReadFull, whose word for
// an early end is also that of a packed file that is cut off.
func fill(r io.Reader, buf []byte) (n int, last bool, err error) {
	for n < len(buf) {
		k, err := r.Read(buf[n:])
		n += k
		if errors.Is(err, io.EOF) {
			return n, true, nil
		}
		if err != nil {
			return n, false, err
		}
	}
	return n, false, nil
}

// buffers are kept for the next block; a nil *buffers keeps none.
type buffers struct{ pool sync.Pool }

func (b *buffers) get(size int) []byte {
	if b != nil {
		if buf, ok := b.pool.Get().(*[]byte); ok && cap(*buf) >= size {
			return (*buf)[:size]
		}
	}
	return make([]byte, size, size+blockSize/4)
}

func (b *buffers) put(buf []byte) { b.pool.Put(&buf) }

// lastRecordEnd returns the position after the last line end of buf that lies
// outside quotes, or 0. buf starts with a record.
func lastRecordEnd(buf []byte) int {
	quotes := bytes.Count(buf, []byte{'"'})
	for end := len(buf); ; {
		i := bytes.LastIndexByte(buf[:end], '\n')
		if i < 0 {
			return 0
		}
		quotes -= bytes.Count(buf[i+1:end], []byte{'"'})
		if quotes%2 == 0 {
			return i + 1
		}
		end = i
	}
}

// newRecordReader returns a reader of values that are separated by delim.
func newRecordReader(data []byte, delim byte) *recordReader {
	return &recordReader{data: data, delim: delim, delims: uint64(delim) * eachByte}
}

// A recordReader reads the records of one block. What it returns is valid until
// the next call.
type recordReader struct {
	data    []byte
	pos     int
	delim   byte
	delims  uint64 // delim, eight times
	start   int    // where the last record began
	bounds  []int  // where its values begin, as written, and one after the end of the last
	fields  [][]byte
	scratch []byte
}

var bom = []byte("\ufeff")

var (
	errBareQuote = errors.New(`a quotation mark inside a value that does not start with one`)
	errAfterText = errors.New(`text after a closing quotation mark`)
	errOpenQuote = errors.New(`a quotation mark is never closed: the file may be cut off`)
)

// next reads one record and returns its values. It returns io.EOF at the end.
func (r *recordReader) next() ([][]byte, error) {
	n, err := r.split()
	if err != nil {
		return nil, err
	}
	r.fields = r.fields[:0]
	for i := range n {
		r.fields = append(r.fields, r.value(i))
	}
	return r.fields, nil
}

// split finds the values of the next record and returns how many there are; value
// returns one. It skips empty lines and a byte order mark at the record's start
// (exports have been seen with a second one before the first row). It returns
// io.EOF at the end.
func (r *recordReader) split() (int, error) {
	data := r.data
	for {
		r.start = r.pos
		if bytes.HasPrefix(data[r.pos:], bom) {
			r.pos += len(bom)
		}
		if r.pos >= len(data) {
			return 0, io.EOF
		}
		switch {
		case data[r.pos] == '\n':
			r.pos++
			continue
		case data[r.pos] == '\r' && (r.pos+1 == len(data) || data[r.pos+1] == '\n'):
			r.pos = min(r.pos+2, len(data))
			continue
		}
		break
	}
	pos := r.pos
	r.scratch = r.scratch[:0]
	r.bounds = append(r.bounds[:0], pos)
	for {
		if pos < len(data) && data[pos] == '"' {
			if pos = r.quoteEnd(pos + 1); pos < 0 {
				return 0, errOpenQuote
			}
			if pos < len(data) && data[pos] == '\r' && (pos+1 == len(data) || data[pos+1] == '\n') {
				pos++
			}
			if pos < len(data) && data[pos] != r.delim && data[pos] != '\n' {
				return 0, errAfterText
			}
		} else if pos = r.plainEnd(pos); pos < len(data) && data[pos] == '"' {
			return 0, errBareQuote
		}
		r.bounds = append(r.bounds, pos+1)
		if pos >= len(data) || data[pos] == '\n' {
			r.pos = min(pos+1, len(data))
			return len(r.bounds) - 1, nil
		}
		pos++ // the delimiter
	}
}

// Eight bytes are looked at as one number, a byte that is looked for having been
// made 0 by XOR: x-eachByte borrows from the top bit of a byte that is 0, and
// the lowest such bit is right.
const (
	eachByte = 0x0101010101010101
	topBits  = 0x8080808080808080
	newlines = '\n' * eachByte
	quotes   = '"' * eachByte
)

// plainEnd returns where text that began without a quote ends: at a delimiter, a
// line end, a quote, or the end of the data.
func (r *recordReader) plainEnd(pos int) int {
	data := r.data
	for ; pos+8 <= len(data); pos += 8 {
		w := binary.LittleEndian.Uint64(data[pos:])
		d, n, q := w^r.delims, w^newlines, w^quotes
		if m := ((d-eachByte)&^d | (n-eachByte)&^n | (q-eachByte)&^q) & topBits; m != 0 {
			return pos + bits.TrailingZeros64(m)/8
		}
	}
	for pos < len(data) && data[pos] != r.delim && data[pos] != '\n' && data[pos] != '"' {
		pos++
	}
	return pos
}

// quoteEnd returns the position after the quote that closes the value whose text
// begins at pos, -1 if there is none. A doubled quote closes nothing.
func (r *recordReader) quoteEnd(pos int) int {
	data := r.data
	for {
		at := -1
		for ; pos+8 <= len(data); pos += 8 {
			q := binary.LittleEndian.Uint64(data[pos:]) ^ quotes
			if m := (q - eachByte) &^ q & topBits; m != 0 {
				at = pos + bits.TrailingZeros64(m)/8
				break
			}
		}
		if at < 0 {
			i := bytes.IndexByte(data[pos:], '"')
			if i < 0 {
				return -1
			}
			at = pos + i
		}
		if at+1 >= len(data) || data[at+1] != '"' {
			return at + 1
		}
		pos = at + 2
	}
}

// value returns value i of the record that split found last.
func (r *recordReader) value(i int) []byte {
	b := r.data[r.bounds[i] : r.bounds[i+1]-1]
	if n := len(b); i == len(r.bounds)-2 && n > 0 && b[n-1] == '\r' {
		b = b[:n-1] // of the line end
	}
	if len(b) == 0 || b[0] != '"' {
		return b
	}
	b = b[1 : len(b)-1]
	if bytes.IndexByte(b, '"') < 0 {
		return b
	}
	from := len(r.scratch)
	for {
		i := bytes.IndexByte(b, '"')
		if i < 0 {
			r.scratch = append(r.scratch, b...)
			return r.scratch[from:len(r.scratch):len(r.scratch)]
		}
		r.scratch = append(r.scratch, b[:i+1]...) // a doubled quote is one
		b = b[i+2:]
	}
}

// isQuoted says whether value i stands in quotes.
func (r *recordReader) isQuoted(i int) bool {
	return r.bounds[i] < len(r.data) && r.data[r.bounds[i]] == '"'
}

// skipLine moves past the line on which the last record began, after an error.
func (r *recordReader) skipLine() {
	if i := bytes.IndexByte(r.data[r.start:], '\n'); i >= 0 {
		r.pos = r.start + i + 1
	} else {
		r.pos = len(r.data)
	}
}

// lineOf returns the line number of the record that next returned last.
func (r *recordReader) lineOf(b block) int64 {
	return b.line + int64(bytes.Count(b.data[:r.start], []byte{'\n'}))
}

// delimiterOf returns the character that separates the values of a header line.
func delimiterOf(line []byte) byte {
	best, most := byte(','), 0
	for _, d := range []byte{',', ';', '\t', '|'} {
		if n := bytes.Count(line, []byte{d}); n > most {
			best, most = d, n
		}
	}
	return best
}
