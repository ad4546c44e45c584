package web

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// tokenCookie keeps the token that an address brought.
const tokenCookie = "usagereport-token"

// policy returns the Content-Security-Policy of a page: nothing from elsewhere, no
// script or style within the page, no frame around it. A page with a nonce has
// styles that its editor makes under it.
func policy(nonce string) string {
	styles := "'self'"
	if nonce != "" {
		styles += " 'nonce-" + nonce + "'"
	}
	return "default-src 'none'; script-src 'self'; style-src " + styles + "; img-src 'self' data:; connect-src 'self'; form-action " +
		"'self'; base-uri 'none'; frame-ancestors 'none'"
}

// guarded puts before h what keeps other sites out: the name by which the server
// is called must be its own (another name that points here, DNS rebinding,
// is not), what another site's page sends is refused, and a token is asked for
// where there is one.
func (s *Server) guarded(h http.Handler) http.Handler {
	h = s.guard.Handler(h)
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w := s.patient(out)
		head := w.Header()
		head.Set("Content-Security-Policy", policy(""))
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Referrer-Policy", "no-referrer")
		head.Set("Cross-Origin-Opener-Policy", "same-origin")
		head.Set("Cross-Origin-Resource-Policy", "same-origin")
		head.Set("Cache-Control", "no-store")
		switch {
		case !s.called(r.Host):
			http.Error(w, "this server is not called "+r.Host+"; open it by the address that it printed", http.StatusMisdirectedRequest)
		case s.o.Token == "" && forwarded(r):
			http.Error(w, "this server was started for this machine alone; behind a proxy, start it with --name, and it asks for a token", http.StatusUnauthorized)
		case foreign(r):
			http.Error(w, "pages of other sites cannot ask here", http.StatusForbidden)
		case s.o.Token != "" && r.URL.Query().Get("token") != "":
			s.takeToken(w, r)
		case !s.admitted(r) && hasToken(r):
			s.wrongToken(w, r)
		case !s.admitted(r):
			http.Error(w, "open the whole address that usagereport serve printed, with its token", http.StatusUnauthorized)
		case !s.guests.enter(r):
			http.Error(w, fmt.Sprintf("%d requests of yours are being answered; wait for one", busyEach), http.StatusTooManyRequests)
		default:
			defer s.guests.leave(r)
			r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
			h.ServeHTTP(w, r)
		}
	})
}

// called reports whether host is a name of this server.
func (s *Server) called(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	same := func(host string) bool { return strings.EqualFold(host, name) }
	if same("localhost") || slices.ContainsFunc(s.o.Hosts, same) {
		return true
	}
	addr, err := netip.ParseAddr(name)
	return err == nil && addr.IsLoopback()
}

// forwarded reports whether a proxy passes a request on, which then may come from
// anywhere.
func forwarded(r *http.Request) bool {
	for name := range r.Header {
		switch {
		case name == "Forwarded", name == "Via", name == "X-Real-Ip", strings.HasPrefix(name, "X-Forwarded-"):
			return true
		}
	}
	return false
}

// encrypted reports whether the browser speaks with this server, or with the proxy
// before it, by TLS.
func encrypted(r *http.Request) bool {
	return r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") ||
		strings.Contains(strings.ToLower(r.Header.Get("Forwarded")), "proto=https")
}

// foreign reports whether another site's page asks for what is not a page to go
// to, which no page of ours does.
func foreign(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return (site == "cross-site" || site == "same-site") && r.Header.Get("Sec-Fetch-Mode") != "navigate"
}

// takeToken keeps the token in a cookie, out of the address and the history.
func (s *Server) takeToken(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	token := q.Get("token")
	q.Del("token")
	if !s.is(token) {
		s.wrongToken(w, r)
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: tokenCookie, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: encrypted(r),
	})
	to := r.URL.EscapedPath()
	if to == "" || strings.HasPrefix(to, "//") { // another host's
		to = "/"
	}
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// wrongToken answers whoever brings a token that is not the one: a little later, so
// that guessing takes time, and not without a line in the server's log.
func (s *Server) wrongToken(w http.ResponseWriter, r *http.Request) {
	if s.o.Note != nil {
		s.o.Note("a wrong token came from %s", r.RemoteAddr)
	}
	select {
	case <-time.After(wrongDelay):
	case <-r.Context().Done():
	}
	http.Error(w, errToken.Error(), http.StatusUnauthorized)
}

// wrongDelay is how long the answer to a wrong token takes.
const wrongDelay = 300 * time.Millisecond

// hasToken reports whether a request brings a token at all.
func hasToken(r *http.Request) bool {
	_, err := r.Cookie(tokenCookie)
	return err == nil || r.Header.Get("Authorization") != ""
}

var errToken = errors.New("that is not the token; open the whole address that usagereport serve printed")

func (s *Server) is(token string) bool {
	return subtle.ConstantTimeCompare([]byte(token), []byte(s.o.Token)) == 1
}

func (s *Server) admitted(r *http.Request) bool {
	if s.o.Token == "" {
		return true
	}
	if t, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return s.is(t)
	}
	c, err := r.Cookie(tokenCookie)
	return err == nil && s.is(c.Value)
}
