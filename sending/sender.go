package sending

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/gofrs/flock"

	"usagereport/internal/config"
	"usagereport/ledger"
	"usagereport/reports"
	"usagereport/sending/delivery"
	"usagereport/workspace"
)

// A Sender sends what the ledger of a workspace holds.
type Sender struct {
	*workspace.Workspace
	Config   config.Config
	Channels map[string]delivery.Channel
	Ledger   *ledger.Ledger
	Verbose  bool
	Watched  bool                             // on a terminal, which shows each step
	Unsure   string                           // what may have arrived: "sent" counts it as sent, "resend" sends it again
	Fail     func(format string, args ...any) // what went wrong
}

// ErrNotSent says that something has not certainly arrived, which was said.
var ErrNotSent = errors.New("not all has arrived")

// Lock makes this process the only one that sends what the ledger holds.
func (s *Sender) Lock() (release func(), err error) {
	lock := flock.New(s.Path()+".sending", flock.SetPermissions(ledger.ModeOf(s.Path())))
	held, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock %s for sending: %w", s.Path(), err)
	}
	if !held {
		return nil, fmt.Errorf("another process is sending from %s; try again when it has ended", s.Path())
	}
	return func() {
		// In this order: a process that finds no file makes its own.
		_ = os.Remove(lock.Path())
		_ = lock.Close()
	}, nil
}

// atOnce is how many parcels are on their way at a time.
const atOnce = 4

// Send sends the parcels, and keeps what becomes of each. The error is
// ErrNotSent if one of them has not certainly arrived.
func (s *Sender) Send(ctx context.Context, letters []*Letter) error {
	var mu sync.Mutex // of the ledger, stderr and failed
	var failed error
	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	keep := func(r ledger.Record) error {
		mu.Lock()
		defer mu.Unlock()
		// Also when the run is ended: what was sent was sent.
		return s.Ledger.Remember(context.WithoutCancel(ctx), ledger.Notes{Records: []ledger.Record{r}})
	}
	for _, t := range letters {
		if t.State == reports.SummaryUnsure {
			failed = ErrNotSent
		}
		if t.unsure != nil && s.Unsure == "sent" {
			t.unsure.State = ledger.Sent
			if err := keep(*t.unsure); err != nil {
				return err
			}
		}
	}
	for _, t := range letters {
		if t.parcel == nil {
			continue
		}
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			err := t.send(ctx, s.Now, s.Channels, keep)
			mu.Lock()
			defer mu.Unlock()
			if errors.Is(err, errStopped) {
				failed = ErrNotSent // said of all of them
			} else if err != nil {
				failed = ErrNotSent
				s.Fail("usagereport: send to %s: %v", t.Owner, err)
			} else if s.Verbose {
				s.Note("%s: %s", t.Owner, t.Why)
			}
		})
	}
	wg.Wait()
	if failed != nil && ctx.Err() != nil {
		s.sayStopped(letters)
	}
	return failed
}

// sayStopped says of a run that was stopped what has gone and what has not.
func (s *Sender) sayStopped(letters []*Letter) {
	states := map[reports.SummaryState]int{}
	for _, t := range letters {
		if t.parcel != nil {
			states[t.State]++
		}
	}
	text := fmt.Sprintf("usagereport: stopped: %d sent, %d not", states[reports.SummarySent], states[reports.SummaryFailed])
	if n := states[reports.SummaryUnsure]; n > 0 {
		text += fmt.Sprintf(", %d may have arrived", n)
	}
	s.Fail("%s; the same command sends what has not gone", text)
}
