// Package trino is the engine for a table of a Trino cluster that is there already.
package trino

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/trinodb/trino-go-client/trino"

	"usagereport/engine"
	"usagereport/usage"
)

// Scheme begins the name of such an engine.
const Scheme = "trino"

// retry is how long a request is tried again: a coordinator that is gone is told soon.
const retry = 15 * time.Second

// A Place is a table of a cluster, as its address says.
type Place struct {
	Host                   string // with the port
	User                   string
	Catalog, Schema, Table string
	Plain                  bool // without TLS
}

// ErrPassword says that an address holds a password.
var ErrPassword = errors.New("an address holds no password; put it into a file, and name that in usagereport.yaml (engine: password: " +
	"{file: " +
	"PATH}), or into $USAGEREPORT_ENGINE_PASSWORD")

// ParsePlace reads an address: USER@HOST:8443/CATALOG/SCHEMA?table=TABLE, and tls=false for
// a cluster on this machine. Its errors show nothing of what may be a secret.
func ParsePlace(address string) (p Place, err error) {
	u, err := url.Parse(Scheme + ":" + address)
	if err != nil {
		return p, errors.New("it is no address")
	}
	if _, given := u.User.Password(); given {
		return p, ErrPassword
	}
	p.User, p.Host = u.User.Username(), u.Host
	p.Catalog, p.Schema, _ = strings.Cut(strings.Trim(u.Path, "/"), "/")
	q := u.Query()
	p.Table, p.Plain = q.Get("table"), q.Get("tls") == "false"
	for name := range q {
		if name != "table" && name != "tls" {
			return p, fmt.Errorf("it has %s=, which is not known; there are table= and tls=false", name)
		}
	}
	if u.Port() == "" && p.Host != "" {
		p.Host = net.JoinHostPort(u.Hostname(), "443")
	}
	for part, is := range map[string]string{"user": p.User, "host": p.Host, "catalog": p.Catalog, "schema": p.Schema, "table": p.Table} {
		if is == "" {
			return p, fmt.Errorf("it names no %s", part)
		}
	}
	if p.Plain && !loopback(u.Hostname()) {
		return p, errors.New("tls=false is for a cluster on this machine; to any other what is asked and answered must be encrypted")
	}
	return p, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Options say how to open an Engine.
type Options struct {
	Password string // "" for none
	Token    string // a JWT, "" for none
	CA       string // the file with the certificate that signs the server's, "" for the system's
	MaxScan  int64  // bytes that a statement may read; 0 for any number
}

// An Engine asks one table.
type Engine struct {
	place Place
	db    *sql.DB
}

// Open makes ready to ask; nothing is asked yet.
func Open(p Place, o Options) (*Engine, error) {
	e := &Engine{place: p}
	server := url.URL{Scheme: "https", Host: p.Host, User: url.User(p.User)}
	if p.Plain {
		server.Scheme = "http"
	}
	if o.Password != "" {
		server.User = url.UserPassword(p.User, o.Password)
	}
	wait := retry
	config := &trino.Config{
		ServerURI: server.String(), Source: "usagereport", Catalog: p.Catalog, Schema: p.Schema, TimeZone: "UTC", DisableExplicitPrepare: true,
		AccessToken: o.Token, SSLCertPath: o.CA, RequestRetryTimeout: &wait, SessionProperties: map[string]string{},
	}
	if o.MaxScan > 0 {
		config.SessionProperties["query_max_scan_physical_bytes"] = strconv.FormatInt(o.MaxScan, 10) + "B"
	}
	c, err := trino.NewConnector(config)
	if err != nil {
		return nil, fmt.Errorf("%s: make ready to ask it: %s", e.Name(), hide(err.Error(), o.Password, o.Token))
	}
	e.db = sql.OpenDB(c)
	return e, nil
}

// hide takes secrets out of a text.
func hide(text string, secrets ...string) string {
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(strings.ReplaceAll(text, url.QueryEscape(s), "…"), s, "…")
		}
	}
	return text
}

// Name implements engine.Engine.
func (e *Engine) Name() string {
	return fmt.Sprintf("%s://%s/%s/%s/%s", Scheme, e.place.Host, e.place.Catalog, e.place.Schema, e.place.Table)
}

// About implements engine.Engine.
func (e *Engine) About(ctx context.Context) (string, error) {
	var version string
	var workers int
	err := e.db.QueryRowContext(ctx, "SELECT max(node_version), count_if(state = 'active' AND NOT coordinator) FROM system.runtime.nodes").
		Scan(&version, &workers)
	if err != nil {
		return "", e.Explain(ctx, err)
	}
	return fmt.Sprintf("Trino %s with %d workers", version, workers), nil
}

// Describe implements engine.Engine.
func (e *Engine) Describe(ctx context.Context) (out []engine.Column, err error) {
	rows, err := e.db.QueryContext(ctx, "SELECT column_name, data_type FROM "+ident(e.place.Catalog)+".information_schema.columns WHERE "+
		"table_schema = "+
		usage.Literal(strings.ToLower(e.place.Schema))+" AND table_name = "+usage.Literal(strings.ToLower(e.place.Table))+" ORDER BY "+
		"ordinal_position")
	if err != nil {
		return nil, e.Explain(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		var c engine.Column
		if err := rows.Scan(&c.Name, &c.Type); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		return nil, e.Explain(ctx, err)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: there is no such table, or none that this user may see; 'usagereport engine ddl' prints how to make one",
			e.Name())
	}
	return out, nil
}

// ident quotes a name.
func ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Query implements engine.Engine.
func (e *Engine) Query(ctx context.Context, statement string) (*sql.Rows, error) {
	return e.db.QueryContext(ctx, statement)
}

// Dialect implements engine.Engine.
func (e *Engine) Dialect() engine.Dialect {
	relation := ident(e.place.Catalog) + "." + ident(e.place.Schema) + "." + ident(e.place.Table)
	return engine.Dialect{
		Relation: func([]string) string { return relation },
		JSON:     func(value string) string { return "json_format(CAST(" + value + " AS json))" },
		Distinct: func(texts []string) string {
			some := make([]string, len(texts))
			for i, t := range texts {
				some[i] = "coalesce(" + t + ", '')"
			}
			return "approx_distinct(xxhash64(to_utf8(" + strings.Join(some, " || chr(31) || ") + ")), 0.01)"
		},
	}
}

// Files implements engine.Engine: the cluster keeps them to itself.
func (e *Engine) Files() []engine.File { return nil }

// Unchanged implements engine.Engine. What was read is held to what was counted; there is
// nothing else to ask.
func (e *Engine) Unchanged(context.Context, []string) error { return nil }

// Close implements engine.Engine.
func (e *Engine) Close() error { return e.db.Close() }

// ReadsOnly says why a statement is not sent: it does not only read. The word with which it
// begins tells: Trino takes one statement at a time, and none that begins with one of these
// changes anything, but for EXPLAIN ANALYZE, which runs what it explains.
func ReadsOnly(statement string) error {
	const gap = `(?:\s|--[^\n]*\n|/\*.*?\*/)`
	begin := regexp.MustCompile(`(?is)^` + gap + `*(?:EXPLAIN` + gap + `+(?:ANALYZE` + gap + `+)?(?:VERBOSE` + gap + `+)?(?:\([^()]*\)` +
		gap + `*)?)?[\s(]*([a-z]*)`)
	word := strings.ToUpper(begin.FindStringSubmatch(statement)[1])
	if slices.Contains([]string{"SELECT", "WITH", "VALUES", "TABLE", "SHOW", "DESCRIBE", "DESC"}, word) {
		return nil
	}
	return fmt.Errorf("query: %s is not allowed; a query is one statement that reads: SELECT, WITH, VALUES, TABLE, SHOW, DESCRIBE, or "+
		"EXPLAIN before "+
		"one of them", cmp.Or(word, "a statement without a word"))
}
