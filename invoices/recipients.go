package invoices

import (
	"net/mail"
	"strings"

	"usagereport/internal/smallcsv"
)

// A Recipient is who gets the invoices of an account, if they have opted in.
type Recipient struct {
	Path    string
	Line    int
	Account string // an id or a name
	Email   string
	OptedIn bool
}

// Wrong says of an error that it is of this line.
func (r Recipient) Wrong(err error) error { return wrong(r.Path, r.Line, err) }

// ReadRecipients reads the file invoice-recipients.csv at path, with the columns
// account, email and opted_in. Who has not said yes gets nothing.
func ReadRecipients(path string, b []byte) ([]Recipient, error) {
	columns := []string{"account", "email", "opted_in"}
	table, err := smallcsv.Parse(path, b, smallcsv.Columns{Known: columns, Must: columns})
	if err != nil {
		return nil, err
	}
	var out []Recipient
	for _, l := range table.Rows {
		r := Recipient{Path: path, Line: l.Line, Account: l.Get("account")}
		if r.Account == "" {
			return nil, l.Wrong("account", "name the account that is billed, by its id or name")
		}
		a, err := mail.ParseAddress(l.Get("email"))
		if err != nil || a.Name != "" || strings.ContainsAny(l.Get("email"), "<>") {
			return nil, l.Wrong("email", "is not a mail address")
		}
		r.Email = a.Address
		switch strings.ToLower(l.Get("opted_in")) {
		case "yes", "true", "1":
			r.OptedIn = true
		case "no", "false", "0", "":
		default:
			return nil, l.Wrong("opted_in", "is not yes or no")
		}
		out = append(out, r)
	}
	return out, nil
}
