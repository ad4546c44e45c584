package blob

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	azpolicy "github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	"gocloud.dev/blob"
	"gocloud.dev/blob/azureblob"
	"gocloud.dev/blob/s3blob"
	"golang.org/x/oauth2"

	"usagereport/loader/remote"
)

// A cloud is what differs between the object stores. The clients' own retries
// are off everywhere: Load tries again, and says that it does.
type cloud struct {
	name   string // in errors
	role   string // what reading needs
	writer string // what writing needs
	whose  string // what to check where a store is not found
	signIn string // how credentials are given

	open func(ctx context.Context, u *url.URL) (*blob.Bucket, error)
	// prepare puts into a call's context what the client reads there.
	prepare    func(context.Context) context.Context
	beforeList func(prefix string, as func(any) bool) error
	// unreadable reports whether an object's name is one that the Go CDK cannot
	// ask for.
	unreadable func(*blob.ListObject) bool
	// mark returns the ETag or generation that a listing holds, or "".
	mark func(*blob.ListObject) string
	// readMark returns the same of what a read answered with, or "".
	readMark func(*blob.Reader) string
	// isFolder reports whether an entry stands for a folder.
	isFolder func(*blob.ListObject) bool
	// demand makes a read fail if the object has another mark.
	demand func(mark string, as func(any) bool) error
}

// googleScheme begins the names of Google's stores.
const googleScheme = "gs"

func clouds() map[string]cloud {
	return map[string]cloud{
		azureblob.Scheme: {
			name: "Azure Storage", role: `the role "Storage Blob Data Reader" on the container`,
			writer: `the role "Storage Blob Data Contributor" on the container`,
			whose:  "AZURE_STORAGE_ACCOUNT",
			signIn: "set AZURE_STORAGE_ACCOUNT, and sign in with az login or set AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN or " +
				"AZURE_STORAGE_CONNECTION_STRING",
			open: openAzure, prepare: prepareAzure, beforeList: beforeListAzure, unreadable: unreadableAzure, mark: markAzure,
			readMark: readMarkAzure, isFolder: isFolderAzure, demand: demandAzure,
		},
		s3blob.Scheme: {
			name: "S3", role: "s3:ListBucket on the bucket and s3:GetObject on its objects",
			writer: "s3:PutObject on the bucket's objects",
			whose:  "AWS_REGION",
			signIn: "sign in with aws sso login, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
			open:   new(s3blob.URLOpener).OpenBucketURL, beforeList: beforeListS3, mark: markS3, readMark: readMarkS3, demand: demandS3,
		},
		googleScheme: google(),
	}
}

// versionOf returns an object's version: the store's own mark of its content,
// or else what the listing says of it.
func (c cloud) versionOf(o *blob.ListObject) string {
	if mark := c.mark(o); mark != "" {
		return mark
	}
	return fmt.Sprintf("%s%x-%d-%d", fallback, o.MD5, o.Size, o.ModTime.UnixNano())
}

// fallback begins versions that no read can be made to depend on.
const fallback = "listed-"

func isFallback(version string) bool { return strings.HasPrefix(version, fallback) }

func (c cloud) beforeRead(version string) func(func(any) bool) error {
	if isFallback(version) {
		version = ""
	}
	return func(as func(any) bool) error { return c.demand(version, as) }
}

func (c cloud) orPrepare(ctx context.Context) context.Context {
	if c.prepare == nil {
		return ctx
	}
	return c.prepare(ctx)
}

func (c cloud) folder(o *blob.ListObject) bool {
	return c.isFolder != nil && c.isFolder(o)
}

// quoted writes an ETag as headers have it; some listings leave the quotes out.
func quoted[S ~string](tag *S) string {
	switch {
	case tag == nil || *tag == "":
		return ""
	case strings.HasPrefix(string(*tag), `"`) || strings.HasPrefix(string(*tag), "W/"):
		return string(*tag)
	}
	return `"` + string(*tag) + `"`
}

// Azure Storage.

func openAzure(ctx context.Context, u *url.URL) (*blob.Bucket, error) {
	o := azureblob.URLOpener{MakeClient: azureblob.NewDefaultClient, ServiceURLOptions: *azureblob.NewDefaultServiceURLOptions()}
	o.ServiceURLOptions.SASToken = strings.TrimPrefix(o.ServiceURLOptions.SASToken, "?")
	if o.ServiceURLOptions.SASToken != "" && u.RawQuery != "" {
		// The token is part of every URL: whoever chooses the server gets it.
		return nil, errors.New("AZURE_STORAGE_SAS_TOKEN is set, so what follows the ? may not choose another server; set " +
			"AZURE_STORAGE_ACCOUNT instead")
	}
	if o.ServiceURLOptions.AccountName == "" && u.Query().Get("storage_account") == "" {
		return nil, errors.New("the storage account is not known")
	}
	return o.OpenBucketURL(ctx, u)
}

func prepareAzure(ctx context.Context) context.Context {
	ctx = azpolicy.WithRetryOptions(ctx, azpolicy.RetryOptions{MaxRetries: -1})
	// The bytes as they are stored: net/http would unpack what is marked as packed.
	return azpolicy.WithHTTPHeader(ctx, http.Header{"Accept-Encoding": {"identity"}})
}

// beforeListAzure sets the prefix as it is. The Go CDK replaces some signs in
// it, as it does in the names that it writes; but others wrote these.
func beforeListAzure(prefix string, as func(any) bool) error {
	var o *container.ListBlobsHierarchyOptions
	if as(&o) {
		o.Prefix = &prefix
	}
	return nil
}

func unreadableAzure(o *blob.ListObject) bool {
	var item container.BlobItem
	return o.As(&item) && item.Name != nil && strings.ContainsAny(*item.Name, `"#%?\`)
}

func markAzure(o *blob.ListObject) string {
	var item container.BlobItem
	if !o.As(&item) || item.Properties == nil {
		return ""
	}
	return quoted(item.Properties.ETag)
}

func readMarkAzure(r *blob.Reader) string {
	var answer azblob.DownloadStreamResponse
	r.As(&answer)
	return quoted(answer.ETag)
}

// isFolderAzure: accounts with a hierarchical namespace list folders as empty
// blobs.
func isFolderAzure(o *blob.ListObject) bool {
	var item container.BlobItem
	return o.As(&item) && item.Properties != nil && item.Properties.ResourceType != nil && *item.Properties.ResourceType == "directory"
}

func demandAzure(mark string, as func(any) bool) error {
	var o *azblob.DownloadStreamOptions
	if mark == "" || !as(&o) {
		return nil
	}
	tag := azcore.ETag(mark)
	o.AccessConditions = &azblob.AccessConditions{ModifiedAccessConditions: &container.ModifiedAccessConditions{IfMatch: &tag}}
	return nil
}

// S3.

func onceS3(o *s3.Options) {
	o.Retryer = aws.NopRetryer{}
	// Said on stderr for every object of stores that are not Amazon's.
	o.DisableLogOutputChecksumValidationSkipped = true
}

func beforeListS3(_ string, as func(any) bool) error { return optionsS3(as) }

func optionsS3(as func(any) bool) error {
	var options *[]func(*s3.Options)
	if as(&options) {
		*options = append(*options, onceS3)
	}
	return nil
}

func markS3(o *blob.ListObject) string {
	var item s3types.Object
	if !o.As(&item) {
		return ""
	}
	return quoted(item.ETag)
}

func readMarkS3(r *blob.Reader) string {
	var answer s3.GetObjectOutput
	r.As(&answer)
	return quoted(answer.ETag)
}

func demandS3(mark string, as func(any) bool) error {
	var in *s3.GetObjectInput
	if mark != "" && as(&in) {
		in.IfMatch = &mark
	}
	return optionsS3(as)
}

// An answer is what a store said to a request that failed.
type answer struct {
	status int // 0 if it said nothing
	code   string
	header http.Header
}

func (a answer) String() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", a.status, remote.Redact(a.code)))
}

// answerOf finds the store's answer in a client's error.
func answerOf(err error) (a answer) {
	var (
		azure  *azcore.ResponseError
		amazon *awshttp.ResponseError
		named  smithy.APIError
	)
	if errors.As(err, &azure) {
		a.status, a.code = azure.StatusCode, azure.ErrorCode
		if azure.RawResponse != nil {
			a.header = azure.RawResponse.Header
		}
	}
	if errors.As(err, &amazon) {
		a.status = amazon.HTTPStatusCode()
		if r := amazon.HTTPResponse(); r != nil {
			a.header = r.Header
		}
	}
	if errors.As(err, &named) {
		a.code = named.ErrorCode()
	}
	answerOfGoogle(err, &a)
	return a
}

func (a answer) temporary() bool {
	switch a.code {
	// S3 answers a slow connection with 400, Google too many requests with 403.
	case "RequestTimeout", "SlowDown", "rateLimitExceeded", "userRateLimitExceeded", "backendError":
		return true
	}
	return remote.TemporaryStatus(a.status)
}

func (a answer) archived() bool {
	return a.code == "BlobArchived" || a.code == "BlobBeingRehydrated" || a.code == "InvalidObjectState"
}

func (a answer) noStore() bool {
	return a.code == "ContainerNotFound" || a.code == "NoSuchBucket"
}

func (a answer) elsewhere() bool {
	return a.code == "PermanentRedirect" || a.code == "AuthorizationHeaderMalformed" || a.status == http.StatusMovedPermanently
}

func (a answer) denied() bool {
	switch a.code {
	case "ExpiredToken", "InvalidToken", "TokenRefreshRequired", "NoAuthenticationInformation":
		return true // S3 answers these with 400
	}
	return a.status == http.StatusUnauthorized || a.status == http.StatusForbidden
}

// noCredentials reports whether a client failed before it asked, because it
// could not sign in.
func noCredentials(err error) bool {
	var (
		unavailable interface{ NonRetriable() } // azidentity's, which have no exported type in common
		token       *oauth2.RetrieveError
	)
	if errors.As(err, &unavailable) || errors.As(err, &token) {
		return true
	}
	text := err.Error()
	return strings.Contains(text, "get credentials") || strings.Contains(text, "failed to acquire a token") || strings.Contains(text,
		"could not find default credentials")
}

func noRegion(err error) bool {
	return strings.Contains(err.Error(), "Missing Region") || strings.Contains(err.Error(), "Invalid region")
}

// inner returns the client's error without what the Go CDK puts before it.
func inner(err error) error {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		if errs := many.Unwrap(); len(errs) > 0 && errs[0] != nil {
			return errs[0]
		}
	}
	return err
}

// secrets returns what the environment holds for signing in, to be kept out of
// what clients say.
func secrets() []string {
	var out []string
	for _, name := range []string{
		"AZURE_STORAGE_KEY", "AZURE_STORAGE_SAS_TOKEN", "AZURE_STORAGE_CONNECTION_STRING", "AZURE_STORAGEBLOB_CONNECTIONSTRING",
		"AZURE_CLIENT_SECRET", "AZURE_PASSWORD", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
	} {
		value := os.Getenv(name)
		if value == "" {
			continue
		}
		out = append(out, value)
		// Clients quote parts: a key of a connection string, a value of a token.
		for part := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == ';' || r == '&' || r == '?' }) {
			name, v, ok := strings.Cut(part, "=")
			if !ok || !strings.EqualFold(name, "sig") && !strings.EqualFold(name, "AccountKey") {
				continue
			}
			out = append(out, v)
			if plain, err := url.QueryUnescape(v); err == nil {
				out = append(out, plain)
			}
		}
	}
	return out
}
