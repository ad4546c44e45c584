// Package smtp is the channel that mails.
package smtp

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"usagereport/sending/delivery"
	"usagereport/sending/delivery/eml"
	"usagereport/sending/delivery/retry"
)

// A Security says how a connection is kept from others' eyes.
type Security string

const (
	StartTLS Security = "starttls" // begun in the open, and refused if the server has none
	Implicit Security = "implicit" // from the first byte
	None     Security = "none"     // on this machine
)

// A Channel mails over one server. Its fields are not written once it is in use.
type Channel struct {
	Name     string // of the channel, for parcels
	Host     string
	Port     int      // 0 is 587, with Implicit 465
	Security Security // "" is StartTLS
	Insecure bool     // None may reach other machines
	User     string   // "" is no AUTH
	// Password is asked for when something is sent.
	Password func(context.Context) (string, error)

	Sender    string // may have a name before the address
	AnswersTo string // "" is Sender
	Now       func() time.Time

	Patience retry.Patience
	Silence  time.Duration // for how long a server may say nothing; 0 is two minutes
	TLS      *tls.Config   // nil trusts whom this machine trusts
}

// Prepare implements delivery.Channel: a mail is one file.
func (c *Channel) Prepare(m delivery.Message) (delivery.Parcel, error) {
	if len(m.To) == 0 {
		return delivery.Parcel{}, fmt.Errorf("mail %s to %q: no address is known; write one into the column email of the owners file", m.ID,
			m.Owner)
	}
	b, err := eml.Write(m, eml.Letterhead{Sender: c.Sender, AnswersTo: c.AnswersTo, Date: c.Now()})
	if err != nil {
		return delivery.Parcel{}, err
	}
	return delivery.Parcel{
		ID: m.ID, Owner: m.Owner, Channel: c.Name, To: slices.Clone(m.To), Subject: m.Subject,
		Files: []delivery.File{{Name: m.ID + ".eml", Type: eml.Type, Bytes: b}},
	}, nil
}

// Send implements delivery.Channel. Where some of several addresses are refused
// for good, the others get the mail, and the receipt names those.
func (c *Channel) Send(ctx context.Context, p delivery.Parcel) (r delivery.Receipt, err error) {
	doing := fmt.Sprintf("mail %s over %s", p.ID, c.Host)
	if err := ctx.Err(); err != nil {
		return r, fmt.Errorf("%s: %w", doing, err)
	}
	l := letter{Channel: c}
	if l.from, l.to, l.bytes, err = c.envelope(p); err != nil {
		return r, fmt.Errorf("%s: %w", doing, err)
	}
	if err := c.allowed(); err != nil {
		return r, fmt.Errorf("%s: %w", doing, err)
	}
	if c.User != "" {
		if l.password, err = c.Password(ctx); err != nil {
			return r, fmt.Errorf("%s: password: %w", doing, err)
		}
	}
	err = c.Patience.Do(ctx, func(last bool) error {
		r, err = l.try(ctx, last)
		return err
	})
	switch {
	case errors.Is(err, delivery.ErrUnsure):
		return delivery.Receipt{}, fmt.Errorf("%s: %w", doing, err)
	case err != nil && ctx.Err() != nil:
		return delivery.Receipt{}, fmt.Errorf("%s: %w", doing, ctx.Err())
	case err != nil:
		return delivery.Receipt{}, fmt.Errorf("%s: %w", doing, err)
	}
	return r, nil
}

// envelope reads from whom and to whom a parcel goes.
func (c *Channel) envelope(p delivery.Parcel) (from string, to []string, b []byte, err error) {
	sender, err := eml.Address(c.Sender)
	if err != nil {
		return "", nil, nil, fmt.Errorf("sender: %w", err)
	}
	for _, text := range p.To {
		a, err := eml.Address(text)
		if err != nil {
			return "", nil, nil, err
		}
		to = append(to, a.Address)
	}
	if len(to) == 0 {
		return "", nil, nil, errors.New("it has no address")
	}
	if len(p.Files) != 1 || p.Files[0].Type != eml.Type {
		return "", nil, nil, fmt.Errorf("it is no mail but was made for the channel %q", p.Channel)
	}
	return sender.Address, to, p.Files[0].Bytes, nil
}

// allowed refuses to send a mail, or a password, where others can read it.
func (c *Channel) allowed() error {
	switch c.Security {
	case "", StartTLS, Implicit:
		return nil
	case None:
	default:
		return fmt.Errorf("%q is no kind of TLS; use starttls, implicit or none", c.Security)
	}
	addr, err := netip.ParseAddr(c.Host)
	if err == nil && addr.Unmap().IsLoopback() || strings.EqualFold(c.Host, "localhost") {
		return nil
	}
	if !c.Insecure {
		return errors.New("tls: none is for a server on this machine, since others could read the mail on its way; use starttls, or set " +
			"insecure: true")
	}
	if c.User != "" {
		return errors.New("a password is not sent to another machine without TLS; use starttls, or no user")
	}
	return nil
}

// A letter is one mail on its way.
type letter struct {
	*Channel
	from     string
	to       []string
	bytes    []byte
	password string
}

// try sends the mail once.
func (l *letter) try(ctx context.Context, last bool) (r delivery.Receipt, err error) {
	connection := &line{}
	// Whoever gives up does not wait for the server.
	defer context.AfterFunc(ctx, connection.close)()
	defer connection.close()
	client, err := l.dial(ctx, connection)
	if err != nil {
		return r, l.failure(err)
	}
	if err := l.step(client, func() error { return client.Mail("<" + l.from + ">") }); err != nil {
		return r, l.failure(fmt.Errorf("sender %s: %w", l.from, err))
	}
	var refusal error
	for _, to := range l.to {
		err := l.step(client, func() error { return client.Rcpt("<" + to + ">") })
		if err == nil {
			continue
		}
		err = l.failure(fmt.Errorf("%s: %w", to, err))
		if answer := (*textproto.Error)(nil); !errors.As(err, &answer) || isTemporary(err) && !last {
			return r, err
		}
		refusal = cmp.Or(refusal, err)
		r.Refused = append(r.Refused, err.Error())
	}
	if len(r.Refused) == len(l.to) {
		return r, refusal
	}
	var w io.WriteCloser
	if err := l.step(client, func() error { w, err = client.Data(); return err }); err != nil {
		return r, l.failure(err)
	}
	for part := range slices.Chunk(l.bytes, 64<<10) {
		if err := l.step(client, func() error { _, err := w.Write(part); return err }); err != nil {
			return r, l.failure(err)
		}
	}
	// The end is written and acknowledged here. A server that answered has
	// decided; one that did not may have taken it.
	if err := l.step(client, w.Close); err != nil {
		if answer := (*textproto.Error)(nil); errors.As(err, &answer) {
			return r, l.failure(err)
		}
		return r, fmt.Errorf("%w: %s", delivery.ErrUnsure, l.hide(err))
	}
	if said, ok := w.(interface{ ServerResponse() string }); ok {
		r.Reply = delivery.Line(said.ServerResponse(), 200)
	}
	r.Where = l.Host
	// It has been taken; how the connection ends changes nothing of that.
	_ = l.step(client, client.Quit)
	return r, nil
}

// step does one step of the exchange, for which the server has as long as it may
// be silent.
func (l *letter) step(client *smtp.Client, do func() error) error {
	if err := client.UpdateDeadline(l.silence()); err != nil {
		return err
	}
	return do()
}

func (l *letter) silence() time.Duration { return cmp.Or(l.Silence, 2*time.Minute) }

// dial connects, asks for TLS, and says who we are.
func (l *letter) dial(ctx context.Context, connection *line) (*smtp.Client, error) {
	config := &tls.Config{}
	if l.TLS != nil {
		config = l.TLS.Clone()
	}
	config.ServerName, config.MinVersion = l.Host, tls.VersionTLS12
	port := cmp.Or(l.Port, 587)
	policy := mail.TLSMandatory
	switch l.Security {
	case Implicit:
		port = cmp.Or(l.Port, 465)
		// There is TLS already; it is looked at before a password is sent.
		policy = mail.TLSOpportunistic
	case None:
		policy = mail.NoTLS
	}
	options := []mail.Option{
		mail.WithPort(port), mail.WithTLSPolicy(policy), mail.WithTLSConfig(config),
		mail.WithTimeout(l.silence()),
		mail.WithDialContextFunc(func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			if l.Security == Implicit {
				conn = tls.Client(conn, config)
			}
			return connection.open(conn)
		}),
	}
	if l.User != "" {
		how := mail.SMTPAuthAutoDiscover
		if l.Security == None { // on this machine
			how = mail.SMTPAuthPlainNoEnc
		}
		options = append(options, mail.WithSMTPAuth(how), mail.WithUsername(l.User), mail.WithPassword(l.password))
	}
	client, err := mail.NewClient(l.Host, options...)
	if err != nil {
		return nil, err
	}
	return client.DialToSMTPClientWithContext(ctx)
}

// A line is a connection that can be closed by others before it is open.
type line struct {
	mu     sync.Mutex
	conn   net.Conn
	closed bool
}

func (c *line) open(conn net.Conn) (net.Conn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		conn.Close()
		return nil, net.ErrClosed
	}
	c.conn = conn
	return conn, nil
}

func (c *line) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	if c.conn != nil {
		c.conn.Close()
	}
}

// failure says what a try met, and whether it may be over later: that is what a
// server says with 4xx (RFC 5321, 4.2.1), and what the network does.
func (l *letter) failure(err error) error {
	var (
		answer      *textproto.Error
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		alert       tls.AlertError
		name        *net.DNSError
		network     net.Error
	)
	hidden := failed{text: l.hide(err), err: err}
	switch {
	case errors.As(err, &answer):
		if answer.Code/100 == 4 { // 421 closes the connection, the others are of this mail
			return &retry.TemporaryError{Err: hidden, Server: answer.Code == 421}
		}
	case errors.As(err, &certificate):
		hidden.text = fmt.Sprintf("the server's certificate is not good for %s: %s", l.Host, l.hide(certificate.Err))
	case errors.As(err, &record):
		hidden.text = "the server does not speak TLS on this port; with tls: implicit it is mostly 465, with starttls 587"
	case errors.As(err, &alert):
	case errors.As(err, &name) && name.IsNotFound:
	case errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return &retry.TemporaryError{Err: hidden, Server: true}
	case strings.Contains(err.Error(), "does not support STARTTLS"):
		hidden.text = "the server offers no STARTTLS, without which others could read the mail on its way; try tls: implicit"
	}
	return hidden
}

func isTemporary(err error) bool {
	var t *retry.TemporaryError
	return errors.As(err, &t)
}

// failed is an error whose text was looked through for secrets. What it was is
// for errors.As here only; its text is the one that is shown.
type failed struct {
	text string
	err  error
}

func (f failed) Error() string { return f.text }

// As lets failure's callers see a server's answer.
func (f failed) As(target any) bool {
	answer, ok := target.(**textproto.Error)
	return ok && errors.As(f.err, answer)
}

// hide takes the password out of what a server or a library says, and makes one line of it.
func (l *letter) hide(err error) string { return delivery.Hide(err.Error(), 500, l.User, l.password) }
