package blob

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"gocloud.dev/blob"

	"usagereport/loader"
	"usagereport/loader/remote"
)

// Put writes an object whole or not at all, over one that has its name. What may
// pass by itself is a loader.TemporaryError.
func (s *Source) Put(ctx context.Context, ref loader.Ref, mediaType string, b []byte) error {
	p, err := s.parse(ref)
	if err != nil {
		return err
	}
	doing := "write " + p.String()
	bucket, err := s.open(ctx, p.store)
	if err != nil {
		return s.failure(ctx, p.store, doing, err)
	}
	c := clouds()[p.scheme]
	ctx, watch := remote.NewWatch(c.orPrepare(ctx), s.Patience)
	defer watch.End()
	// No cache on the way keeps it.
	o := &blob.WriterOptions{ContentType: mediaType, CacheControl: "private, no-store"}
	// WriteAll, and with a sum of the bytes this, panics where Azure refuses what it
	// was just given (Go CDK 0.47).
	if err := bucket.Upload(ctx, p.key, bytes.NewReader(b), o); err != nil {
		if a := answerOf(inner(err)); a.denied() {
			return fmt.Errorf("%s: access was denied (%s); writing needs %s, and credentials that are still valid: %s", doing, a, c.writer, c.signIn)
		}
		return s.failure(ctx, p.store, doing, err)
	}
	return nil
}

// Sign returns a link by which anybody can read an object until a time is over,
// and the same without its signature. Where the store, as it is signed in to,
// signs none, the link is "" and the other is the object's Ref.
func (s *Source) Sign(ctx context.Context, ref loader.Ref, good time.Duration) (link, shown string, err error) {
	p, err := s.parse(ref)
	if err != nil {
		return "", "", err
	}
	bucket, err := s.open(ctx, p.store)
	if err != nil {
		return "", "", s.failure(ctx, p.store, "sign a link to "+p.String(), err)
	}
	link, err = bucket.SignedURL(ctx, p.key, &blob.SignedURLOptions{Expiry: good})
	if ctx.Err() != nil {
		return "", "", ctx.Err()
	}
	u, notURL := url.Parse(link)
	if err != nil || notURL != nil || u.RawQuery == "" {
		return "", p.String(), nil
	}
	// Azure's client escapes the slashes of names, too, which means the same.
	shown = u.Scheme + "://" + u.Host + strings.ReplaceAll(u.EscapedPath(), "%2F", "/")
	return shown + "?" + u.RawQuery, shown, nil
}
