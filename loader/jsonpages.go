package loader

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// A jsonPages reads the pages in which the usage APIs of OpenAI and others answer,
// {"data": [{"start_time": …, "results": [{…}]}], "has_more": …}, as JSON rows: each
// result with the fields of the bucket that it is in. Pages may follow each other or
// stand in a list, and so may buckets.
type jsonPages struct {
	dec  *json.Decoder
	out  bytes.Buffer
	n    int  // how many values were read
	more bool // the last page says that there are more
	list bool
}

// isPages reports whether a file of JSON begins as such pages do.
func isPages(br *bufio.Reader) bool {
	head, _ := br.Peek(peekSize)
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(head, bom)))
	var keys []string // that lead here, "" for a list
	inObject := false
	for len(keys) < 5 {
		t, err := dec.Token()
		if err != nil {
			return false
		}
		switch t := t.(type) {
		case json.Delim:
			switch t {
			case '{':
				keys, inObject = append(keys, ""), true
			case '[':
				keys, inObject = append(keys, "[]"), false
			default:
				if keys = keys[:len(keys)-1]; len(keys) == 0 || len(keys) == 1 && keys[0] == "[]" {
					return false // the first row has neither
				}
				inObject = keys[len(keys)-1] != "[]"
			}
		case string:
			if !inObject {
				continue
			}
			// A key; its value is next, and read here unless it is a list or an object.
			if t == "results" || t == "data" && len(keys) <= 2 {
				v, err := dec.Token()
				if d, ok := v.(json.Delim); err == nil && ok && d == '[' {
					if t == "results" {
						return true
					}
					keys, inObject = append(keys, "[]"), false
					continue
				}
				return false
			}
			if err := skipValue(dec); err != nil {
				return false
			}
		}
	}
	return false
}

// skipValue reads a value and forgets it.
func skipValue(dec *json.Decoder) error {
	var v json.RawMessage
	return dec.Decode(&v)
}

func newJSONPages(r io.Reader) *jsonPages {
	br := bufio.NewReaderSize(r, peekSize)
	if head, _ := br.Peek(len(bom)); bytes.Equal(head, bom) {
		_, _ = br.Discard(len(bom)) // it was peeked at
	}
	return &jsonPages{dec: json.NewDecoder(br)}
}

// Read implements io.Reader.
func (j *jsonPages) Read(p []byte) (int, error) {
	for j.out.Len() == 0 {
		if err := j.next(); err != nil {
			if errors.Is(err, io.EOF) {
				return 0, io.EOF
			}
			return 0, fmt.Errorf("page %d is cut off, or is no page with data and results (%w); fetch it again", j.n, err)
		}
	}
	return j.out.Read(p)
}

// next reads a page or, in a list of them, one.
func (j *jsonPages) next() error {
	if j.list && !j.dec.More() {
		_, err := j.dec.Token() // ]
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		j.list = false
		return err
	}
	var v json.RawMessage
	if !j.list {
		if b, err := j.peek(); err != nil {
			return err
		} else if b == '[' {
			_, err := j.dec.Token()
			j.list = true
			return err
		}
	}
	j.n++
	if err := j.dec.Decode(&v); err != nil {
		return err
	}
	return j.page(v)
}

var errNoPage = errors.New("it has no data")

// peek returns the first byte of the next value.
func (j *jsonPages) peek() (byte, error) {
	if !j.dec.More() { // it skips blanks, and reads on
		_, err := j.dec.Token() // the end, unless something stands there that is no value
		return 0, cmp.Or(err, errNoPage)
	}
	rest, err := io.ReadAll(io.LimitReader(j.dec.Buffered(), 1))
	if err != nil || len(rest) == 0 {
		return '{', err
	}
	return rest[0], nil
}

type page struct {
	Data    []json.RawMessage `json:"data"`
	More    bool              `json:"has_more"`
	Results json.RawMessage   `json:"results"`
}

// page writes the rows of a page or of a bucket.
func (j *jsonPages) page(v json.RawMessage) error {
	var p page
	if err := json.Unmarshal(v, &p); err != nil {
		return err
	}
	if p.Results != nil {
		return j.bucket(v)
	}
	if p.Data == nil {
		return errNoPage
	}
	j.more = p.More
	for _, b := range p.Data {
		if err := j.bucket(b); err != nil {
			return err
		}
	}
	return nil
}

// bucket writes a bucket's results, one a line.
func (j *jsonPages) bucket(v json.RawMessage) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(v, &fields); err != nil {
		return err
	}
	var results []map[string]json.RawMessage
	if err := json.Unmarshal(fields["results"], &results); err != nil {
		return fmt.Errorf("results: %w", err)
	}
	delete(fields, "results")
	delete(fields, "object")
	for name, value := range fields {
		if day := isoTime(name, value); day != nil {
			fields[name+"_iso"] = day
		}
	}
	for _, r := range results {
		for name, value := range fields {
			if _, ok := r[name]; !ok {
				r[name] = value
			}
		}
		b, err := json.Marshal(r)
		if err != nil {
			return err
		}
		j.out.Write(append(b, '\n'))
	}
	return nil
}

// isoTime returns the time that a field like start_time gives in seconds since 1970, as
// text, nil for another field.
func isoTime(name string, value json.RawMessage) json.RawMessage {
	seconds, err := strconv.ParseInt(string(value), 10, 64)
	if err != nil || !strings.HasSuffix(name, "_time") {
		return nil
	}
	return json.RawMessage(strconv.Quote(time.Unix(seconds, 0).UTC().Format(time.RFC3339)))
}
