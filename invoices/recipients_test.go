package invoices

import (
	"strings"
	"testing"
)

func TestReadRecipients(t *testing.T) {
	got, err := ReadRecipients("r.csv", []byte("\ufeffAccount;Opted_in;Email\nshop;yes;ada@example.org\nshop;;ben@example.org\n\"b;1\";TRUE;eva@example.org\n"))
	if err != nil || len(got) != 3 || !got[0].OptedIn || got[1].OptedIn || !got[2].OptedIn || got[2].Account != "b;1" || got[2].Line != 4 || got[0].Email != "ada@example.org" {
		t.Errorf("%+v, %v", got, err)
	}
	for text, want := range map[string]string{
		"":                                       "the file is empty",
		"account,email\n":                        "r.csv:1: opted_in: there is no such column",
		"account,email,opted_in,cc\n":            `r.csv:1: cc: is not a column`,
		"account,email,opted_in\n,a@b.c,yes\n":   `:2: account: name the account`,
		"account,email,opted_in\nx,nobody,yes\n": `:2: email: "nobody": is not a mail address`,
		"account,email,opted_in\nx,A <a@b.c>,yes\n": "is not a mail address",
		"account,email,opted_in\nx,a@b.c,maybe\n":   `:2: opted_in: "maybe": is not yes or no`,
		"account,email,opted_in\nx,a@b.c\n":         "r.csv:2: has 2 values",
	} {
		if _, err := ReadRecipients("r.csv", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
