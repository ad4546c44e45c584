package loader

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// The defaults of Options.
const (
	defaultTries = 8
	defaultStall = time.Minute
)

// errStalled says that a place sent nothing for too long.
var errStalled = errors.New("nothing arrived for too long")

// temporary says whether the same call may succeed later, and what the server
// asked to wait.
func temporary(err error) (after time.Duration, ok bool) {
	var t *TemporaryError
	if errors.As(err, &t) {
		return t.RetryAfter, true
	}
	var n net.Error
	return 0, errors.As(err, &n) && n.Timeout() || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errStalled) ||
		slices.ContainsFunc(broken(), func(code syscall.Errno) bool { return errors.Is(err, code) })
}

// A patience decides how long to wait before the next try at a host: exponentially
// longer with jitter, or what the server asked for if that is more.
type patience struct {
	run   *run
	host  string
	b     *backoff.ExponentialBackOff
	tries int
}

// patience returns that for the host of a place.
func (r *run) patience(ref string) *patience {
	return &patience{run: r, host: hostOf(ref), b: backoff.NewExponentialBackOff()}
}

// ask says why a try is pointless: the host is known to be down.
func (p *patience) ask() error { return p.run.hosts.ask(p.host) }

// wait waits before the next try after err, or returns why there is none.
func (p *patience) wait(ctx context.Context, err error) error {
	after, ok := temporary(err)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if !ok {
		return err
	}
	p.tries++
	last := p.tries >= p.run.options.tries()
	if after == 0 { // a server that says when to come again is there
		p.run.hosts.failed(p.host, p.run.options.Now(), last)
	}
	if last {
		return fmt.Errorf("%w; tried %d times, so try again later", err, p.tries)
	}
	if down := p.ask(); down != nil {
		return fmt.Errorf("%w; %w", err, down)
	}
	return p.run.options.sleep(ctx, max(after, p.b.NextBackOff()))
}

// reset begins anew, since something came of the last try.
func (p *patience) reset() {
	p.tries = 0
	p.b.Reset()
	p.run.hosts.worked(p.host)
}

// retry calls f, which asks the host of a place, until it succeeds or there is no
// point in trying again.
func (r *run) retry(ctx context.Context, ref string, f func() error) error {
	p := r.patience(ref)
	for {
		if err := p.ask(); err != nil {
			return err
		}
		err := f()
		if err == nil {
			p.reset()
			return nil
		}
		if err := p.wait(ctx, err); err != nil {
			return err
		}
	}
}

func (o Options) tries() int {
	if o.Tries > 0 {
		return o.Tries
	}
	return defaultTries
}

func (o Options) stall() time.Duration {
	if o.Stall > 0 {
		return o.Stall
	}
	return defaultStall
}

func (o Options) sleep(ctx context.Context, d time.Duration) error {
	if o.Sleep != nil {
		return o.Sleep(ctx, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// fetch returns the content of an object. It goes on where a connection broke,
// gives up one that sends nothing, and distinguishes a content that is cut off from one
// that ends.
func (r *run) fetch(ctx context.Context, source Source, obj Object, remote bool) *fetched {
	f := &fetched{ctx: ctx, source: source, obj: obj, patience: r.patience(obj.Ref), stall: math.MaxInt64}
	if remote { // a disk that is slow is no reason, nor is a person who types
		f.stall, f.most = r.options.stall(), r.options.MaxDownload
	}
	return f
}

type fetched struct {
	ctx      context.Context
	source   Source
	obj      Object
	patience *patience
	stall    time.Duration
	most     int64 // bytes; 0 for any number

	in      io.ReadCloser   // nil before the first read and after an error
	ctxOpen context.Context // of in
	cancel  context.CancelCauseFunc
	timer   *time.Timer
	at      int64
}

func (f *fetched) Read(p []byte) (int, error) {
	for {
		if f.most > 0 && max(f.at, f.obj.Size) > f.most {
			return 0, fmt.Errorf("it has more than %d bytes; allow more with --max-download if that is right", f.most)
		}
		n, err := f.read(p)
		f.at += int64(n)
		switch {
		case n > 0:
			f.patience.reset()
			if err != nil && !errors.Is(err, io.EOF) {
				f.drop()
			}
			return n, nil
		case errors.Is(err, io.EOF):
			return 0, io.EOF
		case err != nil:
			f.drop()
			if err := f.patience.wait(f.ctx, err); err != nil {
				return 0, err
			}
		}
	}
}

func (f *fetched) read(p []byte) (n int, err error) {
	if f.in == nil {
		if err := f.open(); err != nil {
			return 0, err
		}
	}
	f.timer.Reset(f.stall)
	n, err = f.in.Read(p)
	f.timer.Stop()
	if err != nil && !errors.Is(err, io.EOF) {
		return n, f.why(f.ctxOpen, err)
	}
	if errors.Is(err, io.EOF) && n == 0 && f.obj.Size >= 0 && f.at < f.obj.Size {
		return 0, &TemporaryError{Err: fmt.Errorf("it broke off after %d of %d bytes", f.at, f.obj.Size)}
	}
	return n, err
}

func (f *fetched) open() (err error) {
	if err := f.patience.ask(); err != nil {
		return err
	}
	if p, ok := f.source.(Preparer); ok {
		if err := p.Prepare(f.ctx, f.obj); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancelCause(f.ctx)
	f.cancel = cancel
	f.timer = time.AfterFunc(f.stall, func() { cancel(errStalled) })
	if f.in, err = f.source.Open(ctx, f.obj, f.at); err != nil {
		f.in = nil
		return f.why(ctx, err)
	}
	f.ctxOpen = ctx
	return nil
}

// why distinguishes a wait that was given up from one that the caller ended.
func (f *fetched) why(ctx context.Context, err error) error {
	if f.ctx.Err() == nil && errors.Is(context.Cause(ctx), errStalled) {
		return fmt.Errorf("%w: %s without a byte", errStalled, f.stall)
	}
	return err
}

// disk returns the file that is read, nil if it is none on this machine.
func (f *fetched) disk() *os.File {
	file, _ := f.in.(*os.File)
	return file
}

// drop gives up a connection that has failed.
func (f *fetched) drop() { _ = f.Close() }

// Close implements io.Closer.
func (f *fetched) Close() error {
	if f.cancel != nil {
		f.cancel(nil)
		f.timer.Stop()
	}
	if f.in == nil {
		return nil
	}
	err := f.in.Close()
	f.in = nil
	return err
}
