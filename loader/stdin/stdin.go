// Package stdin is the loader's source for what another program writes into
// this one: usagereport load -.
package stdin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync/atomic"

	"usagereport/loader"
)

// ErrOnce says that standard input was read already, or is to be read from the
// middle: what has gone by does not come again.
var ErrOnce = errors.New("standard input can be read only once; write it to a file and load that")

// A Source has one object, "-", which can be opened once.
type Source struct {
	In io.Reader

	opened atomic.Bool
}

// List implements loader.Source.
func (s *Source) List(_ context.Context, ref loader.Ref) iter.Seq2[loader.Object, error] {
	return func(yield func(loader.Object, error) bool) {
		if ref.Rest != "-" {
			yield(loader.Object{}, fmt.Errorf("stdin://%s: standard input has no parts; name it with -", ref.Rest))
			return
		}
		yield(loader.Object{Ref: "-", Size: -1}, nil)
	}
}

// Open implements loader.Source.
func (s *Source) Open(ctx context.Context, _ loader.Object, offset int64) (io.ReadCloser, error) {
	if offset != 0 || s.opened.Swap(true) {
		return nil, ErrOnce
	}
	return &reader{ctx: ctx, in: s.In}, nil
}

// A reader ends a read that waits when the context does. The goroutine that
// still waits for standard input then keeps a buffer of its own, and ends with
// the program.
type reader struct {
	ctx  context.Context
	in   io.Reader
	buf  []byte
	left []byte // of buf, read and not taken yet
}

type result struct {
	n   int
	err error
}

func (r *reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if len(r.left) > 0 {
		n := copy(p, r.left)
		r.left = r.left[n:]
		return n, nil
	}
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	if r.buf == nil {
		r.buf = make([]byte, 1<<18)
	}
	done := make(chan result, 1)
	go func() {
		n, err := r.in.Read(r.buf)
		done <- result{n, err}
	}()
	select {
	case res := <-done:
		n := copy(p, r.buf[:res.n])
		r.left = r.buf[n:res.n]
		if len(r.left) > 0 && res.err != nil {
			r.in = failed{res.err} // after what was read
			return n, nil
		}
		return n, res.err
	case <-r.ctx.Done():
		r.in = failed{r.ctx.Err()}
		r.buf = nil
		return 0, r.ctx.Err()
	}
}

// Close implements io.Closer. Standard input is not ours to close.
func (r *reader) Close() error { return nil }

// failed is read after an error: the same error again.
type failed struct{ err error }

func (f failed) Read([]byte) (int, error) { return 0, f.err }
