package loader

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// peekSize is how much of a file is looked at to tell what it is.
const peekSize = 1 << 20

// unpack returns the content of r, unpacked where its first bytes say that it
// is packed, or an error that says what else it is.
func unpack(r io.Reader) (*bufio.Reader, error) {
	br := bufio.NewReaderSize(r, peekSize)
	head, err := br.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if bytes.HasPrefix(head, []byte{0x1f, 0x8b}) {
		zr, err := gzip.NewReader(br)
		if err != nil {
			return nil, fmt.Errorf("it begins like a gzip file, but is damaged: %w", err)
		}
		br = bufio.NewReaderSize(&gzipReader{zr}, peekSize)
	}
	return br, recognisable(br)
}

// gzipReader tells a gzip file that is cut off from one that ends.
type gzipReader struct{ r io.Reader }

func (g *gzipReader) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("the gzip file is cut off or damaged (%w); fetch it again", err)
	}
	return n, err
}

// recognisable says why what r begins with cannot be a CSV file.
func recognisable(r *bufio.Reader) error {
	head, err := r.Peek(peekSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch {
	case len(bytes.TrimSpace(bytes.TrimPrefix(head, bom))) == 0:
		return errors.New("the file is empty")
	case bytes.HasPrefix(head, []byte("PAR1")):
		return errors.New("it is a Parquet file, which usagereport does not read yet; export CSV")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return errors.New("it is a zip file or an Excel workbook; unpack it, or save the sheet as CSV")
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return errors.New("it is in UTF-16; save it as UTF-8")
	case bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(head, bom)), []byte("<")):
		return errors.New("it is a web page or XML, not a CSV file; perhaps the download needs a sign-in")
	case bytes.IndexByte(head, 0) >= 0:
		return errors.New("it is not a CSV file: it holds binary data")
	}
	return nil
}
