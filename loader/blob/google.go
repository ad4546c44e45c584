//go:build !without_gs

package blob

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"cloud.google.com/go/storage"
	"gocloud.dev/blob"
	"gocloud.dev/blob/gcsblob"
	"gocloud.dev/gcp"
	"google.golang.org/api/googleapi"
)

// google is Google Cloud Storage, whose client is 7 MB of the program: the tag
// without_gs builds one without it.
func google() cloud {
	return cloud{
		name: "Google Cloud Storage", role: `the role "Storage Object Viewer" on the bucket`,
		writer: `the role "Storage Object Creator" on the bucket`,
		whose:  "the project that you are signed in to",
		signIn: "sign in with gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS",
		open:   openGoogle, mark: markGoogle, readMark: readMarkGoogle, demand: demandGoogle,
	}
}

// openGoogle does what the Go CDK's opener does, which says on stdout that
// there are no credentials, and goes on without.
func openGoogle(ctx context.Context, u *url.URL) (*blob.Bucket, error) {
	q := u.Query()
	for name := range q {
		if name != "anonymous" && name != "access_id" {
			return nil, fmt.Errorf("unknown query parameter %q; anonymous=true is what may follow the ?", name)
		}
	}
	var o gcsblob.URLOpener
	if anonymous, _ := strconv.ParseBool(q.Get("anonymous")); !anonymous && q.Get("access_id") != "-" {
		creds, err := gcp.DefaultCredentials(ctx)
		if err != nil {
			return nil, err
		}
		if o.Client, err = gcp.NewHTTPClient(gcp.DefaultTransport(), creds.TokenSource); err != nil {
			return nil, err
		}
	}
	b, err := o.OpenBucketURL(ctx, u)
	if err != nil {
		return nil, err
	}
	var client *storage.Client
	if b.As(&client) {
		client.SetRetry(storage.WithPolicy(storage.RetryNever))
	}
	return b, nil
}

func markGoogle(o *blob.ListObject) string {
	var item storage.ObjectAttrs
	if !o.As(&item) || item.Generation == 0 {
		return ""
	}
	return strconv.FormatInt(item.Generation, 10)
}

func readMarkGoogle(r *blob.Reader) string {
	var answer *storage.Reader
	if !r.As(&answer) || answer.Attrs.Generation == 0 {
		return ""
	}
	return strconv.FormatInt(answer.Attrs.Generation, 10)
}

func demandGoogle(mark string, as func(any) bool) error {
	var object **storage.ObjectHandle
	if !as(&object) {
		return nil
	}
	// The bytes as they are stored.
	*object = (*object).ReadCompressed(true)
	if mark == "" {
		return nil
	}
	generation, err := strconv.ParseInt(mark, 10, 64)
	if err != nil {
		return fmt.Errorf("version %s is not a generation: %w", mark, err)
	}
	*object = (*object).If(storage.Conditions{GenerationMatch: generation})
	return nil
}

// answerOfGoogle takes from an error what Google's store said.
func answerOfGoogle(err error, a *answer) {
	var said *googleapi.Error
	if errors.As(err, &said) {
		a.status, a.header = said.Code, said.Header
		if len(said.Errors) > 0 {
			a.code = said.Errors[0].Reason
		}
	}
	switch {
	case a.status != 0:
	case errors.Is(err, storage.ErrObjectNotExist):
		a.status = http.StatusNotFound
	case errors.Is(err, storage.ErrBucketNotExist):
		a.status, a.code = http.StatusNotFound, "NoSuchBucket"
	}
}
