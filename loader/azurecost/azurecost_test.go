package azurecost_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"usagereport/internal/azure"
	"usagereport/internal/azure/azuretest"
	"usagereport/loader"
	"usagereport/loader/azurecost"
	"usagereport/loader/loadertest"
	"usagereport/usage"
)

func noon() time.Time { return time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC) }

// A world is a source that asks a server of the test's own.
type world struct {
	*azurecost.Source
	wire  *azuretest.Wire
	clock *azuretest.Clock
	mu    sync.Mutex
	said  []string
}

func newWorld(t *testing.T, subs ...*azuretest.Subscription) *world {
	t.Helper()
	w := &world{wire: azuretest.Start(subs...), clock: azuretest.NewClock(noon())}
	t.Cleanup(w.wire.Close)
	o := azuretest.Options(w.wire.URL, w.clock)
	o.Say = func(format string, args ...any) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.said = append(w.said, fmt.Sprintf(format, args...))
	}
	w.Source = &azurecost.Source{Client: azure.New(o), TempDir: t.TempDir()}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		// Nothing is left behind, half-written or whole.
		if left, err := os.ReadDir(w.TempDir); err != nil || len(left) > 0 {
			t.Errorf("left in the temporary folder: %v, %v", left, err)
		}
	})
	return w
}

// read fetches what a place names and returns the content of each object by its
// ref, or the first error.
func (w *world) read(t *testing.T, place string) (map[string]string, error) {
	t.Helper()
	out := map[string]string{}
	for obj, err := range w.List(t.Context(), loader.ParseRef(place)) {
		if err != nil {
			return out, err
		}
		if err := w.Prepare(t.Context(), obj); err != nil {
			return out, err
		}
		r, err := w.Open(t.Context(), obj, 0)
		if err != nil {
			return out, err
		}
		b, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			return out, err
		}
		out[obj.Ref] = string(b)
	}
	return out, nil
}

const (
	ea   = azuretest.Enterprise
	mca  = azuretest.Customer
	payg = azuretest.PayAsYouGo
)

// enterprise is a subscription with one report.
func enterprise(files ...string) *azuretest.Subscription {
	return &azuretest.Subscription{ID: ea, Name: "prod", Quota: "EnterpriseAgreement_2014-09-01", Reports: map[string][]string{"202611": files}}
}

func TestSource(t *testing.T) {
	loadertest.TestSource(t, func(t *testing.T) loadertest.Store {
		w := newWorld(t)
		id := func(name string) string {
			h := fmt.Sprintf("%x", sha256.Sum256([]byte(name)))
			return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:32]
		}
		return loadertest.Store{
			Source: w.Source, Single: true,
			Put: func(t *testing.T, name, content string) {
				// Azure's figures change with time, and with nothing else that it tells.
				if err := w.clock.Sleep(t.Context(), time.Hour); err != nil {
					t.Fatal(err)
				}
				w.wire.Set(&azuretest.Subscription{ID: id(name), Quota: "EnterpriseAgreement_2014-09-01", Reports: map[string][]string{"202611": {content}}})
			},
			Remove:  func(_ *testing.T, name string) { w.wire.Remove(id(name)) },
			Ref:     func(name string) loader.Ref { return loader.Ref{Scheme: "azure", Rest: id(name) + "/2026-11"} },
			Secrets: []string{"SIGNATURE", "fake_token"},
		}
	})
}

// A report takes minutes, as long as Azure says, by a clock of the test's own.
func TestReportTakesMinutes(t *testing.T) {
	file := azuretest.EA(ea, "2026-11", 1, 5, "1.5")
	w := newWorld(t, enterprise(file))
	w.wire.Polls, w.wire.After = 5, 180
	got, err := w.read(t, "azure://"+ea+"/2026-11")
	if err != nil || got["azure://"+ea+"/2026-11"] != file {
		t.Fatalf("got %q, %v", got, err)
	}
	if slept := w.clock.Slept(); slept != 6*3*time.Minute {
		t.Errorf("waited %v, want 18m: before each of six looks what Azure asked", slept)
	}
	if asked := w.wire.Asked("POST"); len(asked) != 1 || !strings.Contains(asked[0], `"billingPeriod":"202611"`) || !strings.Contains(asked[0], "ActualCost") {
		t.Errorf("asked for %v", asked)
	}
}

// A report that never comes about is given up.
func TestReportThatIsNeverWritten(t *testing.T) {
	w := newWorld(t, enterprise("x"))
	w.wire.Polls, w.wire.After = 1e6, 600
	if _, err := w.read(t, "azure://"+ea+"/2026-11"); err == nil || !strings.Contains(err.Error(), "not written after 3h") {
		t.Errorf("got %v", err)
	}
}

// The files of a report become one, with one header, and each line stays.
func TestSeveralFiles(t *testing.T) {
	w := newWorld(t, enterprise("\xef\xbb\xbfa,b\r\n1,2\r\n3,4", "\xef\xbb\xbfa,b\r\n5,6", "a,b\n", "a,b\n7,8\n"))
	got, err := w.read(t, "azure://"+ea+"/2026-11")
	if want := "\xef\xbb\xbfa,b\r\n1,2\r\n3,4\n5,6\n7,8\n"; err != nil || got["azure://"+ea+"/2026-11"] != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	w = newWorld(t, enterprise("a,b\n1,2\n", "b,a\n2,1\n"))
	if _, err := w.read(t, "azure://"+ea+"/2026-11"); err == nil || !strings.Contains(err.Error(), "file 2 of the report has another header") {
		t.Errorf("two headers: %v", err)
	}
}

// MCA is asked for days, one month a call, and amortized cost where it is wanted.
func TestOneMonthACall(t *testing.T) {
	w := newWorld(t, &azuretest.Subscription{ID: mca, Quota: "PayAsYouGo_2014-09-01", Agreement: "MicrosoftCustomerAgreement", Reports: map[string][]string{
		"2026-10-01": {"a\n1\n"}, "2026-11-01": {"a\n2\n"},
	}})
	w.Amortized = true
	got, err := w.read(t, "azure://"+mca)
	if err != nil || len(got) != 2 || got["azure://"+mca+"/2026-10/amortized"] != "a\n1\n" {
		t.Fatalf("got %q, %v", got, err)
	}
	asked := strings.Join(w.wire.Asked("POST"), "\n")
	for _, want := range []string{`{"end":"2026-10-31","start":"2026-10-01"}`, `{"end":"2026-11-30","start":"2026-11-01"}`, "AmortizedCost"} {
		if !strings.Contains(asked, want) {
			t.Errorf("asked %s, want %s", asked, want)
		}
	}
}

// Billing accounts of both agreements are asked for in their own scope.
func TestBillingAccounts(t *testing.T) {
	for _, id := range []string{"8611000", "aaaa:bbbb_2019-05-31/billingProfiles/P1"} {
		account, _, _ := strings.Cut(id, "/")
		w := newWorld(t, &azuretest.Subscription{ID: account, Reports: map[string][]string{"202611": {"a\n"}, "2026-11-01": {"a\n"}}})
		if got, err := w.read(t, "azure://billingAccounts/"+id+"/2026-11"); err != nil || len(got) != 1 {
			t.Errorf("%s: got %v, %v", id, got, err)
		}
		if asked := w.wire.Asked("POST /providers/Microsoft.Billing/billingAccounts/" + id + "/providers/Microsoft.CostManagement/generateCostDetailsReport"); len(asked) != 1 {
			t.Errorf("%s: asked %v", id, w.wire.Asked(""))
		}
	}
}

// What the ledger has of a billing account's other profiles is none of this one's.
func TestHeldOfAProfile(t *testing.T) {
	const profile = "azure://billingAccounts/aaaa:bbbb_2019-05-31/billingProfiles/"
	for ref, want := range map[string]int{profile + "P1/2026-10": 1, profile + "P2/2026-10": 2} {
		w := newWorld(t)
		w.Held = func(context.Context, string) ([]azurecost.Held, error) {
			return []azurecost.Held{{Period: "2026-10", Span: usage.DayOf(noon().AddDate(0, -1, 0)).Month(), Ref: ref, Told: noon()}}, nil
		}
		n := 0
		for _, err := range w.List(t.Context(), loader.ParseRef(profile+"P1")) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if n != want {
			t.Errorf("of what is loaded from %s: %d periods to fetch, want %d", ref, n, want)
		}
	}
}

// A storm of 429 is waited out by the longest of its headers, beyond a minute, and
// by everybody.
func TestStorm(t *testing.T) {
	w := newWorld(t, enterprise("a\n"))
	n := 0
	w.wire.Before = func(rw http.ResponseWriter, r *http.Request) bool {
		if n++; r.Method != http.MethodPost || n > 9 {
			return false
		}
		rw.Header().Set("Retry-After", "10")
		rw.Header().Set("x-ms-ratelimit-microsoft.costmanagement-entity-retry-after", "60")
		rw.Header().Set("x-ms-ratelimit-microsoft.costmanagement-clienttype-retry-after", "300")
		rw.Header().Set("x-ms-ratelimit-microsoft.costmanagement-qpu-retry-after", "5")
		azuretest.Refuse(rw, http.StatusTooManyRequests, "429", "Too many requests. Please retry.")
		return true
	}
	if got, err := w.read(t, "azure://"+ea+"/2026-11"); err != nil || len(got) != 1 {
		t.Fatalf("got %v, %v", got, err)
	}
	if slept := w.clock.Slept(); slept < 8*5*time.Minute || slept > 8*5*time.Minute+2*time.Minute {
		t.Errorf("waited %v, want eight times 5m and the report's minute", slept)
	}
	if said := strings.Join(w.said, "\n"); !strings.Contains(said, "asked to wait 5m0s") {
		t.Errorf("nobody was told of the wait: %s", said)
	}
}

// Links that have expired: the report is asked for anew, and no more than thrice.
func TestExpiredLinks(t *testing.T) {
	for _, c := range []struct {
		expire int // how many downloads are refused
		ok     bool
	}{{1, true}, {2, true}, {3, false}} {
		w := newWorld(t, enterprise("a\n1\n", "a\n2\n"))
		n := 0
		w.wire.Before = func(rw http.ResponseWriter, r *http.Request) bool {
			// The second file's, so that something was written already.
			if !strings.Contains(r.URL.Path, "part_1") {
				return false
			}
			if n++; n > c.expire {
				return false
			}
			azuretest.Refuse(rw, http.StatusForbidden, "AuthenticationFailed", "Signature not valid in the specified time frame")
			return true
		}
		got, err := w.read(t, "azure://"+ea+"/2026-11")
		var passing *azurecost.PassingError
		switch {
		case c.ok && (err != nil || got["azure://"+ea+"/2026-11"] != "a\n1\n2\n"):
			t.Errorf("%d: got %q, %v", c.expire, got, err)
		case !c.ok && (!errors.As(err, &passing) || !strings.Contains(err.Error(), "3 reports were asked for")):
			t.Errorf("%d: got %v, want that it may pass", c.expire, err)
		case err != nil && strings.Contains(err.Error(), "SIGNATURE"):
			t.Errorf("%v tells the signature", err)
		}
		if asked := w.wire.Asked("POST"); len(asked) != min(c.expire+1, 3) {
			t.Errorf("%d: %d reports were asked for", c.expire, len(asked))
		}
	}
}

// A blob that breaks off goes on where it broke; one that is shorter than its
// report says is asked for anew.
func TestTruncatedBlobs(t *testing.T) {
	file := azuretest.EA(ea, "2026-11", 1, 20, "1.5")
	w := newWorld(t, enterprise(file))
	var ranges []string
	w.wire.Before = func(rw http.ResponseWriter, r *http.Request) bool {
		if !strings.HasPrefix(r.URL.Path, "/blob/") {
			return false
		}
		if ranges = append(ranges, r.Header.Get("Range")); len(ranges) > 1 {
			return false
		}
		rw.Header().Set("Content-Length", fmt.Sprint(len(file)))
		_, _ = io.WriteString(rw, file[:1000])
		return true // and the connection breaks, since less came than was announced
	}
	got, err := w.read(t, "azure://"+ea+"/2026-11")
	if err != nil || got["azure://"+ea+"/2026-11"] != file || len(ranges) != 2 || ranges[1] != "bytes=1000-" {
		t.Errorf("got %d bytes of %d, ranges %q, %v", len(got["azure://"+ea+"/2026-11"]), len(file), ranges, err)
	}
	w = newWorld(t, enterprise(file))
	n := 0
	w.wire.Before = func(rw http.ResponseWriter, r *http.Request) bool {
		if !strings.HasPrefix(r.URL.Path, "/blob/") {
			return false
		}
		if n++; n > 1 {
			return false
		}
		_, _ = io.WriteString(rw, file[:1000]) // as if it were all
		return true
	}
	if got, err := w.read(t, "azure://"+ea+"/2026-11"); err != nil || got["azure://"+ea+"/2026-11"] != file || len(w.wire.Asked("POST")) != 2 {
		t.Errorf("got %d bytes, %d reports, %v", len(got["azure://"+ea+"/2026-11"]), len(w.wire.Asked("POST")), err)
	}
}

// Each refusal is a sentence that says what to do.
func TestRefusals(t *testing.T) {
	const tenant = "bbbbbbbb-0000-4000-8000-00000000000b"
	for _, c := range []struct {
		name, path    string // of what is refused
		status        int
		code, message string
		want          []string
	}{
		{
			"wrong tenant", "/subscriptions/" + ea, 401, "InvalidAuthenticationTokenTenant",
			"The access token is from the wrong issuer 'https://sts.windows.net/aaaaaaaa-0000-4000-8000-00000000000a/'. It must match the tenant 'https://sts.windows.net/" + tenant + "/' associated with this subscription.",
			[]string{"az login --tenant " + tenant},
		},
		{"an expired sign-in", "/subscriptions/" + ea, 401, "ExpiredAuthenticationToken", "The access token expiry time is before now.", []string{"sign in again (az login)"}},
		{
			"no role", "generateCostDetailsReport", 403, "AuthorizationFailed",
			"The client 'app' with object id 'cccccccc-0000-4000-8000-00000000000c' does not have authorization to perform action 'Microsoft.CostManagement/generateCostDetailsReport/action' over scope '/subscriptions/" + ea + "'.",
			[]string{`az role assignment create --assignee cccccccc-0000-4000-8000-00000000000c --role "Cost Management Reader" --scope /subscriptions/` + ea},
		},
		{"no role, as Cost Management says it", "generateCostDetailsReport", 401, "RBACAccessDenied", "The client does not have authorization to perform action.", []string{`the role "Cost Management Reader" is missing`, "--scope /subscriptions/" + ea}},
		{"not there", "/subscriptions/" + ea, 404, "SubscriptionNotFound", "The subscription could not be found.", []string{"az account list --all"}},
		{"a kind without the API", "generateCostDetailsReport", 406, "406", "", []string{"do not serve this kind of subscription", "docs/azure.md"}},
		{
			"a kind without the API, in words", "generateCostDetailsReport", 400, "BadRequest",
			"Cost management data is unavailable for subscription " + ea + ". The offer MS-AZR-0243P is not supported. (Request ID: c3486c9b-0dcb-42b3-a3a6-f020eb381696)",
			[]string{"MS-AZR-0243P is not supported.)", "do not serve this kind of subscription"},
		},
		{"an outage", "generateCostDetailsReport", 503, "ServiceUnavailable", "try later", []string{"azure answered 503", "try again later"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, enterprise("a\n"))
			w.wire.Before = func(rw http.ResponseWriter, r *http.Request) bool {
				if !strings.HasSuffix(r.URL.Path, c.path) {
					return false
				}
				azuretest.Refuse(rw, c.status, c.code, c.message)
				return true
			}
			_, err := w.read(t, "azure://"+ea+"/2026-11")
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range append(c.want, "azure://"+ea) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			var passing *azurecost.PassingError
			if errors.As(err, &passing) != (c.status == 503) {
				t.Errorf("%v: may it pass?", err)
			}
			if strings.Contains(err.Error(), "Request ID") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%q has what is of no use to a person", err)
			}
		})
	}
}

// The account's billing side has roles of its own.
func TestRefusalOfABillingAccount(t *testing.T) {
	for id, want := range map[string]string{"8611000": "EnrollmentReader", "aaaa:bbbb_2019-05-31": "Billing account reader"} {
		w := newWorld(t)
		w.wire.Before = func(rw http.ResponseWriter, _ *http.Request) bool {
			azuretest.Refuse(rw, 403, "AuthorizationFailed", "no")
			return true
		}
		if _, err := w.read(t, "azure://billingAccounts/"+id+"/2026-11"); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "az role") {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// A clock here that is wrong by weeks does not choose another billing period.
func TestClockSkew(t *testing.T) {
	w := newWorld(t, enterprise("a\n1\n"))
	w.clock = azuretest.NewClock(noon().AddDate(0, 0, -40))
	o := azuretest.Options(w.wire.URL, w.clock)
	var said string
	o.Say = func(format string, args ...any) { said += fmt.Sprintf(format, args...) + "\n" }
	w.Client = azure.New(o)
	w.Period = "current"
	stormed := false
	w.wire.Before = func(rw http.ResponseWriter, r *http.Request) bool {
		rw.Header().Set("Date", noon().Format(http.TimeFormat))
		if r.Method != http.MethodPost || stormed {
			return false
		}
		stormed = true
		// By the wrong clock it would be forty days away.
		rw.Header().Set("Retry-After", noon().Add(90*time.Second).Format(http.TimeFormat))
		azuretest.Refuse(rw, 429, "429", "Too many requests.")
		return true
	}
	w.wire.After = 1
	got, err := w.read(t, "azure://"+ea)
	if err != nil || got["azure://"+ea+"/2026-11"] == "" {
		t.Errorf("got %v, %v", got, err)
	}
	if slept := w.clock.Slept(); slept < 90*time.Second || slept > 5*time.Minute {
		t.Errorf("waited %v, want some more than 90s", slept)
	}
	if !strings.Contains(said, "this machine's is 960h0m0s off") {
		t.Errorf("nobody was told of the clock: %s", said)
	}
}

func TestPeriods(t *testing.T) {
	day := func(s string) usage.Day {
		d, err := usage.ParseDay(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	month := func(s string) usage.Period {
		p, err := usage.ParseMonth(s)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	held := func(name, told string) azurecost.Held {
		return azurecost.Held{Period: name, Span: month(name), Told: day(told).Time()}
	}
	for _, c := range []struct {
		name   string
		period string
		held   []azurecost.Held
		want   string
	}{
		{"of an unknown subscription the open period and the one before", "", nil, "2026-10 2026-11"},
		{"the one before is final", "", []azurecost.Held{held("2026-10", "2026-11-05"), held("2026-11", "2026-11-22")}, "2026-11"},
		{"the one before was loaded too early", "", []azurecost.Held{held("2026-10", "2026-11-04")}, "2026-10 2026-11"},
		{"gaps, back to the first that is there", "", []azurecost.Held{held("2026-06", "2026-08-01"), held("2026-08", "2026-09-15"), held("2026-10", "2026-11-20")}, "2026-07 2026-09 2026-11"},
		{"one that was never finished", "", []azurecost.Held{held("2026-08", "2026-08-20"), held("2026-09", "2026-10-20"), held("2026-10", "2026-11-20")}, "2026-08 2026-11"},
		{"current", "current", nil, "2026-11"},
		{"last", "last", nil, "2026-10"},
		{"by name", "2025-12", nil, "2025-12"},
	} {
		w := newWorld(t, &azuretest.Subscription{ID: ea, Quota: "EnterpriseAgreement_2014-09-01", Reports: map[string][]string{}})
		w.Period = c.period
		w.Held = func(_ context.Context, account string) ([]azurecost.Held, error) {
			if account != ea {
				t.Errorf("asked for %s", account)
			}
			return c.held, nil
		}
		var got []string
		for obj, err := range w.List(t.Context(), loader.ParseRef("azure://"+ea)) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, obj.Ref[strings.LastIndexByte(obj.Ref, '/')+1:])
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %v, want %s", c.name, got, c.want)
		}
	}
}

// A load that goes on after a break does not fetch again what is there since hours.
func TestResumed(t *testing.T) {
	ref := "azure://" + ea + "/2026-11"
	for _, resumed := range []bool{false, true} {
		w := newWorld(t, enterprise("a\n"))
		w.Held = func(context.Context, string) ([]azurecost.Held, error) {
			return []azurecost.Held{{Period: "2026-11", Ref: ref, Version: "asked then", Told: noon().Add(-time.Hour)}}, nil
		}
		w.Resumed = resumed
		for obj, err := range w.List(t.Context(), loader.ParseRef(ref)) {
			if err != nil || (obj.Version == "asked then") != resumed {
				t.Errorf("resumed %v: version %q, %v", resumed, obj.Version, err)
			}
		}
	}
}
