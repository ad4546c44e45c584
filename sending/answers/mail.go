package answers

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/encoding/htmlindex"

	"usagereport/ledger"
)

// A Letter is a mail with answers to findings.
type Letter struct {
	From    string // the address in its header, which anybody can write
	Checked bool   // the receiving server says that it comes from there
	Answers []ledger.Answer
}

// The largest mail that is read, the deepest and longest list of its parts, and
// the longest note.
const (
	maxMail  = 16 << 20
	maxDepth = 8
	maxParts = 200
	maxNote  = 500
)

// ReadMail reads a mail (RFC 5322) with answers. One stands in the subject, behind
// a finding's number in brackets, whatever a reply puts before it; the text above a
// line of two hyphens is its note. Others are lines of the text that begin with a
// number:
//
//	F-7K3QAB planned until 2026-12-31 because of the load test
//
// What is quoted is no answer, nor what a program has replied. A line that begins
// with a number and cannot be read is an error, and so is a mail without an answer
// or one that the receiving server found not to come from its sender (RFC 8601).
func ReadMail(in io.Reader, now time.Time) (Letter, error) {
	var none Letter
	limited := &io.LimitedReader{R: in, N: maxMail + 1}
	m, err := mail.ReadMessage(limited)
	if err != nil {
		return none, fmt.Errorf("is no mail: %w", err)
	}
	var l Letter
	if l.From, err = sender(m.Header); err != nil {
		return none, err
	}
	if l.Checked, err = checked(m.Header["Authentication-Results"]); err != nil {
		return none, err
	}
	if auto := strings.ToLower(strings.TrimSpace(m.Header.Get("Auto-Submitted"))); auto != "" && auto != "no" {
		return none, fmt.Errorf("header Auto-Submitted: a program has written it (%s)", auto)
	}
	words := mime.WordDecoder{CharsetReader: decoded}
	subject, err := words.DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		return none, fmt.Errorf("header Subject: %w", err)
	}
	parts := 0
	text, _, err := plainText(textproto.MIMEHeader(m.Header), m.Body, 0, &parts)
	if err != nil {
		return none, fmt.Errorf("its text: %w", err)
	}
	if limited.N == 0 {
		return none, fmt.Errorf("is larger than %d MB", maxMail>>20)
	}
	if err := l.read(subject, text, now); err != nil {
		return none, err
	}
	at := now
	if sent, err := m.Header.Date(); err == nil && sent.Before(now) {
		at = sent
	}
	for i := range l.Answers {
		l.Answers[i].At, l.Answers[i].By = at, l.From
	}
	return l, nil
}

// sender returns the address from which a mail says it comes.
func sender(h mail.Header) (string, error) {
	if n := len(h["From"]); n != 1 {
		return "", fmt.Errorf("header From: there are %d, not one", n)
	}
	p := mail.AddressParser{WordDecoder: &mime.WordDecoder{CharsetReader: decoded}}
	list, err := p.ParseList(h.Get("From"))
	if err != nil {
		return "", fmt.Errorf("header From: %w", err)
	}
	if len(list) != 1 {
		return "", fmt.Errorf("header From: names %d senders, not one", len(list))
	}
	return list[0].Address, nil
}

// checked reads what servers say of where a mail comes from: that it does, or an
// error where it does not. What passes DMARC may fail one of the others, as what
// goes through lists does.
func checked(headers []string) (passed bool, err error) {
	for _, h := range headers {
		said := map[string]string{}
		for i, s := range strings.Split(bare(h), ";") {
			method, result, ok := strings.Cut(strings.ToLower(s), "=")
			if i == 0 || !ok {
				continue // who says it
			}
			method, _, _ = strings.Cut(strings.TrimSpace(method), "/")
			if f := strings.Fields(result); len(f) > 0 && said[method] != "pass" { // one good signature of several will do
				said[strings.TrimSpace(method)] = f[0]
			}
		}
		for _, method := range []string{"dmarc", "spf", "dkim"} {
			if result := said[method]; (result == "fail" || result == "softfail" || result == "permerror") && said["dmarc"] != "pass" {
				return false, fmt.Errorf("header Authentication-Results: %s=%s: it may not come from its sender", method, result)
			}
			passed = passed || said[method] == "pass"
		}
	}
	return passed, nil
}

// bare returns a structured header without its comments and quoted texts.
func bare(s string) string {
	var b strings.Builder
	depth, quoted, escaped := 0, false, false
	for _, r := range s {
		switch {
		case escaped:
			escaped = false
		case r == '\\' && (quoted || depth > 0):
			escaped = true
		case quoted:
			quoted = r != '"'
		case r == '"' && depth == 0:
			quoted = true
		case r == '(':
			depth++
		case r == ')' && depth > 0:
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// decoded reads text of a charset that is named.
func decoded(charset string, in io.Reader) (io.Reader, error) {
	e, err := htmlindex.Get(charset)
	if err != nil {
		return nil, fmt.Errorf("charset %q: unknown", charset)
	}
	return e.NewDecoder().Reader(in), nil
}

// errDeep says that a mail has more parts than one that a person wrote.
var errDeep = errors.New("has too many parts")

// plainText returns the text of a mail, or of a part of it, and whether it has any:
// not what is attached, forwarded, or another form of the same.
func plainText(h textproto.MIMEHeader, body io.Reader, depth int, parts *int) (string, bool, error) {
	if *parts++; depth > maxDepth || *parts > maxParts {
		return "", false, errDeep
	}
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if h.Get("Content-Type") == "" {
		kind, err = "text/plain", nil
	}
	if err != nil {
		return "", false, fmt.Errorf("header Content-Type: %w", err)
	}
	if disposition, _, _ := mime.ParseMediaType(h.Get("Content-Disposition")); disposition == "attachment" {
		return "", false, nil
	}
	if strings.HasPrefix(kind, "multipart/") {
		var texts []string
		r := multipart.NewReader(body, params["boundary"])
		for {
			p, err := r.NextRawPart()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return "", false, err
			}
			text, ok, err := plainText(p.Header, p, depth+1, parts)
			if err != nil {
				return "", false, err
			}
			if ok {
				texts = append(texts, text)
			}
		}
		return strings.Join(texts, "\n"), len(texts) > 0, nil
	}
	if kind != "text/plain" {
		return "", false, nil
	}
	switch encoding := strings.ToLower(strings.TrimSpace(h.Get("Content-Transfer-Encoding"))); encoding {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "", "7bit", "8bit", "binary":
	default:
		return "", false, fmt.Errorf("Content-Transfer-Encoding %q: unknown", encoding)
	}
	if charset := params["charset"]; charset != "" {
		if body, err = decoded(charset, body); err != nil {
			return "", false, err
		}
	}
	b, err := io.ReadAll(body)
	return string(b), err == nil, err
}

// read takes the answers of a subject and a text.
func (l *Letter) read(subject, text string, now time.Time) error {
	inSubject := regexp.MustCompile(`\[(?i:(F-[A-Z2-7]+))\]([^\[]*)`).FindAllStringSubmatch(subject, -1)
	if len(inSubject) > 1 {
		return errors.New("header Subject: names several findings; write each on a line of the text")
	}
	first := -1 // the subject's in Answers
	if len(inSubject) == 1 && strings.TrimSpace(inSubject[0][2]) != "" {
		a, err := parseLine(inSubject[0][1], inSubject[0][2], now)
		if err != nil {
			return fmt.Errorf("header Subject: %w", err)
		}
		first = 0
		l.Answers = append(l.Answers, a)
	}
	var note []string
	begins := regexp.MustCompile(`^\[?(?i:(F-[A-Z2-7]+))\]?[\s:,]+(.*)$`)
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(strings.Trim(line, "\ufeff\r"))
		if ends(line) {
			break
		}
		if strings.HasPrefix(line, ">") || opens(line) {
			continue
		}
		m := begins.FindStringSubmatch(line)
		if m == nil {
			note = append(note, line)
			continue
		}
		a, err := parseLine(m[1], m[2], now)
		if err != nil {
			return fmt.Errorf("line %d of its text: %w", i+1, err)
		}
		j := slices.IndexFunc(l.Answers, func(b ledger.Answer) bool { return b.Finding == a.Finding })
		switch {
		case j < 0:
			l.Answers = append(l.Answers, a)
		case l.Answers[j].Answer != a.Answer || l.Answers[j].Until != a.Until:
			return fmt.Errorf("line %d of its text: %s is answered twice, and not the same", i+1, a.Finding)
		case a.Note != "":
			l.Answers[j].Note = a.Note
		}
	}
	if first == 0 && l.Answers[0].Note == "" {
		l.Answers[0].Note = oneLine(strings.Join(note, " "))
	}
	if len(l.Answers) == 0 {
		return errors.New("has no answer: neither its subject, like [F-7K3QAB] planned until 2026-12-31, nor a line of its text, as " +
			"plain text and not quoted")
	}
	return nil
}

// parseLine reads what is said of a finding: an answer, a day, a note.
func parseLine(finding, said string, now time.Time) (ledger.Answer, error) {
	form := regexp.MustCompile(`^\s*(?i:(not[\s-]mine|\S*?))[.,;:]?(?:\s+(?i:until)\s+(\S*?)[.,;]?)?(?:\s+(.*))?$`)
	words := form.FindStringSubmatch(strings.TrimSpace(oneLine(said)))
	if words == nil {
		return ledger.Answer{}, &FieldError{"answer", said, "is not one of " + strings.Join(Words(), ", ")}
	}
	a, err := Parse(finding, strings.Join(strings.Fields(strings.ReplaceAll(words[1], "-", " ")), "-"), words[2], now)
	if err != nil {
		return a, err
	}
	note := strings.TrimLeft(words[3], "-–—:;,. ")
	if len(note) > 8 && strings.EqualFold(note[:8], "because ") {
		note = note[8:]
	}
	a.Note = oneLine(note)
	return a, nil
}

// oneLine makes a note of a text.
func oneLine(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if r := []rune(s); len(r) > maxNote {
		s = string(r[:maxNote]) + "…"
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

// ends reports whether what its writer said ends at a line: at a signature, or
// where a mail program puts the mail that is replied to without marking its lines.
func ends(line string) bool {
	return regexp.MustCompile(`^(--|-{2,}\s*\pL.*\pL\s*-{2,}|_{8,}|\*?(?i:from|von|寄件者|寄件人|de|da)\s?[:：]\*?\s.*)$`).MatchString(line)
}

// opens reports whether a line announces a quotation.
func opens(line string) bool {
	return regexp.MustCompile(`(?i)(wrote|schrieb.*|寫道)\s*[:：]$`).MatchString(line)
}
