package delivery_test

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"usagereport/sending/delivery"
)

// A secret is told in no form, and what stands around it is.
func TestHide(t *testing.T) {
	for _, secret := range []string{"s3cr?t/>~~~key+", `pa"ss<word>`, "short"} {
		basic := base64.StdEncoding.EncodeToString([]byte("ada:" + secret))
		quoted, err := json.Marshal(secret)
		if err != nil {
			t.Fatal(err)
		}
		for name, form := range map[string]string{
			"plain":                   secret,
			"in JSON":                 strings.Trim(string(quoted), `"`),
			"in a URL":                url.QueryEscape(secret),
			"in a path":               url.PathEscape(secret),
			"in a URL, small letters": regexp.MustCompile("%..").ReplaceAllStringFunc(url.QueryEscape(secret), strings.ToLower),
			"basic":                   basic,
			"basic, in a URL":         url.QueryEscape(basic),
			"basic, in JSON":          strings.ReplaceAll(basic, "/", `\/`),
			"base64":                  base64.StdEncoding.EncodeToString([]byte(secret)),
			"base64 of URLs":          base64.RawURLEncoding.EncodeToString([]byte(secret)),
			"as mail servers take it": base64.StdEncoding.EncodeToString([]byte("\x00ada\x00" + secret)),
		} {
			want := "not taken: … is wrong, … too"
			if got := delivery.Hide("not taken: "+form+"\nis wrong, "+form+" too", 200, "ada", secret, ""); got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
		}
	}
	if got := delivery.Hide("the server says no", 10, "", ""); got != "the serve…" {
		t.Errorf("without a secret: %s", got)
	}
}
