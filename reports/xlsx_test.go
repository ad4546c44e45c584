package reports

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/reports/reportstest"
	"usagereport/usage"
)

func reportXLSX(t *testing.T, r *analysis.Report, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteXLSX(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func opened(t *testing.T, file []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// rowsOf returns the raw values of a sheet.
func rowsOf(t *testing.T, f *excelize.File, sheet string) [][]string {
	t.Helper()
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestWorkbook(t *testing.T) {
	r := rich()
	r.Parts[0].Running = running42()
	r.Parts[0].Resources = []analysis.ResourceDay{{
		Day: usage.Date(2026, time.November, 3), Name: locale.Said("vm"), SubAccount: locale.Said("prod"), Kind: "Usage", Cost: eur("12.5"),
		Scope: usage.Series{usage.ResourceGroup: "rg", usage.Service: "Virtual Machines", usage.Resource: "/r/vm"},
	}}
	r.Parts[0].Movers[0].Up[0].Delta = eur("2742.130000000000000001") // the rest makes up for it
	r.Parts[0].Movers[0].Up[0].Label = "=cmd|' /C calc'!A0"
	f := opened(t, reportXLSX(t, r, Options{}))
	want := []string{
		"Overview", "Cumulative cost", "Days and resources", "Summary", "All 5 subscriptions", "Note", "Findings", "Resource or meter", "Day by day", "What grew and what shrank",
		"By Service, their resources", "New resources", "Resources with no cost any more", "Resized or renamed", "By kind of charge",
		"Cost by service", "Commitments", "Hours of reservations", "What they cover", "Days not used", "Billing history", "How good the forecast is", "Invoices", "From the usage to the invoice",
		"Your questions", "Where the numbers come from",
	}
	if got := f.GetSheetList(); strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("sheets %q, want %q", got, want)
	}
	const movers = "What grew and what shrank"
	get := func(cell string) string {
		v, err := f.GetCellValue(movers, cell)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for cell, want := range map[string]string{
		"A1": "List", "B1": "What", "F1": "Change", "A2": "By Service", "B2": "=cmd|' /C calc'!A0",
		"D2": "EUR 11,280.05", "F2": "+EUR 2,742.13", "G2": "+24.3%", "I1": "", "I2": "",
	} {
		if got := get(cell); got != want {
			t.Errorf("%s of %s is %q, want %q", cell, movers, got, want)
		}
	}
	if raw := rowsOf(t, f, movers)[1]; raw[5] != "2742.13" || raw[6] != "0.243" {
		t.Errorf("the numbers behind them are %q", raw)
	}
	if p, err := f.GetPanes(movers); err != nil || !p.Freeze || p.YSplit != 1 {
		t.Errorf("the head is not frozen: %+v (%v)", p, err)
	}
	if day, err := f.GetCellValue("Day by day", "A2"); err != nil || day != "2026-09-01" {
		t.Errorf("the first day is %q (%v)", day, err)
	}
	if kind, err := f.GetCellType("Day by day", "A2"); err != nil || kind == excelize.CellTypeSharedString ||
		kind == excelize.CellTypeInlineString {
		t.Errorf("a day is a text (%v)", err)
	}
	props, err := f.GetDocProps()
	if err != nil || props.Created != "2026-11-27T00:00:00Z" || props.Creator != "usagereport" {
		t.Errorf("properties %+v (%v)", props, err)
	}
}

// The first sheet says what the first screen does, with the same numbers, and draws them.
func TestWorkbookReadsLikeTheFirstScreen(t *testing.T) {
	for _, lang := range []string{"en", "zh-Hant"} {
		r := rich()
		r.Parts[0].Running = running42()
		file := reportXLSX(t, r, Options{Lang: lang})
		f := opened(t, file)
		first := f.GetSheetList()[0]
		var said []string
		for _, row := range rowsOf(t, f, first) {
			said = append(said, row...)
		}
		l, err := locale.New(lang)
		if err != nil {
			t.Fatal(err)
		}
		p := &r.Parts[0]
		for _, want := range []string{
			l.Say(headline(r, p)), double(p.Total.Amount), p.Findings[0].Label.String(), p.Findings[0].Reason.String(), double(p.Findings[0].Impact.Amount),
			double(p.Findings[0].PerMonth.Amount), p.Findings[0].ID, double(p.Expected.Amount),
		} {
			if !slices.Contains(said, want) {
				t.Errorf("%s: the first sheet does not say %q: %q", lang, want, said)
			}
		}
		z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		charts := 0
		for _, part := range z.File {
			if strings.HasPrefix(part.Name, "xl/charts/chart") {
				charts++
			}
		}
		if charts != 2 {
			t.Errorf("%s: %d charts", lang, charts)
		}
	}
}

// No part of a workbook holds a formula, a link or a comment, whatever names
// say; sheets have legal names of their own; texts are texts.
func TestWorkbookNamesAreNames(t *testing.T) {
	reports := map[string]*analysis.Report{"two": twoCurrencies(), "none": {}, "empty": emptyPart()}
	for i, s := range append(reportstest.Names(), "=1+1", "+1", "-1", "@SUM(1)", "\tx", "_x0041_", "http://evil.example",
		"Sheet1!A1", "[Book]x'y", "\ufffe\uffff") {
		reports[fmt.Sprint("named ", i)] = hostile(s)
	}
	hostileCurrency := rich()
	hostileCurrency.Parts[0].Currency = `EUR";=1+1`
	hostileCurrency.Parts[0].Findings = nil // whose amounts are in euros
	hostileCurrency.Parts[0].Total.Currency = `EUR";=1+1`
	reports["a hostile currency"] = hostileCurrency
	for name, r := range reports {
		file := reportXLSX(t, r, Options{})
		z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range z.File {
			in, err := part.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(in)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(part.Name, "xl/charts/") {
				continue // whose lines are named by their cells
			}
			for _, sign := range []string{"<f>", "<f ", "<hyperlink", "<comment", "externalLink", "<oleObject"} {
				if bytes.Contains(b, []byte(sign)) {
					t.Errorf("%s: %s holds %s", name, part.Name, sign)
				}
			}
			for _, c := range string(b) {
				if c != '\n' && c != '\r' && steers(c) {
					t.Errorf("%s: %s holds %U", name, part.Name, c)
					break
				}
			}
		}
		f := opened(t, file)
		seen := map[string]bool{}
		for _, s := range f.GetSheetList() {
			if key := strings.ToLower(s); seen[key] || units(s) > 31 || strings.ContainsAny(s, `:\/?*[]'`) {
				t.Errorf("%s: sheet %q", name, s)
			}
			seen[strings.ToLower(s)] = true
			rowsOf(t, f, s)
		}
	}
}

func TestWorkbookOfTwoCurrencies(t *testing.T) {
	f := opened(t, reportXLSX(t, twoCurrencies(), Options{Lang: "zh-Hant"}))
	var costs []string
	for _, s := range f.GetSheetList() {
		if strings.HasPrefix(s, "各服務費用") {
			costs = append(costs, s)
		}
	}
	if strings.Join(costs, ", ") != "各服務費用 EUR, 各服務費用 USD" {
		t.Errorf("sheets %q", f.GetSheetList())
	}
}

func TestDouble(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "751.7": "751.7", "-0.000000000000000001": "-0.000000000000000001", "123456789.123456": "123456789.123456",
		"1234567890.1234567": "1234567890.12346", "12345678901234567890": "12345678901234600000",
		"99999999999999999999": "99999999999999999999", // which 15 digits would make one too large
	} {
		if got := double(usage.MustDecimal(in)); got != want {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
}
