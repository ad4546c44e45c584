package usage

import (
	"fmt"
	"strings"
)

// An OwnerRule gives charges to an owner: those that meet all its terms, on the
// days on which it holds. Of several rules that give a charge away the first
// counts.
type OwnerRule struct {
	Line  int    // in the owners file
	Owner string // or what a shared cost is called
	Terms []OwnerTerm
	From  Day    // the first day on which it holds; 0 for ever before
	To    Day    // the last one; 0 for ever after
	Share *Share // among whom the charges are divided; nil where they are the owner's
}

// Within returns the days on which r holds, of all that a ledger knows.
func (r OwnerRule) Within() Period {
	p := AllDays()
	if r.From != 0 {
		p.From = r.From
	}
	if r.To != 0 {
		p.To = r.To + 1
	}
	return p
}

// An OwnerTerm is one condition of a rule: that a text of the charge looks like
// a pattern, or does not.
type OwnerTerm struct {
	Column  string // of the view usage, in FOCUS's spelling; "" where Tag is set
	Tag     string // a tag's key, in any case of letters
	Pattern []Wild
	Not     bool
}

// A Wild is a letter of a pattern, or what stands for some.
type Wild struct {
	Letter rune
	Kind   WildKind
}

// A WildKind says for what a Wild stands.
type WildKind int

// The kinds of Wild.
const (
	Literally WildKind = iota // its letter, in either case
	AnyOne                    // one letter
	AnyText                   // any text, or none
)

// OwnerColumns returns the columns of the view usage that a rule may name: the
// texts.
func OwnerColumns() []string {
	return []string{
		"BillingAccountId", "BillingAccountName", "SubAccountId", "SubAccountName", "ChargeCategory", "ChargeClass", "ChargeDescription",
		"ChargeFrequency", "PricingCategory", "CommitmentDiscountId", "CommitmentDiscountName", "CommitmentDiscountStatus", "ServiceCategory",
		"ServiceName", "ServiceSubcategory", "SkuId", "SkuPriceId", "SkuMeter", "RegionId", "RegionName", "ResourceId", "ResourceName",
		"ResourceType", "ConsumedUnit", "PricingUnit", "BillingCurrency", "InvoiceId", "ProviderName", "PublisherName",
		"InvoiceIssuerName", "ServiceProviderName", "HostProviderName", "InvoiceDetailId",
		"BillingAccountType", "SubAccountType", "PricingCurrency", "SkuPriceDetails",
		"AvailabilityZone", "CapacityReservationId", "CapacityReservationStatus", "CommitmentDiscountCategory",
		"CommitmentDiscountType", "CommitmentDiscountUnit", "AllocatedMethodId", "AllocatedMethodDetails",
		"AllocatedResourceId", "AllocatedResourceName", "AllocatedTags", "ContractApplied",
		"x_ResourceGroupName",
		"x_MeterId", "x_MeterSubcategory", "x_CostCenter", "x_InvoiceSectionName", "x_BillingPeriod", "x_CostType", "x_SourceFile",
	}
}

// ParseOwnerTerms reads a rule: COLUMN=GLOB or COLUMN!=GLOB, joined by &. In a
// GLOB * is any text and ? one letter; a backslash before one of * ? & \ takes it
// literally. A column that a charge lacks is the empty text.
func ParseOwnerTerms(rule string) (out []OwnerTerm, err error) {
	var term []Wild
	for text := []rune(rule); ; {
		switch {
		case len(text) == 0 || text[0] == '&':
			t, err := parseOwnerTerm(term)
			if err != nil {
				return nil, err
			}
			out, term = append(out, t), nil
			if len(text) == 0 {
				return out, nil
			}
		case text[0] == '\\' && len(text) > 1 && strings.ContainsRune(`*?&\`, text[1]):
			text = text[1:]
			term = append(term, Wild{Letter: text[0]})
		case text[0] == '*':
			term = append(term, Wild{Letter: '*', Kind: AnyText})
		case text[0] == '?':
			term = append(term, Wild{Letter: '?', Kind: AnyOne})
		default:
			term = append(term, Wild{Letter: text[0]})
		}
		text = text[1:]
	}
}

func parseOwnerTerm(term []Wild) (t OwnerTerm, err error) {
	var name strings.Builder
	i := 0
	for i < len(term) && term[i].Letter != '=' {
		name.WriteRune(term[i].Letter)
		i++
	}
	column := name.String()
	if i == len(term) {
		return t, fmt.Errorf("%q is not of the form COLUMN=GLOB, like SubAccountName=prod-*", column)
	}
	t.Pattern = trimmed(term[i+1:])
	column, t.Not = strings.CutSuffix(column, "!")
	column = strings.TrimSpace(column)
	if len(column) > len(tagPrefix) && strings.EqualFold(column[:len(tagPrefix)], tagPrefix) {
		t.Tag = column[len(tagPrefix):]
		return t, nil
	}
	for _, c := range OwnerColumns() {
		if strings.EqualFold(c, column) {
			t.Column = c
			return t, nil
		}
	}
	if d, ok := everyday(column); ok && d.OwnerColumn() != "" {
		t.Column = d.OwnerColumn()
		return t, nil
	}
	return t, fmt.Errorf("%q is no column of text; use one of %s, or Tags.KEY", column, strings.Join(OwnerColumns(), ", "))
}

// trimmed is a pattern without the blanks around it.
func trimmed(p []Wild) []Wild {
	for len(p) > 0 && p[0] == (Wild{Letter: ' '}) {
		p = p[1:]
	}
	for len(p) > 0 && p[len(p)-1] == (Wild{Letter: ' '}) {
		p = p[:len(p)-1]
	}
	return p
}
