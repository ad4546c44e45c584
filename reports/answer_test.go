package reports

import (
	"bytes"
	"strings"
	"testing"

	"usagereport/analysis"
)

// Where to get earlier files is said of Azure's portal only where there are files of Azure.
func TestEarlierFilesAreThoseOfTheProvider(t *testing.T) {
	for format, portal := range map[string]bool{"Azure EA cost export": true, "OpenAI costs": false} {
		r := rich()
		r.Parts[0].History = analysis.History{}
		r.Sources = []analysis.Source{{Format: format}}
		var page bytes.Buffer
		if err := Write(&page, r, Options{}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(page.String(), "In the Azure portal"); got != portal {
			t.Errorf("%s: it speaks of Azure's portal: %v", format, got)
		}
		if got := strings.Contains(page.String(), "Load a file of each earlier period"); got == portal {
			t.Errorf("%s: it says what to load: %v", format, got)
		}
	}
}
