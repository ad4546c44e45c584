package retry_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"usagereport/sending/delivery/retry"
)

func TestDo(t *testing.T) {
	errFinal := errors.New("no")
	again := func(after time.Duration) error { return &retry.TemporaryError{Err: errors.New("busy"), After: after} }
	for name, c := range map[string]struct {
		answers []error
		tries   int
		says    string // "" is success
		least   []time.Duration
	}{
		"at once":       {answers: []error{nil}, tries: 1},
		"later":         {answers: []error{again(0), again(0), nil}, tries: 3, least: []time.Duration{time.Second, time.Second}},
		"when asked to": {answers: []error{again(time.Minute), nil}, tries: 2, least: []time.Duration{time.Minute}},
		"never":         {answers: []error{again(0), again(0), again(0), again(0)}, tries: 4, says: "busy; tried 4 times", least: make([]time.Duration, 3)},
		"for good":      {answers: []error{again(0), errFinal}, tries: 2, says: "no", least: make([]time.Duration, 1)},
		"too long":      {answers: []error{again(time.Hour)}, tries: 1, says: "for 1h0m0s"},
	} {
		t.Run(name, func(t *testing.T) {
			var slept []time.Duration
			p := retry.Patience{Tries: 4, Sleep: func(_ context.Context, d time.Duration) error { slept = append(slept, d); return nil }}
			n := 0
			err := p.Do(t.Context(), func(last bool) error {
				n++
				if last != (n == 4) {
					t.Errorf("try %d: last is %t", n, last)
				}
				return c.answers[n-1]
			})
			if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q", err, c.says)
			}
			if n != c.tries || len(slept) != len(c.least) {
				t.Fatalf("%d tries, want %d; slept %v", n, c.tries, slept)
			}
			for i, d := range c.least {
				if slept[i] < d || slept[i] > 5*time.Minute {
					t.Errorf("slept %v, want at least %v", slept, c.least)
				}
			}
		})
	}
}

// People wait for some minutes: longer than a greylisting takes, and not for ever.
func TestAllOfIt(t *testing.T) {
	var all time.Duration
	p := retry.Patience{Sleep: func(_ context.Context, d time.Duration) error { all += d; return nil }}
	n := 0
	err := p.Do(t.Context(), func(bool) error { n++; return &retry.TemporaryError{Err: errors.New("busy")} })
	if err == nil || n != 6 || all < 2*time.Minute || all > 20*time.Minute {
		t.Errorf("%v after %d tries in %v", err, n, all)
	}
}

func TestGivingUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var said []string
	err := retry.Patience{}.Do(ctx, func(bool) error {
		said = append(said, "tried")
		time.AfterFunc(time.Millisecond, cancel)
		return &retry.TemporaryError{Err: errors.New("busy")}
	})
	if !errors.Is(err, context.Canceled) || !slices.Equal(said, []string{"tried"}) {
		t.Errorf("got %v, %v", err, said)
	}
	if err := (retry.Patience{}).Do(ctx, func(bool) error { t.Error("tried"); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
