// Package azure asks Azure's management API. All that asks it goes one way: it
// signs in once, tells that API who it is, waits as long as it is told to, and
// says of a refusal what to do.
//
// It knows no usage, no invoice and no ledger; those who do build upon it.
package azure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// DefaultCredential finds who asks as Azure's own tools do: environment
// variables, a workload's or a machine's own identity, az login, azd, PowerShell.
func DefaultCredential() (azcore.TokenCredential, error) {
	return azidentity.NewDefaultAzureCredential(nil)
}

// Options are what a Client is made of.
type Options struct {
	// Credential is called once, when first something is asked.
	Credential func() (azcore.TokenCredential, error)
	Cloud      cloud.Configuration // zero is the public one
	Transport  policy.Transporter  // nil is one of our own
	Now        func() time.Time
	Sleep      func(context.Context, time.Duration) error // nil: wait
	// Say gets the waits that a person would wonder about; nil drops them. It is
	// called from several goroutines, one at a time.
	Say func(format string, args ...any)
}

// A Client asks Azure. It may be used by several goroutines; a wait that Azure
// asks of one holds all of them.
type Client struct {
	o        Options
	endpoint *url.URL

	once sync.Once
	cred azcore.TokenCredential
	arm  *arm.Client
	err  error // of once

	mu    sync.Mutex
	until time.Time     // nothing is asked before
	skew  time.Duration // what Azure's clock is ahead of ours

	saying sync.Mutex
}

// New returns a client that has asked nothing yet.
func New(o Options) *Client {
	if o.Cloud.Services == nil {
		o.Cloud = cloud.AzurePublic
	}
	if o.Transport == nil {
		o.Transport = newTransport()
	}
	if o.Say == nil {
		o.Say = func(string, ...any) {}
	}
	c := &Client{o: o}
	c.endpoint, c.err = url.Parse(o.Cloud.Services[cloud.ResourceManager].Endpoint)
	return c
}

// newTransport is net/http's with limits to how long a server may say nothing.
func newTransport() *http.Client {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return &http.Client{}
	}
	t = t.Clone()
	t.ResponseHeaderTimeout = 2 * time.Minute
	return &http.Client{Transport: t}
}

// tryTimeout bounds one try of a call, its answer's content included.
const tryTimeout = 5 * time.Minute

// ClientOptions returns what an SDK's client is made with to go this way. Its
// calls return errors that Explain understands.
func (c *Client) ClientOptions() *arm.ClientOptions {
	return &arm.ClientOptions{
		ClientOptions: policy.ClientOptions{
			Cloud: c.o.Cloud, Transport: c.o.Transport,
			Telemetry:       policy.TelemetryOptions{ApplicationID: clientType},
			Retry:           policy.RetryOptions{MaxRetries: -1, TryTimeout: tryTimeout},
			PerCallPolicies: []policy.Policy{patient{c}},
		},
		// Registering a provider needs rights that reading does not.
		DisableRPRegistration: true,
	}
}

// Credential returns who asks.
func (c *Client) Credential() (azcore.TokenCredential, error) {
	if err := c.connect(); err != nil {
		return nil, err
	}
	return c.cred, nil
}

func (c *Client) connect() error {
	c.once.Do(func() {
		if c.err != nil {
			return
		}
		if c.o.Credential == nil {
			c.err = errors.New("azure: no credential")
			return
		}
		if c.cred, c.err = c.o.Credential(); c.err != nil {
			return
		}
		c.arm, c.err = arm.NewClient("usagereport", "v0.0.0", c.cred, c.ClientOptions())
	})
	return c.err
}

// Get returns the answer to a question, JSON. path begins with a slash.
func (c *Client) Get(ctx context.Context, path string, query url.Values) ([]byte, error) {
	return c.get(ctx, c.endpoint.String()+path+"?"+query.Encode())
}

func (c *Client) get(ctx context.Context, link string) ([]byte, error) {
	if err := c.connect(); err != nil {
		return nil, err
	}
	req, err := runtime.NewRequest(ctx, http.MethodGet, link)
	if err != nil {
		return nil, errors.New("the link to ask is not a URL")
	}
	req.Raw().Header.Set("Accept", "application/json")
	resp, err := c.arm.Pipeline().Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if !runtime.HasStatusCode(resp, http.StatusOK, http.StatusNoContent) {
		return nil, runtime.NewResponseError(resp)
	}
	return runtime.Payload(resp)
}

// Wait waits, as the tests' clock has it.
func (c *Client) Wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	if c.o.Sleep != nil {
		return c.o.Sleep(ctx, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Now returns the time by Azure's clock, as far as it has answered already: a
// clock here that is days behind must not choose the wrong billing period.
func (c *Client) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.skew.Abs() < 2*time.Minute {
		return c.o.Now()
	}
	return c.o.Now().Add(c.skew)
}

// Say tells something to the person who waits.
func (c *Client) Say(format string, args ...any) {
	c.saying.Lock()
	defer c.saying.Unlock()
	c.o.Say(format, args...)
}

// ErrExpired says that a link with a signature is no longer good.
var ErrExpired = errors.New("the link has expired")

// silence is how long a download may bring nothing.
const silence = time.Minute

// Download writes what lies behind a link that carries its own permission, as
// reports and invoices have one, from the byte offset on. No token is sent there.
// It returns how many bytes came; where they are fewer than the server announced,
// the error wraps io.ErrUnexpectedEOF.
func (c *Client) Download(ctx context.Context, w io.Writer, link string, offset int64) (int64, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	quiet := time.AfterFunc(silence, func() {
		cancel(fmt.Errorf("nothing came for %v: %w", silence, io.ErrUnexpectedEOF))
	})
	defer quiet.Stop()
	why := func(err error) error {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		if place := (*url.Error)(nil); errors.As(err, &place) {
			return place.Err // without the link and its signature
		}
		return err
	}
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || u.Scheme != "https" {
		return 0, errors.New("the link to download is not an https:// link")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
	if err != nil {
		return 0, errors.New("the link to download is not a URL")
	}
	req.Header.Set("Accept-Encoding", "identity")
	if offset > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", offset))
	}
	resp, err := c.o.Transport.Do(req)
	if err != nil {
		return 0, why(err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusOK && offset == 0:
	case resp.StatusCode == http.StatusPartialContent && strings.HasPrefix(resp.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", offset)):
	case resp.StatusCode == http.StatusForbidden || resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusUnauthorized:
		return 0, fmt.Errorf("%w (%d)", ErrExpired, resp.StatusCode)
	case retried(resp.StatusCode):
		return 0, &Error{Problem: Busy, Status: resp.StatusCode, After: After(resp.Header, c.o.Now)}
	default:
		return 0, fmt.Errorf("the storage answered %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	}
	n, err := io.Copy(w, touched{resp.Body, quiet})
	switch {
	case err != nil:
		return n, why(err)
	case resp.ContentLength >= 0 && n < resp.ContentLength:
		return n, io.ErrUnexpectedEOF
	}
	return n, nil
}

// touched puts off a timer with every read.
type touched struct {
	in    io.Reader
	quiet *time.Timer
}

func (t touched) Read(p []byte) (int, error) {
	n, err := t.in.Read(p)
	t.quiet.Reset(silence)
	return n, err
}
