// Package config reads usagereport.yaml: who sends reports, who looks after them,
// and the channels that they go by. It is read strictly. A key that is not known
// is an error, for one that is misspelled would do nothing, in silence.
package config

import (
	_ "embed" // of the sample
	"errors"
	"fmt"
	"io"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"usagereport/internal/nearest"
	"usagereport/usage"
)

// Name is the file that is read where no other is named, if it is there.
const Name = "usagereport.yaml"

// Sample is a file of which nothing holds yet: each key stands behind a #, and says what it is.
//
//go:embed sample.yaml
var Sample []byte

// Folder is the name of the channel that is always there.
const Folder = "folder"

// A Config is what the file says, checked.
type Config struct {
	Sender    string   // an address, which may have a name before it; "" if none is given
	Admin     []string // the administrator's addresses
	AnswersTo string   // where answers go; Sender where the file says nothing
	Channels  map[string]Channel
	// YearBegins is the month with which a fiscal year begins, for pages that offer years.
	YearBegins time.Month
	Budget     Budget // of all that the ledger holds; zero where the file says nothing
	Engine     Engine
}

// An Engine is what must be known of a place that is read by --engine.
type Engine struct {
	Columns  map[string]string // by FOCUS's name, what the place calls it
	Run      string            // the column that tells the runs of an export apart
	Rows     int               // of charges that it may give; 0 for the usual number
	Series   int               // of combinations of names; 0 for the usual number
	Password Secret
	Token    Secret
	CA       string // the file with the certificate that signs the server's
}

// A Budget is what the whole bill may cost.
type Budget struct {
	Amount   usage.Decimal
	Period   string // month, quarter or year; "" where there is no budget
	Currency string // "" is the one that there are charges in
}

// A Kind is a kind of channel.
type Kind string

const (
	KindFolder  Kind = "folder"
	KindMail    Kind = "mail"
	KindTeams   Kind = "teams"
	KindSlack   Kind = "slack"
	KindWebhook Kind = "webhook"
	KindBlob    Kind = "blob"

	// Those that keep a ticket for each finding.
	KindJira       Kind = "jira"
	KindServiceNow Kind = "servicenow"
	KindGitHub     Kind = "github"
)

// Tickets reports whether a channel of this kind keeps a ticket for each finding.
func (k Kind) Tickets() bool { return k == KindJira || k == KindServiceNow || k == KindGitHub }

// Kinds lists the kinds of channels.
func Kinds() []Kind {
	return []Kind{KindFolder, KindMail, KindTeams, KindSlack, KindWebhook, KindBlob, KindJira, KindServiceNow, KindGitHub}
}

// A Channel is one of the file's channels. What its kind has no use for is zero.
type Channel struct {
	Name   string
	Kind   Kind
	Attach []string // the report's forms: html, pdf, xlsx; nil for chats, which take no files

	Dir string // of a folder

	Host     string // of a mail server
	Port     int    // 0 is the usual one
	TLS      string // "" is starttls
	Insecure bool
	User     string
	Password Secret

	URL       Secret // of a webhook
	AllowHTTP bool

	Site       string // of a system of tickets, its address
	Project    string // of Jira, its key; of ServiceNow, the table
	Type       string // of Jira, that of an issue
	Transition string // of Jira, that which closes an issue; of ServiceNow, the close code

	Store string // azblob://container or s3://bucket, with a prefix
	Days  int    // for which links to a store are good

	Link string // the name of a blob channel, into which reports go that a message leads to

	Key Secret // that signs (webhook), opens (github), or makes paths that cannot be guessed (blob)
}

// Default is what holds without a file.
func Default() Config {
	folder := Channel{Name: Folder, Kind: KindFolder, Attach: attachDefault(), Dir: "reports"}
	return Config{YearBegins: time.January, Channels: map[string]Channel{Folder: folder}}
}

func attachDefault() []string { return []string{"html"} }

// Read reads a file.
func Read(path string) (Config, error) {
	const most = 1 << 20
	f, err := os.Open(path)
	if err != nil {
		return Config{}, fmt.Errorf("read the configuration: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return Config{}, fmt.Errorf("read the configuration: %w", err)
	}
	if len(b) > most {
		return Config{}, fmt.Errorf("read the configuration: %s is larger than 1 MB, which no configuration is", path)
	}
	return Parse(path, b)
}

// Parse reads the text of the file path. Paths in it are below that file's
// folder. Errors are path:line:column: what is wrong.
func Parse(path string, text []byte) (Config, error) {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		var at interface { // the library's text of an error shows the lines around it, which may hold secrets
			GetMessage() string
			GetToken() *token.Token
		}
		if errors.As(err, &at) && at.GetToken() != nil && at.GetToken().Position != nil {
			p := at.GetToken().Position
			return Config{}, fmt.Errorf("%s:%d:%d: it is no YAML: %s", path, p.Line, p.Column, at.GetMessage())
		}
		return Config{}, fmt.Errorf("%s: it is no YAML", path)
	}
	r := reader{path: path, Config: Default()}
	n := 0
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.CommentType || doc.Body.Type() == ast.CommentGroupType {
			continue
		}
		if n++; n > 1 {
			return Config{}, r.errorf(doc.Body, "a second document begins; the file has one")
		}
		if err := r.fields(doc.Body, "the file", map[string]func(ast.Node) error{
			"sender":             r.address(&r.Sender),
			"answers_to":         r.address(&r.AnswersTo),
			"admin":              r.addresses(&r.Admin),
			"channels":           r.channels,
			"budget":             r.budget,
			"engine":             r.engine,
			"fiscal_year_begins": r.yearBegins,
		}); err != nil {
			return Config{}, err
		}
	}
	if r.AnswersTo == "" {
		r.AnswersTo = r.Sender
	}
	for name, c := range r.Channels {
		if c.Kind == KindMail && r.Sender == "" {
			return Config{}, fmt.Errorf("%s: there is no sender, which the channel %s needs; write sender: ADDRESS", path, name)
		}
		if c.Link != "" && r.Channels[c.Link].Kind != KindBlob {
			return Config{}, fmt.Errorf("%s: link of the channel %s: there is no channel %q of kind blob", path, name, c.Link)
		}
	}
	return r.Config, nil
}

// yearBegins reads a month's name.
func (r *reader) yearBegins(n ast.Node) error {
	var name string
	if err := r.text(&name)(n); err != nil {
		return err
	}
	for m := time.January; m <= time.December; m++ {
		if strings.EqualFold(m.String(), name) {
			r.YearBegins = m
			return nil
		}
	}
	return r.errorf(n, "fiscal_year_begins: %q is no month; write its name, like April", name)
}

// A reader reads the file at path into Config.
type reader struct {
	path string
	Config
}

func (r *reader) errorf(n ast.Node, format string, args ...any) error {
	line, column := 1, 1
	if t := n.GetToken(); t != nil && t.Position != nil {
		line, column = t.Position.Line, t.Position.Column
	}
	return fmt.Errorf("%s:%d:%d: %s", r.path, line, column, fmt.Sprintf(format, args...))
}

// entries returns the keys and values of a mapping.
func (r *reader) entries(n ast.Node, what string) ([]*ast.MappingValueNode, error) {
	var entries []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		entries = n.Values
	case *ast.MappingValueNode:
		entries = []*ast.MappingValueNode{n}
	case *ast.NullNode:
	default:
		return nil, r.errorf(n, "%s is lines of \"key: value\"", what)
	}
	seen := map[string]bool{}
	for _, e := range entries {
		key, ok := e.Key.(*ast.StringNode)
		if !ok {
			return nil, r.errorf(e.Key, "a key is plain text")
		}
		if seen[key.Value] {
			return nil, r.errorf(e.Key, "%q is there twice", key.Value)
		}
		seen[key.Value] = true
	}
	return entries, nil
}

func keyOf(e *ast.MappingValueNode) string { return e.Key.(*ast.StringNode).Value }

// fields reads a mapping whose keys are known.
func (r *reader) fields(n ast.Node, what string, known map[string]func(ast.Node) error) error {
	entries, err := r.entries(n, what)
	if err != nil {
		return err
	}
	for _, e := range entries {
		read, ok := known[keyOf(e)]
		if !ok {
			var names []string
			for name := range known {
				names = append(names, name)
			}
			return r.errorf(e.Key, "%q is not known in %s; %s", keyOf(e), what, suggest(keyOf(e), names))
		}
		if err := read(e.Value); err != nil {
			return err
		}
	}
	return nil
}

// text reads one line of text.
func (r *reader) text(to *string) func(ast.Node) error {
	return func(n ast.Node) error {
		var value string
		switch n := n.(type) {
		case *ast.StringNode:
			value = n.Value
		case *ast.LiteralNode:
			value = n.Value.Value
		case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode: // a name may look like one
			value = n.GetToken().Value
		default:
			return r.errorf(n, "text is missing here; quote it if it is text")
		}
		if value == "" || strings.ContainsFunc(value, func(c rune) bool { return c < ' ' || c == 0x7f }) {
			return r.errorf(n, "one line of text is missing here")
		}
		*to = value
		return nil
	}
}

// list reads texts, or one of them.
func (r *reader) list(to *[]string) func(ast.Node) error {
	return func(n ast.Node) error {
		nodes := []ast.Node{n}
		if s, ok := n.(*ast.SequenceNode); ok {
			nodes = s.Values
		}
		var list []string
		for _, n := range nodes {
			var value string
			if err := r.text(&value)(n); err != nil {
				return err
			}
			list = append(list, value)
		}
		if len(list) == 0 {
			return r.errorf(n, "the list is empty")
		}
		*to = list
		return nil
	}
}

// budget reads what the whole bill may cost.
func (r *reader) budget(n ast.Node) error {
	b := Budget{Period: "month"}
	var amount string
	if err := r.fields(n, "budget", map[string]func(ast.Node) error{
		"amount":   r.text(&amount),
		"period":   r.oneOf(&b.Period, "month", "quarter", "year"),
		"currency": r.text(&b.Currency),
	}); err != nil {
		return err
	}
	var rounded bool
	var err error
	if b.Amount, rounded, err = usage.ParseDecimal(amount); err != nil || rounded || b.Amount.Sign() < 0 {
		return r.errorf(n, "amount: %q is not an amount like 45000 or 1200.50", amount)
	}
	b.Currency = strings.ToUpper(b.Currency)
	r.Budget = b
	return nil
}

// engine reads what must be known of a place that is read by --engine.
func (r *reader) engine(n ast.Node) error {
	const most = 1_000_000_000
	err := r.fields(n, "engine", map[string]func(ast.Node) error{
		"columns":  r.renamed,
		"run":      r.text(&r.Engine.Run),
		"rows":     r.number(&r.Engine.Rows, 1, most),
		"series":   r.number(&r.Engine.Series, 1, most),
		"password": r.secret(&r.Engine.Password),
		"token":    r.secret(&r.Engine.Token),
		"ca":       r.text(&r.Engine.CA),
	})
	r.Engine.CA = r.below(r.Engine.CA)
	return err
}

// renamed reads names by the names that stand for them.
func (r *reader) renamed(n ast.Node) error {
	entries, err := r.entries(n, "columns")
	if err != nil {
		return err
	}
	r.Engine.Columns = map[string]string{}
	for _, e := range entries {
		var name string
		if err := r.text(&name)(e.Value); err != nil {
			return err
		}
		r.Engine.Columns[keyOf(e)] = name
	}
	return nil
}

func (r *reader) address(to *string) func(ast.Node) error {
	return func(n ast.Node) error {
		if err := r.text(to)(n); err != nil {
			return err
		}
		if _, err := mail.ParseAddress(*to); err != nil {
			return r.errorf(n, "%q is not a mail address", *to)
		}
		return nil
	}
}

func (r *reader) addresses(to *[]string) func(ast.Node) error {
	return func(n ast.Node) error {
		if err := r.list(to)(n); err != nil {
			return err
		}
		for _, a := range *to {
			if _, err := mail.ParseAddress(a); err != nil {
				return r.errorf(n, "%q is not a mail address", a)
			}
		}
		return nil
	}
}

func (r *reader) boolean(to *bool) func(ast.Node) error {
	return func(n ast.Node) error {
		b, ok := n.(*ast.BoolNode)
		if !ok {
			return r.errorf(n, "true or false is missing here")
		}
		*to = b.Value
		return nil
	}
}

func (r *reader) number(to *int, least, most int) func(ast.Node) error {
	return func(n ast.Node) error {
		if _, ok := n.(*ast.IntegerNode); ok {
			if i, err := strconv.Atoi(n.GetToken().Value); err == nil && i >= least && i <= most {
				*to = i
				return nil
			}
		}
		return r.errorf(n, "a number from %d to %d is missing here", least, most)
	}
}

func (r *reader) oneOf(to *string, values ...string) func(ast.Node) error {
	return func(n ast.Node) error {
		if err := r.text(to)(n); err != nil {
			return err
		}
		if !slices.Contains(values, *to) {
			return r.errorf(n, "%q is not known here; %s", *to, suggest(*to, values))
		}
		return nil
	}
}

func (r *reader) attach(to *[]string) func(ast.Node) error {
	return func(n ast.Node) error {
		if s, ok := n.(*ast.SequenceNode); ok && len(s.Values) == 0 { // the mail alone
			*to = []string{}
			return nil
		}
		if err := r.list(to)(n); err != nil {
			return err
		}
		for _, form := range *to {
			if !slices.Contains([]string{"html", "pdf", "xlsx"}, form) {
				return r.errorf(n, "%q is no form of a report; write html, pdf or xlsx", form)
			}
		}
		return nil
	}
}

func (r *reader) secret(to *Secret) func(ast.Node) error {
	return func(n ast.Node) error {
		if _, err := r.entries(n, ""); err != nil || n.Type() == ast.NullType {
			return r.errorf(n, "a secret is not written here; write {env: NAME}, {file: PATH} or {command: [PROGRAM, ...]}, where it is")
		}
		s := Secret{at: r.path}
		if err := r.fields(n, "a secret", map[string]func(ast.Node) error{
			"env": r.text(&s.env), "file": r.text(&s.file), "command": r.list(&s.command),
		}); err != nil {
			return err
		}
		ways := 0
		for _, given := range []bool{s.env != "", s.file != "", s.command != nil} {
			if given {
				ways++
			}
		}
		if ways != 1 {
			return r.errorf(n, "a secret is in one place: env, file or command")
		}
		s.file = r.below(s.file)
		*to = s
		return nil
	}
}

// below returns a path that the file names, which is below the file's folder.
func (r *reader) below(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(r.path), path)
}

// suggest says which of names comes near to one that is not known.
func suggest(name string, names []string) string {
	slices.Sort(names)
	best, least := "", 3 // more changes than two make another word
	for _, n := range names {
		if len(name) > 100 { // which takes long, and is none of them
			break
		}
		if d := nearest.Distance(strings.ToLower(name), n); d < least && d < len(n) {
			best, least = n, d
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %s?", best)
	}
	return "known are " + strings.Join(names, ", ")
}
