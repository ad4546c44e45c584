package azurecost

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/costmanagement/armcostmanagement/v2"

	"usagereport/internal/azure"
)

// errNothingNamed says that azure:// alone loads nothing.
var errNothingNamed = errors.New("azure:// names nothing to load; what stands above says which exports there are, whose files " +
	"usagereport loads without Azure's cost APIs; write azure://ID or azure://all for the APIs")

// tellExports lists the exports of each account, and recommends one
// where there is none. A missing permission is said.
func (s *Source) tellExports(ctx context.Context, accounts []account) error {
	for _, a := range accounts {
		lines, err := s.exports(ctx, a)
		if err != nil {
			err = s.failure(ctx, "list the exports of "+a.ref(), err, a.scope)
			var refused *azure.Error
			if !errors.As(err, &refused) || refused.Problem == azure.NotSignedIn {
				return err
			}
			lines = []string{err.Error()}
		}
		for _, line := range lines {
			s.Client.Say("%s", line)
		}
	}
	return nil
}

// exports returns a line on each export of an account that writes its cost, or one
// that recommends to make one.
func (s *Source) exports(ctx context.Context, a account) ([]string, error) {
	cred, err := s.Client.Credential()
	if err != nil {
		return nil, err
	}
	c, err := armcostmanagement.NewExportsClient(cred, s.Client.ClientOptions())
	if err != nil {
		return nil, err
	}
	scope := strings.TrimPrefix(a.scope, "/")
	list, err := c.List(ctx, scope, nil)
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, e := range list.Value {
		if e == nil || e.Name == nil || e.Properties == nil || e.Properties.DeliveryInfo == nil || e.Properties.DeliveryInfo.Destination == nil {
			continue
		}
		to := e.Properties.DeliveryInfo.Destination
		kind := "cost"
		if d := e.Properties.Definition; d != nil && d.Type != nil {
			kind = string(*d.Type)
		}
		when := "when it is run by hand"
		if sc := e.Properties.Schedule; sc != nil && sc.Recurrence != nil && (sc.Status == nil ||
			*sc.Status == armcostmanagement.StatusTypeActive) {
			when = strings.ToLower(string(*sc.Recurrence))
		}
		place := "azblob://" + orEmpty(to.Container)
		if folder := strings.Trim(orEmpty(to.RootFolderPath), "/"); folder != "" {
			place += "/" + folder
		}
		id := orEmpty(to.ResourceID)
		lines = append(lines, fmt.Sprintf("%s: the export %s writes %s, %s; to load what it writes: AZURE_STORAGE_ACCOUNT=%s "+
			"usagereport load %s/%s",
			a.ref(), *e.Name, kind, when, id[strings.LastIndexByte(id, '/')+1:], place, *e.Name))
	}
	if len(lines) > 0 {
		return lines, nil
	}
	from := s.Client.Now().UTC().AddDate(0, 0, 1).Format("2006-01-02")
	to := s.Client.Now().UTC().AddDate(10, 0, 0).Format("2006-01-02")
	return []string{fmt.Sprintf("%s: no export writes its cost. One a day suits large accounts and keeps what the APIs forget after "+
		"%d months: "+
		"az costmanagement export create --name usagereport --scope %q --type ActualCost --timeframe MonthToDate --recurrence Daily "+
		"--recurrence-period from=%sT00:00:00Z to=%sT00:00:00Z --schedule-status Active "+
		"--storage-account-id /subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.Storage/storageAccounts/ACCOUNT "+
		"--storage-container exports --storage-directory daily",
		a.ref(), reachBack, scope, from, to)}, nil
}

// orEmpty returns a text that may be missing.
func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
