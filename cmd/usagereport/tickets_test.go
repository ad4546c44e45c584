package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// A finding has one issue, which is closed when it ends.
func TestTickets(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var asked []string
	answer := http.StatusCreated
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		if r.Header.Get("Authorization") != "Bearer ghs_0123456789" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		asked = append(asked, r.Method+" "+r.URL.Path+" "+string(b))
		w.WriteHeader(answer)
		_, _ = fmt.Fprintf(w, `{"number": %d, "html_url": "https://github.example/o/r/issues/%d"}`, 6+len(asked), 6+len(asked))
	}))
	defer server.Close()
	take := func() []string {
		mu.Lock()
		defer mu.Unlock()
		got := asked
		asked = nil
		return got
	}
	d := newDesk(t)
	d.env["GITHUB_TOKEN"] = "ghs_0123456789"
	config := d.write("usagereport.yaml", "channels:\n  issues: {kind: github, site: "+server.URL+"/repos/o/r, token: {env: GITHUB_TOKEN}, allow_http: true}\n")
	d.write("owners.csv", "name,channel,rule\nAda B,issues,SubAccountId=*\n")
	usage := func(name string, costs ...string) string {
		var b strings.Builder
		b.WriteString("SubscriptionGuid,ResourceGroup,UsageDateTime,MeterCategory,MeterName,UsageQuantity,PreTaxCost,InstanceId,Currency\n")
		day := 1
		for _, c := range costs {
			var n int
			var cost string
			_, _ = fmt.Sscanf(c, "%dx%s", &n, &cost)
			for range n {
				fmt.Fprintf(&b, "s1,rg,%[1]s-%02[2]d,Storage,Data,%[3]s,%[3]s,/subscriptions/s1/resourceGroups/rg/providers/M.S/a/vm-<b>,EUR\n", name, day, cost)
				day++
			}
		}
		return d.write(name+".csv", b.String())
	}
	d.load(exitDone, usage("2026-09", "30x10"), usage("2026-10", "31x10"), usage("2026-11", "9x10", "8x80"))
	send := []string{"send", "--config", config, "--findings"}

	out, _ := d.run(exitDone, append(send, "--dry-run")...)
	if got := take(); len(got) != 0 || !strings.Contains(out, "would be sent") {
		t.Errorf("--dry-run: %s\n%s", got, out)
	}
	answer = http.StatusUnprocessableEntity // a failure is tried again by the next run
	d.run(exitFailed, send...)
	answer = http.StatusCreated
	take()
	out, _ = d.run(exitDone, send...)
	got := take()
	if len(got) != 1 || !strings.HasPrefix(got[0], `POST /repos/o/r/issues {"body":`) || !strings.Contains(got[0], `"labels":["usagereport"]`) ||
		!strings.Contains(got[0], " --period 2026-11 --owner 'Ada B'") ||
		!strings.Contains(out, "https://github.example/o/r/issues/7") {
		t.Errorf("opened: %s\n%s", got, out)
	}
	d.run(exitDone, send...)
	if got := take(); len(got) != 0 {
		t.Errorf("a second one: %s", got)
	}
	out, _ = d.run(exitDone, "send", "--config", config, "--period", "2026-10")
	if got := take(); len(got) != 0 || !strings.Contains(out, "keeps tickets of findings") {
		t.Errorf("a report: %s\n%s", got, out)
	}
	d.write("owners.csv", "name,channel,rule\nEva,issues,SubAccountId=*\n")
	d.run(exitDone, send...)
	if got := take(); len(got) != 0 {
		t.Errorf("another one, for the owner has another name: %s", got)
	}
	d.load(exitDone, usage("2026-11", "9x10", "8x80", "6x10"))
	answer = http.StatusBadRequest // it is said once, and then is people's
	d.run(exitFailed, send...)
	take()
	if out, _ = d.run(exitDone, send...); !strings.Contains(out, "closing 7 was refused on ") {
		t.Errorf("refused: %s", out)
	}
	answer = http.StatusCreated
	d.run(exitDone, append(send, "--unsure", "resend")...)
	if got := take(); len(got) != 1 || got[0] != `PATCH /repos/o/r/issues/7 {"state":"closed","state_reason":"completed"}` {
		t.Errorf("closed: %s", got)
	}
	d.run(exitDone, send...)
	if got := take(); len(got) != 0 {
		t.Errorf("closed twice: %s", got)
	}
	if out, _ := d.run(exitDone, "send", "--status", "--config", config); strings.Contains(out, "ghs_") {
		t.Errorf("the token is told: %s", out)
	}
}
