// Package azuretest plays Azure's management API on this machine, for tests: the
// wire itself, so that what SDKs' fakes cannot do is done: reports that take
// minutes, refusals with their headers, links that expire, blobs that are cut off.
package azuretest

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/fake"

	"usagereport/internal/azure"
)

// A Clock moves when a client sleeps by it, and at no other time.
type Clock struct {
	mu     sync.Mutex
	at     time.Time
	Sleeps []time.Duration
}

// NewClock returns a clock that shows at.
func NewClock(at time.Time) *Clock { return &Clock{at: at} }

// Now returns the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Sleep passes d at once.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
	c.Sleeps = append(c.Sleeps, d)
	return ctx.Err()
}

// Slept returns how long was slept in all.
func (c *Clock) Slept() (all time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, d := range c.Sleeps {
		all += d
	}
	return all
}

// Options returns what a client is made of that asks the server at link, with a
// credential that anybody may have.
func Options(link string, clock *Clock) azure.Options {
	return azure.Options{
		Credential: func() (azcore.TokenCredential, error) { return &fake.TokenCredential{}, nil },
		Cloud: cloud.Configuration{Services: map[cloud.ServiceName]cloud.ServiceConfiguration{
			cloud.ResourceManager: {Endpoint: link, Audience: "https://management.example.test"},
		}},
		// The server is this test's own, on loopback.
		Transport: &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}},
		Now:       clock.Now, Sleep: clock.Sleep,
	}
}

// A Subscription is what the server has of one.
type Subscription struct {
	ID, Name, Quota string
	Agreement       string // of its billing property; "" is refused
	// Reports are the files of the cost details reports, by the bill ("202610") or
	// the first day ("2026-10-01") that is asked for. nil: WebDirect, which has none.
	Reports map[string][]string
	// Bills are its billing periods as name, first and last day; nil: not supported.
	Bills [][3]string
	// Usage are its usage details, each with the day on which it was received.
	Usage []Row
	// Exports are its exports, as JSON.
	Exports []string
	// Invoices are its invoices; nil: not to be seen.
	Invoices []Invoice
}

// An Invoice is one, as JSON, with its PDF.
type Invoice struct{ Name, JSON, PDF string }

// A Row is one usage detail, as JSON, with the day on which it was received.
type Row struct{ Received, JSON string }

// A Wire is the server.
type Wire struct {
	*httptest.Server
	// Before is asked before anything is answered; it returns true if it has
	// answered.
	Before func(w http.ResponseWriter, r *http.Request) bool
	// Polls is how many times a report is not there yet; After is what Azure then
	// asks to wait, in seconds.
	Polls, After int
	// PageSize is how many usage details or subscriptions one page has.
	PageSize int

	mu     sync.Mutex
	subs   []*Subscription
	asked  []string
	polled map[string]int
	files  map[string]func() []string // of a report, by its operation
	blobs  map[string]string
	serial int
}

// Start returns a server that has subs. The caller closes it.
func Start(subs ...*Subscription) *Wire {
	w := &Wire{
		Polls: 2, After: 20, PageSize: 2, subs: subs,
		polled: map[string]int{}, files: map[string]func() []string{}, blobs: map[string]string{},
	}
	w.Server = httptest.NewUnstartedServer(w)
	w.Config.ErrorLog = log.New(io.Discard, "", 0) // connections that a test ends
	w.StartTLS()
	return w
}

// Asked returns what was asked: "GET /subscriptions/…", those that begin so.
func (w *Wire) Asked(prefix string) (out []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.asked {
		if strings.HasPrefix(a, prefix) {
			out = append(out, a)
		}
	}
	return out
}

// Refuse writes an error as Azure does.
func Refuse(rw http.ResponseWriter, status int, code, message string) {
	b, err := json.Marshal(map[string]any{"error": map[string]string{"code": code, "message": message}})
	if err != nil {
		panic(err)
	}
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(status)
	write(rw, "%s", b)
}

// write answers; who does not listen any more is not told.
func write(rw io.Writer, format string, args ...any) { _, _ = fmt.Fprintf(rw, format, args...) }

// ServeHTTP implements http.Handler.
func (w *Wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	line := strings.TrimSpace(r.Method + " " + r.URL.Path + " " + string(body))
	w.mu.Lock()
	w.asked = append(w.asked, line)
	before := w.Before
	w.mu.Unlock()
	rw.Header()["Date"] = nil // the clock of the test's machine is not the test's clock
	if before != nil && before(rw, r) {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if name, ok := strings.CutPrefix(r.URL.Path, "/blob/"); ok {
		w.serveBlob(rw, r, name)
		return
	}
	if r.Header.Get("Authorization") == "" || r.Header.Get("ClientType") == "" || r.URL.Query().Get("api-version") == "" {
		Refuse(rw, http.StatusBadRequest, "Incomplete", "a token, a client type or an API version is missing")
		return
	}
	path := strings.Trim(r.URL.Path, "/")
	if id, ok := strings.CutPrefix(path, "operation/"); ok {
		w.poll(rw, id)
		return
	}
	if path == "subscriptions" {
		var all []string
		for _, s := range w.subs {
			all = append(all, s.describe())
		}
		w.page(rw, r, all)
		return
	}
	parts := strings.SplitN(path, "/", 3)
	i := slices.IndexFunc(w.subs, func(s *Subscription) bool {
		return strings.Contains(path, "/billingSubscriptions/"+s.ID+"/") || len(parts) > 1 &&
			(parts[0] == "subscriptions" && s.ID == parts[1] || parts[0] == "providers" &&
				strings.HasPrefix(path, "providers/Microsoft.Billing/billingAccounts/"+s.ID+"/"))
	})
	if i < 0 {
		Refuse(rw, http.StatusNotFound, "SubscriptionNotFound", "The subscription '"+strings.Join(parts[1:], "/")+"' could not be found.")
		return
	}
	s := w.subs[i]
	switch {
	case len(parts) == 2:
		write(rw, "%s", s.describe())
	case strings.HasSuffix(path, "/billingProperty/default"):
		if s.Agreement == "" {
			Refuse(rw, http.StatusNotFound, "NotFound", "no billing property")
			return
		}
		write(rw, `{"properties":{"billingAccountAgreementType":%q}}`, s.Agreement)
	case strings.HasSuffix(path, "/billingPeriods"):
		if s.Bills == nil {
			Refuse(rw, http.StatusBadRequest, "BadRequest", "Billing Periods are not supported for this offer type.")
			return
		}
		var all []string
		for _, b := range s.Bills {
			all = append(all, fmt.Sprintf(`{"name":%q,"properties":{"billingPeriodStartDate":%q,"billingPeriodEndDate":%q}}`, b[0], b[1], b[2]))
		}
		w.page(rw, r, all)
	case strings.HasSuffix(path, "/invoices"):
		if s.Invoices == nil {
			Refuse(rw, http.StatusForbidden, "AuthorizationFailed",
				"The client does not have authorization to perform action 'Microsoft.Billing/invoices/read'.")
			return
		}
		var all []string
		for _, i := range s.Invoices {
			all = append(all, i.JSON)
		}
		w.page(rw, r, all)
	case strings.HasSuffix(path, "/download"):
		for _, i := range s.Invoices {
			if strings.HasSuffix(path, "/invoices/"+i.Name+"/download") {
				w.serial++
				id := fmt.Sprint("invoice-", w.serial)
				w.blobs[id] = i.PDF
				w.accepted(rw, id)
				return
			}
		}
		Refuse(rw, http.StatusNotFound, "NotFound", path)
	case strings.HasSuffix(path, "/exports"):
		write(rw, `{"value":[%s]}`, strings.Join(s.Exports, ","))
	case strings.HasSuffix(path, "/usageDetails"):
		w.usage(rw, r, s)
	case strings.HasSuffix(path, "/generateCostDetailsReport"):
		w.report(rw, s, body)
	default:
		Refuse(rw, http.StatusNotFound, "NotFound", path)
	}
}

func (s *Subscription) describe() string {
	return fmt.Sprintf(`{"subscriptionId":%q,"displayName":%q,"state":"Enabled","subscriptionPolicies":{"quotaId":%q}}`, s.ID, s.Name, s.Quota)
}

// page writes one page of a list and where the next one is.
func (w *Wire) page(rw http.ResponseWriter, r *http.Request, all []string) {
	from, _ := strconv.Atoi(r.URL.Query().Get("$skiptoken"))
	to := min(from+w.PageSize, len(all))
	next := ""
	if to < len(all) {
		q := r.URL.Query()
		q.Set("$skiptoken", strconv.Itoa(to))
		next = fmt.Sprintf(`,"nextLink":%q`, w.URL+r.URL.Path+"?"+q.Encode())
	}
	write(rw, `{"value":[%s]%s}`, strings.Join(all[from:to], ","), next)
}

func (w *Wire) usage(rw http.ResponseWriter, r *http.Request, s *Subscription) {
	if s.Usage == nil {
		Refuse(rw, http.StatusUnprocessableEntity, "422", "The subscription's offer type is not supported.")
		return
	}
	var from, to string
	filter := r.URL.Query().Get("$filter")
	const asked = "properties/usageStart ge %s  and properties/usageEnd le %s"
	if _, err := fmt.Sscanf(strings.ReplaceAll(filter, "'", " "), asked, &from, &to); err != nil {
		Refuse(rw, http.StatusBadRequest, "BadRequest",
			"Billing Period is not supported for Subscription Scope With Web Direct Offer. Please provide the UsageStart and UsageEnd dates in the $filter key as parameters.")
		return
	}
	var rows []string
	for _, row := range s.Usage {
		if row.Received >= from && row.Received <= to {
			rows = append(rows, row.JSON)
		}
	}
	w.page(rw, r, rows)
}

func (w *Wire) report(rw http.ResponseWriter, s *Subscription, body []byte) {
	if s.Reports == nil {
		Refuse(rw, http.StatusUnprocessableEntity, "422",
			"Unsupported request. offer type: WebDirect for get detailed report request is not supported. (Request ID: b2e660eb-ac7c-44d8-a17c-366ca1671ede)")
		return
	}
	var ask struct {
		Metric, BillingPeriod string
		TimePeriod            struct{ Start string }
	}
	if err := json.Unmarshal(body, &ask); err != nil {
		Refuse(rw, http.StatusBadRequest, "BadRequest", err.Error())
		return
	}
	w.serial++
	id := fmt.Sprint("report-", w.serial)
	w.files[id] = func() []string { return s.Reports[ask.BillingPeriod+ask.TimePeriod.Start] }
	w.accepted(rw, id)
}

func (w *Wire) accepted(rw http.ResponseWriter, id string) {
	rw.Header().Set("Location", w.URL+"/operation/"+id+"?api-version=2022-10-01")
	rw.Header().Set("Retry-After", strconv.Itoa(w.After))
	rw.WriteHeader(http.StatusAccepted)
}

func (w *Wire) poll(rw http.ResponseWriter, id string) {
	if w.polled[id]++; w.polled[id] <= w.Polls {
		w.accepted(rw, id)
		return
	}
	if _, ok := w.blobs[id]; ok {
		write(rw, `{"url":%q}`, w.URL+"/blob/"+id+"?sv=2025&sig=SIGNATURE")
		return
	}
	report := w.files[id]
	if report == nil {
		Refuse(rw, http.StatusNotFound, "NotFound", id)
		return
	}
	files := report()
	if len(files) == 0 {
		write(rw, `{"status":"NoDataFound"}`)
		return
	}
	var blobs []map[string]any
	for i, content := range files {
		name := fmt.Sprintf("%s/part_%d.csv", id, i)
		w.blobs[name] = content
		blobs = append(blobs,
			map[string]any{"blobLink": w.URL + "/blob/" + url.PathEscape(name) + "?sv=2025&sig=SIGNATURE", "byteCount": len(content)})
	}
	b, err := json.Marshal(map[string]any{
		"status":   "Completed",
		"manifest": map[string]any{"dataFormat": "Csv", "blobCount": len(files), "blobs": blobs},
	})
	if err != nil {
		panic(err)
	}
	write(rw, "%s", b)
}

func (w *Wire) serveBlob(rw http.ResponseWriter, r *http.Request, name string) {
	content, ok := w.blobs[name]
	if !ok || r.URL.Query().Get("sig") == "" {
		Refuse(rw, http.StatusForbidden, "AuthenticationFailed", "Signature not valid in the specified time frame")
		return
	}
	if r.Header.Get("Authorization") != "" {
		Refuse(rw, http.StatusBadRequest, "InvalidAuthenticationInfo", "a token where a signature is enough")
		return
	}
	http.ServeContent(rw, r, "part.csv", time.Time{}, strings.NewReader(content))
}

// Set adds a subscription, or replaces the one of its id.
func (w *Wire) Set(s *Subscription) {
	w.Remove(s.ID)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.subs = append(w.subs, s)
}

// Remove takes a subscription away.
func (w *Wire) Remove(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.subs = slices.DeleteFunc(w.subs, func(s *Subscription) bool { return s.ID == id })
}
