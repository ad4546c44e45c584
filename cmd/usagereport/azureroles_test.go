package main

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"usagereport/internal/azure/azuretest"
)

// The roles of a subscription as a table, in which nothing from Azure steers a terminal.
func TestAzureRoles(t *testing.T) {
	t.Parallel()
	w := azuretest.Start()
	defer w.Close()
	w.Before = func(rw http.ResponseWriter, r *http.Request) bool {
		switch {
		case strings.HasSuffix(r.URL.Path, "/roleDefinitions"):
			_, _ = io.WriteString(rw, `{"value":[{"id":"/x/1","properties":{"roleName":"Reader\u001b[2J","permissions":[{"actions":["*/read"]}]}}]}`)
		case strings.HasSuffix(r.URL.Path, "/roleAssignments"):
			_, _ = io.WriteString(rw, `{"value":[{"properties":{"roleDefinitionId":"/x/1","principalId":"ada","principalType":"User","scope":"/"}}]}`)
		default:
			azuretest.Refuse(rw, http.StatusForbidden, "AuthorizationFailed", "no")
		}
		return true
	}
	clock := azuretest.NewClock(time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC))
	ask := func(args ...string) (string, string, int) {
		var out, errs bytes.Buffer
		code := run(t.Context(), environment{
			args: append([]string{"azure", "roles"}, args...), stdin: strings.NewReader(""), stdout: &out, stderr: &errs, getenv: func(string) string { return "" },
			now: clock.Now, terminal: func(io.Writer) (int, bool) { return 0, false }, azure: azuretest.Options(w.URL, clock),
		})
		return out.String(), errs.String(), code
	}
	out, errs, code := ask("azure://11111111-2222-4333-8444-555555555555")
	if code != exitDone || !strings.Contains(out, "cost, invoices") || strings.Contains(out, "\x1b") {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
	if out, errs, code := ask("azure://billingAccounts/123"); code != exitFailed || !strings.Contains(errs, "azure answered 403") {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
	if _, errs, code := ask("https://example.com/x?sig=secret"); code != exitUsage || strings.Contains(errs, "secret") {
		t.Errorf("a link: exit %d, said %q; want no signature", code, errs)
	}
	if _, errs, code := ask("nowhere"); code != exitUsage || !strings.Contains(errs, "nowhere: not an account") {
		t.Errorf("%d %s", code, errs)
	}
}
