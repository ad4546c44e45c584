package azuretest

import (
	"fmt"
	"strings"
	"time"
)

// EA returns a cost details file of an Enterprise Agreement: a virtual machine that
// costs cost on each day from first to last of a month, "2026-10".
func EA(id, month string, first, last int, cost string) string {
	var b strings.Builder
	b.WriteString("BillingAccountId,BillingAccountName,BillingPeriodStartDate,BillingPeriodEndDate,AccountOwnerId,SubscriptionId,SubscriptionName,Date,Product,MeterId,MeterCategory,MeterSubCategory,MeterName,Quantity,Cost,UnitPrice,BillingCurrency,ResourceLocation,ResourceId,Tags,UnitOfMeasure,ResourceGroup,ChargeType,Frequency,PricingModel\r\n")
	y, m, _ := strings.Cut(month, "-")
	for day := first; day <= last; day++ {
		fmt.Fprintf(&b, "8611000,Example Enrolment,%[2]s/01/%[1]s,%[2]s/28/%[1]s,owner@example.test,%[3]s,prod,%[2]s/%02[4]d/%[1]s,VM D2s v5,11111111-0000-4000-8000-000000000001,Virtual Machines,Dsv5,D2s v5,24,%[5]s,0.1,EUR,westeurope,/subscriptions/%[3]s/resourceGroups/app/providers/Microsoft.Compute/virtualMachines/app-1,,1 Hour,app,Usage,UsageBased,OnDemand\r\n", y, m, id, day, cost)
	}
	return b.String()
}

// MCA is EA of a Microsoft Customer Agreement.
func MCA(id, month string, first, last int, cost string) string {
	var b strings.Builder
	b.WriteString("\xef\xbb\xbfinvoiceId,billingAccountId,billingAccountName,billingProfileId,date,meterId,meterName,meterCategory,ProductName,SubscriptionId,subscriptionName,resourceGroupName,ResourceId,resourceLocation,quantity,unitOfMeasure,chargeType,billingCurrency,costInBillingCurrency,tags,frequency,pricingModel\n")
	y, m, _ := strings.Cut(month, "-")
	for day := first; day <= last; day++ {
		fmt.Fprintf(&b, ",b:a_2026,Example GmbH,P1,%[2]s/%02[4]d/%[1]s,22222222-0000-4000-8000-000000000001,P10 Disks,Storage,Premium SSD,%[3]s,test,data,/subscriptions/%[3]s/resourceGroups/data/providers/Microsoft.Compute/disks/d1,westeurope,1,1/Month,Usage,EUR,%[5]s,,UsageBased,OnDemand\n", y, m, id, day, cost)
	}
	return b.String()
}

// Detail returns a usage detail of a pay-as-you-go subscription: of a day's usage,
// received on another, on the bill that begins on a third. Like Azure, it writes a
// truth value as text.
func Detail(id, day, received, bill, cost string) Row {
	return Row{received, fmt.Sprintf(`{"kind":"legacy","id":"/subscriptions/%[1]s/details/%[2]s-%[4]s","tags":{"env":"prod"},"properties":{`+
		`"date":"%[2]sT00:00:00.0000000Z","billingPeriodStartDate":"%[3]sT00:00:00.0000000Z","subscriptionId":"%[1]s","subscriptionName":"web",`+
		`"meterId":"33333333-0000-4000-8000-000000000001","meterDetails":{"meterName":"B1","meterCategory":"Azure App Service","meterSubCategory":"Basic","unitOfMeasure":"1 Hour"},`+
		`"quantity":24,"unitPrice":0.018,"cost":%[4]s,"billingCurrency":"USD","resourceLocation":"westeurope","resourceGroup":"web","isAzureCreditEligible":"1",`+
		`"resourceId":"/subscriptions/%[1]s/resourceGroups/web/providers/Microsoft.Web/serverFarms/plan","resourceName":"plan","chargeType":"Usage","frequency":"UsageBased","offerId":"MS-AZR-0003P"}}`, id, day, bill, cost)}
}

// Day returns the beginning of a day, "2026-10-12".
func Day(s string) (time.Time, error) { return time.Parse(time.DateOnly, s) }
