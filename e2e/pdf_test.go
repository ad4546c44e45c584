package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// pdfText returns what a PDF says.
func pdfText(t *testing.T, path string) string {
	t.Helper()
	out, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	if errors.Is(err, exec.ErrNotFound) && os.Getenv("CI") != "true" {
		t.Skip("what is printed is NOT TESTED: there is no pdftotext; make prepare installs it")
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// The program prints the report by itself: the total is in it, pages have
// numbers, what hostile names say stays text, and it says the same each time.
func TestPDF(t *testing.T) {
	needBrowser(t)
	printed := func(name string, args ...string) string {
		path := filepath.Join(prog.dir, name+".pdf")
		out := prog.run(t, append([]string{"report", "-q", "--pdf", "-o", path}, args...)...)
		if got := string(bytes.TrimSpace(out)); got != path {
			t.Errorf("report printed %q, not the path it wrote, %q", got, path)
		}
		return pdfText(t, path)
	}
	first := printed("first", sample(t))
	if want := prog.total(t, sample(t)); !strings.Contains(strings.ReplaceAll(first, ",", ""), want) || !strings.Contains(first, "1/") {
		t.Errorf("the PDF lacks the total %s or its pages' numbers:\n%s", want, first)
	}
	if again := printed("again", sample(t)); again != first {
		t.Errorf("the PDF says something else when it is printed again:\n%s\n--- again ---\n%s", first, again)
	}
	prog.hostileReport(t) // writes the files
	files, err := filepath.Glob(filepath.Join(prog.dir, "hostile-*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	if text := printed("hostile", append([]string{"--full"}, files...)...); !strings.Contains(text, "<script>window.pwned=1</script>") {
		t.Errorf("the hostile names are not in the PDF as they were written:\n%.2000s", text)
	}
	if text := printed("chinese", "--lang", "zh-TW", sample(t)); !strings.Contains(text, "費用") {
		t.Errorf("the PDF in Chinese says\n%.2000s", text)
	}
}

// Without --full it is a summary of two pages, also where the findings fill the first one and owners have
// budgets, and where there are many of them.
func TestPDFOfTwoPages(t *testing.T) {
	needBrowser(t)
	demo := filepath.Join(t.TempDir(), "demo")
	prog.run(t, "demo", "-q", demo)
	many := "name,rule,budget,currency\n"
	for i, group := range []string{
		"rg-shop-data-prod", "RG-AKS-SHOP-PROD", "rg-monitor", "rg-databricks-prod", "RG-ERP-PROD", "RG-PAYMENTS-PROD",
		"rg-warehouse-prod", "rg-shop-web-prod", "rg-lake-prod", "rg-ci-dev", "rg-hub-network", "rg-shop-test",
		"rg-licences",
	} {
		many += fmt.Sprintf("Team %s,x_ResourceGroupName=%s,%d,EUR\n", strings.TrimPrefix(group, "rg-"), group, 1000+700*i)
	}
	for name, owners := range map[string]string{
		"two": "name,rule,email,budget,currency\nShop,x_ResourceGroupName=rg-aks-shop-prod,a@example.org,1000,EUR\n" +
			"Data,SubAccountName=Norrvik Data Platform,b@example.org,100000,EUR\n",
		"many": many,
	} {
		t.Run(name, func(t *testing.T) {
			file, path := filepath.Join(t.TempDir(), "owners.csv"), filepath.Join(t.TempDir(), "report.pdf")
			if err := os.WriteFile(file, []byte(owners), 0o600); err != nil {
				t.Fatal(err)
			}
			prog.run(t, "report", "-q", "--pdf", "--owners", file, "-o", path, demo)
			text := pdfText(t, path)
			for _, want := range []string{"Seven unusual increases", "Owners and budgets", "Why it changed", "2/2"} {
				if !strings.Contains(text, want) {
					t.Errorf("the summary lacks %q", want)
				}
			}
		})
	}
}
