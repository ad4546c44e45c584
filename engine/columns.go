package engine

import "slices"

// A role is what becomes of a column.
type role int

const (
	grouped role = iota // by its text
	tagged              // by its text, which is made of a map where it is one
	dayed               // by its day
	ended               // by its day, where that is not the next one
	priced              // by its number
	added               // up
	listed              // up, where every row has it
)

// A step is with which of the others a column is left out, where all of them make too
// many charges: the lower the sooner. Those of kept never are.
type step int

const (
	kept step = iota
	details
	resources
	labels
	meters
	places
	groups
	coarsest
)

// String names what goes with a step.
func (s step) String() string {
	return map[step]string{
		details: "details of invoices and reservations", resources: "resources", labels: "tags", meters: "meters and prices",
		places: "regions, types and cost centres", groups: "resource groups",
	}[s]
}

// A field is a column of FOCUS that the loader reads.
type field struct {
	name string
	role role
	step step
	also []string // other names that relations have for it
	// instead are the columns whose text stands for it where it has none.
	instead []string
}

// fields are the columns that the format focus reads; TestFieldsAreThoseOfFOCUS holds
// them to it.
func fields() []field {
	var out []field
	add := func(s step, names ...string) {
		for _, n := range names {
			out = append(out, field{name: n, step: s})
		}
	}
	as := func(r role, s step, names ...string) {
		for _, n := range names {
			out = append(out, field{name: n, role: r, step: s})
		}
	}
	as(dayed, kept, "ChargePeriodStart", "BillingPeriodStart", "BillingPeriodEnd")
	as(ended, kept, "ChargePeriodEnd")
	add(kept, "BillingAccountId", "BillingAccountName", "BillingAccountType", "SubAccountId", "SubAccountName", "SubAccountType",
		"x_BillingPeriod", "BillingCurrency", "ChargeCategory", "ChargeClass", "ChargeFrequency", "PricingCategory", "PricingCurrency",
		"CommitmentDiscountId", "CommitmentDiscountName", "CommitmentDiscountStatus", "CommitmentDiscountCategory", "CommitmentDiscountType",
		"CommitmentDiscountUnit", "ServiceCategory", "ServiceName", "ServiceSubcategory", "InvoiceId", "ProviderName", "PublisherName",
		"InvoiceIssuerName", "ServiceProviderName", "HostProviderName", "ConsumedUnit", "PricingUnit")
	add(details, "InvoiceDetailId", "SkuPriceDetails", "CapacityReservationId", "CapacityReservationStatus", "AllocatedMethodId",
		"AllocatedMethodDetails", "AllocatedResourceId", "AllocatedResourceName", "AllocatedTags", "ContractApplied", "AvailabilityZone")
	add(resources, "ResourceId", "ResourceName")
	as(tagged, labels, "Tags")
	add(meters, "SkuId", "SkuPriceId", "SkuMeter", "ChargeDescription", "x_SkuMeterId", "x_MeterId", "x_SkuMeterSubcategory",
		"x_MeterSubcategory")
	as(priced, meters, "ListUnitPrice", "ContractedUnitPrice", "PricingCurrencyListUnitPrice", "PricingCurrencyContractedUnitPrice")
	add(places, "RegionId", "RegionName", "ResourceType", "x_CostCenter", "x_InvoiceSectionName")
	add(groups, "x_ResourceGroupName", "oci_CompartmentName")
	as(added, kept, "BilledCost", "EffectiveCost", "ConsumedQuantity", "PricingQuantity", "CommitmentDiscountQuantity",
		"PricingCurrencyEffectiveCost")
	as(listed, kept, "ListCost", "ContractedCost")
	also := map[string][]string{
		"InvoiceId": {"x_InvoiceId"}, "SkuMeter": {"x_SkuMeterName"}, "ConsumedQuantity": {"UsageQuantity"}, "ConsumedUnit": {"UsageUnit"},
		"RegionId": {"Region"}, "ChargeClass": {"ChargeSubcategory"}, "ProviderName": {"Provider"}, "PublisherName": {"Publisher"},
		"InvoiceIssuerName": {"InvoiceIssuer"},
	}
	for i, f := range out {
		out[i].also = also[f.name]
		if f.name == "ServiceName" {
			out[i].instead = []string{"x_SkuMeterSubcategory", "PublisherName"}
		}
	}
	return out
}

// required are the columns without which a relation is none of FOCUS.
func required() []string {
	return []string{
		"BilledCost", "EffectiveCost", "BillingAccountId", "BillingCurrency", "BillingPeriodStart", "BillingPeriodEnd", "ChargeCategory",
		"ChargePeriodStart", "ChargePeriodEnd", "ServiceName",
	}
}

// runNames are the columns in which relations keep which run of an export a row is of,
// where the configuration names none.
func runNames() []string { return []string{"x_RunId", "run_id", "RunId"} }

// names returns all names of a field, its own first.
func (f field) names() []string { return slices.Concat([]string{f.name}, f.also) }

// sums reports whether a field is added up.
func (f field) sums() bool { return f.role == added || f.role == listed }

// Amounts are the columns of FOCUS that hold numbers.
func Amounts() (names []string) {
	for _, f := range fields() {
		if f.sums() || f.role == priced {
			names = append(names, f.name)
		}
	}
	return names
}
