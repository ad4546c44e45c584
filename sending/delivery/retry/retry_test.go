package retry_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
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

// People wait for some minutes: longer than a greylisting takes, and not for ever, also where the other side asks for more
// each time. They are told for what, and for how long.
func TestAllOfIt(t *testing.T) {
	for name, c := range map[string]struct {
		after       time.Duration
		tries       int
		least, most time.Duration
	}{
		"by itself":        {tries: 6, least: 4 * time.Minute, most: 7 * time.Minute},
		"as it is asked":   {after: 3 * time.Minute, tries: 3, least: 6 * time.Minute, most: 6 * time.Minute},
		"asked for little": {after: time.Second, tries: 6, least: 4 * time.Minute, most: 7 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			var all, said time.Duration
			p := retry.Patience{
				Sleep: func(_ context.Context, d time.Duration) error { all += d; return nil },
				Say:   func(_ error, d time.Duration) { said += d },
			}
			n := 0
			err := p.Do(t.Context(), func(bool) error { n++; return &retry.TemporaryError{Err: errors.New("busy"), After: c.after} })
			if err == nil || n != c.tries || all < c.least || all > c.most || said != all {
				t.Errorf("%v after %d tries in %v, of which %v were said", err, n, all, said)
			}
		})
	}
}

// A server that is silent takes its time in each try.
func TestSilent(t *testing.T) {
	var at time.Time
	p := retry.Patience{Now: func() time.Time { return at }, Sleep: func(_ context.Context, d time.Duration) error { at = at.Add(d); return nil }}
	err := p.Do(t.Context(), func(bool) error {
		at = at.Add(2 * time.Minute)
		return &retry.TemporaryError{Err: errors.New("silent")}
	})
	if took := at.Sub(time.Time{}); err == nil || took > 7*time.Minute {
		t.Errorf("%v after %v", err, took)
	}
}

// What a server does to one mail in all tries it does to the others: they are tried once, until one arrives.
func TestDown(t *testing.T) {
	var down atomic.Bool
	p := retry.Patience{Tries: 3, Sleep: func(context.Context, time.Duration) error { return nil }, Down: &down}
	for i, c := range []struct {
		answer error
		tries  int
	}{
		{&retry.TemporaryError{Err: errors.New("of this mail")}, 3},
		{&retry.TemporaryError{Err: errors.New("no answer"), Server: true}, 3},
		{&retry.TemporaryError{Err: errors.New("no answer"), Server: true}, 1},
		{nil, 1},
		{&retry.TemporaryError{Err: errors.New("no answer"), Server: true}, 3},
		{errors.New("it has answered"), 1},
		{&retry.TemporaryError{Err: errors.New("no answer"), Server: true}, 3},
	} {
		n := 0
		if err := p.Do(t.Context(), func(bool) error { n++; return c.answer }); n != c.tries || (err == nil) != (c.answer == nil) {
			t.Errorf("%d: %d tries, want %d: %v", i, n, c.tries, err)
		}
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
