package azurecost

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/costmanagement/armcostmanagement/v2"

	"usagereport/internal/azure"
	"usagereport/loader"
	"usagereport/usage"
)

const (
	// pollEvery is how long to wait between looks at a report where Azure does not
	// say.
	pollEvery = 30 * time.Second
	// reportTakes is the longest that a report is waited for.
	reportTakes = 3 * time.Hour
	// reports is how many times a report is asked for whose links expire or whose
	// blobs are cut off.
	reports = 3
	// breaks is how many times a download may break without bringing anything.
	breaks = 5
)

// fetch writes an object's content by the API that has it. Which one that is, is
// known of most; where it is not, the refusal of one leads to the other.
func (s *Source) fetch(ctx context.Context, t *task, f *os.File) error {
	ways := []func(context.Context, *task, *os.File) error{s.costDetails, s.usageDetails}
	if t.account.agreement == payAsYouGo {
		ways[0], ways[1] = ways[1], ways[0]
	}
	err := ways[0](ctx, t, f)
	sure := t.account.agreement == enterprise || t.account.agreement == customer || !t.account.isSubscription()
	if err == nil || sure || !errors.Is(err, loader.ErrEmpty) && !unsupported(s.Client.Explain(ctx, err, t.account.scope)) {
		return err
	}
	if err := rewind(f); err != nil {
		return err
	}
	if month, err := usage.ParseMonth(t.period.name[:7]); err == nil && t.account.agreement == payAsYouGo {
		// Bills of its own days were foreseen; those of the other agreement are months.
		t.period.span = month
	}
	again := ways[1](ctx, t, f)
	if again != nil && unsupported(s.Client.Explain(ctx, again, t.account.scope)) {
		return err
	}
	return again
}

func unsupported(err error) bool {
	var a *azure.Error
	return errors.As(err, &a) && a.Problem == azure.Unsupported || errors.Is(err, errModern)
}

func rewind(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.Seek(0, io.SeekStart)
	return err
}

// costDetails writes the CSV of a cost details report: of one month, as one call
// may ask for no more.
func (s *Source) costDetails(ctx context.Context, t *task, f *os.File) error {
	for n := 1; ; n++ {
		m, err := s.report(ctx, t)
		if err == nil {
			err = s.blobs(ctx, m, f)
		}
		again := errors.Is(err, azure.ErrExpired) || errors.Is(err, errCut) || errors.Is(err, errFailed)
		if again && n == reports {
			return &azure.Error{Problem: azure.Busy, Text: fmt.Sprintf("%d reports were asked for, and of each %v", n, err)}
		}
		if !again {
			return err
		}
		s.Client.Say("%s: %v; the report is asked for anew", t.account.ref(), err)
		if err := rewind(f); err != nil {
			return err
		}
	}
}

// report asks for a report and waits until it is written.
func (s *Source) report(ctx context.Context, t *task) (*armcostmanagement.ReportManifest, error) {
	cred, err := s.Client.Credential()
	if err != nil {
		return nil, err
	}
	c, err := armcostmanagement.NewGenerateCostDetailsReportClient(cred, s.Client.ClientOptions())
	if err != nil {
		return nil, err
	}
	metric := armcostmanagement.CostDetailsMetricTypeActualCostCostDetailsMetricType
	if s.Amortized {
		metric = armcostmanagement.CostDetailsMetricTypeAmortizedCostCostDetailsMetricType
	}
	ask := armcostmanagement.GenerateCostDetailsReportRequestDefinition{Metric: &metric}
	if t.account.agreement == enterprise {
		// By the bill: by days it would hold late charges of the bill before.
		bill := strings.ReplaceAll(t.period.name, "-", "")
		ask.BillingPeriod = &bill
	} else {
		from, to := t.period.span.From.String(), t.period.span.Last().String()
		ask.TimePeriod = &armcostmanagement.CostDetailsTimePeriod{Start: &from, End: &to}
	}
	var resp *http.Response
	capture := policy.WithCaptureResponse(ctx, &resp)
	poller, err := c.BeginCreateOperation(capture, strings.TrimPrefix(t.account.scope, "/"), ask, nil)
	if err != nil {
		return nil, err
	}
	began := s.Client.Now()
	for !poller.Done() {
		if s.Client.Now().Sub(began) > reportTakes {
			return nil, fmt.Errorf("the report is not written after %v; an export suits accounts of this size better (docs/azure.md says how)",
				reportTakes)
		}
		wait := pollEvery
		if resp != nil {
			if after := azure.After(resp.Header, s.Client.Now); after > 0 {
				wait = after
			}
		}
		if err := s.Client.Wait(ctx, wait); err != nil {
			return nil, err
		}
		if resp, err = poller.Poll(ctx); err != nil { //nolint:bodyclose // the SDK has read and closed it
			return nil, err
		}
	}
	answer, err := poller.Result(ctx)
	if err != nil {
		return nil, err
	}
	status := ""
	if answer.Status != nil {
		status = string(*answer.Status)
	}
	switch {
	case status == string(armcostmanagement.CostDetailsStatusTypeNoDataFoundCostDetailsStatusType), answer.Manifest == nil && status == "":
		return nil, s.nothing(t)
	case status == string(armcostmanagement.CostDetailsStatusTypeFailedCostDetailsStatusType):
		why := "without a reason"
		if e := answer.Error; e != nil && e.Message != nil {
			why = *e.Message
		}
		return nil, fmt.Errorf("%w (%s)", errFailed, why)
	case answer.Manifest == nil:
		return nil, fmt.Errorf("the report is %q and names no file", status)
	case len(answer.Manifest.Blobs) == 0:
		return nil, s.nothing(t)
	}
	return answer.Manifest, nil
}

// Why a report is asked for anew: a blob has other bytes than the report says, or
// Azure gave up writing it.
var (
	errCut    = errors.New("a file is cut off")
	errFailed = errors.New("azure could not write it")
)

// blobs writes the files of a report one after another, with one header.
func (s *Source) blobs(ctx context.Context, m *armcostmanagement.ReportManifest, f *os.File) error {
	part, err := os.CreateTemp(s.TempDir, "usagereport-azure-part-*")
	if err != nil {
		return err
	}
	defer os.Remove(part.Name())
	defer part.Close()
	if m.BlobCount != nil && int(*m.BlobCount) != len(m.Blobs) {
		return fmt.Errorf("%w: it says %d files and names %d", errCut, *m.BlobCount, len(m.Blobs))
	}
	var header []byte
	ended := true // what was written ends with a line's end
	out := bufio.NewWriterSize(f, 1<<18)
	for i, b := range m.Blobs {
		if b == nil || b.BlobLink == nil {
			return fmt.Errorf("file %d of the report has no link", i+1)
		}
		size := int64(-1)
		if b.ByteCount != nil {
			size = *b.ByteCount
		}
		if err := s.blob(ctx, part, *b.BlobLink, size); err != nil {
			return fmt.Errorf("file %d of %d of the report: %w", i+1, len(m.Blobs), err)
		}
		var in io.Reader = part
		if m.CompressData != nil && *m.CompressData {
			if in, err = gzip.NewReader(part); err != nil {
				return fmt.Errorf("file %d of the report: %w", i+1, err)
			}
		}
		r := bufio.NewReaderSize(in, 1<<18)
		head, err := r.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		same := bytes.TrimRight(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), "\r\n")
		if i > 0 && !bytes.Equal(same, header) {
			return fmt.Errorf("file %d of the report has another header than the first", i+1)
		}
		rest := io.MultiReader(bytes.NewReader(head), r)
		if header = same; i > 0 {
			rest = r
			if !ended {
				out.WriteByte('\n')
			}
		}
		last := lastByte{w: out, b: '\n'}
		if _, err := io.Copy(&last, rest); err != nil {
			return err
		}
		ended = last.b == '\n'
	}
	return out.Flush()
}

// A lastByte remembers what was written last.
type lastByte struct {
	w io.Writer
	b byte
}

func (l *lastByte) Write(p []byte) (int, error) {
	if len(p) > 0 {
		l.b = p[len(p)-1]
	}
	return l.w.Write(p)
}

// blob downloads one file of a report, going on where a connection broke, and
// leaves f at its beginning.
func (s *Source) blob(ctx context.Context, f *os.File, link string, size int64) error {
	if err := rewind(f); err != nil {
		return err
	}
	var at int64
	for tries := 1; ; tries++ {
		n, err := s.Client.Download(ctx, f, link, at)
		at += n
		if n > 0 {
			tries = 1
		}
		if err == nil {
			break
		}
		var busy *azure.Error
		isBusy := errors.As(err, &busy) && busy.Problem == azure.Busy
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, azure.ErrExpired):
			return err
		case tries >= breaks:
			return &azure.Error{Problem: azure.Busy, Text: fmt.Sprintf("the download broke %d times at byte %d (%v)", tries, at, err)}
		}
		wait := time.Duration(tries) * 5 * time.Second
		if isBusy {
			wait = max(wait, busy.After)
		}
		if err := s.Client.Wait(ctx, wait); err != nil {
			return err
		}
	}
	if size >= 0 && at != size {
		return fmt.Errorf("%w: it has %d bytes and the report says %d", errCut, at, size)
	}
	_, err := f.Seek(0, io.SeekStart)
	return err
}
