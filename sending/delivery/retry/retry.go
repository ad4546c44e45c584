// Package retry tries again what may pass by itself, for all channels that reach
// over a network.
package retry

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// A Patience says how often and how patiently to try. The zero value is what
// people get; tests wait for nothing.
type Patience struct {
	Tries int // at most; 0 is 6, which with the waits between is some five minutes
	// Sleep waits; nil waits by the clock.
	Sleep func(ctx context.Context, d time.Duration) error
}

// A TemporaryError may be over a little later.
type TemporaryError struct {
	Err   error
	After time.Duration // for how long the other side asks to be left alone; 0 if it says nothing
}

func (e *TemporaryError) Error() string { return e.Err.Error() }
func (e *TemporaryError) Unwrap() error { return e.Err }

// longest is the longest wait between two tries, also where the other side asks
// for more: rather than that, another run sends it.
const longest = 5 * time.Minute

// Do calls f until it succeeds, fails with what is no TemporaryError, or has
// been called often enough; last says that it is.
func (p Patience) Do(ctx context.Context, f func(last bool) error) error {
	tries := p.Tries
	if tries == 0 {
		tries = 6
	}
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.Multiplier, b.MaxInterval = 5*time.Second, 2.5, longest
	for n := 1; ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := f(n >= tries)
		var temporary *TemporaryError
		if err == nil || !errors.As(err, &temporary) {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if n >= tries {
			return fmt.Errorf("%w; tried %d times, so try again later", err, n)
		}
		if temporary.After > longest {
			return fmt.Errorf("%w; it asks to be left alone for %v, so try again then", err, temporary.After)
		}
		if err := p.sleep(ctx, max(temporary.After, b.NextBackOff())); err != nil {
			return err
		}
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
