package azure_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/fake"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"usagereport/internal/azure"
	"usagereport/internal/azure/azuretest"
)

func noon() time.Time { return time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC) }

func version() url.Values { return url.Values{"api-version": {"2022-12-01"}} }

// A client and what it asks.
func client(t *testing.T, before func(http.ResponseWriter, *http.Request) bool) (*azure.Client, *azuretest.Wire, *azuretest.Clock) {
	t.Helper()
	w, clock := azuretest.Start(), azuretest.NewClock(noon())
	w.Before = before
	t.Cleanup(w.Close)
	return azure.New(azuretest.Options(w.URL, clock)), w, clock
}

// Of all headers that ask to wait the longest counts.
func TestAfter(t *testing.T) {
	now := noon
	for _, c := range []struct {
		name   string
		header http.Header
		want   time.Duration
	}{
		{"none", http.Header{}, 0},
		{"seconds", http.Header{"Retry-After": {"7"}}, 7 * time.Second},
		{"milliseconds", http.Header{"X-Ms-Retry-After-Ms": {"1500"}}, 1500 * time.Millisecond},
		{"a date by our clock", http.Header{"Retry-After": {noon().Add(time.Hour).Format(http.TimeFormat)}}, time.Hour},
		{"a date by the answer's clock", http.Header{"Retry-After": {noon().Add(time.Hour).Format(http.TimeFormat)}, "Date": {noon().Add(58 * time.Minute).Format(http.TimeFormat)}}, 2 * time.Minute},
		{"a date that has passed", http.Header{"Retry-After": {noon().Add(-time.Hour).Format(http.TimeFormat)}}, 0},
		{
			"of Cost Management", http.Header{
				"Retry-After": {"1"},
				"X-Ms-Ratelimit-Microsoft.costmanagement-Qpu-Retry-After":        {"12"},
				"X-Ms-Ratelimit-Microsoft.costmanagement-Entity-Retry-After":     {"30"},
				"X-Ms-Ratelimit-Microsoft.costmanagement-Clienttype-Retry-After": {"61"},
				"X-Ms-Ratelimit-Microsoft.costmanagement-Tenant-Retry-After":     {"5"},
			}, 61 * time.Second,
		},
		{"of Consumption", http.Header{"X-Ms-Ratelimit-Microsoft.consumption-Tenant-Retry-After": {"60"}}, time.Minute},
		{"of several windows", http.Header{"X-Ms-Ratelimit-Microsoft.costmanagement-Qpu-Retry-After": {"QueriesPerMin:20,QueriesPerHour:1200"}}, 20 * time.Minute},
		{"an allowance is no wait", http.Header{"X-Ms-Ratelimit-Remaining-Subscription-Reads": {"11999"}}, 0},
		{"nonsense", http.Header{"Retry-After": {"soon"}, "X-Ms-Ratelimit-X-Retry-After": {"-5"}}, 0},
	} {
		if got := azure.After(c.header, now); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// Who is told to come back tomorrow is told so, and does not wait until then.
func TestTooLongAWait(t *testing.T) {
	c, w, clock := client(t, func(rw http.ResponseWriter, _ *http.Request) bool {
		rw.Header().Set("Retry-After", "86400")
		azuretest.Refuse(rw, http.StatusTooManyRequests, "429", "Too many requests.")
		return true
	})
	_, err := c.Get(t.Context(), "/subscriptions", version())
	err = c.Explain(t.Context(), err, "")
	var refused *azure.Error
	if !errors.As(err, &refused) || refused.Problem != azure.Busy || !strings.Contains(err.Error(), "it asks to wait 24h0m0s") {
		t.Errorf("got %v", err)
	}
	if clock.Slept() > 0 || len(w.Asked("")) != 1 {
		t.Errorf("waited %v, asked %d times", clock.Slept(), len(w.Asked("")))
	}
}

// A fault without a word about when is tried again a few times, ever later.
func TestFault(t *testing.T) {
	c, w, clock := client(t, func(rw http.ResponseWriter, _ *http.Request) bool {
		azuretest.Refuse(rw, http.StatusBadGateway, "BadGateway", "")
		return true
	})
	if _, err := c.Get(t.Context(), "/subscriptions", version()); err == nil {
		t.Error("no error")
	}
	if n := len(w.Asked("")); n != 8 || clock.Slept() > 10*time.Minute || clock.Slept() < time.Minute {
		t.Errorf("asked %d times in %v", n, clock.Slept())
	}
}

// A pause that one is asked to make is made by all.
func TestPauseHoldsAll(t *testing.T) {
	first := true
	var at []time.Time
	var clock *azuretest.Clock
	c, _, clock := client(t, func(rw http.ResponseWriter, _ *http.Request) bool {
		at = append(at, clock.Now())
		if !first {
			_, _ = fmt.Fprint(rw, `{"value":[]}`)
			return true
		}
		first = false
		rw.Header().Set("x-ms-ratelimit-microsoft.costmanagement-tenant-retry-after", "600")
		azuretest.Refuse(rw, http.StatusTooManyRequests, "429", "")
		return true
	})
	for range 2 {
		if _, err := c.Get(t.Context(), "/subscriptions", version()); err != nil {
			t.Fatal(err)
		}
	}
	for _, later := range at[1:] {
		if later.Sub(at[0]) < 10*time.Minute {
			t.Errorf("asked after %v", later.Sub(at[0]))
		}
	}
}

// A wait ends when the command does.
func TestCancelledWait(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	w := azuretest.Start()
	defer w.Close()
	w.Before = func(rw http.ResponseWriter, _ *http.Request) bool {
		rw.Header().Set("Retry-After", "600")
		azuretest.Refuse(rw, http.StatusTooManyRequests, "429", "")
		return true
	}
	o := azuretest.Options(w.URL, azuretest.NewClock(noon()))
	o.Sleep = nil // it would be ten minutes
	o.Say = func(string, ...any) { cancel() }
	if _, err := azure.New(o).Get(ctx, "/subscriptions", version()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// Without a sign-in nothing is asked, and what is said is short.
func TestSignIn(t *testing.T) {
	for _, c := range []struct{ name, met, want string }{
		{"none", "DefaultAzureCredential: failed to acquire a token.\nAttempted credentials:\n\tEnvironmentCredential: missing environment variable AZURE_TENANT_ID", "no sign-in to Azure was found; run az login, or set AZURE_TENANT_ID"},
		{"an expired secret", "POST https://login.microsoftonline.com/x/oauth2/v2.0/token\nRESPONSE 401\n{\"error_description\": \"AADSTS7000222: The provided client secret keys for app 'x' are expired. Visit the portal\"}", "AADSTS7000222: The provided client secret keys for app 'x' are expired; the application's secret has expired: make a new one"},
		{"a wrong secret", "AADSTS7000215: Invalid client secret provided. client_secret=HUNTER2", "its value is needed, not its id"},
		{"no such tenant", "AADSTS90002: Tenant 'x' not found. Check", "check AZURE_TENANT_ID"},
	} {
		w := azuretest.Start()
		o := azuretest.Options(w.URL, azuretest.NewClock(noon()))
		o.Credential = func() (azcore.TokenCredential, error) {
			var cred fake.TokenCredential
			cred.SetError(errors.New(c.met))
			return &cred, nil
		}
		client := azure.New(o)
		_, err := client.Get(t.Context(), "/subscriptions", version())
		err = client.Explain(t.Context(), err, "")
		var refused *azure.Error
		if !errors.As(err, &refused) || refused.Problem != azure.NotSignedIn || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "HUNTER2") {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
		if n := len(w.Asked("")); n > 0 {
			t.Errorf("%s: asked %d times", c.name, n)
		}
		w.Close()
	}
}

// A token that names who asks makes the line complete where the answer does not.
func TestRoleNamesWhoAsks(t *testing.T) {
	const oid = "dddddddd-0000-4000-8000-00000000000d"
	w := azuretest.Start()
	defer w.Close()
	w.Before = func(rw http.ResponseWriter, _ *http.Request) bool {
		azuretest.Refuse(rw, http.StatusForbidden, "Forbidden", "no")
		return true
	}
	o := azuretest.Options(w.URL, azuretest.NewClock(noon()))
	o.Credential = func() (azcore.TokenCredential, error) {
		return token("x." + base64.RawURLEncoding.EncodeToString([]byte(`{"oid":"`+oid+`"}`)) + ".x"), nil
	}
	c := azure.New(o)
	const scope = "/subscriptions/1aaaaaaa-0001-4000-8000-000000000001"
	_, err := c.Get(t.Context(), scope, version())
	err = c.Explain(t.Context(), err, scope+"/providers/x")
	if want := `az role assignment create --assignee ` + oid + ` --role "Cost Management Reader" --scope ` + scope; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

type token string

func (t token) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: string(t), ExpiresOn: noon().AddDate(10, 0, 0)}, nil
}

// A download goes on where it broke, takes no token along, and tells no signature.
func TestDownload(t *testing.T) {
	content := strings.Repeat("0123456789", 1000)
	status := http.StatusOK
	c, w, _ := client(t, func(rw http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Authorization") != "" {
			t.Error("a token goes to the storage")
		}
		if status != http.StatusOK {
			rw.WriteHeader(status)
			return true
		}
		http.ServeContent(rw, r, "x", time.Time{}, strings.NewReader(content))
		return true
	})
	link := w.URL + "/file?sig=SIGNATURE"
	var b bytes.Buffer
	if n, err := c.Download(t.Context(), &b, link, 0); err != nil || n != 10000 || b.String() != content {
		t.Errorf("whole: %d, %v", n, err)
	}
	b.Reset()
	if n, err := c.Download(t.Context(), &b, link, 9990); err != nil || n != 10 || b.String() != "0123456789" {
		t.Errorf("the end: %d, %v", n, err)
	}
	status = http.StatusForbidden
	if _, err := c.Download(t.Context(), io.Discard, link, 0); !errors.Is(err, azure.ErrExpired) {
		t.Errorf("403: %v", err)
	}
	status = http.StatusServiceUnavailable
	var refused *azure.Error
	if _, err := c.Download(t.Context(), io.Discard, link, 0); !errors.As(err, &refused) || refused.Problem != azure.Busy {
		t.Errorf("503: %v", err)
	}
	w.Close()
	for _, bad := range []string{link, "http://example.test/x?sig=SIGNATURE", "::SIGNATURE"} {
		if _, err := c.Download(t.Context(), io.Discard, bad, 0); err == nil || strings.Contains(err.Error(), "SIGNATURE") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
