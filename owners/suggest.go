package owners

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"

	"usagereport/usage"
)

// Nobody stands in lists for the owner of what has none.
const Nobody = "(nobody)"

// A Hint is cost, and the names from which its owner may be guessed.
type Hint struct {
	SubAccountName, SubAccountID, ResourceGroup, Tag string
	Cost                                             usage.Money
}

// Speaks reports whether a tag's key is one that names owners.
func Speaks(key string) bool { return slices.Contains(speaking(), plainKey(key)) }

// speaking are the tag keys that name owners, letters and digits only; the
// earlier the better.
func speaking() []string {
	return []string{
		"owner", "team", "costcenter", "costcentre", "department", "businessunit", "product", "application", "app", "project",
		"service", "workload",
	}
}

// plainKey is a tag key in letters and digits only.
func plainKey(key string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "", ".", "").Replace(strings.ToLower(key))
}

// A Draft is a line for the owners file.
type Draft struct {
	Name, Rule string
	Why        string        // it is drafted
	Cost       []usage.Money // by currency
}

func (d *Draft) add(m usage.Money) {
	for i := range d.Cost {
		if d.Cost[i].Currency == m.Currency {
			d.Cost[i] = d.Cost[i].Add(m)
			return
		}
	}
	d.Cost = append(d.Cost, m)
}

// Suggest drafts lines from hints that name the values of the tag key: first the
// tags, then the resource groups, then the subscriptions.
func Suggest(hints []Hint, key string) (out []*Draft) {
	byRule := map[string]*Draft{}
	rank := map[*Draft]int{}
	for _, h := range hints {
		d := Draft{}
		order := 0
		switch part := called(h.ResourceGroup); {
		case h.Tag != "":
			d = Draft{Name: h.Tag, Rule: "Tags." + key + "=" + literally(h.Tag), Why: "by the tag " + key}
		case part != "":
			order, d = 1, Draft{Name: part, Rule: "x_ResourceGroupName=" + literally(h.ResourceGroup), Why: "by the name of the resource group"}
		case cmp.Or(h.SubAccountName, h.SubAccountID) != "":
			order, d = 2, Draft{Name: h.SubAccountName, Rule: "SubAccountName=" + literally(h.SubAccountName), Why: "by the subscription"}
			if h.SubAccountName == "" {
				d.Name, d.Rule = h.SubAccountID, "SubAccountId="+literally(h.SubAccountID)
			}
		default:
			continue
		}
		if d.Name = strings.TrimSpace(strings.TrimLeft(printable(d.Name), "=+-@ ")); d.Name == "" || printable(d.Rule) != d.Rule {
			continue
		}
		k := strings.ToLower(d.Rule)
		if byRule[k] == nil {
			byRule[k] = &d
			rank[&d] = order
			out = append(out, &d)
		}
		byRule[k].add(h.Cost)
	}
	slices.SortStableFunc(out, func(x, y *Draft) int {
		return cmp.Or(cmp.Compare(rank[x], rank[y]), y.Cost[0].Amount.Cmp(x.Cost[0].Amount), cmp.Compare(x.Rule, y.Rule))
	})
	return out
}

// printable is s without control characters.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

// called returns the owner that a resource group's name suggests: its first part
// that names neither its kind nor where it stands.
func called(group string) string {
	for part := range strings.FieldsFuncSeq(strings.ToLower(group), func(r rune) bool { return r == '-' || r == '_' || r == '.' }) {
		switch part {
		case "rg", "resourcegroup", "group", "prod", "production", "dev", "development", "test", "tst", "qa", "uat", "stage", "staging",
			"sandbox", "shared", "weu", "neu", "westeurope", "northeurope", "eastus", "westus":
		default:
			return part
		}
	}
	return ""
}

// literally writes a text as a rule's GLOB that means it and nothing else.
func literally(s string) string {
	return strings.NewReplacer(`\`, `\\`, "&", `\&`, "*", `\*`, "?", `\?`).Replace(s)
}

// WriteDrafts writes an owners file.
func WriteDrafts(w io.Writer, drafts []*Draft) error {
	lines := [][]string{{"name", "email", "language", "currency", "channel", "budget", "period", "rule", "from", "to", "cost_center", "note"}}
	for _, d := range drafts {
		var costs []string
		for _, m := range d.Cost {
			costs = append(costs, m.Rounded().Text()+" "+m.Currency)
		}
		note := fmt.Sprintf("%s; %s", d.Why, strings.Join(costs, ", "))
		lines = append(lines, []string{d.Name, "", "", "", "", "", "", d.Rule, "", "", "", note})
	}
	return csv.NewWriter(w).WriteAll(lines)
}
