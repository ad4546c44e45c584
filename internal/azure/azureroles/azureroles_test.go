package azureroles_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"usagereport/internal/azure"
	"usagereport/internal/azure/azureroles"
	"usagereport/internal/azure/azuretest"
)

const sub = "11111111-2222-4333-8444-555555555555"

// answers are what Azure answers to paths, as its documentation has them.
func answers() map[string]string {
	role := func(id, name, actions, not string) string {
		return fmt.Sprintf(`{"id":"/subscriptions/%s/providers/Microsoft.Authorization/roleDefinitions/%s","type":"Microsoft.Authorization/roleDefinitions","name":"%s",
			"properties":{"roleName":%q,"type":"BuiltInRole","permissions":[{"actions":[%s],"notActions":[%s],"dataActions":[],"notDataActions":[]}],"assignableScopes":["/"]}}`, sub, id, id, name, actions, not)
	}
	given := func(role, who, kind, scope string) string {
		return fmt.Sprintf(`{"properties":{"roleDefinitionId":"/subscriptions/%s/providers/Microsoft.Authorization/roleDefinitions/%s","principalId":%q,"principalType":%q,"scope":%q,
			"condition":null,"createdOn":"2021-04-22T21:32:12.9475538Z"},"id":"x","type":"Microsoft.Authorization/roleAssignments","name":"y"}`, sub, strings.ToUpper(role), who, kind, scope)
	}
	const account = "/providers/Microsoft.Billing/billingAccounts/a:b_2019-05-31"
	billing := func(role, who string) string {
		return fmt.Sprintf(`{"id":"%s/billingRoleAssignments/1","properties":{"principalId":"00000000-0000-0000-0000-000000000000","principalType":"User","userEmailAddress":%q,
			"roleDefinitionId":"%s/billingRoleDefinitions/%s","scope":"%s"}}`, account, who, account, role, account)
	}
	list := func(values ...string) string { return `{"value":[` + strings.Join(values, ",") + `]}` }
	return map[string]string{
		"/subscriptions": list(`{"subscriptionId":"` + sub + `","displayName":"Prod","state":"Enabled"}`),
		"/subscriptions/" + sub + "/providers/Microsoft.Authorization/roleDefinitions": list(
			role("8e3af657", "Owner", `"*"`, ""), role("b24988ac", "Contributor", `"*"`, `"Microsoft.Authorization/*/Write","Microsoft.Authorization/elevateAccess/Action"`),
			role("acdd72a7", "Reader", `"*/read"`, ""), role("72fafb9e", "Cost Management Reader", `"Microsoft.Consumption/*/read","Microsoft.CostManagement/*/read"`, ""),
			role("fa23ad8b", "Billing Reader", `"Microsoft.Authorization/*/read","Microsoft.Billing/*/read","Microsoft.Commerce/*/read","Microsoft.Consumption/*/read"`, ""),
			role("9980e02c", "Virtual Machine Contributor", `"Microsoft.Compute/virtualMachines/*"`, "")),
		"/subscriptions/" + sub + "/providers/Microsoft.Authorization/roleAssignments": list(
			given("8e3af657", "ada", "User", "/subscriptions/"+sub), given("b24988ac", "ben", "Group", "/providers/Microsoft.Management/managementGroups/root"),
			given("acdd72a7", "cy", "ServicePrincipal", "/subscriptions/"+sub+"/"), given("72fafb9e", "di", "User", "/subscriptions/"+sub),
			given("fa23ad8b", "ed", "User", "/subscriptions/"+sub), given("9980e02c", "fay", "User", "/subscriptions/"+sub), given("00000000", "gus", "User", "/")),
		"/providers/Microsoft.Billing/billingAccounts": list(`{"name":"a:b_2019-05-31","properties":{"displayName":"Norrvik","agreementType":"MicrosoftCustomerAgreement"}}`),
		account + "/billingProfiles":                   list(`{"name":"P1","properties":{"displayName":"Profile"}}`),
		account + "/billingRoleDefinitions": list(`{"name":"50000000-aaaa-bbbb-cccc-100000000000","properties":{"roleName":"Billing account owner","description":"x","permissions":[{"actions":["50000000-aaaa-bbbb-cccc-200000000000"]}]}}`,
			`{"name":"50000000-aaaa-bbbb-cccc-100000000001","properties":{"roleName":"Something new"}}`),
		account + "/billingRoleAssignments": list(billing("50000000-aaaa-bbbb-cccc-100000000000", "ada@example.org"), billing("50000000-aaaa-bbbb-cccc-100000000001", "\u202eben\n@example.org")),
	}
}

func TestList(t *testing.T) {
	w := azuretest.Start()
	defer w.Close()
	all := answers()
	w.Before = func(rw http.ResponseWriter, r *http.Request) bool {
		if text, ok := all[r.URL.Path]; ok && r.Method == http.MethodGet && r.URL.Query().Get("api-version") != "" && r.Header.Get("Authorization") != "" {
			_, _ = io.WriteString(rw, text)
			return true
		}
		azuretest.Refuse(rw, http.StatusForbidden, "AuthorizationFailed", "The client 'x' with object id 'y' does not have authorization to perform action 'z'.")
		return true
	}
	clock := azuretest.NewClock(time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC))
	list := func(o azureroles.Options) (string, []error) {
		holders, failed, err := azureroles.List(t.Context(), azure.New(azuretest.Options(w.URL, clock)), o)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, h := range holders {
			m := h.May
			fmt.Fprintf(&b, "%s %s: %q %s %s%s", h.Scope, h.Role, h.Who, h.Kind, map[bool]string{true: "", false: "from " + h.From + " "}[h.From == ""], "")
			for _, may := range []struct {
				is   bool
				word string
			}{{m.Cost, "c"}, {m.Invoices, "i"}, {m.Exports, "e"}, {m.Give, "r"}, {m.Unknown, "?"}} {
				if may.is {
					b.WriteString(may.word)
				}
			}
			b.WriteByte('\n')
		}
		return b.String(), failed
	}
	const want = `Norrvik Billing account owner: "ada@example.org" User cier
Norrvik Something new: "\u202eben\n@example.org" User ?
Prod 00000000: "gus" User from / ?
Prod Billing Reader: "ed" User ci
Prod Contributor: "ben" Group from /providers/Microsoft.Management/managementGroups/root cie
Prod Cost Management Reader: "di" User c
Prod Owner: "ada" User cier
Prod Reader: "cy" ServicePrincipal ci
`
	got, failed := list(azureroles.Options{})
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if len(failed) != 1 || !strings.Contains(failed[0].Error(), "Profile: azure answered 403 AuthorizationFailed") {
		t.Errorf("what cannot be read: %v", failed)
	}
	if got, _ := list(azureroles.Options{All: true}); !strings.Contains(got, "Virtual Machine Contributor") {
		t.Errorf("all:\n%s", got)
	}
	if got, failed := list(azureroles.Options{Scopes: []string{"billingAccounts/a:b_2019-05-31"}}); len(failed) != 0 || strings.Contains(got, "Prod") || !strings.Contains(got, "Billing account owner") {
		t.Errorf("one: %v\n%s", failed, got)
	}
}
