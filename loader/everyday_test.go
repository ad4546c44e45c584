package loader_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"usagereport/ledger"
	"usagereport/loader"
)

// focus is a small FOCUS file: its rows have the values of cells in order.
func focus(header string, rows ...string) string {
	return header + "\n" + strings.Join(rows, "\n") + "\n"
}

const focusHeader = "BilledCost,EffectiveCost,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceName"

func focusRow(cost, from, to, start string) string {
	return cost + "," + cost + ",b1,USD," + from + "," + to + ",Usage," + start + "," + start + ",VM"
}

// What spreadsheets, scripts and older programs leave in files has one meaning, and
// is read with it.
func TestEverydayFiles(t *testing.T) {
	whole := mosa("s1", 1, 3)
	semicolons := strings.ReplaceAll(whole, ",", ";")
	day := func(layout string) string {
		return mosa("s1", 1, 3, "2026-03-01", fmt.Sprintf(layout, 1), "2026-03-02", fmt.Sprintf(layout, 2), "2026-03-03", fmt.Sprintf(layout, 3))
	}
	tabled := func(layout string) string {
		header, rows, _ := strings.Cut(whole, "\n")
		names := strings.Split(header, ",")
		for i := range names {
			names[i] = fmt.Sprintf(layout, names[i])
		}
		return strings.Join(names, ",") + "\n" + rows
	}
	since := func(a, b, c string) string {
		return mosa("s1", 1, 3, "2026-03-01", a, "2026-03-02", b, "2026-03-03", c)
	}
	const want = "3 3 2026-03-01 2026-03-03"
	for name, c := range map[string]struct {
		content string
		warning string // part of it, "" for none
		want    string
	}{
		"CR line ends":                     {strings.ReplaceAll(whole, "\n", "\r"), "CR alone", want},
		"CR CR LF line ends":               {strings.ReplaceAll(whole, "\n", "\r\r\n"), "CR alone", want},
		"CR inside quotes is text":         {strings.Replace(whole, "Data", "\"Da\rta\"", 1), "", want},
		"a sep line":                       {"sep=,\r\n" + whole, "", want},
		"a quoted sep line, semicolons":    {"\"SEP=;\"\n" + semicolons, "", want},
		"a sep line with a bar":            {"sep=|\n" + strings.ReplaceAll(whole, ",", "|"), "", want},
		"a byte order mark and a sep line": {"\ufeffsep=;\n" + semicolons, "", want},
		"rows of commas":                   {whole + ",,,,,,,,\n,,\n", "2 rows have no value", want},
		"blanks and DOS's end of file":     {whole + "   \n\x1a", "2 rows have no value", want},
		"a totals row":                     {whole + ",,,,,,3,,\n", "line 5 is the total", want},
		"a totals row with a word":         {whole + "Grand total,,,,,,3.00,,\n", "line 5 is the total", want},
		"a note below the rows":            {whole + "\nPrices exclude tax.\n", "1 line stands below the rows, behind an empty one, from line 6 on (\"Prices exclude tax.\")", want},
		"notes below the rows":             {strings.ReplaceAll(whole, "\n", "\r\n") + "\r\n\"Cost\",\"Total\"\r\n\"3\",\r\n\r\nAll times are UTC", "3 lines stand below", want},
		"notes as a spreadsheet saves them": {
			whole + ",,,,,,,,\nPrices exclude tax.,,,,,,,,\n,,,,,,,,\n\"Rate, of today\",1.1,,,,,,,\n", "2 lines stand below the rows, behind an empty one, from line 6", want,
		},
		"columns with their table's name, as Hive has them": {tabled("costs.%s"), "", want},
		"likewise, as Power BI has them":                    {tabled("Costs[%s]"), "", want},
		"in brackets":                                       {tabled("[%s]"), "", want},
		"likewise, put one below the other": {
			tabled("costs.%s") + strings.Replace(tabled("costs.%s"), whole[strings.Index(whole, "\n")+1:], "", 1), "1 line repeats the header", want,
		},
		"a header in Japanese":          {strings.NewReplacer("PreTaxCost", "税引前コスト（PreTaxCost）", "UsageDateTime", "使用日時（UsageDateTime）").Replace(whole), "", want},
		"lines above the header":        {"Usage Data Extract\n\n" + whole, "2 lines stand above", want},
		"quoted lines above the header": {"\"Report\",\n\"\",\n" + whole, "2 lines stand above", want},
		"the header again between files that were put one below the other": {
			whole[:strings.LastIndex(whole[:len(whole)-1], "\n")+1] + "\ufeff" + whole[:strings.Index(whole, "\n")+1] +
				whole[strings.LastIndex(whole[:len(whole)-1], "\n")+1:], "1 line repeats the header", want,
		},
		"Excel's formulas for texts":                    {mosa("s1", 1, 3, "s1,", `"=""s1""",`, ",2026", `,"=""2026`, ",Storage", `""",Storage`), "", want},
		"Excel's formulas for dates with the day first": {strings.Replace(day(`"=""%02d/03/2026"""`), "03/03/2026", "31/03/2026", 1), "day/month/year", "3 3 2026-03-01 2026-03-31"},
		"null for a number":                             {strings.Replace(whole, ",1,1,", ",NULL,1,", 1), "", want},
		"Null for the cost":                             {strings.Replace(whole, ",1,1,", ",1,Null,", 1), "1 row has no cost", "3 2 2026-03-01 2026-03-03"},
		"a dash for the cost, as accounts have it":      {strings.NewReplacer("03-01,Storage,Data,1,1,", "03-01,Storage,Data,1,- ,", "03-02,Storage,Data,1,1,", "03-02,Storage,Data,1, € -   ,").Replace(whole), "2 rows have no cost", "3 1 2026-03-01 2026-03-03"},
		"blanks around numbers and dates":               {mosa("s1", 1, 3, ",1,1,", ", 1 ,\u00a01 ,", "2026-03-01", " 2026-03-01 "), "", want},
		"decimal commas":                                {strings.ReplaceAll(semicolons, ";1;1;", ";1,0;1,00;"), "decimal commas", want},
		"decimal commas in quotes":                      {mosa("s1", 1, 3, ",1,1,", `,"1,0","1,00",`), "decimal commas", want},
		"1.234,50":                                      {strings.Replace(semicolons, ";1;1;", ";1;1.234,50;", 1), "decimal commas", "3 1236.5 2026-03-01 2026-03-03"},
		"1 234,50 with a narrow blank":                  {strings.ReplaceAll(semicolons, ";1;1;", ";1;1\u202f234,50;"), "decimal commas", "3 3703.5 2026-03-01 2026-03-03"},
		"1 234 567 with blanks":                         {strings.ReplaceAll(semicolons, ";1;1;", ";1;1\u00a0234\u00a0567;"), "", "3 3703701 2026-03-01 2026-03-03"},
		"1'234.50":                                      {mosa("s1", 1, 3, ",1,1,", ",1,1'234.50,"), "", "3 3703.5 2026-03-01 2026-03-03"},
		"an amount in parentheses":                      {mosa("s1", 1, 3, ",1,1,", ",1,(1.5),"), "", "3 -4.5 2026-03-01 2026-03-03"},
		"a minus behind the number":                     {mosa("s1", 1, 3, ",1,1,", ",1,1.50-,"), "", "3 -4.5 2026-03-01 2026-03-03"},
		"the currency's sign in front":                  {mosa("s1", 1, 3, ",1,1,", `,1,"€1,234.50",`), "", "3 3703.5 2026-03-01 2026-03-03"},
		"the currency's sign behind":                    {strings.ReplaceAll(semicolons, ";1;1;", ";1;-1.234,50 €;"), "decimal commas", "3 -3703.5 2026-03-01 2026-03-03"},
		"a sign between minus and number":               {mosa("s1", 1, 3, ",1,1,", ",1,-€ 1.5,"), "", "3 -4.5 2026-03-01 2026-03-03"},
		"a typeset minus":                               {mosa("s1", 1, 3, ",1,1,", ",1,\u22121.5,"), "", "3 -4.5 2026-03-01 2026-03-03"},
		"1,234.50":                                      {mosa("s1", 1, 3, ",1,1,", `,1,"1,234.50",`), "", "3 3703.5 2026-03-01 2026-03-03"},
		"thousands beside decimals":                     {strings.Replace(mosa("s1", 1, 3, ",1,1,", ",1.5,1.5,"), "1.5,1.5", `1.5,"1,234"`, 1), "", "3 1237 2026-03-01 2026-03-03"},
		"D.M.YYYY":                                      {day("%d.3.2026"), "", want},
		"D. M. YYYY.":                                   {day("%d. 3. 2026."), "", want},
		"YYYY. MM. DD.":                                 {day("2026. 03. %02d."), "", want},
		"YYYY. MM. DD. with a time":                     {day("2026. 03. %02d. 0:00:00"), "", want},
		"YYYY.MM.DD":                                    {day("2026.03.%02d"), "", want},
		"YYYY/MM/DD":                                    {day("2026/03/%02d"), "", want},
		"YYYY/M/D":                                      {day("2026/3/%d"), "", want},
		"YYYY-M-D with a time":                          {day("2026-3-%d 00:00"), "", want},
		"YYYYMMDD":                                      {day("202603%02d"), "", want},
		"D-Mon-YYYY":                                    {day("%d-Mar-2026"), "", want},
		"D-Mon-YY":                                      {day("%02d-MAR-26"), "", want},
		"D Month YYYY":                                  {day("%d March 2026"), "", want},
		"Mon D, YYYY":                                   {day(`"Mar %d, 2026"`), "", want},
		"days in Chinese, as at length":                 {day("2026年3月%d日"), "", want},
		"days in Korean, as at length":                  {day("2026년 3월 %d일"), "", want},
		"a time without marks":                          {day("202603%02dT000000Z"), "", want},
		"a time of digits":                              {day("202603%02d000000"), "", want},
		"seconds since 1970":                            {since("1772323200", "1772409600", "1772496000"), "", want},
		"thousandths since 1970":                        {since("1772323200000", "1772409600000", "1772496000000"), "", want},
		"millionths since 1970":                         {since("1772323200000000", "1772409600000000", "1772496000000000"), "", want},
		"Python's thousand millionths since 1970":       {since("1772323200000000000", "1772409600000000000", "1772496000000000000"), "", want},
		"a line below the header, as SQL Server draws it": {
			strings.Replace(whole, "\n", "\n----------------,-------------,-------------,-------------,---------,-------------,----------,----------,--------\n", 1) +
				"\n(3 rows affected)\n", "1 row has no value", want,
		},
		"seconds since 1970 with a fraction": {since("1772323200.0", "1772409600.000", "1772496000.5"), "", want},
		"thousandths with a point":           {since("1772323200000.0", "1772409600000.0", "1772496000000.0"), "", want},
		"NaT for the end of a charge": {
			focus(focusHeader, strings.NewReplacer("2026-03-01,VM", "NaT,VM", "USD", "EUR").Replace(focusRow("3", "2026-03-01", "2026-04-01", "2026-03-01"))), "", "1 3 2026-03-01 2026-03-01",
		},
		"None for the cost":                         {strings.Replace(whole, ",1,1,", ",1,None,", 1), "1 row has no cost", "3 2 2026-03-01 2026-03-03"},
		"1,23,456.78 as in India":                   {mosa("s1", 1, 3, ",1,1,", `,1,"1,23,456.78",`), "", "3 370370.34 2026-03-01 2026-03-03"},
		"12,34,567 as in India":                     {mosa("s1", 1, 3, ",1,1,", `,1,"12,34,567",`), "", "3 3703701 2026-03-01 2026-03-03"},
		"nan for the cost":                          {strings.Replace(whole, ",1,1,", ",1,nan,", 1), "1 row has no cost", "3 2 2026-03-01 2026-03-03"},
		"a month's name and two digits":             {day("%02d Mar 26"), "", want},
		"the same with dashes":                      {day("%d-Mar-26"), "", want},
		"the same in full":                          {day("%d March 26"), "", want},
		"the same with slashes":                     {day("%02d/MAR/26"), "", want},
		"a month's name in front":                   {day("\"Mar %d, 26\""), "", want},
		"a month's name in front, in full":          {day("\"March %d, 2026\""), "", want},
		"a month's name in front, with dashes":      {day("Mar-%02d-26"), "", want},
		"a month's name behind the year":            {day("2026-Mar-%02d"), "", want},
		"a month's name behind a point":             {day("%d. Mar. 2026"), "", want},
		"a weekday, a month's name and a time":      {day("\"Sun, %02d Mar 2026 00:00:00 GMT\""), "", want},
		"a month's name and a time of twelve hours": {day("\"Mar %d, 2026, 12:00:00 AM\""), "", want},
		"day-first dates that lie in a month":       {day("%02d/03/2026"), "day/month/year", want},
		"day-first dates by one of them":            {strings.Replace(day("%02d/03/2026"), "03/03/2026", "31/03/2026", 1), "day/month/year", "3 3 2026-03-01 2026-03-31"},
		"day-first with dashes":                     {strings.Replace(day("%02d-03-2026"), "03-03-2026", "31-03-2026", 1), "day/month/year", "3 3 2026-03-01 2026-03-31"},
		"month-first dates":                         {day("3/%02d/2026"), "", want},
		"years of two digits, month first":          {day("3/%d/26"), "years of two digits, like 3/3/26, are taken as 20..", want},
		"years of two digits, with a time":          {day("3/%d/26 0:00"), "years of two digits", want},
		"years of two digits, day first": {
			mosa("s1", 1, 3, "2026-03-01", "01/03/26", "2026-03-02", "02/03/26", "2026-03-03", "31/03/26"), "day/month/year", "3 3 2026-03-01 2026-03-31",
		},
		"years of two digits behind points": {day("%d.3.26"), "years of two digits", want},
		"D. M. YY":                          {day("%d. 3. 26"), "years of two digits", want},
		"D. M. YY.":                         {day("%d. 3. 26."), "years of two digits", want},
		"years of two digits, over a turn of the year": {
			mosa("s1", 1, 3, "2026-03-01", "28/12/25", "2026-03-02", "31/12/25", "2026-03-03", "01/01/26"), "day/month/year", "3 3 2025-12-28 2026-01-01",
		},
		"times of BigQuery":                                 {day("2026-03-%02d 23:00:00 UTC"), "", want},
		"times with an offset":                              {day("2026-03-%02dT01:00:00+0100"), "", want},
		"times of a clock of twelve hours":                  {day("3/%d/2026 12:00:00 AM"), "", want},
		"a currency in small letters":                       {strings.Replace(whole, ",EUR\n", ", eur\n", 1), "", want},
		"columns as a database names them":                  {strings.Replace(whole, "SubscriptionGuid,ResourceGroup,UsageDateTime,MeterCategory", "subscription_guid,resource_group,Usage_Date_Time,METER_CATEGORY", 1), "", want},
		"a column of one's own that is named nearly as one": {"resource_group," + strings.TrimSuffix(strings.ReplaceAll(whole, "\n", "\nmine,"), "mine,"), "", want},
		"a currency's sign":                                 {strings.Replace(whole, ",EUR\n", ",€\n", 1), "", want},
		"the cost twice, the same":                          {strings.NewReplacer("PreTaxCost,", "PreTaxCost,PreTaxCost,", ",1,1,", ",1,1,1.0,").Replace(whole), "", want},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			r := load(t, l, loader.Options{}, write(t, "export.csv", c.content))[0]
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			got := value(t, l, `SELECT count(*) || ' ' || trim(trim(sum(BilledCost)::VARCHAR, '0'), '.') || ' ' || min(ChargePeriodStart)::DATE || ' ' || max(ChargePeriodStart)::DATE FROM usage WHERE BillingCurrency = 'EUR'`)
			if got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			if all := strings.Join(r.Warnings, "\n"); c.warning == "" && all != "" || !strings.Contains(all, c.warning) {
				t.Errorf("warnings: %q, want %q", all, c.warning)
			}
		})
	}
}

func v2Sample(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(samples, "azure_account_v2/202607-v2.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// What could mean two things is refused, with where it stands or what to do.
func TestOpenFilesAreRefused(t *testing.T) {
	period := func(from, to string) string { return focus(focusHeader, focusRow("1", from, to, "2026-05-01")) }
	for name, c := range map[string]struct{ content, reason string }{
		"1,234 alone":                    {mosa("s1", 1, 3, ",1,1,", `,1,"1,234",`), "--decimals"},
		"India's groups without a first": {mosa("s1", 1, 1, ",1,1,", `,1,"0,12,345",`), `2: PreTaxCost: "0,12,345": is not a decimal number`},
		"points and commas":              {strings.Replace(mosa("s1", 1, 3, ",1,1,", `,1,"1,25",`), `"1,25"`, "1.25", 1), "both with decimal points and with decimal commas"},
		"both orders of dates":           {mosa("s1", 1, 2, "2026-03-01", "13/03/2026", "2026-03-02", "03/13/2026"), "nothing says what 02/03 means"},
		"a totals row that is another":   {mosa("s1", 1, 3) + "Total,,,,,,4,,\n", `5: UsageDateTime: "": is empty`},
		"a totals row in the middle":     {strings.Replace(mosa("s1", 1, 3), "\n", "\n,,,,,,3,,\n", 1), `2: UsageDateTime: "": is empty`},
		"a row that is cut off":          {mosa("s1", 1, 3) + "s1,2026\n", "5: 2 values for 9 columns: the row is cut off before PreTaxCost"},
		"a note between rows":            {strings.Replace(mosa("s1", 1, 3), "\n", "\n\nnote\n", 2), "cut off before"},
		"a row without a day":            {mosa("s1", 1, 3) + ",,,,,,,,\ns1,,,,,1,1,,\n", `6: UsageDateTime: "": is empty`},
		"a note without an empty line":   {mosa("s1", 1, 3) + "note,,,,,,,,\n", `5: UsageDateTime: "": is empty`},
		"many lines below the rows":      {mosa("s1", 1, 3) + "\n" + strings.Repeat("2026-03-01,5\n", 11), "6: 2 values for 9 columns: the row is cut off"},
		"a column that was too narrow":   {mosa("s1", 1, 1, "2026-03-01", "########"), `2: UsageDateTime: "########": is what a spreadsheet writes where a column is too narrow`},
		"the same of the cost":           {mosa("s1", 1, 1, ",1,1,", ",1,###,"), `2: PreTaxCost: "###": is what a spreadsheet writes where a column is too narrow`},
		"a common blank in a number":     {mosa("s1", 1, 1, ",1,1,", ",1,1 000,"), `2: PreTaxCost: "1 000": is not a decimal number`},
		"digits with a blank":            {mosa("s1", 1, 1, ",1,1,", ",1,5 6,"), `2: PreTaxCost: "5 6": is not a decimal number`},
		"groups of two kinds":            {mosa("s1", 1, 1, ",1,1,", ",1,1'234 567,"), `2: PreTaxCost: "1'234 567": is not a decimal number`},
		"a sign of another currency":     {mosa("s1", 1, 1, ",1,1,", ",1,$5.00,"), `2: PreTaxCost: "$5.00": is not a decimal number`},
		"a minus in parentheses":         {mosa("s1", 1, 1, ",1,1,", ",1,(-5),"), `2: PreTaxCost: "(-5)": is not a decimal number`},
		"a minus on both sides":          {mosa("s1", 1, 1, ",1,1,", ",1,-5-,"), `2: PreTaxCost: "-5-": is not a decimal number`},
		"one parenthesis":                {mosa("s1", 1, 1, ",1,1,", ",1,(5,"), `2: PreTaxCost: "(5": is not a decimal number`},
		"a sign in a file of two currencies": {
			strings.Replace(mosa("s1", 1, 2, ",1,1,", ",1,€5.00,"), "EUR", "USD", 1),
			`2: PreTaxCost: "€5.00": is not a decimal number`,
		},
		"a year of two digits": {mosa("s1", 1, 1, "2026-03-01", "01/03/26"), `2: UsageDateTime: "01/03/26": has a year of two digits, and nothing in the file says which number it is; load it with --date-order`},
		"periods and charges in two orders of dates": {
			focus(focusHeader, focusRow("1", "4/1/2025", "5/1/2025", "01/04/2025"), focusRow("1", "4/1/2025", "5/1/2025", "02/04/2025"), focusRow("1", "4/1/2025", "5/1/2025", "03/04/2025")),
			"are written in two orders of day and month",
		},
		"years of two digits in front":     {mosa("s1", 1, 3, "2026-03-01", "26-03-01", "2026-03-02", "26-03-20", "2026-03-03", "26-03-31"), `2: UsageDateTime: "26-03-01": has a year of two digits`},
		"a named month of a year far off":  {mosa("s1", 1, 1, "2026-03-01", "1-Mar-2999"), `2: UsageDateTime: "1-Mar-2999": is a date before 2000 or after 2200`},
		"a day's number in a spreadsheet":  {mosa("s1", 1, 1, "2026-03-01", "46082"), `2: UsageDateTime: "46082": is the number that a spreadsheet has for a day`},
		"a time's number in a spreadsheet": {mosa("s1", 1, 1, "2026-03-01", "46082.5"), `2: UsageDateTime: "46082.5": is the number that a spreadsheet has for a day`},
		"two minus signs":                  {mosa("s1", 1, 1, ",1,1,", ",1,\u2212\u22125,"), "is not a decimal number"},
		"a currency that is none":          {mosa("s1", 1, 1, "EUR", "Euros"), `2: Currency: "Euros": is not a currency code`},
		"a dollar of any country":          {mosa("s1", 1, 1, "EUR", "$"), `is not a currency code`},
		"the cost twice":                   {strings.NewReplacer("PreTaxCost,", "PreTaxCost,pretaxcost,", ",1,1,", ",1,1,2,").Replace(mosa("s1", 1, 3)), "nothing says which is right"},
		"a name twice":                     {strings.NewReplacer("MeterName,", "MeterName,Meter Name,", ",Data,", ",Data,Disk,").Replace(mosa("s1", 1, 3)), "nothing says which is right"},
		"a number too large":               {mosa("s1", 1, 1, ",1,1,", ",1e18,1,"), "which no usage is"},
		"numbers that add up to too much":  {mosa("s1", 1, 12, ",1,1,", ",1e17,1,"), "add up to over 10^18"},
		"a wide header":                    {strings.Repeat("c,", 5000) + "c\n1\n", "5001 columns"},
		"a long row":                       {mosa("s1", 1, 1, "Data", strings.Repeat("x", 300<<10)), "2: a row of over 256 KiB"},
		"infinity":                         {period("2026-05-01", "infinity"), `2: BillingPeriodEnd: "infinity": is not a date`},
		"epoch":                            {period("epoch", "2026-06-01"), `2: BillingPeriodStart: "epoch": is not a date`},
		"no beginning":                     {period("", "2026-06-01"), `2: BillingPeriodStart: "": is empty`},
		"a reversed period":                {period("2026-05-01", "2026-04-01"), "before the billing period begins"},
		"an empty period":                  {period("2026-05-01", "2026-05-01"), "is the day on which the billing period begins, and FOCUS ends one with the day after its last; write that day"},
		"month 13":                         {period("2026-13-01", "2026-14-01"), `2: BillingPeriodStart: "2026-13-01": is not a date`},
		"a period of years":                {period("2026-05-01", "2028-05-01"), "over 400 days"},
		"a period in no zone":              {period("2026-05-01T00:00:00+99:00", "2026-06-01"), `2: BillingPeriodStart: "2026-05-01T00:00:00+99:00": is not a date`},
		"a charge that ends first": {
			focus(focusHeader, "1,1,b1,USD,2026-05-01,2026-06-01,Usage,2026-05-03,2026-05-02,VM"),
			`2: ChargePeriodEnd: "2026-05-02": is before the charge begins`,
		},
		"SQL for a period":                                 {period("2026-05-01", "'); DROP TABLE keys;--"), "is not a date"},
		"an encoding that nothing tells":                   {mosa("s1", 1, 1, "Data", "\xcf\xf0\xe8\xe2\xe5\xf2"), "is not UTF-8"},
		"two encodings":                                    {mosa("s1", 1, 1, "Data", "Größe\xdf"), "2: byte 33 of the line, 0xdf, is not UTF-8"},
		"another cloud's file":                             {"lineItem/UsageStartDate,lineItem/UnblendedCost\n1,2\n", "AWS's Cost and Usage Report without columns that are needed; export it with at least lineItem/UsageAccountId, "},
		"another cloud's file of the newer spelling":       {"line_item_usage_start_date,line_item_unblended_cost\n1,2\n", "export it with at least line_item_usage_account_id, "},
		"another cloud's file without its costs":           {"lineItem/UsageStartDate,lineItem/UsageAccountId,lineItem/LineItemType,lineItem/UsageAmount,bill/PayerAccountId\n2026-10-01T00:00:00Z,1,Usage,1,1\n", `"AWS Cost and Usage Report", but lack lineItem/UnblendedCost, bill/BillingPeriodStartDate, bill/BillingPeriodEndDate`},
		"another cloud's usage report":                     {"lineItem/intervalUsageStart,usage/consumedQuantity\n1,2\n", "no cost; load the cost report beside it"},
		"a tag that is no UTF-8":                           {"lineItem/intervalUsageStart,lineItem/tenantId,cost/myCost,product/service,tags/a\n2026-10-01T00:00Z,t,1,C,\xcf\xf0\xe8\xe2\n", "is not UTF-8"},
		"credits that are no list":                         {strings.Replace(gcp, "[]", "-1.5", 1), `2: credits: "-1.5": is not a list of credits`},
		"JSON rows that are cut off":                       {gcpJSON[:len(gcpJSON)-20], "row 2 is no JSON object, or is cut off"},
		"a bad amount in JSON rows":                        {strings.Replace(gcpJSON, `"cost":2.5`, `"cost":"much"`, 1), `2: cost: "much"`},
		"two files of three sections, one below the other": {v2Sample(t) + v2Sample(t), "one value alone: another file, or another section, begins here"},
		"the old portal's marketplace charges": {
			"SubscriptionGuid,Date,Publisher Name,Offer Name,Plan Name,Consumed Quantity,ExtendedCost\ns1,03/01/2017,P,O,P,1,1\n",
			"the Enterprise Agreement's file of marketplace charges",
		},
		"the portal's cost analysis": {"UsageDate,Cost,CostUSD,Currency\n2026-03-01,1.0,1.1,EUR\n", `"Cost analysis" download`},
		"FOCUS's invoice details": {
			"BilledCost,BillingAccountId,BillingCurrency,BillingPeriodEnd,BillingPeriodStart,ChargeCategory,InvoiceDetailId,InvoiceId,InvoiceIssueDate\n1,a,EUR,2026-10-01,2026-09-01,Tax,d,i,2026-10-03\n",
			"FOCUS's invoice details, which say what invoices hold, and no usage; load the cost and usage beside it",
		},
		"FOCUS's billing periods": {
			"BillingPeriodEnd,BillingPeriodLastUpdated,BillingPeriodStart,BillingPeriodStatus,InvoiceIssuerName\n2026-10-01,2026-10-05,2026-09-01,Open,AWS\n",
			"FOCUS's list of billing periods, which holds no usage",
		},
		"AWS Cost Explorer's download": {
			"Service,EC2-Instances($),S3($),Total costs($)\nService total,10,2.5,12.5\n2026-09-01,10,2.5,12.5\n", "AWS Cost Explorer's download, a sum",
		},
		"Google Cloud's report in euros": {
			"Project name,Project ID,Project number,Cost (€),Discounts (€),Promotions and others (€),Subtotal (€)\nShop,shop,1,5,0,0,5\n",
			"the table of Google Cloud's billing reports, a sum",
		},
		"Google Cloud's cost table": {
			"Billing account name,Billing account ID,Project name,Project ID,Service description,Service ID,SKU description,SKU ID,Usage start date,Usage end date,Unrounded cost ($),Cost ($)\n" +
				"A,01,p,p,Compute,6F,CPU,AA,2026-09-01,2026-09-30,5.0,5.0\n",
			"the table of Google Cloud's billing reports, a sum",
		},
		"a price sheet below its title": {
			"Price Sheet Report for billing period - 202304\n\nMeter ID,Meter name,Meter category,Meter sub-category,Meter region,Unit,Unit of measure,Part number,Unit price,Currency code,Included quantity\n" +
				"m,D2,VM,D,,10 Hours,10 Hours,A-1,1.05,USD,0\n",
			"an Azure price sheet, which holds prices and no usage",
		},
		"a pointer of Git LFS": {
			"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345678\n",
			"stands for a file of 12345678 bytes that Git LFS keeps elsewhere; fetch it with 'git lfs pull'",
		},
		"a pointer of Git LFS, with line ends of Windows": {
			"version https://git-lfs.github.com/spec/v1\r\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\r\nsize 12345678\r\n",
			"stands for a file of 12345678 bytes that Git LFS keeps elsewhere; fetch it with 'git lfs pull'",
		},
		"an invoice's cost table of Google Cloud": {
			"Invoice number,5123\nInvoice date,2026-03-31\n\nProject name,Project ID,Service description,Cost (€)\nP,p,Compute,1\n", "the table of Google Cloud's billing reports, a sum",
		},
		"AWS Cost Explorer's download in yuan":  {"Service,EC2-Instances(¥),Total costs(¥)\nService total,10,10\n", "AWS Cost Explorer's download, a sum"},
		"AWS Cost Explorer's table of months":   {"Service,2026-02-01,2026-03-01,Service total\nEC2,1,2,3\n", "AWS Cost Explorer's download, a sum"},
		"Azure's retail prices":                 {"currencyCode,retailPrice,unitPrice,armRegionName,meterId,serviceName\nUSD,1,1,westeurope,m,VM\n", "Azure's retail prices"},
		"the usage aggregates of Azure's API":   {"usageStartTime,usageEndTime,meterName,meterCategory,unit,instanceData,meterId,subscriptionId,quantity\na,b,c,d,e,f,g,h,1\n", "quantities and no cost"},
		"an Enterprise Agreement's balance":     {"Billing Period,Beginning Balance,New Purchases,Adjustments,Utilized,Ending Balance\n202603,1,0,0,1,0\n", "the balance summary"},
		"Azure Advisor's recommendations":       {"Category,Business Impact,Recommendation,Potential Annual Cost Savings\nCost,High,r,1\n", "Azure Advisor's"},
		"Databricks's usage":                    {"account_id,sku_name,usage_date,usage_unit,usage_quantity\na,S,2026-03-01,DBU,1\n", "Databricks's table"},
		"Snowflake's usage":                     {"ACCOUNT_LOCATOR,USAGE_DATE,USAGE_TYPE,USAGE,CURRENCY,USAGE_IN_CURRENCY\na,2026-03-01,compute,1,USD,3\n", "Snowflake's table"},
		"a cluster's cost from OpenCost":        {"Name,cpuCost,gpuCost,pvCost,ramCost,totalCost,start,end\nns,1,0,0,1,2,a,b\n", "which the cloud's own bill holds already"},
		"a cluster's cost from Kubecost's page": {"Name,Namespace,CPU Cost,RAM Cost,Total Cost\nns,ns,1,1,2\n", "which the cloud's own bill holds already"},
		"Alibaba Cloud's bill":                  {"BillingCycle,InstanceID,ProductCode,SubscriptionType,PretaxGrossAmount,InvoiceDiscount,PretaxAmount,Currency\n2026-05,i,ecs,PayAsYouGo,2,0,2,USD\n", "Alibaba Cloud's bill"},
		"DigitalOcean's invoice":                {"product,group_description,description,hours,start,end,USD,project_name,category\nDroplets,,w,1,a,b,$5,p,iaas\n", "a DigitalOcean invoice"},
		"Oracle Cloud's cost analysis":          {"tenantId,service,timeUsageStarted,timeUsageEnded,computedAmount,currency\nt,COMPUTE,a,b,1,USD\n", "Oracle Cloud's cost analysis"},
		"one column":                            {"name\na\nb\n", "1 column (name) is one of no usage file"},
		"a file of something else":              {"name,score\na,1\n", "2 columns (name, score) are those of no usage file"},
		"one of many columns":                   {"a,b,c,d,e,f,g\n1,2,3,4,5,6,7\n", "7 columns (a, b, c, d, e and 2 more) are"},
		"a few columns of FOCUS": {
			"ServiceCategory,BillingCurrency,BilledCost,ChargePeriodStart,ChargePeriodEnd,ResourceId\nCompute,USD,1.5,2026-06-01,2026-06-02,i\n",
			`"FOCUS cost and usage", but lack EffectiveCost, BillingAccountId, BillingPeriodStart, BillingPeriodEnd, ChargeCategory, ServiceName`,
		},
		"many columns of FOCUS, none of those that are needed": {
			"BillingAccountName,ChargeClass,ChargeDescription,ChargeFrequency,ListCost,ResourceId,RegionId,SkuId,Tags\na,,d,Usage-Based,1,i,r,s,{}\n",
			`its 9 columns come nearest to "FOCUS cost and usage", but lack BilledCost, EffectiveCost, BillingAccountId, BillingCurrency, `,
		},
		"few of those that are needed, of a format that needs most": {
			"date,meterCategory,meterName,chargeType,product,invoiceSectionName,serviceFamily,pricingModel,exchangeRatePricingToBilling\n" +
				"2026-05-01,VM,D2,Usage,p,s,Compute,OnDemand,1\n",
			`"Azure MCA cost export", but lack SubscriptionId, meterId, quantity, `,
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			r := load(t, l, loader.Options{}, write(t, "export.csv", c.content))[0]
			if r.Status != loader.Refused || !strings.Contains(fmt.Sprint(r.Err), c.reason) {
				t.Errorf("%s: %v; want refused: %s", r.Status, r.Err, c.reason)
			}
			if got := value(t, l, "SELECT (SELECT count(*) FROM loads) + (SELECT count(*) FROM charges)"); got != "0" {
				t.Errorf("%s rows are left of a refused file", got)
			}
		})
	}
}

// A spreadsheet that expects the day first turns the days up to the twelfth of a file that has the month first, and leaves the others.
func TestHalfTurnedDates(t *testing.T) {
	four := func(dates ...string) string {
		content := mosa("s1", 1, len(dates))
		for i := range dates {
			content = strings.Replace(content, fmt.Sprintf("2026-03-%02d", i+1), dates[i], 1)
		}
		return content
	}
	long := func(file string) string { // whose first day is all that is seen before it is read
		head, rows, _ := strings.Cut(file, "\n")
		first, rest, _ := strings.Cut(rows, "\n")
		return head + "\n" + strings.Repeat(first+"\n", 1<<20/len(first)+1) + rest
	}
	for name, c := range map[string]struct {
		content string
		refused bool
	}{
		"beyond the first megabyte":     {long(four("2026-05-03", "2026-12-03", "03/13/2026", "03/31/2026")), true},
		"two files, the first longer":   {long(four("2026-03-05", "2026-03-12", "03/13/2026", "03/31/2026")), false},
		"with points":                   {four("05.03.2026", "01.12.2026", "03/13/2026", "03/31/2026"), false},
		"with points, turned":           {four("03.05.2026", "03.12.2026", "03/13/2026", "03/31/2026"), true},
		"the year first":                {four("2026-05-03", "2026/12/3", "03/13/2026", "3/31/2026"), true},
		"with a time":                   {four("2026-05-03 00:00", "2026-12-03 00:00", "03/13/2026 00:00", "03/31/2026 00:00"), true},
		"a month's name":                {four("3-May-2026", "3-Dec-2026", "03/13/2026", "03/31/2026"), true},
		"the day first, turned":         {four("2026-05-03", "2026-12-03", "13/03/2026", "31/03/2026"), true},
		"two files, one below another":  {four("2026-03-05", "2026-03-12", "03/13/2026", "03/31/2026"), false},
		"the same of two months":        {four("2026-04-05", "2026-04-12", "03/13/2026", "03/31/2026"), false},
		"a later day, written so":       {four("2026-05-03", "2026-03-20", "03/13/2026", "03/31/2026"), false},
		"one with slashes, as it might": {four("2026-05-03", "03/04/2026", "03/13/2026", "03/31/2026"), false},
	} {
		t.Run(name, func(t *testing.T) {
			r := load(t, open(t), loader.Options{}, write(t, "a.csv", c.content))[0]
			switch {
			case !c.refused && r.Err != nil:
				t.Error(r.Err)
			case c.refused && !strings.Contains(fmt.Sprint(r.Err), "are turned, as those like"):
				t.Errorf("%s %v %q", r.Status, r.Err, r.Warnings)
			}
		})
	}
}

// What the file leaves open, an option says.
func TestWhatOptionsSay(t *testing.T) {
	l := open(t)
	content := mosa("s1", 1, 3, ",1,1,", `,1,"1,234",`)
	if r := load(t, l, loader.Options{Decimals: loader.DecimalComma}, write(t, "a.csv", content))[0]; r.Err != nil || r.Totals["EUR"].String() != "3.702" {
		t.Errorf("%v %v", r.Totals, r.Err)
	}
	l = open(t)
	if r := load(t, l, loader.Options{Decimals: loader.DecimalPoint}, write(t, "a.csv", content))[0]; r.Err != nil || r.Totals["EUR"].String() != "3702" {
		t.Errorf("%v %v", r.Totals, r.Err)
	}
	l = open(t)
	r := load(t, l, loader.Options{AssumeCurrency: "EUR"}, write(t, "a.csv", strings.Replace(mosa("s1", 1, 3), ",EUR\n", ",\n", 1)))[0]
	if r.Err != nil || r.Totals["EUR"].String() != "3" || len(r.Totals) != 1 {
		t.Errorf("a currency in some rows, and the others assumed: %v %v", r.Totals, r.Err)
	}
}

// A flag that says the order of dates is no reason to take the days of April 2026 for one of each year.
func TestYearsInFrontWithAnOrderOfDates(t *testing.T) {
	for name, edit := range map[string][]string{
		"from the first":  {"2026-03-01", "26/04/01", "2026-03-02", "26/04/02", "2026-03-03", "26/04/03"},
		"later days":      {"2026-03-01", "26.04.13", "2026-03-02", "26.04.14", "2026-03-03", "26.04.28"},
		"over a new year": {"2026-03-01", "25-12-30", "2026-03-02", "25-12-31", "2026-03-03", "26-01-01"},
	} {
		t.Run(name, func(t *testing.T) {
			r := load(t, open(t), loader.Options{DateOrder: loader.DayFirst}, write(t, "a.csv", mosa("s1", 1, 3, edit...)))[0]
			if !strings.Contains(fmt.Sprint(r.Err), "has a year of two digits in front") {
				t.Errorf("%v, %v", r.Err, r.Warnings)
			}
		})
	}
	r := load(t, open(t), loader.Options{DateOrder: loader.DayFirst}, write(t, "a.csv", mosa("s1", 1, 2, "2026-03-01", "15/03/25", "2026-03-02", "15/03/26")))[0]
	if r.Err != nil {
		t.Errorf("the same day of two years: %v", r.Err)
	}
}

// A file in Windows-1252 has its letters, and says that it was read so.
func TestWindows1252(t *testing.T) {
	text, err := charmap.Windows1252.NewEncoder().String(mosa("s1", 1, 2, "Data", "Größe – 5 €"))
	if err != nil {
		t.Fatal(err)
	}
	l := open(t)
	r := load(t, l, loader.Options{}, write(t, "a.csv", text))[0]
	if r.Err != nil || !strings.Contains(strings.Join(r.Warnings, "\n"), "Windows-1252") || !strings.HasPrefix(r.Encoding, "Windows-1252") {
		t.Fatalf("%v %q %q", r.Err, r.Warnings, r.Encoding)
	}
	if got := value(t, l, "SELECT min(SkuMeter) FROM usage"); got != "Größe – 5 €" {
		t.Error(got)
	}
	// Past the first megabyte nothing is decided any more.
	var b bytes.Buffer
	b.WriteString(mosa("s1", 1, 1))
	line := strings.SplitAfter(mosa("s1", 1, 1), "\n")[1]
	for b.Len() < 2<<20 {
		b.WriteString(line)
	}
	b.WriteString(strings.Replace(line, "Data", "Gr\xf6\xdfe", 1))
	l = open(t)
	if r := load(t, l, loader.Options{}, write(t, "a.csv", b.String()))[0]; !strings.Contains(fmt.Sprint(r.Err), "MeterName: \"Gr\\xf6\\xdfe\": is not UTF-8") {
		t.Error(r.Err)
	}
}

// Databases write NULL, or \N, where there is nothing, and Python nan, in texts as in numbers; in quotes it is a text.
func TestDatabasesNull(t *testing.T) {
	for null, want := range map[string]string{
		"NULL": "0", "null": "0", `\N`: "0", `"NULL"`: "3", `\n`: "3", "nan": "0", "NaN": "0", "<NA>": "0", `"nan"`: "3",
	} {
		l := open(t)
		r := load(t, l, loader.Options{}, write(t, "a.csv", mosa("s1", 1, 3, ",rg,", ","+null+",", ",Data,1,1,/subscriptions/s1/resourceGroups/rg/providers/M.S/a/b", ",Data,"+strings.Trim(null, `"`)+",1,"+null)))[0]
		if null == `\n` {
			if r.Status != loader.Refused {
				t.Errorf("%s is a number", null)
			}
			continue
		}
		if r.Err != nil || len(r.Warnings) > 0 {
			t.Errorf("%s: %v %q", null, r.Err, r.Warnings)
		}
		if got := value(t, l, "SELECT greatest(count(ResourceId), count(x_ResourceGroupName)) FROM usage"); got != want {
			t.Errorf("%s: %s rows have a resource or a group, want %s", null, got, want)
		}
	}
}

// OpenAI lists days on which nothing was used. A program that reads them may write a word for their empty cells.
func TestDaysWithoutUse(t *testing.T) {
	const file = "start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,quantity,quantity_unit,line_item,project_id,organization_id\n" +
		"1790812800,1790899200,2026-10-01T00:00:00+00:00,2026-10-02T00:00:00+00:00,2.5,usd,2000000,tokens,\"gpt-5-mini, input\",p,o\n" +
		"1790899200,1790985600,2026-10-02T00:00:00+00:00,2026-10-03T00:00:00+00:00,-,-,,,,,\n"
	for _, none := range []string{"", "NULL", "None", "nan", "<NA>"} {
		l := open(t)
		r := load(t, l, loader.Options{}, write(t, "a.csv", strings.ReplaceAll(file, "-,-", none+","+none)))[0]
		if all := strings.Join(r.Warnings, "; "); r.Err != nil || r.Rows != 1 || !strings.Contains(all, "1 row says that nothing was used") {
			t.Errorf("%q: %d rows, %v %q", none, r.Rows, r.Err, all)
		}
	}
}

// A currency may be said to be none, too.
func TestNoCurrency(t *testing.T) {
	for _, none := range []string{"", "NULL", "None", "nan", "<NA>"} {
		l := open(t)
		r := load(t, l, loader.Options{}, write(t, "a.csv", strings.ReplaceAll(mosa("s1", 1, 3), "EUR", none)))[0]
		if r.Err != nil || !strings.Contains(strings.Join(r.Warnings, "; "), "the file names no currency") {
			t.Errorf("%q: %v %q", none, r.Err, r.Warnings)
		}
	}
}

// A copy in which a database has filled up the texts, or a script has written an id in another form, has the same accounts.
func TestIDsInOtherForms(t *testing.T) {
	const guid = "1aaaaaaa-0001-4000-8000-000000000001"
	cells := func(account, name string) string {
		return mosa("s1", 1, 2, "\ns1,rg,", "\n"+account+","+name+",", "/subscriptions/s1/", "/subscriptions/"+guid+"/")
	}
	for _, c := range [][2]string{
		{guid + "  ", "rg"},
		{" " + guid, " rg "},
		{guid + "\u00a0", "rg   "},
		{"\t" + guid, "rg"},
		{"'" + guid, "rg"},
		{`"""` + guid + `"""`, "rg"},
		{"{" + guid + "}", "rg"},
		{"'" + guid + "'", "rg"},
		{`"""` + guid + `  """`, "rg"},
		{"subscriptions/" + guid, "rg"},
		{"/subscriptions/" + guid, "rg"},
		{"/subscriptions/" + guid + "/", "rg"},
		{strings.ToUpper(guid), "rg"},
	} {
		l := open(t)
		load(t, l, loader.Options{}, write(t, "a.csv", cells(guid, "rg")))
		if r := load(t, l, loader.Options{}, write(t, "b.csv", cells(c[0], c[1])))[0]; r.Err != nil {
			t.Error(c, r.Err)
		}
		got := value(t, l, "SELECT string_agg(DISTINCT SubAccountId || '|' || x_ResourceGroupName, ' ') || ' ' || sum(BilledCost)::INT FROM usage")
		if want := guid + "|rg 2"; got != want {
			t.Errorf("%q: %s, want %s", c, got, want)
		}
	}
}

// Ids of other clouds keep their ends.
func TestIDsKeepTheirEnds(t *testing.T) {
	const ids = "a a/ a} {a '1a a''"
	l := open(t)
	header, rows := focusHeader+",SubAccountId", ""
	for _, id := range strings.Fields(ids) {
		rows += focusRow("1", "2026-03-01", "2026-04-01", "2026-03-01") + "," + id + "\n"
	}
	if r := load(t, l, loader.Options{}, write(t, "a.csv", focus(header, rows)))[0]; r.Err != nil {
		t.Fatal(r.Err)
	}
	got := value(t, l, "SELECT string_agg(SubAccountId, ' ' ORDER BY SubAccountId) FROM usage")
	if want := "1a a a'' a/ a} {a"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A character that was lost before the file came here is counted.
func TestLostCharacters(t *testing.T) {
	l := open(t)
	r := load(t, l, loader.Options{}, write(t, "a.csv", mosa("s1", 1, 2, "Data", "Gr\ufffdße")))[0]
	if r.Err != nil || !strings.Contains(strings.Join(r.Warnings, "\n"), "1 combination of names holds U+FFFD") {
		t.Errorf("%v %q", r.Err, r.Warnings)
	}
}

// A spreadsheet shows an account's number of twelve digits as 1.23457E+11 and saves it so: two accounts
// may be one then.
func TestRoundedIDs(t *testing.T) {
	for id, said := range map[string]bool{"1.23457E+11": true, "1,23457E+11": true, "1E+11": true, "1.2E+11": true, "1E11": false, "123456789012": false, "1.2.3E+11": false, "": false} {
		l := open(t)
		r := load(t, l, loader.Options{}, write(t, "a.csv", mosa("s1", 1, 2, "s1,", `"`+id+`",`)))[0]
		if got := strings.Contains(strings.Join(r.Warnings, "\n"), "an id that a spreadsheet has rounded"); r.Err != nil || got != said {
			t.Errorf("%q: %v %q, want a warning: %t", id, r.Err, r.Warnings, said)
		}
	}
}

// A file under a rounded id and another that has the same days under the whole one are the same charges.
func TestRoundedIDsBesideWholeOnes(t *testing.T) {
	of := func(id string, from, to int) string { return mosa("s1", from, to, "s1,", `"`+id+`",`) }
	for name, c := range map[string]struct {
		files  []string
		reason string // "" for none
	}{
		"the rounded one later": {[]string{of("123456789012", 1, 3), of("1.23457E+11", 1, 3)}, "a.csv (load 1) has the same days of account 123456789012"},
		"the rounded one first": {[]string{of("1,2346E+11", 1, 3), of("123456789012", 2, 4)}, "take the other back with 'usagereport loads remove 1'"},
		"a zero in front":       {[]string{of("012345678901", 1, 3), of("1.23457E+10", 1, 3)}, "was rounded by a spreadsheet"},
		"of one digit":          {[]string{of("100000012345", 1, 3), of("1E+11", 1, 3)}, "was rounded by a spreadsheet"},
		"other days":            {[]string{of("123456789012", 1, 3), of("1.23457E+11", 4, 6)}, ""},
		"another account":       {[]string{of("123446789012", 1, 3), of("1.23457E+11", 1, 3)}, ""},
		"a name":                {[]string{of("shop", 1, 3), of("1.23457E+11", 1, 3)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			l, a, b := open(t), write(t, "a.csv", c.files[0]), write(t, "b.csv", c.files[1])
			load(t, l, loader.Options{}, a)
			r := load(t, l, loader.Options{}, b)[0]
			if c.reason == "" && r.Err != nil || c.reason != "" && (r.Status != loader.Refused || !strings.Contains(fmt.Sprint(r.Err), c.reason)) {
				t.Errorf("%s: %v", r.Status, r.Err)
			}
			both := load(t, open(t), loader.Options{}, a, b)
			if last := both[len(both)-1]; (c.reason != "") != (last.Status == loader.Refused) {
				t.Errorf("at once: %s: %v", last.Status, last.Err)
			}
		})
	}
}

// A month begins at midnight of its place: up to fourteen hours before UTC's, or twelve after
// it. A time with an offset may also be UTC's midnight, as a clock elsewhere has it.
func TestMonthOfAPlace(t *testing.T) {
	for name, c := range map[string][2]string{
		"India":                    {"2026-04-30T18:30:00Z", "2026-05-31T18:30:00Z"},
		"China":                    {"2026-04-30T16:00:00Z", "2026-05-31T16:00:00Z"},
		"New Zealand":              {"2026-04-30T12:00:00Z", "2026-05-31T12:00:00Z"},
		"New Zealand in summer":    {"2026-04-30T11:00:00Z", "2026-05-31T11:00:00Z"},
		"Kiribati":                 {"2026-04-30T10:00:00Z", "2026-05-31T10:00:00Z"},
		"Los Angeles":              {"2026-05-01T07:00:00Z", "2026-06-01T07:00:00Z"},
		"Hawaii":                   {"2026-05-01T10:00:00Z", "2026-06-01T10:00:00Z"},
		"UTC, by New York's clock": {"2026-04-30T20:00:00-04:00", "2026-05-31T20:00:00-04:00"},
		"UTC, by Auckland's clock": {"2026-05-01T13:00:00+13:00", "2026-06-01T13:00:00+13:00"},
		"its last second":          {"2026-04-30T12:00:00Z", "2026-05-31T11:59:59Z"},
		"months by name":           {"01-May-2026", "01-Jun-2026"},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			row := "1,1,a,USD," + c[0] + "," + c[1] + ",Usage,2026-05-10,2026-05-11,VM"
			if r := load(t, l, loader.Options{}, write(t, "a.csv", focus(focusHeader, row)))[0]; r.Err != nil {
				t.Fatal(r.Err)
			}
			got := value(t, l, "SELECT x_BillingPeriod || ' ' || BillingPeriodStart || ' ' || BillingPeriodEnd FROM usage")
			if want := "2026-05 2026-05-01 2026-06-01"; got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}

// A billing period that names its last day, or its last second, as its end has that
// day.
func TestInclusiveEnds(t *testing.T) {
	for name, c := range map[string]struct {
		end, want  string
		said, open bool // open: the data do not reach the last day yet
	}{
		"the day after":                {"2026-06-01T00:00:00Z", "2026-06-01", false, false},
		"its last second":              {"2026-05-31T23:59:59Z", "2026-06-01", true, false},
		"its last day":                 {"2026-05-31", "2026-06-01", true, false},
		"an offset":                    {"2026-06-01T00:00:00+02:00", "2026-06-01", false, false},
		"India's midnight":             {"2026-05-31T18:30:00Z", "2026-06-01", false, false},
		"Los Angeles's midnight":       {"2026-06-01T07:00:00Z", "2026-06-01", false, false},
		"a period that is short":       {"2026-05-30", "2026-05-30", false, false},
		"open, the day after":          {"2026-06-01T00:00:00Z", "2026-06-01", false, true},
		"open, its last minute":        {"2026-05-31T23:59:00Z", "2026-06-01", true, true},
		"open, its last day":           {"2026-05-31T00:00:00Z", "2026-06-01", true, true},
		"open, a period that is short": {"2026-05-30", "2026-05-30", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			last := "2026-05-31"
			if c.open {
				last = "2026-05-20"
			}
			l := open(t)
			r := load(t, l, loader.Options{}, write(t, "a.csv", focus(focusHeader, focusRow("1", "2026-05-01", c.end, "2026-05-02"), focusRow("1", "2026-05-01", c.end, last))))[0]
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			if got := value(t, l, "SELECT string_agg(DISTINCT BillingPeriodEnd::DATE::VARCHAR, ' ') FROM usage"); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			if said := strings.Contains(strings.Join(r.Warnings, "\n"), "as their end"); said != c.said {
				t.Errorf("warnings: %q", r.Warnings)
			}
		})
	}
}

// A charge that names its last second as its end, or a part of that, ends with the day or the hour; any other ends when it says.
func TestInclusiveEndsOfCharges(t *testing.T) {
	for name, c := range map[string][3]string{
		"the day after":    {"2026-05-02T00:00:00Z", "2026-05-03T00:00:00Z", "2026-05-03 00:00:00"},
		"its last second":  {"2026-05-02T00:00:00Z", "2026-05-02T23:59:59Z", "2026-05-03 00:00:00"},
		"a part of it":     {"2026-05-02T00:00:00Z", "2026-05-02T23:59:59.999Z", "2026-05-03 00:00:00"},
		"India's day":      {"2026-05-01T18:30:00Z", "2026-05-02T18:29:59Z", "2026-05-02 18:30:00"},
		"of a month":       {"2026-05-01T00:00:00Z", "2026-05-31T23:59:59Z", "2026-06-01 00:00:00"},
		"of an hour":       {"2026-05-02T07:00:00Z", "2026-05-02T07:59:59Z", "2026-05-02 08:00:00"},
		"an hour":          {"2026-05-02T07:00:00Z", "2026-05-02T08:00:00Z", "2026-05-02 08:00:00"},
		"a second":         {"2026-05-02T07:00:00Z", "2026-05-02T07:00:01Z", "2026-05-02 07:00:01"},
		"no time":          {"2026-05-02T07:00:00Z", "2026-05-02T07:00:00Z", "2026-05-02 07:00:00"},
		"its last minute":  {"2026-05-02T00:00:00Z", "2026-05-02T23:59:00Z", "2026-05-02 23:59:00"},
		"from some second": {"2026-05-02T07:00:07Z", "2026-05-02T08:00:06Z", "2026-05-02 08:00:06"},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			row := "1,1,a,USD,2026-05-01,2026-06-01,Usage," + c[0] + "," + c[1] + ",VM"
			if r := load(t, l, loader.Options{}, write(t, "a.csv", focus(focusHeader, row)))[0]; r.Err != nil {
				t.Fatal(r.Err)
			}
			if got := value(t, l, "SELECT ChargePeriodEnd::TIMESTAMP FROM usage"); !strings.HasPrefix(got, c[2]) {
				t.Errorf("%s, want %s", got, c[2])
			}
		})
	}
}

// What is charged by the day is no part of an export that was divided at some hour, however its end is written: a file
// of other charges of these days would count beside them.
func TestDaysWithInclusiveEndsAreNoHours(t *testing.T) {
	rows := func(service, cost, end string) string {
		var rows []string
		for day := 1; day < 10; day++ {
			rows = append(rows, fmt.Sprintf("%s,%s,b1,USD,2026-05-01,2026-06-01,Usage,2026-05-%02d,2026-05-%s,%s", cost, cost, day, strings.ReplaceAll(strings.ReplaceAll(end, "DAY", fmt.Sprintf("%02d", day)), "NEXT", fmt.Sprintf("%02d", day+1)), service))
		}
		return focus(focusHeader, rows...)
	}
	for name, end := range map[string]string{"its last second": "DAYT23:59:59Z", "its day": "DAY", "the day after": "NEXT"} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			load(t, l, loader.Options{}, write(t, "a.csv", rows("VM", "1", end)))
			if r := load(t, l, loader.Options{}, write(t, "b.csv", rows("Disk", "2", end)))[0]; r.Status != loader.Refused {
				t.Errorf("%s, %v, %q", r.Status, r.Err, r.Warnings)
			}
		})
	}
}

// A charge of the month before, or of an order that begins soon, is as usual; one of
// another year, or for more years than any purchase, is taken and named.
func TestFarCharges(t *testing.T) {
	for name, c := range map[string]struct{ from, to, warning string }{
		"the month before": {"2026-03-31", "2026-04-01", ""},
		"soon":             {"2026-06-20", "2027-06-20", ""},
		"three years":      {"2026-05-20", "2029-05-20", ""},
		"long before":      {"2025-12-02", "2025-12-03", "2 charges of 4 USD on 2025-12-02, far outside the billing period of 2026-05-01 to 2026-05-31"},
		"long after":       {"2026-08-02", "2026-08-03", "2 charges of 4 USD on 2026-08-02, far outside"},
		"for five years":   {"2026-05-02", "2031-05-02", "2 charges last over three years"},
	} {
		t.Run(name, func(t *testing.T) {
			row := "2,2,b1,USD,2026-05-01,2026-06-01,Usage," + c.from + "," + c.to + ",VM"
			r := load(t, open(t), loader.Options{}, write(t, "a.csv", focus(focusHeader, row, row)))[0]
			if got := strings.Join(r.Warnings, "\n"); r.Err != nil || !strings.Contains(got, c.warning) || c.warning == "" && got != "" {
				t.Errorf("%v: warnings %q, want %q", r.Err, got, c.warning)
			}
		})
	}
}

// Amounts of version 1 and 2: one sign, the currency's own sign or code, digits in
// groups, and nothing else.
func TestStatementMoney(t *testing.T) {
	v2, err := os.ReadFile(filepath.Join(samples, "azure_account_v2", "202608-v2.csv"))
	if err != nil {
		t.Fatal(err)
	}
	const amount = "€342.70 EUR"
	if !bytes.Contains(v2, []byte(amount)) {
		t.Fatalf("the sample no longer holds %s", amount)
	}
	total := func(l *ledger.Ledger) string { return value(t, l, "SELECT sum(BilledCost)::DECIMAL(18,2) FROM usage") }
	l := open(t)
	load(t, l, loader.Options{}, write(t, "a.csv", string(v2)))
	before := total(l)
	for text, want := range map[string]string{
		"342.70-": "-342.70", "-342.70": "-342.70", "(€342.70)": "-342.70", "342.70 CR": "-342.70", "342.70 DR": "342.70", "+342.70": "342.70",
		"EUR 342.70": "342.70", "342.70 eur": "342.70", "€\u00a0342.70": "342.70", `"1,342.70"`: "1342.70", "1'342.70": "1342.70", "−€342.70": "-342.70",
		"Error 404": "", "5%": "", "5 6": "", `"1,2,3"`: "", "--5": "", "(-5)": "", "$342.70": "", "£342.70": "", "342.70 USD": "", "about 342.70": "", "1.2.3": "",
		"342.70.": "", "€": "", "342.7e1": "", "(€342.70) EUR": "-342.70", "€(342.70)": "-342.70", "((5))": "",
	} {
		t.Run(text, func(t *testing.T) {
			l := open(t)
			r := load(t, l, loader.Options{}, write(t, "a.csv", strings.Replace(string(v2), amount, text, 1)))[0]
			if want == "" {
				if r.Status != loader.Refused || !strings.Contains(fmt.Sprint(r.Err), "Value: ") {
					t.Errorf("%s %v; want it refused with its address", r.Status, r.Err)
				}
				return
			}
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			if got := value(t, l, "SELECT (?::DECIMAL(18,2) - 342.70 + ?::DECIMAL(18,2))::VARCHAR", before, want); total(l) != got {
				t.Errorf("total %s, want %s", total(l), got)
			}
		})
	}
}

// A copy whose values have blanks around them takes the file's place.
func TestSectionsWithBlanks(t *testing.T) {
	for _, sample := range []string{"azure_account_v1/202608-v1.csv", "azure_account_v2/202608-v2.csv"} {
		b, err := os.ReadFile(filepath.Join(samples, sample))
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))))
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var padded strings.Builder
		w := csv.NewWriter(&padded)
		for _, row := range rows {
			for i, v := range row {
				if v != "" {
					row[i] = " " + v + "  "
				}
			}
			if err := w.Write(row); err != nil {
				t.Fatal(err)
			}
		}
		w.Flush()
		l := open(t)
		load(t, l, loader.Options{}, write(t, "a.csv", string(b)))
		const sums = "SELECT concat_ws(' ', count(*), sum(BilledCost), count(DISTINCT SubAccountId), min(ChargePeriodStart)) FROM usage"
		want := value(t, l, sums)
		if r := load(t, l, loader.Options{}, write(t, "b.csv", padded.String()))[0]; r.Err != nil || len(r.Replaced) != 1 {
			t.Errorf("%s: %v, replaced %v", sample, r.Err, r.Replaced)
		}
		if got := value(t, l, sums); got != want {
			t.Errorf("%s: %s, want %s", sample, got, want)
		}
	}
}

// A file of three sections that a spreadsheet has saved, or that has a line above it, holds
// what it held: filled up to the columns of the widest section, with other separators, decimal
// commas and the day first.
func TestSectionsAsASpreadsheetSavesThem(t *testing.T) {
	american := regexp.MustCompile(`^(\d+)/(\d+)/(\d{4})$`)
	number := regexp.MustCompile(`^-?\d+\.\d+$`)
	save := func(t *testing.T, text string, separator rune, fill bool, change func(v string) string) string {
		var b strings.Builder
		r, w := csv.NewReader(strings.NewReader(text)), csv.NewWriter(&b)
		r.FieldsPerRecord, w.Comma = -1, separator
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for i, v := range row {
				row[i] = change(v)
			}
			for fill && len(row) < 17 {
				row = append(row, "")
			}
			if w.Write(row) != nil || len(row) == 1 && w.Write(make([]string, 17)) != nil {
				t.Fatal("it cannot be written")
			}
		}
		w.Flush()
		return b.String()
	}
	same := func(v string) string { return v }
	european := func(v string) string {
		v = american.ReplaceAllStringFunc(v, func(v string) string {
			m := american.FindStringSubmatch(v)
			return fmt.Sprintf("%02s/%02s/%s", m[2], m[1], m[3])
		})
		if number.MatchString(v) {
			return strings.Replace(v, ".", ",", 1)
		}
		if strings.HasPrefix(v, "€") {
			return strings.Replace(strings.Trim(v, "€ EUR"), ".", ",", 1) + " €"
		}
		return v
	}
	short := func(v string) string {
		if m := american.FindStringSubmatch(v); m != nil {
			return fmt.Sprintf("%s/%s/%s", m[1], m[2], m[3][2:])
		}
		return v
	}
	const ask = "SELECT count(*) || ' ' || sum(BilledCost) || ' ' || sum(ConsumedQuantity) || ' ' || min(ChargePeriodStart) || ' ' || max(ChargePeriodStart) FROM usage"
	for _, sample := range []string{"azure_account_v1/202608-v1.csv", "azure_account_v2/202608-v2.csv"} {
		b, err := os.ReadFile(filepath.Join(samples, sample))
		if err != nil {
			t.Fatal(err)
		}
		plain := strings.TrimPrefix(string(b), "\ufeff")
		l := open(t)
		load(t, l, loader.Options{}, write(t, "a.csv", plain))
		want := value(t, l, ask)
		for name, text := range map[string]string{
			"filled up":       save(t, plain, ',', true, same),
			"tabs":            save(t, plain, '\t', true, same),
			"semicolons":      save(t, plain, ';', false, same),
			"european":        save(t, plain, ';', true, european),
			"short years":     save(t, plain, ',', true, short),
			"separator named": "sep=;\n" + save(t, plain, ';', true, european),
			"comma named":     "\ufeffsep=,\r\n" + plain,
			"line above":      "\ufeffUsage of the shop\n\n" + plain,
		} {
			t.Run(sample+" "+name, func(t *testing.T) {
				l := open(t)
				if r := load(t, l, loader.Options{}, write(t, "a.csv", text))[0]; r.Err != nil {
					t.Fatal(r.Err)
				}
				if got := value(t, l, ask); got != want {
					t.Errorf("%s, want %s", got, want)
				}
			})
		}
	}
}

// Amounts in a currency without minor units have no decimals, and --decimals says what no
// amount of a file does.
func TestStatementThousands(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(samples, "azure_account_v2/202608-v2.csv"))
	if err != nil {
		t.Fatal(err)
	}
	in := func(code string) string { // each amount is 1,310
		text := strings.ReplaceAll(string(b), ",EUR,", ","+code+",")
		return regexp.MustCompile(`€[\d.]+ EUR`).ReplaceAllString(text, `"1,310 `+code+`"`)
	}
	n := strings.Count(in("JPY"), `"1,310`)
	for name, c := range map[string]struct {
		text string
		o    loader.Options
		each int // thousandths
	}{
		"yen":           {in("JPY"), loader.Options{}, 1_310_000},
		"wide sign":     {strings.ReplaceAll(in("JPY"), `"1,310 JPY"`, "\"\uffe51,310\""), loader.Options{}, 1_310_000},
		"point is said": {in("EUR"), loader.Options{Decimals: loader.DecimalPoint}, 1_310_000},
		"open":          {in("EUR"), loader.Options{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			r := load(t, l, c.o, write(t, "a.csv", c.text))[0]
			if c.each == 0 {
				if r.Err == nil || !strings.Contains(r.Err.Error(), "--decimals") {
					t.Errorf("%v", r.Err)
				}
				return
			}
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			if got := value(t, l, "SELECT (sum(BilledCost) * 1000)::BIGINT FROM usage"); got != fmt.Sprint(n*c.each) {
				t.Errorf("%s, want %d", got, n*c.each)
			}
		})
	}
}

// Charges of no subscription are the first of none.
func TestFirstSubscriptions(t *testing.T) {
	row := func(sub, day string) string { return focusRow("1", "2026-03-01", "2026-04-01", day) + "," + sub }
	l := open(t)
	load(t, l, loader.Options{}, write(t, "1.csv", focus(focusHeader+",SubAccountId", row("s1", "2026-03-01"))))
	r := load(t, l, loader.Options{}, write(t, "2.csv", focus(focusHeader+",SubAccountId", row("", "2026-03-02"), row("s2", "2026-03-02"))))[0]
	if r.Err != nil || strings.Join(r.First, ", ") != "s2" {
		t.Errorf("%v %q", r.Err, r.First)
	}
}

// A file that makes the program fail, or that is cut off, stops no other.
func TestOneFileStopsNoOther(t *testing.T) {
	v2, err := os.ReadFile(filepath.Join(samples, "azure_account_v2", "202608-v2.csv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(v2), "\n")
	without := func(from, to string) string { // the lines between two titles, but for their header
		var b strings.Builder
		inside, n := false, 0
		for _, line := range lines {
			switch strings.TrimSpace(line) {
			case from:
				inside, n = true, 0
			case to:
				inside = false
			}
			if n++; !inside || n <= 2 {
				b.WriteString(line)
			}
		}
		return b.String()
	}
	last := strings.LastIndexByte(strings.TrimRight(string(v2), "\n"), ',')
	l := open(t)
	rs := load(t, l, loader.Options{},
		write(t, "a.csv", without("Statement", "Daily Usage")),
		write(t, "b.csv", without("Provisioning Status", "Statement")),
		write(t, "c.csv", string(v2)[:last]),
		write(t, "d.csv", mosa("s1", 1, 3)))
	for i, reason := range []string{"Statement section has no line", "", "in the middle of this row", ""} {
		if reason != "" && (rs[i].Status != loader.Refused || !strings.Contains(fmt.Sprint(rs[i].Err), reason)) {
			t.Errorf("file %d: %s %v, want %s", i, rs[i].Status, rs[i].Err, reason)
		}
	}
	if rs[3].Status != loader.Loaded {
		t.Errorf("the last file: %s %v", rs[3].Status, rs[3].Err)
	}
}

// A file of bad rows alone has their reasons, and no error of the database's.
func TestAllRowsBad(t *testing.T) {
	content := focus(focusHeader, focusRow("1;5", "2026-05-01", "2026-06-01", "2026-05-02"), focusRow("1", "2026-05-01", "infinity", "2026-05-02"))
	l := open(t)
	r := load(t, l, loader.Options{MaxRejects: 5}, write(t, "a.csv", content))[0]
	if r.Err != nil || len(r.Rejects) != 2 || r.Rows != 0 {
		t.Errorf("%v %v", r.Err, r.Rejects)
	}
	if got := value(t, l, "SELECT count(*) FROM rejects"); got != "2" {
		t.Errorf("%s rows in rejects", got)
	}
}

// Each version of FOCUS has columns that others lack; what it has is kept, and what it
// has under another name stands under both.
func TestFocusVersions(t *testing.T) {
	for name, c := range map[string]struct{ columns, values, query, want string }{
		"1.0, without a sub account": {
			"ProviderName,PublisherName,InvoiceIssuerName", "AWS,Shop,Reseller",
			"ProviderName || ' ' || PublisherName || ' ' || InvoiceIssuerName || ' ' || ServiceProviderName || '[' || SubAccountId || ']'", "AWS Shop Reseller AWS[]",
		},
		"1.1": {
			"CommitmentDiscountQuantity,CommitmentDiscountUnit,CapacityReservationStatus,SkuPriceDetails", `1.5,Hours,Used,"{""CoreCount"":""4""}"`,
			"CommitmentDiscountQuantity || ' ' || CommitmentDiscountUnit || ' ' || CapacityReservationStatus || ' ' || SkuPriceDetails",
			`1.500000000000000000 Hours Used {"CoreCount":"4"}`,
		},
		"1.2": {
			"PricingCurrency,PricingCurrencyEffectiveCost,BillingAccountType,SubAccountId", "EUR,0.9,Profile,s1",
			"PricingCurrency || ' ' || PricingCurrencyEffectiveCost || ' ' || BillingAccountType || ' ' || SubAccountId", "EUR 0.900000000000000000 Profile s1",
		},
		"1.3": {
			"ServiceProviderName,HostProviderName,AllocatedMethodId,ContractApplied", "Shop,AWS,even,{}",
			"ProviderName || ' ' || ServiceProviderName || ' ' || HostProviderName || ' ' || AllocatedMethodId || ' ' || ContractApplied", "Shop Shop AWS even {}",
		},
		"1.4": {"ServiceProviderName,InvoiceDetailId", "Shop,i-1", "PublisherName || ' ' || InvoiceDetailId", "Shop i-1"},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			content := focus(focusHeader+","+c.columns, focusRow("1", "2026-05-01", "2026-06-01", "2026-05-02")+","+c.values)
			if r := load(t, l, loader.Options{}, write(t, "a.csv", content))[0]; r.Err != nil || len(r.Unknown) > 0 {
				t.Fatalf("%v, not read: %v", r.Err, r.Unknown)
			}
			if got := value(t, l, "SELECT "+c.query+" FROM usage"); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// Where a file leaves the order of its dates open, the files that are loaded with it
// decide, whichever comes first.
func TestNeighboursDecideTheOrderOfDates(t *testing.T) {
	file := func(account string, days ...string) string {
		content := mosa(account, 1, len(days))
		for i, d := range days {
			content = strings.Replace(content, fmt.Sprintf("2026-03-%02d", i+1), d, 1)
		}
		return content
	}
	open1, dayFirst, monthFirst := file("s1", "02/03/2026", "03/04/2026"), file("s2", "02/03/2026", "13/03/2026"), file("s3", "02/03/2026", "02/13/2026")
	for name, c := range map[string]struct {
		first, second string
		days, says    string
	}{
		"before":          {open1, dayFirst, "2026-03-02 2026-04-03", "are taken as day/month/year, as those of"},
		"after":           {dayFirst, open1, "2026-03-02 2026-04-03", "are taken as day/month/year, as those of"},
		"month first":     {open1, monthFirst, "2026-02-03 2026-03-04", "are taken as month/day/year, as those of"},
		"another is open": {open1, file("s4", "02/03/2026", "05/06/2026"), "2026-02-03 2026-03-04", "nothing in the file says"},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			rs := load(t, l, loader.Options{}, write(t, "1.csv", c.first), write(t, "2.csv", c.second))
			var says string
			for _, r := range rs {
				if r.Err != nil {
					t.Fatal(r.Err)
				}
				says += strings.Join(r.Warnings, "; ")
			}
			if got := value(t, l, "SELECT string_agg(ChargePeriodStart::DATE::VARCHAR, ' ' ORDER BY ChargePeriodStart) FROM usage WHERE SubAccountId = 's1'"); got != c.days || !strings.Contains(says, c.says) {
				t.Errorf("%s, %q", got, says)
			}
		})
	}
	// Neighbours that differ decide nothing.
	l := open(t)
	rs := load(t, l, loader.Options{}, write(t, "1.csv", open1), write(t, "2.csv", dayFirst), write(t, "3.csv", monthFirst))
	if !strings.Contains(strings.Join(rs[0].Warnings, "; "), "nothing in the file says") {
		t.Errorf("%q", rs[0].Warnings)
	}
}

// Billing periods that are months in one order of dates alone say which it is, also where the days
// are the first of each month and lie in one January the other way round.
func TestBillingPeriodsShowTheOrderOfDates(t *testing.T) {
	row := func(from, to string) string {
		return "1,1,b1,USD," + from + "," + to + ",Usage," + from + "," + to + ",VM"
	}
	hour := func(from, to, start, end string) string {
		return "1,1,b1,USD," + from + "," + to + ",Usage," + start + "," + end + ",VM"
	}
	for name, c := range map[string]struct {
		rows []string
		days string
		says string // "" for nothing
	}{
		"month first":                  {[]string{row("4/1/2025", "5/1/2025"), row("5/1/2025", "6/1/2025")}, "2025-04-01 2025-05-01", "like 4/1/2025 to 5/1/2025, are taken as months, and its dates as month/day/year; if they are days, load it with --date-order day-first"},
		"day first":                    {[]string{row("01/04/2025", "01/05/2025"), row("01/05/2025", "01/06/2025")}, "2025-04-01 2025-05-01", "are taken as months"},
		"one month, month first":       {[]string{row("4/1/2025", "5/1/2025")}, "2025-04-01", "are taken as months"},
		"one month, day first":         {[]string{row("1/4/2025", "1/5/2025")}, "2025-04-01", "are taken as months"},
		"with dashes":                  {[]string{row("1-4-2025", "1-5-2025")}, "2025-04-01", "are taken as months"},
		"with times":                   {[]string{row("1/4/2025 0:00", "1/5/2025 0:00")}, "2025-04-01", "are taken as months"},
		"years of two digits":          {[]string{row("4/1/25", "5/1/25"), row("5/1/25", "6/1/25")}, "2025-04-01 2025-05-01", "like 6/1/25, are taken as 20.."},
		"not the first":                {[]string{row("4/6/2025", "5/6/2025")}, "2025-04-06", "are taken as months"},
		"not the first, the day first": {[]string{row("6/4/2025", "6/5/2025")}, "2025-04-06", "are taken as months"},
		"a month either way":           {[]string{row("1/1/2025", "1/2/2025")}, "2025-01-01", "are taken as months"},
		"a day, by its charge":         {[]string{focusRow("1", "1/6/2025", "1/7/2025", "1/6/2025")}, "2025-01-06", "are taken as days"},
		"days, by their hours": {
			[]string{
				strings.Replace(row("1/6/2025 0:00", "1/7/2025 0:00"), "Usage,1/6/2025 0:00,1/7/2025 0:00", "Usage,1/6/2025 5:00,1/6/2025 6:00", 1),
				strings.Replace(row("1/7/2025 0:00", "1/8/2025 0:00"), "Usage,1/7/2025 0:00,1/8/2025 0:00", "Usage,1/7/2025 23:00,1/8/2025 0:00", 1),
			}, "2025-01-06 2025-01-07", "",
		},
		"a day, by its last hour beside a charge of all of it": {
			[]string{row("1/6/2025 0:00", "1/7/2025 0:00"), hour("1/6/2025 0:00", "1/7/2025 0:00", "1/6/2025 23:00", "1/7/2025 0:00")},
			"2025-01-06 2025-01-06", "",
		},
		"a day, day first, by its last hour": {
			[]string{row("6/1/2025 0:00", "7/1/2025 0:00"), hour("6/1/2025 0:00", "7/1/2025 0:00", "6/1/2025 23:00", "7/1/2025 0:00")},
			"2025-01-06 2025-01-06", "as its billing periods show",
		},
		"days, of which one has its last hour": {
			[]string{row("1/6/2025 0:00", "1/7/2025 0:00"), hour("1/7/2025 0:00", "1/8/2025 0:00", "1/7/2025 23:00", "1/8/2025 0:00")},
			"2025-01-06 2025-01-07", "",
		},
		"months, by a first hour beside a charge of all of it": {
			[]string{row("1/6/2025 0:00", "1/7/2025 0:00"), hour("1/6/2025 0:00", "1/7/2025 0:00", "1/6/2025 0:00", "1/6/2025 1:00")},
			"2025-06-01 2025-06-01", "are taken as months",
		},
		"a day, day first": {[]string{focusRow("1", "6/1/2025", "7/1/2025", "6/1/2025")}, "2025-01-06", "are taken as days"},
		"months, by one of their charges": {
			[]string{focusRow("1", "1/6/2025", "1/7/2025", "1/6/2025"), row("1/6/2025", "1/7/2025")}, "2025-06-01 2025-06-01", "are taken as months",
		},
		"months, by another day": {
			[]string{focusRow("1", "1/6/2025", "1/7/2025", "1/6/2025"), focusRow("1", "1/6/2025", "1/7/2025", "2/6/2025")},
			"2025-06-01 2025-06-02",
			"as its billing periods show",
		},
		"no month either way": {[]string{row("3/4/2025", "5/4/2025")}, "2025-04-03", "since they all lie in one month then"},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			r := load(t, l, loader.Options{}, write(t, "a.csv", focus(focusHeader, c.rows...)))[0]
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			got := value(t, l, "SELECT string_agg(ChargePeriodStart::DATE::VARCHAR, ' ' ORDER BY ChargePeriodStart) FROM usage")
			if all := strings.Join(r.Warnings, "; "); got != c.days || (all == "") != (c.says == "") || !strings.Contains(all, c.says) {
				t.Errorf("%s, want %s; %q, want %q", got, c.days, all, c.says)
			}
		})
	}
}

// Dates of a format that writes the month first, of which a spreadsheet has rewritten all: columns that
// are not read show it too, or a file beside it. Else the format is believed, with a warning where that
// leaves a date a month.
func TestRewrittenDatesOfAFormat(t *testing.T) {
	const header = "date,SubscriptionId,meterCategory,meterName,meterId,quantity,costInBillingCurrency,billingCurrency,billingAccountId," +
		"billingProfileId,chargeType,invoiceId,billingPeriodEndDate\n"
	file := func(account, end string, days ...string) string {
		b := header
		for _, d := range days {
			b += d + "," + account + ",VM,D2,m,1,1,EUR,b,p,Usage,," + end + "\n"
		}
		return b
	}
	few := []string{"01/05/2026", "02/05/2026", "03/05/2026"}
	shown := file("s2", "", "01/05/2026", "13/05/2026")
	for name, c := range map[string]struct {
		content, beside, days, says string
	}{
		"its month and day": {
			strings.NewReplacer("invoiceId,", "invoiceId,Month,Day,", "01/05/2026,s1,VM,D2,m,1,1,EUR,b,p,Usage,,", "01/05/2026,s1,VM,D2,m,1,1,EUR,b,p,Usage,,5,1,",
				"02/05/2026,s1,VM,D2,m,1,1,EUR,b,p,Usage,,", "02/05/2026,s1,VM,D2,m,1,1,EUR,b,p,Usage,,05,02,", "03/05/2026,s1,VM,D2,m,1,1,EUR,b,p,Usage,,",
				"03/05/2026,s1,VM,D2,m,1,1,EUR,b,p,Usage,,5,3,").Replace(file("s1", "", few...)),
			"", "2026-05-01 2026-05-02 2026-05-03", "as its own dates show",
		},
		"its month and day, and years of two digits": {
			strings.NewReplacer("invoiceId,", "invoiceId,Month,Day,", "01/05/2026,s1,VM,D2,m,1,1,EUR,b,p,Usage,,", "01/05/26,s1,VM,D2,m,1,1,EUR,b,p,Usage,,5,1,",
				"02/05/2026,s1,VM,D2,m,1,1,EUR,b,p,Usage,,", "02/05/26,s1,VM,D2,m,1,1,EUR,b,p,Usage,,5,2,").Replace(file("s1", "", few[:2]...)),
			"", "2026-05-01 2026-05-02", "as its own dates show",
		},
		"another column": {file("s1", "31/05/2026", few...), "", "2026-05-01 2026-05-02 2026-05-03", "as its own dates show"},
		"a neighbour":    {file("s1", "", few...), shown, "2026-05-01 2026-05-02 2026-05-03", "as those of"},
		"nothing":        {file("s1", "", few...), "", "2026-01-05 2026-02-05 2026-03-05", "--date-order day-first"},
		"as the format":  {file("s1", "05/31/2026", "05/01/2026", "05/02/2026", "05/03/2026"), "", "2026-05-01 2026-05-02 2026-05-03", ""},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			sources := []string{write(t, "1.csv", c.content)}
			if c.beside != "" {
				sources = append(sources, write(t, "2.csv", c.beside))
			}
			rs := load(t, l, loader.Options{}, sources...)
			if rs[0].Err != nil {
				t.Fatal(rs[0].Err)
			}
			says := strings.Join(rs[0].Warnings, "; ")
			got := value(t, l, "SELECT string_agg(ChargePeriodStart::DATE::VARCHAR, ' ' ORDER BY ChargePeriodStart) FROM usage WHERE SubAccountId = 's1'")
			if got != c.days || !strings.Contains(says, c.says) || c.says == "" && says != "" {
				t.Errorf("%s, %q", got, says)
			}
		})
	}
	// What stands beside the dates gives way to a flag, and a flag that was wrong to another.
	parts := write(t, "0.csv", strings.NewReplacer("invoiceId,", "invoiceId,Month,Day,", "Usage,,", "Usage,,5,2,").Replace(file("s1", "", "02/05/2026")))
	again := open(t)
	for _, c := range []struct {
		order loader.DayOrder
		day   string
	}{{loader.MonthFirst, "2026-02-05"}, {loader.DayFirst, "2026-05-02"}, {loader.OrderByEvidence, "2026-05-02"}} {
		load(t, again, loader.Options{DateOrder: c.order}, parts)
		if got := value(t, again, "SELECT string_agg(ChargePeriodStart::DATE::VARCHAR, ' ') FROM usage"); got != c.day {
			t.Errorf("with --date-order %v: %s, want %s", c.order, got, c.day)
		}
	}
	// What is loaded already is a neighbour, too, where all of it is written so.
	l := open(t)
	load(t, l, loader.Options{}, write(t, "1.csv", shown))
	says := load(t, l, loader.Options{}, write(t, "2.csv", file("s1", "", few...)))[0].Warnings
	got := value(t, l, "SELECT string_agg(ChargePeriodStart::DATE::VARCHAR, ' ' ORDER BY ChargePeriodStart) FROM usage WHERE SubAccountId = 's1'")
	if got != "2026-05-01 2026-05-02 2026-05-03" || !strings.Contains(strings.Join(says, "; "), "as those of") {
		t.Errorf("after a file whose dates show their order: %s, %q", got, says)
	}
	load(t, l, loader.Options{}, write(t, "5.csv", file("s5", "", few...)))
	if got := value(t, l, "SELECT max(ChargePeriodStart)::DATE FROM usage WHERE SubAccountId = 's5'"); got != "2026-05-03" {
		t.Errorf("after a file whose dates were taken so: %s", got)
	}
	load(t, l, loader.Options{}, write(t, "3.csv", file("s3", "", "05/01/2026", "05/13/2026")))
	load(t, l, loader.Options{}, write(t, "4.csv", file("s4", "", few...)))
	if got := value(t, l, "SELECT max(ChargePeriodStart)::DATE FROM usage WHERE SubAccountId = 's4'"); got != "2026-03-05" {
		t.Errorf("after files that differ: %s", got)
	}
}

// Of a month's name between two numbers of two digits each may be the year: the file's dates show which, or none is read.
func TestYearsBesideMonthsNames(t *testing.T) {
	for name, c := range map[string]struct {
		days  string
		order loader.DayOrder
		want  string // "" for refused
	}{
		"the year first":                {"26-Apr-03 26-Apr-04", 0, "2026-04-03 2026-04-04"},
		"the year first, later":         {"26-Apr-29 26-Apr-30 26-May-02", 0, "2026-04-29 2026-04-30 2026-05-02"},
		"all of a month":                {"25-Apr-28 25-Apr-29 25-Apr-30", 0, "2025-04-28 2025-04-29 2025-04-30"},
		"the day first":                 {"03-Apr-26 04-Apr-26", 0, "2026-04-03 2026-04-04"},
		"late days first":               {"28-Apr-26 29-Apr-26", 0, "2026-04-28 2026-04-29"},
		"the same either way":           {"26-Apr-26", 0, "2026-04-26"},
		"by its period":                 {"25-Apr-26", 0, "2026-04-25"},
		"the year first, by its period": {"25-Apr-26", 0, "2025-04-26"},
		"either":                        {"25-Apr-26", 0, ""},
		"either, as a flag says":        {"25-Apr-26", loader.DayFirst, "2026-04-25"},
		"either, beside one digit":      {"25-Apr-26 1-Apr-26", 0, "2026-04-01 2026-04-25"},
		"with a time":                   {"26-Apr-03 10:00 26-Apr-04 11:00", 0, "2026-04-03 2026-04-04"},
	} {
		t.Run(name, func(t *testing.T) {
			var rows []string
			for _, d := range regexp.MustCompile(`\S+( \d+:00)?`).FindAllString(c.days, -1) {
				from, to := "2026-04-01", "2026-05-01"
				if strings.HasPrefix(name, "either") {
					from, to = "2024-01-01", "2024-02-01"
				}
				if name == "the year first, by its period" {
					from, to = "2025-04-01", "2025-05-01"
				}
				rows = append(rows, "1,1,a,USD,"+from+","+to+",Usage,"+d+","+d+",VM")
			}
			l := open(t)
			r := load(t, l, loader.Options{DateOrder: c.order}, write(t, "a.csv", focus(focusHeader, rows...)))[0]
			if c.want == "" {
				if r.Status != loader.Refused || !strings.Contains(r.Err.Error(), "may begin or end with the year") {
					t.Errorf("%s, %v", r.Status, r.Err)
				}
				return
			}
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			if got := value(t, l, "SELECT string_agg(ChargePeriodStart::DATE::VARCHAR, ' ' ORDER BY ChargePeriodStart) FROM usage"); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// FOCUS's words mean the same in whatever case: usage is usage, and a purchase of a commitment has no effective cost.
func TestWordsOfFOCUSInAnyCase(t *testing.T) {
	const header = focusHeader + ",ChargeClass,ChargeFrequency,PricingCategory,CommitmentDiscountId,CommitmentDiscountStatus"
	rows := []string{
		"4,4,a,USD,2026-05-01,2026-06-01,Usage,2026-05-01,2026-05-02,VM,,Usage-Based,Committed,c,Used",
		"9,9,a,USD,2026-05-01,2026-06-01,Purchase,2026-05-01,2026-05-02,Plan,Correction,One-Time,Committed,c,",
		"1,1,a,USD,2026-05-01,2026-06-01,Odd Word,2026-05-01,2026-05-02,Else,,,,,",
	}
	const said = "SELECT string_agg(concat_ws(' ', ChargeCategory, ChargeClass, ChargeFrequency, PricingCategory, CommitmentDiscountStatus, EffectiveCost::INTEGER), " +
		"'; ' ORDER BY BilledCost) || (SELECT '; ' || min(first_day) FROM scopes) FROM usage"
	const want = "Odd Word 1; Usage Usage-Based Committed Used 4; Purchase Correction One-Time Committed 0; 2026-05-01"
	for name, in := range map[string]func(string) string{"as they are": func(s string) string { return s }, "small": strings.ToLower, "capitals": strings.ToUpper} {
		l := open(t)
		content := []string{}
		for _, row := range rows[:2] {
			content = append(content, strings.NewReplacer("2026-05-01t", "2026-05-01T", "usd", "USD").Replace(in(row)))
		}
		content = append(content, rows[2])
		if r := load(t, l, loader.Options{}, write(t, "a.csv", focus(header, content...)))[0]; r.Err != nil {
			t.Fatalf("%s: %v", name, r.Err)
		}
		if got := value(t, l, said); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// A row without a ChargeCategory is usage where it has what FOCUS allows of usage alone; else it is said that it is not.
func TestRowsWithoutAChargeCategory(t *testing.T) {
	const header = focusHeader + ",ConsumedUnit,CommitmentDiscountStatus"
	row := func(category, rest string) string {
		return "1,1,a,USD,2026-05-01,2026-06-01," + category + ",2026-05-01,2026-05-02,VM," + rest
	}
	for name, c := range map[string]struct {
		rows       []string
		want, said string
	}{
		"with a unit":       {[]string{row("", "Hours,")}, "Usage", ""},
		"blanks":            {[]string{row(" ", "Hours,"), row(" usage ", ",")}, "Usage Usage", ""},
		"NULL":              {[]string{row("NULL", "Hours,")}, "Usage", ""},
		"covered":           {[]string{row("", ",Used")}, "Usage", ""},
		"nothing else":      {[]string{row("", ","), row("", ",")}, "- -", `2 rows have no ChargeCategory of FOCUS (""): they count in every sum`},
		"a word":            {[]string{row("Odd", "Hours,")}, "Odd", `1 row has no ChargeCategory of FOCUS ("Odd"): it counts in every sum`},
		"beside the others": {[]string{row("Usage", ","), row("Tax", ","), row("", ",")}, "- Tax Usage", `1 row has`},
		"all of them": {
			[]string{row("Usage", ","), row("purchase", ","), row("Credit", ","), row("Adjustment", ",")},
			"Adjustment Credit Purchase Usage", "",
		},
	} {
		l := open(t)
		r := load(t, l, loader.Options{}, write(t, "a.csv", focus(header, c.rows...)))[0]
		if r.Err != nil {
			t.Fatalf("%s: %v", name, r.Err)
		}
		if got := value(t, l, "SELECT string_agg(coalesce(ChargeCategory, '-'), ' ' ORDER BY coalesce(ChargeCategory, '-')) FROM usage"); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if said := strings.Join(r.Warnings, "; "); (c.said == "") != (said == "") || !strings.Contains(said, c.said) {
			t.Errorf("%s: %q, want %q", name, said, c.said)
		}
	}
}

// Times of day as databases write them: a zone behind a blank, as Snowflake and Trino have it, and the end of a day as 24:00.
func TestClocks(t *testing.T) {
	for clock, want := range map[string]string{
		"2026-05-02 18:30:00.000 +0000":  "2026-05-02 18:30:00",
		"2026-05-02 18:30:00.000 +05:30": "2026-05-02 13:00:00",
		"2026-05-02 18:30:00 -07":        "2026-05-03 01:30:00",
		"2026-05-02 24:00":               "2026-05-03 00:00:00",
		"2026-05-02T24:00:00Z":           "2026-05-03 00:00:00",
		"2026-05-02 24:00:00.000 +0000":  "2026-05-03 00:00:00",
		"05/02/2026 24:00:00":            "2026-05-03 00:00:00",
		"2026-05-02 24:01":               "",
		"2026-05-02 18:30 +1":            "",
		"2026-05-02 18:30  +0000":        "",
	} {
		l := open(t)
		r := load(t, l, loader.Options{}, write(t, "a.csv", focus(focusHeader, "1,1,a,USD,2026-05-01,2026-06-01,Usage,2026-05-01,"+clock+",VM")))[0]
		if want == "" {
			if r.Status != loader.Refused {
				t.Errorf("%s is read", clock)
			}
			continue
		}
		if r.Err != nil {
			t.Errorf("%s: %v", clock, r.Err)
			continue
		}
		if got := value(t, l, "SELECT ChargePeriodEnd::TIMESTAMP FROM usage"); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", clock, got, want)
		}
	}
}

// A month's name says where the day stands, in every column that holds a date; a year of two digits behind it is one
// since 2000.
func TestMonthsNames(t *testing.T) {
	for _, d := range [][3]string{
		{"01 Apr 26", "30 Apr 26", "05 Apr 26"},
		{"1-Apr-26", "1-May-26", "5-Apr-26"},
		{`"Apr 1, 26"`, `"Apr 30, 26"`, `"Apr 5, 26"`},
		{"01-April-2026 00:00", "01-May-2026 00:00", "05-April-2026 10:30"},
		{"1 Apr 2026", "1 May 26", "2026 Apr 5"},
	} {
		l := open(t)
		r := load(t, l, loader.Options{}, write(t, "a.csv", focus(focusHeader, "1,1,a,USD,"+d[0]+","+d[1]+",Usage,"+d[2]+","+d[2]+",VM")))[0]
		if r.Err != nil {
			t.Errorf("%q: %v", d, r.Err)
			continue
		}
		got := value(t, l, "SELECT BillingPeriodStart || ' ' || BillingPeriodEnd || ' ' || ChargePeriodStart::DATE FROM usage")
		if want := "2026-04-01 2026-05-01 2026-04-05"; got != want {
			t.Errorf("%q: %s, want %s", d, got, want)
		}
	}
	for _, d := range []string{"1-Foo-26", "31-Feb-26", "1-Ma-26", "1 Apr", "Apr 26", "1-Apr-1999", "1 Apr 26 noon", "1-Apr-226", "40000"} {
		l := open(t)
		if r := load(t, l, loader.Options{}, write(t, "a.csv", focus(focusHeader, "1,1,a,USD,2026-04-01,2026-05-01,Usage,"+d+","+d+",VM")))[0]; r.Status != loader.Refused {
			t.Errorf("%s is read", d)
		}
	}
}

// People take the owners' addresses out of an enterprise's export before they hand it on; what else it alone has tells it still.
func TestExportWithoutOwners(t *testing.T) {
	whole, err := os.ReadFile(filepath.Join(samples, "azure_ea/actual-2026-10.csv"))
	if err != nil {
		t.Fatal(err)
	}
	head, rows, _ := strings.Cut(string(whole), "\n")
	for removed, want := range map[string]string{
		"AccountOwnerId":                                "azure_ea",
		"AccountOwnerId,AccountName":                    "azure_ea",
		"AccountOwnerId,AccountName,PartNumber,OfferId": "",
	} {
		names := strings.Split(head, ",")
		for i, name := range names {
			if strings.Contains(","+removed+",", ","+strings.TrimSpace(name)+",") {
				names[i] = fmt.Sprint("c", i)
			}
		}
		r := load(t, open(t), loader.Options{}, write(t, "a.csv", strings.Join(names, ",")+"\n"+rows))[0]
		if r.Format != want || (r.Err != nil) != (want == "") {
			t.Errorf("without %s: %q %v", removed, r.Format, r.Err)
		}
	}
}
