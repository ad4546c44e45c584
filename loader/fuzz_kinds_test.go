package loader

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"usagereport/usage"
)

// A version 1 or 2 file that lost rows, anywhere, is refused, or its rows add up to its
// Statement.
func FuzzSections(f *testing.F) {
	formats, err := Formats()
	if err != nil {
		f.Fatal(err)
	}
	var files [][]byte
	for _, dir := range []string{"azure_account_v1", "azure_account_v2"} {
		paths, err := filepath.Glob("../testdata/usage/" + dir + "/*.csv")
		if err != nil || len(paths) == 0 {
			f.Fatal(err, paths)
		}
		for _, p := range paths {
			b, err := os.ReadFile(p)
			if err != nil {
				f.Fatal(err)
			}
			files = append(files, b)
		}
	}
	f.Add(uint(0), uint(0), uint(0), uint(0), uint(0))
	f.Add(uint(1), uint(1), uint(2), uint(0), uint(0))  // a title and a header
	f.Add(uint(2), uint(4), uint(40), uint(0), uint(0)) // the Statement
	f.Add(uint(1), uint(0), uint(0), uint(0), uint(30)) // the last row is cut
	f.Add(uint(2), uint(3), uint(1), uint(9), uint(0))
	f.Fuzz(func(t *testing.T, which, from, count, other, cut uint) {
		b := files[which%uint(len(files))]
		b = b[:uint(len(b))-cut%uint(len(b))]
		lines := bytes.SplitAfter(b, []byte{'\n'})
		without := func(from, count uint) {
			from = min(from, uint(len(lines)))
			lines = append(lines[:from:from], lines[min(from+count, uint(len(lines))):]...)
		}
		without(from%200, count%200)
		without(other, other%2)
		for _, allowed := range []int{0, 1 << 30} {
			readWhole(t, formats, bytes.Join(lines, nil), allowed)
		}
	})
}

// An amount that is read has all digits of its text, in their order, and no others.
func FuzzStatementMoney(f *testing.F) {
	for _, s := range []string{"€1,234.50 EUR", "1.234,50-", "(5,00)", "5 CR", "1'234.5", "Error 404", "5%", "1,2,3", "−€342.70", "0.1e2", "٣", "\u00a05"} {
		f.Add(s, "EUR")
	}
	f.Add("$5.00", "USD")
	f.Fuzz(func(t *testing.T, text, currency string) {
		m, err := marksOf([]string{text}, []string{currency}, DecimalsByEvidence)
		if err != nil {
			return
		}
		d, rounded, err := m.parse(text, currency)
		if err != nil || rounded {
			return
		}
		digits := func(s string) string {
			return strings.Trim(strings.Map(func(r rune) rune {
				if r < '0' || r > '9' {
					return -1
				}
				return r
			}, s), "0")
		}
		if digits(text) != digits(d.String()) {
			t.Fatalf("%q in %q was read as %s", text, currency, d)
		}
		if strings.Count(text, "-")+strings.Count(text, "−") > 1 {
			t.Fatalf("%q has two signs and was read as %s", text, d)
		}
	})
}

// Text comes out as UTF-8 without a new U+FFFD, and what was decoded is what encoding it
// again gives.
func FuzzEncodings(f *testing.F) {
	for _, s := range []string{"a,b\r\nGröße,1\r\n", "Gr\xf6\xdfe,1\n", "\xcf\xf0\xe8\xe2,1\n", "a\rb\rc", "\"a\rb\",c\r\r\n", "\x80,\x93x\x94\n", "Gr\xf6ße\n", "\xff\xfea\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		text, encoding, _, err := plainText(bufio.NewReaderSize(bytes.NewReader(b), peekSize))
		if err != nil {
			return
		}
		got, err := io.ReadAll(text)
		if err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(got) {
			t.Fatalf("%q became %q", b, got)
		}
		if strings.Count(string(got), "\ufffd") > strings.Count(string(b), "\ufffd") {
			t.Fatalf("%q lost a character: %q", b, got)
		}
		back := got
		if encoding == "Windows-1252" {
			if back, err = charmap.Windows1252.NewEncoder().Bytes(got); err != nil {
				t.Fatal(err)
			}
		}
		ends := strings.NewReplacer("\r", "", "\n", "")
		if ends.Replace(string(back)) != ends.Replace(string(b)) {
			t.Fatalf("%q became %q", b, got)
		}
	})
}

// A billing period that is read is one: two days, one before the other, of no more than
// 400 days; whatever else the texts are, the row is refused.
func FuzzPeriods(f *testing.F) {
	for _, p := range [][2]string{
		{"2026-05-01", "2026-06-01"},
		{"2026-05-01T00:00:00Z", "2026-05-31T23:59:59Z"},
		{"5/1/2026", "6/1/2026"},
		{"31.12.2026", "01.02.2027"},
		{"infinity", "epoch"},
		{"2026-13-01", "2026-14-01"},
		{"2026-05-01T00:00:00+99:00", "2026-06-01"},
		{"'); DROP TABLE keys;--", "null"},
	} {
		f.Add(p[0], p[1])
	}
	formats, err := Formats()
	if err != nil {
		f.Fatal(err)
	}
	header := Header{
		"BilledCost", "EffectiveCost", "BillingAccountId", "BillingCurrency", "BillingPeriodStart", "BillingPeriodEnd", "ChargeCategory",
		"ChargePeriodStart", "ChargePeriodEnd", "ServiceName",
	}
	format, err := FormatOf(formats, header, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, from, to string) {
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		if err := w.Write([]string{"1", "1", "b", "USD", from, to, "Usage", "2026-05-02", "2026-05-03", "VM"}); err != nil {
			t.Fatal(err)
		}
		w.Flush()
		p := newPlan(format, header, ',', scanOptions{currency: usage.NoCurrency, maxRejects: 1})
		dict := newDictionary()
		err := scan(t.Context(), p, dict, &b, 1, func(*rows) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range dict.take() {
			values, _ := unpackTexts(e.texts, len(p.texts))
			var ends [2]usage.Day
			for i, at := range p.texts {
				for k := range ends {
					if at == p.periods[k] {
						if ends[k], err = usage.ParseDay(values[i]); err != nil {
							t.Fatalf("%q to %q: %v", from, to, err)
						}
					}
				}
			}
			if days := ends[1] - ends[0]; days < 1 || days > maxSpan {
				t.Fatalf("%q to %q was read as %s to %s", from, to, ends[0], ends[1])
			}
		}
	})
}

// A manifest that is read names files, with sizes that may be, and days in their order.
func FuzzManifest(f *testing.F) {
	for _, s := range []string{
		`{"exportConfig":{"exportName":"e","type":"ActualCost"},"runInfo":{"submittedTime":"2026-03-02T01:02:03Z","startDate":"2026-03-01T00:00:00","endDate":"2026-03-31T00:00:00"},"blobs":[{"blobName":"a/part.csv","byteCount":1,"dataRowCount":2}],"dataRowCount":2}`,
		`{"dataFiles":["s3://b/data/x.csv.gz"],"exportArn":"arn"}`,
		`{"reportKeys":["x/20260301-20260401/a.csv.gz"],"reportName":"r","billingPeriod":{"start":"20260301T000000.000Z","end":"20260401T000000.000Z"}}`,
		`{"blobs":[{}]}`, `[]`, `{"blobs":null}`, `{"runInfo":[],"blobs":[{"blobName":"../../x.csv","byteCount":-5}]}`,
		strings.Repeat(`{"blobs":[`, 100), `{"blobs":[{"blobName":"a.csv","dataRowCount":9223372036854775807}]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseManifest(b, Object{Ref: "x/manifest.json", Modified: time.Unix(0, 0)})
		if err != nil {
			return
		}
		if len(m.parts) > 0 && m.span != (usage.Period{}) && m.span.From >= m.span.To {
			t.Fatalf("%s spans %v", b, m.span)
		}
		for _, p := range m.parts {
			if p.name == "" || p.bytes < -1 || p.rows < -1 {
				t.Fatalf("%s names %s", b, fmt.Sprintf("%+v", p))
			}
		}
	})
}
