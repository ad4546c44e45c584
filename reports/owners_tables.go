package reports

import (
	"usagereport/analysis"
)

func ownersTables(_ *analysis.Report, _ *analysis.Part) []Table { return nil }
