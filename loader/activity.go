package loader

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// An activityRecord is one record of Azure's activity log: as the API and "az monitor
// activity-log list" give it, and as a diagnostic setting writes it into blobs. What both have
// has one field.
type activityRecord struct {
	EventTimestamp string
	Time           string // in blobs
	ResourceID     string `json:"resourceId"`
	OperationName  localized
	CorrelationID  string `json:"correlationId"`
	Category       localized

	Status     localized
	SubStatus  localized
	ResultType string // in blobs
	// ResultSignature is Status and SubStatus in blobs: "Succeeded.Created".
	ResultSignature string

	Caller   string
	Claims   json.RawMessage
	Identity json.RawMessage // in blobs; it holds the claims

	Properties json.RawMessage
}

// A localized is a text, or an object with it.
type localized string

// UnmarshalJSON implements json.Unmarshaler.
func (l *localized) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		*l = localized(text)
		return nil
	}
	var object struct{ Value string }
	err := json.Unmarshal(b, &object)
	*l = localized(object.Value)
	return err
}

// An activityRow is what the ledger keeps of a record.
type activityRow struct {
	ID         string `json:"id"`
	ResourceID string `json:"ResourceId"`
	At         string `json:"done_at"`
	What       string `json:"what"`
	Size       string `json:"size,omitempty"`
	Operation  string `json:"operation"`
	Caller     string `json:"caller,omitempty"`
}

// isActivity reports whether a file begins as an activity log does: records one after the
// other, in a list, or in an object's list of records, or of values.
func isActivity(br *bufio.Reader) bool {
	if !isJSON(br) {
		return false
	}
	head, _ := br.Peek(peekSize)
	record, err := newActivityLog(bufio.NewReader(bytes.NewReader(head))).next()
	if err != nil {
		return false
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(record, &fields); err != nil {
		return false
	}
	has := func(name string) bool {
		for field := range fields {
			if strings.EqualFold(field, name) {
				return true
			}
		}
		return false
	}
	return has("operationName") && has("resourceId") && (has("eventTimestamp") || has("time"))
}

// An activityLog reads the records of a log.
type activityLog struct {
	dec     *json.Decoder
	lines   *lineFeeds
	first   byte // with which the file begins: [ or {
	wrapped bool // the records are in a list of an object
	inList  bool
	more    bool // the file says that there are more
	line    int64
}

func newActivityLog(br *bufio.Reader) *activityLog {
	if head, _ := br.Peek(len(bom)); bytes.Equal(head, bom) {
		_, _ = br.Discard(len(bom)) // it was peeked at
	}
	head, _ := br.Peek(br.Size())
	l := &activityLog{lines: &lineFeeds{in: br}}
	l.dec = json.NewDecoder(l.lines)
	if begun := bytes.TrimLeft(head, " \t\r\n"); len(begun) > 0 {
		l.first = begun[0]
	}
	if l.first == '{' {
		inside := json.NewDecoder(bytes.NewReader(head))
		_, err := inside.Token()
		l.wrapped = err == nil && l.into(inside) == nil
	}
	return l
}

// into leads a decoder that is in an object to the first of its list of records.
func (l *activityLog) into(dec *json.Decoder) error {
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		if key == "records" || key == "value" {
			if t, err := dec.Token(); err != nil || t != json.Delim('[') {
				return errors.Join(err, errNoRecords)
			}
			return nil
		}
		if err := l.skip(dec, key); err != nil {
			return err
		}
	}
	return errNoRecords
}

var errNoRecords = errors.New("it has no records")

// skip passes over the value of a key.
func (l *activityLog) skip(dec *json.Decoder, key json.Token) error {
	var v json.RawMessage
	err := dec.Decode(&v)
	l.more = l.more || key == "nextLink" && len(v) > 2 && v[0] == '"'
	return err
}

// next returns the next record, and io.EOF after the last.
func (l *activityLog) next() (json.RawMessage, error) {
	for {
		switch {
		case l.inList && !l.dec.More():
			l.inList = false
			if _, err := l.dec.Token(); err != nil { // ]
				return nil, cutOff(err)
			}
			for l.wrapped && l.dec.More() {
				key, err := l.dec.Token()
				if err == nil {
					err = l.skip(l.dec, key)
				}
				if err != nil {
					return nil, cutOff(err)
				}
			}
			if l.wrapped {
				if _, err := l.dec.Token(); err != nil { // }
					return nil, cutOff(err)
				}
			}
			continue
		case !l.inList && (l.first == '[' || l.wrapped):
			if _, err := l.dec.Token(); err != nil { // the end, where nothing follows
				return nil, err
			}
			if l.wrapped {
				if err := l.into(l.dec); err != nil {
					return nil, cutOff(err)
				}
			}
			l.inList = true
			continue
		}
		var record json.RawMessage
		if err := l.dec.Decode(&record); err != nil {
			if l.inList {
				err = cutOff(err)
			}
			return nil, err
		}
		l.line = l.lines.at(l.dec.InputOffset() - int64(len(record)))
		return record, nil
	}
}

// cutOff is err where something must follow.
func cutOff(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// A lineFeeds remembers where the lines end of what is read through it.
type lineFeeds struct {
	in     io.Reader
	read   int64
	ends   []int64 // of lines that at has not passed
	passed int64
}

// Read implements io.Reader.
func (l *lineFeeds) Read(p []byte) (int, error) {
	n, err := l.in.Read(p)
	for i, b := range p[:n] {
		if b == '\n' {
			l.ends = append(l.ends, l.read+int64(i))
		}
	}
	l.read += int64(n)
	return n, err
}

// at returns the line of an offset, which is not before that of the last call.
func (l *lineFeeds) at(offset int64) int64 {
	n, _ := slices.BinarySearch(l.ends, offset)
	l.ends, l.passed = l.ends[n:], l.passed+int64(n)
	return l.passed + 1
}

// activityBatch is how many rows go into the ledger with one statement.
const activityBatch = 2000

// activity reads an activity log into the table of that name, where each row takes the place
// of what an earlier file said of the same.
func (c *content) activity(ctx context.Context, in *countedReader) error {
	if c.held != nil {
		return errAlone
	}
	c.res.Format, c.res.Title, c.res.Encoding = "activity", "Azure activity log", "UTF-8, JSON records"
	log := newActivityLog(bufio.NewReaderSize(in, peekSize))
	rows := map[string]activityRow{}
	var read, changed int64
	flush := func() error {
		n, err := putActivity(ctx, c.conn, rows, c.load.Ref)
		changed += n
		clear(rows)
		return err
	}
	for {
		record, err := log.next()
		if errors.Is(err, io.EOF) {
			break
		}
		read++
		if err != nil {
			return fmt.Errorf("record %d is no JSON object, or is cut off (%w); fetch the file again", read, err)
		}
		row, ok, err := activityOf(record, log.line)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if c.options.WithoutCallers {
			row.Caller = ""
		}
		c.res.Rows++
		if rows[row.ID] = row; len(rows) == activityBatch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := flush(); err != nil {
		return err
	}
	if n := read - c.res.Rows; n > 0 {
		c.res.Warnings = append(c.res.Warnings, fmt.Sprintf("%d of its %d records say of no resource that it was created, changed, deleted, "+
			"started or stopped, and were left out: what failed or has only begun, and what costs nothing", n, read))
	}
	if log.more {
		c.res.Warnings = append(c.res.Warnings, "it says that there are more (nextLink); fetch those, too, and load them")
	}
	if changed == 0 {
		c.res.Status = Unchanged
	}
	c.bytes += in.n
	return nil
}

func putActivity(ctx context.Context, conn *sql.Conn, rows map[string]activityRow, ref string) (int64, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	list := make([]activityRow, 0, len(rows))
	for _, r := range rows {
		list = append(list, r)
	}
	slices.SortFunc(list, func(x, y activityRow) int { return strings.Compare(x.ID, y.ID) })
	b, err := json.Marshal(list)
	if err != nil {
		return 0, err
	}
	done, err := conn.ExecContext(ctx, query("activity"), sql.Named("rows", string(b)), sql.Named("ref", ref))
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// maxActivityText is how long a text of a record may be.
const maxActivityText = 2000

// activityOf returns what a record says was done to a resource; ok is false where it says of
// none that something was done.
func activityOf(record json.RawMessage, line int64) (row activityRow, ok bool, err error) {
	var r activityRecord
	if err := json.Unmarshal(record, &r); err != nil {
		if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
			return row, false, wrongRecord(line, wrong.Field, wrong.Value, "is no text")
		}
		return row, false, wrongRecord(line, "", "", "is no record of an activity log: "+err.Error())
	}
	what := activityWhat(r)
	if what == "" {
		return row, false, nil
	}
	when, name := r.EventTimestamp, "eventTimestamp"
	if when == "" {
		when, name = r.Time, "time"
	}
	at, err := time.Parse(time.RFC3339Nano, when)
	if err != nil || at.Year() < 1990 || at.Year() > 2200 {
		return row, false, wrongRecord(line, name, when, "is not a time like 2026-11-04T08:15:00Z")
	}
	caller := r.who()
	for _, text := range []struct{ name, value string }{
		{"resourceId", r.ResourceID}, {"operationName", string(r.OperationName)}, {"caller", caller}, {"correlationId", r.CorrelationID},
	} {
		if len(text.value) > maxActivityText || strings.ContainsFunc(text.value, unicode.IsControl) {
			return row, false, wrongRecord(line, text.name, text.value, "holds a control character, or is longer than "+
				strconv.Itoa(maxActivityText)+" bytes")
		}
	}
	if r.ResourceID == "" {
		return row, false, wrongRecord(line, "resourceId", "", "is empty")
	}
	at = at.UTC().Truncate(time.Microsecond)
	tie := r.CorrelationID // of all records of one operation
	if tie == "" {
		tie = at.Format(time.RFC3339Nano)
	}
	operation := strings.ToLower(string(r.OperationName))
	return activityRow{
		ID:         strings.Join([]string{strings.ToLower(r.ResourceID), operation, what, strings.ToLower(tie)}, " "),
		ResourceID: r.ResourceID, At: at.Format("2006-01-02 15:04:05.999999"), What: what, Size: activitySize(r.Properties),
		Operation: string(r.OperationName), Caller: caller,
	}, true, nil
}

// wrongRecord says what is wrong in a record.
func wrongRecord(line int64, field, value, reason string) error {
	const most = 80
	if len(value) > most {
		value = strings.ToValidUTF8(value[:most], "") + "…"
	}
	return &RejectedError{First: Reject{Line: line, Column: field, Value: value, Reason: reason}}
}

// activityWhat says in a word what was done to a resource, "" for what failed, what has only
// begun, and what changes no cost.
func activityWhat(r activityRecord) string {
	category := strings.ToLower(string(r.Category))
	if !slices.Contains([]string{"", "administrative", "write", "delete", "action"}, category) {
		return ""
	}
	status := strings.ToLower(string(r.Status))
	if status == "" {
		status = strings.ToLower(r.ResultType)
	}
	if status != "succeeded" && status != "success" {
		return ""
	}
	operation := strings.ToLower(string(r.OperationName))
	for _, aside := range []string{
		"microsoft.authorization/", "microsoft.insights/", "microsoft.resources/deployments/", "microsoft.resources/tags/",
		"microsoft.policyinsights/", "microsoft.security/", "microsoft.support/",
	} {
		if strings.HasPrefix(operation, aside) {
			return ""
		}
	}
	if strings.HasSuffix(operation, "/delete") {
		return "deleted"
	}
	if strings.HasSuffix(operation, "/write") {
		_, sub, _ := strings.Cut(r.ResultSignature, ".")
		if strings.Contains(strings.ToLower(string(r.SubStatus)+" "+sub), "created") {
			return "created"
		}
		return "changed"
	}
	verb, ok := strings.CutSuffix(operation, "/action")
	if !ok {
		return ""
	}
	switch verb[strings.LastIndexByte(verb, '/')+1:] {
	case "start", "resume":
		return "started"
	case "deallocate", "stop", "poweroff", "pause":
		return "stopped"
	case "resize", "scale", "upgrade", "convert", "move":
		return "changed"
	}
	return ""
}

// who returns who did what a record says: the caller or, in blobs, what the claims say.
func (r activityRecord) who() string {
	if r.Caller != "" {
		return r.Caller
	}
	claims := r.Claims
	var identity struct{ Claims json.RawMessage }
	if len(claims) == 0 && json.Unmarshal(r.Identity, &identity) == nil {
		claims = identity.Claims
	}
	var all map[string]any
	if json.Unmarshal(claims, &all) != nil {
		return ""
	}
	for _, name := range []string{
		"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
		"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/spn", "name", "appid",
	} {
		if text, _ := all[name].(string); text != "" {
			return text
		}
	}
	return ""
}

// activitySize returns the size that a resource was given, as the request or the answer to
// it in a record's properties says; "" where neither does.
func activitySize(properties json.RawMessage) string {
	var p struct{ RequestBody, ResponseBody string }
	if json.Unmarshal(properties, &p) != nil {
		return ""
	}
	for _, text := range []string{p.ResponseBody, p.RequestBody} {
		var body struct {
			Sku struct {
				Name     string
				Capacity json.Number
			}
			Properties struct{ HardwareProfile struct{ VMSize string } }
		}
		_ = json.Unmarshal([]byte(text), &body) // what is of another shape says no size
		size := body.Properties.HardwareProfile.VMSize
		if size == "" {
			size = body.Sku.Name
			if n := body.Sku.Capacity.String(); size != "" && n != "" && n != "0" {
				size += " × " + n
			}
		}
		if size != "" && len(size) < 100 && !strings.ContainsFunc(size, unicode.IsControl) {
			return size
		}
	}
	return ""
}
