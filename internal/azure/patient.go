package azure

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// clientType names the program to Cost Management, which counts requests by it:
// requests without one share one allowance.
const clientType = "usagereport"

const (
	// maxTries bounds the tries of one call where Azure does not say when to come
	// again; maxTold where it does.
	maxTries = 8
	maxTold  = 60
	// maxWait bounds what one call waits in all. Azure's longest windows are an
	// hour; a longer wait is an error that says to try again tomorrow.
	maxWait = 70 * time.Minute
	// told is how long a wait is before the user is told of it.
	told = 30 * time.Second
)

// patient is the policy that every request goes through, before those of the
// SDK, whose own retries are off: they know one header and no more than a minute.
type patient struct{ c *Client }

// Do implements policy.Policy.
func (p patient) Do(req *policy.Request) (*http.Response, error) {
	ctx, u := req.Raw().Context(), req.Raw().URL
	if u.Scheme != p.c.endpoint.Scheme || u.Host != p.c.endpoint.Host {
		// Links to the next page and to the state of a report come from the other
		// side, and our token would go with them.
		return nil, fmt.Errorf("azure: a link leads to %s instead of %s; it is not followed", u.Host, p.c.endpoint.Host)
	}
	req.Raw().Header.Set("ClientType", clientType)
	var waited time.Duration
	for try := 1; ; try++ {
		if err := p.c.hold(ctx); err != nil {
			return nil, err
		}
		if err := req.RewindBody(); err != nil {
			return nil, err
		}
		resp, err := req.Clone(ctx).Next()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err == nil {
			p.c.compare(resp)
		}
		if err != nil && lasting(err) || err == nil && !retried(resp.StatusCode) {
			return resp, err
		}
		wait, asked, busy := backoff(try), time.Duration(0), false
		if err == nil {
			asked, busy = After(resp.Header, p.c.o.Now), resp.StatusCode == http.StatusTooManyRequests
			wait = max(wait, asked)
		}
		if asked == 0 && try >= maxTries || try >= maxTold || waited+wait > maxWait {
			return resp, err
		}
		waited += wait
		if err == nil {
			runtime.Drain(resp)
		}
		switch {
		case wait < told:
		case asked > 0:
			p.c.Say("azure: asked to wait %v", wait.Round(time.Second))
		default:
			p.c.Say("azure: no proper answer yet; asking again in %v", wait.Round(time.Second))
		}
		if busy {
			p.c.pause(wait)
			continue
		}
		if err := p.c.Wait(ctx, wait); err != nil {
			return nil, err
		}
	}
}

// pause holds all requests back for a while.
func (c *Client) pause(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t := c.o.Now().Add(d); t.After(c.until) {
		c.until = t
	}
}

// hold waits until asking is allowed.
func (c *Client) hold(ctx context.Context) error {
	for {
		c.mu.Lock()
		d := c.until.Sub(c.o.Now())
		c.mu.Unlock()
		if d <= 0 {
			return ctx.Err()
		}
		if err := c.Wait(ctx, d); err != nil {
			return err
		}
	}
}

// compare notes how far Azure's clock is from ours.
func (c *Client) compare(resp *http.Response) {
	at, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return
	}
	c.mu.Lock()
	before := c.skew
	c.skew = at.Sub(c.o.Now())
	skew := c.skew
	c.mu.Unlock()
	if skew.Abs() >= time.Hour && before.Abs() < time.Hour {
		c.Say("azure: its clock says %s, this machine's is %v off; its own is used", at.UTC().Format("2006-01-02 15:04 UTC"),
			skew.Abs().Round(time.Minute))
	}
}

// backoff is how long to wait where the answer does not say: exponentially longer, with
// jitter, up to a minute.
func backoff(try int) time.Duration {
	d := min(time.Second<<min(try, 6), time.Minute)
	return d/2 + rand.N(d/2)
}

// retried reports whether a status says that the same request may succeed later.
func retried(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// lasting reports whether an error stays when the same is asked again: no
// sign-in, no such name, a certificate that is not trusted.
func lasting(err error) bool {
	var (
		final       interface{ NonRetriable() }
		name        *net.DNSError
		certificate *tls.CertificateVerificationError
	)
	switch {
	case errors.As(err, &final), errors.As(err, &certificate):
		return true
	case errors.As(err, &name):
		return name.IsNotFound
	}
	return false
}

// After returns the longest wait that an answer asks for, 0 where it asks for
// none: Retry-After, in seconds or as a date, its variants in milliseconds, and
// every x-ms-ratelimit-…-retry-after, of which one answer may have several, for a
// caller, a tenant, a client type and the units that queries cost.
func After(h http.Header, now func() time.Time) time.Duration {
	var longest time.Duration
	for name, values := range h {
		name = strings.ToLower(name)
		unit := time.Second
		switch {
		case name == "retry-after-ms" || name == "x-ms-retry-after-ms":
			unit = time.Millisecond
		case name == "retry-after":
			for _, v := range values {
				if at, err := http.ParseTime(v); err == nil {
					longest = max(longest, at.Sub(clock(h, now)))
				}
			}
		case !strings.HasPrefix(name, "x-ms-ratelimit-") || !strings.HasSuffix(name, "retry-after"):
			continue
		}
		for _, v := range values {
			// "60", and "QueriesPerMin:60,QueriesPerHour:1200" as the allowances are written.
			for part := range strings.SplitSeq(v, ",") {
				n, err := strconv.ParseFloat(strings.TrimSpace(part[strings.LastIndexByte(part, ':')+1:]), 64)
				if err == nil && n > 0 && n < 1e9 {
					longest = max(longest, time.Duration(n*float64(unit)))
				}
			}
		}
	}
	return longest
}

// clock is what a date in an answer is held against: the answer's own time, so
// that a wrong clock here changes nothing.
func clock(h http.Header, now func() time.Time) time.Time {
	if at, err := http.ParseTime(h.Get("Date")); err == nil {
		return at
	}
	return now()
}
