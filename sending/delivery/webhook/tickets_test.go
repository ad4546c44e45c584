package webhook_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"usagereport/sending/delivery"
	"usagereport/sending/delivery/retry"
	"usagereport/sending/delivery/webhook"
)

// What the three systems are asked, as their documentation has it, and what is made of their
// answers.
func TestTickets(t *testing.T) {
	ticket := delivery.Ticket{Finding: "F-7K3QAB", Title: "[F-7K3QAB] vm <b>\x1b[2J", Text: "It costs more. @admin ```{noformat}", High: true}
	closing := ticket
	for _, c := range []struct {
		format                        webhook.Format
		tickets                       webhook.Tickets
		base, auth                    string
		path, holds, reply            string
		ticket, where, said           string
		closeMethod, closePath, close string
	}{
		{
			webhook.Jira,
			webhook.Tickets{User: "ada", Project: "FIN", Type: "Task", Transition: "31"},
			"", "Basic YWRhOnMzY3JldC1rZXk=",
			"/rest/api/2/issue", `"project":{"key":"FIN"}`, `{"id":"10000","key":"FIN-24","self":"https://example/rest/api/2/issue/10000"}`,
			"FIN-24", "/browse/FIN-24", "opened FIN-24",
			"POST", "/rest/api/2/issue/FIN-24/transitions", `{"transition":{"id":"31"}}`,
		},
		{
			webhook.ServiceNow,
			webhook.Tickets{User: "ada", Project: "incident", Transition: "Done"},
			"", "Basic YWRhOnMzY3JldC1rZXk=",
			"/api/now/table/incident", `"correlation_id":"F-7K3QAB"`, `{"result":{"sys_id":"9d385017c611228701d22104cc95c371","number":"INC0010002"}}`,
			"9d385017c611228701d22104cc95c371", "/nav_to.do?uri=incident.do%3Fsys_id%3D9d385017c611228701d22104cc95c371", "opened INC0010002",
			"PATCH", "/api/now/table/incident/9d385017c611228701d22104cc95c371", `"close_code":"Done"`,
		},
		{
			webhook.GitHub,
			webhook.Tickets{},
			"/repos/o/r", "Bearer s3cret-key",
			"/repos/o/r/issues", `"labels":["usagereport"]`, `{"number": 12, "html_url": "https://github.com/o/r/issues/12", "state": "open"}`,
			"12", "https://github.com/o/r/issues/12", "opened #12",
			"PATCH", "/repos/o/r/issues/12", `{"state":"closed","state_reason":"completed"}`,
		},
	} {
		var asked *http.Request
		state := "new" // of a Jira issue
		var body string
		reply, status := c.reply, http.StatusCreated
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet && r.URL.Path == "/rest/api/2/issue/FIN-24" && r.Header.Get("Authorization") != "" {
				_, _ = fmt.Fprintf(w, `{"fields": {"status": {"statusCategory": {"key": %q}}}}`, state)
				return
			}
			b, _ := io.ReadAll(r.Body)
			asked, body = r, string(b)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, reply)
		}))
		defer server.Close()
		c.tickets.Site = server.URL + c.base
		channel := &webhook.Channel{
			Name: "tickets", Format: c.format, AllowHTTP: true, Now: time.Now, Tickets: c.tickets, Patience: retry.Patience{Tries: 1},
			URL: func(context.Context) (string, error) { return c.tickets.Site, nil },
			Key: func(context.Context) (string, error) { return "s3cret-key", nil },
		}
		send := func(k delivery.Ticket) (delivery.Receipt, error) {
			p, err := channel.Prepare(delivery.Message{ID: "R-AAAAAAAA", Owner: "Ada", Ticket: &k})
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(p.Files[0].Bytes), "s3cret") {
				t.Errorf("%s: the parcel holds the key", c.format)
			}
			return channel.Send(t.Context(), p)
		}
		r, err := send(ticket)
		if err != nil || r.Ticket != c.ticket || !strings.HasSuffix(r.Where, c.where) || r.Reply != c.said {
			t.Errorf("%s: %+v, %v", c.format, r, err)
		}
		if asked.Method != "POST" || asked.URL.Path != c.path || asked.Header.Get("Authorization") != c.auth || !strings.Contains(body, c.holds) {
			t.Errorf("%s: %s %s %s\n%s", c.format, asked.Method, asked.URL.Path, asked.Header.Get("Authorization"), body)
		}
		if strings.Contains(body, `\u001b`) || !json.Valid([]byte(body)) || strings.Count(body, "{noformat}") == 3 {
			t.Errorf("%s: hostile text: %s", c.format, body)
		}
		closing.Close = r.Ticket
		if r, err = send(closing); err != nil || r.Ticket != c.ticket {
			t.Errorf("%s: closed: %+v, %v", c.format, r, err)
		}
		if asked.Method != c.closeMethod || asked.URL.Path != c.closePath || !strings.Contains(body, c.close) {
			t.Errorf("%s: closed by %s %s\n%s", c.format, asked.Method, asked.URL.Path, body)
		}
		for code, want := range map[int]struct{ closed, refused bool }{
			http.StatusNotFound: {closed: true}, http.StatusGone: {closed: true},
			http.StatusBadRequest: {refused: true}, http.StatusForbidden: {refused: true}, http.StatusUnprocessableEntity: {refused: true},
			http.StatusUnauthorized: {}, http.StatusBadGateway: {},
		} {
			status, reply = code, "{}"
			r, err := send(closing)
			if (err == nil && r.Ticket == c.ticket) != want.closed || errors.Is(err, delivery.ErrRefused) != want.refused {
				t.Errorf("%s: closing is answered %d: %+v, %v", c.format, code, r, err)
			}
			if _, err := send(ticket); err == nil || errors.Is(err, delivery.ErrRefused) {
				t.Errorf("%s: opening is answered %d: %v", c.format, code, err)
			}
		}
		status, state = http.StatusBadRequest, "done"
		if _, err := send(closing); (err == nil) != (c.format == webhook.Jira) {
			t.Errorf("%s: one that people closed: %v", c.format, err)
		}
		status = http.StatusCreated
		for _, bad := range []string{"{}", "no JSON", `{"key":"../x","number":-1,"result":{"sys_id":"a/b"}}`} {
			reply = bad
			if _, err := send(ticket); !errors.Is(err, delivery.ErrUnsure) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%s: %s is taken: %v", c.format, bad, err)
			}
		}
		key := strings.Fields(c.auth)[1]
		for _, code := range []int{http.StatusCreated, http.StatusUnauthorized} { // it repeats what it was sent
			status = code
			reply = fmt.Sprintf(`{"message": "%[1]s", "key": "A-1", "number": 12, "html_url": "https://x/%[1]s", "result": {"sys_id": "9", "number": "%[1]s"}}`, key)
			if r, err := send(ticket); strings.Contains(fmt.Sprint(r, err), key) {
				t.Errorf("%s: the key is told: %+v, %v", c.format, r, err)
			}
		}
		if _, err := channel.Prepare(delivery.Message{ID: "R-AAAAAAAA"}); err == nil {
			t.Errorf("%s takes a report", c.format)
		}
	}
}
