// Package webhook is the channel to chats and other programs: Teams (Adaptive
// Cards), Slack (Block Kit), and any that takes JSON, which is signed. What they
// get is made of a message's digest alone.
package webhook

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"usagereport/sending/delivery"
	"usagereport/sending/delivery/retry"
)

// A Format is what the other side understands.
type Format string

const (
	Teams   Format = "teams"
	Slack   Format = "slack"
	Generic Format = "generic"

	// Those that keep tickets (tickets.go).
	Jira       Format = "jira"
	ServiceNow Format = "servicenow"
	GitHub     Format = "github"
)

// The headers of a Generic request. The signature is "t=SECONDS,v1=HEX": the
// HMAC-SHA256, with the key, of the seconds, a dot, and the body. Whoever takes
// it checks that, that the time is near, and that the ID is new.
const (
	IDHeader        = "X-Usagereport-Id"
	SignatureHeader = "X-Usagereport-Signature"
)

// mediaType is that of all that is sent.
const mediaType = "application/json"

// A Channel sends to one webhook. Its fields are not written once it is in use.
type Channel struct {
	Name   string // of the channel, for parcels
	Format Format
	// URL is asked for when something is sent. It is a secret: whoever knows it
	// can write there.
	URL       func(context.Context) (string, error)
	AllowHTTP bool
	Key       func(context.Context) (string, error) // signs, of Generic; opens, of what keeps tickets
	Now       func() time.Time

	Tickets Tickets // of what keeps tickets

	Patience retry.Patience
	Silence  time.Duration // for how long the other side may say nothing; 0 is a minute
	TLS      *tls.Config   // nil trusts whom this machine trusts
}

// Prepare implements delivery.Channel.
func (c *Channel) Prepare(m delivery.Message) (delivery.Parcel, error) {
	if err := delivery.CheckID(m.ID); err != nil {
		return delivery.Parcel{}, fmt.Errorf("write for %s: %w", c.Name, err)
	}
	var body any
	switch c.Format {
	case Teams:
		body = fit(func(most int) any { return teams(m, most) }, teamsBytes)
	case Slack:
		body = fit(func(most int) any { return slack(m, most) }, slackBytes)
	case Generic:
		body = generic{ID: m.ID, Owner: m.Owner, Subject: m.Subject, Digest: whole(m.Digest)}
	case Jira, ServiceNow, GitHub:
		if m.Ticket == nil {
			return delivery.Parcel{}, fmt.Errorf("write for %s: it takes findings alone", c.Name)
		}
		body = c.ticket(*m.Ticket)
	default:
		return delivery.Parcel{}, fmt.Errorf("write for %s: %q is no format of a webhook", c.Name, c.Format)
	}
	b, err := encode(body)
	if err != nil {
		return delivery.Parcel{}, fmt.Errorf("write for %s: %w", c.Name, err)
	}
	return delivery.Parcel{
		ID: m.ID, Owner: m.Owner, Channel: c.Name, To: slices.Clone(m.To), Subject: m.Subject,
		Files: []delivery.File{{Name: m.ID + ".json", Type: mediaType, Bytes: b}},
	}, nil
}

// A generic is what a program gets that is none of the chats.
type generic struct {
	ID      string          `json:"id"`
	Owner   string          `json:"owner"`
	Subject string          `json:"subject"`
	Digest  delivery.Digest `json:"digest"`
}

// whole writes empty lists for those that are missing: programs read them.
func whole(d delivery.Digest) delivery.Digest {
	if d.Lines == nil {
		d.Lines = []string{}
	}
	if d.Facts == nil {
		d.Facts = []delivery.Fact{}
	}
	findings := []delivery.Finding{}
	for _, f := range d.Findings {
		if f.Answers == nil {
			f.Answers = []delivery.Answer{}
		}
		findings = append(findings, f)
	}
	d.Findings = findings
	return d
}

// encode writes JSON without the escapes that a script in a page needs, which
// make links of cards three times as long.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimRight(b.Bytes(), "\n"), err
}

// fit makes a card whose texts have at most so many signs each that it is not
// larger than a chat takes.
func fit(card func(most int) any, largest int) any {
	for most := 1000; ; most /= 2 {
		c := card(most)
		if b, err := encode(c); err != nil || len(b) <= largest || most < 20 {
			return c
		}
	}
}

// Send implements delivery.Channel.
func (c *Channel) Send(ctx context.Context, p delivery.Parcel) (r delivery.Receipt, err error) {
	doing := fmt.Sprintf("send %s to %s", p.ID, c.Name)
	if err := ctx.Err(); err != nil {
		return r, fmt.Errorf("%s: %w", doing, err)
	}
	if len(p.Files) != 1 || p.Files[0].Type != mediaType {
		return r, fmt.Errorf("%s: it was made for the channel %q", doing, p.Channel)
	}
	l := letter{Channel: c, id: p.ID, body: p.Files[0].Bytes}
	text, err := c.URL(ctx)
	if err != nil {
		return r, fmt.Errorf("%s: url: %w", doing, err)
	}
	if l.to, err = url.Parse(strings.TrimSpace(text)); err != nil || l.to.Host == "" {
		return r, fmt.Errorf("%s: its url is none", doing)
	}
	if l.to.Scheme != "https" && (l.to.Scheme != "http" || !c.AllowHTTP) {
		return r, fmt.Errorf("%s: its url does not begin with https://, so that others could read what is sent; allow_http: true allows "+
			"http://", doing)
	}
	if c.Format == Generic || c.keeps() {
		if l.key, err = c.Key(ctx); err != nil {
			return r, fmt.Errorf("%s: key: %w", doing, err)
		}
	}
	if l.method = http.MethodPost; c.keeps() {
		if err := l.address(); err != nil {
			return r, fmt.Errorf("%s: %w", doing, err)
		}
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: c.TLS, ForceAttemptHTTP2: true,
		// A connection that was kept may be gone, which looks as if something was sent.
		DisableKeepAlives: true,
	}
	defer transport.CloseIdleConnections()
	l.client = &http.Client{Transport: transport, CheckRedirect: l.follow, Timeout: cmp.Or(c.Silence, time.Minute)}
	err = c.Patience.Do(ctx, func(bool) error {
		r, err = l.try(ctx)
		return err
	})
	switch {
	case err != nil && ctx.Err() != nil && !errors.Is(err, delivery.ErrUnsure):
		err = ctx.Err()
		fallthrough
	case err != nil:
		return delivery.Receipt{}, fmt.Errorf("%s: %w", doing, err)
	}
	return r, nil
}

// A letter is one request on its way.
type letter struct {
	*Channel
	client *http.Client
	to     *url.URL
	method string
	id     string
	key    string
	body   []byte
	closes string // the ticket that it closes
	// written says that the request now on its way has been written whole.
	written atomic.Bool
}

// errElsewhere says that the other side redirects to a place that is not allowed.
var errElsewhere = errors.New("it sends us on to another place, to which nothing was sent; write the new url into the secret if " +
	"it is right")

// follow allows the same request to the same host only.
func (l *letter) follow(next *http.Request, via []*http.Request) error {
	if next.URL.Host != l.to.Host || next.URL.Scheme != l.to.Scheme || next.Method != l.method || len(via) > 3 {
		return errElsewhere
	}
	l.written.Store(false)
	return nil
}

// try sends the request once.
func (l *letter) try(ctx context.Context) (r delivery.Receipt, err error) {
	l.written.Store(false)
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(i httptrace.WroteRequestInfo) {
		if i.Err == nil {
			l.written.Store(true)
		}
	}})
	req, err := http.NewRequestWithContext(traced, l.method, l.to.String(), bytes.NewReader(l.body))
	if err != nil {
		return r, errors.New("its url is none")
	}
	req.Header.Set("Content-Type", mediaType)
	req.Header.Set("User-Agent", "usagereport")
	req.Header.Set(IDHeader, l.id)
	if l.Format == Generic {
		req.Header.Set(SignatureHeader, Sign(l.key, l.Now(), l.body))
	}
	if l.keeps() {
		l.authorize(req)
	}
	resp, err := l.client.Do(req)
	if err != nil {
		return r, l.failure(err)
	}
	defer resp.Body.Close()
	// It has decided; what else it says, and whether that comes whole, is not needed.
	most := int64(1000)
	if l.keeps() {
		most = maxTicketReply
	}
	said, _ := io.ReadAll(io.LimitReader(resp.Body, most))
	reply := l.hide(string(said))
	if resp.StatusCode/100 == 2 && l.keeps() {
		return l.opened(said)
	}
	if resp.StatusCode/100 == 2 {
		return delivery.Receipt{Where: l.to.Scheme + "://" + l.to.Host, Reply: strings.TrimSpace(resp.Status + " " + reply)}, nil
	}
	answer := fmt.Errorf("it answered %s", strings.TrimSpace(resp.Status+" "+reply))
	if resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500 {
		return r, &retry.TemporaryError{Err: answer, After: retryAfter(resp.Header.Get("Retry-After"), l.Now()), Server: true}
	}
	if l.closes != "" {
		return l.unclosed(ctx, resp, answer)
	}
	return r, answer
}

// failure says what a request met that got no answer. One that had been written
// may have arrived.
func (l *letter) failure(err error) error {
	var (
		place       *url.Error
		certificate *tls.CertificateVerificationError
		authority   x509.UnknownAuthorityError
		record      tls.RecordHeaderError
		name        *net.DNSError
	)
	if errors.Is(err, errElsewhere) {
		return errElsewhere
	}
	if errors.As(err, &place) {
		err = place.Err // without the URL
	}
	text := l.hide(err.Error())
	switch {
	case l.written.Load():
		return fmt.Errorf("%w: %s", delivery.ErrUnsure, text)
	case errors.As(err, &certificate), errors.As(err, &authority):
		return fmt.Errorf("its certificate is not good: %s", text)
	case errors.As(err, &record):
		return fmt.Errorf("it does not speak TLS: %s", text)
	case errors.As(err, &name) && name.IsNotFound:
		return errors.New(text)
	}
	return &retry.TemporaryError{Err: errors.New(text), Server: true}
}

// hide takes out of a text the key, and the URL, also in parts, where that is a secret; what is
// left is one line.
func (l *letter) hide(text string) string {
	secrets := []string{l.key}
	if password, ok := l.to.User.Password(); ok {
		secrets = append(secrets, password)
	}
	if !l.keeps() {
		parts := []string{l.to.String(), l.to.RequestURI()}
		parts = append(parts, strings.Split(l.to.EscapedPath(), "/")...)
		parts = append(parts, strings.Split(l.to.Path, "/")...)
		for _, values := range l.to.Query() {
			parts = append(parts, values...)
		}
		for _, s := range parts {
			if len(s) >= 6 { // what is shorter stands in ordinary words
				secrets = append(secrets, s)
			}
		}
	}
	return delivery.Hide(text, 200, l.Tickets.User, secrets...)
}

// Sign signs a body at a time.
func Sign(key string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(fmt.Appendf(nil, "%d.", at.Unix()))
	mac.Write(body)
	return fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(mac.Sum(nil)))
}

// retryAfter reads how long the other side asks to be left alone, in seconds or
// until a date.
func retryAfter(value string, now time.Time) time.Duration {
	if n, err := strconv.ParseInt(value, 10, 32); err == nil {
		return time.Duration(max(n, 0)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}
