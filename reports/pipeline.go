package reports

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"net/url"

	"usagereport/analysis"
	"usagereport/usage"
)

// Alarms are findings as programs take them that gather what fails in a pipeline.
type Alarms struct {
	Findings []analysis.Finding
	Fails    func(analysis.Finding) bool // whether one fails the run
	Budgets  []string                    // a sentence for each that does
	Flags    string                      // with which they were found, each with a blank before it
	Ledger   string                      // its file's name, to which findings are attached
	Version  string                      // of the program
}

// budgetRule is the rule of a budget, which is no kind of finding.
const budgetRule = "budget"

// Parts of a SARIF 2.1.0 log.
type (
	sarifText struct {
		Text string `json:"text"`
	}
	sarifRule struct {
		ID    string    `json:"id"`
		Short sarifText `json:"shortDescription"`
	}
	sarifResult struct {
		Rule         string             `json:"ruleId"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Fingerprints map[string]string  `json:"partialFingerprints,omitempty"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
		Properties   any                `json:"properties,omitempty"`
	}
	sarifLocation struct {
		Physical struct {
			Artifact struct {
				URI string `json:"uri"`
			} `json:"artifactLocation"`
			Region struct {
				StartLine int `json:"startLine"`
			} `json:"region"`
		} `json:"physicalLocation"`
		Logical []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
)

// WriteSARIF writes them as a SARIF 2.1.0 log: an error for what is high, a warning for what
// is medium, a note for the rest. What is answered is suppressed.
func (a Alarms) WriteSARIF(w io.Writer) error {
	rules := []sarifRule{}
	known := map[string]bool{}
	results := []sarifResult{}
	add := func(r sarifResult, rule string) {
		if !known[r.Rule] {
			known[r.Rule] = true
			rules = append(rules, sarifRule{r.Rule, sarifText{rule}})
		}
		results = append(results, r)
	}
	for _, says := range a.Budgets {
		add(sarifResult{
			Rule: budgetRule, Level: "error", Message: sarifText{says}, Locations: a.at(""),
		}, "A budget is exceeded or likely to be.")
	}
	for _, f := range a.Findings {
		r := sarifResult{
			Rule: string(f.Kind), Level: "note", Message: sarifText{f.Explanation.String()}, Locations: a.at(f.Label.String()),
			Fingerprints: map[string]string{"finding/v1": f.ID}, Properties: f,
		}
		switch f.Severity {
		case usage.SeverityHigh:
			r.Level = "error"
		case usage.SeverityMedium:
			r.Level = "warning"
		}
		if f.Answer != nil {
			r.Suppressions = []sarifSuppression{{"external", f.Answer.Text().String()}}
		}
		add(r, "Unusual cost: "+string(f.Kind)+".")
	}
	type driver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	type tool struct {
		Driver driver `json:"driver"`
	}
	type sarifRun struct {
		Tool    tool          `json:"tool"`
		Results []sarifResult `json:"results"`
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}{
		"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json", "2.1.0",
		[]sarifRun{{tool{driver{"usagereport", a.Version, rules}}, results}},
	})
}

// at is where something is: a program that shows results wants a file of each.
func (a Alarms) at(scope string) []sarifLocation {
	var l sarifLocation
	l.Physical.Artifact.URI, l.Physical.Region.StartLine = (&url.URL{Path: a.Ledger}).String(), 1
	if scope != "" {
		l.Logical = []sarifLogical{{scope}}
	}
	return []sarifLocation{l}
}

// Parts of a JUnit report, as Jenkins and others read it.
type (
	junitSuite struct {
		XMLName  xml.Name    `xml:"testsuite"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Skipped *junitSkipped `xml:"skipped"`
		Failure *junitFailure `xml:"failure"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitSkipped struct {
		Message string `xml:"message,attr"`
	}
	junitFailure struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// WriteJUnit writes them as a JUnit report: a case for each, which fails where the run
// does, and is skipped where it is answered. Where there is none, one case says so.
func (a Alarms) WriteJUnit(w io.Writer) error {
	suite := junitSuite{Name: "usagereport anomalies"}
	for _, says := range a.Budgets {
		suite.Failures++
		suite.Cases = append(suite.Cases, junitCase{
			Class: "usagereport." + budgetRule, Name: says,
			Failure: &junitFailure{Type: budgetRule, Message: says},
		})
	}
	for _, f := range a.Findings {
		c := junitCase{Class: "usagereport." + string(f.Kind), Name: f.ID + " " + f.Label.String()}
		says := f.Explanation.String()
		switch {
		case f.Answer != nil:
			suite.Skipped++
			c.Skipped, c.Out = &junitSkipped{f.Answer.Text().String()}, says
		case a.Fails(f):
			suite.Failures++
			c.Failure = &junitFailure{string(f.Severity), says, "usagereport anomalies why " + f.ID + a.Flags}
		default:
			c.Out = says
		}
		suite.Cases = append(suite.Cases, c)
	}
	if len(suite.Cases) == 0 {
		suite.Cases = []junitCase{{Class: "usagereport", Name: "no unusual cost"}}
	}
	suite.Tests = len(suite.Cases)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(struct {
		XMLName xml.Name `xml:"testsuites"`
		Suite   junitSuite
	}{Suite: suite}); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
