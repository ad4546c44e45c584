//go:build without_gs

package blob

import (
	"context"
	"errors"
	"net/url"

	"gocloud.dev/blob"
)

// google says that this program is one without it.
func google() cloud {
	return cloud{
		name: "Google Cloud Storage",
		open: func(context.Context, *url.URL) (*blob.Bucket, error) {
			return nil, errors.New("this usagereport was built without gs://; fetch the files with 'gcloud storage cp', and load them from the folder")
		},
		mark:     func(*blob.ListObject) string { return "" },
		readMark: func(*blob.Reader) string { return "" },
		demand:   func(string, func(any) bool) error { return nil },
	}
}

// answerOfGoogle has nothing to take.
func answerOfGoogle(error, *answer) {}
