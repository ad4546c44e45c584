package analysis

import (
	"strings"

	"usagereport/internal/locale"
	"usagereport/usage"
)

// Next offers what to look at, by the kind of a finding.
func (f Finding) Next() locale.Text {
	T := locale.T
	service := strings.ToLower(f.Scope[usage.Service] + " " + f.Scope[usage.Resource])
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(service, w) {
				return true
			}
		}
		return false
	}
	switch {
	case f.Kind == usage.KindGone || f.Direction == usage.Down && f.Kind != usage.KindMissing:
		return T("Check whether this was meant: it may be a saving, or something may have stopped by accident.")
	case f.Kind == usage.KindUnused:
		return T("Look what it was for: move it, exchange it, or let it end.")
	case f.Kind == usage.KindUnitCost:
		return T("Look what else grew on these days, and whether what is counted fell.")
	case f.Kind == usage.KindMissing:
		return T("Check with the supplier whether it was cancelled or only charged late.")
	case f.Kind == usage.KindPrice:
		return T("Check the price sheet, and whether a reservation, a savings plan or a licence benefit has ended.")
	case f.Kind == usage.KindNew && f.Scope[usage.Resource] == "" && f.Scope[usage.ResourceGroup] != "":
		return T("Ask what the group is for and until when; give it an owner if it has none.")
	case f.Kind == usage.KindNew:
		return T("Ask who started it and for how long; a schedule that stops it at night may be enough.")
	case has("log analytics", "operationalinsights", "monitor", "cloudwatch"):
		return T("Find the table that grew, and set a daily cap or a sampling rule if it may come back.")
	case f.Kind == usage.KindDrift && has("storage", "backup", "s3"):
		return T("Find the container that grows, and set a lifecycle rule: a cooler tier, or deletion after some days.")
	case f.Kind == usage.KindSpike:
		return T("Find out what ran on these days, and whether it will run again.")
	case has("virtual machine", "virtualmachine", "kubernetes", "container", "compute", "ec2"):
		return T("Check the autoscaler, the size of the pool and the schedule; if it is to stay, consider a reservation.")
	}
	return T("Check with the owner whether this is to last.")
}
