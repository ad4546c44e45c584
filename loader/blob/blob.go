// Package blob is the loader's source for the object stores of the clouds:
// azblob://container/prefix, s3://bucket/prefix and gs://bucket/prefix, through
// the Go CDK.
//
// Who asks is found as each cloud's own tools find it: from its environment
// variables, its configuration files, its sign-in on this machine, or the
// machine's own identity. No credential is taken from the command line or from
// a place's name, and none is printed.
//
// What follows a "?" are the Go CDK's parameters for opening a store, as
// region=eu-central-1, endpoint=https://… or storage_account=name; they are no
// part of an object's Ref. A name that itself has a "?" in it is reached through
// the folder that it is in.
//
// azblob is tested against Azurite and s3 against gofakes3. gs runs through the
// same code and has not been tried against a real service.
package blob

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"gocloud.dev/blob"

	"usagereport/loader"
	"usagereport/loader/remote"
)

// A Source lists and opens the objects of containers and buckets. The zero
// value is ready; its fields are not written once it is in use.
type Source struct {
	// Patience is how long a server may be silent, before its answer and inside
	// it; 0 is remote.Patience.
	Patience time.Duration
	// Now is the clock that a Retry-After with a date is held against.
	Now func() time.Time

	mu      sync.Mutex
	buckets map[store]*blob.Bucket
	// places holds where each Ref that List has shown is, which its query is
	// missing from.
	places map[string]place
}

// A store is a container or bucket, with what it is opened with.
type store struct{ scheme, container, query string }

func (s store) String() string { return s.scheme + "://" + s.container }

// A place is a prefix of names in a store, or one object in it.
type place struct {
	store
	key   string
	alone bool // it is an object, and not what is below it
}

func (p place) String() string { return p.store.String() + "/" + p.key }

// List implements loader.Source. What follows the container's name is an
// object's name or a folder's: exports/a stands for the object exports/a and
// for the usage files below exports/a/, and not for exports/ab.
func (s *Source) List(ctx context.Context, ref loader.Ref) iter.Seq2[loader.Object, error] {
	return func(yield func(loader.Object, error) bool) {
		p, err := s.parse(ref)
		if err != nil {
			yield(loader.Object{}, err)
			return
		}
		objs, err := s.list(ctx, p)
		for _, obj := range objs {
			if !yield(obj, nil) {
				return
			}
		}
		if err != nil {
			yield(loader.Object{}, err)
		}
	}
}

// parse reads a Ref. Names are taken as they are, without the escapes of URLs,
// as the clouds' own tools do.
func (s *Source) parse(ref loader.Ref) (place, error) {
	whole := ref.Scheme + "://" + ref.Rest
	s.mu.Lock()
	known, ok := s.places[whole]
	s.mu.Unlock()
	if ok {
		known.alone = true
		return known, nil
	}
	path, query, _ := strings.Cut(ref.Rest, "?")
	container, key, _ := strings.Cut(path, "/")
	p := place{store: store{ref.Scheme, container, query}, key: key}
	if _, ok := clouds()[ref.Scheme]; !ok {
		return p, fmt.Errorf("%s:// is not a kind of object store that usagereport reads; use azblob://, s3:// or gs://", ref.Scheme)
	}
	if container == "" || strings.ContainsAny(container, "@:#") {
		return p, fmt.Errorf("%s does not begin with a container's name; write it as %s://container/prefix", remote.Redact(whole), ref.Scheme)
	}
	if _, err := url.ParseQuery(query); err != nil {
		return p, fmt.Errorf("%s: what follows the ? cannot be read; write it as name=value&name=value", p)
	}
	return p, nil
}

// list returns what a place stands for, by name. What it has when a listing
// breaks off it returns with the error.
func (s *Source) list(ctx context.Context, p place) ([]loader.Object, error) {
	doing := "list " + p.String()
	c := clouds()[p.scheme]
	bucket, err := s.open(ctx, p.store)
	if err != nil {
		return nil, s.failure(ctx, p.store, doing, err)
	}
	ctx, watch := remote.NewWatch(c.orPrepare(ctx), s.Patience)
	defer watch.End()
	var objs []loader.Object
	// walk looks at the objects whose names begin with a prefix until take has
	// enough.
	walk := func(prefix string, take func(*blob.ListObject) bool) error {
		o := &blob.ListOptions{Prefix: prefix}
		if c.beforeList != nil {
			o.BeforeList = func(as func(any) bool) error { return c.beforeList(prefix, as) }
		}
		it := bucket.List(o)
		for {
			if err := ctx.Err(); err != nil {
				return s.failure(ctx, p.store, doing, err)
			}
			watch.Wait()
			o, err := it.Next(ctx)
			watch.Rest()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return s.failure(ctx, p.store, doing, err)
			}
			if !take(o) {
				return nil
			}
		}
	}
	var unreadable error
	add := func(o *blob.ListObject) {
		if c.unreadable != nil && c.unreadable(o) {
			unreadable = fmt.Errorf("%s: %q has one of the signs \" # %% ? \\ in its name, with which it cannot be read; copy it to "+
				"another name", doing, o.Key)
			return
		}
		at := place{store: p.store, key: o.Key, alone: true}
		objs = append(objs, loader.Object{Ref: at.String(), Version: c.versionOf(o), Size: o.Size, Modified: o.ModTime.UTC()})
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.places == nil {
			s.places = map[string]place{}
		}
		s.places[at.String()] = at
	}
	folder := p.key
	if p.key != "" && (p.alone || !strings.HasSuffix(p.key, "/")) {
		// Of the names that begin with it, its own is the first.
		err := walk(p.key, func(o *blob.ListObject) bool {
			if o.Key == p.key && !c.folder(o) {
				add(o)
			}
			return o.Key < p.key
		})
		if err != nil || p.alone {
			return objs, cmp.Or(err, unreadable)
		}
		folder += "/"
	}
	err = walk(folder, func(o *blob.ListObject) bool {
		if loader.IsUsageFile(o.Key) && !c.folder(o) {
			add(o)
		}
		return true
	})
	// Not every store lists by name, and none says so.
	slices.SortFunc(objs, func(a, b loader.Object) int { return strings.Compare(a.Ref, b.Ref) })
	return objs, cmp.Or(err, unreadable)
}

// Open implements loader.Source.
func (s *Source) Open(ctx context.Context, obj loader.Object, offset int64) (io.ReadCloser, error) {
	p, err := s.parse(loader.ParseRef(obj.Ref))
	if err != nil {
		return nil, err
	}
	doing := "read " + p.String()
	c := clouds()[p.scheme]
	bucket, err := s.open(ctx, p.store)
	if err != nil {
		return nil, s.failure(ctx, p.store, doing, err)
	}
	ctx, watch := remote.NewWatch(c.orPrepare(ctx), s.Patience)
	r, err := bucket.NewRangeReader(ctx, p.key, offset, -1, &blob.ReaderOptions{BeforeRead: c.beforeRead(obj.Version)})
	watch.Rest()
	if err != nil {
		defer watch.End()
		switch answerOf(err).status {
		case http.StatusRequestedRangeNotSatisfiable:
			return s.end(ctx, bucket, p, obj, offset, doing)
		case http.StatusPreconditionFailed:
			// It is not what it was, and may be nothing any more.
			watch.Wait()
			if there, err := bucket.Exists(ctx, p.key); err == nil && !there {
				return nil, fmt.Errorf("%s: %w", doing, fs.ErrNotExist)
			}
		}
		return nil, s.failure(ctx, p.store, doing, err)
	}
	body := &remote.Body{In: r, Ctx: ctx, Watch: watch, Doing: doing, Left: r.Size() - offset, Secrets: secrets()}
	if !c.isSame(obj, r) {
		body.Close()
		return nil, fmt.Errorf("%s: %w", doing, loader.ErrChanged)
	}
	return body, nil
}

// end is what Open gives where no byte is left to send, which stores call a
// mistake: nothing, if the object is still what it was.
func (s *Source) end(ctx context.Context, bucket *blob.Bucket, p place, obj loader.Object, offset int64, doing string) (io.ReadCloser,
	error,
) {
	c := clouds()[p.scheme]
	r, err := bucket.NewRangeReader(ctx, p.key, 0, 0, &blob.ReaderOptions{BeforeRead: c.beforeRead(obj.Version)})
	if err != nil {
		return nil, s.failure(ctx, p.store, doing, err)
	}
	defer r.Close()
	if r.Size() != offset || !c.isSame(obj, r) {
		return nil, fmt.Errorf("%s: %w", doing, loader.ErrChanged)
	}
	return http.NoBody, nil
}

// isSame reports whether a read is of what was listed. The store was asked to
// see to that, but not every one that speaks a cloud's protocol does. Where the
// listing gave no mark of the content, its size and time have to do.
func (c cloud) isSame(obj loader.Object, r *blob.Reader) bool {
	if obj.Size >= 0 && r.Size() != obj.Size {
		return false
	}
	if isFallback(obj.Version) {
		return r.ModTime().Unix() == obj.Modified.Unix()
	}
	mark := c.readMark(r)
	return mark == "" || mark == obj.Version
}

// open returns a store's bucket, which is opened once.
func (s *Source) open(ctx context.Context, at store) (*blob.Bucket, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if b := s.buckets[at]; b != nil {
		return b, nil
	}
	q, err := url.ParseQuery(at.query)
	if err != nil {
		return nil, err
	}
	// Clients renew their sign-in long after the call that opened them.
	b, err := clouds()[at.scheme].open(context.WithoutCancel(ctx), &url.URL{Scheme: at.scheme, Host: at.container, RawQuery: q.Encode()})
	if err != nil {
		return nil, &openError{err}
	}
	if s.buckets == nil {
		s.buckets = map[store]*blob.Bucket{}
	}
	s.buckets[at] = b
	return b, nil
}

// An openError is one of opening a store, before anything was asked of it.
type openError struct{ err error }

func (e *openError) Error() string { return e.err.Error() }
func (e *openError) Unwrap() error { return e.err }

// Close closes what was opened.
func (s *Source) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for at, b := range s.buckets {
		if err := b.Close(); err != nil {
			errs = append(errs, fmt.Errorf("close %s: %w", at, remote.Hide(err, secrets()...)))
		}
	}
	s.buckets = nil
	return errors.Join(errs...)
}

// failure says what a call met and what to do about it.
func (s *Source) failure(ctx context.Context, at store, doing string, err error) error {
	if ctx.Err() != nil {
		return remote.Failure(ctx, doing, err, secrets()...)
	}
	err = inner(err)
	c := clouds()[at.scheme]
	a := answerOf(err)
	status := a.String()
	var opening *openError
	switch {
	case errors.As(err, &opening):
		return fmt.Errorf("%s: open %s: %w; %s", doing, at, remote.Hide(err, secrets()...), c.signIn)
	case a.temporary():
		return &loader.TemporaryError{
			Err:        fmt.Errorf("%s: %s answered %s; try again later", doing, c.name, status),
			RetryAfter: remote.RetryAfter(a.header, s.Now),
		}
	case a.status == http.StatusPreconditionFailed:
		return fmt.Errorf("%s: %w", doing, loader.ErrChanged)
	case a.archived():
		return fmt.Errorf("%s: it is in an archive tier (%s); bring it back to an online tier and load it then", doing, status)
	case a.noStore():
		return fmt.Errorf("%s: there is no %s (%s); check its name, and %s: %w", doing, at, status, c.whose, fs.ErrNotExist)
	case a.status == http.StatusNotFound:
		return fmt.Errorf("%s: %s answered %s: %w", doing, c.name, status, fs.ErrNotExist)
	case a.elsewhere():
		return fmt.Errorf("%s: %s answered %s; the bucket is in another region: set AWS_REGION, or add ?region=NAME", doing, c.name, status)
	case a.denied():
		return fmt.Errorf("%s: access was denied (%s); reading needs %s, and credentials that are still valid: %s", doing, status, c.role,
			c.signIn)
	case a.status != 0:
		return fmt.Errorf("%s: %s answered %s: %w", doing, c.name, status, remote.Hide(err, secrets()...))
	case noCredentials(err):
		// Azure's client goes on with the answers of all that it tried.
		text, _, _ := strings.Cut(remote.Redact(err.Error(), secrets()...), " ---")
		return fmt.Errorf("%s: no valid credentials were found; %s (%s)", doing, c.signIn, text)
	case noRegion(err):
		return fmt.Errorf("%s: the bucket's region is not known; set AWS_REGION, or add ?region=NAME", doing)
	}
	return remote.Failure(ctx, doing, err, secrets()...)
}
