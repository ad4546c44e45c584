package e2e

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A program is the built program and what the tests have it write.
type program struct {
	dir string // of this run, removed after it

	once sync.Once
	path string
	err  error

	mu   sync.Mutex
	made map[string]string // the reports that are written, by name
}

// binary returns the path of the program: $USAGEREPORT_BIN, or built here.
func (p *program) binary() (string, error) {
	p.once.Do(func() {
		if p.path = os.Getenv("USAGEREPORT_BIN"); p.path != "" {
			return
		}
		p.path = filepath.Join(p.dir, "usagereport")
		c := exec.Command("go", "build", "-buildvcs=false", "-trimpath", "-o", p.path, "./cmd/usagereport")
		c.Dir = ".."
		if out, err := c.CombinedOutput(); err != nil {
			p.err = fmt.Errorf("build the program: %w\n%s", err, out)
		}
	})
	return p.path, p.err
}

// run runs the program in its own folder and returns what is on stdout.
func (p *program) run(t *testing.T, args ...string) []byte {
	t.Helper()
	path, err := p.binary()
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, path, args...)
	c.Dir = p.dir
	out, err := c.Output()
	if ctx.Err() != nil {
		t.Fatalf("usagereport %.80s did not end in a minute", strings.Join(args, " "))
	}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		t.Fatalf("usagereport %q: %v\n%s", args, err, exit.Stderr)
	} else if err != nil {
		t.Fatalf("usagereport %q: %v", args, err)
	}
	t.Logf("usagereport %.80s took %v", strings.Join(args, " "), time.Since(start).Round(time.Millisecond))
	return out
}

// report returns the path of the report called name, written once from the
// files that sources names.
func (p *program) report(t *testing.T, name string, sources func(t *testing.T) []string, flags ...string) string {
	t.Helper()
	needBrowser(t)
	p.mu.Lock()
	defer p.mu.Unlock()
	if path, ok := p.made[name]; ok {
		return path
	}
	path := filepath.Join(p.dir, name+".html")
	out := p.run(t, slices.Concat([]string{"report", "-o", path}, flags, sources(t))...)
	if got := string(bytes.TrimSpace(out)); got != path {
		t.Errorf("report printed %q, not the path it wrote, %q", got, path)
	}
	p.made[name] = path
	return path
}

// demoReport is a report on the invented estate.
func (p *program) demoReport(t *testing.T) string { return p.report(t, "demo", p.estate) }

func (p *program) demoReportInChinese(t *testing.T) string {
	return p.report(t, "demo-chinese", p.estate, "--lang", "zh-Hant", "--answers-to", "costs@example.org")
}

// estate writes the files of the invented estate.
func (p *program) estate(t *testing.T) []string {
	dir, err := os.MkdirTemp(p.dir, "estate-")
	if err != nil {
		t.Fatal(err)
	}
	p.run(t, "demo", dir)
	files, err := filepath.Glob(filepath.Join(dir, "*.csv*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 12 {
		t.Fatalf("demo wrote %d usage files, want at least 12 months", len(files))
	}
	return files
}

// firstReport is what a first user gets: one downloaded file.
func (p *program) firstReport(t *testing.T) string {
	return p.report(t, "first", func(t *testing.T) []string { return []string{sample(t)} })
}

func sample(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../testdata/usage/azure_account_v2/202608-v2.csv")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// total returns what the program says is the sum of file.
func (p *program) total(t *testing.T, file string) string {
	t.Helper()
	out := p.run(t, "load", "--format", "json", "--db", filepath.Join(t.TempDir(), "total.duckdb"), file)
	var v struct {
		Files []struct{ Total string }
	}
	if err := json.Unmarshal(out, &v); err != nil || len(v.Files) != 1 {
		t.Fatalf("load --format json: %v\n%s", err, out)
	}
	return v.Files[0].Total
}

// hostile are names as someone could give them to a resource or a tag.
var hostile = []string{
	`</script><script>window.pwned=1</script>`,
	`<img src=x onerror=window.pwned=2>`,
	`"><svg onload=window.pwned=3>`,
	`' onmouseover='window.pwned=4' x='`,
	"\u202egnp.exe\u202c right to left",
	`👩‍👩‍👧‍👦 🧨 emoji`,
	`{{.Title}} ${window.pwned=5} {a|b}`,
	`<!--<script>`,
	`]]></style><style>*{display:none!important}</style>`,
	`javascript:window.pwned=6`,
	`averyveryveryverylongnamewithoutanyplacetobreakitthatgoesonandonandonandonandonandonandonandonandonandon`,
}

// hostileReport is a report in which every name is one of hostile.
func (p *program) hostileReport(t *testing.T) string { return p.report(t, "hostile", p.hostileFiles) }

// hostileFiles writes four months of an MCA export, of which the last costs more
// than the others.
func (p *program) hostileFiles(t *testing.T) []string {
	header := mcaHeader(t)
	var files []string
	for _, month := range []time.Month{time.June, time.July, time.August, time.September} {
		first := time.Date(2026, month, 1, 0, 0, 0, 0, time.UTC)
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		rows := [][]string{header}
		for day := first; day.Month() == month; day = day.AddDate(0, 0, 1) {
			if month == time.September && day.Day() > 20 {
				break // the month still runs
			}
			for i := range hostile {
				cost := 20 + 3*i + day.Day()%3
				if month == time.September && day.Day() > 9 && i%2 == 0 {
					cost *= 6
				}
				rows = append(rows, hostileRow(header, day, i, cost))
			}
		}
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(p.dir, first.Format("hostile-2006-01.csv"))
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, path)
	}
	return files
}

func hostileRow(header []string, day time.Time, i, cost int) []string {
	name := func(n int) string { return hostile[(i+n)%len(hostile)] }
	tags, err := json.Marshal(map[string]string{name(1): name(2), "team": name(3)})
	if err != nil {
		panic(err) // strings always marshal
	}
	subscription := fmt.Sprintf("1aaaaaaa-0002-4000-8000-%012d", i%3)
	values := map[string]string{
		"invoiceSectionName": name(5), "billingAccountId": "b:hostile", "billingAccountName": hostile[0], "billingProfileId": "P1",
		"billingProfileName": hostile[1], "date": day.Format("01/02/2006"), "costCenter": name(6),
		"meterId": fmt.Sprintf("22222222-0000-4000-8000-%012d", i), "meterName": name(7), "meterCategory": name(0), "meterSubCategory": name(8),
		"meterRegion": name(9), "ProductId": "P-" + name(3), "ProductName": name(4), "SubscriptionId": subscription,
		"subscriptionName": hostile[i%3], "publisherType": "Microsoft", "publisherName": name(2), "resourceGroupName": name(0),
		"ResourceId":       "/subscriptions/" + subscription + "/resourceGroups/" + name(0) + "/providers/Microsoft.Compute/disks/" + name(0),
		"resourceLocation": name(10), "location": name(10), "effectivePrice": "1", "quantity": fmt.Sprint(cost), "unitOfMeasure": name(1),
		"chargeType": "Usage", "billingCurrency": "EUR", "pricingCurrency": "EUR", "costInBillingCurrency": fmt.Sprint(cost),
		"tags": string(tags), "PayGPrice": "1", "frequency": "UsageBased", "pricingModel": "OnDemand", "unitPrice": "1", "provider": "Azure",
	}
	row := make([]string, len(header))
	for j, column := range header {
		row[j] = values[column]
	}
	return row
}

// mcaHeader reads the columns of an MCA export from the sample in testdata.
func mcaHeader(t *testing.T) []string {
	t.Helper()
	f, err := os.Open("../testdata/usage/azure_mca/2026-11.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	header, err := csv.NewReader(f).Read()
	if err != nil {
		t.Fatal(err)
	}
	header[0] = string(bytes.TrimPrefix([]byte(header[0]), []byte("\ufeff")))
	return header
}
