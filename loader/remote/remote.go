// Package remote holds what sources that reach over a network have in common:
// they give up on a server that falls silent, say what is worth another try
// from what is not, and keep secrets out of what they say.
package remote

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"usagereport/loader"
)

// Patience is how long a server may be silent, where no option says otherwise.
const Patience = time.Minute

// A Watch ends a transfer whose server is silent for too long. It counts only
// while a read waits for the server: a slow reader is not a silent server.
type Watch struct {
	patience time.Duration
	timer    *time.Timer
	cancel   context.CancelCauseFunc
}

// NewWatch returns a context for one transfer, and the watch that ends it. The
// watch begins to count at once.
func NewWatch(ctx context.Context, patience time.Duration) (context.Context, *Watch) {
	if patience <= 0 {
		patience = Patience
	}
	ctx, cancel := context.WithCancelCause(ctx)
	w := &Watch{patience: patience, cancel: cancel}
	w.timer = time.AfterFunc(patience, func() { cancel(silence(patience)) })
	return ctx, w
}

// Wait says that the server is waited for from now on.
func (w *Watch) Wait() { w.timer.Reset(w.patience) }

// Rest says that the server is not waited for.
func (w *Watch) Rest() { w.timer.Stop() }

// End ends the transfer.
func (w *Watch) End() {
	w.timer.Stop()
	w.cancel(nil)
}

// A silence is why a watch ended a transfer.
type silence time.Duration

func (s silence) Error() string {
	return fmt.Sprintf("the server was silent for %v", time.Duration(s))
}

// Failure says what a call met: what was being done comes first, secrets are
// taken out, and what may well be over a little later is a TemporaryError. ctx
// is the call's own, which distinguishes a server's silence from a caller that gave up.
func Failure(ctx context.Context, doing string, err error, secrets ...string) error {
	quiet, isSilence := context.Cause(ctx).(silence) //nolint:errorlint // the cause is ours and never wrapped
	switch {
	case isSilence:
		return &loader.TemporaryError{Err: fmt.Errorf("%s: %w", doing, quiet)}
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", doing, ctx.Err())
	}
	shown := fmt.Errorf("%s: %w", doing, Hide(err, secrets...))
	if Lasting(err) {
		return shown
	}
	return &loader.TemporaryError{Err: shown}
}

// Lasting reports whether an error of the network stays when the same is tried
// again: a name that does not exist, a certificate that is not trusted, a URL
// that is none. What it does not know may pass.
func Lasting(err error) bool {
	var (
		name        *net.DNSError
		certificate *tls.CertificateVerificationError
		authority   x509.UnknownAuthorityError
		host        x509.HostnameError
		record      tls.RecordHeaderError
		alert       tls.AlertError
		address     *net.AddrError
		place       *url.Error
	)
	switch {
	case errors.As(err, &name):
		return name.IsNotFound && !name.IsTemporary && !name.IsTimeout
	case errors.As(err, &place) && place.Op == "parse":
		return true
	}
	return errors.As(err, &certificate) || errors.As(err, &authority) || errors.As(err, &host) ||
		errors.As(err, &record) || errors.As(err, &alert) || errors.As(err, &address)
}

// TemporaryStatus reports whether an HTTP status says that the same request may
// well succeed a little later.
func TemporaryStatus(code int) bool {
	switch code {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return false // it will not learn it while we wait
	}
	return code >= 500
}

// RetryAfter reads how long a server asks to be left alone, in seconds or as a
// date. Without a clock a date says nothing.
func RetryAfter(h http.Header, now func() time.Time) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.ParseInt(value, 10, 32); err == nil {
		return time.Duration(max(n, 0)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil && now != nil {
		return max(at.Sub(now()), 0)
	}
	return 0
}

// A Body is content on its way over a network. It ends with io.EOF only when
// all of it came.
type Body struct {
	In    io.ReadCloser
	Ctx   context.Context // the transfer's; NewWatch made it
	Watch *Watch
	Doing string // "read https://…": begins what it says of failures
	Left  int64  // how much must still come; -1 if unknown
	// Secrets must not appear in what it says.
	Secrets []string

	err error
}

// Read implements io.Reader.
func (b *Body) Read(p []byte) (int, error) {
	if b.err != nil || len(p) == 0 {
		return 0, b.err
	}
	b.Watch.Wait()
	n, err := b.In.Read(p)
	b.Watch.Rest()
	if b.Left >= 0 {
		if b.Left -= int64(n); b.Left < 0 {
			b.err = fmt.Errorf("%s: more came than was announced: %w", b.Doing, loader.ErrChanged)
			return 0, b.err
		}
	}
	switch {
	case errors.Is(err, io.EOF) && b.Left > 0:
		// Some clients call a connection that closed too early the end.
		b.err = Failure(b.Ctx, b.Doing, fmt.Errorf("broke off %d bytes before its end: %w", b.Left, io.ErrUnexpectedEOF), b.Secrets...)
	case errors.Is(err, io.ErrUnexpectedEOF):
		b.err = Failure(b.Ctx, b.Doing, fmt.Errorf("broke off before its end: %w", io.ErrUnexpectedEOF), b.Secrets...)
	case errors.Is(err, io.EOF):
		b.err = io.EOF
	case err != nil:
		b.err = Failure(b.Ctx, b.Doing, err, b.Secrets...)
	}
	return n, b.err
}

// Close implements io.Closer.
func (b *Body) Close() error {
	// The transfer ends first: closing must not wait for a rest that nobody
	// wants.
	b.Watch.End()
	return b.In.Close()
}

// Hide returns err with a text that holds no secret. It can still be compared
// with errors.Is, but not unwrapped to the text that was hidden.
func Hide(err error, secrets ...string) error {
	// The text of a url.Error begins with the URL, which the caller names better.
	if place := (*url.Error)(nil); errors.As(err, &place) && place.Op != "parse" {
		return hidden{text: Redact(place.Err.Error(), secrets...), err: err}
	}
	return hidden{text: Redact(err.Error(), secrets...), err: err}
}

type hidden struct {
	text string
	err  error
}

func (h hidden) Error() string { return h.text }

// Is lets errors.Is see what the error was.
func (h hidden) Is(target error) bool { return errors.Is(h.err, target) }

// Redact takes out of a text what may be a secret: the query and the user of
// every URL, the values of names that hold keys and signatures, and the given
// secrets themselves. Lines become one.
func Redact(text string, secrets ...string) string {
	for _, s := range secrets {
		if len(s) >= 6 { // what is shorter stands in ordinary words
			text = strings.ReplaceAll(text, s, "…")
		}
	}
	for _, r := range []struct{ pattern, with string }{
		{`(?i)([a-z][a-z0-9+.-]*:/+)[^\s/?#"'<>@]*@`, "$1"},
		{`(?i)([a-z][a-z0-9+.-]*:/+[^\s?#"'<>]*)[?#][^\s"'<>]*`, "$1"},
		{`\?[^\s"'<>?]*=[^\s"'<>]*`, "?…"},
		{`(?i)\b(sig|signature|credential|account_?key|sharedaccess(?:key|signature)|(?:x-amz|x-goog)-[a-z-]+|(?:aws)?accesskeyid|[a-z_]*(?:token|secret|password|assertion))(\s*=\s*["']?)[^\s&;,"'<>]+`, "$1$2…"},
		{`(?i)("[a-z_]*(?:token|secret|key|password|signature|assertion)"\s*:\s*")[^"]*`, "$1…"},
		{`(?i)\b(bearer|basic|sharedkey|sharedkeylite|aws4-hmac-sha256)\s+[a-z0-9+/=._:~…-]{16,}`, "$1 …"},
		{`\s+`, " "},
	} {
		text = regexp.MustCompile(r.pattern).ReplaceAllString(text, r.with)
	}
	return strings.TrimSpace(text)
}
