// Package folder is the channel that mails nothing: it writes the mail and the
// report below a folder, for people to look at, pass on, or copy.
//
// A message has a folder of its own, OWNER-MARK/ID below the channel's: mail.eml,
// as the mail channel would send it, beside the report's files. It appears whole
// or not at all, and what is there is never written over.
package folder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"usagereport/internal/atomicfile"
	"usagereport/sending/delivery"
	"usagereport/sending/delivery/eml"
)

// A Channel writes below Dir.
type Channel struct {
	Name      string // of the channel, for parcels
	Dir       string
	Sender    string // of the mail; "" is an address that is not read
	AnswersTo string
	Now       func() time.Time // the mail's date
}

// mailName is the name of the file that the mail is in.
const mailName = "mail.eml"

// Prepare implements delivery.Channel.
func (c *Channel) Prepare(m delivery.Message) (delivery.Parcel, error) {
	sender := c.Sender
	if sender == "" {
		sender = "usagereport@localhost"
	}
	b, err := eml.Write(m, eml.Letterhead{Sender: sender, AnswersTo: c.AnswersTo, Date: c.Now()})
	if err != nil {
		return delivery.Parcel{}, err
	}
	p := delivery.Parcel{ID: m.ID, Owner: m.Owner, Channel: c.Name, To: slices.Clone(m.To), Subject: m.Subject}
	p.Files = append(p.Files, delivery.File{Name: mailName, Type: eml.Type, Bytes: b})
	taken := map[string]bool{mailName: true}
	for _, f := range m.Files {
		name := delivery.SafeName(f.Name)
		for i := 2; taken[strings.ToLower(name)]; i++ {
			name = delivery.SafeName(fmt.Sprintf("%d-%s", i, f.Name)) // what is too long is cut off behind
		}
		taken[strings.ToLower(name)] = true
		p.Files = append(p.Files, delivery.File{Name: name, Type: f.Type, Bytes: bytes.Clone(f.Bytes)})
	}
	return p, nil
}

// Send implements delivery.Channel. A parcel that is there already, byte for
// byte, is not written again, and the receipt says so.
func (c *Channel) Send(ctx context.Context, p delivery.Parcel) (delivery.Receipt, error) {
	if err := delivery.CheckID(p.ID); err != nil {
		return delivery.Receipt{}, fmt.Errorf("write into %s: %w", c.Dir, err)
	}
	parent := filepath.Join(c.Dir, delivery.OwnerName(p.Owner))
	at := filepath.Join(parent, p.ID)
	r, err := write(ctx, p, parent, at)
	if err != nil {
		return delivery.Receipt{}, fmt.Errorf("write %s: %w", at, err)
	}
	return r, nil
}

func write(ctx context.Context, p delivery.Parcel, parent, at string) (r delivery.Receipt, err error) {
	if err := ctx.Err(); err != nil {
		return r, err
	}
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return r, err
	}
	err = atomicfile.Folder(at, func(dir string) error {
		for _, f := range p.Files {
			if err := ctx.Err(); err != nil {
				return err
			}
			if f.Name != delivery.SafeName(f.Name) {
				return fmt.Errorf("%.80q cannot be a file's name", f.Name)
			}
			if err := writeFile(filepath.Join(dir, f.Name), f.Bytes); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		return delivery.Receipt{Where: at}, nil
	}
	if !errors.Is(err, fs.ErrExist) {
		return r, err
	}
	same, err := holds(at, p.Files)
	if err != nil {
		return delivery.Receipt{}, err
	}
	if !same {
		return delivery.Receipt{}, errors.New("something else is there already, and was left as it is; move it away to write this one")
	}
	return delivery.Receipt{Where: at, Reply: "it was there already"}, nil
}

// writeFile writes one file and sees to it that the disk has it.
func writeFile(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}

// holds reports whether a folder has these files and no other.
func holds(dir string, files []delivery.File) (bool, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false, err
	}
	if len(entries) != len(files) {
		return false, nil
	}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, f.Name))
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if !bytes.Equal(b, f.Bytes) {
			return false, nil
		}
	}
	return true, nil
}
