// Package https is the loader's source for usage files on web servers: one URL
// is one file. Links that carry their permission in the query, as storage
// accounts and billing pages hand them out, work; the query is never shown or
// kept.
//
// An address that the user typed may be anywhere, on this machine or in a
// private network. Where a server sends us on to is another matter: the server
// chose that address, so it must be a public one unless AllowPrivate says
// otherwise. That is checked on the address that is dialled and not on the
// name, so that a name which changes its address gains nothing. Behind a proxy
// the proxy looks names up and dials, and has to hold them to its own rules;
// addresses written as numbers are checked there too.
package https

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"usagereport/loader"
	"usagereport/loader/remote"
)

const maxRedirects = 10

// A Source lists and opens URLs. The zero value is ready; its fields are not
// written once it is in use.
type Source struct {
	// MaxBytes is the most that an object may have; 0 is no limit.
	MaxBytes int64
	// AllowHTTP lets http:// reach other machines. Without it http:// is for
	// this machine alone, since what comes can be read and changed on its way.
	AllowHTTP bool
	// AllowPrivate lets redirects lead into private networks.
	AllowPrivate bool
	// Patience is how long a server may be silent, before its answer and inside
	// it; 0 is remote.Patience.
	Patience time.Duration
	// Now is the clock that a Retry-After with a date is held against.
	Now func() time.Time
	// TLS, if set, replaces what TLS connections begin with; tests bring their
	// own certificates.
	TLS *tls.Config

	once   sync.Once
	client *http.Client

	mu sync.Mutex
	// urls holds the whole URL of each Ref that List has shown, which its query is
	// missing from; nil where several URLs are shown alike.
	urls map[string]*url.URL
}

// List implements loader.Source. A URL is one object.
func (s *Source) List(ctx context.Context, ref loader.Ref) iter.Seq2[loader.Object, error] {
	return func(yield func(loader.Object, error) bool) {
		u, shown, err := s.parse(ref)
		if err != nil {
			yield(loader.Object{}, err)
			return
		}
		yield(s.look(ctx, u, shown))
	}
}

// parse reads a Ref and returns its URL and how the URL is shown. A Ref as List
// has shown it stands for the URL that it was shown for, if that was one.
func (s *Source) parse(ref loader.Ref) (u *url.URL, shown string, err error) {
	u, err = url.Parse(ref.Scheme + "://" + ref.Rest)
	if err != nil {
		// The error of url.Parse repeats the URL.
		return nil, "", fmt.Errorf("%s is not a URL; write it as https://host/path, with %%20 for a blank",
			remote.Redact(ref.Scheme+"://"+ref.Rest))
	}
	shown = show(u)
	if u.Hostname() == "" {
		return nil, "", fmt.Errorf("%s names no host; write it as https://host/path", shown)
	}
	u.Fragment, u.RawFragment = "", ""
	if err := s.allowed(u); err != nil {
		return nil, "", fmt.Errorf("%s: %w", shown, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.urls == nil {
		s.urls = map[string]*url.URL{}
	}
	known, seen := s.urls[shown]
	switch {
	case known != nil && u.RawQuery == "" && u.User == nil:
		return known, shown, nil
	case !seen:
		s.urls[shown] = u
	case known != nil && known.String() != u.String():
		s.urls[shown] = nil
	}
	return u, shown, nil
}

// show writes a URL without its secrets. The whole query goes: which of its
// values is a key, only its server knows.
func show(u *url.URL) string {
	c := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	return loader.WithoutSecret(c.String())
}

// allowed says whether a URL's scheme may be used with its host.
func (s *Source) allowed(u *url.URL) error {
	switch {
	case u.Scheme == "https":
		return nil
	case u.Scheme != "http":
		return fmt.Errorf("%s:// is not read here; use https://", u.Scheme)
	case s.AllowHTTP || isLoopback(u.Hostname()):
		return nil
	}
	return errors.New("http:// is read from this machine only, since others could read and change it on its way; use https://")
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback() || strings.EqualFold(host, "localhost")
}

// look asks what stands at a URL.
func (s *Source) look(ctx context.Context, u *url.URL, shown string) (loader.Object, error) {
	doing := "look at " + shown
	resp, err := s.ask(ctx, http.MethodHead, u, doing, nil)
	if err != nil {
		return loader.Object{}, err
	}
	resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusMethodNotAllowed, http.StatusNotImplemented, http.StatusForbidden:
		// Some servers know no HEAD, and a signed link is often good for GET alone.
		if resp, err = s.ask(ctx, http.MethodGet, u, doing, http.Header{"Range": {"bytes=0-0"}}); err != nil {
			return loader.Object{}, err
		}
		resp.Body.Close()
	}
	size := resp.ContentLength
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusPartialContent, http.StatusRequestedRangeNotSatisfiable:
		// An empty object has no first byte; its answer is 416 with "bytes */0".
		if _, size = contentRange(resp.Header); resp.StatusCode != http.StatusPartialContent && size != 0 {
			return loader.Object{}, s.refusal(resp, doing)
		}
	default:
		return loader.Object{}, s.refusal(resp, doing)
	}
	if s.MaxBytes > 0 && size > s.MaxBytes {
		return loader.Object{}, s.tooLarge(doing)
	}
	obj := loader.Object{Ref: shown, Version: version(resp.Header), Size: size}
	if whole := u.String(); whole != shown {
		obj.Whole = loader.Hidden(whole) // two links that differ in their query are two objects
	}
	if at, err := http.ParseTime(resp.Header.Get("Last-Modified")); err == nil {
		obj.Modified = at.UTC()
	}
	return obj, nil
}

func version(h http.Header) string {
	if tag := h.Get("ETag"); tag != "" {
		return tag
	}
	return h.Get("Last-Modified")
}

// contentRange reads where a part begins and how long the whole is, each -1 if
// it is not said.
func contentRange(h http.Header) (start, whole int64) {
	start, whole = -1, -1
	rest, ok := strings.CutPrefix(h.Get("Content-Range"), "bytes ")
	part, total, _ := strings.Cut(rest, "/")
	if !ok {
		return start, whole
	}
	first, _, _ := strings.Cut(part, "-")
	if n, err := strconv.ParseInt(first, 10, 64); err == nil {
		start = n
	}
	if n, err := strconv.ParseInt(total, 10, 64); err == nil {
		whole = n
	}
	return start, whole
}

// Open implements loader.Source.
func (s *Source) Open(ctx context.Context, obj loader.Object, offset int64) (io.ReadCloser, error) {
	u, _, err := s.parse(loader.ParseRef(cmp.Or(string(obj.Whole), obj.Ref)))
	if err != nil {
		return nil, err
	}
	doing := "read " + obj.Ref
	h := http.Header{}
	// A weak ETag is never equal in a condition, and where the server looks at
	// no condition the answer's own version decides.
	switch {
	case strings.HasPrefix(obj.Version, `"`):
		h.Set("If-Match", obj.Version)
	case obj.Version != "" && !strings.HasPrefix(obj.Version, "W/"):
		if _, err := http.ParseTime(obj.Version); err == nil {
			h.Set("If-Unmodified-Since", obj.Version)
		}
	}
	if offset > 0 {
		h.Set("Range", fmt.Sprintf("bytes=%d-", offset))
	}
	ctx, watch := remote.NewWatch(ctx, s.Patience)
	resp, err := s.do(ctx, http.MethodGet, u, doing, h) //nolint:bodyclose // body, below, closes it
	watch.Rest()
	if err != nil {
		watch.End()
		return nil, err
	}
	body := &remote.Body{In: resp.Body, Ctx: ctx, Watch: watch, Doing: doing, Left: resp.ContentLength}
	skip, err := s.accept(resp, obj, offset, doing)
	if errors.Is(err, io.EOF) {
		body.Close()
		return http.NoBody, nil
	}
	if err != nil {
		body.Close()
		return nil, err
	}
	var in io.ReadCloser = body
	if s.MaxBytes > 0 {
		in = &limited{ReadCloser: in, left: s.MaxBytes - offset + skip, err: s.tooLarge(doing)}
	}
	if _, err := io.CopyN(io.Discard, in, skip); err != nil {
		in.Close()
		return nil, err
	}
	return in, nil
}

// accept says whether an answer is what was asked for, and how much at its
// beginning is to be skipped. Its error is io.EOF where nothing is left to send.
func (s *Source) accept(resp *http.Response, obj loader.Object, offset int64, doing string) (skip int64, err error) {
	changed := fmt.Errorf("%s: %w", doing, loader.ErrChanged)
	start, whole := contentRange(resp.Header)
	switch resp.StatusCode {
	case http.StatusOK:
		whole = resp.ContentLength
	case http.StatusPartialContent:
		if offset == 0 || start != offset {
			return 0, fmt.Errorf("%s: the server sent %q where the bytes from %d on were asked for; load a copy on this machine instead",
				doing, resp.Header.Get("Content-Range"), offset)
		}
	case http.StatusPreconditionFailed:
		return 0, changed
	case http.StatusRequestedRangeNotSatisfiable:
		if offset > 0 && whole == offset && (obj.Size < 0 || obj.Size == offset) {
			return 0, io.EOF
		}
		return 0, changed
	default:
		return 0, s.refusal(resp, doing)
	}
	if obj.Size >= 0 && whole >= 0 && whole != obj.Size {
		return 0, changed
	}
	// An answer without a version says nothing against the one that was listed.
	if v := sameKind(resp.Header, obj.Version); v != "" && v != obj.Version {
		return 0, changed
	}
	if resp.StatusCode == http.StatusOK && offset > 0 {
		// The server sent all of it: because it knows no ranges, or because it
		// is something else by now. Only an equal version proves the first.
		if obj.Version == "" || version(resp.Header) != obj.Version {
			return 0, changed
		}
		return offset, nil
	}
	return 0, nil
}

// sameKind returns what an answer says of its version in the header that the
// listed version came from.
func sameKind(h http.Header, listed string) string {
	if listed == "" {
		return ""
	}
	if _, err := http.ParseTime(listed); err == nil {
		return h.Get("Last-Modified")
	}
	return h.Get("ETag")
}

// ask sends a request whose answer's content is not read.
func (s *Source) ask(ctx context.Context, method string, u *url.URL, doing string, h http.Header) (*http.Response, error) {
	ctx, watch := remote.NewWatch(ctx, s.Patience)
	defer watch.End()
	resp, err := s.do(ctx, method, u, doing, h)
	if err != nil {
		return nil, err
	}
	resp.Body.Close()
	return resp, nil
}

// do sends a request and returns the answer, whatever its status.
func (s *Source) do(ctx context.Context, method string, u *url.URL, doing string, h http.Header) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, remote.Hide(err))
	}
	for name, values := range h {
		req.Header[name] = values
	}
	// The bytes as they are stored: packed content stays packed, and offsets
	// count what the size counts. net/http leaves them alone when we ask.
	req.Header.Set("Accept-Encoding", "identity")
	req.Header.Set("User-Agent", "usagereport")
	s.once.Do(s.connect)
	resp, err := s.client.Do(req)
	if err == nil {
		return resp, nil
	}
	var refused *redirectError
	if errors.As(err, &refused) && ctx.Err() == nil {
		return nil, fmt.Errorf("%s: %w", doing, refused)
	}
	return nil, remote.Failure(ctx, doing, err)
}

// refusal says what a status that is no success means and what to do.
func (s *Source) refusal(resp *http.Response, doing string) error {
	status := strings.TrimSpace(fmt.Sprintf("%d %s", resp.StatusCode, http.StatusText(resp.StatusCode)))
	switch code := resp.StatusCode; {
	case remote.TemporaryStatus(code):
		return &loader.TemporaryError{
			Err:        fmt.Errorf("%s: the server answered %s; try again later", doing, status),
			RetryAfter: remote.RetryAfter(resp.Header, s.Now),
		}
	case code == http.StatusNotFound || code == http.StatusGone:
		return fmt.Errorf("%s: the server answered %s; check the link: %w", doing, status, fs.ErrNotExist)
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return fmt.Errorf("%s: access was denied (%s); a link with a signature may have expired: fetch a new one, and copy all of it",
			doing, status)
	}
	return fmt.Errorf("%s: the server answered %s; see whether the link opens in a browser", doing, status)
}

func (s *Source) tooLarge(doing string) error {
	return fmt.Errorf("%s: it is larger than the limit of %d bytes; raise --max-download if that is meant", doing, s.MaxBytes)
}

// limited ends with an error where more comes than may.
type limited struct {
	io.ReadCloser
	left int64
	err  error
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, l.err
	}
	// One byte more than may come, to see whether it does.
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.ReadCloser.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return n - 1, l.err
	}
	return n, err
}

// A redirectError says why we do not go where a server sends us.
type redirectError struct{ reason string }

func (e *redirectError) Error() string { return e.reason }

// connect makes the client, with two ways out: one for addresses that the user
// typed, one for those that a server chose. Connections are kept apart, so that
// one opened for the first is not used for the second.
func (s *Source) connect() {
	patience := s.Patience
	if patience <= 0 {
		patience = remote.Patience
	}
	way := func(control func(network, address string, _ syscall.RawConn) error) *http.Transport {
		d := &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second, Control: control}
		return &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: d.DialContext, TLSClientConfig: s.TLS.Clone(), ForceAttemptHTTP2: true,
			TLSHandshakeTimeout: 15 * time.Second, ResponseHeaderTimeout: patience, ExpectContinueTimeout: time.Second,
			MaxIdleConns: 10, IdleConnTimeout: 90 * time.Second,
		}
	}
	r := &router{typed: way(nil), chosen: way(publicOnly)}
	if s.AllowPrivate {
		r.chosen = r.typed
	}
	s.client = &http.Client{Transport: r, CheckRedirect: s.follow}
}

// Close lets go of connections that are kept for the next object.
func (s *Source) Close() error {
	s.once.Do(s.connect)
	s.client.CloseIdleConnections()
	return nil
}

// follow says whether a redirect is followed.
func (s *Source) follow(req *http.Request, via []*http.Request) error {
	// net/http would tell the next server where we come from, with the query.
	req.Header.Del("Referer")
	to, from := show(req.URL), via[len(via)-1].URL
	switch {
	case len(via) > maxRedirects:
		return &redirectError{fmt.Sprintf("the server redirects more than %d times; the last time to %s", maxRedirects, to)}
	case from.Scheme == "https" && req.URL.Scheme != "https":
		return &redirectError{fmt.Sprintf("the server redirects from https to %s, which others could read and change on its way; ask "+
			"for a link that stays on https", to)}
	}
	if err := s.allowed(req.URL); err != nil {
		return &redirectError{fmt.Sprintf("the server redirects to %s: %v", to, err)}
	}
	return nil
}

// A router sends each request over the way that is for it.
type router struct{ typed, chosen *http.Transport }

// RoundTrip implements http.RoundTripper.
func (r *router) RoundTrip(req *http.Request) (*http.Response, error) {
	first := req
	for first.Response != nil {
		first = first.Response.Request
	}
	if r.chosen == r.typed || first.URL.Scheme == req.URL.Scheme && first.URL.Host == req.URL.Host {
		return r.typed.RoundTrip(req)
	}
	proxy, err := r.chosen.Proxy(req)
	if err != nil {
		return nil, err
	}
	if proxy == nil {
		return r.chosen.RoundTrip(req)
	}
	// We dial the proxy, which may well be private.
	if addr, err := netip.ParseAddr(req.URL.Hostname()); err == nil && !isPublic(addr) {
		return nil, notPublic(addr)
	}
	return r.typed.RoundTrip(req)
}

// CloseIdleConnections is what http.Client looks for.
func (r *router) CloseIdleConnections() {
	r.typed.CloseIdleConnections()
	r.chosen.CloseIdleConnections()
}

// publicOnly is asked for each address before it is dialled.
func publicOnly(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return &redirectError{"the server redirects to an address that cannot be checked"}
	}
	if !isPublic(ap.Addr()) {
		return notPublic(ap.Addr())
	}
	return nil
}

func notPublic(addr netip.Addr) error {
	return &redirectError{fmt.Sprintf("the server redirects to %s, which is not a public address; load from there by its own link if "+
		"that is meant", addr.Unmap())}
}

// isPublic reports whether an address is one of the public internet's.
func isPublic(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	if !addr.IsGlobalUnicast() || addr.IsPrivate() {
		return false // loopback, link-local, multicast, unspecified; 10/8, 172.16/12, 192.168/16, fc00::/7
	}
	for _, prefix := range []string{
		"0.0.0.0/8",                                                // this network
		"100.64.0.0/10",                                            // behind a provider's address translation
		"192.0.0.0/24",                                             // protocols
		"198.18.0.0/15",                                            // measurements inside networks
		"240.0.0.0/4",                                              // reserved
		"64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", // an IPv4 address inside, which may be any of these
	} {
		if netip.MustParsePrefix(prefix).Contains(addr) {
			return false
		}
	}
	return true
}
