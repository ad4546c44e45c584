package text

import (
	"encoding/json"
	"fmt"

	"usagereport/audit"
	"usagereport/internal/query"
	"usagereport/internal/terminal"
)

func auditJSON(p terminal.Printer, claims int, failed []audit.Claim) error {
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
	enc := json.NewEncoder(p.Out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

// Audit prints how many claims there are, and those that fail.
func Audit(p terminal.Printer, claims, failed []audit.Claim) error {
	format, err := p.Document()
	if err != nil {
		return err
	}
	if format == query.AsJSON {
		return auditJSON(p, len(claims), failed)
	}
	err = p.Head("%d claims, %d checked, %d failed", len(claims), audit.Checked(claims), len(failed))
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
