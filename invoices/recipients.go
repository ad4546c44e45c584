package invoices

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
)

// A Recipient is who gets the invoices of an account, if they have opted in.
type Recipient struct {
	Line    int
	Account string // an id or a name
	Email   string
	OptedIn bool
}

// ReadRecipients reads invoice-recipients.csv, with the columns account, email and
// opted_in. Who has not said yes gets nothing. Each error names its line.
func ReadRecipients(b []byte) ([]Recipient, error) {
	head, rows, err := table(b)
	if err != nil {
		return nil, err
	}
	columns := []string{"account", "email", "opted_in"}
	for i, name := range head {
		if !slices.Contains(columns, name) || slices.Contains(head[:i], name) {
			return nil, fmt.Errorf("line 1: column %q is unknown or there twice; the columns are %s", name, strings.Join(columns, ", "))
		}
	}
	for _, name := range columns {
		if !slices.Contains(head, name) {
			return nil, fmt.Errorf("line 1: there is no column %s", name)
		}
	}
	var out []Recipient
	for _, l := range rows {
		of := func(name string) string { return strings.TrimSpace(l.fields[slices.Index(head, name)]) }
		r := Recipient{Line: l.number, Account: of("account")}
		if r.Account == "" {
			return nil, fmt.Errorf("line %d: %w", l.number, &FieldError{"account", "", "name the account that is billed, by its id or name"})
		}
		a, err := mail.ParseAddress(of("email"))
		if err != nil || a.Name != "" || strings.ContainsAny(of("email"), "<>") {
			return nil, fmt.Errorf("line %d: %w", l.number, &FieldError{"email", of("email"), "is not a mail address"})
		}
		r.Email = a.Address
		switch answer := strings.ToLower(of("opted_in")); answer {
		case "yes", "true", "1":
			r.OptedIn = true
		case "no", "false", "0", "":
		default:
			return nil, fmt.Errorf("line %d: %w", l.number, &FieldError{"opted_in", answer, "is not yes or no"})
		}
		out = append(out, r)
	}
	return out, nil
}
