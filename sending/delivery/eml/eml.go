// Package eml writes a message as a mail: the bytes that a mail server is given,
// and that a mail program opens from a file.
package eml

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"net/textproto"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"usagereport/sending/delivery"
)

// Type is the media type of a mail in a file.
const Type = "message/rfc822"

// A Letterhead is what the mails of one sender share.
type Letterhead struct {
	Sender    string // an address, which may have a name before it
	AnswersTo string // where answers go; "" is Sender
	Date      time.Time
}

// Write writes m as a mail. The same m and h give the same bytes. Nothing from
// the data begins a header, ends one, or is read as one.
func Write(m delivery.Message, h Letterhead) ([]byte, error) {
	doing := "write the mail " + m.ID
	if err := delivery.CheckID(m.ID); err != nil {
		return nil, fmt.Errorf("write a mail: %w", err)
	}
	sender, err := Address(h.Sender)
	if err != nil {
		return nil, fmt.Errorf("%s: sender: %w", doing, err)
	}
	answers, err := Address(cmp.Or(h.AnswersTo, h.Sender))
	if err != nil {
		return nil, fmt.Errorf("%s: answers_to: %w", doing, err)
	}
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	msg.FromMailAddress(sender)
	if answers.Address != sender.Address {
		msg.ReplyToMailAddress(answers)
	}
	var to []*netmail.Address
	for _, text := range m.To {
		a, err := Address(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", doing, err)
		}
		to = append(to, a)
	}
	if len(to) > 0 {
		msg.ToMailAddress(to...)
	} else {
		msg.SetGenHeader("To", "undisclosed-recipients:;")
	}
	msg.Subject(subject(m.Subject))
	msg.SetDateWithValue(h.Date)
	_, domain, _ := strings.Cut(sender.Address, "@")
	msg.SetMessageIDWithValue(m.ID + "@" + domain)
	msg.SetListUnsubscribe("mailto:" + url.PathEscape(answers.Address) + "?subject=" + url.PathEscape("unsubscribe "+m.ID))
	// Programs that answer by themselves leave it alone (RFC 3834).
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	if m.Mailer != "" {
		msg.SetGenHeader("X-Mailer", subject(m.Mailer))
	}
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	}
	for _, f := range m.Images {
		if !regexp.MustCompile(`^[A-Za-z0-9._@-]{1,100}$`).MatchString(f.ID) {
			return nil, fmt.Errorf("%s: %.80q cannot be the ID of an image", doing, f.ID)
		}
		if err := msg.EmbedReader(f.Name, bytes.NewReader(f.Bytes), header(f, "inline")); err != nil {
			return nil, fmt.Errorf("%s: %w", doing, err)
		}
	}
	for _, f := range m.Files {
		if err := msg.AttachReader(f.Name, bytes.NewReader(f.Bytes), header(f, "attachment")); err != nil {
			return nil, fmt.Errorf("%s: %w", doing, err)
		}
	}
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	out, err := settle(b.Bytes())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	return out, nil
}

// Address reads one mail address, with or without a name.
func Address(text string) (*netmail.Address, error) {
	a, err := netmail.ParseAddress(text)
	if err != nil || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return nil, fmt.Errorf("%.80q is not a mail address", text)
	}
	a.Name = delivery.Line(a.Name, 100)
	return a, nil
}

// subject makes a header of a text. What would be decoded by the reader, as if
// it had been encoded, is taken apart.
func subject(text string) string {
	return strings.ReplaceAll(delivery.Line(text, 200), "=?", "= ?")
}

// header writes the headers of a part that is a file.
func header(f delivery.File, disposition string) mail.FileOption {
	name := delivery.SafeName(f.Name)
	kind, params, err := mime.ParseMediaType(f.Type)
	if err != nil || !strings.Contains(kind, "/") || strings.HasPrefix(kind, "multipart/") {
		kind, params = "application/octet-stream", nil
	}
	return func(to *mail.File) {
		to.Header = textproto.MIMEHeader{}
		to.Header.Set("Content-Type", mime.FormatMediaType(kind, params))
		to.Header.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": name}))
		if disposition == "inline" {
			to.Header.Set("Content-Id", "<"+f.ID+">")
		}
	}
}

// settle replaces the boundaries between parts, which are made by chance, by
// ones made of what is between them, so that the same mail has the same bytes.
func settle(raw []byte) ([]byte, error) {
	chance, err := boundaries(raw)
	if err != nil {
		return nil, err
	}
	blank := raw
	for i, b := range chance {
		blank = bytes.ReplaceAll(blank, []byte(b), fmt.Appendf(nil, "part %d", i))
	}
	sum := sha256.Sum256(blank)
	for i, b := range chance {
		raw = bytes.ReplaceAll(raw, []byte(b), fmt.Appendf(nil, "part-%d-%s", i, hex.EncodeToString(sum[:16])))
	}
	return raw, nil
}

// boundaries lists the boundaries of a mail, from outside. What has parts itself
// is the first part of what it is in.
func boundaries(raw []byte) ([]string, error) {
	msg, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	head, body := textproto.MIMEHeader(msg.Header), msg.Body
	var found []string
	for {
		kind, params, err := mime.ParseMediaType(head.Get("Content-Type"))
		if err != nil {
			return nil, err
		}
		if !strings.HasPrefix(kind, "multipart/") {
			return found, nil
		}
		found = append(found, params["boundary"])
		part, err := multipart.NewReader(body, params["boundary"]).NextRawPart()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		head, body = part.Header, part
	}
}
