package azuretest

import (
	"fmt"
	"net/http"
)

// The subscriptions of Estate.
const (
	Enterprise = "1aaaaaaa-0001-4000-8000-000000000001"
	Customer   = "1aaaaaaa-0002-4000-8000-000000000002"
	PayAsYouGo = "1aaaaaaa-0003-4000-8000-000000000003"
	Forbidden  = "1aaaaaaa-0004-4000-8000-000000000004"
)

// Estate starts a server with subscriptions of each agreement, as they are on
// 2026-11-23. One of them may be listed and not read.
func Estate() *Wire {
	w := Start(
		&Subscription{ID: Enterprise, Name: "prod", Quota: "EnterpriseAgreement_2014-09-01", Exports: []string{
			`{"name":"daily","properties":{"definition":{"type":"ActualCost","timeframe":"MonthToDate"},"schedule":{"status":"Active","recurrence":"Daily"},"deliveryInfo":{"destination":{"container":"exports","rootFolderPath":"prod","resourceId":"/subscriptions/x/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/acct"}}}}`,
		}, Reports: map[string][]string{
			"202609": {EA(Enterprise, "2026-09", 1, 30, "2.4")},
			"202610": {EA(Enterprise, "2026-10", 1, 31, "2.5")},
			"202611": {EA(Enterprise, "2026-11", 1, 12, "2.6"), EA(Enterprise, "2026-11", 13, 21, "0.000000000000000011")},
		}},
		&Subscription{ID: Customer, Name: "test", Quota: "PayAsYouGo_2014-09-01", Agreement: "MicrosoftCustomerAgreement", Reports: map[string][]string{
			"2026-11-01": {MCA(Customer, "2026-11", 3, 20, "0.7")},
		}},
		&Subscription{
			ID: PayAsYouGo, Name: "web", Quota: "PayAsYouGo_2014-09-01", Agreement: "MicrosoftOnlineServicesProgram",
			Bills: [][3]string{{"202611-1", "2026-10-12", "2026-11-11"}, {"202610-1", "2026-09-12", "2026-10-11"}},
			Usage: []Row{
				Detail(PayAsYouGo, "2026-10-11", "2026-10-13", "2026-09-12", "0.1"), // late, of the bill before
				Detail(PayAsYouGo, "2026-10-12", "2026-10-12", "2026-10-12", "1E-05"),
				Detail(PayAsYouGo, "2026-11-10", "2026-11-10", "2026-10-12", "0.3"),
				Detail(PayAsYouGo, "2026-11-11", "2026-11-15", "2026-10-12", "0.123456789012345678"), // late
				Detail(PayAsYouGo, "2026-11-12", "2026-11-13", "2026-11-12", "5"),
			},
			Invoices: []Invoice{
				bill("E0400AAAA", "2026-10-12", "2026-11-11", "Due", "0.50", "0.08"),
				bill("E0400BBBB", "2026-09-12", "2026-10-11", "Void", "1", "0"),
				bill("E0400CCCC", "2026-08-12", "2026-09-11", "Paid", "17.25", "2.75"),
			},
		},
		&Subscription{ID: Forbidden, Name: "closed", Quota: "EnterpriseAgreement_2014-09-01", Reports: map[string][]string{}},
	)
	w.Before = func(rw http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPost ||
			r.URL.Path != "/subscriptions/"+Forbidden+"/providers/Microsoft.CostManagement/generateCostDetailsReport" {
			return false
		}
		Refuse(rw, http.StatusUnauthorized, "RBACAccessDenied",
			"The client does not have authorization to perform action. Request ID: aefe2d4c-3134-4658-b9d1-f6a1b5c96cb2")
		return true
	}
	return w
}

func bill(number, from, to, status, total, tax string) Invoice {
	return Invoice{
		Name: number, PDF: "%PDF-1.7\n" + number + "\n%%EOF\n",
		JSON: fmt.Sprintf(`{"name":%q,"properties":{"invoiceDate":"%sT00:00:00Z","invoicePeriodStartDate":"%sT00:00:00Z","invoicePeriodEndDate":"%sT00:00:00Z","status":%q,"documentType":"Invoice","totalAmount":{"currency":"USD","value":%s},"taxAmount":{"currency":"USD","value":%s}}}`,
			number, to, from, to, status, total, tax),
	}
}
