package ledger_test

import (
	"path/filepath"
	"testing"
	"time"

	"usagereport/ledger"
	"usagereport/usage"
)

// What was sent is known to the next reader at once, to a writer's tables later,
// and each record as it last stood.
func TestRecords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "usage.duckdb")
	make := func(o ledger.Options) *ledger.Ledger {
		t.Helper()
		l, err := ledger.Open(t.Context(), path, o)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	l := make(ledger.Options{Create: true})
	if err := l.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	total, _, err := usage.ParseDecimal("12.000000000000000001")
	if err != nil {
		t.Fatal(err)
	}
	rec := ledger.Record{
		What: ledger.RecordReport, Owner: "Search", Period: "2026-10", Span: usage.Period{From: usage.Date(2026, 10, 1), To: usage.Date(2026, 11, 1)},
		At: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), State: ledger.Sending,
		Totals: []ledger.RecordTotal{{Currency: "EUR", Total: total}},
	}
	if err := rec.Identify(); err != nil {
		t.Fatal(err)
	}
	again := rec
	again.At, again.State = rec.At.Add(time.Hour), ledger.Sent
	if err := again.Identify(); err != nil || again.ID != rec.ID {
		t.Errorf("the same said later is %s, want %s (%v)", again.ID, rec.ID, err)
	}
	again.Totals = []ledger.RecordTotal{{Currency: "EUR", Total: total.Add(total)}}
	if err := again.Identify(); err != nil || again.ID == rec.ID {
		t.Errorf("another total has the same id, %s (%v)", again.ID, err)
	}
	check := func(when string, state ledger.RecordState) {
		t.Helper()
		l := make(ledger.Options{ReadOnly: true})
		defer l.Close()
		all, err := l.Records(t.Context())
		if err != nil || len(all) != 1 || all[0].State != state || all[0].Totals[0].Total != rec.Totals[0].Total {
			t.Errorf("%s: %+v, %v; want one record, %s", when, all, err, state)
		}
		if text, err := l.OwnersText(t.Context(), "ab"); err != nil || text != "name,rule\n" {
			t.Errorf("%s: the owners file is %q, %v", when, text, err)
		}
	}
	reader := make(ledger.Options{ReadOnly: true})
	if err := reader.Remember(t.Context(), ledger.Notes{Records: []ledger.Record{rec}, OwnersTexts: []ledger.OwnersText{{SHA256: "ab", Text: "name,rule\n"}}}); err != nil {
		t.Fatal(err)
	}
	if all, err := reader.Records(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("whoever noted it reads %v, %v", all, err)
	}
	reader.Close()
	check("noted", ledger.Sending)
	rec.State = ledger.Sent
	reader = make(ledger.Options{ReadOnly: true})
	if err := reader.Remember(t.Context(), ledger.Notes{Records: []ledger.Record{rec}}); err != nil {
		t.Fatal(err)
	}
	reader.Close()
	check("noted again", ledger.Sent)
	for range 2 { // the notes are taken up, and taken up once
		l = make(ledger.Options{})
		if err := l.Publish(t.Context()); err != nil {
			t.Fatal(err)
		}
		check("taken up", ledger.Sent)
	}
}
