package main

import (
	"context"

	"github.com/spf13/cobra"

	"usagereport/analysis"
	"usagereport/audit"
	"usagereport/internal/terminal"
	"usagereport/reports/text"
	"usagereport/workspace"
)

type auditOptions struct {
	choosing
	owner   string
	cost    string
	filters []string
}

func newAuditCommand(g *globals) *cobra.Command {
	var o auditOptions
	p := g.printer()
	c := &cobra.Command{
		Use:  "audit",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runAudit(cmd.Context(), g, o, p) },
	}
	f := c.Flags()
	addEngineFlag(f, g)
	o.addFlags(f)
	addOwnerFlag(f, &o.owner)
	addFilterFlag(f, &o.filters)
	addCostFlag(f, &o.cost)
	addConvertFlag(f, g)
	addFormatFlag(c, &p)
	return c
}

func runAudit(ctx context.Context, g *globals, o auditOptions, p terminal.Printer) error {
	if _, err := p.Document(); err != nil { // before the work, not after it
		return err
	}
	ao, err := o.options(g)
	if err != nil {
		return err
	}
	q := workspace.Question{Options: ao}
	if q.Filters, err = partOf(g, o.filters, ""); err != nil {
		return err
	}
	if q.Cost, err = costOf(o.cost); err != nil {
		return err
	}
	q.Owner, q.Whose = o.owner, true
	s, err := g.work.Session(ctx, false)
	if err != nil {
		return err
	}
	defer s.Close()
	a, err := s.Report(ctx, q)
	if err != nil {
		return err
	}
	defer a.Close()
	claims, err := audited(ctx, a, s)
	if err != nil {
		return err
	}
	failed := audit.Failed(claims)
	if err = text.Audit(p, claims, failed); err == nil && len(failed) > 0 {
		err = errCondition
	}
	return err
}

// audited checks the claims of a report, and notes in it how many there are.
func audited(ctx context.Context, a *workspace.Answer, s *workspace.Session) ([]audit.Claim, error) {
	asked, err := s.Options("", "")
	if err != nil {
		return nil, err
	}
	o := audit.Options{AsOf: asked.AsOf, Whole: s.Ledger.DB()}
	if o.Today, err = s.Today(ctx, o.AsOf); err != nil {
		return nil, err
	}
	claims, err := audit.Of(ctx, a.Conn(), a.Report, o)
	a.Report.Audited = &analysis.Audited{Claims: audit.Checked(claims), Failed: len(audit.Failed(claims))}
	return claims, err
}
