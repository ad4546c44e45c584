package workspace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"usagereport/analysis"
	"usagereport/internal/misuse"
	"usagereport/ledger"
	"usagereport/owners"
	"usagereport/usage"
)

// NoOwners in the place of the owners file's path says that there is none.
const NoOwners = "none"

// OwnersFile reads the owners file: the one that the flag names, else owners.csv
// where it is there, else the one through which the ledger was last looked at. It returns
// nil where there is none; that one was there before is an error, for without it
// all charges would seem to have no owner.
func (s *Session) OwnersFile(ctx context.Context) (*owners.File, error) {
	last, err := s.Ledger.OwnersFile(ctx)
	if err != nil {
		return nil, err
	}
	remember := func(path, sum string) error {
		if path == last.Path && sum == last.SHA256 {
			return nil
		}
		return s.Ledger.Remember(ctx, ledger.Notes{Owners: []ledger.OwnersFile{{
			At: s.Now().UTC().Truncate(time.Second), Path: path,
			SHA256: sum,
		}}})
	}
	path := s.OwnersPath
	switch {
	case path == NoOwners:
		return nil, remember("", "")
	case path != "":
	default:
		path = s.Beside(OwnersName)
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			path = last.Path
		}
	}
	if path == "" {
		return nil, nil
	}
	f, err := s.ownersIn(path)
	if errors.Is(err, fs.ErrNotExist) && path == last.Path {
		return nil, &goneOwnersError{path}
	}
	if err != nil {
		return nil, err
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	return f, remember(full, f.SHA256)
}

// A goneOwnersError says that the owners file through which the ledger was last looked at is not there any more.
type goneOwnersError struct{ path string }

func (e *goneOwnersError) Error() string {
	return fmt.Sprintf("the ledger was last looked at through the owners file %s, which is not there any more; name it with --owners "+
		"FILE, or say with --owners none that there is none", e.path)
}

// ownersIn reads the owners file at path.
func (w *Workspace) ownersIn(path string) (*owners.File, error) {
	b, err := w.ReadSmall(path)
	if err != nil {
		return nil, fmt.Errorf("read the owners file: %w", err)
	}
	f, err := owners.Parse(path, b)
	if err != nil {
		return nil, fmt.Errorf("read the owners file: %w", err)
	}
	return f, nil
}

// RuleColumns returns the columns of FOCUS that rules of the owners file, and of the files of
// dimensions and events, ask for, where there are such.
func (w *Workspace) RuleColumns() (columns []string, err error) {
	var rules []usage.OwnerRule
	if path := cmp.Or(w.OwnersPath, w.Beside(OwnersName)); path != NoOwners {
		f, err := w.ownersIn(path)
		switch {
		case errors.Is(err, fs.ErrNotExist) && w.OwnersPath == "":
		case err != nil:
			return nil, err
		default:
			rules = f.Rules
		}
	}
	made, err := w.Dimensions()
	if err != nil {
		return nil, err
	}
	for _, v := range made {
		rules = append(rules, v.Rules...)
	}
	events, err := w.Events()
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		if len(e.Rules) == 1 { // a rule; a name is looked for in whatever columns there are
			rules = append(rules, e.Rules...)
		}
	}
	for _, r := range rules {
		for _, t := range r.Terms {
			column := t.Column
			if t.Tag != "" {
				column = "Tags"
			}
			if !slices.Contains(columns, column) {
				columns = append(columns, column)
			}
		}
	}
	return columns, nil
}

// Owner returns the owner called name, and the file that says so.
func (s *Session) Owner(ctx context.Context, name string) (*owners.File, owners.Owner, error) {
	f, err := s.NeedOwners(ctx)
	if err != nil {
		return nil, owners.Owner{}, err
	}
	o, err := f.Owner(name)
	if err != nil {
		return nil, o, misuse.Of(err)
	}
	return f, o, nil
}

// ErrNoOwners says that something needs an owners file.
var ErrNoOwners = errors.New("there is no owners file: name one with --owners FILE, or write owners.csv; 'usagereport owners suggest' " +
	"drafts it")

// NeedOwners is OwnersFile for those that can do nothing without one.
func (s *Session) NeedOwners(ctx context.Context) (*owners.File, error) {
	f, err := s.OwnersFile(ctx)
	if err == nil && f == nil {
		err = ErrNoOwners
	}
	return f, err
}

// BudgetOf returns an owner's budget as an analysis takes it.
func BudgetOf(o owners.Owner) analysis.OwnerBudget {
	if o.Budget == nil {
		return analysis.OwnerBudget{}
	}
	return analysis.OwnerBudget{Amount: o.Budget.Amount, Currency: o.Currency, Period: string(o.Budget.Period), WarnAt: o.Budget.WarnAt}
}

// Analysis returns an Analysis of the ledger, of what is the owner's that o names, or of
// all with owners kept apart, or with findings that name their owner where there
// is an owners file.
func (s *Session) Analysis(ctx context.Context, o analysis.Options) (*analysis.Analysis, error) {
	var err error
	if o, err = s.Chosen(ctx, o); err != nil {
		return nil, err
	}
	if o.Today, err = s.Today(ctx, o.AsOf); err != nil {
		return nil, err
	}
	if o, err = s.made(o); err != nil {
		return nil, err
	}
	o.Whose = o.Whose && len(o.Filters) == 0
	if o.Owner == "" && !o.ByOwner && !o.Whose {
		return analysis.New(ctx, s.Ledger, o)
	}
	find := s.NeedOwners
	if o.Owner == "" && !o.ByOwner {
		find = s.OwnersFile
	}
	f, err := find(ctx)
	if err != nil {
		return nil, err
	}
	if f == nil {
		o.Whose = false
		return analysis.New(ctx, s.Ledger, o)
	}
	if o.Whose { // what each owner has is asked on another connection
		s.Ledger.KeepCommon(2)
	}
	return s.analysisBy(ctx, f, o)
}

// Today is the day by which data are old and deadlines have passed: that on which asOf has
// it made or, since the clock is no input, the day of the newest load.
func (s *Session) Today(ctx context.Context, asOf usage.Day) (usage.Day, error) {
	if asOf != 0 {
		return asOf, nil
	}
	at, err := s.Ledger.NewestLoad(ctx)
	if err != nil || at.IsZero() {
		return 0, err
	}
	return usage.DayOf(at), nil
}

// analysisBy is analysis through the owners file f.
func (s *Session) analysisBy(ctx context.Context, f *owners.File, o analysis.Options) (*analysis.Analysis, error) {
	var err error
	if o.OwnersAsOf != 0 {
		f.Rules = rulesOf(f.Rules, o.OwnersAsOf)
	}
	if o.Owner != "" {
		owner, err := f.Owner(o.Owner)
		if err != nil {
			return nil, misuse.Of(err)
		}
		c, err := s.Configuration()
		if err != nil {
			return nil, err
		}
		o.Owner, o.Budget, o.YearBegins = owner.Name, BudgetOf(owner), c.YearBegins
		if len(o.Filters) > 0 { // a part is not held to the budget of the whole
			o.Budget = analysis.OwnerBudget{}
		}
	}
	if o, err = s.made(o); err != nil {
		return nil, err
	}
	return analysis.Look(ctx, s.Ledger, o, f.Rules)
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

// Through returns the owners file, and an analysis of all charges that keeps
// owners apart.
func (s *Session) Through(ctx context.Context, o analysis.Options) (*owners.File, *analysis.Analysis, error) {
	f, err := s.NeedOwners(ctx)
	if err != nil {
		return nil, nil, err
	}
	if o, err = s.Chosen(ctx, o); err == nil {
		o, err = s.made(o)
	}
	if err != nil {
		return nil, nil, err
	}
	a, err := analysis.Look(ctx, s.Ledger, o, f.Rules)
	return f, a, err
}
