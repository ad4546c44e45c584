package loader

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// isJSON reports whether a file begins as one of JSON rows does.
func isJSON(br *bufio.Reader) bool {
	head, _ := br.Peek(peekSize)
	head = bytes.TrimLeft(bytes.TrimPrefix(head, bom), " \t\r\n")
	if bytes.HasPrefix(head, []byte("[")) {
		head = bytes.TrimLeft(head[1:], " \t\r\n")
	}
	return bytes.HasPrefix(head, []byte("{")) && bytes.HasPrefix(bytes.TrimLeft(head[1:], " \t\r\n"), []byte(`"`))
}

// holdsUsage reports whether the JSON file that br begins is one that is read.
func holdsUsage(br *bufio.Reader, formats []*Format) bool {
	if !isJSON(br) {
		return false
	}
	if isActivity(br) {
		return true
	}
	in := io.Reader(br)
	if isPages(br) {
		in = newJSONPages(br)
	}
	rows, err := newJSONRows(bufio.NewReaderSize(in, peekSize), formats)
	return err == nil && isKnown(formats, rows.names)
}

// A jsonRows reads JSON rows, one object a line or a list of them, as CSV: numbers as
// they are written, fields of fields under their path (service.description), lists as
// JSON. A field that is null may be missing from a row, so the header has the columns
// of the first megabyte and all that a format reads.
type jsonRows struct {
	dec     *json.Decoder
	list    bool
	whole   map[string]bool // the objects that are one value
	columns map[string]int
	names   []string
	out     bytes.Buffer
	rows    int64
	ended   bool
}

func newJSONRows(br *bufio.Reader, formats []*Format) (*jsonRows, error) {
	head, err := br.Peek(peekSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if bytes.HasPrefix(head, bom) {
		_, _ = br.Discard(len(bom)) // it was peeked at
		head = head[len(bom):]
	}
	list := bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("["))
	names := jsonNames(head, list, nil)
	whole := wholeColumns(formats, names)
	j := &jsonRows{
		dec: json.NewDecoder(br), list: list, whole: whole,
		columns: map[string]int{}, names: jsonNames(head, list, whole),
	}
	if f, err := FormatOf(formats, j.names, nil); err == nil {
		have := Header(j.names).index()
		for _, name := range slices.Concat(f.Days, f.Numbers, f.texts, f.kindColumns(), []string{f.Credits}) {
			if name != "" && have.find(f.spellings(name)) < 0 {
				j.names = append(j.names, name)
			}
		}
		for _, t := range f.Tagged {
			if t.many() && have.find(column{t.name}) < 0 {
				j.names = append(j.names, t.name)
			}
		}
	}
	for i, name := range j.names {
		j.columns[name] = i
	}
	return j, j.write(j.names)
}

// jsonNames returns the columns of the rows with which a file begins.
func jsonNames(head []byte, list bool, whole map[string]bool) []string {
	seen := map[string]bool{}
	j := &jsonRows{dec: json.NewDecoder(bytes.NewReader(head)), list: list, whole: whole}
	for {
		row, err := j.next()
		if err != nil {
			return slices.Sorted(maps.Keys(seen)) // the end, or the middle of a row
		}
		for name := range row {
			seen[name] = true
		}
	}
}

// next returns the next row, by its columns.
func (j *jsonRows) next() (map[string]string, error) {
	if j.list && j.rows == 0 {
		if _, err := j.dec.Token(); err != nil {
			return nil, err
		}
	}
	j.rows++
	if j.list && !j.dec.More() {
		return nil, io.EOF
	}
	var object map[string]json.RawMessage
	if err := j.dec.Decode(&object); err != nil {
		return nil, err
	}
	row := map[string]string{}
	return row, j.flatten(row, "", object)
}

// flatten puts an object's fields into a row, under the path that leads to them.
func (j *jsonRows) flatten(row map[string]string, path string, object map[string]json.RawMessage) error {
	for name, value := range object {
		if !bytes.HasPrefix(value, []byte("{")) || j.whole[fold(path+name)] {
			row[path+name] = jsonText(value)
			continue
		}
		var inner map[string]json.RawMessage
		if err := json.Unmarshal(value, &inner); err != nil {
			return err
		}
		if err := j.flatten(row, path+name+".", inner); err != nil {
			return err
		}
	}
	return nil
}

// wholeColumns returns the folded names of the columns that the format of a header reads
// as they are: an object of such a name is not taken apart.
func wholeColumns(formats []*Format, h Header) map[string]bool {
	f, err := FormatOf(formats, h, nil)
	if err != nil {
		return nil
	}
	whole := map[string]bool{}
	for _, name := range f.texts {
		for _, spelled := range f.spellings(name) {
			whole[fold(spelled)] = true
		}
	}
	for _, t := range f.Tagged {
		whole[fold(t.name)] = true
	}
	return whole
}

// Read implements io.Reader.
func (j *jsonRows) Read(p []byte) (int, error) {
	for j.out.Len() == 0 && !j.ended {
		row, err := j.next()
		switch {
		case errors.Is(err, io.EOF):
			j.ended = true
			continue
		case err != nil:
			return 0, fmt.Errorf("row %d is no JSON object, or is cut off (%w); fetch the file again", j.rows, err)
		}
		values := make([]string, len(j.names))
		for name, value := range row {
			if i, ok := j.columns[name]; ok {
				values[i] = value
			}
		}
		if err := j.write(values); err != nil {
			return 0, err
		}
	}
	if j.out.Len() == 0 {
		return 0, io.EOF
	}
	return j.out.Read(p)
}

func (j *jsonRows) write(values []string) error {
	w := csv.NewWriter(&j.out)
	if err := w.Write(values); err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}
