package workspace

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"usagereport/analysis"
)

// RedactKeyName is the file with the key of pseudonyms where no flag names one.
const RedactKeyName = "redact.key"

// Redact replaces the names in r by pseudonyms, with the key in the file at path.
func (s *Session) Redact(ctx context.Context, a *analysis.Analysis, r *analysis.Report, path string) error {
	key, err := s.redactKey(path)
	if err != nil {
		return err
	}
	var names []string
	f, err := s.OwnersFile(ctx)
	if err != nil {
		return err
	}
	if f != nil {
		for _, o := range f.Owners {
			names = append(names, o.Name)
		}
		for _, rule := range f.Rules { // shared cost has a name of its own
			names = append(names, rule.Owner)
		}
	}
	p, err := a.NewPseudonyms(ctx, key, names)
	if err != nil {
		return err
	}
	made, err := s.Dimensions()
	if err != nil {
		return err
	}
	for _, v := range made {
		p.Also(v.Name, v.Rest)
		for _, rule := range v.Rules {
			p.Also(rule.Owner)
		}
	}
	given, err := s.GivenTags()
	if err != nil {
		return err
	}
	for _, rule := range given {
		p.Also(rule.Key, rule.Value)
	}
	metrics, err := s.Metrics()
	if err != nil {
		return err
	}
	for _, m := range metrics {
		p.Also(m.Name, m.Of())
		for _, t := range m.Scope {
			p.Also(t.Value)
		}
	}
	r.Redact(p)
	return nil
}

// KeptHome returns an error where the key would leave with the report: where it lies
// in the folder that out is written into, or below. The folder that one works in
// is home, whatever is written there.
func KeptHome(key, out string) error {
	if out == "" || out == "-" {
		return nil
	}
	folder, err := realFolder(filepath.Dir(out))
	if err != nil {
		return err
	}
	here, err := realFolder(".")
	if err != nil {
		return err
	}
	home, err := realFolder(filepath.Dir(key))
	if err != nil {
		return err
	}
	if within(home, folder) && !within(here, folder) {
		return fmt.Errorf("--redact-key: %s lies in the folder of the report, and would leave with it; keep it elsewhere", key)
	}
	return nil
}

// realFolder returns the absolute path of a folder, without links as far as it is
// there.
func realFolder(path string) (string, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	rest := ""
	for p := full; ; p = filepath.Dir(p) {
		if real, err := filepath.EvalSymlinks(p); err == nil {
			return filepath.Join(real, rest), nil
		}
		if p == filepath.Dir(p) {
			return full, nil
		}
		rest = filepath.Join(filepath.Base(p), rest)
	}
}

// within reports whether path is folder or below it.
func within(path, folder string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(rel)
}

// keyBytes is how long a key is.
const keyBytes = 32

// redactKey reads the key in the file at path, and makes one where there is none.
func (w *Workspace) redactKey(path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return w.makeRedactKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("--redact-key: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(b)))
	if err != nil || len(key) < keyBytes {
		return nil, fmt.Errorf("--redact-key: %s holds no key: %d hexadecimal digits; name another file, and one is made", path, 2*keyBytes)
	}
	return key, nil
}

func (w *Workspace) makeRedactKey(path string) ([]byte, error) {
	key := make([]byte, keyBytes)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("--redact-key: %w", err)
	}
	_, err = fmt.Fprintf(f, "%x\n", key)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("--redact-key: write %s: %w", path, err)
	}
	w.Note("made the key %s: keep it, and keep it home; with it the same names get the same pseudonyms", path)
	return key, nil
}
