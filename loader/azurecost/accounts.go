package azurecost

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/billing/armbilling"

	"usagereport/internal/azure"
)

// An agreement is what a subscription is bought under. It decides which API has
// its cost.
type agreement string

const (
	enterprise agreement = "Enterprise Agreement"
	customer   agreement = "Microsoft Customer Agreement"
	partner    agreement = "Microsoft Partner Agreement"
	payAsYouGo agreement = "pay-as-you-go"
	unknown    agreement = "agreement not known"
)

// subscriptionJSON is a subscription as Azure's list has it.
type subscriptionJSON struct {
	ID          string `json:"subscriptionId"`
	DisplayName string `json:"displayName"`
	State       string `json:"state"`
	Policies    struct {
		QuotaID string `json:"quotaId"`
	} `json:"subscriptionPolicies"`
}

func (j subscriptionJSON) account() account {
	a := subscription(j.ID)
	a.name, a.quota = j.DisplayName, j.Policies.QuotaID
	return a
}

func subscriptionQuery() url.Values { return url.Values{"api-version": {"2022-12-01"}} }

// subscriptions lists what the sign-in can see, by id.
func (s *Source) subscriptions(ctx context.Context) ([]account, error) {
	list, err := azure.List[subscriptionJSON](ctx, s.Client, "subscriptions", "/subscriptions", subscriptionQuery())
	if err != nil {
		return nil, err
	}
	var out []account
	for _, j := range list {
		if j.State != "Deleted" { // a disabled one has its past
			out = append(out, j.account())
		}
	}
	slices.SortFunc(out, func(a, b account) int { return strings.Compare(a.id, b.id) })
	// A page may come twice while the list changes.
	return slices.CompactFunc(out, func(a, b account) bool { return a.id == b.id }), nil
}

// lookAt finds out what an account is: its name and its agreement.
func (s *Source) lookAt(ctx context.Context, a *account) error {
	if !a.isSubscription() {
		return nil
	}
	if a.name == "" && a.quota == "" {
		b, err := s.Client.Get(ctx, a.scope, subscriptionQuery())
		if err != nil {
			return err
		}
		var j subscriptionJSON
		if err := json.Unmarshal(b, &j); err != nil {
			return fmt.Errorf("what the subscription is cannot be read: %w", err)
		}
		a.name, a.quota = j.DisplayName, j.Policies.QuotaID
	}
	var err error
	a.agreement, err = s.agreementOf(ctx, *a)
	return err
}

// agreementOf asks what a subscription is bought under. Where it may not be known,
// the offer says; of a pay-as-you-go offer that may be of either agreement, the
// APIs' own answers do, later.
func (s *Source) agreementOf(ctx context.Context, a account) (agreement, error) {
	byOffer := map[string]agreement{"EnterpriseAgreement": enterprise, "MSDNDevTest": enterprise, "CSP": partner}
	offer, _, _ := strings.Cut(a.quota, "_")
	if ag := byOffer[offer]; ag != "" {
		return ag, nil
	}
	cred, err := s.Client.Credential()
	if err != nil {
		return "", err
	}
	c, err := armbilling.NewPropertyClient(a.id, cred, s.Client.ClientOptions())
	if err != nil {
		return "", err
	}
	answer, err := c.Get(ctx, nil)
	if err != nil {
		// Not every sign-in may know it, and not every subscription has it.
		var refused *azure.Error
		if err := s.Client.Explain(ctx, err, a.scope); errors.As(err, &refused) && refused.Status/100 == 4 && refused.Status != 401 &&
			refused.Problem != azure.Busy {
			return unknown, nil
		}
		return "", err
	}
	if answer.Properties == nil || answer.Properties.BillingAccountAgreementType == nil {
		return unknown, nil
	}
	switch *answer.Properties.BillingAccountAgreementType {
	case armbilling.AgreementTypeEnterpriseAgreement:
		return enterprise, nil
	case armbilling.AgreementTypeMicrosoftCustomerAgreement:
		return customer, nil
	case armbilling.AgreementTypeMicrosoftPartnerAgreement:
		return partner, nil
	case armbilling.AgreementTypeMicrosoftOnlineServicesProgram:
		return payAsYouGo, nil
	case armbilling.AgreementTypeOther:
	}
	return unknown, nil
}
