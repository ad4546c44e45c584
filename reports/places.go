package reports

import (
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/locale"
)

// A place is where earlier files of a kind are: what to open, and what to click there
// one after the other, as it is called there. Docs/azure.md has the steps in full.
type place struct {
	In   locale.Text
	Path []string
}

// placesOf are the places of the files that were read, each once; none where none is known.
func placesOf(sources []analysis.Source) (out []place) {
	for _, s := range sources {
		p := placeOf(s.Format)
		same := func(o place) bool { return p.In.String() == o.In.String() && slices.Equal(p.Path, o.Path) }
		if !p.In.Empty() && !slices.ContainsFunc(out, same) {
			out = append(out, p)
		}
	}
	return out
}

// placeOf is the place of a format's files, by the title of the format.
func placeOf(format string) place {
	T := locale.T
	portal := func(path ...string) place { return place{T("In the Azure portal:"), path} }
	is := func(title string) bool { return strings.HasPrefix(format, title) }
	switch {
	case is("Azure EA "):
		return portal("Cost Management + Billing", "Usage + charges", "Download", "Usage details", "Prepare document")
	case is("Azure MCA "):
		return portal("Cost Management + Billing", "Invoices", "…", "Prepare Azure usage file")
	case is("Azure partner "):
		return portal("Cost Management", "Exports", "Create")
	case is("Azure sponsorship "):
		return place{In: T("Earlier files are in the sponsorship portal.")}
	case is("Azure "):
		return portal("Cost Management + Billing", "Invoices", "…", "Azure usage file")
	case is("AWS "):
		return place{T("In the AWS console:"), []string{"Billing and Cost Management", "Data Exports", "S3"}}
	case is("Google Cloud "):
		return place{T("In the Google Cloud console:"), []string{"Billing", "Billing export", "BigQuery export"}}
	case is("FOCUS "):
		return place{In: T("Earlier files are where your cloud writes its FOCUS export.")}
	}
	return place{}
}
