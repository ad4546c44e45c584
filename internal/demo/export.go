package demo

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"

	"usagereport/usage"
)

// header returns the 65 columns of a cost export of a Microsoft Customer
// Agreement, dataset version 2023-12-01-preview, in their own mixed case.
func header() []string {
	return []string{
		"invoiceId", "previousInvoiceId", "billingAccountId", "billingAccountName", "billingProfileId",
		"billingProfileName", "invoiceSectionId", "invoiceSectionName", "resellerName", "resellerMpnId",
		"costCenter", "billingPeriodEndDate", "billingPeriodStartDate", "servicePeriodEndDate", "servicePeriodStartDate",
		"date", "serviceFamily", "productOrderId", "productOrderName", "consumedService",
		"meterId", "meterName", "meterCategory", "meterSubCategory", "meterRegion",
		"ProductId", "ProductName", "SubscriptionId", "subscriptionName", "publisherType",
		"publisherId", "publisherName", "resourceGroupName", "ResourceId", "resourceLocation",
		"location", "effectivePrice", "quantity", "unitOfMeasure", "chargeType",
		"billingCurrency", "pricingCurrency", "costInBillingCurrency", "costInPricingCurrency", "costInUsd",
		"paygCostInBillingCurrency", "paygCostInUsd", "exchangeRatePricingToBilling", "exchangeRateDate", "isAzureCreditEligible",
		"serviceInfo1", "serviceInfo2", "additionalInfo", "tags", "PayGPrice",
		"frequency", "term", "reservationId", "reservationName", "pricingModel",
		"unitPrice", "costAllocationRuleName", "benefitId", "benefitName", "provider",
	}
}

// An exporter writes the rows of an estate as the cloud would on the morning
// after its last day.
type exporter struct {
	*estate
	rates    []int64       // of each month, from pricing to billing currency, in ten thousandths
	invoices []string      // of each month; none while it is open
	pricing  string        // the pricing currency
	dates    []dateText    // of each day
	texts    [][]meterText // by meter, then region
	account  string
	regions  [][3]string
	subNames [][2]string
	fields   []string // of the row being written
}

// rateOne is the exchange rate of a currency to itself.
const rateOne = 10_000

// A dateText is the dates of a day's rows, as the export writes them.
type dateText struct{ day, monthStart, monthEnd, monthLater string }

// A meterText is what the rows of a meter in one region say of it.
type meterText struct{ id, productID, product, info string }

// newExporter prepares the export of e. Euro accounts are priced in dollars, at
// a rate that is fixed for each month; all others in their own currency.
func newExporter(e *estate) *exporter {
	x := &exporter{estate: e, pricing: e.options.Currency, regions: regions(), subNames: subscriptions()}
	if x.pricing == "EUR" {
		x.pricing = "USD"
	}
	rates, invoices := newDice(e.options.Seed, streamRates), newDice(e.options.Seed, streamInvoices)
	rate := int64(8_600)
	for month := range e.days[len(e.days)-1].index + 1 {
		rate = min(max(rate+rates.between(-50, 50), 8_450), 8_750)
		if x.pricing == e.options.Currency {
			rate = rateOne
		}
		x.rates = append(x.rates, rate)
		x.invoices = append(x.invoices, fmt.Sprintf("G%09d", invoices.below(1_000_000_000)))
		if month == e.days[len(e.days)-1].index {
			x.invoices[month] = ""
		}
	}
	for m, meter := range e.meters {
		var texts []meterText
		for r, region := range x.regions {
			id := newDice(0, streamMeters+uint64(m*8+r)).guid()
			texts = append(texts, meterText{
				id:        id,
				productID: "DZH318Z0" + strings.ToUpper(id[:4]+"/"+id[4:8]),
				product:   meter.sub + " - " + meter.name + " - " + region[2],
				info:      `{"ServiceType":"Standard_` + strings.ReplaceAll(meter.name, " ", "_") + `","UsageType":"ComputeHR"}`,
			})
		}
		x.texts = append(x.texts, texts)
	}
	for _, d := range e.days {
		x.dates = append(x.dates, dateText{
			day:        american(d.day),
			monthStart: american(d.month.From),
			monthEnd:   american(d.month.Last()),
			monthLater: american(d.day + usage.Day(d.month.Days()) - 1),
		})
	}
	x.account = invoices.guid() + ":" + invoices.guid() + "_2019-05-31"
	return x
}

// write writes the rows of the days from..to-1, with a byte order mark and
// Windows line ends as the cloud does, and adds them up in m.
func (x *exporter) write(ctx context.Context, w io.Writer, from, to int, m *Month) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(header()); err != nil {
		return err
	}
	for i := from; i < to; i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		for _, l := range x.lines {
			c := x.charge(l, i)
			if l.incident != nil {
				l.incident.excess = l.incident.excess.Add(c.excess)
			}
			if c.quantity == 0 {
				continue
			}
			m.Rows++
			m.total = m.total.Add(c.cost)
			if err := out.Write(x.row(l, i, c)); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

// arrivals says how much of each of the last days has arrived, by cost.
func (x *exporter) arrivals() []Arrival {
	var out []Arrival
	for i := len(x.days) - lateDays; i < len(x.days); i++ {
		var seen, all usage.Decimal
		for _, l := range x.lines {
			if c := x.charge(l, i); l.charge == "Usage" {
				seen = seen.Add(c.cost)
				all = all.Add(amount(l.quantity[i], c.price, c.rate))
			}
		}
		out = append(out, Arrival{x.days[i].day, fmt.Sprintf("%.2f", seen.Float64()/all.Float64())})
	}
	return out
}

// A charge is what a line costs on one day.
type charge struct {
	quantity int64
	price    int64 // that is paid for a unit
	unit     int64 // before any reservation
	list     int64 // without any agreement; 0 where none is given
	rate     int64
	cost     usage.Decimal // in billing currency
	excess   usage.Decimal // cost minus what it would have been
}

// charge returns what l costs on day i, as far as it has arrived.
func (x *exporter) charge(l *line, i int) charge {
	c := charge{
		quantity: x.arrived(l, i, l.quantity[i]),
		price:    l.price, unit: x.meters[l.meter].price, list: l.list,
		rate: x.rates[x.days[i].index],
	}
	if l.local {
		c.rate = rateOne
	}
	if l.rise != 0 && i >= l.risen {
		c.price, c.unit, c.list = c.price+l.rise, c.unit+l.rise, c.list+l.rise
	}
	c.cost = amount(c.quantity, c.price, c.rate)
	if l.was != nil {
		c.excess = c.cost.Sub(amount(x.arrived(l, i, l.was[i]), l.price, c.rate))
	}
	return c
}

// arrived returns the part of a quantity of day i that has arrived.
func (x *exporter) arrived(l *line, i int, q int64) int64 {
	lag := len(x.days) - 1 - i
	if lag >= len(l.arrived) || l.charge != "Usage" {
		return q
	}
	return times(q, l.arrived[lag])
}

// amount returns quantity times price times rate, exactly.
func amount(quantity, price, rate int64) usage.Decimal {
	if quantity == 0 || price == 0 {
		return usage.Decimal{}
	}
	// 6, 6 and 4 fraction digits make 16; a Decimal has 18.
	n := big.NewInt(quantity)
	n.Mul(n, big.NewInt(price))
	n.Mul(n, big.NewInt(rate*100))
	d, _ := usage.DecimalFromBig(n)
	return d
}

// row returns the row of l on day i, its columns in the order of header. The
// next call overwrites it.
func (x *exporter) row(l *line, i int, c charge) []string {
	d, r, m := x.days[i], l.res, x.meters[l.meter]
	region, meter := x.regions[r.region], x.texts[l.meter][r.region]
	text := x.dates[i]

	// Usage of the open month has no billing period yet; a purchase has its own
	// day for one.
	invoice, start, end, serviceEnd := x.invoices[d.index], "", "", text.day
	switch {
	case invoice != "":
		start, end = text.monthStart, text.monthEnd
	case l.charge != "Usage":
		start, end = text.day, text.day
	}
	if l.frequency == "Recurring" {
		serviceEnd = text.monthLater
	}

	pricing, rate := x.pricing, c.rate
	if l.local {
		pricing = x.options.Currency
	}
	inPricing := amount(c.quantity, c.price, rateOne).String()
	cost, usd := c.cost.String(), ""
	if pricing == "USD" {
		usd = inPricing
	}
	var list, unit, payg, paygUSD string
	if c.list != 0 {
		list, unit, payg, paygUSD = decimal(c.list), decimal(c.unit), cost, usd
		if c.list != c.price {
			payg = amount(c.quantity, c.list, rate).String()
			if usd != "" {
				paygUSD = amount(c.quantity, c.list, rateOne).String()
			}
		}
	}

	publisherType, publisherID, eligible := "Microsoft", "microsoft", "True"
	order, orderName := "", "Azure plan"
	if l.charge != "Usage" {
		order, orderName = meter.id, m.name
	}
	if l.publisher != "Microsoft" {
		publisherType, publisherID, eligible = "Marketplace", strings.ToLower(l.publisher), "False"
	}
	benefit, info := "", ""
	if l.reservation != "" {
		benefit = "ERP databases"
	}
	if m.category == "Virtual Machines" && l.charge == "Usage" {
		info = meter.info
	}

	x.fields = append(x.fields[:0],
		invoice, "", x.account, "Norrvik Example AB", "NORR-VIK1-BG7",
		"Norrvik Europe", "EXMP-LESC-PJA", "Norrvik IT", "", "",
		r.costCenter, end, start, serviceEnd, text.day,
		text.day, m.family, order, orderName, m.provider,
		meter.id, m.name, m.category, m.sub, region[2],
		meter.productID, meter.product, x.subs[r.sub], x.subNames[r.sub][0], publisherType,
		publisherID, l.publisher, r.groupText, r.id, region[0],
		region[1], decimal(c.price), decimal(c.quantity), m.unit, l.charge,
		x.options.Currency, pricing, cost, inPricing, usd,
		payg, paygUSD, decimal(rate*100), text.monthStart, eligible,
		"", "", info, r.tags, list,
		l.frequency, l.term, l.reservation, benefit, l.pricing,
		unit, "", l.reservation, benefit, "Azure",
	)
	return x.fields
}

// american returns d as the export writes days.
func american(d usage.Day) string { return d.Time().Format("01/02/2006") }

// decimal returns millionths as a decimal number.
func decimal(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	fraction := strings.TrimRight(strconv.FormatInt(one+n%one, 10)[1:], "0")
	if fraction != "" {
		fraction = "." + fraction
	}
	return sign + strconv.FormatInt(n/one, 10) + fraction
}
