// Package azureroles asks Azure who may see what things cost: the role assignments of
// subscriptions and of billing scopes.
package azureroles

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"usagereport/internal/azure"
)

// A Holder is a person or a program with a role on a scope.
type Holder struct {
	Scope string // as its name, or its id where it has none
	ID    string // /subscriptions/…, /providers/Microsoft.Billing/billingAccounts/…
	Role  string
	Who   string // a name or a mail address where Azure gives one, else the object's id
	Kind  string // User, Group, ServicePrincipal; "" where it is not said
	From  string // where the role was given, if not on Scope: a management group, or the root
	May   May
}

// May is what a role allows of what usagereport does.
type May struct {
	Cost     bool // load azure://…, and exports that are there
	Invoices bool // invoices download
	Exports  bool // make exports
	Give     bool // give others such roles
	Unknown  bool // a role whose name Azure's documentation does not explain to us
}

// Options say of what roles are listed.
type Options struct {
	Scopes []string // as azure:// has them: a subscription's id, billingAccounts/ID; none is all
	All    bool     // of subscriptions also roles that see no cost
}

// List returns the holders of roles on scopes, and what of it could not be read, each with why.
func List(ctx context.Context, c *azure.Client, o Options) (out []Holder, failed []error, err error) {
	scopes, failed, err := scopesOf(ctx, c, o.Scopes)
	if err != nil {
		return nil, nil, err
	}
	for _, s := range scopes {
		var some []Holder
		var err error
		if s.billing {
			some, err = billingHolders(ctx, c, s)
		} else {
			some, err = holders(ctx, c, s)
		}
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", cmp.Or(s.name, s.id), c.Explain(ctx, err, s.id)))
			continue
		}
		for _, h := range some {
			if o.All || h.May.Unknown || h.May.Cost || h.May.Invoices {
				out = append(out, h)
			}
		}
	}
	slices.SortStableFunc(out, func(x, y Holder) int {
		return cmp.Or(strings.Compare(strings.ToLower(x.ID), strings.ToLower(y.ID)), strings.Compare(x.Role, y.Role),
			strings.Compare(x.Who, y.Who))
	})
	return out, failed, nil
}

// A scope is a subscription, a billing account or a billing profile.
type scope struct {
	id, name string
	billing  bool
}

// ask returns the entries of a list, by the API of a version.
func ask[T any](ctx context.Context, c *azure.Client, what, path, version string) ([]T, error) {
	return azure.List[T](ctx, c, what, path, url.Values{"api-version": {version}})
}

const billingVersion = "2024-04-01"

// scopesOf returns the scopes that are named, or all that the sign-in sees.
func scopesOf(ctx context.Context, c *azure.Client, named []string) (out []scope, failed []error, err error) {
	for _, name := range named {
		if rest, ok := strings.CutPrefix(strings.ToLower(name), "billingaccounts/"); ok {
			out = append(out, scope{id: "/providers/Microsoft.Billing/billingAccounts/" + name[len(name)-len(rest):], billing: true})
		} else {
			out = append(out, scope{id: "/subscriptions/" + name})
		}
	}
	if len(named) > 0 {
		return out, nil, nil
	}
	type subscription struct{ SubscriptionID, DisplayName string }
	subs, err := ask[subscription](ctx, c, "subscriptions", "/subscriptions", "2022-12-01")
	if err != nil {
		return nil, nil, fmt.Errorf("list the subscriptions: %w", c.Explain(ctx, err, ""))
	}
	for _, s := range subs {
		out = append(out, scope{id: "/subscriptions/" + s.SubscriptionID, name: s.DisplayName})
	}
	type thing struct {
		Name       string
		Properties struct{ DisplayName string }
	}
	accounts, err := ask[thing](ctx, c, "billing accounts", "/providers/Microsoft.Billing/billingAccounts", billingVersion)
	if err != nil {
		return out, []error{fmt.Errorf("billing accounts: %w", c.Explain(ctx, err, ""))}, nil
	}
	for _, a := range accounts {
		account := scope{id: "/providers/Microsoft.Billing/billingAccounts/" + a.Name, name: a.Properties.DisplayName, billing: true}
		out = append(out, account)
		if !strings.Contains(a.Name, ":") {
			continue // an enrolment, and pay-as-you-go, have no profiles
		}
		profiles, err := ask[thing](ctx, c, "billing profiles", account.id+"/billingProfiles", billingVersion)
		if err != nil {
			failed = append(failed, fmt.Errorf("billing profiles of %s: %w", cmp.Or(account.name, a.Name), c.Explain(ctx, err, account.id)))
			continue
		}
		for _, p := range profiles {
			out = append(out, scope{id: account.id + "/billingProfiles/" + p.Name, name: p.Properties.DisplayName, billing: true})
		}
	}
	return out, failed, nil
}

// holders returns who has a role on a subscription, there or above.
func holders(ctx context.Context, c *azure.Client, s scope) (out []Holder, err error) {
	type permission struct{ Actions, NotActions []string }
	type definition struct {
		ID         string
		Properties struct {
			RoleName    string
			Permissions []permission
		}
	}
	const version = "2022-04-01"
	list, err := ask[definition](ctx, c, "roles", s.id+"/providers/Microsoft.Authorization/roleDefinitions", version)
	if err != nil {
		return nil, err
	}
	// A definition has a path on each scope; its last part is what says which it is.
	last := func(id string) string { return strings.ToLower(id[strings.LastIndexByte(id, '/')+1:]) }
	definitions := map[string]definition{}
	for _, d := range list {
		definitions[last(d.ID)] = d
	}
	type assignment struct {
		Properties struct{ RoleDefinitionID, PrincipalID, PrincipalType, Scope string }
	}
	given, err := azure.List[assignment](ctx, c, "role assignments", s.id+"/providers/Microsoft.Authorization/roleAssignments",
		url.Values{"api-version": {version}, "$filter": {"atScope()"}})
	if err != nil {
		return nil, err
	}
	for _, a := range given {
		p := a.Properties
		d := definitions[last(p.RoleDefinitionID)]
		h := Holder{
			Scope: cmp.Or(s.name, s.id), ID: s.id, Role: cmp.Or(d.Properties.RoleName, last(p.RoleDefinitionID)),
			Who: p.PrincipalID, Kind: p.PrincipalType,
		}
		if !strings.EqualFold(strings.TrimSuffix(p.Scope, "/"), s.id) {
			h.From = cmp.Or(p.Scope, "/")
		}
		may := func(action string) bool {
			return slices.ContainsFunc(d.Properties.Permissions, func(p permission) bool {
				takes := func(pattern string) bool { return matches(strings.ToLower(pattern), strings.ToLower(action)) }
				return slices.ContainsFunc(p.Actions, takes) && !slices.ContainsFunc(p.NotActions, takes)
			})
		}
		h.May = May{
			Cost: may("Microsoft.Consumption/usageDetails/read"), Invoices: may("Microsoft.Billing/invoices/read"),
			Exports: may("Microsoft.CostManagement/exports/write"), Give: may("Microsoft.Authorization/roleAssignments/write"),
			Unknown: d.ID == "",
		}
		out = append(out, h)
	}
	return out, nil
}

// matches reports whether an action is one that a pattern takes, in which * is any text.
func matches(pattern, action string) bool {
	parts := strings.Split(pattern, "*")
	last := len(parts) - 1
	rest, ok := strings.CutPrefix(action, parts[0])
	if last == 0 || !ok {
		return ok && rest == ""
	}
	for _, part := range parts[1:last] {
		i := strings.Index(rest, part)
		if i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	return strings.HasSuffix(rest, parts[last])
}

// billingHolders returns who has a role on a billing account or profile.
func billingHolders(ctx context.Context, c *azure.Client, s scope) (out []Holder, err error) {
	type definition struct {
		Name       string
		Properties struct{ RoleName string }
	}
	list, err := ask[definition](ctx, c, "billing roles", s.id+"/billingRoleDefinitions", billingVersion)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, d := range list {
		names[strings.ToLower(d.Name)] = d.Properties.RoleName
	}
	type assignment struct {
		Properties struct {
			RoleDefinitionID, PrincipalID, PrincipalType, Scope string
			PrincipalDisplayName, UserEmailAddress              string
		}
	}
	given, err := ask[assignment](ctx, c, "billing role assignments", s.id+"/billingRoleAssignments", billingVersion)
	if err != nil {
		return nil, err
	}
	for _, a := range given {
		p := a.Properties
		id := p.RoleDefinitionID[strings.LastIndexByte(p.RoleDefinitionID, '/')+1:]
		h := Holder{
			Scope: cmp.Or(s.name, s.id), ID: s.id, Role: cmp.Or(names[strings.ToLower(id)], id),
			Who: cmp.Or(p.UserEmailAddress, p.PrincipalDisplayName, p.PrincipalID), Kind: p.PrincipalType,
		}
		if p.Scope != "" && !strings.EqualFold(strings.TrimSuffix(p.Scope, "/"), s.id) {
			h.From = p.Scope
		}
		h.May = billingMay(h.Role)
		out = append(out, h)
	}
	return out, nil
}

// billingMay is what a role of billing allows, by its name: their definitions list no actions
// that can be read. As in "Understand Microsoft Customer Agreement administrative roles" and
// "Managing Azure Enterprise Agreement roles" of Azure's documentation.
func billingMay(role string) May {
	role = strings.ToLower(role)
	has := func(word string) bool { return strings.Contains(role, word) }
	switch {
	case has("invoice manager"):
		return May{Cost: true, Invoices: true}
	case has("azure subscription creator"), has("azure service admin"):
		return May{}
	case has("owner"):
		return May{Cost: true, Invoices: true, Exports: true, Give: true}
	case has("contributor"):
		return May{Cost: true, Invoices: true, Exports: true}
	case has("reader"): // also of an enrolment, or of a department of one, which sees no invoices
		return May{Cost: true, Invoices: !has("department")}
	case has("administrator"):
		return May{Cost: true, Invoices: true, Exports: true, Give: true}
	}
	return May{Unknown: true}
}
