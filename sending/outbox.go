package sending

import (
	"context"
	"errors"
	"fmt"

	"usagereport/ledger"
	"usagereport/reports"
	"usagereport/sending/delivery"
	"usagereport/sending/delivery/outbox"
)

// A kept is what an outbox keeps of a letter.
type kept struct {
	Record ledger.Record `json:"record"`
	Costs  string        `json:"costs"`
	Stored bool          `json:"stored,omitempty"` // the next one leads to it
}

// WriteOut writes what would be sent into a new folder.
func (m *Maker) WriteOut(ctx context.Context, dir string, letters []*Letter) error {
	var all []outbox.Packed[kept]
	for _, l := range letters {
		if l.parcel != nil {
			if l.stored != nil {
				all = append(all, outbox.Packed[kept]{Parcel: *l.stored, Keep: kept{Stored: true}})
			}
			all = append(all, outbox.Packed[kept]{Parcel: *l.parcel, Keep: kept{Record: l.Record, Costs: l.Costs}})
			l.State, l.Why = "written", m.wouldGo(l)
		}
	}
	// The owners file that the reports were made through is kept now: it may have changed
	// when they are sent.
	if err := m.Ledger.Remember(ctx, ledger.Notes{OwnersTexts: m.notes.OwnersTexts}); err != nil {
		return err
	}
	return outbox.Write(dir, ledger.ModeOf(m.Path()), m.Summary, all)
}

// FromOutbox sends what WriteOut wrote into the folder dir.
func (s *Sender) FromOutbox(ctx context.Context, dir string) (letters []*Letter, err error) {
	summary, packed, err := outbox.Read[kept, reports.Summary](dir)
	if err != nil {
		return nil, err
	}
	session, err := s.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer session.Close()
	s.Ledger = session.Ledger
	release, err := s.Lock()
	if err != nil {
		return nil, err
	}
	defer release()
	before, err := s.Ledger.Records(ctx)
	if err != nil {
		return nil, err
	}
	var stored *delivery.Parcel
	for _, x := range packed {
		if s.Channels[x.Channel] == nil {
			return nil, fmt.Errorf("%s: the parcel to %s goes by the channel %s, which the configuration no longer has", dir, x.Owner, x.Channel)
		}
		parcel := x.Parcel
		if x.Keep.Stored {
			stored = &parcel
			continue
		}
		t := &Letter{
			Owner: x.Owner, Channel: x.Channel, To: x.To, Subject: x.Subject, Record: x.Keep.Record, Costs: x.Keep.Costs,
			parcel: &parcel, stored: stored,
		}
		stored = nil
		if v := t.decide(before, s.Unsure, t.Record.What == ledger.RecordCorrected); !v.Send {
			t.parcel = nil
		}
		letters = append(letters, t)
	}
	return letters, errors.Join(s.Send(ctx, letters), s.Summarize(ctx, summary, letters))
}
