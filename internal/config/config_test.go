package config_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"usagereport/internal/config"
	"usagereport/usage"
)

const whole = `# who and how
sender: Cloud costs <finops@example.org>
answers_to: answers@example.org
admin: [root@example.org, "Ada <ada@example.org>"]
channels:
  mail:
    kind: mail
    host: smtp.example.org
    port: 465
    tls: implicit
    user: reports
    password: {env: MAIL_PASSWORD}
    attach: [html, pdf]
  folder:
    kind: folder
    dir: out
    attach: xlsx
  ops:
    kind: teams
    url: {file: teams.url}
  chat:
    kind: slack
    url: {command: [pass, show, slack]}
    allow_http: true
  hook:
    kind: webhook
    url: {env: HOOK}
    key: {file: /etc/key}
  store:
    kind: blob
    store: azblob://reports/2026?x=1
    key: {env: KEY}
    attach: []
`

func TestParse(t *testing.T) {
	c, err := config.Parse("etc/usagereport.yaml", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	if c.Sender != "Cloud costs <finops@example.org>" || c.AnswersTo != "answers@example.org" || !reflect.DeepEqual(c.Admin, []string{"root@example.org", "Ada <ada@example.org>"}) || len(c.Channels) != 6 {
		t.Errorf("got %+v", c)
	}
	// Secrets compare as whether they are given: what they are is not to be had.
	type shown struct {
		config.Channel
		secrets string
	}
	for _, want := range []shown{
		{config.Channel{Name: "mail", Kind: config.KindMail, Host: "smtp.example.org", Port: 465, TLS: "implicit", User: "reports", Attach: []string{"html", "pdf"}}, "password"},
		{config.Channel{Name: "folder", Kind: config.KindFolder, Dir: "etc/out", Attach: []string{"xlsx"}}, ""},
		{config.Channel{Name: "ops", Kind: config.KindTeams}, "url"},
		{config.Channel{Name: "chat", Kind: config.KindSlack, AllowHTTP: true}, "url"},
		{config.Channel{Name: "hook", Kind: config.KindWebhook}, "url key"},
		{config.Channel{Name: "store", Kind: config.KindBlob, Store: "azblob://reports/2026?x=1", Days: 7, Attach: []string{}}, "key"},
	} {
		got := c.Channels[want.Name]
		var secrets []string
		for name, s := range map[string]*config.Secret{"password": &got.Password, "url": &got.URL, "key": &got.Key} {
			if s.Given() != strings.Contains(want.secrets, name) {
				t.Errorf("%s: %s is given: %t", want.Name, name, s.Given())
			}
			*s = config.Secret{}
			secrets = append(secrets, name)
		}
		if len(secrets) != 3 || !reflect.DeepEqual(got, want.Channel) {
			t.Errorf("got  %+v\nwant %+v", got, want.Channel)
		}
	}
	for _, empty := range []string{"", "\n", "# nothing\n", "---\n", "channels:\n"} {
		if c, err := config.Parse("x.yaml", []byte(empty)); err != nil || !reflect.DeepEqual(c, config.Default()) {
			t.Errorf("%q: got %+v, %v", empty, c, err)
		}
	}
	if c, err := config.Parse("x.yaml", []byte("sender: finops@example.org")); err != nil || c.AnswersTo != "finops@example.org" || c.Channels["folder"].Dir != "reports" {
		t.Errorf("got %+v, %v", c, err)
	}
}

// The whole bill may have a budget.
func TestBudget(t *testing.T) {
	for text, want := range map[string]config.Budget{
		"budget: {amount: 45000, period: quarter, currency: eur}": {Amount: usage.DecimalOf(45000), Period: "quarter", Currency: "EUR"},
		"budget:\n  amount: 1200.50":                              {Amount: usage.MustDecimal("1200.5"), Period: "month"},
	} {
		if c, err := config.Parse("x.yaml", []byte(text)); err != nil || c.Budget != want {
			t.Errorf("%q: got %+v, %v", text, c.Budget, err)
		}
	}
}

func TestEngine(t *testing.T) {
	c, err := config.Parse("folder/c.yaml", []byte("engine:\n  columns: {BilledCost: cost, Tags: labels}\n  run: exported_at\n  rows: 1000\n  series: 50\n"+
		"  token: {file: token.jwt}\n  password: {env: PASSWORD}\n  ca: ca.pem\n"))
	if err != nil {
		t.Fatal(err)
	}
	e := c.Engine
	if e.Columns["BilledCost"] != "cost" || e.Columns["Tags"] != "labels" || e.Run != "exported_at" || e.Rows != 1000 || e.Series != 50 ||
		e.CA != "folder/ca.pem" || !e.Token.Given() || !e.Password.Given() {
		t.Errorf("got %+v", e)
	}
}

func TestWhatIsWrong(t *testing.T) {
	const mail = "sender: a@example.org\nchannels:\n  m:\n    kind: mail\n    host: h\n"
	for text, want := range map[string]string{
		"sendr: a@example.org":                    `c.yaml:1:1: "sendr" is not known in the file; did you mean sender?`,
		"colour: red":                             `c.yaml:1:1: "colour" is not known in the file; known are admin, answers_to, budget, channels, engine, fiscal_year_begins, sender`,
		"sender: ada":                             `c.yaml:1:9: "ada" is not a mail address`,
		"sender: \"a@example.org\\r\\nBcc: x\"":   `c.yaml:1:9: one line of text is missing here`,
		"sender: [a@example.org]":                 "c.yaml:1:9: text is missing here",
		"sender:\n  a: b":                         "text is missing here",
		"sender: a@example.org\nsender: b@x.org":  "c.yaml:2:1: ",
		"admin: []":                               "the list is empty",
		"admin: [a@example.org, b]":               `"b" is not a mail address`,
		"- a":                                     `c.yaml:1:1: the file is lines of "key: value"`,
		"a: b\n---\nc: d":                         "not known",
		"sender: a@x.org\n---\nadmin: a@x.org":    "a second document",
		"channels: [a]":                           `channels is lines of "key: value"`,
		"channels:\n  'a/b': {kind: folder}":      `c.yaml:2:3: "a/b" cannot be a channel's name`,
		"channels:\n  a: {}":                      "c.yaml:2:3: the channel a has no kind",
		"channels:\n  a: {kind: mial}":            `c.yaml:2:13: "mial" is not known here; did you mean mail?`,
		"channels:\n  a: {kind: fax}":             `"fax" is not known here; known are blob, folder, github, jira, mail, servicenow, slack, teams, webhook`,
		"channels:\n  folder: {kind: teams}":      "the channel named folder is of kind folder",
		"channels:\n  a: {kind: folder, host: h}": `c.yaml:2:21: "host" is not known in the channel a, of kind folder; known are attach, dir, kind`,
		"channels:\n  a: {kind: teams, attach: pdf, url: {env: U}}":             `"attach" is not known`,
		"channels:\n  a: {kind: teams}":                                         "c.yaml:2:3: the channel a, of kind teams, has no url",
		"channels:\n  a: {kind: webhook, url: {env: U}}":                        "has no key",
		"channels:\n  a: {kind: mail, host: h}":                                 "there is no sender, which the channel a needs",
		mail + "    port: 0":                                                    "c.yaml:6:11: a number from 1 to 65535",
		mail + "    port: 99999999999999999999":                                 "a number from 1 to 65535",
		mail + "    tls: ssl":                                                   `"ssl" is not known here`,
		mail + "    insecure: maybe":                                            "true or false",
		mail + "    attach: [docx]":                                             `"docx" is no form of a report`,
		mail + "    user: me":                                                   "one of user and password",
		mail + "    password: {env: P}":                                         "one of user and password",
		mail + "    password: {env: P, file: F}":                                "a secret is in one place",
		mail + "    password: {}":                                               "a secret is in one place",
		mail + "    password:":                                                  "a secret is not written here",
		mail + "    password: {evn: P}":                                         `"evn" is not known in a secret; did you mean env?`,
		mail + "    x: &a 1":                                                    `"x" is not known`,
		mail + "    host: other":                                                "c.yaml:6:5: ",
		mail + "    <<: {port: 1}":                                              "c.yaml:6:5: a key is plain text",
		"channels:\n  a: {kind: blob, store: http://h, key: {env: K}}":          "write a store as azblob://",
		"channels:\n  a: {kind: blob, store: 's3://k:s@b', key: {env: K}}":      "write a store as azblob://",
		"channels:\n  a: {kind: blob, store: s3://b, key: {env: K}, days: 30}":  "a number from 1 to 7",
		"channels:\n  a: {kind: github, token: {env: T}}":                       "has no site",
		"channels:\n  a: {kind: github, site: api.github.com, token: {env: T}}": "c.yaml:2:27: write a site as https://",
		"channels:\n  a: {kind: github, site: 'https://t@h', token: {env: T}}":  "write a site as https://",
		"channels:\n  a: {kind: jira, site: 'https://h', user: a, password: {env: P}, project: FIN}": "has no transition",
		"channels:\n  a: {kind: servicenow, site: 'https://h', user: a, password: hunter2}":          "a secret is not written here",
		"budget: {period: month}":           "is not an amount",
		"engine: {rows: 0}":                 `c.yaml:1:16: a number from 1 to`,
		"engine: {token: eyJhbGciOi}":       `c.yaml:1:17: a secret is not written here`,
		"engine: {columns: BilledCost}":     `c.yaml:1:19: columns is lines of`,
		"engine: {columns: {BilledCost: }}": `c.yaml:1:`,
		"fiscal_year_begins: 4":             `c.yaml:1:21: `,
		"fiscal_year_begins: spring":        `c.yaml:1:21: fiscal_year_begins: "spring" is no month; write its name, like April`,
		"budget: {amount: -1}":              `c.yaml:1:9: amount: "-1" is not an amount like 45000 or 1200.50`,
		"budget: {amount: 1, period: week}": `"week" is not known here; known are month, quarter, year`,
		"a: [":                              "it is no YAML",
		"\tsender: x":                       "it is no YAML",
	} {
		c, err := config.Parse("c.yaml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "c.yaml:") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q:\n got %v\nwant %s\n%+v", text, err, want, c)
		}
	}
}

// A secret that somebody wrote into the file is refused, and not repeated.
func TestLiteralSecrets(t *testing.T) {
	const secret = "hunter2hunter2"
	for _, value := range []string{secret, `"` + secret + `"`, "[" + secret + "]", "|\n      " + secret, "{env: P, file: " + secret + "}", "&a " + secret, "!!str " + secret, `"` + secret, "{" + secret, "[" + secret, "*" + secret} {
		text := "sender: a@example.org\nchannels:\n  m:\n    kind: mail\n    host: h\n    user: u\n    password: " + value + "\n"
		_, err := config.Parse("c.yaml", []byte(text))
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: got %v", value, err)
		}
		if value == secret && !strings.Contains(err.Error(), "c.yaml:7:15: a secret is not written here; write {env: NAME}") {
			t.Errorf("got %v", err)
		}
	}
}

// given returns the secret that is written so.
func given(t *testing.T, dir, written string) config.Secret {
	t.Helper()
	c, err := config.Parse(filepath.Join(dir, "c.yaml"), []byte("channels: {a: {kind: teams, url: "+written+"}}"))
	if err != nil {
		t.Fatal(err)
	}
	return c.Channels["a"].URL
}

func TestSecret(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"one": "from a file\r\n", "empty": "\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	getenv := func(name string) string { return map[string]string{"ONE": "from outside"}[name] }
	for written, want := range map[string]string{
		"{env: ONE}": "from outside", "{file: one}": "from a file", "{command: [cat, one]}": "from a file",
	} {
		got, err := given(t, dir, written).Value(t.Context(), getenv)
		if err != nil || got != want {
			t.Errorf("%s: got %q, %v", written, got, err)
		}
	}
	for written, want := range map[string]string{
		"{env: NONE}": "the environment variable NONE is empty", "{file: empty}": "is empty", "{file: none}": "no such file",
		"{command: [cat, empty]}":                      "what the command cat prints is empty",
		"{command: [sh, -c, 'echo hush >&2; exit 3']}": "run the command sh for a secret: exit status 3",
		"{command: [no-such-program-here, hush]}":      "run the command no-such-program-here",
	} {
		_, err := given(t, dir, written).Value(t.Context(), getenv)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: got %v", written, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := given(t, dir, "{command: [cat, one]}").Value(ctx, getenv); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := (config.Secret{}).Value(t.Context(), getenv); err == nil || (config.Secret{}).Given() {
		t.Errorf("got %v", err)
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	s := given(t, ".", "{command: [vault, hush]}")
	type deep struct{ S []*config.Secret }
	b, err := json.Marshal(map[string]any{"a": s, "b": &s, "c": deep{[]*config.Secret{&s}}})
	if err != nil {
		t.Fatal(err)
	}
	text, err := s.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range []string{
		string(b), string(text), s.String(), s.GoString(), fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q %d %x", s, s, s, s, s, s, s),
		fmt.Sprintf("%+v %#v", struct{ S config.Secret }{s}, []any{s, &s}),
	} {
		if strings.Contains(got, "hush") || strings.Contains(got, "vault") || !strings.Contains(got, "***") {
			t.Errorf("got %s", got)
		}
	}
}

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), config.Name)
	if _, err := config.Read(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if err := os.WriteFile(path, []byte(whole), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := config.Read(path); err != nil || len(c.Channels) != 6 || c.Channels["folder"].Dir != filepath.Join(filepath.Dir(path), "out") {
		t.Errorf("got %+v, %v", c, err)
	}
	if err := os.WriteFile(path, bytes.Repeat([]byte("# "), 600_000), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Read(path); err == nil || !strings.Contains(err.Error(), "larger than 1 MB") {
		t.Errorf("got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(whole))
	for _, text := range []string{"a: [", "a: &x [*x]", "? a\n: b", "channels: {a: {kind: mail, <<: {}}}", "%YAML 1.2\n---\n", "a: |\n  b\n", "\xef\xbb\xbfsender: a@b.c", "!!map {}", strings.Repeat("[", 1000)} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := config.Parse("c.yaml", b)
		if err != nil {
			if !regexp.MustCompile(`^c\.yaml(:\d+:\d+)?: [^\n]+$`).MatchString(err.Error()) {
				t.Errorf("%v does not begin with a place", err)
			}
			return
		}
		if c.Channels[config.Folder].Kind != config.KindFolder {
			t.Error("the folder is missing")
		}
		for name, channel := range c.Channels {
			if channel.Name != name || channel.Kind == "" {
				t.Errorf("%q is %+v", name, channel)
			}
		}
	})
}

// The configurations that the documents show are ones.
func TestExamples(t *testing.T) {
	for _, path := range []string{"../../docs/sending.md", "../../docs/scale-out.md"} {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for part := range strings.SplitSeq(string(b), "```yaml\n") {
			if n++; n == 1 {
				continue
			}
			text, _, ok := strings.Cut(part, "```")
			if _, err := config.Parse(config.Name, []byte(text)); err != nil || !ok {
				t.Errorf("%s, example %d: %v", path, n-1, err)
			}
		}
		if n < 2 {
			t.Errorf("%s has no example", path)
		}
	}
}
