package web_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/internal/query"
	"usagereport/internal/query/queries"
	"usagereport/reports"
	"usagereport/usage"
	"usagereport/web"
)

// An estate is a backend that counts what it is asked.
type estate struct {
	version atomic.Int64
	reports atomic.Int64
	slow    chan struct{}
	query   func(ctx context.Context, s web.Statement, w io.Writer) error

	compared web.Choice // what was asked for last
	only     []analysis.Filter
	answered []web.Answer
	saved    []web.Saving
	begins   time.Month // of fiscal years
}

func (e *estate) Version() (string, error) { return string(rune('a' + e.version.Load())), nil }
func (e *estate) Choices(context.Context) (web.Choices, error) {
	return web.Choices{
		Owners: []string{"Search", "<script>alert(1)</script>"}, Currencies: []string{"EUR", "USD"}, Tags: []string{"team"}, YearBegins: e.begins,
		Periods: []analysis.BillingPeriod{{Name: "2026-10", Span: usage.Date(2026, 10, 1).Month()}, {Name: "2026-09", Span: usage.Date(2026, 9, 1).Month()}},
	}, nil
}

func (e *estate) Report(_ context.Context, c web.Choice, only []analysis.Filter) (*analysis.Report, error) {
	e.only = only
	e.reports.Add(1)
	if c.Owner == "nobody" {
		return nil, web.Mistaken(errors.New("there is no owner nobody"))
	}
	if e.slow != nil {
		<-e.slow
	}
	return &analysis.Report{Warnings: []locale.Text{locale.Said("version " + string(rune('a'+e.version.Load())))}}, nil
}

func (e *estate) Compare(_ context.Context, c web.Choice, _ analysis.CompareOptions) ([]analysis.Comparison, error) {
	e.compared = c
	return nil, nil
}

func (e *estate) Finding(_ context.Context, _ web.Choice, id string) (analysis.Finding, usage.Day, error) {
	return analysis.Finding{ID: id, Label: locale.Said("vm-<1>")}, usage.Date(2027, 1, 31), nil
}

func (e *estate) Resources(_ context.Context, _ web.Choice, id string, read bool) (r reports.FindingResources, _ error) {
	switch {
	case id == "F-2KDYGP" && read:
		d := usage.MustDecimal("12.5")
		r.Place, r.Of = "parquet:lake", &analysis.Resources{List: []analysis.ResourceCost{
			{ID: "/subscriptions/a/vm-1", Name: "<i>vm-1", Inside: d, PerDay: &d}, {Inside: d},
		}}
	case id == "F-2KDYGP":
		r.Place, r.Unread = "parquet:lake", true
	}
	return r, nil
}

func (e *estate) Activity(_ context.Context, _ web.Choice, resources []string) ([]analysis.Event, error) {
	return []analysis.Event{{Day: usage.Date(2026, 11, 4), What: "created", Name: resources[0], By: "<b>ci"}}, nil
}

func (e *estate) Answer(_ context.Context, a web.Answer) error {
	if a.Finding == "F-AAAAAA" {
		return web.Mistaken(errors.New("F-AAAAAA: there is no such finding"))
	}
	e.answered = append(e.answered, a)
	return nil
}

func (e *estate) Save(s web.Saving) error {
	e.saved = append(e.saved, s)
	return nil
}

func (e *estate) Query(ctx context.Context, s web.Statement, w io.Writer) error {
	return e.query(ctx, s, w)
}
func (e *estate) Views(context.Context) ([]query.View, error) { return nil, nil }
func (e *estate) Texts(context.Context, string, string) ([]string, error) {
	return nil, nil
}
func (e *estate) Saved() ([]queries.Query, error) { return nil, nil }

func serve(t *testing.T, e *estate, o web.Options) *httptest.Server {
	t.Helper()
	s, err := web.New(e, o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	return server
}

// ask sends a request with some headers (Host among them) and returns what came.
func ask(t *testing.T, method, address, body string, headers ...string) (reply, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Status, resp.Header}, string(b)
}

// A reply is what a server says before the text.
type reply struct {
	StatusCode int
	Status     string
	Header     http.Header
}

// Other sites stay out: by another name, by another origin, without the token.
func TestGuard(t *testing.T) {
	e := &estate{query: func(_ context.Context, _ web.Statement, w io.Writer) error {
		_, err := io.WriteString(w, "{}")
		return err
	}}
	open := serve(t, e, web.Options{Hosts: []string{"costs.example.org"}})
	var noted atomic.Int64
	closed := serve(t, e, web.Options{Token: "s3cret", Note: func(string, ...any) { noted.Add(1) }})
	for _, c := range []struct {
		name, method, address string
		headers               []string
		want                  int
	}{
		{"a page", "GET", open.URL + "/", nil, 200},
		{"by the name localhost", "GET", open.URL + "/", []string{"Host", "localhost:8765"}, 200},
		{"by IPv6", "GET", open.URL + "/", []string{"Host", "[::1]:8765"}, 200},
		{"by the name it was given", "GET", open.URL + "/", []string{"Host", "costs.example.org"}, 200},
		{"by that name in capitals", "GET", open.URL + "/", []string{"Host", "Costs.Example.ORG"}, 200},
		{"passed on by a proxy", "GET", open.URL + "/", []string{"X-Forwarded-For", "192.0.2.7"}, 401},
		{"passed on by a proxy, as RFC 7239 has it", "GET", open.URL + "/", []string{"Forwarded", "for=192.0.2.7"}, 401},
		{"passed on by a network in front", "GET", open.URL + "/", []string{"Cf-Connecting-Ip", "192.0.2.7"}, 401},
		{"passed on by another", "GET", open.URL + "/", []string{"True-Client-IP", "192.0.2.7"}, 401},
		{"passed on by a proxy, with the token", "GET", closed.URL + "/", []string{"X-Forwarded-For", "192.0.2.7", "Authorization", "Bearer s3cret"}, 200},
		{"a wrong token as a header", "GET", closed.URL + "/", []string{"Authorization", "Bearer guess"}, 401},
		{"by a name that somebody lets point here", "GET", open.URL + "/", []string{"Host", "rebound.example.com"}, 421},
		{"by an address of another machine", "GET", open.URL + "/", []string{"Host", "192.0.2.7"}, 421},
		{"without a name", "GET", open.URL + "/", []string{"Host", "localhost.example.com"}, 421},
		{"a statement", "POST", open.URL + "/query", nil, 200},
		{"a statement from the page", "POST", open.URL + "/query", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"a statement from another site", "POST", open.URL + "/query", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"a statement from another site, an old browser", "POST", open.URL + "/query", []string{"Origin", "https://evil.example"}, 403},
		{"a link from another site", "GET", open.URL + "/", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 200},
		{"texts for another site's script", "GET", open.URL + "/values.json?column=ServiceName", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors"}, 403},
		{"another port of this machine", "GET", open.URL + "/schema.json", []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "no-cors"}, 403},
		{"no token", "GET", closed.URL + "/", nil, 401},
		{"no token for an asset", "GET", closed.URL + "/assets/x/live.js", nil, 401},
		{"no token for a statement", "POST", closed.URL + "/query", nil, 401},
		{"a wrong token", "GET", closed.URL + "/?token=guess", nil, 401},
		{"a wrong cookie", "GET", closed.URL + "/", []string{"Cookie", "usagereport-token=guess"}, 401},
		{"the token", "GET", closed.URL + "/?token=s3cret&period=2026-10", nil, 303},
		{"the cookie", "GET", closed.URL + "/", []string{"Cookie", "usagereport-token=s3cret"}, 200},
		{"the token as a header", "GET", closed.URL + "/", []string{"Authorization", "Bearer s3cret"}, 200},
	} {
		body := ""
		if c.method == "POST" {
			body = "sql=SELECT+1"
		}
		resp, text := ask(t, c.method, c.address, body, c.headers...)
		if resp.StatusCode != c.want {
			t.Errorf("%s: %s: %s", c.name, resp.Status, text)
		}
		csp := resp.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'; script-src 'self'; style-src 'self';") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: the policy is %q", c.name, csp)
		}
	}
	resp, _ := ask(t, "GET", closed.URL+"/?token=s3cret&period=2026-10", "")
	if to := resp.Header.Get("Location"); to != "/?period=2026-10" {
		t.Errorf("the token leads to %q", to)
	}
	resp, _ = ask(t, "GET", closed.URL+"//evil.example/?token=s3cret", "")
	if to := resp.Header.Get("Location"); strings.HasPrefix(to, "//") {
		t.Errorf("the token leads to %q", to)
	}
	if cookie := resp.Header.Get("Set-Cookie"); !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Strict") {
		t.Errorf("the cookie is %q", cookie)
	} else if strings.Contains(cookie, "Secure") {
		t.Errorf("the cookie of a page without TLS is never sent: %q", cookie)
	}
	resp, _ = ask(t, "GET", closed.URL+"/?token=s3cret", "", "X-Forwarded-Proto", "https")
	if cookie := resp.Header.Get("Set-Cookie"); !strings.Contains(cookie, "Secure") {
		t.Errorf("the cookie behind TLS is %q", cookie)
	}
	if noted.Load() != 3 {
		t.Errorf("%d wrong tokens were noted, want 3", noted.Load())
	}
}

// A page is made once for a version of the ledger; its names are data.
func TestPagesFollowTheLedger(t *testing.T) {
	e := &estate{}
	s := serve(t, e, web.Options{})
	resp, text := ask(t, "GET", s.URL+"/", "")
	if !strings.Contains(text, "version a") || strings.Contains(text, "<script>alert") || !strings.Contains(text, "&lt;script&gt;alert(1)") {
		t.Errorf("the page is %s", text)
	}
	if strings.Contains(text, "<style") || strings.Contains(text, " style=") {
		t.Error("a style within the page, which the policy forbids")
	}
	for range 10 {
		if again, _ := ask(t, "GET", s.URL+"/", "", "If-None-Match", resp.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
			t.Errorf("asked again it is %s", again.Status)
		}
	}
	if n := e.reports.Load(); n != 1 {
		t.Errorf("made %d times", n)
	}
	e.version.Add(1)
	if _, text := ask(t, "GET", s.URL+"/", "", "If-None-Match", resp.Header.Get("ETag")); !strings.Contains(text, "version b") {
		t.Errorf("after a load it is %s", text)
	}
	if resp, text := ask(t, "GET", s.URL+"/?owner=nobody", ""); resp.StatusCode != 400 || !strings.Contains(text, "there is no owner nobody") {
		t.Errorf("%s: %s", resp.Status, text)
	}
	for _, path := range []string{"/drill?by=nonsense", "/drill?only=nonsense"} {
		if resp, text := ask(t, "GET", s.URL+path, ""); resp.StatusCode != 400 || !strings.Contains(text, "unknown") {
			t.Errorf("%s: %s: %s", path, resp.Status, text)
		}
	}
	if resp, _ := ask(t, "GET", s.URL+"/assets/../web.go", ""); resp.StatusCode == 200 {
		t.Error("a file that is no asset")
	}
}

// Many that ask for a page in the making wait for the one that is made.
func TestAPageIsMadeOnce(t *testing.T) {
	e := &estate{slow: make(chan struct{})}
	s := serve(t, e, web.Options{})
	done := make(chan string)
	for range 20 {
		go func() {
			_, text := ask(t, "GET", s.URL+"/", "")
			done <- text
		}()
	}
	time.Sleep(100 * time.Millisecond)
	close(e.slow)
	for range 20 {
		if text := <-done; !strings.Contains(text, "version a") {
			t.Error(text)
		}
	}
	if n := e.reports.Load(); n != 1 {
		t.Errorf("made %d times", n)
	}
}

// Each visit to the SQL page has a nonce of its own, in the policy and in the page.
func TestNonces(t *testing.T) {
	s := serve(t, &estate{}, web.Options{})
	seen := map[string]bool{}
	for range 3 {
		resp, text := ask(t, "GET", s.URL+"/sql", "")
		_, nonce, _ := strings.Cut(resp.Header.Get("Content-Security-Policy"), "'nonce-")
		nonce, _, _ = strings.Cut(nonce, "'")
		if len(nonce) < 20 || seen[nonce] || !strings.Contains(text, nonce) {
			t.Errorf("the nonce %q: seen before %v, in the page %v", nonce, seen[nonce], strings.Contains(text, nonce))
		}
		seen[nonce] = true
	}
}

// The page that is asked for first is there before anybody asks for it, after each
// load.
func TestTheFirstPageIsWarm(t *testing.T) {
	e := &estate{}
	s, err := web.New(e, web.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	for want := int64(1); want <= 2; want++ {
		for begun := time.Now(); e.reports.Load() < want; time.Sleep(20 * time.Millisecond) {
			if time.Since(begun) > 10*time.Minute {
				t.Fatalf("version %d was never made", want)
			}
		}
		if _, text := ask(t, "GET", "http://"+l.Addr().String()+"/", ""); !strings.Contains(text, "version "+string(rune('a'+want-1))) || e.reports.Load() != want {
			t.Errorf("made %d times: %s", e.reports.Load(), text)
		}
		e.version.Add(1)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A statement ends when its page goes, when it takes too long, and says what is
// wrong with it; what broke off in the middle is no whole file.
func TestStatements(t *testing.T) {
	e := &estate{}
	s, short := serve(t, e, web.Options{Limit: time.Hour}), serve(t, e, web.Options{Limit: 300 * time.Millisecond})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan struct{}, 2)
	e.query = func(asked context.Context, _ web.Statement, _ io.Writer) error {
		cancel() // the page goes once its statement runs
		<-asked.Done()
		ended <- struct{}{}
		return asked.Err()
	}
	r, err := http.NewRequestWithContext(ctx, "POST", s.URL+"/query", strings.NewReader("sql=endless"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded") // or its body is not read, and nothing beyond it
	if resp, err := http.DefaultClient.Do(r); err == nil {
		resp.Body.Close()
		t.Error("it answered")
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Minute):
		t.Fatal("the statement goes on without its page")
	}
	if resp, text := ask(t, "POST", short.URL+"/query", "sql=endless"); resp.StatusCode != 400 || !strings.Contains(text, "took longer than 300ms") {
		t.Errorf("%s: %s", resp.Status, text)
	}
	var got web.Statement
	e.query = func(_ context.Context, s web.Statement, w io.Writer) error {
		got = s
		_, err := io.WriteString(w, "a,b\n")
		return err
	}
	form := url.Values{"sql": {"SELECT $x"}, "format": {"csv"}, "param.x": {"1, 2"}}
	resp, text := ask(t, "POST", s.URL+"/query", form.Encode())
	if text != "a,b\n" || resp.Header.Get("Content-Disposition") != `attachment; filename="usage.csv"` || got.Params["x"] != "1, 2" || got.Limit != 0 {
		t.Errorf("%s, %q, %+v", text, resp.Header, got)
	}
	if resp, text := ask(t, "POST", s.URL+"/query", "sql=1&format=parquet"); resp.StatusCode != 400 || !strings.Contains(text, "use grid, csv or json") {
		t.Errorf("%s: %s", resp.Status, text)
	}
	e.query = func(_ context.Context, _ web.Statement, w io.Writer) error {
		_, _ = io.WriteString(w, strings.Repeat("half\n", 10000))
		return errors.New("the disk is full")
	}
	if resp, text := ask(t, "POST", s.URL+"/query", form.Encode()); resp.StatusCode != 400 || text != "the disk is full\n" {
		t.Errorf("half a file: %s: %.100s", resp.Status, text)
	}
	if resp, _ := ask(t, "POST", s.URL+"/query", "sql="+strings.Repeat("x", 2<<20)); resp.StatusCode != 400 {
		t.Errorf("two megabytes of SQL: %s", resp.Status)
	}
}

// A statement that waited in vain for its place is told so, and one visitor alone does
// not hold all places.
func TestPlacesOfStatements(t *testing.T) {
	e := &estate{}
	const token = "long enough for a token"
	s := serve(t, e, web.Options{Token: token, Patience: 200 * time.Millisecond})
	stop, running, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	e.query = func(context.Context, web.Statement, io.Writer) error {
		running <- struct{}{}
		<-stop
		return nil
	}
	from := func(visitor string) (reply, string) {
		return ask(t, "POST", s.URL+"/query", "sql=1", "X-Forwarded-For", visitor, "Authorization", "Bearer "+token)
	}
	hold := func(visitor string) {
		go func() {
			from(visitor)
			ended <- struct{}{}
		}()
		<-running
	}
	for range 3 {
		hold("one")
	}
	if resp, text := from("one"); resp.StatusCode != 503 || !strings.Contains(text, "3 statements of yours are running") {
		t.Errorf("a fourth of one visitor: %s: %s", resp.Status, text)
	}
	hold("two")
	if resp, text := from("two"); resp.StatusCode != 503 || !strings.Contains(text, "4 statements are running") || resp.Header.Get("Retry-After") == "" {
		t.Errorf("a fifth: %s: %s", resp.Status, text)
	}
	close(stop)
	for range 4 {
		<-ended
	}
	go func() { <-running }()
	if resp, _ := from("one"); resp.StatusCode != 200 {
		t.Errorf("when they have ended: %s", resp.Status)
	}
}

// Readers that take nothing of their results hold no place, and not their connections
// for ever.
func TestSlowReaders(t *testing.T) {
	e := &estate{}
	s := serve(t, e, web.Options{Patience: time.Minute, Slowest: 200 * time.Millisecond, Now: time.Now})
	e.query = func(_ context.Context, s web.Statement, w io.Writer) error {
		size := 1
		if s.SQL == "much" {
			size = 64 << 20
		}
		_, err := w.Write(make([]byte, size))
		return err
	}
	var slow []io.Reader
	for range 4 {
		r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/query", strings.NewReader("sql=much"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		slow = append(slow, resp.Body)
	}
	if resp, text := ask(t, "POST", s.URL+"/query", "sql=little"); resp.StatusCode != 200 || len(text) != 1 {
		t.Errorf("beside slow readers: %s: %.100q", resp.Status, text)
	}
	time.Sleep(time.Second)
	for _, body := range slow {
		if n, err := io.Copy(io.Discard, body); err == nil {
			t.Errorf("a reader that waited got all %d bytes", n)
		}
	}
}

// A result has a limit, beyond which nothing of it is sent.
func TestLargestResult(t *testing.T) {
	e := &estate{query: func(_ context.Context, _ web.Statement, w io.Writer) error {
		_, err := w.Write(make([]byte, 11))
		return err
	}}
	s := serve(t, e, web.Options{MaxResult: 10, Dir: t.TempDir()})
	if resp, text := ask(t, "POST", s.URL+"/query", "sql=1"); resp.StatusCode != 400 || !strings.Contains(text, "larger than a page may ask for") {
		t.Errorf("%s: %s", resp.Status, text)
	}
}

// One visitor cannot hold any number of requests.
func TestRequestsOfOneVisitor(t *testing.T) {
	e := &estate{slow: make(chan struct{})}
	s := serve(t, e, web.Options{})
	codes := make(chan int, 120)
	for range 120 {
		go func() {
			resp, _ := ask(t, "GET", s.URL+"/", "")
			codes <- resp.StatusCode
		}()
	}
	for range 20 {
		if code := <-codes; code != http.StatusTooManyRequests {
			t.Errorf("one of too many: %d", code)
		}
	}
	close(e.slow)
	for range 100 {
		if code := <-codes; code != 200 {
			t.Errorf("one of a hundred: %d", code)
		}
	}
}

// guardOf returns what the forms of a page hold for the server to know them by.
func guardOf(t *testing.T, text string) string {
	t.Helper()
	_, guard, ok := strings.Cut(text, `name="guard" value="`)
	if guard, _, _ = strings.Cut(guard, `"`); !ok || len(guard) < 20 {
		t.Fatalf("no form with a guard: %s", text)
	}
	return guard
}

// A finding is answered by the form on its page, a query saved by the one on the SQL page,
// and by nothing else.
func TestChanges(t *testing.T) {
	e := &estate{}
	s := serve(t, e, web.Options{})
	where := "/drill?by=SkuMeter&finding=F-7K3QAB&only=ResourceId%3Dx"
	_, text := ask(t, "GET", s.URL+where, "")
	if !strings.Contains(text, "created on 4 Nov by &lt;b&gt;ci") {
		t.Errorf("what was done to the resource is missing: %s", text)
	}
	if !strings.Contains(text, "vm-&lt;1&gt;") || !strings.Contains(text, `value="2027-01-31"`) || !strings.Contains(text, "/drill?by=SkuMeter&amp;finding=F-7K3QAB") {
		t.Errorf("the page of a finding is %s", text)
	}
	guard := guardOf(t, text)
	form := func(more ...string) string {
		q := url.Values{"guard": {guard}, "finding": {"F-7K3QAB"}, "answer": {"planned"}, "until": {"2026-12-31"}, "by": {" Ada "}, "back": {where}}
		for i := 0; i < len(more); i += 2 {
			q.Set(more[i], more[i+1])
		}
		return q.Encode()
	}
	for _, c := range []struct {
		name, path, body string
		headers          []string
		want             int
		says             string // in the text, or where it leads
	}{
		{"an answer", "/answers", form(), nil, 303, where},
		{"one that leads elsewhere", "/answers", form("back", "https://evil.example/drill"), nil, 303, "/"},
		{"one that leads to another host", "/answers", form("back", "//evil.example/drill"), nil, 303, "/"},
		{"one to nothing", "/answers", form("finding", "F-AAAAAA"), nil, 400, "there is no such finding"},
		{"without the guard", "/answers", form("guard", ""), nil, 403, "load the page again"},
		{"with another guard", "/answers", form("guard", "AAAAAAAAAAAAAAAAAAAAAAAAAA"), nil, 403, "load the page again"},
		{"from another site", "/answers", form(), []string{"Sec-Fetch-Site", "cross-site"}, 403, ""},
		{"from another site's form", "/answers", form(), []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 403, ""},
		{"from another origin", "/answers", form(), []string{"Origin", "https://evil.example"}, 403, ""},
		{"a query", "/queries", form("name", "by-team", "title", "By team", "sql", "SELECT 1"), nil, 303, "/sql?name=by-team"},
		{"a query without the guard", "/queries", form("guard", ""), nil, 403, "load the page again"},
	} {
		resp, text := ask(t, "POST", s.URL+c.path, c.body, c.headers...)
		if resp.StatusCode != c.want || !strings.Contains(resp.Header.Get("Location")+text, c.says) {
			t.Errorf("%s: %s, to %q: %s", c.name, resp.Status, resp.Header.Get("Location"), text)
		}
		if to := resp.Header.Get("Location"); strings.Contains(to, "evil") {
			t.Errorf("%s leads to %s", c.name, to)
		}
	}
	want := web.Answer{Finding: "F-7K3QAB", Answer: "planned", Until: "2026-12-31", By: "Ada"}
	if len(e.answered) != 3 || e.answered[0] != want {
		t.Errorf("answered: %+v", e.answered)
	}
	if len(e.saved) != 1 || e.saved[0] != (web.Saving{Name: "by-team", Title: "By team", SQL: "SELECT 1"}) {
		t.Errorf("saved: %+v", e.saved)
	}

	reading := serve(t, e, web.Options{ReadOnly: true})
	for _, path := range []string{where, "/sql"} {
		if _, text := ask(t, "GET", reading.URL+path, ""); strings.Contains(text, `name="guard"`) {
			t.Errorf("read-only, %s has a form that changes something", path)
		}
	}
	if resp, text := ask(t, "POST", reading.URL+"/answers", form()); resp.StatusCode != 403 || !strings.Contains(text, "--read-only") {
		t.Errorf("read-only: %s: %s", resp.Status, text)
	}
}

// A drill offers owners, tags, quarters and years, and takes days of one's own, which its
// address then names.
// The resources that a ledger was loaded without are read when somebody asks for them.
func TestFindingResources(t *testing.T) {
	s := serve(t, &estate{}, web.Options{})
	where := "/drill?by=SkuMeter&finding=F-2KDYGP&only=ServiceName%3Dx"
	_, text := ask(t, "GET", s.URL+where, "")
	read := "/drill?by=SkuMeter&finding=F-2KDYGP&only=ServiceName%3Dx&resources=read"
	if !strings.Contains(text, `href="`+strings.ReplaceAll(read, "&", "&amp;")+`"`) || strings.Contains(text, "vm-1") {
		t.Errorf("the page does not offer to read them:\n%s", text)
	}
	_, text = ask(t, "GET", s.URL+read, "")
	for _, want := range []string{"&lt;i&gt;vm-1", "(none)", "12.50", "Read from parquet:lake"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %s:\n%s", want, text)
		}
	}
	if _, text = ask(t, "GET", s.URL+strings.Replace(where, "F-2KDYGP", "F-7K3QAB", 1), ""); strings.Contains(text, "Its resources") {
		t.Error("the page speaks of resources that the ledger has")
	}
}

func TestDrillChoices(t *testing.T) {
	e := &estate{}
	s := serve(t, e, web.Options{})
	_, text := ask(t, "GET", s.URL+"/drill?period=2026-Q3&against=year", "")
	for _, want := range []string{
		`<option value="x_Owner">`, `<option value="Tags.team">`, `<option value="2026-Q3" selected>`, `<option value="2026">`,
		`<option value="year" selected>`, `<option value="2026-09">`, `type="date" name="before-to"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if !strings.Contains(text, `href="/?period=2026-Q3"`) {
		t.Error("the report is not led to by its days alone")
	}
	if e.compared != (web.Choice{Period: "2026-Q3", Against: "year"}) {
		t.Errorf("compared was %+v", e.compared)
	}
	resp, _ := ask(t, "GET", s.URL+"/drill?period=&against=&by=ServiceName&from=2026-07-01&to=2026-09-30&before-from=2026-01-05&before-to=2026-01-20", "")
	if to := resp.Header.Get("Location"); resp.StatusCode != 303 || to != "/drill?against=2026-01-05..2026-01-20&by=ServiceName&period=2026-Q3" {
		t.Errorf("days lead to %s: %q", resp.Status, to)
	}
	const only = "only=ServiceName%3DStorage&only=Tags.team%3D"
	_, text = ask(t, "GET", s.URL+"/?period=2026-10&"+only, "")
	if !slices.Equal(e.only, []analysis.Filter{{Dimension: usage.Service, Value: "Storage"}, {Dimension: usage.TagDimension("team")}}) {
		t.Errorf("the report is of %v", e.only)
	}
	for _, want := range []string{
		`<input type="hidden" name="only" value="ServiceName=Storage">`, `<strong>Storage</strong> <a href="/?only=Tags.team%3D&amp;period=2026-10"`,
		`href="/drill?by=SubAccountId&amp;only=ServiceName%3DStorage&amp;only=Tags.team%3D&amp;period=2026-10"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("a part's report lacks %s", want)
		}
	}
	ask(t, "GET", s.URL+"/?filter=service%3DBandwidth", "") // as the flag of commands is called
	if !slices.Equal(e.only, []analysis.Filter{{Dimension: usage.Service, Value: "Bandwidth"}}) {
		t.Errorf("the report with a filter is of %v", e.only)
	}
	if _, text = ask(t, "GET", s.URL+"/drill?by=SkuMeter&only=ServiceName%3DStorage&only=x_Owner%3DSearch", ""); !strings.Contains(text,
		`href="/?only=ServiceName%3DStorage&amp;owner=Search"`) {
		t.Error("what is taken apart leads to the report of all")
	}
	resp, _ = ask(t, "GET", s.URL+"/?period=&owner=Search&from=2026-07-10&to=2026-08-15", "")
	if to := resp.Header.Get("Location"); resp.StatusCode != 303 || to != "/?owner=Search&period=2026-07-10..2026-08-15" {
		t.Errorf("a report's days lead to %s: %q", resp.Status, to)
	}
	if resp, text := ask(t, "GET", s.URL+"/drill?from=2026-07-01&to=", ""); resp.StatusCode != 400 {
		t.Errorf("half of them: %s: %s", resp.Status, text)
	}
	if _, text := ask(t, "GET", s.URL+"/drill?owner=Search", ""); strings.Contains(text, `<option value="x_Owner"`) {
		t.Error("one owner's cost by owner")
	}
	e.begins = time.July
	_, text = ask(t, "GET", s.URL+"/drill", "")
	for _, want := range []string{
		`<option value="2026-07-01..2027-06-30">Fiscal year 2026/27</option>`, `<option value="2026-Q3">2026-Q3</option>`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("with fiscal years the page has no %s", want)
		}
	}
	if strings.Contains(text, `<option value="2026">`) {
		t.Error("with fiscal years the page has a calendar year")
	}
	if _, text := ask(t, "GET", s.URL+"/sql?period=2026-09", ""); !strings.Contains(text, "x_BillingPeriod = &#39;2026-09&#39;") {
		t.Errorf("the first statement is not of the period: %s", text)
	}
}
