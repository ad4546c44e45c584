package trino_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usagereport/engine"
	"usagereport/engine/trino"
)

// token signs a token of the user reader, which is good until then.
func (c *cluster) token(t *testing.T, until time.Time) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(c.dir, "tls", "jwt.key"))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(b)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	signed := part(map[string]string{"alg": "RS256", "typ": "JWT"}) + "." + part(map[string]any{"sub": "reader", "exp": until.Unix()})
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key.(*rsa.PrivateKey), crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func TestAccess(t *testing.T) {
	c := running(t)
	url, err := os.ReadFile(filepath.Join(c.dir, "tls", "url"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := trino.ParsePlace(fmt.Sprintf("//reader@%s/hive/information_schema?table=tables",
		strings.TrimPrefix(strings.TrimSpace(string(url)), "https://")))
	if err != nil {
		t.Fatal(err)
	}
	ca := filepath.Join(c.dir, "tls", "ca.pem")
	refused := new(*engine.AccessError)
	for _, x := range []struct {
		name    string
		options trino.Options
		says    string // "" lets in
		refused bool
	}{
		{"a password", trino.Options{Password: "not a secret", CA: ca}, "", false},
		{"a token", trino.Options{Token: c.token(t, time.Now().Add(time.Hour)), CA: ca}, "", false},
		{"a wrong password", trino.Options{Password: "hunter2", CA: ca}, "Invalid credentials", true},
		{"no password", trino.Options{CA: ca}, "", true},
		{"a token that has expired", trino.Options{Token: c.token(t, time.Now().Add(-time.Hour)), CA: ca}, "expired", true},
		{"a certificate that nobody knows", trino.Options{Password: "not a secret"}, "signed by none that this machine knows", false},
	} {
		t.Run(x.name, func(t *testing.T) {
			e, err := trino.Open(p, x.options)
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			_, err = e.About(t.Context())
			switch {
			case x.says == "" && !x.refused:
				if err != nil {
					t.Error(err)
				}
			case err == nil, !strings.Contains(err.Error(), x.says), x.refused != errors.As(err, refused):
				t.Errorf("got %v", err)
			case strings.Contains(err.Error(), "hunter2"), strings.Contains(err.Error(), "not a secret"), x.options.Token != "" &&
				strings.Contains(err.Error(), x.options.Token):
				t.Errorf("a secret is told: %v", err)
			}
		})
	}
}

func TestNothingListensIsToldSoon(t *testing.T) {
	p, err := trino.ParsePlace("//ada@127.0.0.1:1/hive/finops?table=t&tls=false")
	if err != nil {
		t.Fatal(err)
	}
	e, err := trino.Open(p, trino.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	began := time.Now()
	_, err = e.About(t.Context())
	if err == nil || !strings.Contains(err.Error(), "nothing answers there") {
		t.Errorf("got %v", err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
}
