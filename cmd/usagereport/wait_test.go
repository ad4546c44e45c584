package main

import (
	"testing"
	"time"

	"usagereport/ledger"
)

// What sends must note first what is new in invoices.csv and answers.csv: where another process writes the ledger, it says which and
// that it may wait, and with --wait says for what it waits, and goes on.
func TestSendWhileAnotherWrites(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.take(focus().file(charge{}.over("2026-10-01", "2026-10-31", each("10"))))
	config := d.write("usagereport.yaml", "sender: Costs <costs@example.org>\nchannels: {files: {kind: folder, dir: "+d.path("out")+"}}\n")
	owners := d.write("owners.csv", "name,rule,email,channel\nOne,SubAccountId=*,one@example.org,files\n")
	d.write("invoices.csv", "account,period,number,net\ns1,2026-10,E1,310.00\n")
	writer, err := ledger.Open(t.Context(), d.env["USAGEREPORT_DB"], ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	send := []string{"send", "--config", config, "--owners", owners, "--period", "2026-10"}
	_, said := d.run(exitFailed, send...)
	d.has(said, "the ledger is in use by PID", "or wait for it with --wait")
	time.AfterFunc(200*time.Millisecond, func() { _ = writer.Close() })
	out, said := d.run(exitDone, append(send, "--wait")...)
	d.has(said, "waiting for PID")
	d.has(out, "One", "sent")
}
