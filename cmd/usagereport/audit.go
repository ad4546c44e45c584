package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"usagereport/analysis"
	"usagereport/audit"
	"usagereport/internal/query"
	"usagereport/internal/terminal"
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
	format, err := p.Form()
	if err != nil {
		return err
	}
	q := workspace.Question{}
	if q.Options, err = o.options(g); err != nil {
		return err
	}
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
	if format == query.AsJSON {
		err = auditJSON(g, len(claims), failed)
	} else {
		err = printAudit(p, claims, failed)
	}
	if err == nil && len(failed) > 0 {
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

func auditJSON(g *globals, claims int, failed []audit.Claim) error {
	type claim struct {
		Claim string `json:"claim"`
		Said  string `json:"said"`
		Found string `json:"found"`
		SQL   string `json:"sql"`
	}
	out := struct {
		Claims int     `json:"claims"`
		Failed []claim `json:"failed"`
	}{claims, []claim{}}
	for _, c := range failed {
		out.Failed = append(out.Failed, claim{fmt.Sprintf("%s: %s", c.Kind, c.Text), c.Said, c.Found, c.SQL})
	}
	enc := json.NewEncoder(g.env.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

// audit prints how many claims there are, and those that fail.
func printAudit(p terminal.Printer, claims, failed []audit.Claim) error {
	err := p.Head("%d claims, %d checked, %d failed", len(claims), audit.Checked(claims), len(failed))
	if err != nil || p.ForPeople() && len(failed) == 0 {
		return err
	}
	type row = audit.Claim
	return terminal.Rows(p, query.Columns[row]{
		{Name: "kind", Of: func(c row) any { return string(c.Kind) }},
		{Name: "claim", Of: func(c row) any { return c.Text }},
		{Name: "said", Of: func(c row) any { return c.Said }},
		{Name: "found", Of: func(c row) any { return c.Found }},
		{Name: "sql", For: query.ForPrograms, Of: func(c row) any { return c.SQL }},
	}, failed)
}
