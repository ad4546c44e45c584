package loader

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

const (
	blockSize = 1 << 20
	// maxRecord bounds one record, so that a quote that never closes is an
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
				return fmt.Errorf("line %d: a record of over %d MiB: a quote that opens there is never closed", line, maxRecord>>20)
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
	ends := [256]bool{'\n': true, '"': true}
	ends[delim] = true
	return &recordReader{data: data, delim: delim, ends: &ends}
}

// A recordReader reads the records of one block. The fields it returns are
// valid until the next call.
type recordReader struct {
	data    []byte
	pos     int
	delim   byte
	ends    *[256]bool // bytes that end a run of plain text: the delimiter, a line end, a quote
	skip    []bool     // columns whose value nobody reads: it stays as it is written
	start   int        // where the last record began
	fields  [][]byte
	quoted  []bool // whether the field stood in quotes
	scratch []byte
}

var bom = []byte("\ufeff")

var (
	errBareQuote = errors.New(`a quotation mark inside a value that does not start with one`)
	errAfterText = errors.New(`text after a closing quotation mark`)
	errOpenQuote = errors.New(`a quotation mark is never closed: the file may be cut off`)
)

// next reads one record, skipping empty lines and a byte order mark at its
// start (exports have been seen with a second one before the first row). It
// returns io.EOF at the end.
func (r *recordReader) next() ([][]byte, error) {
	for {
		r.start = r.pos
		if bytes.HasPrefix(r.data[r.pos:], bom) {
			r.pos += len(bom)
		}
		if r.pos >= len(r.data) {
			return nil, io.EOF
		}
		switch {
		case r.data[r.pos] == '\n':
			r.pos++
			continue
		case r.data[r.pos] == '\r' && (r.pos+1 == len(r.data) || r.data[r.pos+1] == '\n'):
			r.pos = min(r.pos+2, len(r.data))
			continue
		}
		break
	}
	r.fields, r.quoted, r.scratch = r.fields[:0], r.quoted[:0], r.scratch[:0]
	data, pos := r.data, r.pos
	for {
		if pos < len(data) && data[pos] == '"' {
			field, next, err := r.quotedField(pos + 1)
			if err != nil {
				return nil, err
			}
			r.fields, r.quoted = append(r.fields, field), append(r.quoted, true)
			pos = next
		} else {
			i := pos
			for i < len(data) && !r.ends[data[i]] {
				i++
			}
			if i < len(data) && data[i] == '"' {
				return nil, errBareQuote
			}
			field := data[pos:i]
			if n := len(field); n > 0 && field[n-1] == '\r' && (i == len(data) || data[i] == '\n') {
				field = field[:n-1]
			}
			r.fields, r.quoted = append(r.fields, field), append(r.quoted, false)
			pos = i
		}
		if pos >= len(data) || data[pos] == '\n' {
			r.pos = min(pos+1, len(data))
			return r.fields, nil
		}
		pos++ // the delimiter
	}
}

// quotedField reads from after the opening quote to the delimiter or line end
// that follows the closing one.
func (r *recordReader) quotedField(pos int) (field []byte, next int, err error) {
	data := r.data
	start, from := pos, len(r.scratch)
	copied := false
	for {
		i := bytes.IndexByte(data[pos:], '"')
		if i < 0 {
			return nil, 0, errOpenQuote
		}
		i += pos
		if i+1 < len(data) && data[i+1] == '"' { // a doubled quote is one
			if n := len(r.fields); n < len(r.skip) && r.skip[n] {
				pos = i + 2
				continue
			}
			r.scratch = append(r.scratch, data[start:i+1]...)
			start, pos, copied = i+2, i+2, true
			continue
		}
		if copied {
			r.scratch = append(r.scratch, data[start:i]...)
			field = r.scratch[from:len(r.scratch):len(r.scratch)]
		} else {
			field = data[start:i:i]
		}
		next = i + 1
		if next < len(data) && data[next] == '\r' && (next+1 == len(data) || data[next+1] == '\n') {
			next++
		}
		if next < len(data) && data[next] != r.delim && data[next] != '\n' {
			return nil, 0, errAfterText
		}
		return field, next, nil
	}
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
	for _, d := range []byte{',', ';', '\t'} {
		if n := bytes.Count(line, []byte{d}); n > most {
			best, most = d, n
		}
	}
	return best
}
