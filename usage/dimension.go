// Package usage holds the words of the domain: days and billing periods, exact
// money, the dimensions of a charge. It depends on the standard library only;
// every other package speaks in its types. The vocabulary is that of FOCUS, the
// FinOps Open Cost and Usage Specification 1.2.
package usage

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// A Dimension is that by which cost can be grouped: a column of the view usage, in FOCUS's
// spelling, a tag, or what people have made of these (Virtual).
type Dimension string

// The dimensions that the analysis knows by name.
const (
	BillingAccount Dimension = "BillingAccountId"
	SubAccount     Dimension = "SubAccountId"
	ResourceGroup  Dimension = "x_ResourceGroupName"
	Service        Dimension = "ServiceName"
	Meter          Dimension = "SkuMeter"
	Region         Dimension = "RegionId"
	Resource       Dimension = "ResourceId"

	// Owner is known where an owners file is looked through; the daily sums do not
	// keep it.
	Owner Dimension = "x_Owner"
)

// Dimensions returns the dimensions that the daily sums keep, in the order in
// which people read them: from the account down to the meter.
func Dimensions() []Dimension {
	return []Dimension{BillingAccount, SubAccount, ResourceGroup, Service, Region, Resource, Meter}
}

const tagPrefix = "Tags."

// TagDimension returns the dimension of the tag called key: Tags.team. The daily
// sums do not keep it.
func TagDimension(key string) Dimension { return Dimension(tagPrefix + key) }

// Tag returns the key of the tag that d is the dimension of, if it is one's.
func (d Dimension) Tag() (key string, ok bool) { return strings.CutPrefix(string(d), tagPrefix) }

// ParseDimension finds the dimension that name means, whatever its case;
// everyday words are understood too ("service", "subscription"), each column of text, a
// tag's key behind "Tags." and the name of a Virtual behind "Dimensions.".
func ParseDimension(name string) (Dimension, error) {
	for _, prefix := range []string{tagPrefix, "tag:"} {
		if n := len(prefix); len(name) > n && strings.EqualFold(name[:n], prefix) {
			return TagDimension(name[n:]), nil
		}
	}
	if n := len(virtualPrefix); len(name) > n && strings.EqualFold(name[:n], virtualPrefix) {
		return Virtual{Name: name[n:]}.Dimension(), nil
	}
	for _, d := range Dimensions() {
		if strings.EqualFold(string(d), name) || strings.EqualFold(d.OwnerColumn(), name) {
			return d, nil
		}
	}
	if d, ok := everyday(name); ok {
		return d, nil
	}
	for _, column := range OwnerColumns() {
		if strings.EqualFold(column, name) {
			return Dimension(column), nil
		}
	}
	return "", fmt.Errorf("dimension %q: unknown; use one of %s, Tags.KEY, or a column of text: %s", name,
		strings.Join(DimensionWords(), ", "), strings.Join(OwnerColumns(), ", "))
}

// everyday is the dimension of an everyday word, the same for what groups cost and for the
// rules of owners.
func everyday(word string) (Dimension, bool) {
	d, ok := map[string]Dimension{
		"account": BillingAccount, "subscription": SubAccount, "subaccount": SubAccount,
		"resourcegroup": ResourceGroup, "group": ResourceGroup, "service": Service,
		"meter": Meter, "region": Region, "location": Region, "resource": Resource,
		"owner": Owner, "xowner": Owner,
		"category": "ChargeCategory", "provider": "ProviderName", "publisher": "PublisherName", "costcenter": "x_CostCenter",
		"invoice": "InvoiceId", "invoicesection": "x_InvoiceSectionName", "resourcetype": "ResourceType", "type": "ResourceType",
		"sku": "SkuId", "commitment": "CommitmentDiscountName", "pricing": "PricingCategory",
	}[strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(word))]
	return d, ok
}

// OwnerColumn is the column of the view usage that has what people call d's values: the
// name where there is one, else the id; "" for what is no column.
func (d Dimension) OwnerColumn() string {
	switch d {
	case BillingAccount:
		return "BillingAccountName"
	case SubAccount:
		return "SubAccountName"
	case Resource:
		return "ResourceName"
	}
	if slices.Contains(OwnerColumns(), string(d)) {
		return string(d)
	}
	return ""
}

// DimensionWords are the everyday words for dimensions, as help names them.
func DimensionWords() []string {
	return []string{"account", "subscription", "resource-group", "service", "region", "resource", "meter", "owner"}
}

// A Series is the dimension values that identify one line of cost: the rows
// that have all of them. The zero Series is all rows.
type Series map[Dimension]string

// Meets reports whether a charge can be of both.
func (s Series) Meets(o Series) bool {
	for d, v := range s {
		if w, has := o[d]; has && w != v {
			return false
		}
	}
	return true
}

// Key returns a text that is the same for equal series and different for
// different ones.
func (s Series) Key() string {
	ds := make([]Dimension, 0, len(s))
	for d := range s {
		ds = append(ds, d)
	}
	slices.Sort(ds)
	var b strings.Builder
	for _, d := range ds {
		fmt.Fprintf(&b, "%s=%q;", d, s[d])
	}
	return b.String()
}

// ParseSeries reads the text that Key returned, and returns what stands behind it.
func ParseSeries(key string) (s Series, rest string, err error) {
	s = Series{}
	for key != "" && key[0] != ' ' {
		d, value, ok := strings.Cut(key, "=")
		quoted, err := strconv.QuotedPrefix(value)
		if !ok || err != nil || !strings.HasPrefix(value[len(quoted):], ";") {
			return nil, key, fmt.Errorf("series %q: cannot be read", key)
		}
		if s[Dimension(d)], err = strconv.Unquote(quoted); err != nil {
			return nil, key, fmt.Errorf("series %q: %w", key, err)
		}
		key = value[len(quoted)+1:]
	}
	return s, key, nil
}

// Key returns a FOCUS column's name as a key: ServiceName to service_name,
// x_ResourceGroupName to x_resource_group_name; of a Virtual its name.
func (d Dimension) Key() string {
	if name, ok := d.Virtual(); ok {
		return strings.ReplaceAll(strings.ToLower(name), " ", "_")
	}
	var b strings.Builder
	lower := false
	for _, r := range string(d) {
		if unicode.IsUpper(r) && lower {
			b.WriteByte('_')
		}
		lower = unicode.IsLower(r) && r != '_'
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
