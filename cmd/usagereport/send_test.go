package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"io"
	"log"
	"maps"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/textproto"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"usagereport/usage"
)

// A postOffice is a mail server.
type postOffice struct {
	mu    sync.Mutex
	mails []posted
	// refuse are addresses that it does not take; data, if set, is called when a
	// mail is whole.
	refuse []string
	data   func(c *smtp.Conn)
	config string // that names it
}

type posted struct {
	to    []string
	bytes string
}

type postSession struct {
	*postOffice
	c  *smtp.Conn
	to []string
}

func (p *postOffice) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &postSession{postOffice: p, c: c}, nil
}

func (s *postSession) Reset()                               { s.to = nil }
func (s *postSession) Logout() error                        { return nil }
func (s *postSession) Mail(string, *smtp.MailOptions) error { return nil }
func (s *postSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Contains(s.refuse, to) {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "nobody here is called so"}
	}
	s.to = append(s.to, to)
	return nil
}

func (s *postSession) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.mails = append(s.mails, posted{s.to, string(b)})
	data := s.data
	s.mu.Unlock()
	if data != nil {
		data(s.c)
	}
	return nil
}

// take returns the mails since the last call, by address.
func (p *postOffice) take() map[string]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := map[string]string{}
	for _, m := range p.mails {
		for _, to := range m.to {
			out[to] += m.bytes
		}
	}
	p.mails = nil
	return out
}

func openPostOffice(t *testing.T) *postOffice {
	t.Helper()
	p := &postOffice{}
	s := smtp.NewServer(p)
	s.Domain, s.ErrorLog = "mail.example", log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Serve(l) }() // it ends with an error, that it was closed
	t.Cleanup(func() { _ = s.Close() })
	p.config = fmt.Sprintf("sender: finops@example.org\nadmin: boss@example.org\nchannels:\n  mail: {kind: mail, host: 127.0.0.1, port: %d, tls: none, attach: [html, xlsx]}\n", l.Addr().(*net.TCPAddr).Port)
	return p
}

const sendOwners = `name,email,channel,rule
Ada,ada@example.org,mail,SubAccountId=one
Ben,ben@example.org,mail,SubAccountId=two
Cleo,cleo@example.org,mail,SubAccountId=three
`

// sendDesk has three owners' charges of three months, and a mail server.
func sendDesk(d *desk) (*postOffice, []string) {
	for i, account := range []string{"one", "two", "three"} {
		c := charge{account: account, service: "Storage", meter: "Data", resource: "disk-" + account}
		d.take(focus().file(c.over("2026-08-01", "2026-11-15", about(float64(40+10*i)))))
	}
	p := openPostOffice(d.T)
	return p, []string{"send", "--config", d.write("usagereport.yaml", p.config), "--owners", d.write("owners.csv", sendOwners)}
}

func TestSend(t *testing.T) {
	t.Parallel()
	runCases(t, []namedCase{
		{"one cannot be delivered", func(d *desk) {
			p, send := sendDesk(d)
			p.refuse = []string{"ben@example.org"}
			out, errs := d.run(exitFailed, append(send, "--format", "csv")...)
			for _, want := range []string{"Ada,sent,mail,ada@example.org,", "Ben,failed,mail,ben@example.org,", "Cleo,sent,mail,"} {
				d.has(out, want)
			}
			d.has(errs, "send to Ben: mail R-", "550", "nobody here is called so")
			got := p.take()
			if len(got) != 3 || got["ada@example.org"] == "" || got["cleo@example.org"] == "" {
				d.Errorf("mails went to %d: %v", len(got), errs)
			}
			summary := readMail(d.T, got["boss@example.org"])
			d.has(summary.header.Get("Subject"), "Reports: 2 sent, 1 failed")
			d.has(summary.text, "failed: Ben", "nobody here is called so", "sent: Ada")
			// The next run sends that one alone, and the one after it nothing.
			p.refuse = nil
			d.has(first(d.run(exitDone, append(send, "--format", "csv")...)), "Ada,not sent,", "Ben,sent,", "Cleo,not sent,")
			if got := p.take(); len(got) != 2 || got["ben@example.org"] == "" {
				d.Errorf("then mails went to %d", len(got))
			}
			d.has(first(d.run(exitDone, append(send, "--format", "csv")...)), "Ada,not sent,", "Ben,not sent,", "Cleo,not sent,")
			if got := p.take(); len(got) != 0 {
				d.Errorf("with nothing to say, mails to %v", slices.Sorted(maps.Keys(got)))
			}
			d.has(first(d.run(exitDone, append(send, "--status", "--format", "csv")...)), ",report,Ben,2026-10,sent,mail,ben@example.org,")
		}},
		{"nobody knows whether it has arrived", func(d *desk) {
			p, send := sendDesk(d)
			send = append(send, "--owner", "Ada")
			p.data = func(c *smtp.Conn) { _ = c.Conn().Close() }
			_, errs := d.run(exitFailed, send...)
			d.has(errs, "it may have arrived or not")
			one := p.take()["ada@example.org"]
			p.data = nil
			out, _ := d.run(exitFailed, append(send, "--format", "csv")...)
			d.has(out, "Ada,unsure,", "the one of 2026-11-23 may have arrived: see whether ada@example.org has it, then give --unsure sent or --unsure resend")
			if got := p.take(); got["ada@example.org"] != "" {
				d.Error("it was sent again, and nobody said so")
			}
			d.has(first(d.run(exitDone, append(send, "--unsure", "resend", "--format", "csv")...)), "Ada,sent,")
			two := p.take()["ada@example.org"]
			if id := readMail(d.T, one).header.Get("Message-Id"); id == "" || id != readMail(d.T, two).header.Get("Message-Id") {
				d.Error("the mail that was sent again has another ID: programs show both")
			}
			d.has(first(d.run(exitDone, append(send, "--format", "csv")...)), "Ada,not sent,", "sent on 2026-11-23")
		}},
		{"it has arrived, somebody says", func(d *desk) {
			p, send := sendDesk(d)
			send = append(send, "--owner", "Ada")
			p.data = func(c *smtp.Conn) { _ = c.Conn().Close() }
			d.run(exitFailed, send...)
			p.data = nil
			p.take()
			d.has(first(d.run(exitDone, append(send, "--unsure", "sent", "--format", "csv")...)), "Ada,not sent,", "counts as sent")
			d.has(first(d.run(exitDone, append(send, "--format", "csv")...)), "Ada,not sent,", "sent on 2026-11-23")
			if got := p.take(); got["ada@example.org"] != "" {
				d.Error("it was sent again")
			}
		}},
		{"what has changed", func(d *desk) {
			p, send := sendDesk(d)
			d.run(exitDone, send...)
			p.take()
			more := charge{account: "one", service: "Tax", meter: "VAT", resource: "tax"}
			c := charge{account: "one", service: "Storage", meter: "Data", resource: "disk-one"}
			both := slices.Concat(c.over("2026-10-01", "2026-10-31", about(40)), more.over("2026-10-31", "2026-10-31", func(int, usage.Day) string { return "312.40" }))
			d.take(focus().file(both))
			d.has(first(d.run(exitDone, append(send, "--format", "csv")...)), "Ada,not sent,", "the total has changed by +312.40 EUR since, --corrected sends that", "Ben,not sent,")
			d.has(first(d.run(exitDone, append(send, "--corrected", "--format", "csv")...)), "Ada,sent,", "Corrected: Ada, October: EUR 1,548.80 instead of 1,236.40", "Ben,not sent,")
			got := p.take()
			if len(got) != 2 {
				d.Errorf("mails went to %d", len(got))
			}
			ada := readMail(d.T, got["ada@example.org"])
			d.has(ada.header.Get("Subject"), "Corrected: Ada, October: EUR 1,548.80 instead of 1,236.40")
			d.has(first(d.run(exitDone, append(send, "--corrected", "--format", "csv")...)), "Ada,not sent,")
		}},
	})
}

func first(s, _ string) string { return s }

// A process that is killed while a mail is on its way leaves it unsure, and the
// others to be sent.
func TestSendKilled(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p, send := sendDesk(d)
	arrived := make(chan struct{}, 10)
	hold := make(chan struct{})
	p.data = func(*smtp.Conn) { arrived <- struct{}{}; <-hold }
	c, out := runner{t, d.dir}.command(append(send, "--db", d.env["USAGEREPORT_DB"], "--owner", "Ada")...)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	<-arrived
	_, errs := d.run(exitFailed, send...)
	d.has(errs, "another process is sending from")
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err == nil {
		t.Fatalf("it ended well: %s", out)
	}
	close(hold)
	p.mu.Lock()
	p.data = nil
	p.mu.Unlock()
	p.take()
	got, _ := d.run(exitFailed, append(send, "--format", "csv")...)
	d.has(got, "Ada,unsure,", "Ben,sent,", "Cleo,sent,")
	if mails := p.take(); mails["ada@example.org"] != "" || mails["ben@example.org"] == "" {
		t.Errorf("mails went to %d", len(mails))
	}
}

// A mail that leads to a report in a store: the owner's link opens theirs, and the
// administrator has links to all.
func TestSendLinks(t *testing.T) {
	backend := s3mem.New()
	if err := backend.CreateBucket("reports"); err != nil {
		t.Fatal(err)
	}
	store := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(store.Close)
	nothing := filepath.Join(t.TempDir(), "nothing")
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "AWS_REGION": "eu-central-1",
		"AWS_ENDPOINT_URL": store.URL, "AWS_CONFIG_FILE": nothing, "AWS_SHARED_CREDENTIALS_FILE": nothing, "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(name, value)
	}
	d := newDesk(t)
	p, send := sendDesk(d)
	d.env["PATHS"] = "0123456789abcdef-of-paths"
	d.write("usagereport.yaml", strings.Replace(p.config, "attach: [html, xlsx]}", "link: store}\n  store: {kind: blob, store: s3://reports/owners, key: {env: PATHS}}", 1))
	for range 2 { // written and looked at first, then sent
		out := d.path("outbox")
		if err := os.RemoveAll(out); err != nil {
			t.Fatal(err)
		}
		d.run(exitDone, append(send, "--out", out)...)
	}
	d.run(exitDone, "send", "--config", d.path("usagereport.yaml"), "--from", d.path("outbox"))
	got := p.take()
	link := regexp.MustCompile(`http://[^"\s]+X-Amz-Signature=[0-9a-f]+`)
	pages := map[string]string{}
	for _, to := range []string{"ada@example.org", "ben@example.org", "boss@example.org"} {
		m := readMail(t, got[to])
		if len(m.files) > 2 { // the page and the chart
			t.Errorf("%s: %d files come along", to, len(m.files))
		}
		resp, err := http.Get(html.UnescapeString(link.FindString(m.text)))
		if err != nil {
			t.Fatalf("%s: %v in\n%s", to, err, m.text)
		}
		b, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s, %v", to, resp.Status, err)
		}
		pages[to] = string(b)
	}
	d.has(pages["ada@example.org"], "Cloud cost of Ada")
	d.has(pages["ben@example.org"], "Cloud cost of Ben")
	d.has(pages["boss@example.org"], "<bdi>Ada</bdi>", "<bdi>Ben</bdi>", "<bdi>Cleo</bdi>")
}

// A read mail.
type readable struct {
	header mail.Header
	text   string            // the plain part
	files  map[string][]byte // attachments and images, by name; mail.html is the page
}

func readMail(t *testing.T, text string) readable {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatal(err, text)
	}
	r := readable{header: m.Header, files: map[string][]byte{}}
	if s, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err == nil {
		r.header["Subject"] = []string{s}
	}
	r.part(t, textproto.MIMEHeader(m.Header), m.Body)
	return r
}

// decoded takes away the encoding of a part that multipart leaves there.
func decoded(h textproto.MIMEHeader, body io.Reader) io.Reader {
	switch strings.ToLower(h.Get("Content-Transfer-Encoding")) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	}
	return body
}

func (m *readable) part(t *testing.T, h textproto.MIMEHeader, body io.Reader) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		for r := multipart.NewReader(body, params["boundary"]); ; {
			p, err := r.NextPart() // which decodes quoted-printable
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			m.part(t, p.Header, p)
		}
	}
	b, err := io.ReadAll(decoded(h, body))
	if err != nil {
		t.Fatal(err)
	}
	_, named, _ := mime.ParseMediaType(h.Get("Content-Disposition"))
	switch {
	case named["filename"] != "":
		m.files[named["filename"]] = b
	case kind == "text/html":
		m.files["mail.html"] = b
	default:
		m.text += string(b)
	}
}

// What --out writes holds nothing of other owners: no name, id, or total; and the
// owners' totals with what is nobody's are the bill.
func TestSentIsTheirsAlone(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	files, err := filepath.Glob(demoOf(t).files + "/2026-*.csv")
	if err != nil || len(files) < 9 {
		t.Fatal(files, err)
	}
	d.run(exitDone, append([]string{"load", "-q"}, files[len(files)-5:]...)...)
	owners := d.write("owners.csv", "name,email,channel,rule\nTeam Shop,a@example.org,mail,Tags.owner=shop\nPlattform Nord,b@example.org,mail,Tags.owner=platform\nFinanzen Ost,c@example.org,files,Tags.owner=finance\n")
	config := d.write("usagereport.yaml", "sender: finops@example.org\nchannels:\n  mail: {kind: mail, host: 127.0.0.1, attach: [html, xlsx]}\n  files: {kind: folder, dir: filed, attach: [html, xlsx]}\n")
	out := d.path("outbox")
	sent, _ := d.rows("send", "--owners", owners, "--config", config, "--out", out, "--quiet")
	listed, _ := d.rows("owners", "list", "--period", "last", "--owners", owners)
	var sum, bill usage.Decimal
	cost := map[string]string{}
	for _, row := range listed {
		c, _, err := usage.ParseDecimal(row["cost"])
		if err != nil {
			t.Fatal(err)
		}
		sum = sum.Add(c)
		cost[row["owner"]] = c.Round(2).Text(2)
	}
	periods, _ := d.rows("periods")
	for _, row := range periods {
		if row["period"] == "2026-10" {
			if bill, _, err = usage.ParseDecimal(row["total"]); err != nil {
				t.Fatal(err)
			}
		}
	}
	if bill.Sign() == 0 || sum.Cmp(bill) != 0 || len(sent) != 3 {
		t.Errorf("%d reports; the owners' and nobody's costs add up to %v, the bill is %v", len(sent), sum, bill)
	}
	for _, row := range sent {
		if owner := row["owner"]; row["cost"] != cost[owner]+" EUR" {
			t.Errorf("%s is sent %s, and %s is theirs", owner, row["cost"], cost[owner])
		}
	}
	names := map[string][]string{} // that charges of others have, and none of theirs
	for _, row := range sent {
		rows, _ := d.rows("query", "--owners", owners, `WITH texts AS (
				SELECT unnest([SubAccountId, SubAccountName, ResourceId, ResourceName, x_ResourceGroupName, x_Owner]) AS text, coalesce(x_Owner = '`+row["owner"]+`', false) AS theirs FROM usage
			) SELECT text FROM texts WHERE text <> '' GROUP BY text HAVING NOT bool_or(theirs) ORDER BY text`)
		for _, r := range rows {
			names[row["owner"]] = append(names[row["owner"]], r["text"])
		}
		for other, c := range cost {
			if other != row["owner"] {
				names[row["owner"]] = append(names[row["owner"]], c)
			}
		}
	}
	dirs, err := filepath.Glob(filepath.Join(out, "*-R-*"))
	if err != nil || len(dirs) != 3 {
		t.Fatal(dirs, err)
	}
	for _, dir := range dirs {
		owner := ""
		for name := range names {
			if strings.HasPrefix(filepath.Base(dir), strings.ReplaceAll(name, " ", "_")) {
				owner = name
			}
		}
		texts := textsOf(t, dir)
		if len(texts) < 4 || len(names[owner]) < 40 {
			t.Errorf("%s: %d texts, %d foreign names: the test finds nothing", dir, len(texts), len(names[owner]))
		}
		for file, text := range texts {
			for _, name := range names[owner] {
				if strings.Contains(text, name) && !strings.Contains(owner, name) {
					t.Errorf("%s: %s holds %q, which is not theirs", owner, file, name)
				}
			}
			if !strings.Contains(text, cost[owner]) && !strings.Contains(strings.ReplaceAll(text, ",", ""), cost[owner]) && !strings.HasSuffix(file, ".png") && !strings.HasSuffix(file, ".xlsx") {
				t.Errorf("%s: %s does not hold the total %s", owner, file, cost[owner])
			}
		}
	}
}

// textsOf returns all texts of the files of a parcel, those in its mail with them.
func textsOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string][]byte{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(e.Name()) != ".eml" {
			files[e.Name()] = b
			continue
		}
		m := readMail(t, string(b))
		files["mail.txt"] = []byte(m.header.Get("Subject") + "\n" + m.text)
		for name, b := range m.files {
			files["mail/"+name] = b
		}
	}
	out := map[string]string{}
	for name, b := range files {
		if filepath.Ext(name) != ".xlsx" {
			out[name] = string(b)
			continue
		}
		z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			out[name] += string(b)
		}
	}
	return out
}

// A total that has changed since it was sent, and that nobody has sent again, is told to the administrator once, and once more where
// it changes again; one of an open bill is not.
func TestChangedTotalIsToldOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	month := func(last string) string {
		return focus().file(slices.Concat(charge{}.over("2026-10-01", "2026-10-30", each("10")), charge{}.over("2026-10-31", "2026-10-31", each(last))))
	}
	open := func(last string) string { return focus().file(charge{}.over("2026-11-01", last, each("10"))) }
	config := d.write("usagereport.yaml", "sender: finops@example.org\nadmin: boss@example.org\nchannels:\n  folder: {kind: folder, dir: "+d.path("sent")+"}\n")
	owners := d.write("owners.csv", "name,email,rule\nData,data@example.org,SubAccountId=*\n")
	for i, run := range []struct {
		file string
		want int // summaries so far
	}{
		{month("10"), 1},
		{"", 1},
		{month("17.5"), 2},
		{"", 2},
		{"", 2},
		{month("18.5"), 3},
		{"", 3},
		{open("2026-11-10"), 4},
		{"", 4},
		{open("2026-11-11"), 4},
		{open("2026-11-12"), 4}, // whose total changes each day
	} {
		period := "2026-10"
		if i >= 7 {
			period = "2026-11"
		}
		if run.file != "" {
			d.take(run.file)
		}
		d.now = d.now.Add(24 * time.Hour)
		d.run(exitDone, "send", "--period", period, "--owners", owners, "--config", config)
		sent, _ := d.rows("send", "--status", "--config", config)
		got := 0
		for _, r := range sent {
			if r["what"] == "summary" {
				got++
			}
		}
		if got != run.want {
			t.Errorf("run %d: %d mails to the administrator, want %d", i+1, got, run.want)
		}
	}
}
