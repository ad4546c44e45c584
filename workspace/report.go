package workspace

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/owners"
	"usagereport/usage"
)

// A Question is what a report is to answer.
type Question struct {
	analysis.Options        // Owner may be written in any case of letters
	Since            string // the record to compare with; "" is the last that its reader has
	Findings         bool   // only what the period's findings are; nothing is compared with
	// Empty is what the report says where there are no charges; where it is empty,
	// that is an error.
	Empty locale.Text
}

// An Answer is a report, and the analysis that it was made by. Close it.
type Answer struct {
	*analysis.Analysis
	Report *analysis.Report
	Owner  owners.Owner // with no name where the report is of all
	Empty  bool         // there are no charges, which Report says as the question has it
	File   *owners.File // that says so; nil where the report is of all
}

// Session takes in answers.csv and invoices.csv and opens the ledger, for reports.
func (w *Workspace) Session(ctx context.Context, strict bool) (*Session, error) {
	if err := w.TakeIn(ctx, strict); err != nil {
		return nil, err
	}
	return w.Open(ctx)
}

// Report answers a question. It is the only way from a ledger to a report.
func (s *Session) Report(ctx context.Context, q Question) (_ *Answer, err error) {
	out := &Answer{}
	if q.Owner != "" {
		if out.File, out.Owner, err = s.Owner(ctx, q.Owner); err != nil {
			return nil, err
		}
		q.Owner = out.Owner.Name
	}
	if q.Owner == "" && !q.Findings && len(q.Filters) == 0 { // a part is not held to the budget of the whole
		c, err := s.Configuration()
		if err != nil {
			return nil, err
		}
		q.Budget, q.YearBegins = analysis.OwnerBudget{Amount: c.Budget.Amount, Currency: c.Budget.Currency, Period: c.Budget.Period}, c.YearBegins
	}
	if q.Options, err = s.Chosen(ctx, q.Options); err != nil {
		return nil, err
	}
	if out.Analysis, err = s.Analysis(ctx, q.Options); err != nil {
		return nil, err
	}
	if out.Report, err = s.report(ctx, q, out); err == nil && !q.Findings {
		if len(q.Filters) == 0 { // of a part nothing was said before, and no owner has a part of it
			err = errors.Join(s.sinceLast(ctx, out.Report, q), s.standings(ctx, q.Options, out))
		}
		err = errors.Join(err, s.madeParts(ctx, q.Options, out.Report), s.unitCosts(ctx, q.Options, out.Report))
		if len(out.Report.Parts) > 0 {
			strays, straysErr := s.Strays(ctx, out.Analysis)
			out.Report.Warnings, err = append(out.Report.Warnings, strays...), errors.Join(err, straysErr)
		}
	}
	if err != nil {
		return nil, errors.Join(err, out.Close())
	}
	return out, nil
}

func (s *Session) report(ctx context.Context, q Question, out *Answer) (*analysis.Report, error) {
	r, err := out.Analysis.Report(ctx)
	absent := (*analysis.AbsentError)(nil)
	switch {
	case q.Owner != "" && len(q.Filters) == 0 && analysis.IsNothing(err):
		q.Budget = BudgetOf(out.Owner)
		if r, err = s.nothing(ctx, q.Options, out.Analysis); err == nil {
			err = s.beginsLater(ctx, r)
		}
		if err == nil && !q.Findings && r.Parts[0].Shared == nil {
			s.Note("owner %s: no charges in the period; the report says so", q.Owner)
		}
	case errors.As(err, &absent) && absent.Gap:
		s.Note("%s; the report says so", absent.Text)
		r, err = &analysis.Report{Warnings: []locale.Text{absent.Text}}, nil
	case errors.Is(err, analysis.ErrEmpty) && !q.Empty.Empty():
		out.Empty = true
		r, err = &analysis.Report{Warnings: []locale.Text{q.Empty}}, nil
	}
	if err != nil {
		return nil, err
	}
	r.Version = s.Version
	return r, nil
}

// nothing returns the report on the owner that theirs is of, which has no charges in
// the period.
func (s *Session) nothing(ctx context.Context, o analysis.Options, theirs *analysis.Analysis) (*analysis.Report, error) {
	o.Owner, o.Budget = "", analysis.OwnerBudget{}
	var err error
	if o.Today, err = s.Today(ctx, o.AsOf); err != nil {
		return nil, err
	}
	all, err := analysis.New(ctx, s.Ledger, o)
	if err != nil {
		return nil, err
	}
	defer all.Close()
	return analysis.Nothing(ctx, all, theirs)
}

// beginsLater warns in r where its owner has no charges because all lines of the owners file that name it hold
// from a later day on: that the costs of an heir are not known is no cost of nothing.
func (s *Session) beginsLater(ctx context.Context, r *analysis.Report) error {
	f, err := s.OwnersFile(ctx)
	if err != nil {
		return err
	}
	p := &r.Parts[0]
	var begins usage.Day
	for _, rule := range f.Rules {
		switch {
		case rule.Share != nil || rule.Owner != r.Owner:
		case rule.From <= p.Period.Reach:
			return nil
		case begins == 0 || rule.From < begins:
			begins = rule.From
		}
	}
	if begins > 0 {
		p.Warnings = append(p.Warnings, locale.T("By the owners file, %s has charges from %s on; these data end on %s", r.Owner, begins,
			p.Period.Reach))
	}
	return nil
}

// Finding returns one of the findings that a report on q lists, and the part of the report in
// which it stands.
func (s *Session) Finding(ctx context.Context, q Question, id string) (f analysis.Finding, in *analysis.Part, err error) {
	q.Findings = true
	a, err := s.Report(ctx, q)
	if err != nil {
		return f, nil, err
	}
	defer a.Close()
	named := func(f analysis.Finding) bool { return strings.EqualFold(f.ID, id) }
	for i := range a.Report.Parts {
		p := &a.Report.Parts[i]
		for _, list := range [][]analysis.Finding{p.Findings, p.Minor, p.Down, p.Answered} {
			if i := slices.IndexFunc(list, named); i >= 0 {
				return list[i], p, nil
			}
		}
	}
	side, err := s.SideFindings(ctx, q.Options)
	if err != nil {
		return f, nil, err
	}
	if i := slices.IndexFunc(side, named); i >= 0 && len(a.Report.Parts) > 0 {
		return side[i], &a.Report.Parts[0], nil
	}
	return f, nil, fmt.Errorf("%s: this period has no such finding; the report lists those that it has", id)
}
