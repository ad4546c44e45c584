package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"usagereport/analysis"
	"usagereport/ledger"
	"usagereport/owners"
	"usagereport/usage"
)

func addOwnerFlag(f *pflag.FlagSet, name *string) {
	f.StringVar(name, "owner", "", "only what is this owner's, by its `NAME` in the owners file")
}

// The owners file where no flag names one, and what names none.
const (
	defaultOwners = "owners.csv"
	noOwners      = "none"
)

// ownersFile reads the owners file: the one that the flag names, else owners.csv
// where it is there, else the one through which l was last looked at. It returns
// nil where there is none; that one was there before is an error, for without it
// all charges would seem to be nobody's.
func (g *globals) ownersFile(ctx context.Context, l *ledger.Ledger) (*owners.File, error) {
	last, err := l.OwnersFile(ctx)
	if err != nil {
		return nil, err
	}
	remember := func(path, sum string) error {
		if path == last.Path && sum == last.SHA256 {
			return nil
		}
		return l.Remember(ctx, ledger.Notes{Owners: []ledger.OwnersFile{{At: g.env.now().UTC().Truncate(time.Second), Path: path, SHA256: sum}}})
	}
	path := g.owners
	switch {
	case path == noOwners:
		return nil, remember("", "")
	case path != "":
	default:
		path = g.beside(defaultOwners)
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			path = last.Path
		}
	}
	if path == "" {
		return nil, nil
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && path == last.Path {
		return nil, fmt.Errorf("the ledger was last looked at through the owners file %s, which is not there any more; name it with --owners FILE, or say with --owners none that there is none", path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the owners file: %w", err)
	}
	f, err := owners.Parse(path, b)
	if err != nil {
		return nil, fmt.Errorf("read the owners file: %w", err)
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	return f, remember(full, f.SHA256)
}

// beside returns the path of a file beside the configuration that --config names,
// or in the folder that one works in.
func (g *globals) beside(name string) string {
	if g.config == "" {
		return name
	}
	return filepath.Join(filepath.Dir(g.config), name)
}

// owner returns the owner called name, and the file that says so.
func (g *globals) owner(ctx context.Context, l *ledger.Ledger, name string) (*owners.File, owners.Owner, error) {
	f, err := g.needOwners(ctx, l)
	if err != nil {
		return nil, owners.Owner{}, err
	}
	o, err := f.Owner(name)
	if err != nil {
		return nil, o, usageError{err}
	}
	return f, o, nil
}

// needOwners is ownersFile for those that can do nothing without one.
func (g *globals) needOwners(ctx context.Context, l *ledger.Ledger) (*owners.File, error) {
	f, err := g.ownersFile(ctx, l)
	if err == nil && f == nil {
		err = errors.New("there is no owners file: name one with --owners FILE, or write owners.csv; 'usagereport owners suggest' drafts it")
	}
	return f, err
}

func budgetOf(o owners.Owner) analysis.OwnerBudget {
	if o.Budget == nil {
		return analysis.OwnerBudget{}
	}
	return analysis.OwnerBudget{Amount: o.Budget.Amount, Currency: o.Currency, Period: string(o.Budget.Period)}
}

// analysis returns an Analysis of l, of what is the owner's that o names, or of
// all with owners told apart, or with findings that say whose they are where there
// is an owners file.
func (g *globals) analysis(ctx context.Context, l *ledger.Ledger, o analysis.Options) (*analysis.Analysis, error) {
	if o.Owner == "" && !o.ByOwner && !o.Whose {
		return analysis.New(ctx, l, o)
	}
	find := g.needOwners
	if o.Owner == "" && !o.ByOwner {
		find = g.ownersFile
	}
	f, err := find(ctx, l)
	if err != nil {
		return nil, err
	}
	if f == nil {
		o.Whose = false
		return analysis.New(ctx, l, o)
	}
	return g.analysisBy(ctx, l, f, o)
}

// analysisBy is analysis through the owners file f.
func (g *globals) analysisBy(ctx context.Context, l *ledger.Ledger, f *owners.File, o analysis.Options) (*analysis.Analysis, error) {
	if o.OwnersAsOf != 0 {
		f.Rules = rulesOf(f.Rules, o.OwnersAsOf)
	}
	if o.Owner != "" {
		owner, err := f.Owner(o.Owner)
		if err != nil {
			return nil, usageError{err}
		}
		o.Owner, o.Budget = owner.Name, budgetOf(owner)
	}
	return analysis.Look(ctx, l, o, f.Rules)
}

// rulesOf returns the rules that hold on day, for ever.
func rulesOf(rules []usage.OwnerRule, day usage.Day) (out []usage.OwnerRule) {
	for _, r := range rules {
		if r.Within().Contains(day) {
			r.From, r.To = 0, 0
			out = append(out, r)
		}
	}
	return out
}

// byOwner reports whether dims tell owners apart, for which one owner's charges
// are of no use.
func byOwner(dims []usage.Dimension, owner string) (bool, error) {
	by := slices.Contains(dims, usage.Owner)
	if by && owner != "" {
		return false, usageError{errors.New("--owner, and owner as a dimension or filter: give one of them")}
	}
	return by, nil
}
