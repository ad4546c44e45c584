package loader

import (
	"cmp"
	"encoding/json"
	"unicode/utf8"

	"usagereport/usage"
)

// A credit is what takes something off a charge, as Google lists it beside the charge.
type credit struct {
	Name     string          `json:"name"`
	FullName string          `json:"full_name"`
	Type     string          `json:"type"`
	Amount   json.RawMessage `json:"amount"`
	Element  *credit         `json:"element"`
}

// A charge is what a credit becomes: a row of its own, with the texts of the row in
// whose list it stands.
type charge struct {
	key    uint32
	amount usage.Decimal
}

const errCredits = "is not a list of credits like [{\"name\": \"…\", \"amount\": -1.5}]"

// creditsOf returns the charges that a record's credits become.
func (s *scanner) creditsOf(fields int, c *counts) (out []charge, bad *Reject) {
	b := trimBlanks(s.field(fields, s.credits))
	if len(b) == 0 || isNull(b) || string(b) == "[]" {
		return nil, nil
	}
	wrong := func() *Reject { return &Reject{Column: s.header[s.credits], Value: shown(b), Reason: errCredits} }
	if !utf8.Valid(b) {
		return nil, &Reject{Column: s.header[s.credits], Value: shown(b), Reason: errEncoding.Error()}
	}
	var credits []credit
	if json.Unmarshal(plainJSON(b), &credits) != nil {
		return nil, wrong()
	}
	for _, cr := range credits {
		if cr.Element != nil {
			cr = *cr.Element
		}
		amount, rounded, err := usage.ParseDecimal(jsonText(cr.Amount))
		if err != nil || amount.Abs().Cmp(maxQuantity()) > 0 {
			return nil, wrong()
		}
		if amount.Sign() == 0 {
			continue
		}
		if rounded {
			c.rounded++
		}
		cr.Name, cr.Type = cmp.Or(cr.FullName, cr.Name), cmp.Or(cr.Type, "CREDIT")
		key, bad := s.pack(fields, &cr, &counts{}) // the row itself was counted
		if bad != nil {
			return nil, bad
		}
		c.credits++
		out = append(out, charge{key, amount})
	}
	return out, nil
}
