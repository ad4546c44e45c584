package invoices

import (
	"strings"
	"testing"
)

func TestReadRecipients(t *testing.T) {
	got, err := ReadRecipients([]byte("\ufeffAccount;Opted_in;Email\nshop;yes;ada@example.org\nshop;;ben@example.org\n\"b;1\";TRUE;eva@example.org\n"))
	if err != nil || len(got) != 3 || !got[0].OptedIn || got[1].OptedIn || !got[2].OptedIn || got[2].Account != "b;1" || got[2].Line != 4 || got[0].Email != "ada@example.org" {
		t.Errorf("%+v, %v", got, err)
	}
	for text, want := range map[string]string{
		"":                                       "it is empty",
		"account,email\n":                        "line 1: there is no column opted_in",
		"account,email,opted_in,cc\n":            `line 1: column "cc" is unknown`,
		"account,email,opted_in\n,a@b.c,yes\n":   `line 2: account "": name the account`,
		"account,email,opted_in\nx,nobody,yes\n": `line 2: email "nobody": is not a mail address`,
		"account,email,opted_in\nx,A <a@b.c>,yes\n": "is not a mail address",
		"account,email,opted_in\nx,a@b.c,maybe\n":   `line 2: opted_in "maybe": is not yes or no`,
		"account,email,opted_in\nx,a@b.c\n":         "wrong number of fields",
	} {
		if _, err := ReadRecipients([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
