package mcp

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"usagereport/internal/query"
)

// How many rows an answer to a statement has.
const (
	usualRows = 200
	mostRows  = 5000
)

// A choice is what most tools take.
type choice struct {
	Period string `json:"period,omitempty" jsonschema:"billing period by its name (2026-10), current or last; without it the current one"`
	Month  string `json:"month,omitempty" jsonschema:"calendar month (2026-10), current or last, in the place of period"`
	Owner  string `json:"owner,omitempty" jsonschema:"only what is this owner's, by its name in the owners file"`
	Cost   string `json:"cost,omitempty" jsonschema:"billed, or effective: with commitments spread over their days; without it billed"`
	currency
}

// flags are those of the command.
func (c choice) flags() []string {
	return slices.Concat(flag("period", c.Period), flag("month", c.Month), flag("cost", c.Cost), c.currency.flags())
}

// A currency is what all may be converted to.
type currency struct {
	Convert string `json:"convert,omitempty" jsonschema:"a currency, like EUR, to which all is converted at the rates that are loaded"`
}

// flags are those of the command.
func (c currency) flags() []string {
	if c.Convert == "" {
		return nil
	}
	return append(flag("currency", c.Convert), "--convert")
}

// flag is one with its value, which cannot be taken for another flag; none where it is empty.
func flag(name, value string) []string {
	if value == "" {
		return nil
	}
	return []string{"--" + name + "=" + value}
}

// filters are the flags --filter of a command.
func filters(texts []string) (out []string) {
	for _, f := range texts {
		out = append(out, "--filter="+f)
	}
	return out
}

type queryInput struct {
	SQL    string            `json:"sql" jsonschema:"one SELECT in DuckDB's SQL over the views that describe lists; $name is a parameter"`
	Params map[string]string `json:"params,omitempty" jsonschema:"values of the parameters, by name; an empty one is NULL"`
	Limit  int               `json:"limit,omitempty" jsonschema:"at most so many rows: 200 without it, 5000 at most; more says that others are"`
	Owner  string            `json:"owner,omitempty" jsonschema:"only what is this owner's; what several share is not in it"`
}

type describeInput struct {
	View string `json:"view,omitempty" jsonschema:"one view by its name; without it all, without their columns"`
}

type compareInput struct {
	choice
	By      []string `json:"by,omitempty" jsonschema:"account, subscription, resource-group, service, region, resource, meter, owner; total"`
	Against string   `json:"against,omitempty" jsonschema:"prior, mean3, mean6, year, a period's name, or days like 2026-07-01..2026-08-15"`
	Filter  []string `json:"filter,omitempty" jsonschema:"only charges with DIMENSION=VALUE, like service=Storage"`
	Unit    string   `json:"unit,omitempty" jsonschema:"a metric of metrics.csv, to divide the change by its volume and the cost of one"`
	Top     int      `json:"top,omitempty" jsonschema:"only so many of the largest changes, and the rest in one row"`
}

type anomaliesInput struct {
	choice
	Sensitivity string   `json:"sensitivity,omitempty" jsonschema:"low, normal or high"`
	Tags        []string `json:"tags,omitempty" jsonschema:"keys of tags to group findings by"`
	Filter      []string `json:"filter,omitempty" jsonschema:"only charges with DIMENSION=VALUE, like service=Storage"`
}

type whyInput struct {
	anomaliesInput
	ID string `json:"id" jsonschema:"the finding's id, like F-7K3QAB; give what else anomalies was asked with"`
}

type forecastInput struct {
	Period string   `json:"period,omitempty" jsonschema:"billing period by its name; without it the current one"`
	Owner  string   `json:"owner,omitempty" jsonschema:"only what is this owner's"`
	Cost   string   `json:"cost,omitempty" jsonschema:"billed or effective; without it billed"`
	By     []string `json:"by,omitempty" jsonschema:"dimensions: account, subscription, resource-group, service, region, resource, meter"`
	Filter []string `json:"filter,omitempty" jsonschema:"only charges with DIMENSION=VALUE, like service=Storage"`
	currency
}

type commitmentsInput struct {
	Period string   `json:"period,omitempty" jsonschema:"billing period by its name (2026-10), current or last; without it the current one"`
	Owner  string   `json:"owner,omitempty" jsonschema:"only what is this owner's; of it it is not said what is not used"`
	Filter []string `json:"filter,omitempty" jsonschema:"only charges with DIMENSION=VALUE, like service=Storage"`
	currency
}

type reportInput struct {
	choice
	Form   string   `json:"form,omitempty" jsonschema:"html, xlsx, json or markdown; without it html"`
	Filter []string `json:"filter,omitempty" jsonschema:"only charges with DIMENSION=VALUE, like service=Storage"`
}

// addTools adds the tools that read, and the one that writes a report into its folder.
func (s *server) addTools(to *sdk.Server) {
	add(to, "periods", "List the billing periods, newest first: dates, state, how far the data reach, cost, invoice.",
		func(ctx context.Context, _ struct{}) (answer, error) { return s.periods(ctx) })
	add(to, "describe", "List the views that query asks, or the columns of one, with what each is.", s.describe)
	add(to, "query", "Run one SQL statement that reads. It sees no files and no network, and changes nothing.", s.query)
	add(to, "compare", "Compare a period with an earlier one over the same days, and divide the difference into its reasons.",
		func(ctx context.Context, in compareInput) (answer, error) {
			args := slices.Concat([]string{"compare", "--format=json"}, in.flags(), flag("by", strings.Join(in.By, ",")),
				flag("against", in.Against), flag("unit", in.Unit), filters(in.Filter))
			if in.Top > 0 {
				args = append(args, fmt.Sprintf("--top=%d", in.Top))
			}
			return s.run(ctx, in.Owner, args...)
		})
	add(to, "anomalies", "List what grew or shrank unexpectedly, worst first; why has the evidence of each.",
		func(ctx context.Context, in anomaliesInput) (answer, error) {
			return s.run(ctx, in.Owner, slices.Concat([]string{"anomalies", "--format=json"}, in.flags())...)
		})
	add(to, "why", "Give the evidence for a finding: the rule, its drivers, its days, and SQL that gives their cost again.", s.why)
	add(to, "forecast", "Tell where the open period ends, with ranges, and what was said on this day of earlier periods.",
		func(ctx context.Context, in forecastInput) (answer, error) {
			args := slices.Concat([]string{"forecast", "--format=json"}, flag("period", in.Period), flag("cost", in.Cost),
				flag("by", strings.Join(in.By, ",")), filters(in.Filter), in.flags())
			return s.run(ctx, in.Owner, args...)
		})
	add(to, "commitments", "List reservations and savings plans: billed, used, paid for nothing, saved, what ends when, hours.",
		func(ctx context.Context, in commitmentsInput) (answer, error) {
			args := slices.Concat([]string{"commitments", "--format=json"}, flag("period", in.Period), filters(in.Filter), in.flags())
			return s.run(ctx, in.Owner, args...)
		})
	add(to, "owners", "List each owner's cost, budget and forecast in a period.",
		func(ctx context.Context, in choice) (answer, error) {
			return s.run(ctx, in.Owner, slices.Concat([]string{"owners", "list", "--format=json"}, in.flags())...)
		})
	sdk.AddTool(to, &sdk.Tool{
		Name: "report", Description: "Write the report into the server's folder for reports, and return its path.",
		Annotations: &sdk.ToolAnnotations{DestructiveHint: new(false), IdempotentHint: true, OpenWorldHint: new(false)},
	}, tool(s.report))
}

// add adds a tool that reads.
func add[In any](to *sdk.Server, name, says string, do func(context.Context, In) (answer, error)) {
	sdk.AddTool(to, &sdk.Tool{
		Name: name, Description: says,
		Annotations: &sdk.ToolAnnotations{ReadOnlyHint: true, OpenWorldHint: new(false)},
	}, tool(do))
}

// tool is do as the SDK calls it.
func tool[In any](do func(context.Context, In) (answer, error)) sdk.ToolHandlerFor[In, any] {
	return func(ctx context.Context, _ *sdk.CallToolRequest, in In) (*sdk.CallToolResult, any, error) {
		a, err := do(ctx, in)
		if err != nil {
			return nil, nil, err
		}
		return nil, a, nil
	}
}

// flags are those of the commands anomalies and anomalies why.
func (in anomaliesInput) flags() []string {
	return slices.Concat(in.choice.flags(), flag("sensitivity", in.Sensitivity), flag("tags", strings.Join(in.Tags, ",")), filters(in.Filter))
}

// ownPeriods are one owner's, as the command periods lists those of all.
const ownPeriods = "FROM periods ORDER BY BillingPeriodStart DESC"

func (s *server) periods(ctx context.Context) (answer, error) {
	if s.owner != "" {
		return s.query(ctx, queryInput{SQL: ownPeriods, Limit: mostRows})
	}
	return s.run(ctx, "", "periods", "--format=json")
}

func (s *server) describe(ctx context.Context, in describeInput) (a answer, err error) {
	views, err := s.home.Views(ctx)
	if err != nil {
		return a, err
	}
	var names []string
	for i := range views {
		names = append(names, views[i].Name)
		if in.View == "" {
			views[i].Columns = nil
		}
	}
	if in.View != "" {
		views = slices.DeleteFunc(views, func(v query.View) bool { return !strings.EqualFold(v.Name, in.View) })
	}
	if len(views) == 0 {
		return a, fmt.Errorf("describe %s: there is no such view; there are %s", in.View, strings.Join(names, ", "))
	}
	a.Answer, err = json.Marshal(views)
	return a, err
}

func (s *server) query(ctx context.Context, in queryInput) (a answer, err error) {
	owner, err := s.whose(in.Owner)
	if err != nil {
		return a, err
	}
	if in.Limit < 0 || in.Limit > mostRows {
		return a, fmt.Errorf("query: limit %d: give 1 to %d", in.Limit, mostRows)
	}
	if in.Limit == 0 {
		in.Limit = usualRows
	}
	done, err := s.place(ctx)
	if err != nil {
		return a, err
	}
	defer done()
	var b bytes.Buffer
	if err := s.home.Query(ctx, Statement{in.SQL, in.Params, in.Limit, owner}, &b); err != nil {
		return a, err
	}
	return answer{Answer: b.Bytes(), SQL: in.SQL}, nil
}

func (s *server) why(ctx context.Context, in whyInput) (a answer, err error) {
	if strings.HasPrefix(in.ID, "-") {
		return a, fmt.Errorf("finding %s: not an id, like F-7K3QAB; anomalies lists them", in.ID)
	}
	args := slices.Concat([]string{"anomalies", "why", in.ID, "--format=json"}, in.flags())
	if a, err = s.run(ctx, in.Owner, args...); err != nil {
		return a, err
	}
	var evidence struct{ SQL string }
	err = json.Unmarshal(a.Answer, &evidence)
	a.SQL = evidence.SQL
	return a, err
}

func (s *server) report(ctx context.Context, in reportInput) (a answer, err error) {
	ending := map[string]string{"": "html", "html": "html", "xlsx": "xlsx", "json": "json", "markdown": "md"}[in.Form]
	if ending == "" {
		return a, fmt.Errorf("report: form %s: use html, xlsx, json or markdown", in.Form)
	}
	owner, err := s.whose(in.Owner)
	if err != nil {
		return a, err
	}
	path, err := s.home.ReportPath(ending, append([]string{in.Period + in.Month, owner}, in.Filter...)...)
	if err != nil {
		return a, err
	}
	if a, err = s.run(ctx, in.Owner, slices.Concat([]string{"report", "--output=" + path}, in.flags(), filters(in.Filter))...); err != nil {
		return a, err
	}
	a.Answer, err = json.Marshal(map[string]string{"path": path})
	return a, err
}
