package azurecost

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"usagereport/internal/azure"
	"usagereport/loader"
	"usagereport/usage"
)

// receivedWithin is how many days usage may take to arrive. Usage details are
// selected by the day on which they were received, so a billing period is asked for
// with as many days more on both sides, and each row is assigned by the bill that it
// names.
const receivedWithin = 5

// errModern says that usage details are those of another agreement, which has cost
// details reports.
var errModern = errors.New("its usage details are those of a Microsoft Customer Agreement")

// A detail is one usage detail. Numbers stay the text that Azure wrote: the SDK's
// structs have them as floating point, in which no money is exact, and refuse the
// truth values that Azure writes as text.
type detail struct {
	Kind       string          `json:"kind"`
	Tags       json.RawMessage `json:"tags"`
	Properties struct {
		Date             text `json:"date"`
		SubscriptionID   text `json:"subscriptionId"`
		SubscriptionName text `json:"subscriptionName"`
		PeriodStart      text `json:"billingPeriodStartDate"`
		MeterID          text `json:"meterId"`
		Meter            struct {
			Category    text `json:"meterCategory"`
			SubCategory text `json:"meterSubCategory"`
			Name        text `json:"meterName"`
			Unit        text `json:"unitOfMeasure"`
		} `json:"meterDetails"`
		Quantity         text `json:"quantity"`
		UnitPrice        text `json:"unitPrice"`
		PayGPrice        text `json:"payGPrice"`
		Cost             text `json:"cost"`
		Currency         text `json:"billingCurrency"`
		ResourceLocation text `json:"resourceLocation"`
		ResourceGroup    text `json:"resourceGroup"`
		ResourceID       text `json:"resourceId"`
		ResourceName     text `json:"resourceName"`
		Product          text `json:"product"`
		OfferID          text `json:"offerId"`
		ChargeType       text `json:"chargeType"`
		Frequency        text `json:"frequency"`
		PublisherName    text `json:"publisherName"`
	} `json:"properties"`
}

// A text is a JSON value as text: a string's content, or a number, as it is
// written; null is empty.
type text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, (*string)(t))
	}
	if *t = text(b); string(b) == "null" {
		*t = ""
	}
	return nil
}

// detailColumns are the columns of the CSV that usage details become, which the
// format azure_usage_details reads.
func detailColumns() []string {
	return []string{
		"date", "subscriptionId", "subscriptionName", "billingPeriod", "billingPeriodStart", "billingPeriodEnd",
		"meterId", "meterCategory", "meterSubCategory", "meterName", "unitOfMeasure", "quantity", "unitPrice", "payGPrice", "cost",
		"billingCurrency",
		"resourceLocation", "resourceGroup", "resourceId", "resourceName", "product", "offerId", "chargeType", "frequency", "publisherName",
		"tags",
	}
}

// row returns d as a row of the CSV.
func (d *detail) row(b billPeriod) []string {
	p := &d.Properties
	tags := ""
	if raw := bytes.TrimSpace(d.Tags); len(raw) > 0 && !bytes.Equal(raw, []byte("null")) {
		tags = string(raw)
	}
	var out []string
	for _, t := range []text{
		p.Date, p.SubscriptionID, p.SubscriptionName, text(b.name), text(b.span.From.String()), text(b.span.To.String()),
		p.MeterID, p.Meter.Category, p.Meter.SubCategory, p.Meter.Name, p.Meter.Unit, p.Quantity, p.UnitPrice, p.PayGPrice, p.Cost, p.Currency,
		p.ResourceLocation, p.ResourceGroup, p.ResourceID, p.ResourceName, p.Product, p.OfferID, p.ChargeType, p.Frequency, p.PublisherName,
		text(tags),
	} {
		out = append(out, string(t))
	}
	return out
}

// in reports whether d is on the bill b: by the bill's first day that it names, or,
// where it names none or b is a calendar month, by its own.
func (d *detail) in(b billPeriod) (bool, error) {
	day, err := dayIn(string(d.Properties.PeriodStart))
	if err != nil || b.month {
		if day, err = dayIn(string(d.Properties.Date)); err != nil {
			return false, fmt.Errorf("a usage detail has neither a billing period nor a day (%q, %q)", d.Properties.PeriodStart, d.Properties.Date)
		}
	}
	return b.span.Contains(day), nil
}

// usageDetails writes the usage details of a pay-as-you-go subscription's bill as
// CSV.
func (s *Source) usageDetails(ctx context.Context, t *task, f *os.File) error {
	if s.Amortized {
		return &azure.Error{
			Problem: azure.Unsupported, Text: "a pay-as-you-go subscription has no amortized cost",
			Advice: "load it without --cost-type amortized",
		}
	}
	span := t.period.span
	first, last := span.From-receivedWithin, min(span.Last()+receivedWithin, usage.DayOf(s.Client.Now()))
	query := url.Values{
		"api-version": {"2021-10-01"},
		"$expand":     {"properties/meterDetails"},
		"$filter":     {fmt.Sprintf("properties/usageStart ge '%s' and properties/usageEnd le '%s'", first, last)},
	}
	w := csv.NewWriter(f)
	if err := w.Write(detailColumns()); err != nil {
		return err
	}
	rows, costless, again := 0, 0, 0
	seen := map[[sha256.Size]byte]bool{}
	for page, err := range s.Client.Pages(ctx, t.account.scope+"/providers/Microsoft.Consumption/usageDetails", query) {
		if errors.Is(err, azure.ErrRepeats) {
			return &azure.Error{Problem: azure.Busy, Text: "azure's list of usage details leads in a circle"}
		}
		if err != nil {
			return err
		}
		var list struct{ Value json.RawMessage }
		var details []detail
		if err := json.Unmarshal(page, &list); err != nil {
			return fmt.Errorf("the usage details cannot be read: %w", err)
		}
		// Each detail has an id of its own, so a page that is equal to one before came
		// twice, by whatever link.
		sum := sha256.Sum256(list.Value)
		if len(list.Value) > len("[]") && seen[sum] {
			again++
			continue
		}
		seen[sum] = true
		if err := json.Unmarshal(list.Value, &details); len(list.Value) > 0 && err != nil {
			return fmt.Errorf("the usage details cannot be read: %w", err)
		}
		for i := range details {
			d := &details[i]
			if strings.EqualFold(d.Kind, "modern") {
				return errModern
			}
			in, err := d.in(t.period)
			if err != nil {
				return err
			}
			if !in {
				continue
			}
			rows++
			if d.Properties.Cost == "" {
				costless++
			}
			if err := w.Write(d.row(t.period)); err != nil {
				return err
			}
		}
	}
	w.Flush()
	switch {
	case w.Error() != nil:
		return w.Error()
	case rows == 0:
		return s.nothing(t)
	case rows == costless:
		return &azure.Error{Problem: azure.Denied, Text: "azure gives the usage without its cost", Advice: s.Client.MissingRole(ctx,
			t.account.scope)}
	}
	if again > 0 {
		s.Client.Say("%s/%s: %d pages came twice and count once", t.account.ref(), t.period.name, again)
	}
	return nil
}

// nothing says that Azure has no charges of a period.
func (s *Source) nothing(t *task) error {
	return fmt.Errorf("%w: Azure has none of %s for %s (%s); if there should be some, they may not be there yet: try again tomorrow",
		loader.ErrEmpty, t.account.ref(), t.period.name, t.period.span)
}
