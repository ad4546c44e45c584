package webhook_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"usagereport/sending/delivery"
	"usagereport/sending/delivery/deliverytest"
	"usagereport/sending/delivery/retry"
	"usagereport/sending/delivery/webhook"
)

const (
	path = "/workflows/0a1b2c3d4e/triggers"
	sig  = "q0s1g2n3a4t5u6r7e"
	key  = "k3y-of-the-hook"
)

func formats() []webhook.Format {
	return []webhook.Format{webhook.Teams, webhook.Slack, webhook.Generic}
}

// A service takes what its schema allows.
type service struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
	heads  []http.Header
	asked  int
	// answer, if set, answers the n-th request.
	answer  func(n int, w http.ResponseWriter, r *http.Request) bool
	wrong   []error
	stalled chan struct{}
}

func (s *service) set(answer func(n int, w http.ResponseWriter, r *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

func (s *service) taken() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.bodies)
}

// open starts a service and returns a channel to it, which waits for nothing
// between its tries.
func open(t *testing.T, format webhook.Format) (*webhook.Channel, *service) {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("testdata/" + string(format) + ".schema.json")
	if err != nil {
		t.Fatal(err)
	}
	s := &service{stalled: make(chan struct{}, 100)}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked++
		n, answer := s.asked, s.answer
		s.mu.Unlock()
		b, err := io.ReadAll(r.Body)
		if answer != nil && answer(n, w, r) {
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		var v any
		if err == nil {
			v, err = jsonschema.UnmarshalJSON(bytes.NewReader(b))
		}
		if err == nil {
			err = schema.Validate(v)
		}
		if largest := map[webhook.Format]int{webhook.Teams: 28 << 10}[format]; largest > 0 && len(b) > largest {
			err = fmt.Errorf("%d bytes are more than it takes", len(b))
		}
		if err != nil || r.Method != http.MethodPost || r.URL.Path != path || r.URL.Query().Get("sig") != sig || r.Header.Get("Content-Type") != "application/json" {
			s.wrong = append(s.wrong, fmt.Errorf("%s %s %v: %w", r.Method, r.URL, r.Header, err))
			http.Error(w, "invalid", http.StatusBadRequest)
			return
		}
		s.bodies, s.heads = append(s.bodies, string(b)), append(s.heads, r.Header)
		w.WriteHeader(http.StatusAccepted)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // of connections that break
	s.StartTLS()
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
		for _, err := range s.wrong {
			t.Error(err)
		}
	})
	return &webhook.Channel{
		Name: string(format), Format: format, Now: deliverytest.Now,
		URL:      func(context.Context) (string, error) { return s.URL + path + "?api-version=1&sig=" + sig, nil },
		Key:      func(context.Context) (string, error) { return key, nil },
		Patience: retry.Patience{Tries: 3, Sleep: func(context.Context, time.Duration) error { return nil }},
		TLS:      s.Client().Transport.(*http.Transport).TLSClientConfig,
	}, s
}

func send(t *testing.T, c *webhook.Channel) (delivery.Receipt, error) {
	t.Helper()
	p, err := c.Prepare(deliverytest.Message("R-1", "zebra"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Send(t.Context(), p)
	for _, secret := range []string{path, sig, key} {
		if strings.Contains(fmt.Sprintf("%+v %v", r, err), secret) {
			t.Errorf("%+v, %v: tells %s", r, err, secret)
		}
	}
	return r, err
}

func TestChannel(t *testing.T) {
	for _, format := range formats() {
		t.Run(string(format), func(t *testing.T) {
			deliverytest.TestChannel(t, func(t *testing.T) deliverytest.Far {
				c, s := open(t, format)
				return deliverytest.Far{
					Channel: c,
					Arrived: s.taken,
					Stall: func() func() {
						s.set(func(_ int, _ http.ResponseWriter, r *http.Request) bool {
							s.stalled <- struct{}{}
							<-r.Context().Done()
							return true
						})
						return func() { <-s.stalled }
					},
					Fail: func() {
						s.set(func(_ int, w http.ResponseWriter, r *http.Request) bool {
							told := "no " + s.URL + r.RequestURI + " no\n" + r.URL.Path + " " + sig
							if format == webhook.Generic { // the others are told no key
								told += " " + key
							}
							http.Error(w, told, http.StatusForbidden)
							return true
						})
					},
					Secrets: []string{path, "0a1b2c3d4e", sig, key},
				}
			})
		})
	}
}

// What is too much for a chat is cut, and what is cut off says so.
func TestLimits(t *testing.T) {
	for _, format := range formats() {
		for name, text := range map[string]string{"and": strings.Repeat("&", 10_000), "stars": strings.Repeat("*", 10_000), "wide": strings.Repeat("雲", 10_000)} {
			m := deliverytest.HostileMessage("R-1", text)
			for range 12 {
				m.Digest.Lines = append(m.Digest.Lines, text)
				m.Digest.Facts = append(m.Digest.Facts, delivery.Fact{Name: text, Value: text})
				f := delivery.Finding{ID: text, Title: text, Text: text}
				for range 12 {
					f.Answers = append(f.Answers, delivery.Answer{Name: text, URL: "mailto:a@example.org?subject=" + strings.Repeat("x", 1000)})
				}
				m.Digest.Findings = append(m.Digest.Findings, f)
			}
			c, s := open(t, format)
			p, err := c.Prepare(m)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Send(t.Context(), p); err != nil {
				t.Errorf("%s, %s: %v", format, name, err)
			}
			if got := s.taken(); len(got) != 1 || format != webhook.Generic && !strings.Contains(got[0], "…") {
				t.Errorf("%s, %s: %d arrived", format, name, len(got))
			}
		}
	}
}

// A fact's name ends as its language ends one.
func TestColons(t *testing.T) {
	for colon, want := range map[string][]string{
		"":  {`"text":"Spent: *EUR 5*"`, `"text":"Spent:","type":"TextRun"},{"text":" ",`},
		"：": {`"text":"Spent：*EUR 5*"`, `"text":"Spent：","type":"TextRun"},{"text":"EUR 5"`},
	} {
		m := delivery.Message{ID: "R-1", Digest: delivery.Digest{Colon: colon, Facts: []delivery.Fact{{Name: "Spent", Value: "EUR 5"}}}}
		for i, format := range []webhook.Format{webhook.Slack, webhook.Teams} {
			c, s := open(t, format)
			p, err := c.Prepare(m)
			if err == nil {
				_, err = c.Send(t.Context(), p)
			}
			if got := s.taken(); err != nil || len(got) != 1 || !strings.Contains(got[0], want[i]) {
				t.Errorf("%s with %q: %v, %s has no %s", format, colon, err, got, want[i])
			}
		}
	}
}

// Names from the data call nobody, link nowhere and format nothing.
func TestNamesAreNames(t *testing.T) {
	m := delivery.Message{ID: "R-1", Digest: delivery.Digest{
		Title: "<!channel> & <@U123> *bold* prod_db_1", Lines: []string{"[x](https://evil.example) <at>Ada</at> {{DATE(2017-02-14T06:08:39Z, SHORT)}}"},
		Findings: []delivery.Finding{{ID: "F-1", Answers: []delivery.Answer{
			{Name: "a|b](c)", URL: "mailto:x@example.org?subject=a|b>c)d<!channel>e"}, {Name: "bad", URL: "javascript:alert(1)"}, {Name: "none"},
		}}},
		Link: "https://reports.example.org/a>b|c",
	}}
	for format, c := range map[webhook.Format]struct{ has, lacks []string }{
		webhook.Slack: {
			has: []string{
				`&lt;!channel&gt; &amp; &lt;@U123&gt; ` + "\u2060*bold*", "prod_db_1",
				`<mailto:x@example.org?subject=a%7Cb%3Ec%29d%3C%21channel%3Ee|a/b](c)>`, `<https://reports.example.org/a%3Eb%7Cc|reports.example.org>`,
			},
			lacks: []string{`<!`, `<@`, "javascript", "none"},
		},
		webhook.Teams: {
			has: []string{
				`{"text":"[x](https://evil.example) <at>Ada</at> { {DATE(2017-02-14T06:08:39Z, SHORT)}}","type":"TextRun"}`,
				`[a\\|b\\]\\(c\\)](mailto:x@example.org?subject=a%7Cb%3Ec%29d%3C!channel%3Ee)`,
			},
			lacks: []string{"javascript", "none", "{{", `"entities"`},
		},
	} {
		channel, _ := open(t, format)
		p, err := channel.Prepare(m)
		if err != nil {
			t.Fatal(err)
		}
		got := string(p.Files[0].Bytes)
		for _, want := range c.has {
			// "!" may stand in a URL or be escaped.
			if !strings.Contains(got, want) && !strings.Contains(got, strings.ReplaceAll(want, "%21", "!")) {
				t.Errorf("%s: want %s in\n%s", format, want, got)
			}
		}
		for _, not := range c.lacks {
			if strings.Contains(got, not) {
				t.Errorf("%s: %s stands in\n%s", format, not, got)
			}
		}
	}
}

// The runs of a line of a card follow each other without a space of their own.
func TestCardReads(t *testing.T) {
	channel, _ := open(t, webhook.Teams)
	p, err := channel.Prepare(deliverytest.Message("R-1", "zebra"))
	if err != nil {
		t.Fatal(err)
	}
	var message struct {
		Attachments []struct {
			Content struct {
				Body []struct{ Inlines []struct{ Text string } }
			}
		}
	}
	if err := json.Unmarshal(p.Files[0].Bytes, &message); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, block := range message.Attachments[0].Content.Body {
		line := ""
		for _, run := range block.Inlines {
			line += run.Text
		}
		lines = append(lines, line)
	}
	for _, want := range []string{"Cost: 12.40 EUR", "F-7K3QAA Storage grew"} {
		if !slices.Contains(lines, want) {
			t.Errorf("no line %q in %q", want, lines)
		}
	}
}

func TestSignature(t *testing.T) {
	c, s := open(t, webhook.Generic)
	if _, err := send(t, c); err != nil {
		t.Fatal(err)
	}
	if got, want := s.heads[0].Get(webhook.SignatureHeader), webhook.Sign(key, deliverytest.Now(), []byte(s.bodies[0])); got != want || s.heads[0].Get(webhook.IDHeader) != "R-1" {
		t.Errorf("got %q, want %q", got, want)
	}
	// Of openssl: printf '1795424400.{}' | openssl dgst -sha256 -hmac k3y-of-the-hook
	const want = "t=1795424400,v1=70f11396eab247ad9b390bfc5ebfef4541a5ee31fd3a34b373219ce0d213d4b4"
	if got := webhook.Sign(key, deliverytest.Now(), []byte("{}")); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnswers(t *testing.T) {
	code := func(code int, h ...string) func(int, http.ResponseWriter, *http.Request) bool {
		return func(_ int, w http.ResponseWriter, _ *http.Request) bool {
			if len(h) == 2 {
				w.Header().Set(h[0], h[1])
			}
			w.WriteHeader(code)
			return true
		}
	}
	once := func(f func(int, http.ResponseWriter, *http.Request) bool) func(int, http.ResponseWriter, *http.Request) bool {
		return func(n int, w http.ResponseWriter, r *http.Request) bool { return n == 1 && f(n, w, r) }
	}
	for name, c := range map[string]struct {
		answer func(int, http.ResponseWriter, *http.Request) bool
		asked  int
		waited time.Duration // at least
		says   string
		unsure bool
	}{
		"busy":              {answer: once(code(503)), asked: 2},
		"too many":          {answer: once(code(429, "Retry-After", "77")), asked: 2, waited: 77 * time.Second},
		"until a time":      {answer: once(code(429, "Retry-After", "Mon, 23 Nov 2026 09:01:30 GMT")), asked: 2, waited: 90 * time.Second},
		"for hours":         {answer: code(429, "Retry-After", "7200"), asked: 1, says: "left alone for 2h0m0s"},
		"always busy":       {answer: code(500), asked: 3, says: "500 Internal Server Error; tried 3 times"},
		"gone":              {answer: code(410), asked: 1, says: "410 Gone"},
		"same place":        {answer: once(code(307, "Location", path+"?api-version=2&sig="+sig)), asked: 2},
		"elsewhere":         {answer: code(307, "Location", "https://evil.example/"), asked: 1, says: "another place"},
		"in the open":       {answer: code(308, "Location", "http://127.0.0.1/"), asked: 1, says: "another place"},
		"to be asked again": {answer: code(302, "Location", path), asked: 1, says: "another place"},
		"round and round":   {answer: code(307, "Location", path), asked: 4, says: "another place"},
		"lost":              {answer: func(int, http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }, asked: 1, unsure: true, says: "may have arrived"},
	} {
		t.Run(name, func(t *testing.T) {
			channel, s := open(t, webhook.Teams)
			var waited time.Duration
			channel.Patience.Sleep = func(_ context.Context, d time.Duration) error { waited = max(waited, d); return nil }
			s.set(c.answer)
			_, err := send(t, channel)
			if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q", err, c.says)
			}
			if errors.Is(err, delivery.ErrUnsure) != c.unsure || s.asked != c.asked || waited < c.waited {
				t.Errorf("%v: asked %d times, want %d; waited %v", err, s.asked, c.asked, waited)
			}
		})
	}
}

func TestWhereNothingIsSent(t *testing.T) {
	to := func(url string) func(*webhook.Channel) {
		return func(c *webhook.Channel) {
			c.URL = func(context.Context) (string, error) { return url, nil }
		}
	}
	for name, c := range map[string]struct {
		change func(*webhook.Channel)
		says   string
	}{
		"in the open":  {to("http://127.0.0.1:9" + path + "?sig=" + sig), "allow_http: true"},
		"no URL":       {to("hooks " + sig), "its url is none"},
		"a file":       {to("file://host" + path + "?sig=" + sig), "does not begin with https://"},
		"not trusted":  {func(c *webhook.Channel) { c.TLS = nil }, "its certificate is not good"},
		"nobody there": {to("https://127.0.0.1:1" + path + "?sig=" + sig), "tried 3 times"},
		"no secret": {func(c *webhook.Channel) {
			c.URL = func(context.Context) (string, error) { return "", errors.New("HOOK is empty") }
		}, "url: HOOK is empty"},
		"no key": {func(c *webhook.Channel) {
			c.Format = webhook.Generic
			c.Key = func(context.Context) (string, error) { return "", errors.New("KEY is empty") }
		}, "key: KEY is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			channel, s := open(t, webhook.Teams)
			c.change(channel)
			_, err := send(t, channel)
			if err == nil || !strings.Contains(err.Error(), c.says) || errors.Is(err, delivery.ErrUnsure) || s.asked != 0 {
				t.Errorf("got %v, want %q; asked %d times", err, c.says, s.asked)
			}
		})
	}
	c, _ := open(t, webhook.Slack)
	if _, err := c.Send(t.Context(), delivery.Parcel{ID: "R-1", Channel: "mail", Files: []delivery.File{{Type: "message/rfc822"}}}); err == nil || !strings.Contains(err.Error(), `made for the channel "mail"`) {
		t.Errorf("got %v", err)
	}
	c.Format = "fax"
	if _, err := c.Prepare(deliverytest.Message("R-1", "zebra")); err == nil {
		t.Error("a format that is none was taken")
	}
}
