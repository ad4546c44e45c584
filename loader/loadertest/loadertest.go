// Package loadertest holds the suite that every loader.Source must pass.
package loadertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"usagereport/loader"
)

// A Store is one kind of place, filled by a test.
type Store struct {
	Source loader.Source
	// Put stores content under a name, replacing what was there.
	Put func(t *testing.T, name, content string)
	// Remove takes a name away.
	Remove func(t *testing.T, name string)
	// Ref names what was stored under a name; Ref("") names all of it.
	Ref func(name string) loader.Ref
	// Single says that every place is one object, as a URL is, so that nothing
	// names all of the store.
	Single bool
	// Secrets are what the source is given and must not print: of a password, a
	// key, a signature, the part that opens.
	Secrets []string
}

// TestSource holds a source to what loader.Source promises. open gives an empty
// store for each part.
func TestSource(t *testing.T, open func(t *testing.T) Store) {
	list := func(t *testing.T, s Store, name string) []loader.Object {
		t.Helper()
		var out []loader.Object
		for obj, err := range s.Source.List(t.Context(), s.Ref(name)) {
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, obj)
		}
		return out
	}
	read := func(t *testing.T, s Store, obj loader.Object) string {
		t.Helper()
		r, err := s.Source.Open(t.Context(), obj, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	t.Run("an object has its content and size", func(t *testing.T) {
		s := open(t)
		s.Put(t, "a.csv", "one\n")
		objs := list(t, s, "a.csv")
		if len(objs) != 1 || read(t, s, objs[0]) != "one\n" {
			t.Fatalf("got %v", objs)
		}
		if n := objs[0].Size; n != 4 && n != -1 {
			t.Errorf("size %d, want 4, or -1 for unknown", n)
		}
	})
	t.Run("reading can begin in the middle", func(t *testing.T) {
		s := open(t)
		s.Put(t, "a.csv", "0123456789")
		r, err := s.Source.Open(t.Context(), list(t, s, "a.csv")[0], 4)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if b, err := io.ReadAll(r); err != nil || string(b) != "456789" {
			t.Errorf("got %q, %v", b, err)
		}
	})
	t.Run("reading can begin at the end", func(t *testing.T) {
		s := open(t)
		s.Put(t, "a.csv", "0123456789")
		r, err := s.Source.Open(t.Context(), list(t, s, "a.csv")[0], 10)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if b, err := io.ReadAll(r); err != nil || len(b) != 0 {
			t.Errorf("got %q, %v", b, err)
		}
	})
	t.Run("an object may be empty", func(t *testing.T) {
		s := open(t)
		s.Put(t, "a.csv", "")
		if objs := list(t, s, "a.csv"); len(objs) != 1 || objs[0].Size > 0 || read(t, s, objs[0]) != "" {
			t.Errorf("got %v", objs)
		}
	})
	t.Run("what is packed comes as it is stored", func(t *testing.T) {
		s := open(t)
		packed := "\x1f\x8b\x08\x00 not really, but nobody may look"
		s.Put(t, "a.csv.gz", packed)
		if objs := list(t, s, "a.csv.gz"); len(objs) != 1 || read(t, s, objs[0]) != packed {
			t.Errorf("got %v", objs)
		}
	})
	t.Run("a name may hold blanks and signs", func(t *testing.T) {
		s := open(t)
		name := "march & april/ü+1=2.csv"
		s.Put(t, name, "one\n")
		if objs := list(t, s, name); len(objs) != 1 || read(t, s, objs[0]) != "one\n" {
			t.Errorf("got %v", objs)
		}
	})
	t.Run("what is named by itself is taken whatever its name is", func(t *testing.T) {
		s := open(t)
		s.Put(t, "usage.txt", "one\n")
		if objs := list(t, s, "usage.txt"); len(objs) != 1 || read(t, s, objs[0]) != "one\n" {
			t.Errorf("got %v", objs)
		}
	})
	t.Run("a listing has the same order each time", func(t *testing.T) {
		s := open(t)
		if s.Single {
			t.Skip("each place is one object")
		}
		for _, name := range []string{"b.csv", "a.csv", "c.csv"} {
			s.Put(t, name, name)
		}
		first := list(t, s, "")
		if len(first) != 3 || !slices.Equal(first, list(t, s, "")) {
			t.Errorf("got %v, then %v", first, list(t, s, ""))
		}
	})
	t.Run("a listing yields usage files and manifests alone", func(t *testing.T) {
		s := open(t)
		if s.Single {
			t.Skip("each place is one object")
		}
		for _, name := range []string{"run/a.csv", "run/b.csv.gz", "c.parquet", "run/manifest.json", "run/readme.md", "run/other.txt"} {
			s.Put(t, name, name)
		}
		objs := list(t, s, "")
		if len(objs) != 4 || slices.ContainsFunc(objs, func(o loader.Object) bool { return !loader.IsUsageFile(o.Ref) }) {
			t.Errorf("got %v", objs)
		}
	})
	t.Run("a store that holds nothing yields nothing", func(t *testing.T) {
		s := open(t)
		if s.Single {
			t.Skip("each place is one object")
		}
		if objs := list(t, s, ""); len(objs) != 0 {
			t.Errorf("got %v", objs)
		}
	})
	t.Run("a version changes with the content", func(t *testing.T) {
		s := open(t)
		s.Put(t, "a.csv", "one\n")
		before := list(t, s, "a.csv")[0]
		s.Put(t, "a.csv", "another\n")
		if after := list(t, s, "a.csv")[0]; after.Version == before.Version {
			t.Errorf("version %q before and after", after.Version)
		}
		if _, err := s.Source.Open(t.Context(), before, 0); !errors.Is(err, loader.ErrChanged) {
			t.Errorf("opening what was replaced: %v, want ErrChanged", err)
		}
	})
	t.Run("what is gone does not exist", func(t *testing.T) {
		s := open(t)
		s.Put(t, "a.csv", "one\n")
		obj := list(t, s, "a.csv")[0]
		s.Remove(t, "a.csv")
		if _, err := s.Source.Open(t.Context(), obj, 0); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("opening what is gone: %v, want fs.ErrNotExist", err)
		}
	})
	t.Run("a cancelled listing ends with an error", func(t *testing.T) {
		s := open(t)
		s.Put(t, "a.csv", "one\n")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		var last error
		for _, err := range s.Source.List(ctx, s.Ref(all(s))) {
			last = err
		}
		if !errors.Is(last, context.Canceled) {
			t.Errorf("got %v, want context.Canceled", last)
		}
	})
	t.Run("a listing stops when nobody wants more", func(t *testing.T) {
		s := open(t)
		s.Put(t, "a.csv", "one\n")
		s.Put(t, "b.csv", "two\n")
		n := 0
		s.Source.List(t.Context(), s.Ref(all(s)))(func(loader.Object, error) bool {
			n++
			return false
		})
		if n != 1 {
			t.Errorf("%d objects, want 1", n)
		}
	})
	t.Run("what was listed can be listed again by its ref", func(t *testing.T) {
		s := open(t)
		s.Put(t, "a.csv", "one\n")
		first := list(t, s, "a.csv")
		for obj, err := range s.Source.List(t.Context(), loader.ParseRef(first[0].Ref)) {
			if err != nil || obj != first[0] {
				t.Errorf("got %v, %v, want %v", obj, err, first[0])
			}
		}
	})
	t.Run("many may use it at a time", func(t *testing.T) {
		s := open(t)
		s.Put(t, "a.csv", "one\n")
		var g errgroup.Group
		for range 8 {
			g.Go(func() error {
				for obj, err := range s.Source.List(t.Context(), s.Ref("a.csv")) {
					if err != nil {
						return err
					}
					r, err := s.Source.Open(t.Context(), obj, 1)
					if err != nil {
						return err
					}
					b, err := io.ReadAll(r)
					r.Close()
					if err != nil || string(b) != "ne\n" {
						return fmt.Errorf("got %q, %w", b, err)
					}
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			t.Error(err)
		}
	})
	t.Run("secrets are not told", func(t *testing.T) {
		s := open(t)
		s.Put(t, "a.csv", "one\n")
		obj := list(t, s, "a.csv")[0]
		told := []string{obj.Ref, obj.Version}
		tell := func(err error) {
			if err != nil {
				told = append(told, err.Error())
			}
		}
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		for _, err := range s.Source.List(cancelled, s.Ref("a.csv")) {
			tell(err)
		}
		_, err := s.Source.Open(cancelled, obj, 0)
		tell(err)
		s.Put(t, "a.csv", "another\n")
		_, err = s.Source.Open(t.Context(), obj, 0)
		tell(err)
		s.Remove(t, "a.csv")
		_, err = s.Source.Open(t.Context(), obj, 0)
		tell(err)
		for _, err := range s.Source.List(t.Context(), s.Ref("a.csv")) {
			tell(err)
		}
		for _, text := range told {
			for _, secret := range s.Secrets {
				if strings.Contains(text, secret) {
					t.Errorf("%q tells %q", text, secret)
				}
			}
		}
	})
}

// all names what to list of a store that holds a.csv: all of it, where
// something names that.
func all(s Store) string {
	if s.Single {
		return "a.csv"
	}
	return ""
}
