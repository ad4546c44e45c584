package eml_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"usagereport/sending/delivery"
	"usagereport/sending/delivery/deliverytest"
	"usagereport/sending/delivery/eml"
)

func head() eml.Letterhead {
	return eml.Letterhead{Sender: "Cloud costs <finops@example.org>", AnswersTo: "answers@example.org", Date: deliverytest.Now()}
}

// A part is one of a mail that has none itself.
type part struct {
	in          string // the kinds of what it is in
	kind        string
	disposition string
	name, id    string
	content     string
}

// read takes a mail apart, as a mail program does.
func read(t *testing.T, raw []byte) (mail.Header, []part) {
	t.Helper()
	for line := range strings.SplitSeq(string(raw), "\r\n") {
		if len(line) > 998 || strings.ContainsAny(line, "\r\n\x00") {
			t.Errorf("a line that no server takes: %.200q", line)
		}
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return m.Header, parts(t, "", textproto.MIMEHeader(m.Header), m.Body)
}

func parts(t *testing.T, in string, h textproto.MIMEHeader, body io.Reader) (found []part) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		for r := multipart.NewReader(body, params["boundary"]); ; {
			p, err := r.NextRawPart()
			if err == io.EOF {
				return found
			}
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, parts(t, in+strings.TrimPrefix(kind, "multipart/")+" ", p.Header, p)...)
		}
	}
	switch h.Get("Content-Transfer-Encoding") {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	p := part{in: strings.TrimSpace(in), kind: kind, id: h.Get("Content-Id"), content: string(b)}
	if d := h.Get("Content-Disposition"); d != "" {
		if p.disposition, params, err = mime.ParseMediaType(d); err != nil {
			t.Fatal(err)
		}
		p.name = params["filename"]
	}
	return []part{p}
}

func TestWrite(t *testing.T) {
	m := deliverytest.Message("R-7K3Q", "zebra")
	m.Mailer = "usagereport v1.2.3"
	m.Subject, m.HTML = "雲端費用 over budget", strings.Replace(m.HTML, "cost", "cost = 雲端", 1)
	m.Files = append(m.Files, delivery.File{Name: "報告 10.xlsx", Type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Bytes: []byte{0, 1, 0xff}})
	raw, err := eml.Write(m, head())
	if err != nil {
		t.Fatal(err)
	}
	h, got := read(t, raw)
	subject, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
	if err != nil || subject != m.Subject {
		t.Errorf("subject is %q, %v", subject, err)
	}
	for name, want := range map[string]string{
		"From": `"Cloud costs" <finops@example.org>`, "To": `<ada@example.org>, "Ben" <ben@example.org>`, "Reply-To": "<answers@example.org>",
		"Message-Id": "<R-7K3Q@example.org>", "Date": "Mon, 23 Nov 2026 09:00:00 +0000", "Mime-Version": "1.0", "Auto-Submitted": "auto-generated", "X-Mailer": "usagereport v1.2.3",
		"List-Unsubscribe": "<mailto:answers@example.org?subject=unsubscribe%20R-7K3Q>",
	} {
		if h.Get(name) != want {
			t.Errorf("%s: got %q, want %q", name, h.Get(name), want)
		}
	}
	want := []part{
		{in: "mixed related alternative", kind: "text/plain", content: strings.ReplaceAll(m.Text, "\n", "\r\n")},
		{in: "mixed related alternative", kind: "text/html", content: strings.ReplaceAll(m.HTML, "\n", "\r\n")},
		{in: "mixed related", kind: "image/png", disposition: "inline", name: "chart.png", id: "<chart>", content: string(m.Images[0].Bytes)},
		{in: "mixed", kind: "text/html", disposition: "attachment", name: "usage-2026-10.html", content: string(m.Files[0].Bytes)},
		{in: "mixed", kind: m.Files[1].Type, disposition: "attachment", name: "報告_10.xlsx", content: "\x00\x01\xff"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// Texts from the data change what is said, and not how a mail is made.
func TestHostileTexts(t *testing.T) {
	for name, text := range deliverytest.Hostile() {
		m := deliverytest.HostileMessage("R-1", text)
		raw, err := eml.Write(m, head())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		h, got := read(t, raw)
		var names []string
		for name := range h {
			names = append(names, name)
		}
		slices.Sort(names)
		if want := []string{"Auto-Submitted", "Content-Type", "Date", "From", "List-Unsubscribe", "Message-Id", "Mime-Version", "Reply-To", "Subject", "To"}; !slices.Equal(names, want) {
			t.Errorf("%s: headers are %q", name, names)
		}
		if h.Get("To") != "<ada@example.org>" {
			t.Errorf("%s: goes to %q", name, h.Get("To"))
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
		if err != nil || strings.ContainsAny(subject, "\r\n\x00\x1b\u202e") || utf8.RuneCountInString(subject) > 210 {
			t.Errorf("%s: subject is %q, %v", name, subject, err)
		}
		wantParts := 5 // text, page, image, two files
		if text == "" {
			wantParts = 4
		}
		if len(got) != wantParts {
			t.Errorf("%s: %d parts, want %d", name, len(got), wantParts)
		}
		if last := got[len(got)-1]; last.content != "two" || got[len(got)-2].content != text {
			t.Errorf("%s: files arrive as %q, %q", name, got[len(got)-2].content, last.content)
		}
		for _, p := range got {
			if p.name != "" && p.name != delivery.SafeName(text) {
				t.Errorf("%s: a file is %q", name, p.name)
			}
		}
	}
}

// What somebody writes into a text as if it were a boundary is no boundary.
func TestBoundaries(t *testing.T) {
	m := deliverytest.Message("R-1", "zebra")
	first, err := eml.Write(m, head())
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`boundary=(\S+)\r\n`).FindAllSubmatch(first, -1)
	if len(found) != 3 {
		t.Fatalf("%d boundaries", len(found))
	}
	for _, b := range found {
		m.Text += "\r\n--" + string(b[1]) + "\r\nContent-Type: text/html\r\n\r\nhello\r\n--" + string(b[1]) + "--\r\n"
	}
	raw, err := eml.Write(m, head())
	if err != nil {
		t.Fatal(err)
	}
	if _, got := read(t, raw); len(got) != 4 || got[0].content != strings.ReplaceAll(m.Text, "\n", "\r\n") && got[0].content != strings.ReplaceAll(strings.ReplaceAll(m.Text, "\r\n", "\n"), "\n", "\r\n") {
		t.Errorf("got %q", got)
	}
}

// A mail without pages or files, and without anybody to go to, is one, too.
func TestPlain(t *testing.T) {
	raw, err := eml.Write(delivery.Message{ID: "R-1", Subject: "Hello", Text: "One line."}, eml.Letterhead{Sender: "finops@example.org", Date: deliverytest.Now()})
	if err != nil {
		t.Fatal(err)
	}
	h, got := read(t, raw)
	if h.Get("To") != "undisclosed-recipients:;" || h.Get("Reply-To") != "" || len(got) != 1 || got[0].kind != "text/plain" || got[0].content != "One line." {
		t.Errorf("got %v %q", h, got)
	}
}

func TestAddress(t *testing.T) {
	for text, want := range map[string]string{
		"ada@example.org": "<ada@example.org>", "Ada <ada@example.org>": `"Ada" <ada@example.org>`,
		"\"Mallory\u202e\" <m@example.org>": `"Mallory" <m@example.org>`,
	} {
		if a, err := eml.Address(text); err != nil || a.String() != want {
			t.Errorf("%q: got %v, %v", text, a, err)
		}
	}
	for _, text := range []string{"", "ada", "ada@example.org, ben@example.org", "ada@example.org\r\nBcc: x@y.org", "ada@example.org\n", "a\x00@example.org", "<ada@example.org", "ada@exa mple.org"} {
		if a, err := eml.Address(text); err == nil {
			t.Errorf("%q was taken as %v", text, a)
		}
	}
}
