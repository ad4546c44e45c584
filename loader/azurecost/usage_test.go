package azurecost_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"usagereport/internal/azure"
	"usagereport/internal/azure/azuretest"
	"usagereport/loader"
)

func payAsYouGo(rows ...azuretest.Row) *azuretest.Subscription {
	return &azuretest.Subscription{
		ID: payg, Name: "web", Quota: "PayAsYouGo_2014-09-01", Agreement: "MicrosoftOnlineServicesProgram", Usage: rows,
		Bills: [][3]string{{"202611-1", "2026-10-12", "2026-11-11"}, {"202610-1", "2026-09-12", "2026-10-11"}},
	}
}

func detail(day, received, bill, cost string) azuretest.Row {
	return azuretest.Detail(payg, day, received, bill, cost)
}

// days returns the days and costs of a CSV of usage details.
func days(content string) (out []string) {
	for i, line := range strings.Split(strings.TrimSpace(content), "\n") {
		if f := strings.Split(line, ","); i > 0 {
			out = append(out, f[0][:10]+" "+f[14])
		}
	}
	return out
}

// Usage is selected by the day on which it was received: of a bill what came within
// five days after it counts, and of other bills nothing.
func TestUsageDetailsByBill(t *testing.T) {
	w := newWorld(t, payAsYouGo(
		detail("2026-10-11", "2026-10-13", "2026-09-12", "0.1"), // received in this bill's days, of the one before
		detail("2026-10-12", "2026-10-12", "2026-10-12", "1E-05"),
		detail("2026-10-30", "2026-10-31", "2026-10-12", "2.50"),
		detail("2026-11-11", "2026-11-16", "2026-10-12", "0.123456789012345678"), // the fifth day after
		detail("2026-11-12", "2026-11-12", "2026-11-12", "5"),
		azuretest.Row{Received: "2026-11-01", JSON: `{"properties":{"date":"2026-11-01","quantity":"1","cost":"12345678901234567890.5"}}`}, // names no bill; its numbers are texts
	))
	w.Period = "last"
	got, err := w.read(t, "azure://"+payg)
	if err != nil {
		t.Fatal(err)
	}
	want := "2026-10-12 1E-05|2026-10-30 2.50|2026-11-11 0.123456789012345678|2026-11-01 12345678901234567890.5"
	if got := strings.Join(days(got["azure://"+payg+"/2026-11"]), "|"); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// Where Azure tells no bills, months stand for them, and days count in theirs.
func TestUsageDetailsByMonth(t *testing.T) {
	sub := payAsYouGo(detail("2026-10-31", "2026-10-31", "2026-10-12", "1"), detail("2026-11-01", "2026-11-01", "2026-10-12", "2"))
	sub.Bills = nil
	w := newWorld(t, sub)
	got, err := w.read(t, "azure://"+payg+"/2026-10")
	if days := strings.Join(days(got["azure://"+payg+"/2026-10"]), "|"); err != nil || days != "2026-10-31 1" {
		t.Errorf("got %s, %v", days, err)
	}
}

// The open bill is one that Azure does not list yet.
func TestOpenBill(t *testing.T) {
	w := newWorld(t, payAsYouGo(detail("2026-11-12", "2026-11-12", "2026-11-12", "5")))
	got, err := w.read(t, "azure://"+payg+"/2026-12")
	if content := got["azure://"+payg+"/2026-12"]; err != nil || !strings.Contains(content, "2026-12,2026-11-12,2026-12-12") {
		t.Errorf("got %v, %v", got, err)
	}
}

// Pages that come twice count once, whether by the same link or by another.
func TestRepeatedPages(t *testing.T) {
	rows := []azuretest.Row{
		detail("2026-10-12", "2026-10-12", "2026-10-12", "1"), detail("2026-10-13", "2026-10-13", "2026-10-12", "2"), detail("2026-10-14", "2026-10-14", "2026-10-12", "3"),
	}
	w := newWorld(t, payAsYouGo(rows...))
	w.wire.Before = func(rw http.ResponseWriter, r *http.Request) bool {
		// The first page once more, by a link of its own.
		if !strings.HasSuffix(r.URL.Path, "/usageDetails") || r.URL.Query().Get("$skiptoken") != "" {
			return false
		}
		q := r.URL.Query()
		q.Set("$skiptoken", "2")
		if q.Get("again") == "" {
			q.Del("$skiptoken")
			q.Set("again", "1")
		}
		_, _ = fmt.Fprintf(rw, `{"value":[%s,%s],"nextLink":%q}`, rows[0].JSON, rows[1].JSON, w.wire.URL+r.URL.Path+"?"+q.Encode())
		return true
	}
	got, err := w.read(t, "azure://"+payg+"/2026-11")
	if got := strings.Join(days(got["azure://"+payg+"/2026-11"]), "|"); err != nil || got != "2026-10-12 1|2026-10-13 2|2026-10-14 3" {
		t.Errorf("got %s, %v", got, err)
	}
	if said := strings.Join(w.said, "\n"); !strings.Contains(said, "1 pages came twice") {
		t.Errorf("said %s", said)
	}

	w = newWorld(t, payAsYouGo(rows...))
	w.wire.Before = func(rw http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/usageDetails") || r.URL.Query().Get("$skiptoken") == "" {
			return false
		}
		_, _ = fmt.Fprintf(rw, `{"value":[%s],"nextLink":%q}`, rows[2].JSON, w.wire.URL+r.URL.String())
		return true
	}
	if _, err := w.read(t, "azure://"+payg+"/2026-11"); err == nil || !strings.Contains(err.Error(), "leads in a circle") {
		t.Errorf("a circle: %v", err)
	}
}

// A link to a next page elsewhere is not followed: our token would go with it.
func TestForeignLink(t *testing.T) {
	w := newWorld(t, payAsYouGo(detail("2026-10-12", "2026-10-12", "2026-10-12", "1")))
	w.wire.Before = func(rw http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/usageDetails") {
			return false
		}
		_, _ = fmt.Fprint(rw, `{"value":[],"nextLink":"https://evil.example.test/next"}`)
		return true
	}
	if _, err := w.read(t, "azure://"+payg+"/2026-11"); err == nil || !strings.Contains(err.Error(), "evil.example.test") || !strings.Contains(err.Error(), "not followed") {
		t.Errorf("got %v", err)
	}
}

// Usage whose cost is hidden is no usage that costs nothing.
func TestUsageWithoutCost(t *testing.T) {
	w := newWorld(t, payAsYouGo(detail("2026-10-12", "2026-10-12", "2026-10-12", "null")))
	_, err := w.read(t, "azure://"+payg+"/2026-11")
	if err == nil || !strings.Contains(err.Error(), "without its cost") || !strings.Contains(err.Error(), "az role assignment create") {
		t.Errorf("got %v", err)
	}
}

// Where nothing tells the agreement, the refusal of one API leads to the other.
func TestOtherWay(t *testing.T) {
	sub := payAsYouGo(detail("2026-11-12", "2026-11-12", "2026-11-12", "1"))
	sub.Agreement, sub.Bills = "", nil
	w := newWorld(t, sub)
	if got, err := w.read(t, "azure://"+payg+"/2026-11"); err != nil || len(days(got["azure://"+payg+"/2026-11"])) != 1 {
		t.Errorf("usage details after reports: %v, %v", got, err)
	}
	// Bills like pay-as-you-go's, but the usage is of the other agreement.
	sub = payAsYouGo(azuretest.Row{Received: "2026-10-12", JSON: `{"kind":"modern","properties":{"date":"2026-10-12"}}`})
	sub.Agreement, sub.Reports = "", map[string][]string{"2026-11-01": {"a\n"}}
	w = newWorld(t, sub)
	if got, err := w.read(t, "azure://"+payg+"/2026-11"); err != nil || got["azure://"+payg+"/2026-11"] != "a\n" {
		t.Errorf("reports after usage details: %v, %v", got, err)
	}
	// Neither.
	sub = payAsYouGo()
	sub.Agreement, sub.Bills, sub.Usage = "", nil, nil
	w = newWorld(t, sub)
	_, err := w.read(t, "azure://"+payg+"/2026-11")
	var refused *azure.Error
	if !errors.As(err, &refused) || refused.Problem != azure.Unsupported || !strings.Contains(err.Error(), "download its usage in the portal") {
		t.Errorf("neither: %v", err)
	}
}

// A period in which nothing was used is no failure.
func TestEmptyPeriod(t *testing.T) {
	w := newWorld(t, enterprise())
	if _, err := w.read(t, "azure://"+ea+"/2026-11"); !errors.Is(err, loader.ErrEmpty) {
		t.Errorf("got %v, want loader.ErrEmpty", err)
	}
	sub := payAsYouGo()
	sub.Usage = []azuretest.Row{}
	w = newWorld(t, sub)
	if _, err := w.read(t, "azure://"+payg+"/2026-11"); !errors.Is(err, loader.ErrEmpty) {
		t.Errorf("got %v, want loader.ErrEmpty", err)
	}
}

// An answer that is no page is no empty one.
func TestPageWithoutList(t *testing.T) {
	w := newWorld(t, payAsYouGo(detail("2026-10-12", "2026-10-12", "2026-10-12", "1")))
	w.wire.Before = func(rw http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/usageDetails") {
			return false
		}
		_, _ = fmt.Fprint(rw, `{}`)
		return true
	}
	if _, err := w.read(t, "azure://"+payg+"/2026-11"); err == nil || !strings.Contains(err.Error(), "no page of a list") {
		t.Errorf("got %v", err)
	}
}
