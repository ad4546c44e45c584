// Package backend answers the pages of web from the folder that one works in: reports, comparisons and
// findings, with what is new beside the ledger, and what visitors answer and save.
package backend

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/internal/misuse"
	"usagereport/ledger"
	"usagereport/reports"
	"usagereport/sending/answers"
	"usagereport/usage"
	"usagereport/web"
	"usagereport/workspace"
)

// A Backend answers the pages of web.
type Backend struct {
	Work *workspace.Workspace
	Tags []string // by which findings are grouped
	Now  func() time.Time
	// Finer is the place that a session's ledger was loaded from without resources.
	Finer func(context.Context, *workspace.Session) (workspace.Finer, error)
	// Ask writes what a statement answers.
	Ask func(context.Context, web.Statement, io.Writer) error

	watch  workspace.Watch
	taking sync.Mutex // answers and invoices in
}

// New returns a backend of work, of which the other fields are to be set.
func New(work *workspace.Workspace) *Backend {
	return &Backend{Work: work, watch: workspace.Watch{Of: work}}
}

func (b *Backend) Version() (string, error) { return b.watch.Version() }

func (b *Backend) Choices(ctx context.Context) (c web.Choices, err error) {
	s, err := b.Work.Open(ctx)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	file, err := s.OwnersFile(ctx)
	if err != nil {
		return c, err
	}
	if file != nil {
		for _, o := range file.Owners {
			c.Owners = append(c.Owners, o.Name)
		}
	}
	var all analysis.Options
	if b.Work.Convert {
		if all, err = b.Work.Options("", ""); err != nil {
			return c, err
		}
	}
	a, err := s.Analysis(ctx, all)
	if err != nil {
		return c, err
	}
	defer a.Close()
	c.Periods, err = a.Periods(ctx)
	if errors.Is(err, analysis.ErrEmpty) {
		err = nil
	}
	for _, p := range c.Periods {
		if !slices.Contains(c.Currencies, p.Total.Currency) {
			c.Currencies = append(c.Currencies, p.Total.Currency)
		}
	}
	slices.Sort(c.Currencies)
	config, configErr := b.Work.Configuration()
	if err = errors.Join(err, configErr); err == nil {
		c.YearBegins = config.YearBegins
		c.Tags, err = a.TagKeys(ctx)
	}
	if err == nil {
		c.Made, err = b.Work.Dimensions()
	}
	return c, err
}

// options are those of an analysis of what a page chooses.
func (b *Backend) options(c web.Choice) (analysis.Options, error) {
	o, err := b.Work.Options(c.Period, "")
	if c.Currency != "" {
		o.Currency = strings.ToUpper(c.Currency)
	}
	return o, err
}

// session opens the ledger with what is new beside it, which pages that are made at
// the same time do not both take in.
func (b *Backend) session(ctx context.Context) (*workspace.Session, error) {
	b.taking.Lock()
	defer b.taking.Unlock()
	return b.Work.Session(ctx, false)
}

func (b *Backend) Report(ctx context.Context, c web.Choice, only []analysis.Filter) (_ *analysis.Report, err error) {
	q := workspace.Question{Empty: locale.T("The ledger holds no charges; load usage files first.")}
	if q.Options, err = b.options(c); err != nil {
		return nil, err
	}
	q.Owner, q.Tags, q.Whose, q.Filters = c.Owner, b.Tags, true, only
	s, err := b.session(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	a, err := s.Report(ctx, q)
	var flag *misuse.Error
	var absent *analysis.AbsentError
	if errors.As(err, &flag) || errors.As(err, &absent) || errors.Is(err, workspace.ErrNoOwners) ||
		analysis.IsUnknownValue(err) || len(only) > 0 && analysis.IsNothing(err) {
		err = web.Mistaken(err)
	}
	if err != nil {
		return nil, err
	}
	return a.Report, a.Close()
}

func (b *Backend) Compare(ctx context.Context, c web.Choice, o analysis.CompareOptions) (cs []analysis.Comparison, err error) {
	ao, err := b.options(c)
	if err != nil {
		return nil, err
	}
	dims := slices.Clone(o.By)
	for _, f := range o.Filters {
		dims = append(dims, f.Dimension)
	}
	ao.Owner, ao.ByOwner, ao.Apart = c.Owner, slices.Contains(dims, usage.Owner), workspace.Apart(dims)
	s, err := b.Work.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if ao, o.Against, err = s.Comparing(ctx, ao, c.Against); err != nil {
		return nil, web.Mistaken(err)
	}
	if cs, err = s.Compare(ctx, ao, o); err != nil {
		return nil, web.Mistaken(err)
	}
	return cs, nil
}

func (b *Backend) Finding(ctx context.Context, c web.Choice, id string) (f analysis.Finding, until usage.Day, err error) {
	var q workspace.Question
	if q.Options, err = b.options(c); err != nil {
		return f, 0, err
	}
	q.Owner, q.Tags, q.Whose = c.Owner, b.Tags, true
	s, err := b.session(ctx)
	if err != nil {
		return f, 0, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	f, part, err := s.Finding(ctx, q, id)
	if err != nil {
		return f, 0, web.Mistaken(err)
	}
	return f, reports.PlannedUntil(part), nil
}

func (b *Backend) Resources(ctx context.Context, c web.Choice, id string, read bool) (r reports.FindingResources, err error) {
	o, err := b.options(c)
	if err != nil {
		return r, err
	}
	o.Owner, o.Tags = c.Owner, b.Tags
	s, err := b.Work.Open(ctx)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	from, err := b.Finer(ctx, s)
	if err != nil || from.Place == "" {
		return r, err
	}
	known := from.Read != nil
	if !read {
		from.Read = nil
	}
	e, err := s.Why(ctx, o, id)
	if err != nil {
		return r, web.Mistaken(err)
	}
	r.Of, err = s.Resources(ctx, o, e, from)
	unread := (*workspace.UnreadError)(nil)
	switch {
	case errors.As(err, &unread):
		r.Place, r.Unread = from.Place, known
		return r, nil
	case err != nil:
		return r, web.Mistaken(err)
	case r.Of != nil:
		r.Place = from.Place
	}
	return r, nil
}

func (b *Backend) Activity(ctx context.Context, c web.Choice, resources []string) (list []analysis.Event, err error) {
	o, err := b.options(c)
	if err != nil {
		return nil, err
	}
	o.Owner = c.Owner
	s, err := b.Work.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	a, err := s.Analysis(ctx, o)
	if err != nil {
		return nil, web.Mistaken(err)
	}
	defer a.Close()
	return a.Activity(ctx, resources)
}

// Answer notes an answer as "answers add" does.
func (b *Backend) Answer(ctx context.Context, said web.Answer) error {
	if said.Answer != ledger.Planned {
		said.Until = "" // the form's one field for it suggests a day
	}
	a, err := answers.Parse(said.Finding, said.Answer, said.Until, b.Now())
	if err != nil {
		return web.Mistaken(err)
	}
	a.Note, a.By = said.Note, cmp.Or(said.By, "a visitor of serve")
	b.taking.Lock()
	defer b.taking.Unlock()
	if _, err = b.Work.NoteAnswers(ctx, []ledger.Answer{a}, false); err != nil {
		return web.Mistaken(err)
	}
	return nil
}
