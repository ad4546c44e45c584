package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"usagereport/sending/delivery"
)

// Tickets is what must be known of a system that keeps tickets.
type Tickets struct {
	Site       string // its address: https://example.atlassian.net, https://api.github.com/repos/OWNER/REPO
	User       string // whose Key is the password; "" where Key is a token by itself
	Project    string // of Jira, its key; of ServiceNow, the table
	Type       string // of Jira, that of the issue
	Transition string // of Jira, the id of that which closes; of ServiceNow, the close code
}

// maxTicketReply is how much of an answer is read: GitHub's says all of an issue.
const maxTicketReply = 1 << 20

// keeps reports whether the other side keeps tickets.
func (c *Channel) keeps() bool {
	return c.Format == Jira || c.Format == ServiceNow || c.Format == GitHub
}

// A ticketRequest is what is sent, as the parcel has it.
type ticketRequest struct {
	Method string `json:"method"`
	Path   string `json:"path"` // below the site
	Closes string `json:"closes,omitempty"`
	Body   any    `json:"body"`
}

const (
	titleLength = 150
	textLength  = 8000
)

// ticket is the request that opens a ticket, or closes one.
func (c *Channel) ticket(t delivery.Ticket) ticketRequest {
	type object = map[string]any
	o := c.Tickets
	title, text := delivery.Line(t.Title, titleLength), cutText(t.Text)
	closing := url.PathEscape(t.Close)
	r := ticketRequest{Method: http.MethodPost, Closes: t.Close}
	switch c.Format {
	case Jira:
		r.Path = "/rest/api/2/issue"
		r.Body = object{"fields": object{
			"project": object{"key": o.Project}, "issuetype": object{"name": o.Type}, "summary": title,
			"description": noformat(text), "labels": []string{"usagereport", t.Finding},
		}}
		if t.Close != "" {
			r.Path += "/" + closing + "/transitions"
			r.Body = object{"transition": object{"id": o.Transition}}
		}
	case ServiceNow:
		r.Path = "/api/now/table/" + url.PathEscape(o.Project)
		urgency := "2"
		if t.High {
			urgency = "1"
		}
		r.Body = object{"short_description": title, "description": text, "correlation_id": t.Finding, "urgency": urgency}
		if t.Close != "" {
			r.Method, r.Path = http.MethodPatch, r.Path+"/"+closing
			r.Body = object{"state": "7", "close_code": o.Transition, "close_notes": text}
		}
	case GitHub:
		r.Path = "/issues"
		r.Body = object{"title": title, "body": fenced(text), "labels": []string{"usagereport"}}
		if t.Close != "" {
			r.Method, r.Path = http.MethodPatch, r.Path+"/"+closing
			r.Body = object{"state": "closed", "state_reason": "completed"}
		}
	}
	return r
}

// cutText is a text of several lines that is not too long.
func cutText(s string) string {
	if len(s) > textLength {
		s = strings.ToValidUTF8(s[:textLength], "") + "…"
	}
	return s
}

// noformat is a text that Jira shows as it is: no markup in it, no mention.
func noformat(s string) string {
	return "{noformat}\n" + strings.ReplaceAll(s, "{noformat", "{\u2060noformat") + "\n{noformat}"
}

// fenced is a text that GitHub shows as it is.
func fenced(s string) string {
	fence := "```"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	return fence + "text\n" + s + "\n" + fence
}

// address takes the request apart that the parcel has.
func (l *letter) address() error {
	var r struct {
		Method, Path, Closes string
		Body                 json.RawMessage
	}
	if err := json.Unmarshal(l.body, &r); err != nil || !strings.HasPrefix(r.Path, "/") || strings.Contains(r.Path, "..") ||
		r.Method != http.MethodPost && r.Method != http.MethodPatch {
		return errors.New("the parcel holds no request to a system of tickets")
	}
	to := *l.to
	to.Path = strings.TrimSuffix(to.Path, "/") + r.Path
	l.to, l.method, l.body, l.closes = &to, r.Method, r.Body, r.Closes
	return nil
}

// authorize gives a request the key.
func (l *letter) authorize(r *http.Request) {
	r.Header.Set("Accept", mediaType)
	if l.Tickets.User != "" {
		r.SetBasicAuth(l.Tickets.User, l.key)
		return
	}
	r.Header.Set("Authorization", "Bearer "+l.key)
}

// ticketID is what a ticket's id looks like: it becomes part of an address.
var ticketID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// opened reads what the other side answered to what opens or closes a ticket.
func (l *letter) opened(said []byte) (delivery.Receipt, error) {
	site := strings.TrimSuffix(l.Tickets.Site, "/")
	if l.closes != "" {
		return delivery.Receipt{Where: l.shown(site, l.closes, ""), Reply: "closed " + l.closes, Ticket: l.closes}, nil
	}
	var reply struct {
		Key     string      // of Jira
		Number  json.Number // of GitHub
		HTMLURL string      `json:"html_url"`
		Result  struct {
			SysID  string `json:"sys_id"`
			Number string
		}
	}
	err := json.Unmarshal(said, &reply)
	id, name := reply.Key, reply.Key
	switch l.Format {
	case ServiceNow:
		id, name = reply.Result.SysID, reply.Result.Number
	case GitHub:
		id, name = reply.Number.String(), "#"+reply.Number.String()
	}
	if err != nil || !ticketID.MatchString(id) {
		return delivery.Receipt{}, fmt.Errorf("%w: it took the ticket and did not say its number: %s", delivery.ErrUnsure, l.hide(string(said)))
	}
	return delivery.Receipt{Where: l.shown(site, id, reply.HTMLURL), Reply: "opened " + delivery.Line(l.hide(name), 60), Ticket: id}, nil
}

// unclosed says what it means that the other side did not close a ticket, as answer says: one that is
// gone, or that people closed, is closed.
func (l *letter) unclosed(ctx context.Context, resp *http.Response, answer error) (r delivery.Receipt, err error) {
	h := resp.Header
	limited := h.Get("Retry-After") != "" || h.Get("X-Ratelimit-Remaining") == "0"
	switch code := resp.StatusCode; {
	case code == http.StatusNotFound, code == http.StatusGone:
		r, err = l.opened(nil)
		r.Reply = l.closes + " is gone, and counts as closed"
		return r, err
	case code/100 == 4 && code != http.StatusUnauthorized && code != http.StatusProxyAuthRequired && code != http.StatusRequestTimeout &&
		(code != http.StatusForbidden || !limited):
		if l.Format == Jira && l.done(ctx) {
			r, err = l.opened(nil)
			r.Reply = l.closes + " was closed already"
			return r, err
		}
		return r, fmt.Errorf("%w: %w", delivery.ErrRefused, answer)
	}
	return r, answer
}

// done asks Jira whether the ticket is done; what cannot be asked is not.
func (l *letter) done(ctx context.Context) bool {
	issue := *l.to
	issue.Path, issue.RawQuery = strings.TrimSuffix(issue.Path, "/transitions"), "fields=status"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, issue.String(), nil)
	if err != nil {
		return false
	}
	l.authorize(req)
	client := *l.client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return errElsewhere }
	resp, err := client.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	var said struct {
		Fields struct {
			Status struct {
				StatusCategory struct{ Key string } `json:"statusCategory"`
			}
		}
	}
	err = json.NewDecoder(io.LimitReader(resp.Body, maxTicketReply)).Decode(&said)
	return err == nil && resp.StatusCode == http.StatusOK && said.Fields.Status.StatusCategory.Key == "done"
}

// shown is where people see a ticket.
func (l *letter) shown(site, id, page string) string {
	switch l.Format {
	case Jira:
		return site + "/browse/" + id
	case ServiceNow:
		return site + "/nav_to.do?uri=" + url.QueryEscape(l.Tickets.Project+".do?sys_id="+id)
	}
	if strings.HasPrefix(page, "https://") {
		return l.hide(page)
	}
	return site + "/issues/" + id
}
