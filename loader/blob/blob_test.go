package blob_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"

	"usagereport/loader"
	"usagereport/loader/blob"
	"usagereport/loader/blob/blobtest"
	"usagereport/loader/loadertest"
)

func TestSource(t *testing.T) {
	each(t, func(t *testing.T, open func(t *testing.T) service) {
		loadertest.TestSource(t, func(t *testing.T) loadertest.Store {
			s := open(t)
			return loadertest.Store{
				Source: s.source, Remove: s.remove, Ref: s.ref, Secrets: s.secrets,
				Put: func(t *testing.T, name, content string) { s.put(t, name, content, "") },
			}
		})
	})
}

func list(ctx context.Context, s loader.Source, ref loader.Ref) (objs []loader.Object, err error) {
	for obj, e := range s.List(ctx, ref) {
		if e != nil {
			return objs, e
		}
		objs = append(objs, obj)
	}
	return objs, nil
}

func read(ctx context.Context, s loader.Source, obj loader.Object, offset int64) (string, error) {
	r, err := s.Open(ctx, obj, offset)
	if err != nil {
		return "", err
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	return string(b), err
}

func TestPrefixes(t *testing.T) {
	each(t, func(t *testing.T, open func(t *testing.T) service) {
		s := open(t)
		for _, name := range []string{"exports/ab/x.csv", "exports/a/z.csv", "exports/a/y.csv.gz", "exports/a/notes.txt", "exports/a.csv", "exports/a", "exports/a/b/w.parquet", "top.csv", "exports/a-b.csv"} {
			s.put(t, name, name, "")
		}
		for prefix, want := range map[string][]string{
			"":                    {"exports/a-b.csv", "exports/a.csv", "exports/a/b/w.parquet", "exports/a/y.csv.gz", "exports/a/z.csv", "exports/ab/x.csv", "top.csv"},
			"exports/a":           {"exports/a", "exports/a/b/w.parquet", "exports/a/y.csv.gz", "exports/a/z.csv"},
			"exports/a/":          {"exports/a/b/w.parquet", "exports/a/y.csv.gz", "exports/a/z.csv"},
			"exports/a/notes.txt": {"exports/a/notes.txt"},
			"exports/a/no":        nil,
			"export":              nil,
			"exports/*.csv":       nil,
		} {
			objs, err := list(t.Context(), s.source, s.ref(prefix))
			var got []string
			for _, o := range objs {
				got = append(got, strings.TrimPrefix(o.Ref, s.scheme+"://"+s.container+"/"))
				if o.Version == "" || o.Modified.IsZero() || o.Modified.Location() != time.UTC {
					t.Errorf("%+v lacks something", o)
				}
			}
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%q: got %v, %v\nwant %v", prefix, got, err, want)
			}
		}
		// Without the slash after the container it is all of it, too.
		if objs, err := list(t.Context(), s.source, loader.ParseRef(s.scheme+"://"+s.container)); err != nil || len(objs) != 7 {
			t.Errorf("got %v, %v", objs, err)
		}
	})
}

// The Go CDK cannot ask Azure for some names. That is said, and the others are
// listed.
func TestOddNames(t *testing.T) {
	each(t, func(t *testing.T, open func(t *testing.T) service) {
		s := open(t)
		names := []string{"odd/50%.csv", "odd/a#b.csv", "odd/really?.csv", "odd/b+c d.csv"}
		for _, name := range names {
			s.put(t, name, name, "")
		}
		objs, err := list(t.Context(), s.source, s.ref("odd"))
		want := names
		if s.scheme == "azblob" {
			want = names[3:]
			check(t, s, err, false, "copy it to another name")
			_, err = list(t.Context(), s.source, s.ref(names[0]))
			check(t, s, err, false, "copy it to another name")
		} else if err != nil {
			t.Error(err)
		}
		if len(objs) != len(want) {
			t.Errorf("got %v, want %v", objs, want)
		}
		for _, obj := range objs {
			got, err := read(t.Context(), s.source, obj, 0)
			if err != nil || obj.Ref != s.scheme+"://"+s.container+"/"+got {
				t.Errorf("%v: got %q, %v", obj, got, err)
			}
		}
	})
}

func TestManyPages(t *testing.T) {
	s := openS3(t)
	const n = 2100 // a page has 1000
	for i := range n {
		s.put(t, fmt.Sprintf("run/%05d.csv", n-i), "x", "")
	}
	objs, err := list(t.Context(), s.source, s.ref("run"))
	if err != nil || len(objs) != n || !slices.IsSortedFunc(objs, func(a, b loader.Object) int { return strings.Compare(a.Ref, b.Ref) }) {
		t.Errorf("%d objects, %v", len(objs), err)
	}
}

// What is marked as packed comes as it is stored, with the size that is listed.
func TestContentEncodingIsLeft(t *testing.T) {
	each(t, func(t *testing.T, open func(t *testing.T) service) {
		s := open(t)
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		_, _ = io.WriteString(w, strings.Repeat("one,two\n", 100))
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		s.put(t, "a.csv.gz", packed.String(), "gzip")
		objs, err := list(t.Context(), s.source, s.ref("a.csv.gz"))
		if err != nil || len(objs) != 1 || objs[0].Size != int64(packed.Len()) {
			t.Fatalf("got %v, %v", objs, err)
		}
		for _, offset := range []int64{0, 5} {
			if got, err := read(t.Context(), s.source, objs[0], offset); err != nil || got != packed.String()[offset:] {
				t.Errorf("from %d: %d bytes, %v", offset, len(got), err)
			}
		}
	})
}

// check holds an error to what it must be and say, and to telling no secret.
func check(t *testing.T, s service, err error, temporary bool, says ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	if got := errors.As(err, new(*loader.TemporaryError)); got != temporary {
		t.Errorf("%v: temporary is %t, want %t", err, got, temporary)
	}
	for _, want := range append(says, s.scheme+"://"+s.container) {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v: does not say %q", err, want)
		}
	}
	for _, secret := range s.secrets {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("tells %s: %v", secret, err)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("has several lines: %v", err)
	}
}

// answers answers every request with a status, and all secrets in its text.
func answers(s service, code int, name string, header http.Header) func(http.Handler) http.Handler {
	return func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for k, v := range header {
				w.Header()[k] = v
			}
			w.Header().Set("Content-Type", "application/xml")
			w.Header().Set("x-ms-error-code", name)
			w.WriteHeader(code)
			fmt.Fprintf(w, `<?xml version="1.0"?><Error><Code>%s</Code><Message>sig=abcdefghijklmnop AccountKey=%s X-Amz-Signature=abcdefghijklmnop %s</Message></Error>`,
				name, s.secrets[0], r.Header.Get("Authorization"))
		})
	}
}

func TestWhatAnswersMean(t *testing.T) {
	each(t, func(t *testing.T, open func(t *testing.T) service) {
		s := open(t)
		s.source.Now = func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }
		s.secrets = append(s.secrets, "abcdefghijklmnop")
		s.put(t, "a.csv", "one", "")
		objs, err := list(t.Context(), s.source, s.ref("a.csv"))
		if err != nil || len(objs) != 1 {
			t.Fatalf("got %v, %v", objs, err)
		}
		role, noStore := "s3:ListBucket", "NoSuchBucket"
		if s.scheme == "azblob" {
			role, noStore = `"Storage Blob Data Reader"`, "ContainerNotFound"
		}
		for _, c := range []struct {
			status    int
			code      string
			header    http.Header
			temporary bool
			after     time.Duration
			is        error
			says      string
		}{
			{status: 403, code: "AccessDenied", says: role},
			{status: 403, code: "AuthenticationFailed", says: role},
			{status: 401, code: "NoAuthenticationInformation", says: role},
			{status: 400, code: "ExpiredToken", says: "credentials that are still valid"},
			{status: 404, code: noStore, is: fs.ErrNotExist, says: "there is no " + s.scheme + "://" + s.container},
			{status: 412, code: "PreconditionFailed", is: loader.ErrChanged},
			{status: 429, code: "TooManyRequests", header: http.Header{"Retry-After": {"7"}}, temporary: true, after: 7 * time.Second, says: "429"},
			{status: 503, code: "ServerBusy", header: http.Header{"Retry-After": {"Mon, 23 Nov 2026 09:00:30 GMT"}}, temporary: true, after: 30 * time.Second, says: "503"},
			{status: 503, code: "SlowDown", temporary: true, says: "503"},
			{status: 500, code: "InternalError", temporary: true, says: "500"},
			{status: 400, code: "RequestTimeout", temporary: true, says: "400"},
			{status: 400, code: "AuthorizationHeaderMalformed", says: "another region"},
			{status: 409, code: "BlobArchived", says: "archive"},
			{status: 400, code: "InvalidUri", says: "400 InvalidUri"},
		} {
			t.Run(fmt.Sprintf("%d %s", c.status, c.code), func(t *testing.T) {
				s.way.set(answers(s, c.status, c.code, c.header))
				_, err := list(t.Context(), s.source, s.ref("a.csv"))
				if n := s.way.count(); n != 1 {
					t.Errorf("asked %d times, want once: trying again is Load's", n)
				}
				_, err2 := read(t.Context(), s.source, objs[0], 0)
				if n := s.way.count(); n != 2 && c.status != 412 { // which asks whether it is gone
					t.Errorf("asked %d times, want once more", n)
				}
				for _, err := range []error{err, err2} {
					check(t, s, err, c.temporary, c.says)
					if c.is != nil && !errors.Is(err, c.is) {
						t.Errorf("%v: is not %v", err, c.is)
					}
					if temp := (*loader.TemporaryError)(nil); errors.As(err, &temp) && temp.RetryAfter != c.after {
						t.Errorf("retry after %v, want %v", temp.RetryAfter, c.after)
					}
				}
			})
		}
	})
}

// A store may look at no condition.
func TestReplacedWhereConditionsAreIgnored(t *testing.T) {
	each(t, func(t *testing.T, open func(t *testing.T) service) {
		s := open(t)
		s.put(t, "a.csv", "0123456789", "")
		objs, err := list(t.Context(), s.source, s.ref("a.csv"))
		if err != nil || len(objs) != 1 {
			t.Fatalf("got %v, %v", objs, err)
		}
		s.put(t, "a.csv", "abcdefghij", "")
		for _, conditions := range []bool{true, false} {
			if !conditions {
				s.way.set(func(to http.Handler) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						if r.Header.Get("If-Match") != objs[0].Version && r.Method == http.MethodGet && !strings.Contains(r.URL.RawQuery, "list") {
							t.Errorf("If-Match is %q, want %q", r.Header.Get("If-Match"), objs[0].Version)
						}
						if s.scheme == "s3" { // Azurite does look, and signs the condition
							r.Header.Del("If-Match")
						}
						to.ServeHTTP(w, r)
					})
				})
			}
			for _, offset := range []int64{0, 4, 10} {
				if got, err := read(t.Context(), s.source, objs[0], offset); !errors.Is(err, loader.ErrChanged) {
					t.Errorf("from %d: got %q, %v, want ErrChanged", offset, got, err)
				}
			}
		}
	})
}

func TestContentThatBreaksOff(t *testing.T) {
	each(t, func(t *testing.T, open func(t *testing.T) service) {
		s := open(t)
		content := strings.Repeat("0123456789", 1<<17)
		s.put(t, "a.csv", content, "")
		objs, err := list(t.Context(), s.source, s.ref("a.csv"))
		if err != nil || len(objs) != 1 {
			t.Fatalf("got %v, %v", objs, err)
		}
		s.way.set(func(to http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				to.ServeHTTP(&cut{ResponseWriter: w, left: 300_000}, r)
			})
		})
		got, err := read(t.Context(), s.source, objs[0], 0)
		check(t, s, err, true, "read "+objs[0].Ref)
		if len(got) == 0 || len(got) >= len(content) || !strings.HasPrefix(content, got) {
			t.Errorf("%d bytes came", len(got))
		}
		// Load goes on from there.
		s.way.set(nil)
		rest, err := read(t.Context(), s.source, objs[0], int64(len(got)))
		if err != nil || got+rest != content {
			t.Errorf("%d and %d bytes, %v", len(got), len(rest), err)
		}
	})
}

// A cut is an answer whose connection breaks after some bytes.
type cut struct {
	http.ResponseWriter
	left int
}

func (c *cut) Write(p []byte) (int, error) {
	if c.left -= len(p); c.left < 0 {
		panic(http.ErrAbortHandler)
	}
	return c.ResponseWriter.Write(p)
}

func TestSilentServer(t *testing.T) {
	each(t, func(t *testing.T, open func(t *testing.T) service) {
		s := open(t)
		s.put(t, "a.csv", "0123456789", "")
		objs, err := list(t.Context(), s.source, s.ref("a.csv"))
		if err != nil || len(objs) != 1 {
			t.Fatalf("got %v, %v", objs, err)
		}
		silent := &blob.Source{Patience: 200 * time.Millisecond}
		defer silent.Close()
		s.way.set(func(http.Handler) http.Handler {
			return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		})
		_, err = list(t.Context(), silent, s.ref("a.csv"))
		check(t, s, err, true, "silent for 200ms")
		_, err = read(t.Context(), silent, objs[0], 0)
		check(t, s, err, true, "silent for 200ms")

		s.way.set(func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Length", "10")
				w.Header().Set("ETag", objs[0].Version)
				w.Header().Set("Last-Modified", objs[0].Modified.Format(http.TimeFormat))
				_, _ = io.WriteString(w, "0123")
				w.(http.Flusher).Flush()
				<-r.Context().Done()
			})
		})
		got, err := read(t.Context(), silent, objs[0], 0)
		check(t, s, err, true, "silent for 200ms")
		if got != "0123" {
			t.Errorf("got %q", got)
		}

		// A caller who gives up is not the server's fault.
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(100*time.Millisecond, cancel)
		_, err = read(ctx, s.source, objs[0], 0)
		check(t, s, err, false)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want context.Canceled", err)
		}
	})
}

func TestNobodyListens(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close()
	s := openS3(t)
	t.Setenv("AWS_ENDPOINT_URL", srv.URL)
	_, err := list(t.Context(), s.source, s.ref("a.csv"))
	check(t, s, err, true, "refused")

	signedOut(t)
	t.Setenv("AZURE_STORAGE_CONNECTION_STRING", connection(srv.URL))
	s = service{scheme: "azblob", container: "exports", source: &blob.Source{}, secrets: []string{devKey}}
	_, err = list(t.Context(), s.source, s.ref("a.csv"))
	check(t, s, err, true, "refused")
}

// A bucket is opened once for each way to open it, and again after Close.
func TestQueriesChooseTheStore(t *testing.T) {
	s := openS3(t)
	s.put(t, "a.csv", "one", "")
	t.Setenv("AWS_ENDPOINT_URL", "")
	t.Setenv("AWS_REGION", "")
	_, err := list(t.Context(), s.source, s.ref("a.csv"))
	check(t, s, err, false, "set AWS_REGION")
	ref := loader.ParseRef("s3://exports/a.csv?region=eu-central-1&use_path_style=true&endpoint=" + s.way.url)
	for range 2 {
		objs, err := list(t.Context(), s.source, ref)
		if err != nil || len(objs) != 1 || objs[0].Ref != "s3://exports/a.csv" {
			t.Fatalf("got %v, %v", objs, err)
		}
		if got, err := read(t.Context(), s.source, objs[0], 0); err != nil || got != "one" {
			t.Errorf("got %q, %v", got, err)
		}
		if err := s.source.Close(); err != nil {
			t.Error(err)
		}
	}
	_, err = list(t.Context(), s.source, loader.ParseRef("s3://exports/b.csv?nonsense="+s3Secret))
	check(t, s, err, false, "nonsense")
}

// Each way to sign in to Azure Storage with a secret works, and tells none.
func TestAzureCredentials(t *testing.T) {
	base := startAzurite(t)
	s := openAzure(t, base)
	s.put(t, "a.csv", "one", "")
	host := strings.TrimPrefix(base, "http://")
	key, err := azblob.NewSharedKeyCredential(blobtest.Account, devKey)
	if err != nil {
		t.Fatal(err)
	}
	token, err := sas.AccountSignatureValues{
		Protocol: sas.ProtocolHTTPSandHTTP, ExpiryTime: time.Now().Add(time.Hour).UTC(),
		Permissions: (&sas.AccountPermissions{Read: true, List: true}).String(), ResourceTypes: (&sas.AccountResourceTypes{Service: true, Container: true, Object: true}).String(),
	}.SignWithSharedKey(key)
	if err != nil {
		t.Fatal(err)
	}
	signature := token.Signature()
	for name, env := range map[string]map[string]string{
		"key":               {"AZURE_STORAGE_ACCOUNT": blobtest.Account, "AZURE_STORAGE_KEY": devKey, "AZURE_STORAGE_DOMAIN": host, "AZURE_STORAGE_PROTOCOL": "http"},
		"connection string": {"AZURE_STORAGE_CONNECTION_STRING": connection(base)},
		"token":             {"AZURE_STORAGE_ACCOUNT": blobtest.Account, "AZURE_STORAGE_SAS_TOKEN": token.Encode(), "AZURE_STORAGE_DOMAIN": host, "AZURE_STORAGE_PROTOCOL": "http"},
		"token with ?":      {"AZURE_STORAGE_ACCOUNT": blobtest.Account, "AZURE_STORAGE_SAS_TOKEN": "?" + token.Encode(), "AZURE_STORAGE_DOMAIN": host, "AZURE_STORAGE_PROTOCOL": "http"},
	} {
		t.Run(name, func(t *testing.T) {
			signedOut(t)
			for k, v := range env {
				t.Setenv(k, v)
			}
			s := s
			s.source, s.secrets = &blob.Source{}, []string{devKey, signature, url.QueryEscape(signature)}
			defer s.source.Close()
			objs, err := list(t.Context(), s.source, s.ref("a.csv"))
			if err != nil || len(objs) != 1 {
				t.Fatalf("got %v, %v", objs, err)
			}
			if got, err := read(t.Context(), s.source, objs[0], 1); err != nil || got != "ne" {
				t.Errorf("got %q, %v", got, err)
			}
			// A container that is not there, and a server that is none.
			other := s
			other.container = "missing"
			_, err = list(t.Context(), s.source, other.ref(""))
			check(t, other, err, false, "there is no azblob://missing", "AZURE_STORAGE_ACCOUNT")
			if env["AZURE_STORAGE_DOMAIN"] != "" {
				t.Setenv("AZURE_STORAGE_DOMAIN", "127.0.0.1:1")
				s.source = &blob.Source{}
				_, err = list(t.Context(), s.source, s.ref("a.csv"))
				check(t, s, err, true, "refused")
			}
			if env["AZURE_STORAGE_SAS_TOKEN"] != "" {
				// Whoever chooses the server would get the token.
				_, err = list(t.Context(), s.source, loader.Ref{Scheme: s.scheme, Rest: s.container + "/a.csv?domain=evil.example"})
				check(t, s, err, false, "may not choose another server")
			}
		})
	}
	t.Run("wrong key", func(t *testing.T) {
		signedOut(t)
		wrong := strings.Repeat("A", 86) + "=="
		t.Setenv("AZURE_STORAGE_CONNECTION_STRING", strings.ReplaceAll(connection(base), devKey, wrong))
		s := s
		s.source, s.secrets = &blob.Source{}, []string{wrong}
		_, err := list(t.Context(), s.source, s.ref("a.csv"))
		check(t, s, err, false, "access was denied", "Storage Blob Data Reader")
	})
	t.Run("nothing", func(t *testing.T) {
		signedOut(t)
		s := s
		s.source = &blob.Source{}
		_, err := list(t.Context(), s.source, s.ref("a.csv"))
		check(t, s, err, false, "the storage account is not known", "az login")
	})
}

func TestS3WithoutCredentials(t *testing.T) {
	s := openS3(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	_, err := list(t.Context(), s.source, s.ref("a.csv"))
	check(t, s, err, false, "no valid credentials were found", "AWS_PROFILE")
}

// There is no server for Google's store to test with, so this goes no further
// than its door.
func TestGoogle(t *testing.T) {
	signedOut(t)
	key := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(key, []byte(`{"type":"service_account","private_key":"c2VjcmV0LXNpZ25hdHVyZQ"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", filepath.Join(t.TempDir(), "missing.json"))
	s := service{scheme: "gs", container: "exports", source: &blob.Source{}, secrets: []string{"c2VjcmV0LXNpZ25hdHVyZQ"}}
	_, err := list(t.Context(), s.source, s.ref("a.csv"))
	check(t, s, err, false, "gcloud auth application-default login")
	for query, says := range map[string]string{"grpc=true": `unknown query parameter "grpc"`, "private_key_path=" + key: "unknown query parameter", "a=%zz": "cannot be read"} {
		_, err := list(t.Context(), s.source, loader.ParseRef("gs://exports/a.csv?"+query))
		check(t, s, err, false, says)
	}
}

func TestPlacesThatAreRefused(t *testing.T) {
	for place, says := range map[string]string{
		"azblob:///a.csv":               "does not begin with a container's name",
		"s3://key:secret77@bucket/a":    "does not begin with a container's name",
		"s3://key:secret77/q@bucket/a":  "does not begin with a container's name",
		"ftp://bucket/a":                "use azblob://, s3:// or gs://",
		"azblob://account:10000/c/secr": "does not begin with a container's name",
	} {
		_, err := list(t.Context(), &blob.Source{}, loader.ParseRef(place))
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "secret77@") {
			t.Errorf("%s: %v", place, err)
		}
	}
}
