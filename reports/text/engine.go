package text

import (
	"fmt"
	"slices"
	"strings"

	"usagereport/engine"
	"usagereport/internal/query"
	"usagereport/internal/terminal"
)

// engineGroupings prints how many charges each choice of columns makes.
func engineGroupings(p terminal.Printer, info engine.Info) error {
	if err := p.Head("%s: %s", info.Name, info.About); err != nil {
		return err
	}
	if n := len(info.Months); n > 0 {
		var rows int64
		older := 0
		for _, m := range info.Months {
			rows += m.Rows
			older += len(m.Older)
		}
		text := fmt.Sprintf("%d rows of %d billing periods, %s to %s", rows, n, info.Months[0].Name, info.Months[n-1].Name)
		if older > 0 {
			text += fmt.Sprintf("; %d older runs are left out", older)
		}
		if err := p.Head("%s", text); err != nil {
			return err
		}
	}
	type row struct {
		engine.Grouping
		chosen bool
	}
	var rows []row
	for i, grouping := range info.Groupings {
		rows = append(rows, row{grouping, i == info.Chosen})
	}
	return terminal.Rows(p, query.Columns[row]{
		{Name: "left_out", Of: func(r row) any { return strings.Join(r.LeftOut, ", ") }},
		{Name: "charges", Kind: query.Integer, Of: func(r row) any { return r.Rows }},
		{Name: "series", Kind: query.Integer, Of: func(r row) any { return r.Series }},
		{Name: "taken", Of: func(r row) any { return r.chosen }},
	}, rows)
}

// engineColumns prints what the columns are read as.
func engineColumns(p terminal.Printer, info engine.Info) error {
	rows := slices.Clone(info.Columns)
	for _, c := range info.Unread {
		rows = append(rows, engine.Found{Column: c})
	}
	type row = engine.Found
	return terminal.Rows(p, query.Columns[row]{
		{Name: "focus", Of: func(r row) any { return r.Focus }},
		{Name: "required", Of: func(r row) any { return r.Required }},
		{Name: "column", Of: func(r row) any { return r.Column.Name }},
		{Name: "type", Of: func(r row) any { return r.Column.Type }},
	}, rows)
}

func writeEngineJSON(p terminal.Printer, info engine.Info) error {
	type column struct {
		Focus    string `json:"focus"`
		Required bool   `json:"required"`
		Name     string `json:"column"`
		Type     string `json:"type"`
	}
	type month struct {
		Period string   `json:"period"`
		Run    string   `json:"run,omitempty"`
		Older  []string `json:"older_runs,omitempty"`
		Rows   int64    `json:"rows"`
	}
	type grouping struct {
		LeftOut []string `json:"left_out"`
		Charges int64    `json:"charges"`
		Series  int64    `json:"series"`
		Taken   bool     `json:"taken"`
	}
	out := struct {
		Place     string     `json:"place"`
		Engine    string     `json:"engine"`
		Columns   []column   `json:"columns"`
		Periods   []month    `json:"periods"`
		Groupings []grouping `json:"groupings"`
		Problems  []string   `json:"problems"`
	}{info.Name, info.About, []column{}, []month{}, []grouping{}, append([]string{}, info.Problems...)}
	for _, c := range info.Columns {
		out.Columns = append(out.Columns, column{c.Focus, c.Required, c.Column.Name, c.Column.Type})
	}
	for _, m := range info.Months {
		out.Periods = append(out.Periods, month{m.Name, m.Run, m.Older, m.Rows})
	}
	for i, x := range info.Groupings {
		out.Groupings = append(out.Groupings, grouping{append([]string{}, x.LeftOut...), x.Rows, x.Series, i == info.Chosen})
	}
	return p.WriteJSON(out)
}

// Engine prints what there is to know of a place that an engine reads: what columns are read as, or how many
// charges each choice of them makes.
func Engine(p terminal.Printer, info engine.Info, columns bool) error {
	form, err := p.Document()
	switch {
	case err != nil:
		return err
	case form == query.AsJSON:
		return writeEngineJSON(p, info)
	case columns:
		return engineColumns(p, info)
	}
	return engineGroupings(p, info)
}
