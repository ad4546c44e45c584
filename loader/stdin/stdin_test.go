package stdin_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"usagereport/loader"
	"usagereport/loader/stdin"
)

func TestSource(t *testing.T) {
	content := strings.Repeat("a,b,c\n", 100_000)
	for name, in := range map[string]io.Reader{
		"as it comes": strings.NewReader(content), "byte by byte": iotest.OneByteReader(strings.NewReader(content[:6000])),
		"with its end": iotest.DataErrReader(strings.NewReader(content)),
	} {
		s := &stdin.Source{In: in}
		var objects []loader.Object
		for o, err := range s.List(t.Context(), loader.ParseRef("-")) {
			if err != nil {
				t.Fatal(err)
			}
			objects = append(objects, o)
		}
		if len(objects) != 1 || objects[0] != (loader.Object{Ref: "-", Size: -1}) {
			t.Fatalf("%s: objects %+v", name, objects)
		}
		if _, err := s.Open(t.Context(), objects[0], 1); !errors.Is(err, stdin.ErrOnce) {
			t.Errorf("%s: opened from the middle: %v", name, err)
		}
		r, err := s.Open(t.Context(), objects[0], 0)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if want := content[:min(len(content), max(len(got), 6000))]; err != nil || string(got) != want {
			t.Errorf("%s: read %d bytes of %d: %v", name, len(got), len(want), err)
		}
		if n, err := r.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
			t.Errorf("%s: after the end: %d, %v", name, n, err)
		}
		if _, err := s.Open(t.Context(), objects[0], 0); !errors.Is(err, stdin.ErrOnce) {
			t.Errorf("%s: opened twice: %v", name, err)
		}
	}
}

func TestErrorsAndParts(t *testing.T) {
	broken := errors.New("broken pipe")
	s := &stdin.Source{In: io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(broken))}
	r, err := s.Open(t.Context(), loader.Object{Ref: "-"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); string(got) != "abc" || !errors.Is(err, broken) {
		t.Errorf("read %q, %v", got, err)
	}
	for _, err := range s.List(t.Context(), loader.ParseRef("stdin://x")) {
		if err == nil {
			t.Error("standard input has parts")
		}
	}
}

// Cancelling ends a read that waits.
func TestCancel(t *testing.T) {
	in, w := io.Pipe()
	t.Cleanup(func() { _ = w.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	r, err := (&stdin.Source{In: in}).Open(ctx, loader.Object{Ref: "-"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := r.Read(make([]byte, 10)); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancelling: %v", err)
	}
}
