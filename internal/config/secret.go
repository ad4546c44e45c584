package config

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A Secret is where a password or key is: in the environment, in a file, or in
// what a command prints. It is looked up when it is needed, and never kept; however
// a Secret is printed, it is three stars.
type Secret struct {
	env     string
	file    string
	command []string
	at      string // the configuration file that names it
}

// Given reports whether the file says where the secret is.
func (s Secret) Given() bool { return s.env != "" || s.file != "" || s.command != nil }

// Value looks the secret up. Its error names where it should have been, and
// nothing of what was there. A line end behind it is no part of it.
func (s Secret) Value(ctx context.Context, getenv func(string) string) (string, error) {
	var value, where string
	switch {
	case s.env != "":
		where = "the environment variable " + s.env
		value = getenv(s.env)
	case s.file != "":
		where = "the file " + s.file
		b, err := os.ReadFile(s.file)
		if err != nil {
			var path *fs.PathError
			if errors.As(err, &path) {
				err = path.Err
			}
			return "", fmt.Errorf("read the secret in %s: %w", where, err)
		}
		value = string(b)
	case s.command != nil:
		where = "what the command " + s.command[0] + " prints"
		c := exec.CommandContext(ctx, s.command[0], s.command[1:]...)
		c.Dir = filepath.Dir(s.at)
		var out bytes.Buffer
		c.Stdout = &out // what it says on stderr may hold secrets, too, and is not kept
		if err := c.Run(); err != nil {
			if ctx.Err() != nil {
				err = ctx.Err()
			}
			return "", fmt.Errorf("run the command %s for a secret: %w", s.command[0], err)
		}
		value = out.String()
	default:
		return "", errors.New("no secret is given")
	}
	value = strings.TrimRight(value, "\r\n")
	if value == "" {
		return "", fmt.Errorf("%s is empty, where a secret should be", where)
	}
	return value, nil
}

const hidden = "***"

// Format implements fmt.Formatter, for all verbs.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// String implements fmt.Stringer.
func (s Secret) String() string { return hidden }

// GoString implements fmt.GoStringer.
func (s Secret) GoString() string { return hidden }

// MarshalText implements encoding.TextMarshaler.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// MarshalJSON implements json.Marshaler.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }
