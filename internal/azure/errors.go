package azure

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// A Problem is a kind of refusal that has a remedy of its own.
type Problem int

// The kinds of refusal.
const (
	Other       Problem = iota
	NotSignedIn         // no sign-in, or one that Azure does not accept
	WrongTenant
	Denied      // a role is missing
	NotFound    // what was asked about is not there, or not to be seen
	Unsupported // the API does not serve such a subscription
	Busy        // it may be over later
)

// An Error is what Azure refused and what to do about it.
type Error struct {
	Problem Problem
	Status  int    // of HTTP; 0 where nothing was asked
	Code    string // Azure's own: AuthorizationFailed
	Text    string // Azure's own, without lines and numbers of requests
	Advice  string
	After   time.Duration // what it asked to wait; 0 for nothing
}

func (e *Error) Error() string {
	text := e.Text
	if e.Status != 0 {
		text = fmt.Sprintf("azure answered %d %s", e.Status, e.Code)
		if e.Code == "" || e.Code == fmt.Sprint(e.Status) {
			text = fmt.Sprintf("azure answered %d %s", e.Status, http.StatusText(e.Status))
		}
		if e.Text != "" {
			text += " (" + e.Text + ")"
		}
	}
	if e.Advice != "" {
		text += "; " + e.Advice
	}
	return text
}

// Is lets errors.Is see that something is not there.
func (e *Error) Is(target error) bool { return e.Problem == NotFound && target == fs.ErrNotExist }

// Explain says what an error of a call means and what to do. scope is what was
// asked about, as "/subscriptions/…"; what is no refusal is returned as it is.
func (c *Client) Explain(ctx context.Context, err error, scope string) error {
	var done *Error
	if err == nil || errors.As(err, &done) || ctx.Err() != nil {
		return err
	}
	var answer *azcore.ResponseError
	if errors.As(err, &answer) && answer.RawResponse != nil && !fromSignIn(err) {
		return c.refusal(ctx, answer, scope)
	}
	if noSignIn(err) {
		return &Error{Problem: NotSignedIn, Text: signInText(err), Advice: signInAdvice(err)}
	}
	if lasting(err) {
		return &Error{Text: "azure cannot be reached: " + plain(err.Error()), Advice: "see whether a proxy is needed (HTTPS_PROXY)"}
	}
	if broke(err) {
		return &Error{Problem: Busy, Text: plain(err.Error())}
	}
	return err
}

// broke reports whether an error is of the network, and may pass.
func broke(err error) bool {
	var (
		place *url.Error
		n     net.Error
	)
	return errors.As(err, &place) || errors.As(err, &n) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.DeadlineExceeded)
}

// refusal reads an answer that is no success.
func (c *Client) refusal(ctx context.Context, r *azcore.ResponseError, scope string) *Error {
	e := &Error{Status: r.StatusCode, Code: r.ErrorCode, After: After(r.RawResponse.Header, c.o.Now)}
	if b, err := runtime.Payload(r.RawResponse); err == nil {
		var body struct {
			Error   struct{ Code, Message string }
			Code    string
			Message string
		}
		if json.Unmarshal(b, &body) == nil {
			e.Text = plain(body.Error.Message + body.Message)
			if e.Code == "" {
				e.Code = body.Error.Code + body.Code
			}
		}
	}
	text := strings.ToLower(e.Text)
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(text, p) {
				return true
			}
		}
		return false
	}
	denied := e.Code == "RBACAccessDenied" || e.Code == "AuthorizationFailed" || has("does not have authorization")
	switch {
	case e.Code == "InvalidAuthenticationTokenTenant":
		e.Problem, e.Advice = WrongTenant, "the sign-in is of another tenant than the subscription: run az login --tenant "+tenantIn(e.Text)
		e.Text = ""
	case denied, r.StatusCode == http.StatusForbidden:
		e.Problem, e.Advice = Denied, c.missingRole(ctx, e.Text, scope)
	case r.StatusCode == http.StatusUnauthorized:
		e.Problem, e.Advice = NotSignedIn, "sign in again (az login), or renew the secret of the application that signs in"
	case has("not supported", "supports only", "unsupported", "offer type", "is unavailable for subscription"),
		r.StatusCode == http.StatusNotAcceptable:
		e.Problem = Unsupported
	case r.StatusCode == http.StatusNotFound:
		e.Problem, e.Advice = NotFound, "check the id: az account list --all shows what this sign-in can see; a subscription of another "+
			"tenant needs az login --tenant TENANT"
	case retried(r.StatusCode):
		e.Problem, e.Advice = Busy, "try again later"
		if e.After > 0 {
			e.Advice = fmt.Sprintf("it asks to wait %v; try again then", e.After.Round(time.Second))
		}
	}
	return e
}

// Roles that are named. The first is enough to read what things cost; the second
// is the billing side's, for invoices.
const (
	RoleCost    = "Cost Management Reader"
	RoleBilling = "Billing Reader"
)

// MissingRole says which role on scope reads cost, and how it is given.
func (c *Client) MissingRole(ctx context.Context, scope string) string {
	return c.missingRole(ctx, "", scope)
}

// missingRole says which role is missing and how it is given.
func (c *Client) missingRole(ctx context.Context, text, scope string) string {
	if account, ok := strings.CutPrefix(strings.ToLower(scope), "/providers/microsoft.billing/billingaccounts/"); ok {
		// Billing accounts have roles of their own, which az role does not know.
		if strings.Contains(account, ":") {
			return `the role "Billing account reader" or "Billing profile reader" is missing: ` +
				"an owner of the billing account gives it under Cost Management + Billing > Access control (IAM)"
		}
		return `the role "Enterprise administrator (read only)", for an application "EnrollmentReader", is missing: ` +
			"an administrator of the enrolment gives it under Cost Management + Billing > Access control (IAM)"
	}
	role := RoleCost
	if strings.Contains(strings.ToLower(text), "microsoft.billing/invoices") {
		role = RoleBilling
	}
	who := `"$(az ad signed-in-user show --query id -o tsv)"`
	if m := regexp.MustCompile(`(?i)object id '([0-9a-f-]{36})'`).FindStringSubmatch(text); m != nil {
		who = m[1]
	} else if id := c.objectID(ctx); id != "" {
		who = id
	}
	if m := regexp.MustCompile(`(?i)^/subscriptions/[0-9a-f-]{36}`).FindString(scope); m != "" {
		scope = m
	}
	return fmt.Sprintf("the role %q is missing: az role assignment create --assignee %s --role %q --scope %s", role, who, role, scope)
}

// objectID returns the id of who asks, as the sign-in names it, or "".
func (c *Client) objectID(ctx context.Context) string {
	if c.cred == nil {
		return ""
	}
	token, err := c.cred.GetToken(ctx,
		policy.TokenRequestOptions{Scopes: []string{c.o.Cloud.Services[cloud.ResourceManager].Audience + "/.default"}})
	if err != nil {
		return ""
	}
	parts := strings.Split(token.Token, ".")
	if len(parts) != 3 {
		return ""
	}
	b, err := base64.RawURLEncoding.DecodeString(parts[1])
	var claims struct {
		OID string `json:"oid"`
	}
	if err != nil || json.Unmarshal(b, &claims) != nil || !regexp.MustCompile(`^[0-9a-fA-F-]{36}$`).MatchString(claims.OID) {
		return ""
	}
	return claims.OID
}

// tenantIn returns the tenant that a token must be of, by Azure's words.
func tenantIn(text string) string {
	if m := regexp.MustCompile(`(?i)must match (?:one of )?the tenants? '[^']*?([0-9a-f-]{36})`).FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return "TENANT"
}

// noSignIn reports whether an error came before anything was asked, because
// the sign-in failed.
func noSignIn(err error) bool {
	var final interface{ NonRetriable() }
	return fromSignIn(err) || errors.As(err, &final) || strings.Contains(err.Error(), "failed to acquire a token")
}

func fromSignIn(err error) bool {
	var failed *azidentity.AuthenticationFailedError
	return errors.As(err, &failed)
}

// signInText says what the sign-in met, without the answers that the SDK quotes.
func signInText(err error) string {
	if m := regexp.MustCompile(`AADSTS\d+[^"\\\r\n]*`).FindString(err.Error()); m != "" {
		first, _, _ := strings.Cut(m, ". ")
		return "the sign-in was refused: " + plain(first)
	}
	return "no sign-in to Azure was found"
}

func signInAdvice(err error) string {
	const all = "run az login, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or run where a managed identity is"
	for code, advice := range map[string]string{
		"AADSTS7000222": "the application's secret has expired: make a new one (az ad app credential reset) and set AZURE_CLIENT_SECRET",
		"AADSTS7000215": "AZURE_CLIENT_SECRET is not the application's secret; its value is needed, not its id",
		"AADSTS700016":  "the application is not in this tenant: check AZURE_CLIENT_ID and AZURE_TENANT_ID",
		"AADSTS90002":   "there is no such tenant: check AZURE_TENANT_ID",
	} {
		if strings.Contains(err.Error(), code) {
			return advice
		}
	}
	return all
}

// plain makes one short line of a text: without the numbers of requests, which
// are another each time, and without the queries of links.
func plain(text string) string {
	for _, r := range []struct{ pattern, with string }{
		{`(?i)\s*\(?\s*request id: [0-9a-f-]+\)?`, ""},
		{`(https?://[^\s?#"'<>]*)[?#][^\s"'<>]*`, "$1"},
		{`(?i)\b(bearer)\s+[a-z0-9+/=._~-]{16,}`, "$1 …"},
		{`(?i)\b([a-z_]*(?:secret|token|password|assertion|sig))(=|%3d)[^\s&"']+`, "$1=…"},
		{`\s+`, " "},
	} {
		text = regexp.MustCompile(r.pattern).ReplaceAllString(text, r.with)
	}
	text = strings.TrimSpace(text)
	if r := []rune(text); len(r) > 300 {
		text = string(r[:300]) + "…"
	}
	return text
}
