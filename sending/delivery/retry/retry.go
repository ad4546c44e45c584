// Package retry tries again what may pass by itself, for all channels that reach
// over a network.
package retry

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// A Patience says how often and how patiently to try. The zero value is what
// people get; tests wait for nothing.
type Patience struct {
	Tries int // at most; 0 is 6, which with the waits between is some five minutes
	// Sleep waits; nil waits by the clock.
	Sleep func(ctx context.Context, d time.Duration) error
	// Now is the clock by which a try takes its time; nil counts the waits alone.
	Now func() time.Time
	// Say is told what is in the way and for how long it is waited; nil says nothing.
	Say func(err error, wait time.Duration)
	// Down is shared by all that goes one way: what a server did to one in all of its tries it
	// does to the others, which are tried once each until one arrives. Nil shares nothing.
	Down *atomic.Bool
}

// A TemporaryError may be over a little later.
type TemporaryError struct {
	Err    error
	After  time.Duration // for how long the other side asks to be left alone; 0 if it says nothing
	Server bool          // whatever is sent there meets it
}

func (e *TemporaryError) Error() string { return e.Err.Error() }
func (e *TemporaryError) Unwrap() error { return e.Err }

// What is waited for, also where the other side asks for more: rather than that, another run sends it.
const (
	longest = 5 * time.Minute // between two tries
	most    = 7 * time.Minute // in all, with the tries
)

// Do calls f until it succeeds, fails with what is no TemporaryError, or has
// been called often or long enough; last says that it is.
func (p Patience) Do(ctx context.Context, f func(last bool) error) error {
	tries := p.Tries
	if tries == 0 {
		tries = 6
	}
	if p.Down != nil && p.Down.Load() {
		tries = 1
	}
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.Multiplier, b.MaxInterval, b.RandomizationFactor = 5*time.Second, 2.5, longest, 0.2
	var spent, took time.Duration
	for n := 1; ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		wait := b.NextBackOff()
		last := n >= tries || spent+2*took+wait > most
		began := p.now()
		err := f(last)
		took = p.now().Sub(began)
		spent += took
		var temporary *TemporaryError
		if err == nil || !errors.As(err, &temporary) {
			p.down(false)
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		wait = max(wait, temporary.After)
		switch {
		case temporary.After > longest:
			p.down(temporary.Server)
			return fmt.Errorf("%w; it asks to be left alone for %v, so try again then", err, temporary.After)
		case last && n == 1 && p.Down != nil && p.Down.Load():
			return fmt.Errorf("%w, as before; tried once more, so try again later", err)
		case last || spent+wait+took > most:
			p.down(temporary.Server)
			return fmt.Errorf("%w; tried %d times, so try again later", err, n)
		}
		if p.Say != nil {
			p.Say(err, wait)
		}
		if err := p.sleep(ctx, wait); err != nil {
			return err
		}
		spent += wait
	}
}

func (p Patience) now() time.Time {
	if p.Now == nil {
		return time.Time{}
	}
	return p.Now()
}

func (p Patience) down(is bool) {
	if p.Down != nil {
		p.Down.Store(is)
	}
}

func (p Patience) sleep(ctx context.Context, d time.Duration) error {
	if p.Sleep != nil {
		return p.Sleep(ctx, d)
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
