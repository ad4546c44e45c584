package reports

import (
	"bytes"
	"errors"
	"fmt"
	stdhtml "html"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"usagereport/analysis"
	"usagereport/internal/demo"
	"usagereport/internal/ledgertest"
	"usagereport/internal/locale"
	"usagereport/reports/pdf"
	"usagereport/reports/reportstest"
	"usagereport/usage"
)

// loaded returns the report on what the files of a folder hold.
func loaded(t *testing.T, folder string) *analysis.Report {
	t.Helper()
	l := ledgertest.Of(t, folder)
	a, err := analysis.New(t.Context(), l, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	r, err := a.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.Version = "v1"
	return r
}

// A rendered is what a renderer wrote, and how it writes a cell; "" where it
// leaves the cell out on purpose.
type rendered struct {
	name  string
	text  string
	forms func(t Table, row int, c Column, v any) string
}

// exactForm is the form of a cell in the attributes of HTML, in JSON and in the
// cells of a workbook: exact, and without a language.
func exactForm(v any, percent float64) string {
	switch v := v.(type) {
	case usage.Money:
		return v.Text()
	case Estimate:
		return usage.Money(v).Text()
	case usage.Day:
		return v.String()
	case usage.Decimal:
		return v.String()
	case float64:
		return strconv.FormatFloat(v/percent, 'f', -1, 64)
	case int:
		return strconv.Itoa(v)
	}
	return ""
}

// TestEveryNumberIsInEveryForm holds the renderers to one model: what one of
// them says, all of them say.
func TestEveryNumberIsInEveryForm(t *testing.T) {
	estate := t.TempDir()
	if _, err := demo.Write(t.Context(), estate, demo.Options{Months: 4}); err != nil {
		t.Fatal(err)
	}
	digits := rich()
	exact := &digits.Parts[0].Movers[0]
	exact.Up[0].Delta.Amount = exact.Up[0].Delta.Amount.Add(usage.MustDecimal("0.000000000000000001"))
	exact.RestDelta.Amount = exact.RestDelta.Amount.Sub(usage.MustDecimal("0.000000000000000001"))
	large := negative()
	large.Parts[0].Total = in("USD", "-98765432109876.543210987")
	large.Parts[0].ByCharge[0].Amount, large.Parts[0].Breakdowns[0].Rows[0].Amount,
		large.Parts[0].Breakdowns[0].Total = large.Parts[0].Total, large.Parts[0].Total, large.Parts[0].Total
	for name, c := range map[string]struct {
		report *analysis.Report
		lang   string
		least  int // cells that are compared
	}{
		"the demo":              {loaded(t, estate), "", 300},
		"three files, Chinese":  {loaded(t, "../testdata/usage/azure_account_v2"), "zh-Hant", 150},
		"a fixture, 18 digits":  {digits, "", 300},
		"two currencies":        {twoCurrencies(), "", 300},
		"credits, fifteen more": {large, "", 8},
		"an empty period":       {emptyPart(), "", 1},
		"a hostile name":        {hostile(reportstest.Names()[0]), "", 300},
		"a very long name":      {hostile(strings.Repeat("x", 10000)), "zh-Hant", 300},
	} {
		t.Run(name, func(t *testing.T) {
			o := Options{Lang: c.lang}
			l, err := locale.New(c.lang)
			if err != nil {
				t.Fatal(err)
			}
			list := renderings(t, l, c.report, o)
			cells := 0
			for _, chapter := range chapters(c.report) {
				for _, table := range chapter.Tables {
					rows := table.Rows
					if table.Total != nil {
						rows = append(rows[:len(rows):len(rows)], table.Total)
					}
					for i, row := range rows {
						for j, v := range row {
							if exactForm(v, 1) == "" {
								continue // no number
							}
							cells++
							for _, r := range list {
								form := r.forms(table, i, table.Columns[j], v)
								if form != "" && !strings.Contains(r.text, form) {
									t.Errorf("%s lacks %q: %s, %s, %q", r.name, form, chapter.Title, table.Title, table.Columns[j].Title)
								}
							}
						}
					}
				}
			}
			if cells < c.least {
				t.Errorf("only %d numbers were compared, want %d", cells, c.least)
			}
			// A form that is found wherever it is looked for would prove nothing.
			for _, r := range list {
				if form := r.forms(Table{}, 0, Column{Kind: Amount}, in("EUR", "7391.28")); strings.Contains(r.text, form) {
					t.Errorf("%s has %q, which nothing cost", r.name, form)
				}
			}
			t.Logf("%d numbers, %d forms", cells, len(list))
		})
	}
}

// Two renderings of two models that are the same are the same bytes; of the PDF
// its own test says so.
func TestSameModelSameForms(t *testing.T) {
	for _, o := range []Options{{}, {Lang: "zh-Hant"}} {
		for name, write := range map[string]func(io.Writer, *analysis.Report, Options) error{
			"HTML": Write, "JSON": WriteJSON,
			"markdown": WriteMarkdown, "the workbook": WriteXLSX,
		} {
			var first, again bytes.Buffer
			if err := errors.Join(write(&first, rich(), o), write(&again, rich(), o)); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(first.Bytes(), again.Bytes()) {
				t.Errorf("%s differs from run to run", name)
			}
		}
	}
}

// renderings renders r in every way there is.
func renderings(t *testing.T, l *locale.Locale, r *analysis.Report, o Options) []rendered {
	t.Helper()
	var page bytes.Buffer
	if err := Write(&page, r, o); err != nil {
		t.Fatal(err)
	}
	book := opened(t, reportXLSX(t, r, o))
	var cells strings.Builder
	for _, s := range book.GetSheetList() {
		for _, row := range rowsOf(t, book, s) {
			fmt.Fprintf(&cells, "\t%s\t", strings.Join(row, "\t\t"))
		}
	}
	list := []rendered{
		{"HTML", stdhtml.UnescapeString(page.String()), func(table Table, _ int, c Column, v any) string {
			if table.Own {
				return `title="` + exactForm(v, 1) + `"`
			}
			switch v.(type) {
			case float64, int, usage.Decimal:
				return ">" + strings.TrimSpace(say(l, c.Kind, v, 0)) + "<"
			case usage.Day:
				return `datetime="` + exactForm(v, 1) + `"`
			}
			return `value="` + exactForm(v, 1) + `"`
		}},
		{"the workbook", cells.String(), func(_ Table, _ int, _ Column, v any) string {
			switch v := v.(type) {
			case usage.Day:
				return "\t" + strconv.Itoa(int(v)+25569) + "\t"
			case Estimate:
				return "\t" + v.Amount.String() + "\t"
			case usage.Money:
				return "\t" + double(v.Amount) + "\t"
			case usage.Decimal:
				return "\t" + double(v) + "\t"
			}
			return "\t" + exactForm(v, 100) + "\t"
		}},
		{"JSON", string(reportJSON(t, r)), func(table Table, _ int, _ Column, v any) string {
			switch v := v.(type) {
			case usage.Decimal:
				if table.Own {
					return `"` + exactForm(v, 1) + `"`
				}
				return `"` + v.Text(2) + `"`
			case float64:
				return " " + fmt.Sprint(v)
			case int:
				return " " + exactForm(v, 1)
			}
			return `"` + exactForm(v, 1) + `"`
		}},
		{"markdown", reportMarkdown(t, r, o), func(table Table, row int, c Column, v any) string {
			if table.Detail || c.Detail || row >= markdownRows {
				return ""
			}
			return " " + inline(say(l, c.Kind, v, 0)) + " |"
		}},
	}
	p := pdf.Printer{Browser: os.Getenv(pdf.Variable), Full: true}
	_, err := exec.LookPath("pdftotext")
	if _, none := p.Find(); none != nil || err != nil {
		if err = errors.Join(none, err); os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Logf("the PDF is NOT TESTED: %v", err)
		return list
	}
	file, err := p.Print(t.Context(), page.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	read := exec.Command("pdftotext", "-raw", "-", "-")
	read.Stdin = bytes.NewReader(file)
	text, err := read.Output()
	if err != nil {
		t.Fatal(err)
	}
	// The PDF has what of the page is open, and no more.
	said := strings.Join(strings.Fields(string(text)), "")
	for _, s := range open(t, page.Bytes()) {
		if !strings.Contains(said, s) {
			t.Errorf("the PDF lacks %q, which the page shows", s)
		}
	}
	if strings.Contains(said, "7,391.28") {
		t.Error("the PDF has 7,391.28, which nothing cost")
	}
	return list
}

// open returns the amounts and days of a page that are seen without a click, when the
// evidence of its findings is opened.
func open(t *testing.T, page []byte) (out []string) {
	t.Helper()
	d, err := goquery.NewDocumentFromReader(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	d.Find("section.movers + section.breakdown > h2").Remove() // for who hears the page
	d.Find("details:not(.finding, .more-findings) > *:not(summary), details.more, .pane:not(input:checked + label + .pane), .hidden, .narrow-only").Remove()
	d.Find("data, time, td.num, h1, h2").Each(func(_ int, s *goquery.Selection) {
		if v := strings.Join(strings.Fields(s.Text()), ""); v != "" {
			out = append(out, v)
		}
	})
	if len(out) < 3 {
		t.Errorf("the page shows only %q", out)
	}
	return out
}
