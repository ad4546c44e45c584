package loader

import (
	"context"
	"errors"
	"io"
	"iter"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A Source lists and opens usage files kept in one kind of place: a folder, a
// web server, a blob container, a cost API.
//
// A Source only moves bytes: Load unpacks, recognises the format, reports
// progress, once, for all sources. Implementations must be safe for concurrent
// use and must pass loadertest.TestSource.
type Source interface {
	// List yields the objects that ref names, in the same order each time. A
	// listing that breaks off yields one error, last. A place in it that cannot be
	// read yields a *PlaceError, and the listing goes on. A ref that names nothing
	// yields nothing; Load decides whether that is a mistake.
	List(ctx context.Context, ref Ref) iter.Seq2[Object, error]

	// Open returns the content of an object that List yielded, from the byte
	// offset on, so that Load can go on after a broken connection. If the object
	// has been replaced since, the error wraps ErrChanged; if it is gone,
	// fs.ErrNotExist. Reading ends with an error, not with io.EOF, where the
	// content breaks off. Cancelling ctx ends a read that waits.
	Open(ctx context.Context, obj Object, offset int64) (io.ReadCloser, error)
}

// A Preparer is a Source whose objects come about only when they are asked for, as
// a report that a cloud writes for minutes.
type Preparer interface {
	// Prepare returns when an object that List yielded can be opened. Load calls it
	// before each Open, and waits as long as it takes; only ctx ends it. Where the
	// object proves to hold nothing, the error wraps ErrEmpty.
	Prepare(ctx context.Context, obj Object) error
}

// ErrEmpty says that a place was asked and has no charges to give. That is no
// failure: what the ledger holds stays.
var ErrEmpty = errors.New("there are no charges")

// A TemporaryError says that the same call may well succeed a little later: a
// server that is busy, a connection that broke. Load tries again.
type TemporaryError struct {
	Err        error
	RetryAfter time.Duration // what the server asked for; 0 if it named none
}

func (e *TemporaryError) Error() string { return e.Err.Error() }

// Unwrap returns the error that was met.
func (e *TemporaryError) Unwrap() error { return e.Err }

// A PlaceError says that one place of a listing cannot be read; the others can.
type PlaceError struct {
	Ref string // shown to people
	Err error
}

func (e *PlaceError) Error() string { return e.Ref + ": " + e.Err.Error() }

// Unwrap returns why it cannot be read.
func (e *PlaceError) Unwrap() error { return e.Err }

// IsUsageFile says by a file's name whether a folder's or a prefix's listing
// yields it: what can hold usage, and the manifests that exports are described
// by. What is named by itself is taken whatever its name is. A name that begins with "._" is that of what a
// Macintosh writes beside each file where the disk or the zip file is none of its own.
func IsUsageFile(name string) bool {
	name = strings.ToLower(name)
	if strings.HasPrefix(path.Base(name), "._") {
		return false
	}
	ends := []string{
		".csv", ".csv.gz", ".csv.gzip", ".csv.zst", ".csv.zip", ".tsv", ".tsv.gz",
		".zip", ".parquet", ".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz",
		".json", ".json.gz", // of which many are something else: see strangeJSON
	}
	return slices.ContainsFunc(ends, func(end string) bool { return strings.HasSuffix(name, end) })
}

// ErrChanged says that an object is no longer what was listed.
var ErrChanged = errors.New("has changed since it was listed")

// A Ref is a place to load from, as the user wrote it. It is not a *url.URL:
// "2026-??.csv" is a glob, and "C:\exports" has no scheme.
type Ref struct {
	Scheme string // "file", "https", "azblob"; chooses the Source
	Rest   string // for the Source to read
}

// ParseRef splits a place into its scheme and the rest; without a scheme it is
// a file, and "-" is standard input.
func ParseRef(s string) Ref {
	if s == "-" {
		return Ref{Scheme: "stdin", Rest: s}
	}
	if scheme, rest, ok := strings.Cut(s, "://"); ok && scheme != "" {
		scheme = strings.ToLower(scheme)
		if strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz0123456789+") == "" {
			return Ref{Scheme: scheme, Rest: rest}
		}
	}
	return Ref{Scheme: "file", Rest: s}
}

// String returns the place as it may be shown and kept: of a URL, without the
// user and the query, which can hold what opens it.
func (r Ref) String() string {
	if r.Scheme == "file" {
		return WithoutSecret(r.Rest) // which may be a link that is written wrongly
	}
	shown := r.Rest
	if i := strings.IndexAny(shown, "?#"); i >= 0 {
		shown = shown[:i]
	}
	end := strings.IndexByte(shown+"/", '/')
	if i := strings.LastIndexByte(shown[:end], '@'); i >= 0 {
		shown = shown[i+1:]
	}
	return r.Scheme + "://" + WithoutSecret(shown)
}

// WithoutSecret returns what is shown of a place's name: nothing from where a link's query
// may begin that is not written as one, or a password before a host. A ? alone is of a
// pattern.
func WithoutSecret(shown string) string {
	if m := linkSecret.FindStringIndex(shown); m != nil {
		return shown[:m[0]] + "…"
	}
	return shown
}

var linkSecret = regexp.MustCompile(`(?i)\?[^?*\[\]/]*=|%(25)*3f|[?&;]?\b(sig|signature|se|sv|token|key)(=|%(25)*3d)|(^|/)[^/@:]+:([^/@\\][^/@]*)?@`)

// Hidden is a text that is not shown.
type Hidden string

// String implements fmt.Stringer.
func (Hidden) String() string { return "…" }

// GoString implements fmt.GoStringer.
func (Hidden) GoString() string { return "…" }

// An Object is one usage file as its Source describes it.
type Object struct {
	Ref     string // shown to people and kept in the ledger; never holds a secret
	Version string // changes whenever the content does: an ETag, a hash, a time
	Size    int64  // bytes, or -1 if unknown
	// Whole is the place with all that distinguishes it from others, also what Ref leaves
	// out since it may be secret; "" where Ref says all. It is never shown or kept.
	Whole Hidden
	// Modified is when the place says the object was written; zero if unknown.
	Modified time.Time
	// CostType is actual or amortized, where the place says which; else "".
	CostType string
}
