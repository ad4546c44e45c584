package https_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"usagereport/loader"
	"usagereport/loader/https"
	"usagereport/loader/loadertest"
)

const secret = "c2VjcmV0LXNpZ25hdHVyZQ"

// A shelf is a web server's folder, served as web servers do: with ETags,
// conditions and ranges.
type shelf struct {
	mu    sync.Mutex
	files map[string]string
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	content, ok := s.files[r.URL.Path]
	s.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("ETag", fmt.Sprintf(`"%x-%d"`, content, len(content)))
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(content))
}

func TestSource(t *testing.T) {
	for _, tls := range []bool{false, true} {
		t.Run(fmt.Sprintf("tls=%t", tls), func(t *testing.T) {
			loadertest.TestSource(t, func(t *testing.T) loadertest.Store {
				s := &shelf{files: map[string]string{}}
				source, base := serve(t, tls, s)
				put := func(name string, f func(path string)) {
					s.mu.Lock()
					defer s.mu.Unlock()
					f("/" + name)
				}
				return loadertest.Store{
					Source: source,
					Put: func(_ *testing.T, name, content string) {
						put(name, func(path string) { s.files[path] = content })
					},
					Remove: func(_ *testing.T, name string) { put(name, func(path string) { delete(s.files, path) }) },
					Ref: func(name string) loader.Ref {
						u, err := url.Parse(base)
						if err != nil {
							t.Fatal(err)
						}
						u.User, u.RawQuery = url.UserPassword("me", secret), "se=2026-12-01&sig="+secret
						u.Path = "/" + name
						return loader.ParseRef(u.String())
					},
					Single:  true,
					Secrets: []string{secret},
				}
			})
		})
	}
}

// serve starts a server on loopback and returns a source that trusts it.
func serve(t *testing.T, withTLS bool, h http.Handler) (*https.Source, string) {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	source := &https.Source{Now: func() time.Time { return time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC) }}
	if withTLS {
		srv.StartTLS()
		source.TLS = &tls.Config{RootCAs: srv.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs, MinVersion: tls.VersionTLS12}
	} else {
		srv.Start()
	}
	t.Cleanup(func() {
		source.Close()
		srv.CloseClientConnections()
		srv.Close()
	})
	return source, srv.URL
}

func list(ctx context.Context, s *https.Source, place string) (obj loader.Object, err error) {
	n := 0
	for obj, err = range s.List(ctx, loader.ParseRef(place)) {
		n++
	}
	if n != 1 {
		return obj, fmt.Errorf("%d objects, want 1", n)
	}
	return obj, err
}

func read(ctx context.Context, s *https.Source, obj loader.Object, offset int64) (string, error) {
	r, err := s.Open(ctx, obj, offset)
	if err != nil {
		return "", err
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	return string(b), err
}

// check holds an error to what it must be and say, and to telling no secret.
func check(t *testing.T, err error, temporary bool, says ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	if got := errors.As(err, new(*loader.TemporaryError)); got != temporary {
		t.Errorf("%v: temporary is %t, want %t", err, got, temporary)
	}
	for _, want := range says {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v: does not say %q", err, want)
		}
	}
	if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "sig=") {
		t.Errorf("tells the query: %v", err)
	}
}

func TestWhatStatusesMean(t *testing.T) {
	for _, c := range []struct {
		code      int
		header    string // Retry-After
		temporary bool
		after     time.Duration
		is        error
		says      string
	}{
		{code: 400, says: "400 Bad Request"},
		{code: 401, says: "may have expired: fetch a new one"},
		{code: 403, says: "may have expired: fetch a new one"},
		{code: 404, is: fs.ErrNotExist, says: "check the link"},
		{code: 410, is: fs.ErrNotExist, says: "check the link"},
		{code: 408, temporary: true, says: "try again later"},
		{code: 425, temporary: true, says: "425 Too Early"},
		{code: 429, header: "7", temporary: true, after: 7 * time.Second, says: "429"},
		{code: 500, temporary: true, says: "500"},
		{code: 503, header: "Mon, 23 Nov 2026 09:00:30 GMT", temporary: true, after: 30 * time.Second, says: "503"},
		{code: 503, header: "Mon, 23 Nov 2026 08:00:00 GMT", temporary: true, says: "503"},
		{code: 503, header: "soon", temporary: true, says: "503"},
		{code: 505, says: "505"},
	} {
		t.Run(fmt.Sprintf("%d %s", c.code, c.header), func(t *testing.T) {
			s, base := serve(t, false, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if c.header != "" {
					w.Header().Set("Retry-After", c.header)
				}
				w.WriteHeader(c.code)
				_, _ = io.WriteString(w, "sig="+secret)
			}))
			_, err := list(t.Context(), s, base+"/a.csv?sig="+secret)
			_, err2 := s.Open(t.Context(), loader.Object{Ref: base + "/a.csv", Size: -1}, 0)
			for _, err := range []error{err, err2} {
				check(t, err, c.temporary, c.says, base+"/a.csv")
				if c.is != nil && !errors.Is(err, c.is) {
					t.Errorf("%v: is not %v", err, c.is)
				}
				if temp := (*loader.TemporaryError)(nil); errors.As(err, &temp) && temp.RetryAfter != c.after {
					t.Errorf("retry after %v, want %v", temp.RetryAfter, c.after)
				}
			}
		})
	}
}

func TestServerWithoutHEAD(t *testing.T) {
	for _, code := range []int{403, 405, 501} {
		for _, content := range []string{"0123456789", ""} {
			files := &shelf{files: map[string]string{"/a.csv": content}}
			s, base := serve(t, false, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodHead {
					w.WriteHeader(code)
					return
				}
				files.ServeHTTP(w, r)
			}))
			obj, err := list(t.Context(), s, base+"/a.csv")
			if err != nil || obj.Size != int64(len(content)) || obj.Version == "" {
				t.Errorf("%d: got %+v, %v", code, obj, err)
			}
			if got, err := read(t.Context(), s, obj, 0); err != nil || got != content {
				t.Errorf("%d: got %q, %v", code, got, err)
			}
		}
	}
}

// A server may look at no condition, know no range, or have no ETag.
func TestReplacedWhileReading(t *testing.T) {
	const before, after = "0123456789", "abcdefghij"
	day := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name               string
		etag               func(content string) string
		modified           bool
		noRange, noIf      bool
		resumes, seesWhole bool // whether an unchanged object can be resumed, a changed one is seen
	}{
		{name: "etag", etag: func(c string) string { return `"` + c + `"` }, resumes: true, seesWhole: true},
		{name: "weak etag", etag: func(c string) string { return `W/"` + c + `"` }, resumes: true, seesWhole: true},
		{name: "etag, no conditions", etag: func(c string) string { return `"` + c + `"` }, noIf: true, resumes: true, seesWhole: true},
		{name: "etag, no ranges", etag: func(c string) string { return `"` + c + `"` }, noIf: true, noRange: true, resumes: true, seesWhole: true},
		{name: "time", modified: true, resumes: true, seesWhole: true},
		{name: "time, no conditions", modified: true, noIf: true, resumes: true, seesWhole: true},
		{name: "nothing", resumes: true},
		{name: "nothing, no ranges", noRange: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var mu sync.Mutex
			content, at := before, day
			s, base := serve(t, false, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				if c.noIf {
					r.Header.Del("If-Match")
					r.Header.Del("If-Unmodified-Since")
				}
				if c.noRange {
					r.Header.Del("Range")
				}
				if c.etag != nil {
					w.Header().Set("ETag", c.etag(content))
				}
				modified := time.Time{}
				if c.modified {
					modified = at
				}
				http.ServeContent(w, r, "", modified, strings.NewReader(content))
			}))
			obj, err := list(t.Context(), s, base+"/a.csv")
			if err != nil {
				t.Fatal(err)
			}
			if got, err := read(t.Context(), s, obj, 0); got != before || err != nil {
				t.Errorf("got %q, %v", got, err)
			}
			switch got, err := read(t.Context(), s, obj, 4); {
			case c.resumes && (got != before[4:] || err != nil):
				t.Errorf("resumed: %q, %v", got, err)
			case !c.resumes && !errors.Is(err, loader.ErrChanged):
				t.Errorf("resumed: %q, %v", got, err)
			}
			mu.Lock()
			content, at = after, day.Add(time.Hour)
			mu.Unlock()
			for _, offset := range []int64{0, 4} {
				if got, err := read(t.Context(), s, obj, offset); c.seesWhole && !errors.Is(err, loader.ErrChanged) {
					t.Errorf("replaced, from %d: %q, %v", offset, got, err)
				}
			}
			mu.Lock()
			content = after + "and more"
			mu.Unlock()
			for _, offset := range []int64{0, 4} {
				if got, err := read(t.Context(), s, obj, offset); !errors.Is(err, loader.ErrChanged) {
					t.Errorf("longer, from %d: %q, %v", offset, got, err)
				}
			}
		})
	}
}

func TestContentThatBreaksOff(t *testing.T) {
	s, base := serve(t, false, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, "0123456789")
		}
	}))
	obj, err := list(t.Context(), s, base+"/a.csv?sig="+secret)
	if err != nil {
		t.Fatal(err)
	}
	got, err := read(t.Context(), s, obj, 0)
	check(t, err, true, "broke off", base)
	if got != "0123456789" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestSilentServer(t *testing.T) {
	for _, when := range []string{"before the answer", "inside the answer"} {
		t.Run(when, func(t *testing.T) {
			s, base := serve(t, false, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Length", "100")
				if r.Method == http.MethodHead {
					return
				}
				if when == "inside the answer" {
					_, _ = io.WriteString(w, "0123456789")
					w.(http.Flusher).Flush()
				}
				<-r.Context().Done()
			}))
			s.Patience = 100 * time.Millisecond
			obj, err := list(t.Context(), s, base+"/a.csv?sig="+secret)
			if err != nil {
				t.Fatal(err)
			}
			_, err = read(t.Context(), s, obj, 0)
			check(t, err, true, base)

			// A caller who gives up is not the server's fault.
			s2 := &https.Source{}
			defer s2.Close()
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(50*time.Millisecond, cancel)
			_, err = read(ctx, s2, obj, 0)
			check(t, err, false, base)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want context.Canceled", err)
			}
		})
	}
}

// A server is not silent while nobody asks it for more.
func TestSlowReader(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<18) // more than the connection holds
	s, base := serve(t, false, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}))
	s.Patience = time.Second
	obj, err := list(t.Context(), s, base+"/a.csv")
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Open(t.Context(), obj, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	time.Sleep(1200 * time.Millisecond)
	if b, err := io.ReadAll(r); err != nil || !bytes.Equal(b, content) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}

func TestNobodyListens(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close()
	_, err := list(t.Context(), &https.Source{}, srv.URL+"/a.csv?sig="+secret)
	check(t, err, true, "look at "+srv.URL+"/a.csv", "refused")
}

func TestUntrustedCertificate(t *testing.T) {
	s, base := serve(t, true, &shelf{files: map[string]string{"/a.csv": "one"}})
	s.TLS = nil
	_, err := list(t.Context(), s, base+"/a.csv?sig="+secret)
	check(t, err, false, "certificate")
}

func TestLimit(t *testing.T) {
	for _, announced := range []bool{true, false} {
		s, base := serve(t, false, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if announced {
				http.ServeContent(w, r, "", time.Time{}, strings.NewReader("0123456789"))
				return
			}
			if r.Method == http.MethodGet {
				w.(http.Flusher).Flush()
				_, _ = io.WriteString(w, "0123456789")
			}
		}))
		s.MaxBytes = 10
		obj, err := list(t.Context(), s, base+"/a.csv")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := read(t.Context(), s, obj, 0); got != "0123456789" || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
		s.MaxBytes = 9
		obj, err = list(t.Context(), s, base+"/a.csv")
		if announced {
			check(t, err, false, "9 bytes", "--max-download")
			continue
		}
		got, err := read(t.Context(), s, obj, 0)
		check(t, err, false, "9 bytes", "--max-download")
		if got != "012345678" {
			t.Errorf("got %q", got)
		}
	}
}

// Packed content comes packed, also from servers that name its packing.
func TestContentEncodingIsLeft(t *testing.T) {
	s, base := serve(t, false, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Accept-Encoding"); got != "identity" {
			t.Errorf("Accept-Encoding: %s", got)
		}
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("ETag", `"1"`)
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader("\x1f\x8bpacked"))
	}))
	obj, err := list(t.Context(), s, base+"/a.csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := read(t.Context(), s, obj, 0); got != "\x1f\x8bpacked" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestRedirects(t *testing.T) {
	files := &shelf{files: map[string]string{"/a.csv": "one"}}
	_, other := serve(t, false, files)
	_, otherTLS := serve(t, true, files)
	byName := strings.Replace(other, "127.0.0.1", "localhost", 1)
	referers := make(chan string, 100)
	mux := http.NewServeMux()
	mux.Handle("/a.csv", files)
	mux.HandleFunc("/same", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/hop?sig="+secret, http.StatusFound)
	})
	mux.HandleFunc("/hop", func(w http.ResponseWriter, r *http.Request) {
		referers <- r.Header.Get("Referer")
		http.Redirect(w, r, "/a.csv?sig="+secret, http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/loop?sig="+secret, http.StatusFound)
	})
	mux.HandleFunc("/ten/", func(w http.ResponseWriter, r *http.Request) {
		if n := len(strings.TrimPrefix(r.URL.Path, "/ten/")); n > 1 {
			http.Redirect(w, r, "/ten/"+strings.Repeat("x", n-1), http.StatusFound)
			return
		}
		http.Redirect(w, r, "/a.csv", http.StatusFound)
	})
	mux.HandleFunc("/bad", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "http://%zz/?sig="+secret)
		w.WriteHeader(http.StatusFound)
	})
	mux.HandleFunc("/to", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Query().Get("to"), http.StatusFound)
	})
	plain, base := serve(t, false, mux)
	secure, secureBase := serve(t, true, mux)
	to := func(target string) string { return "/to?sig=" + secret + "&to=" + url.QueryEscape(target) }
	for _, c := range []struct {
		name      string
		source    *https.Source
		place     string
		says      string // "" if it works
		temporary bool
	}{
		{name: "on the same server", source: plain, place: base + "/same?sig=" + secret},
		{name: "ten", source: plain, place: base + "/ten/xxxxxxxxxx"},
		{name: "eleven", source: plain, place: base + "/ten/xxxxxxxxxxx", says: "more than 10 times"},
		{name: "loop", source: plain, place: base + "/loop", says: "more than 10 times"},
		{name: "loopback by number", source: plain, place: base + to(other+"/a.csv?sig="+secret), says: "127.0.0.1, which is not a public address"},
		{name: "loopback by name", source: plain, place: base + to(byName+"/a.csv?sig="+secret), says: ", which is not a public address"},
		{name: "loopback over TLS", source: secure, place: secureBase + to(otherTLS+"/a.csv?sig="+secret), says: "127.0.0.1, which is not a public address"},
		{name: "private", source: secure, place: secureBase + to("https://10.1.2.3/a.csv"), says: "10.1.2.3, which is not a public address"},
		{name: "link-local", source: secure, place: secureBase + to("https://169.254.169.254/latest/"), says: "169.254.169.254, which is not a public address"},
		{name: "mapped", source: secure, place: secureBase + to("https://[::ffff:127.0.0.1]/a.csv"), says: "127.0.0.1, which is not a public address"},
		{name: "from https to http", source: secure, place: secureBase + to(other+"/a.csv?sig="+secret), says: "from https to http"},
		{name: "to http elsewhere", source: plain, place: base + to("http://example.com/a.csv?sig="+secret), says: "use https"},
		{name: "to another scheme", source: plain, place: base + to("ftp://example.com/a.csv"), says: "ftp:// is not read here"},
		{name: "to nonsense", source: plain, place: base + "/bad", says: "Location", temporary: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			obj, err := list(t.Context(), c.source, c.place)
			if c.says != "" {
				check(t, err, c.temporary, c.says)
				return
			}
			if err != nil || obj.Ref != strings.SplitN(c.place, "?", 2)[0] {
				t.Fatalf("got %v, %v", obj, err)
			}
			if got, err := read(t.Context(), c.source, obj, 0); got != "one" || err != nil {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	t.Run("allowed", func(t *testing.T) {
		s := &https.Source{AllowPrivate: true}
		defer s.Close()
		if _, err := list(t.Context(), s, base+to(byName+"/a.csv")); err != nil {
			t.Error(err)
		}
	})
	// A connection that was opened to what the user typed is not lent to a redirect.
	t.Run("after a visit", func(t *testing.T) {
		s := &https.Source{}
		defer s.Close()
		if obj, err := list(t.Context(), s, other+"/a.csv"); err != nil {
			t.Fatal(err)
		} else if _, err := read(t.Context(), s, obj, 0); err != nil {
			t.Fatal(err)
		}
		_, err := list(t.Context(), s, base+to(other+"/a.csv"))
		check(t, err, false, "not a public address")
	})
	close(referers)
	for r := range referers {
		if r != "" {
			t.Errorf("told the next server where we come from: %s", r)
		}
	}
}

// Two links to one path differ in what is not shown; the newer one counts.
func TestNewerLinkCounts(t *testing.T) {
	var good sync.Map
	s, base := serve(t, false, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := good.Load(r.URL.Query().Get("sig")); !ok {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader("one"))
	}))
	good.Store("1", true)
	if _, err := list(t.Context(), s, base+"/a.csv?sig=1"); err != nil {
		t.Fatal(err)
	}
	good.Delete("1")
	good.Store("2", true)
	obj, err := list(t.Context(), s, base+"/a.csv?sig=2")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := read(t.Context(), s, obj, 0); got != "one" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestPlacesThatAreRefused(t *testing.T) {
	for place, says := range map[string]string{
		"http://example.com/a.csv?sig=" + secret:       "use https://",
		"http://me:" + secret + "@10.0.0.1/a.csv":      "use https://",
		"https:///a.csv?sig=" + secret:                 "names no host",
		"https://exa mple.com/a.csv?sig=" + secret:     "is not a URL",
		"https://me:" + secret + "@host:x/a.csv":       "is not a URL",
		"https://me:" + secret + "@a b/a.csv":          "is not a URL",
		"http://localhost.example.com/a.csv?" + secret: "use https://",
	} {
		_, err := list(t.Context(), &https.Source{}, place)
		check(t, err, false, says)
	}
}
