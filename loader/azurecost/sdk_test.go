package azurecost_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	azfake "github.com/Azure/azure-sdk-for-go/sdk/azcore/fake"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/billing/armbilling"
	billingfake "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/billing/armbilling/fake"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/consumption/armconsumption"
	consumptionfake "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/consumption/armconsumption/fake"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/costmanagement/armcostmanagement/v2"
	costfake "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/costmanagement/armcostmanagement/v2/fake"

	"usagereport/internal/azure"
	"usagereport/internal/azure/azuretest"
	"usagereport/loader/azurecost"
)

// An sdks is a transport that leads to the SDKs' own fake servers, so that what is
// asked is what the SDKs understand, in their versions of the API.
type sdks struct {
	property, report, usage policy.Transporter
	file                    string // behind every link
}

func (s sdks) Do(req *http.Request) (*http.Response, error) {
	answer := func(body string) (*http.Response, error) {
		w := httptest.NewRecorder()
		_, _ = io.WriteString(w, body)
		resp := w.Result()
		resp.Request, resp.ContentLength = req, int64(len(body))
		return resp, nil
	}
	switch path := req.URL.Path; {
	case strings.HasSuffix(path, "/billingProperty/default"):
		return s.property.Do(req)
	case strings.Contains(path, "/Microsoft.CostManagement/"):
		return s.report.Do(req)
	case strings.Contains(path, "/usageDetails"):
		// The SDK's client says which of its methods asks; ours is none of them.
		return s.usage.Do(req.WithContext(context.WithValue(req.Context(), runtime.CtxAPINameKey{}, "UsageDetailsClient.NewListPager")))
	case strings.HasSuffix(path, "/billingPeriods"):
		return answer(`{"value":[{"name":"202611-1","properties":{"billingPeriodStartDate":"2026-10-12","billingPeriodEndDate":"2026-11-11"}}]}`)
	case req.URL.Host == "storage.example.test":
		return answer(s.file)
	}
	return answer(`{"displayName":"x","subscriptionPolicies":{"quotaId":"PayAsYouGo_2014-09-01"}}`)
}

func sdkSource(t *testing.T, s sdks, agreement armbilling.AgreementType) *world {
	t.Helper()
	s.property = billingfake.NewPropertyServerTransport(&billingfake.PropertyServer{
		Get: func(context.Context, *armbilling.PropertyClientGetOptions) (resp azfake.Responder[armbilling.PropertyClientGetResponse], errResp azfake.ErrorResponder) {
			resp.SetResponse(http.StatusOK, armbilling.PropertyClientGetResponse{Property: armbilling.Property{Properties: &armbilling.PropertyProperties{BillingAccountAgreementType: &agreement}}}, nil)
			return resp, errResp
		},
	})
	w := &world{clock: azuretest.NewClock(noon())}
	o := azuretest.Options("", w.clock)
	o.Cloud, o.Transport = cloud.AzurePublic, s
	w.Source = &azurecost.Source{Client: azure.New(o), TempDir: t.TempDir()}
	return w
}

func TestSDKCostDetails(t *testing.T) {
	var scope string
	var asked armcostmanagement.GenerateCostDetailsReportRequestDefinition
	s := sdks{file: "a,b\n1,2\n"}
	s.report = costfake.NewGenerateCostDetailsReportServerTransport(&costfake.GenerateCostDetailsReportServer{
		BeginCreateOperation: func(_ context.Context, at string, p armcostmanagement.GenerateCostDetailsReportRequestDefinition, _ *armcostmanagement.GenerateCostDetailsReportClientBeginCreateOperationOptions) (resp azfake.PollerResponder[armcostmanagement.GenerateCostDetailsReportClientCreateOperationResponse], errResp azfake.ErrorResponder) {
			scope, asked = at, p
			resp.AddNonTerminalResponse(http.StatusAccepted, nil)
			resp.SetTerminalResponse(http.StatusOK, armcostmanagement.GenerateCostDetailsReportClientCreateOperationResponse{CostDetailsOperationResults: armcostmanagement.CostDetailsOperationResults{
				Status: to.Ptr(armcostmanagement.CostDetailsStatusTypeCompletedCostDetailsStatusType),
				Manifest: &armcostmanagement.ReportManifest{BlobCount: to.Ptr(int32(2)), Blobs: []*armcostmanagement.BlobInfo{
					{BlobLink: to.Ptr("https://storage.example.test/1?sig=x"), ByteCount: to.Ptr(int64(8))},
					{BlobLink: to.Ptr("https://storage.example.test/2?sig=x"), ByteCount: to.Ptr(int64(8))},
				}},
			}}, nil)
			return resp, errResp
		},
	})
	w := sdkSource(t, s, armbilling.AgreementTypeMicrosoftCustomerAgreement)
	got, err := w.read(t, "azure://"+mca+"/2026-10")
	if err != nil || got["azure://"+mca+"/2026-10"] != "a,b\n1,2\n1,2\n" {
		t.Errorf("got %q, %v", got, err)
	}
	if scope != "subscriptions/"+mca || asked.TimePeriod == nil || *asked.TimePeriod.Start != "2026-10-01" || *asked.TimePeriod.End != "2026-10-31" || asked.BillingPeriod != nil {
		t.Errorf("asked %s for %+v", scope, asked)
	}
}

func TestSDKUsageDetails(t *testing.T) {
	var scope string
	var asked *armconsumption.UsageDetailsClientListOptions
	row := func(day, cost string) armconsumption.UsageDetailClassification {
		at, err := azuretest.Day(day)
		if err != nil {
			t.Fatal(err)
		}
		c := map[string]float64{"1.5": 1.5, "2.5": 2.5}[cost]
		return &armconsumption.LegacyUsageDetail{
			Kind: to.Ptr(armconsumption.UsageDetailsKindLegacy), Tags: map[string]*string{"env": to.Ptr("prod")},
			Properties: &armconsumption.LegacyUsageDetailProperties{
				Date: &at, Cost: &c, BillingCurrency: to.Ptr("USD"), BillingPeriodStartDate: to.Ptr(noon().AddDate(0, 0, -42)), SubscriptionID: to.Ptr(payg),
				MeterDetails: &armconsumption.MeterDetailsResponse{MeterCategory: to.Ptr("Storage"), MeterName: to.Ptr("LRS")},
			},
		}
	}
	s := sdks{usage: consumptionfake.NewUsageDetailsServerTransport(&consumptionfake.UsageDetailsServer{
		NewListPager: func(at string, o *armconsumption.UsageDetailsClientListOptions) (resp azfake.PagerResponder[armconsumption.UsageDetailsClientListResponse]) {
			scope, asked = at, o
			for _, page := range [][]armconsumption.UsageDetailClassification{{row("2026-10-12", "1.5")}, {row("2026-11-11", "2.5")}} {
				resp.AddPage(http.StatusOK, armconsumption.UsageDetailsClientListResponse{UsageDetailsListResult: armconsumption.UsageDetailsListResult{Value: page}}, nil)
			}
			return resp
		},
	})}
	w := sdkSource(t, s, armbilling.AgreementTypeMicrosoftOnlineServicesProgram)
	got, err := w.read(t, "azure://"+payg+"/2026-11")
	if days := strings.Join(days(got["azure://"+payg+"/2026-11"]), "|"); err != nil || days != "2026-10-12 1.5|2026-11-11 2.5" {
		t.Errorf("got %s, %v", days, err)
	}
	if want := "properties/usageStart ge '2026-10-07' and properties/usageEnd le '2026-11-16'"; scope != "subscriptions/"+payg || asked == nil || *asked.Filter != want || *asked.Expand != "properties/meterDetails" {
		t.Errorf("asked %s for %+v, want the filter %s", scope, asked, want)
	}
}
