package loader

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/klauspost/compress/zstd"

	"usagereport/usage"
)

// FuzzLoad drives bytes through unpacking, recognition and reading, without the
// ledger, so that it tries thousands a second. There is no crash, no hang and no
// more memory than the limits allow; rows read are rows kept or rejected; and
// the total is the sum of the rows kept.
func FuzzLoad(f *testing.F) {
	formats, err := Formats()
	if err != nil {
		f.Fatal(err)
	}
	seed(f)
	f.Fuzz(func(t *testing.T, content []byte) {
		limits := Limits{Unpacked: 4 << 20, RatioFrom: 1 << 20, Entries: 20, Window: 1 << 20, TempDir: t.TempDir()}
		if bytes.Contains(content, []byte("PAR1")) {
			return // DuckDB reads it: TestParquetThatIsNone
		}
		u := newUnpacker(limits, nil)
		for m, err := range u.all(t.Context(), bytes.NewReader(content)) {
			if err != nil {
				continue
			}
			text, err := io.ReadAll(io.LimitReader(m, limits.Unpacked*2))
			if int64(len(text)) > limits.Unpacked*3/2 && m.encoding == "" { // UTF-16 grows
				t.Fatalf("%d bytes came out of %d", len(text), len(content))
			}
			if err != nil {
				continue
			}
			for _, allowed := range []int{0, 1 << 30} {
				readWhole(t, formats, text, allowed)
			}
		}
	})
}

// seed adds the samples, whole and packed in all ways.
func seed(f *testing.F) {
	paths, err := filepath.Glob("../testdata/usage/*/*.csv")
	if err != nil || len(paths) == 0 {
		f.Fatal(err, paths)
	}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		// Short ones are tried more often; of sections, the first two must be whole.
		end := min(len(b), max(0, bytes.Index(b, []byte("Daily Usage")))+4000)
		b = b[:bytes.LastIndexByte(b[:end], '\n')+1]
		var gz, zs, zp bytes.Buffer
		zw := zip.NewWriter(&zp)
		member, err1 := zw.Create("a/x.csv")
		zstdWriter, err2 := zstd.NewWriter(&zs, zstd.WithWindowSize(1<<17))
		if err := errors.Join(err1, err2); err != nil {
			f.Fatal(err)
		}
		gzipWriter := gzip.NewWriter(&gz)
		_, err = io.MultiWriter(member, zstdWriter, gzipWriter).Write(b)
		if err := errors.Join(err, zw.Close(), zstdWriter.Close(), gzipWriter.Close()); err != nil {
			f.Fatal(err)
		}
		wide := binary.LittleEndian.AppendUint16(nil, 0xfeff)
		for _, c := range utf16.Encode([]rune(string(b))) {
			wide = binary.LittleEndian.AppendUint16(wide, c)
		}
		var both bytes.Buffer
		gzipWriter = gzip.NewWriter(&both)
		_, err = gzipWriter.Write(zp.Bytes())
		if err := errors.Join(err, gzipWriter.Close()); err != nil {
			f.Fatal(err)
		}
		for _, s := range [][]byte{b, gz.Bytes(), zs.Bytes(), zp.Bytes(), both.Bytes(), both.Bytes()[:both.Len()/2], wide} {
			f.Add(s)
		}
	}
}

// readWhole reads a content as content does, without writing it anywhere.
func readWhole(t *testing.T, formats []*Format, text []byte, allowed int) {
	t.Helper()
	o := scanOptions{currency: usage.NoCurrency, maxRejects: allowed}
	br := bufio.NewReaderSize(bytes.NewReader(text), peekSize)
	sectioned, err := isSectioned(br, formats)
	if err != nil {
		t.Fatal(err)
	}
	if sectioned {
		head, _ := br.Peek(peekSize)
		delim, _ := beginsSections(head)
		s, err := readSections(t.Context(), formats, br, delim, o)
		if err != nil {
			return
		}
		holdSections(t, s)
		return
	}
	head, _ := br.Peek(peekSize)
	top, err := topOf(head, formats)
	if err != nil {
		return
	}
	header, size, delim := top.header, top.size, top.delim
	format, err := FormatOf(formats, header, nil)
	if err != nil {
		return
	}
	p := newPlan(format, header, delim, o)
	if _, err := p.decide(head[size:], len(head) < peekSize, func() (DayOrder, string) { return OrderByEvidence, "" }); err != nil {
		return
	}
	var c counts
	kept := int64(0)
	sum := new(big.Int)
	err = scan(t.Context(), p, newDictionary(), bytes.NewReader(text[size:]), 1, func(rs *rows) error {
		c.add(rs.counts)
		if len(c.rejects) > allowed {
			return &RejectedError{First: c.rejects[0], More: len(c.rejects) - 1}
		}
		kept += int64(len(rs.keys))
		for _, column := range rs.numbers {
			if len(column) != len(rs.keys) {
				t.Fatalf("%d numbers for %d rows", len(column), len(rs.keys))
			}
		}
		for _, d := range rs.numbers[p.total] {
			sum.Add(sum, d.Big())
		}
		return nil
	})
	if err != nil {
		return
	}
	for _, r := range c.sums { // as if none were the file's total
		c.rejects = append(c.rejects, r.Reject)
	}
	if c.read+c.credits != kept+int64(len(c.rejects)) {
		t.Fatalf("%d rows read, %d kept, %d rejected", c.read, kept, len(c.rejects))
	}
	total := new(big.Int)
	for _, d := range c.totals {
		total.Add(total, d.Big())
	}
	if total.Cmp(sum) != 0 {
		t.Fatalf("the total is %s, the sum of the rows %s", total, sum)
	}
	holdToCSV(t, p, text[size:], c, sum)
}

// holdToCSV holds the total to what encoding/csv and math/big make of the same
// text, where they read the same rows.
func holdToCSV(t *testing.T, p *plan, text []byte, c counts, sum *big.Int) {
	t.Helper()
	if len(c.rejects) > 0 || c.rounded > 0 || c.blank > 0 || c.headers > 0 || bytes.Contains(text, bom) || bytes.Contains(text, []byte("\r")) {
		return // the program is more lenient
	}
	if c.credits > 0 || len(p.kinds) > 0 {
		return // they are charges, and no rows
	}
	if p.decimals == DecimalComma || p.grouped {
		return // math/big reads points alone
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord = rune(p.delim), -1
	records, err := r.ReadAll()
	if err != nil {
		return
	}
	if int64(len(records)) != c.read+c.idle {
		t.Fatalf("%d rows read, and %d on which nothing was used, encoding/csv reads %d", c.read, c.idle, len(records))
	}
	want, at := new(big.Rat), p.numbers[p.total]
	for _, fields := range records {
		v := string(trimBlanks([]byte(strings.TrimSpace(fields[at]))))
		if v == "" || isNull([]byte(v)) {
			continue
		}
		d, ok := new(big.Rat).SetString(ungrouped(v))
		if !ok {
			t.Fatalf("%q was read as a number", v)
		}
		want.Add(want, d)
	}
	got := new(big.Rat).SetFrac(sum, new(big.Int).Exp(big.NewInt(10), big.NewInt(18), nil))
	if got.Cmp(want) != 0 {
		t.Fatalf("the total is %s, encoding/csv and math/big say %s", got.FloatString(18), want.FloatString(18))
	}
}

// holdSections holds an Account Center file to its statement: the shares add up
// to the lines.
func holdSections(t *testing.T, s *sections) {
	t.Helper()
	rs := s.rows
	oneTime := 0
	sum, lines, total := new(big.Int), new(big.Int), new(big.Int)
	for _, d := range rs.numbers[1] {
		sum.Add(sum, d.Big())
	}
	for _, l := range s.lines {
		lines.Add(lines, l.value.Big())
		if len(l.rows) == 0 && l.value.Sign() != 0 {
			oneTime++
		}
	}
	for _, d := range s.counts.totals {
		total.Add(total, d.Big())
	}
	if sum.Cmp(lines) != 0 || total.Cmp(lines) != 0 {
		t.Fatalf("the rows' costs are %s, the total %s, the statement's %s", sum, total, lines)
	}
	if got, want := int64(len(rs.keys)), s.counts.read-int64(len(s.counts.rejects))+int64(oneTime); got != want {
		t.Fatalf("%d rows, want %d: %d read, %d rejected, %d of the statement alone", got, want, s.counts.read, len(s.counts.rejects), oneTime)
	}
	for _, n := range []int{len(rs.days[0]), len(rs.numbers[0]), len(rs.numbers[1]), len(rs.null[0])} {
		if n != len(rs.keys) {
			t.Fatalf("columns of different lengths: %d and %d", n, len(rs.keys))
		}
	}
}
