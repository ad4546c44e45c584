package config

import (
	_ "embed" // of the sample
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

func (r *reader) channels(n ast.Node) error {
	entries, err := r.entries(n, "channels")
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := keyOf(e)
		if !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`).MatchString(name) {
			return r.errorf(e.Key, "%.80q cannot be a channel's name, which is letters, digits, - and _", name)
		}
		c, err := r.channel(name, e)
		if err != nil {
			return err
		}
		r.Channels[name] = c
	}
	return nil
}

// channel reads one channel. Which keys it knows, its kind says, wherever that
// stands.
func (r *reader) channel(name string, e *ast.MappingValueNode) (Channel, error) {
	what := "the channel " + name
	c := Channel{Name: name}
	entries, err := r.entries(e.Value, what)
	if err != nil {
		return c, err
	}
	kind := ""
	for _, e := range entries {
		if keyOf(e) == "kind" {
			var names []string
			for _, k := range Kinds() {
				names = append(names, string(k))
			}
			if err := r.oneOf(&kind, names...)(e.Value); err != nil {
				return c, err
			}
		}
	}
	if kind == "" {
		return c, r.errorf(e.Key, "%s has no kind; write kind: mail, or another of %s", what, strings.Trim(fmt.Sprint(Kinds()), "[]"))
	}
	c.Kind = Kind(kind)
	if name == Folder && c.Kind != KindFolder {
		return c, r.errorf(e.Key, "the channel named folder is of kind folder; give this one another name")
	}
	known := map[string]func(ast.Node) error{"kind": func(ast.Node) error { return nil }}
	needed := []string{}
	switch c.Kind {
	case KindFolder:
		c.Dir = "reports"
		known["dir"] = func(n ast.Node) error {
			err := r.text(&c.Dir)(n)
			c.Dir = r.below(c.Dir)
			return err
		}
	case KindMail:
		needed = []string{"host"}
		known["host"] = r.text(&c.Host)
		known["port"] = r.number(&c.Port, 1, 65535)
		known["tls"] = r.oneOf(&c.TLS, "starttls", "implicit", "none")
		known["insecure"] = r.boolean(&c.Insecure)
		known["user"] = r.text(&c.User)
		known["password"] = r.secret(&c.Password)
	case KindTeams, KindSlack, KindWebhook:
		needed = []string{"url"}
		known["url"] = r.secret(&c.URL)
		known["allow_http"] = r.boolean(&c.AllowHTTP)
		if c.Kind == KindWebhook {
			needed = append(needed, "key")
			known["key"] = r.secret(&c.Key)
		}
	case KindJira:
		needed = []string{"site", "user", "password", "project", "transition"}
		c.Type = "Task"
		known["project"], known["type"], known["transition"] = r.text(&c.Project), r.text(&c.Type), r.text(&c.Transition)
		known["user"], known["password"] = r.text(&c.User), r.secret(&c.Password)
	case KindServiceNow:
		needed = []string{"site", "user", "password"}
		c.Project, c.Transition = "incident", "Solved (Permanently)"
		known["table"], known["close_code"] = r.text(&c.Project), r.text(&c.Transition)
		known["user"], known["password"] = r.text(&c.User), r.secret(&c.Password)
	case KindGitHub:
		needed = []string{"site", "token"}
		known["token"] = r.secret(&c.Key)
	case KindBlob:
		needed = []string{"store", "key"}
		c.Days = 7
		known["store"] = r.store(&c.Store)
		known["days"] = r.number(&c.Days, 1, 7) // the most that S3 signs for
		known["key"] = r.secret(&c.Key)
	}
	if c.Kind.Tickets() {
		known["site"] = r.site(&c.Site)
		known["allow_http"] = r.boolean(&c.AllowHTTP)
	}
	if slices.Contains([]Kind{KindMail, KindTeams, KindSlack, KindWebhook}, c.Kind) {
		known["link"] = r.text(&c.Link)
	}
	if slices.Contains([]Kind{KindFolder, KindMail, KindBlob}, c.Kind) {
		c.Attach = attachDefault()
		known["attach"] = r.attach(&c.Attach)
	}
	if err := r.fields(e.Value, fmt.Sprintf("%s, of kind %s", what, c.Kind), known); err != nil {
		return c, err
	}
	for _, key := range needed {
		if !slices.ContainsFunc(entries, func(e *ast.MappingValueNode) bool { return keyOf(e) == key }) {
			return c, r.errorf(e.Key, "%s, of kind %s, has no %s", what, c.Kind, key)
		}
	}
	if (c.User != "") != c.Password.Given() {
		return c, r.errorf(e.Key, "%s has one of user and password; give both, or none", what)
	}
	return c, nil
}

// site reads the address of a system of tickets, which holds no credential.
func (r *reader) site(to *string) func(ast.Node) error {
	return func(n ast.Node) error {
		if err := r.text(to)(n); err != nil {
			return err
		}
		u, err := url.Parse(*to)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return r.errorf(n, "write a site as https://example.atlassian.net, or https://api.github.com/repos/OWNER/REPO")
		}
		return nil
	}
}

// store reads the place of a blob channel, which holds no credential.
func (r *reader) store(to *string) func(ast.Node) error {
	return func(n ast.Node) error {
		if err := r.text(to)(n); err != nil {
			return err
		}
		u, err := url.Parse(*to)
		if err != nil || u.Scheme != "azblob" && u.Scheme != "s3" || u.Host == "" || u.User != nil || u.Fragment != "" {
			return r.errorf(n, "write a store as azblob://container/prefix or s3://bucket/prefix")
		}
		return nil
	}
}
