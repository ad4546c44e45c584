// Package outbox keeps parcels in a folder, between the day on which they were
// made and the one on which they are sent. A list, manifest.json, says what each
// file's bytes were, so that what is sent is what was looked at.
package outbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"usagereport/internal/atomicfile"
	"usagereport/sending/delivery"
)

// Name is the file that lists an outbox.
const Name = "manifest.json"

// schema names the form of the list.
const schema = "usagereport/outbox/1"

// A Packed is a parcel with what its maker wants to know of it when it is sent.
type Packed[T any] struct {
	delivery.Parcel
	Keep T
}

// manifest is the list.
type manifest[T, U any] struct {
	Schema  string     `json:"schema"`
	Keep    U          `json:"keep"`
	Parcels []entry[T] `json:"parcels"`
}

type entry[T any] struct {
	Dir     string      `json:"dir"`
	ID      string      `json:"id"`
	Owner   string      `json:"owner"`
	Channel string      `json:"channel"`
	To      []string    `json:"to"`
	Subject string      `json:"subject"`
	Files   []fileEntry `json:"files"`
	Keep    T           `json:"keep"`
}

type fileEntry struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	SHA256 string `json:"sha256"`
}

// Write writes parcels below dir, which it makes and which holds nothing, and the
// list of them, last. The files have mode. keep is kept of all of them. The list is JSON, with a
// parcel's folder, addresses, and the SHA-256 of each of its files.
func Write[T, U any](dir string, mode fs.FileMode, keep U, parcels []Packed[T]) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("write what would be sent into %s: %w", dir, err)
		}
	}()
	if err := atomicfile.MakeFolder(dir, mode); err != nil {
		return err
	}
	there, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	if len(there) > 0 {
		return errors.New("something is there already; name a folder that is empty or does not exist")
	}
	m := manifest[T, U]{Schema: schema, Keep: keep, Parcels: []entry[T]{}}
	for _, p := range parcels {
		if err := delivery.CheckID(p.ID); err != nil {
			return err
		}
		e := entry[T]{
			Dir: delivery.OwnerName(p.Owner) + "-" + p.ID + "-" + p.Channel, ID: p.ID, Owner: p.Owner,
			Channel: p.Channel, To: p.To, Subject: p.Subject, Keep: p.Keep,
		}
		if err := atomicfile.MakeFolder(filepath.Join(dir, e.Dir), mode); err != nil {
			return err
		}
		for _, f := range p.Files {
			if f.Name != delivery.SafeName(f.Name) {
				return fmt.Errorf("%.80q cannot be a file's name", f.Name)
			}
			if err := atomicfile.Put(filepath.Join(dir, e.Dir, f.Name), f.Bytes, mode); err != nil {
				return err
			}
			e.Files = append(e.Files, fileEntry{f.Name, f.Type, hash(f.Bytes)})
		}
		m.Parcels = append(m.Parcels, e)
	}
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return atomicfile.Put(filepath.Join(dir, Name), append(b, '\n'), mode)
}

// Read reads what Write wrote. That anything of it is not as it was written is an
// error, also a file that was added.
func Read[T, U any](dir string) (keep U, parcels []Packed[T], err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("read what is to be sent from %s: %w", dir, err)
		}
	}()
	b, err := os.ReadFile(filepath.Join(dir, Name))
	if errors.Is(err, fs.ErrNotExist) {
		return keep, nil, fmt.Errorf("it has no %s; 'usagereport send --out DIR' writes such a folder", Name)
	}
	if err != nil {
		return keep, nil, err
	}
	var m manifest[T, U]
	if err := json.Unmarshal(b, &m); err != nil {
		return keep, nil, fmt.Errorf("%s: %w", Name, err)
	}
	if m.Schema != schema {
		return keep, nil, fmt.Errorf("%s is of the form %.80q and not %q; write the folder again", Name, m.Schema, schema)
	}
	for _, e := range m.Parcels {
		p := Packed[T]{Keep: e.Keep, Parcel: delivery.Parcel{ID: e.ID, Owner: e.Owner, Channel: e.Channel, To: e.To, Subject: e.Subject}}
		if err := delivery.CheckID(e.ID); err != nil {
			return keep, nil, err
		}
		if filepath.Base(e.Dir) != e.Dir || !filepath.IsLocal(e.Dir) || e.Dir == "." {
			return keep, nil, fmt.Errorf("%.80q cannot be a folder's name", e.Dir)
		}
		if p.Files, err = e.read(filepath.Join(dir, e.Dir)); err != nil {
			return keep, nil, err
		}
		parcels = append(parcels, p)
	}
	return m.Keep, parcels, nil
}

func (e entry[T]) read(dir string) (out []delivery.File, err error) {
	there, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	listed := map[string]bool{}
	for _, f := range e.Files {
		if f.Name != delivery.SafeName(f.Name) {
			return nil, fmt.Errorf("%.80q cannot be a file's name", f.Name)
		}
		listed[f.Name] = true
		b, err := readFile(filepath.Join(dir, f.Name))
		if err != nil {
			return nil, err
		}
		if hash(b) != strings.ToLower(f.SHA256) {
			return nil, fmt.Errorf("%s/%s is not as it was written; write the folder again", e.Dir, f.Name)
		}
		out = append(out, delivery.File{Name: f.Name, Type: f.Type, Bytes: b})
	}
	for _, f := range there {
		if !listed[f.Name()] {
			return nil, fmt.Errorf("%s/%s is not in %s; take it away, nothing else is sent", e.Dir, f.Name(), Name)
		}
	}
	return out, nil
}

// readFile reads a file of a size that mails have.
func readFile(path string) ([]byte, error) {
	const most = 1 << 30
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && len(b) > most {
		err = fmt.Errorf("%s is larger than 1 GiB", path)
	}
	return b, err
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
