// Package blob is the channel that puts reports into an object store, azblob://
// or s3://, at paths that cannot be guessed.
//
// A message's files are below one path, made of its owner and ID with a key.
// Whoever knows the path of one knows nothing of another's. Where the store signs
// links, the receipt has one, which is good for some days.
package blob

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"embed"
	"encoding/base32"
	"errors"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"sync"
	"time"

	"usagereport/loader"
	"usagereport/loader/blob"
	"usagereport/sending/delivery"
	"usagereport/sending/delivery/retry"
)

// A Channel writes below one place of a store. Its fields are not written once it
// is in use.
type Channel struct {
	Name   string // of the channel, for parcels
	At     string // azblob://container/prefix or s3://bucket/prefix
	Stores *blob.Source
	Key    func(context.Context) (string, error) // makes paths
	Good   time.Duration                         // for how long links are; at most a week, which is S3's most
	Now    func() time.Time

	Patience retry.Patience

	mu   sync.Mutex
	sent []entry
}

// An entry is a line of the administrator's index.
type entry struct{ Owner, ID, Subject, Shown, Link string }

// Prepare implements delivery.Channel. The report's files come first, so that the
// link leads to the report.
func (c *Channel) Prepare(m delivery.Message) (delivery.Parcel, error) {
	if err := delivery.CheckID(m.ID); err != nil {
		return delivery.Parcel{}, fmt.Errorf("write for %s: %w", c.Name, err)
	}
	p := delivery.Parcel{ID: m.ID, Owner: m.Owner, Channel: c.Name, To: slices.Clone(m.To), Subject: m.Subject}
	const letter = "message.txt"
	taken := map[string]bool{letter: true}
	for _, f := range m.Files {
		name := delivery.SafeName(f.Name)
		for i := 2; taken[strings.ToLower(name)]; i++ {
			name = delivery.SafeName(fmt.Sprintf("%d-%s", i, f.Name))
		}
		taken[strings.ToLower(name)] = true
		p.Files = append(p.Files, delivery.File{Name: name, Type: mediaType(f.Type), Bytes: bytes.Clone(f.Bytes)})
	}
	p.Files = append(p.Files, delivery.File{
		Name: letter, Type: "text/plain; charset=utf-8", Bytes: []byte(delivery.Line(m.Subject, 200) + "\n\n" + m.Text + "\n\n" + m.ID + "\n"),
	})
	return p, nil
}

// mediaType returns the types that reports have, and no other: a store serves
// what it is given.
func mediaType(t string) string {
	switch t {
	case "text/html", "text/html; charset=utf-8":
		return "text/html; charset=utf-8"
	case "application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/plain; charset=utf-8":
		return t
	}
	return "application/octet-stream"
}

// Send implements delivery.Channel. The same parcel goes to the same path again,
// where it changes nothing.
func (c *Channel) Send(ctx context.Context, p delivery.Parcel) (delivery.Receipt, error) {
	r, err := c.put(ctx, p.ID, path(p), p.Files)
	if err != nil {
		return delivery.Receipt{}, fmt.Errorf("send %s to %s: %w", p.ID, c.Name, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e := entry{p.Owner, p.ID, p.Subject, r.Where, r.Link}
	c.sent = append(slices.DeleteFunc(c.sent, func(old entry) bool { return old.ID == p.ID && old.Owner == p.Owner }), e)
	return r, nil
}

// Index writes a page that lists what this channel has sent since it was made,
// for the administrator alone: it leads to everybody's. id is of this run.
func (c *Channel) Index(ctx context.Context, id string) (delivery.Receipt, error) {
	c.mu.Lock()
	sent := slices.Clone(c.sent)
	c.mu.Unlock()
	slices.SortFunc(sent, func(a, b entry) int { return cmp.Or(strings.Compare(a.Owner, b.Owner), strings.Compare(a.ID, b.ID)) })
	var b bytes.Buffer
	err := template.Must(template.ParseFS(pages, "index.*")).ExecuteTemplate(&b, "index.html", struct {
		Sent  []entry
		Until string
	}{sent, c.Now().Add(c.Good).UTC().Format("2006-01-02 15:04 UTC")})
	if err == nil {
		var r delivery.Receipt
		if r, err = c.put(ctx, id, "index\x00"+id, []delivery.File{{
			Name: "index.html", Type: "text/html; charset=utf-8",
			Bytes: b.Bytes(),
		}}); err == nil {
			return r, nil
		}
	}
	return delivery.Receipt{}, fmt.Errorf("write the index of %s: %w", c.Name, err)
}

// pages has the page of the index and its styles.
//
//go:embed index.html index.css
var pages embed.FS

// put writes files below the path that is made of what, and signs a link to the
// first.
func (c *Channel) put(ctx context.Context, id, what string, files []delivery.File) (r delivery.Receipt, err error) {
	if err := ctx.Err(); err != nil {
		return r, err
	}
	if err := delivery.CheckID(id); err != nil {
		return r, err
	}
	folder, err := c.folder(ctx, what)
	if err != nil {
		return r, err
	}
	var first loader.Ref
	for i, f := range files {
		if f.Name != delivery.SafeName(f.Name) {
			return r, fmt.Errorf("%.80q cannot be a file's name", f.Name)
		}
		at := c.below(folder + "/" + f.Name)
		if i == 0 {
			first = at
		}
		err := c.Patience.Do(ctx, func(bool) error {
			err := c.Stores.Put(ctx, at, f.Type, f.Bytes)
			if t := (*loader.TemporaryError)(nil); errors.As(err, &t) {
				return &retry.TemporaryError{Err: err, After: t.RetryAfter, Server: true}
			}
			return err
		})
		if err != nil {
			return r, err
		}
	}
	link, shown, err := c.Stores.Sign(ctx, first, c.Good)
	if err != nil {
		return r, err
	}
	return delivery.Receipt{Where: shown, Link: link}, nil
}

// folder returns the path that is made of what with the key.
func (c *Channel) folder(ctx context.Context, what string) (string, error) {
	key, err := c.Key(ctx)
	if err != nil {
		return "", fmt.Errorf("key: %w", err)
	}
	if len(key) < 16 {
		return "", errors.New("key: it has less than 16 signs, with which paths can be guessed")
	}
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(what))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(mac.Sum(nil))), nil
}

// Link returns a link to the first file of p, good for some days from now, for a
// message that leads there before p is sent. It is an error that the store signs
// none.
func (c *Channel) Link(ctx context.Context, p delivery.Parcel) (string, error) {
	link, err := c.link(ctx, p)
	if err != nil {
		return "", fmt.Errorf("make a link to %s in %s: %w", p.ID, c.Name, err)
	}
	return link, nil
}

func (c *Channel) link(ctx context.Context, p delivery.Parcel) (string, error) {
	if len(p.Files) == 0 {
		return "", errors.New("it has no file")
	}
	folder, err := c.folder(ctx, path(p))
	if err != nil {
		return "", err
	}
	link, _, err := c.Stores.Sign(ctx, c.below(folder+"/"+p.Files[0].Name), c.Good)
	if err == nil && link == "" {
		err = errors.New("the store signs none, as it is signed in to; sign in with a key")
	}
	return link, err
}

// path is of what the path of a parcel is made.
func path(p delivery.Parcel) string { return "report\x00" + p.Owner + "\x00" + p.ID }

// below returns the Ref of an object below the channel's place, whose own
// parameters stay behind it.
func (c *Channel) below(name string) loader.Ref {
	place, query, has := strings.Cut(c.At, "?")
	whole := strings.TrimRight(place, "/") + "/" + name
	if has {
		whole += "?" + query
	}
	return loader.ParseRef(whole)
}
