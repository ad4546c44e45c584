package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/fake"

	"usagereport/internal/azure/azuretest"
)

// loadAzure runs load in this process against a server of the test's own.
func loadAzure(ctx context.Context, w *azuretest.Wire, args ...string) (stdout, stderr string, code int) {
	clock := azuretest.NewClock(time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC))
	var out, errs bytes.Buffer
	code = run(ctx, environment{
		args: append([]string{"load"}, args...), stdin: strings.NewReader(""), stdout: &out, stderr: &errs, getenv: func(string) string { return "" },
		now: clock.Now, terminal: func(io.Writer) (int, bool) { return 0, false }, azure: azuretest.Options(w.URL, clock),
	})
	return out.String(), errs.String(), code
}

func asksFor(r *http.Request, id string) bool {
	return r.Method == http.MethodPost && strings.Contains(r.URL.Path, id)
}

// What failed for a time is tried once more when all others are loaded; what fails
// again is told, the rest is kept, and the exit code says so.
func TestLoadAzureTriesAgain(t *testing.T) {
	for _, c := range []struct {
		name   string
		faults int // that the server has; one try of a call makes eight requests
		code   int
	}{{"passing", 8, exitDone}, {"lasting", 1e6, exitFailed}} {
		t.Run(c.name, func(t *testing.T) {
			sub := func(id string) *azuretest.Subscription {
				return &azuretest.Subscription{ID: id, Quota: "EnterpriseAgreement_2014-09-01", Reports: map[string][]string{"202611": {azuretest.EA(id, "2026-11", 1, 20, "1.5")}}}
			}
			w := azuretest.Start(sub(azuretest.Enterprise), sub(azuretest.Customer))
			defer w.Close()
			faults := 0
			w.Before = func(rw http.ResponseWriter, r *http.Request) bool {
				if !asksFor(r, azuretest.Enterprise) || faults >= c.faults {
					return false
				}
				faults++
				azuretest.Refuse(rw, http.StatusServiceUnavailable, "ServiceUnavailable", "The service is unavailable.")
				return true
			}
			db := filepath.Join(t.TempDir(), "usage.duckdb")
			stdout, stderr, code := loadAzure(t.Context(), w, "--db", db, "--format", "json", "azure://all", "--period", "2026-11")
			if code != c.code || !strings.Contains(stderr, "1 of 2 failed for a time; trying once more") {
				t.Errorf("exit code %d, want %d:\n%s", code, c.code, stderr)
			}
			var got struct {
				Files []struct{ Ref, Status string }
			}
			if err := json.Unmarshal([]byte(stdout), &got); err != nil || len(got.Files) != 2 || got.Files[1].Status != "loaded" {
				t.Fatalf("%v: %s", err, stdout)
			}
			if want := map[int]string{exitDone: "loaded", exitFailed: "refused"}[c.code]; got.Files[0].Status != want {
				t.Errorf("the one that failed is %s, want %s:\n%s", got.Files[0].Status, want, stderr)
			}
		})
	}
}

// A load that is broken off keeps the months that it has, and the next one goes on.
func TestLoadAzureGoesOn(t *testing.T) {
	w := azuretest.Start(&azuretest.Subscription{ID: azuretest.Enterprise, Quota: "EnterpriseAgreement_2014-09-01", Reports: map[string][]string{
		"202610": {azuretest.EA(azuretest.Enterprise, "2026-10", 1, 31, "1.5")}, "202611": {azuretest.EA(azuretest.Enterprise, "2026-11", 1, 20, "1.5")},
	}})
	defer w.Close()
	ctx, cancel := context.WithCancel(t.Context())
	db := filepath.Join(t.TempDir(), "usage.duckdb")
	kept := committed(db, "/2026-10")
	w.Before = func(_ http.ResponseWriter, r *http.Request) bool {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if strings.Contains(string(body), "202611") && ctx.Err() == nil {
			for !kept() && t.Context().Err() == nil {
				time.Sleep(200 * time.Millisecond)
			}
			cancel()
		}
		return false
	}
	if _, stderr, code := loadAzure(ctx, w, "--db", db, "azure://"+azuretest.Enterprise); code != exitCancelled {
		t.Fatalf("exit code %d:\n%s", code, stderr)
	}
	stdout, stderr, code := loadAzure(t.Context(), w, "--db", db, "--format", "json", "azure://"+azuretest.Enterprise)
	if code != exitDone || strings.Count(stdout, `"loaded"`) != 1 {
		t.Errorf("exit code %d, %s\n%s", code, stdout, stderr)
	}
	if asked := w.Asked("POST"); len(asked) != 3 {
		t.Errorf("%d reports were asked for, want 3: the month that was there is not asked for again", len(asked))
	}
}

// Who is not signed in is told so in one sentence, and no ledger is left behind.
func TestLoadAzureWithoutSignIn(t *testing.T) {
	w := azuretest.Start()
	defer w.Close()
	o := azuretest.Options(w.URL, azuretest.NewClock(time.Now()))
	o.Credential = func() (azcore.TokenCredential, error) {
		var cred fake.TokenCredential
		cred.SetError(errors.New("DefaultAzureCredential: failed to acquire a token.\nAttempted credentials:\n\tAzureCLICredential: please run az login"))
		return &cred, nil
	}
	dir := t.TempDir()
	for _, place := range []string{"azure://" + azuretest.Enterprise, "azure://all", "azure://", "azure://billingAccounts/8611000"} {
		var out, errs bytes.Buffer
		code := run(t.Context(), environment{
			args: []string{"load", "--db", filepath.Join(dir, "usage.duckdb"), place}, stdin: strings.NewReader(""), stdout: &out, stderr: &errs,
			getenv: func(string) string { return "" }, now: time.Now, terminal: func(io.Writer) (int, bool) { return 0, false }, azure: o,
		})
		if code != exitFailed || !strings.Contains(errs.String(), "no sign-in to Azure was found; run az login, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET") || strings.Contains(errs.String(), "Attempted") {
			t.Errorf("%s: exit code %d:\n%s", place, code, errs.String())
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
