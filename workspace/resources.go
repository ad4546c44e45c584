package workspace

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/atomicfile"
	"usagereport/ledger"
	"usagereport/usage"
)

// A Finer is the place that a ledger was loaded from without the resources of its charges.
type Finer struct {
	Place string // as loads name it
	// Read returns a ledger of the charges that a finding covers with their resources; nil where
	// the place is not to be asked. all says that any column may decide what is whose.
	Read func(ctx context.Context, c analysis.Covered, has []usage.Dimension, all bool) (*ledger.Ledger, error)
}

// WithoutResources is the first place of one of the schemes that the ledger was loaded from without
// resources, "" where there is none.
func (s *Session) WithoutResources(ctx context.Context, schemes ...string) (string, error) {
	for _, scheme := range schemes {
		there, err := s.Ledger.Places(ctx, scheme+":")
		if err != nil {
			return "", err
		}
		last := ""
		for _, p := range there {
			place := p.Ref[:max(0, strings.LastIndexByte(p.Ref, '#'))]
			if place == last { // another month of it
				continue
			}
			last = place
			has, any, err := s.Ledger.DimensionsOf(ctx, place+"#")
			if err != nil || any && !slices.Contains(has, usage.Resource) {
				return place, err
			}
		}
	}
	return "", nil
}

// An UnreadError says that a finding's resources are not known yet.
type UnreadError struct{ ID, Place string }

func (e *UnreadError) Error() string {
	return fmt.Sprintf("the ledger was loaded from %s without resources; 'usagereport anomalies why %s --engine PLACE', with the flags of "+
		"that load, reads those of this finding there", e.Place, e.ID)
}

// Resources returns what a finding's charges cost by resource, as they were read where they came
// from, this time or before: what was read is kept for as long as neither the finding nor what it
// covers changes. It returns nil where the ledger has the resources, or the place has none.
func (s *Session) Resources(ctx context.Context, o analysis.Options, e analysis.Evidence, f Finer) (*analysis.Resources, error) {
	c, ok := e.Covered()
	if !ok || o.Convert {
		return nil, nil
	}
	begin := f.Place + "#"
	has, from, err := s.Ledger.DimensionsOf(ctx, begin)
	if err != nil || !from || slices.Contains(has, usage.Resource) {
		return nil, err
	}
	limited := o.Owner != "" || len(o.Filters) > 0
	kept := ""
	if !limited { // what is whose depends on more than the charges
		if kept, err = s.keptResources(ctx, c, begin); err != nil {
			return nil, err
		}
		if r := readResources(kept, e); r != nil {
			return r, nil
		}
	}
	if f.Read == nil {
		return nil, &UnreadError{e.ID, f.Place}
	}
	l, err := f.Read(ctx, c, has, limited)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	finer := s.On(l)
	o.Period, o.Month, o.Days, o.Before, o.Whose = "", "", usage.Period{}, usage.Period{}, false
	a, err := finer.Analysis(ctx, o)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	r, err := a.ByResource(ctx, e, f.Place, has)
	if err != nil {
		return nil, err
	}
	if kept == "" {
		return &r, nil
	}
	if err := keepResources(kept, r); err != nil {
		s.Note("what was read of the resources is not kept for the next time: %v", err)
	}
	return &r, nil
}

// keptResources is the file for a finding's resources: its name changes with what the finding
// covers, and with what the ledger has of its months. It is "" where there is no place for it.
func (s *Session) keptResources(ctx context.Context, c analysis.Covered, begin string) (string, error) {
	dir := s.Getenv("XDG_CACHE_HOME")
	if home := s.Getenv("HOME"); dir == "" && home != "" {
		dir = filepath.Join(home, ".cache")
	}
	if dir == "" {
		return "", nil
	}
	months, err := s.Ledger.Places(ctx, begin)
	if err != nil {
		return "", err
	}
	first, last := (c.Days.From - 31).String()[:7], (c.Days.To + 31).String()[:7] // a bill may begin in another month
	months = slices.DeleteFunc(months, func(p ledger.Place) bool {
		name := strings.TrimPrefix(p.Ref, begin)
		_, err := usage.ParseMonth(name)
		return err == nil && (name < first || name > last)
	})
	b, err := json.Marshal(struct {
		Covered analysis.Covered
		Months  []ledger.Place
	}{c, months})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return filepath.Join(dir, "usagereport", "resources", hex.EncodeToString(sum[:16])+".json"), nil
}

// readResources returns what was kept; nil where there is nothing, or it is not of these amounts.
func readResources(path string, e analysis.Evidence) *analysis.Resources {
	b, err := os.ReadFile(path)
	var r analysis.Resources
	if err != nil || json.Unmarshal(b, &r) != nil || !r.Of(e) {
		return nil
	}
	return &r
}

func keepResources(path string, r analysis.Resources) error {
	return errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), atomicfile.WriteAs(path, 0o600, func(w io.Writer) error {
		return json.NewEncoder(w).Encode(r)
	}))
}
