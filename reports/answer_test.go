package reports

import (
	"slices"
	"strings"
	"testing"

	"usagereport/analysis"
	"usagereport/loader"
)

// A first report says where the earlier files of its agreement or cloud are.
func TestEarlierFilesAreThoseOfTheProvider(t *testing.T) {
	formats, err := loader.Formats()
	if err != nil {
		t.Fatal(err)
	}
	for format, where := range map[string]string{
		"Azure EA cost export":                     "In the Azure portal: Cost Management + Billing → Usage + charges → Download → Usage details → Prepare document. One for",
		"Azure EA usage export of 2019":            "In the Azure portal: Cost Management + Billing → Usage + charges → ",
		"Azure MCA cost export":                    "In the Azure portal: Cost Management + Billing → Invoices → … → Prepare Azure usage file. One for",
		"Azure partner (CSP, MPA) cost export":     "In the Azure portal: Cost Management → Exports → Create. One for",
		"Azure pay-as-you-go (MOSA) usage export":  "In the Azure portal: Cost Management + Billing → Invoices → … → Azure usage file. One for",
		"Azure usage file, version 2":              "In the Azure portal: Cost Management + Billing → Invoices → … → Azure usage file. One for",
		"Azure sponsorship usage (AzureUsage.csv)": "Earlier files are in the sponsorship portal. One for",
		"AWS Cost and Usage Report":                "In the AWS console: Billing and Cost Management → Data Exports → S3. One for",
		"Google Cloud billing export":              "In the Google Cloud console: Billing → Billing export → BigQuery export. One for",
		"FOCUS cost and usage":                     "Earlier files are where your cloud writes its FOCUS export. One for",
		"OpenAI costs":                             "Load a file of each earlier period together with this one: usagereport load FILE... and then usagereport report",
	} {
		if !slices.ContainsFunc(formats, func(f *loader.Format) bool { return f.Title == format }) {
			t.Errorf("no format of the loader is called %q", format)
		}
		r := rich()
		r.Parts[0].History = analysis.History{}
		r.Sources = []analysis.Source{{Format: format}, {Format: format}}
		lead := strings.Join(strings.Fields(page(t, r).Find("p.lead").Text()), " ")
		if strings.Count(lead, where) != 1 {
			t.Errorf("%s: %q, want once %q", format, lead, where)
		}
	}
}
