package blob_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"gocloud.dev/blob"
	"gocloud.dev/blob/azureblob"

	delivered "usagereport/sending/delivery/blob"

	loaded "usagereport/loader/blob"
	"usagereport/loader/blob/blobtest"
	"usagereport/sending/delivery"
	"usagereport/sending/delivery/deliverytest"
	"usagereport/sending/delivery/retry"
)

const (
	s3Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	pathKey  = "0123456789abcdef-of-paths"
)

// azurite is started by the first test that needs it.
var azurite blobtest.Azurite

func TestMain(m *testing.M) {
	code := m.Run()
	azurite.Stop()
	os.Exit(code)
}

// A store is an empty one that requests reach by a way that can be disturbed.
type store struct {
	*delivered.Channel
	bucket *blob.Bucket
	secret string

	mu      sync.Mutex
	disturb http.HandlerFunc // nil: not
}

func (s *store) set(h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.disturb = h
}

// front serves to, through what disturbs.
func (s *store) front(t *testing.T, to http.Handler) string {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		h := s.disturb
		s.mu.Unlock()
		if h != nil {
			h(w, r)
			return
		}
		to.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
	})
	return srv.URL
}

// names lists what is in the store.
func (s *store) names(t *testing.T) (names []string) {
	t.Helper()
	for it := s.bucket.List(nil); ; {
		o, err := it.Next(context.Background())
		if errors.Is(err, io.EOF) {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, o.Key)
	}
}

func signedOut(t *testing.T) {
	t.Helper()
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, "AZURE_") || strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	nothing := filepath.Join(t.TempDir(), "nothing")
	t.Setenv("AWS_CONFIG_FILE", nothing)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", nothing)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

func openS3(t *testing.T) *store {
	s := &store{secret: s3Secret}
	signedOut(t)
	backend := s3mem.New()
	if err := backend.CreateBucket("reports"); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", s3Secret)
	t.Setenv("AWS_REGION", "eu-central-1")
	t.Setenv("AWS_ENDPOINT_URL", s.front(t, gofakes3.New(backend).Server()))
	var err error
	if s.bucket, err = blob.OpenBucket(t.Context(), "s3://reports"); err != nil {
		t.Fatal(err)
	}
	return s.open(t, "s3://reports")
}

func openAzure(t *testing.T) *store {
	u, err := url.Parse(azurite.Start(t, "../../.."))
	if err != nil {
		t.Fatal(err)
	}
	s := &store{secret: blobtest.Key}
	base := s.front(t, &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(u); r.Out.Host = r.In.Host }, ErrorHandler: func(http.ResponseWriter, *http.Request, error) {}})
	signedOut(t)
	t.Setenv("AZURE_STORAGE_CONNECTION_STRING", blobtest.Connection(base))
	name := fmt.Sprintf("reports%d", time.Now().UnixNano())
	o := azureblob.NewDefaultServiceURLOptions()
	at, err := azureblob.NewServiceURL(o)
	if err != nil {
		t.Fatal(err)
	}
	client, err := azureblob.NewDefaultClient(at, azureblob.ContainerName(name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Create(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if s.bucket, err = azureblob.OpenBucket(t.Context(), client, nil); err != nil {
		t.Fatal(err)
	}
	return s.open(t, "azblob://"+name)
}

func (s *store) open(t *testing.T, at string) *store {
	t.Helper()
	s.Channel = &delivered.Channel{
		Name: "store", At: at + "/2026", Stores: &loaded.Source{}, Good: 72 * time.Hour, Now: deliverytest.Now,
		Key:      func(context.Context) (string, error) { return pathKey, nil },
		Patience: retry.Patience{Tries: 2, Sleep: func(context.Context, time.Duration) error { return nil }},
	}
	t.Cleanup(func() {
		_ = s.bucket.Close()
		_ = s.Stores.Close()
	})
	return s
}

func each(t *testing.T, f func(t *testing.T, open func(*testing.T) *store)) {
	t.Run("s3", func(t *testing.T) { f(t, openS3) })
	t.Run("azblob", func(t *testing.T) { f(t, openAzure) })
}

func TestChannel(t *testing.T) {
	each(t, func(t *testing.T, open func(*testing.T) *store) {
		deliverytest.TestChannel(t, func(t *testing.T) deliverytest.Far {
			s := open(t)
			stalled := make(chan struct{}, 100)
			return deliverytest.Far{
				Channel: s.Channel,
				Arrived: func() (found []string) {
					for _, name := range s.names(t) {
						if strings.HasSuffix(name, "/message.txt") {
							b, err := s.bucket.ReadAll(context.Background(), name)
							if err != nil {
								t.Fatal(err)
							}
							found = append(found, string(b))
						}
					}
					return found
				},
				Stall: func() func() {
					s.set(func(_ http.ResponseWriter, r *http.Request) {
						_, _ = io.Copy(io.Discard, r.Body)
						stalled <- struct{}{}
						<-r.Context().Done()
					})
					return func() { <-stalled }
				},
				Fail: func() {
					s.set(func(w http.ResponseWriter, r *http.Request) {
						w.Header().Set("Content-Type", "application/xml")
						w.Header().Set("x-ms-error-code", "AuthorizationFailure")
						w.WriteHeader(http.StatusForbidden)
						fmt.Fprintf(w, "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>%s\n%s %s</Message></Error>", s.secret, pathKey, r.Header.Get("Authorization"))
					})
				},
				Secrets: []string{s.secret, pathKey},
			}
		})
	})
}

// One owner's path says nothing of another's, and a signed link opens the report
// and nothing else.
func TestPathsAndLinks(t *testing.T) {
	each(t, func(t *testing.T, open func(*testing.T) *store) {
		s := open(t)
		send := func(owner, id string) delivery.Receipt {
			t.Helper()
			m := deliverytest.Message(id, "zebra")
			m.Owner = owner
			p, err := s.Prepare(m)
			if err != nil {
				t.Fatal(err)
			}
			before, err := s.Link(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			r, err := s.Send(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(before, r.Where+"?") {
				t.Errorf("the link was %q, and it is at %q", before, r.Where)
			}
			return r
		}
		r, seen := send("Search", "R-1"), map[string]bool{}
		for _, other := range []delivery.Receipt{r, send("Web", "R-1"), send("Search", "R-2"), send("SearchR", "-1"[1:])} {
			folder := regexp.MustCompile(`/2026/([a-z2-7]{52})/usage-2026-10\.html$`).FindStringSubmatch(other.Where)
			if folder == nil || seen[folder[1]] {
				t.Errorf("%q is not a path of its own", other.Where)
				continue
			}
			seen[folder[1]] = true
		}
		if again := send("Search", "R-1"); again.Where != r.Where {
			t.Errorf("got %q and %q", r.Where, again.Where)
		}
		if strings.Contains(r.Where, "?") || !strings.HasPrefix(r.Link, r.Where+"?") {
			t.Errorf("where is %q, the link %q", r.Where, r.Link)
		}
		resp, err := http.Get(r.Link)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(b), "zebra</title>") || resp.Header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s %q: %s, %v", resp.Status, resp.Header, b, err)
		}
		u, err := url.Parse(r.Link)
		if err != nil {
			t.Fatal(err)
		}
		if q := u.Query(); q.Get("X-Amz-Expires") != "259200" && q.Get("sp") != "r" {
			t.Errorf("the link is good for %v", q)
		}
	})
}

// The index leads to all, and is nowhere that anybody else looks.
func TestIndex(t *testing.T) {
	s := openS3(t)
	for i, text := range []string{"Web", "<script>alert(1)</script>", "Search"} {
		m := deliverytest.Message(fmt.Sprintf("R-%d", i), "zebra")
		m.Owner, m.Subject = text, text
		p, err := s.Prepare(m)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := s.Send(t.Context(), p); err != nil {
				t.Fatal(err)
			}
		}
	}
	r, err := s.Index(t.Context(), "R-INDEX")
	if err != nil || !regexp.MustCompile(`/2026/[a-z2-7]{52}/index\.html$`).MatchString(r.Where) {
		t.Fatalf("got %+v, %v", r, err)
	}
	_, name, _ := strings.Cut(r.Where, "/2026/")
	b, err := s.bucket.ReadAll(t.Context(), "2026/"+name)
	if err != nil {
		t.Fatal(err)
	}
	got := string(b)
	if n := strings.Count(got, "<a href=\"http"); n != 3 || strings.Contains(got, "<script") || strings.Index(got, "Search") > strings.Index(got, "Web") || !strings.Contains(got, "2026-11-26 09:00 UTC") {
		t.Errorf("%d links in\n%s", n, got)
	}
	if _, err := s.Index(t.Context(), "../x"); err == nil {
		t.Error("an ID that leads elsewhere was taken")
	}
}

func TestKeys(t *testing.T) {
	s := openS3(t)
	p, err := s.Prepare(deliverytest.Message("R-1", "zebra"))
	if err != nil {
		t.Fatal(err)
	}
	for says, key := range map[string]func(context.Context) (string, error){
		"less than 16 signs": func(context.Context) (string, error) { return "short", nil },
		"KEY is empty":       func(context.Context) (string, error) { return "", errors.New("KEY is empty") },
	} {
		s.Key = key
		if _, err := s.Send(t.Context(), p); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %q", err, says)
		}
	}
	if n := len(s.names(t)); n > 0 {
		t.Errorf("%d objects were written", n)
	}
}

// A store that is busy is asked again, here and not by its client.
func TestBusy(t *testing.T) {
	s := openAzure(t)
	p, err := s.Prepare(deliverytest.Message("R-1", "zebra"))
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	s.set(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.Header().Set("x-ms-error-code", "ServerBusy")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	if _, err := s.Send(t.Context(), p); err == nil || !strings.Contains(err.Error(), "503 ServerBusy") || !strings.Contains(err.Error(), "tried 2 times") || asked != 2 {
		t.Errorf("asked %d times: %v", asked, err)
	}
}
