package blob_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	azhttp "github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"usagereport/loader"
	"usagereport/loader/blob"
	"usagereport/loader/blob/blobtest"
)

const (
	devKey   = blobtest.Key
	s3Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)

// A service is an object store with one empty container.
type service struct {
	scheme    string
	container string
	source    *blob.Source
	// way is what requests pass through before they reach the store.
	way     *way
	put     func(t *testing.T, name, content, encoding string)
	remove  func(t *testing.T, name string)
	secrets []string
}

func (s service) ref(name string) loader.Ref {
	return loader.Ref{Scheme: s.scheme, Rest: s.container + "/" + name}
}

// A way leads to a store and can be disturbed.
type way struct {
	mu      sync.Mutex
	to      http.Handler
	disturb func(to http.Handler) http.Handler // nil: not
	asked   int
	url     string
}

func (w *way) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	h := w.to
	if w.disturb != nil {
		h = w.disturb(h)
	}
	w.asked++
	w.mu.Unlock()
	h.ServeHTTP(rw, r)
}

// set sets what disturbs from now on, and counts requests anew.
func (w *way) set(disturb func(to http.Handler) http.Handler) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.disturb, w.asked = disturb, 0
}

func (w *way) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked
}

// serve serves a way on loopback until the test ends.
func serve(t *testing.T, to http.Handler) (*way, string) {
	w := &way{to: to}
	srv := httptest.NewServer(w)
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
	})
	w.url = srv.URL
	return w, srv.URL
}

// each runs a test against every store that there is a server for.
func each(t *testing.T, f func(t *testing.T, open func(t *testing.T) service)) {
	t.Run("s3", func(t *testing.T) { f(t, openS3) })
	t.Run("azblob", func(t *testing.T) {
		base := startAzurite(t)
		f(t, func(t *testing.T) service { return openAzure(t, base) })
	})
}

// signedOut takes away what the machine that tests has to sign in with.
func signedOut(t *testing.T) {
	t.Helper()
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		for _, prefix := range []string{"AZURE_", "AWS_", "GOOGLE_", "STORAGE_EMULATOR_"} {
			if strings.HasPrefix(name, prefix) {
				t.Setenv(name, "")
			}
		}
	}
	nothing := filepath.Join(t.TempDir(), "nothing")
	t.Setenv("AWS_CONFIG_FILE", nothing)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", nothing)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

func openS3(t *testing.T) service {
	w, base := serve(t, gofakes3.New(s3mem.New()).Server())
	signedOut(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", s3Secret)
	t.Setenv("AWS_REGION", "eu-central-1")
	t.Setenv("AWS_ENDPOINT_URL", base)
	client := s3.New(s3.Options{
		Region: "eu-central-1", BaseEndpoint: &base, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", s3Secret, ""),
	})
	s := service{scheme: "s3", container: "exports", way: w, source: &blob.Source{}, secrets: []string{s3Secret, "AKIAIOSFODNN7EXAMPLE"}}
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &s.container}); err != nil {
		t.Fatal(err)
	}
	s.put = func(t *testing.T, name, content, encoding string) {
		t.Helper()
		in := &s3.PutObjectInput{Bucket: &s.container, Key: &name, Body: strings.NewReader(content)}
		if encoding != "" {
			in.ContentEncoding = &encoding
		}
		if _, err := client.PutObject(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	s.remove = func(t *testing.T, name string) {
		t.Helper()
		if _, err := client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &s.container, Key: aws.String(name)}); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { s.source.Close() })
	return s
}

// TestMain ends Azurite, if a test has started it.
func TestMain(m *testing.M) {
	code := m.Run()
	azurite.Stop()
	os.Exit(code)
}

// azurite is started by the first test that needs it.
var azurite blobtest.Azurite

func startAzurite(t *testing.T) string {
	t.Helper()
	return azurite.Start(t, "../..")
}

func connection(base string) string { return blobtest.Connection(base) }

func openAzure(t *testing.T, base string) service {
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	// The end of the disturbed connections is not worth a line.
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(u); r.Out.Host = r.In.Host }, ErrorHandler: func(http.ResponseWriter, *http.Request, error) {}}
	w, front := serve(t, proxy)
	signedOut(t)
	t.Setenv("AZURE_STORAGE_CONNECTION_STRING", connection(front))
	client, err := azblob.NewClientFromConnectionString(connection(base), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := service{scheme: "azblob", container: fmt.Sprintf("exports%d", time.Now().UnixNano()), way: w, source: &blob.Source{}, secrets: []string{devKey, devKey[:40]}}
	if _, err := client.CreateContainer(t.Context(), s.container, nil); err != nil {
		t.Fatal(err)
	}
	s.put = func(t *testing.T, name, content, encoding string) {
		t.Helper()
		o := &azblob.UploadBufferOptions{}
		if encoding != "" {
			o.HTTPHeaders = &azhttp.HTTPHeaders{BlobContentEncoding: &encoding}
		}
		if _, err := client.UploadBuffer(t.Context(), s.container, name, []byte(content), o); err != nil {
			t.Fatal(err)
		}
	}
	s.remove = func(t *testing.T, name string) {
		t.Helper()
		if _, err := client.DeleteBlob(t.Context(), s.container, name, nil); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		s.source.Close()
		_, _ = client.DeleteContainer(context.Background(), s.container, nil)
	})
	return s
}
