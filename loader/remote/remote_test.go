package remote_test

import (
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"usagereport/loader/remote"
)

func TestRedact(t *testing.T) {
	const key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq"
	for text, want := range map[string]string{
		"get https://me:" + key + "@h.example/a/b.csv?sv=1&sig=" + key + ": refused":   "get https://h.example/a/b.csv refused",
		"AccountName=x;AccountKey=" + key + "==;EndpointSuffix=core.windows.net":       "AccountName=x;AccountKey=…;EndpointSuffix=core.windows.net",
		"SharedAccessSignature=" + key:                                                 "SharedAccessSignature=…",
		"path /a.csv?X-Amz-Credential=AKIA/2026&X-Amz-Signature=" + key + " forbidden": "path /a.csv?… forbidden",
		"X-Amz-Signature=" + key + "&x=1":                                              "X-Amz-Signature=…&x=1",
		"X-Goog-Signature = '" + key + "'":                                             "X-Goog-Signature = '…'",
		`{"error":"no","access_token": "` + key + `"}`:                                 `{"error":"no","access_token": "…"}`,
		"Authorization: Bearer " + key + " was refused":                                "Authorization: Bearer … was refused",
		"Authorization: SharedKey devstore:" + key:                                     "Authorization: SharedKey …",
		"one\nline\r\n  of two":                                                        "one line of two",
		"the bearer token is missing":                                                  "the bearer token is missing",
		"plain " + key[:8] + " given":                                                  "plain … given",
	} {
		if got := remote.Redact(text, key[:8]); strings.Contains(got, key[8:]) {
			t.Errorf("%q tells the key: %q", text, got)
		} else if got := remote.Redact(text); strings.Contains(got, key) || got != strings.ReplaceAll(want, "plain … given", "plain "+key[:8]+" given") {
			t.Errorf("%q:\n got %q\nwant %q", text, got, want)
		}
	}
	if got := remote.Redact("the key is opensesame.", "opensesame"); got != "the key is …." {
		t.Errorf("got %q", got)
	}
}

func TestHide(t *testing.T) {
	err := remote.Hide(&url.Error{Op: "Get", URL: "https://h/?sig=secret", Err: fs.ErrPermission})
	if err.Error() != "permission denied" || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("got %v", err)
	}
	if errors.As(err, new(*url.Error)) {
		t.Error("the URL can be had from inside")
	}
}

func TestRetryAfter(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }
	for value, want := range map[string]time.Duration{
		"": 0, "12": 12 * time.Second, "-1": 0, "later": 0, "99999999999999999999": 0,
		"Mon, 23 Nov 2026 09:01:00 GMT": time.Minute, "Mon, 23 Nov 2026 08:00:00 GMT": 0,
	} {
		h := http.Header{"Retry-After": {value}}
		if got := remote.RetryAfter(h, now); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
	if got := remote.RetryAfter(http.Header{"Retry-After": {"Mon, 23 Nov 2026 09:01:00 GMT"}}, nil); got != 0 {
		t.Errorf("without a clock: %v", got)
	}
}
