package smtp_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"

	"usagereport/sending/delivery"
	"usagereport/sending/delivery/deliverytest"
	"usagereport/sending/delivery/retry"
	"usagereport/sending/delivery/smtp"
)

const (
	user     = "reports"
	password = "correct horse=battery"
)

// A server is a mail server on loopback that keeps what it takes.
type server struct {
	host string
	port int

	mu    sync.Mutex
	mails []mail
	tries int
	// rcpt and data, if set, answer at the n-th connection.
	rcpt func(n int, to string) error
	data func(n int, c *gosmtp.Conn) error
	auth func() error
	// stalled is told when somebody waits; ended ends the waits.
	stall          bool
	stalled, ended chan struct{}
}

type mail struct {
	from  string
	to    []string
	bytes string
}

type session struct {
	*server
	c    *gosmtp.Conn
	n    int
	user string
	mail mail
}

func (s *server) NewSession(c *gosmtp.Conn) (gosmtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &session{server: s, c: c, n: s.tries}, nil
}

func (s *session) Reset()                   { s.mail = mail{} }
func (s *session) Logout() error            { return nil }
func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, name, pass string) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.auth != nil {
			return s.auth()
		}
		if name != user || pass != password {
			return gosmtp.ErrAuthFailed
		}
		s.user = name
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *gosmtp.MailOptions) error {
	s.mu.Lock()
	s.tries++
	s.n = s.tries
	stall := s.stall
	s.mu.Unlock()
	if stall {
		s.stalled <- struct{}{}
		<-s.ended
	}
	if s.user == "" {
		return gosmtp.ErrAuthRequired
	}
	s.mail.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rcpt != nil {
		if err := s.rcpt(s.n, to); err != nil {
			return err
		}
	}
	s.mail.to = append(s.mail.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.data != nil {
		if err := s.data(s.n, s.c); err != nil {
			return err
		}
	}
	s.mail.bytes = string(b)
	s.mails = append(s.mails, s.mail)
	return nil
}

func (s *server) taken() []mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

func (s *server) tried() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tries
}

// certificate makes a certificate for a name, and those who trust it.
func certificate(t *testing.T, name string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(c)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// open starts a server and returns a channel that mails over it, and waits for
// nothing between its tries. security says what the server offers.
func open(t *testing.T, security smtp.Security) (*smtp.Channel, *server) {
	t.Helper()
	s := &server{stalled: make(chan struct{}, 100), ended: make(chan struct{})}
	srv := gosmtp.NewServer(s)
	srv.Domain, srv.AllowInsecureAuth, srv.ErrorLog = "mail.example", security == smtp.None, log.New(io.Discard, "", 0)
	cert, pool := certificate(t, "localhost")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.host, s.port = "localhost", l.Addr().(*net.TCPAddr).Port
	config := &tls.Config{Certificates: []tls.Certificate{cert}}
	switch security {
	case smtp.StartTLS:
		srv.TLSConfig = config
	case smtp.Implicit:
		l = tls.NewListener(l, config)
	}
	go func() { _ = srv.Serve(l) }() // it ends with an error, that it was closed
	t.Cleanup(func() {
		close(s.ended)
		_ = srv.Close()
	})
	return &smtp.Channel{
		Name: "mail", Host: s.host, Port: s.port, Security: security,
		User: user, Password: func(context.Context) (string, error) { return password, nil },
		Sender: "Cloud costs <finops@example.org>", AnswersTo: "answers@example.org", Now: deliverytest.Now,
		Patience: retry.Patience{Tries: 3, Sleep: func(context.Context, time.Duration) error { return nil }},
		TLS:      &tls.Config{RootCAs: pool},
	}, s
}

func send(t *testing.T, c *smtp.Channel) (delivery.Receipt, error) {
	t.Helper()
	p, err := c.Prepare(deliverytest.Message("R-1", "zebra"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Send(t.Context(), p)
	if err != nil && (strings.Contains(err.Error(), password) || strings.Contains(err.Error(), "\n")) {
		t.Errorf("%v: tells too much", err)
	}
	return r, err
}

func TestChannel(t *testing.T) {
	deliverytest.TestChannel(t, func(t *testing.T) deliverytest.Far {
		c, s := open(t, smtp.StartTLS)
		blob := base64.StdEncoding.EncodeToString([]byte("\x00" + user + "\x00" + password))
		return deliverytest.Far{
			Channel: c,
			Arrived: func() (found []string) {
				for _, m := range s.taken() {
					found = append(found, m.bytes)
				}
				return found
			},
			Stall: func() func() {
				s.mu.Lock()
				defer s.mu.Unlock()
				s.stall = true
				return func() { <-s.stalled }
			},
			Fail: func() {
				s.mu.Lock()
				defer s.mu.Unlock()
				s.auth = func() error {
					return &gosmtp.SMTPError{Code: 535, EnhancedCode: gosmtp.EnhancedCode{5, 7, 8}, Message: "no " + blob + " no " + password + "\nno"}
				}
			},
			Secrets: []string{password, blob},
		}
	})
}

// The bytes that arrive are those of the parcel.
func TestWaysIn(t *testing.T) {
	for _, security := range []smtp.Security{smtp.StartTLS, smtp.Implicit, smtp.None} {
		t.Run(string(security), func(t *testing.T) {
			c, s := open(t, security)
			m := deliverytest.Message("R-1", "zebra")
			m.Text = ".\r\n..two\r\n" + strings.Repeat("long ", 500)
			m.Files[0].Bytes = []byte(strings.Repeat("0123456789", 30_000)) // several writes
			p, err := c.Prepare(m)
			if err != nil {
				t.Fatal(err)
			}
			r, err := c.Send(t.Context(), p)
			if err != nil || r.Where != "localhost" || r.Reply == "" || r.Refused != nil {
				t.Fatalf("got %+v, %v", r, err)
			}
			got := s.taken()
			if len(got) != 1 || got[0].from != "finops@example.org" || !slices.Equal(got[0].to, []string{"ada@example.org", "ben@example.org"}) {
				t.Fatalf("got %+v", got)
			}
			if got[0].bytes != string(p.Files[0].Bytes) {
				t.Error("other bytes arrived than were prepared")
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	answer := func(code int) error {
		return &gosmtp.SMTPError{Code: code, EnhancedCode: gosmtp.EnhancedCode{code / 100, 7, 1}, Message: "said so"}
	}
	lose := func(c *gosmtp.Conn) error { return c.Conn().Close() }
	for name, c := range map[string]struct {
		rcpt   func(n int, to string) error
		data   func(n int, c *gosmtp.Conn) error
		tries  int
		taken  int
		says   string // the error
		unsure bool
		others string // the address that is refused, where others have the mail
	}{
		"greylisted": {rcpt: func(n int, _ string) error {
			if n < 3 {
				return answer(451)
			}
			return nil
		}, tries: 3, taken: 1},
		"never": {rcpt: func(int, string) error { return answer(451) }, tries: 3, says: "451"},
		"busy after the mail": {data: func(n int, _ *gosmtp.Conn) error {
			if n == 1 {
				return answer(452)
			}
			return nil
		}, tries: 2, taken: 1},
		"refused":       {rcpt: func(int, string) error { return answer(550) }, tries: 1, says: "ada@example.org: 550"},
		"refused as it": {data: func(int, *gosmtp.Conn) error { return answer(554) }, tries: 1, says: "554"},
		"one refused": {rcpt: func(_ int, to string) error {
			if to == "ben@example.org" {
				return answer(550)
			}
			return nil
		}, tries: 1, taken: 1, others: "ben@example.org"},
		"one greylisted for ever": {rcpt: func(_ int, to string) error {
			if to == "ada@example.org" {
				return answer(450)
			}
			return nil
		}, tries: 3, taken: 1, others: "ada@example.org"},
		"lost after the mail": {data: func(_ int, c *gosmtp.Conn) error { return lose(c) }, tries: 1, taken: 1, unsure: true, says: "it may have arrived or not"},
	} {
		t.Run(name, func(t *testing.T) {
			channel, s := open(t, smtp.StartTLS)
			s.rcpt, s.data = c.rcpt, c.data
			r, err := send(t, channel)
			if (err != nil) != (c.says != "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q", err, c.says)
			}
			if errors.Is(err, delivery.ErrUnsure) != c.unsure {
				t.Errorf("%v: unsure is %t, want %t", err, !c.unsure, c.unsure)
			}
			if s.tried() != c.tries || len(s.taken()) != c.taken {
				t.Errorf("tried %d times, want %d; %d taken, want %d", s.tried(), c.tries, len(s.taken()), c.taken)
			}
			if (len(r.Refused) > 0) != (c.others != "") || !strings.Contains(strings.Join(r.Refused, ""), c.others) {
				t.Errorf("refused are %q, want %q", r.Refused, c.others)
			}
			for _, m := range s.taken() {
				if want := 2 - len(r.Refused); len(m.to) != want {
					t.Errorf("goes to %v", m.to)
				}
			}
		})
	}
}

// A server that says nothing is tried again, and then left.
func TestSilence(t *testing.T) {
	c, s := open(t, smtp.StartTLS)
	s.stall, c.Silence, c.Patience.Tries = true, 100*time.Millisecond, 2
	_, err := send(t, c)
	if err == nil || errors.Is(err, delivery.ErrUnsure) || !strings.Contains(err.Error(), "tried 2 times") || !strings.Contains(err.Error(), "timeout") {
		t.Errorf("got %v", err)
	}
	if n := len(s.stalled); n != 2 {
		t.Errorf("tried %d times", n)
	}
}

func TestNobodyThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	c, _ := open(t, smtp.StartTLS)
	c.Port = l.Addr().(*net.TCPAddr).Port
	if _, err := send(t, c); err == nil || !strings.Contains(err.Error(), "tried 3 times") {
		t.Errorf("got %v", err)
	}
}

// Nothing is sent, or said of the password, before the server is known to be who
// it should be.
func TestWhoIsNotTrusted(t *testing.T) {
	for name, c := range map[string]struct {
		offers smtp.Security
		change func(*smtp.Channel)
		says   string
	}{
		"unknown authority":      {smtp.StartTLS, func(c *smtp.Channel) { _, c.TLS.RootCAs = certificate(t, "localhost") }, "the server's certificate is not good for localhost"},
		"another's":              {smtp.StartTLS, func(c *smtp.Channel) { c.Host = "127.0.0.1" }, "the server's certificate is not good for 127.0.0.1"},
		"implicit":               {smtp.Implicit, func(c *smtp.Channel) { c.Host = "127.0.0.1" }, "the server's certificate is not good for 127.0.0.1"},
		"no STARTTLS":            {smtp.None, func(c *smtp.Channel) { c.Security = "" }, "offers no STARTTLS"},
		"no TLS at all":          {smtp.None, func(c *smtp.Channel) { c.Security = smtp.Implicit }, "does not speak TLS on this port"},
		"far away":               {smtp.None, func(c *smtp.Channel) { c.Host = "mail.example.org" }, "insecure: true"},
		"a password in the open": {smtp.None, func(c *smtp.Channel) { c.Host, c.Insecure = "mail.example.org", true }, "a password is not sent"},
		"a misspelled kind":      {smtp.None, func(c *smtp.Channel) { c.Security = "ssl" }, "starttls, implicit or none"},
		"a wrong password": {smtp.StartTLS, func(c *smtp.Channel) {
			c.Password = func(context.Context) (string, error) { return "wrong", nil }
		}, "535"},
		"no password": {smtp.StartTLS, func(c *smtp.Channel) {
			c.Password = func(context.Context) (string, error) { return "", errors.New("MAIL_PASSWORD is not set") }
		}, "password: MAIL_PASSWORD is not set"},
	} {
		t.Run(name, func(t *testing.T) {
			channel, s := open(t, c.offers)
			asked := false
			ask := channel.Password
			channel.Password = func(ctx context.Context) (string, error) { asked = true; return ask(ctx) }
			c.change(channel)
			_, err := send(t, channel)
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "tried") {
				t.Errorf("got %v, want %q", err, c.says)
			}
			if len(s.taken()) > 0 || s.tried() > 0 {
				t.Error("something was sent")
			}
			if strings.Contains(c.says, "insecure") && asked {
				t.Error("the password was asked for")
			}
		})
	}
}

func TestWhatCannotBeMailed(t *testing.T) {
	c, _ := open(t, smtp.StartTLS)
	for says, change := range map[string]func(*delivery.Message){
		"no address is known":   func(m *delivery.Message) { m.To = nil },
		"is not a mail address": func(m *delivery.Message) { m.To = []string{"ada@example.org\r\nBcc: x@example.org"} },
		"is no ID":              func(m *delivery.Message) { m.ID = "a\r\nb" },
	} {
		m := deliverytest.Message("R-1", "zebra")
		change(&m)
		if _, err := c.Prepare(m); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %q", err, says)
		}
	}
	if _, err := c.Send(t.Context(), delivery.Parcel{ID: "R-1", To: []string{"ada@example.org"}, Channel: "chat"}); err == nil || !strings.Contains(err.Error(), `made for the channel "chat"`) {
		t.Errorf("got %v", err)
	}
}
