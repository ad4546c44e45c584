package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/usage"
)

// speaking are the tag keys that name owners, letters and digits only; the
// earlier the better.
func speaking() []string {
	return []string{"owner", "team", "costcenter", "costcentre", "department", "businessunit", "product", "application", "app", "project", "service", "workload"}
}

// plainKey is a tag key in letters and digits only.
func plainKey(key string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "", ".", "").Replace(strings.ToLower(key))
}

func runOwnersSuggest(ctx context.Context, g *globals, key string) error {
	o, err := g.options("", "")
	if err != nil {
		return err
	}
	a, done, err := g.analyse(ctx, o)
	if err != nil {
		return err
	}
	defer done()
	keys, err := a.TagKeys(ctx)
	if err != nil {
		return err
	}
	best, most := []analysis.Hint(nil), usage.Decimal{}
	for _, k := range keys {
		if key != "" && !strings.EqualFold(k, key) || key == "" && !slices.Contains(speaking(), plainKey(k)) {
			continue
		}
		hints, err := a.Hints(ctx, k)
		if err != nil {
			return err
		}
		var covered usage.Decimal
		for _, h := range hints {
			if h.Tag != "" && h.Cost.Currency == hints[0].Cost.Currency {
				covered = covered.Add(h.Cost.Amount)
			}
		}
		if best == nil || covered.Cmp(most) > 0 {
			best, most, key = hints, covered, k
		}
	}
	if best == nil {
		if key != "" {
			return usageError{fmt.Errorf("--tag %s: no charge has it", key)}
		}
		if best, err = a.Hints(ctx, ""); err != nil {
			return err
		}
	}
	w := csv.NewWriter(g.env.stdout)
	lines := [][]string{{"name", "email", "language", "currency", "channel", "budget", "period", "rule", "from", "to", "cost_center", "note"}}
	for _, d := range draftOf(best, key) {
		lines = append(lines, []string{d.name, "", "", "", "", "", "", d.rule, "", "", "", fmt.Sprintf("%s; %s", d.why, strings.Join(d.costs(), ", "))})
	}
	return w.WriteAll(lines)
}

// A draft is a line for the owners file.
type draft struct {
	name, rule, why string
	cost            []usage.Money // by currency
}

func (d *draft) add(m usage.Money) {
	for i := range d.cost {
		if d.cost[i].Currency == m.Currency {
			d.cost[i] = d.cost[i].Add(m)
			return
		}
	}
	d.cost = append(d.cost, m)
}

func (d *draft) costs() (out []string) {
	for _, m := range d.cost {
		out = append(out, rounded(m)+" "+m.Currency)
	}
	return out
}

// draftOf drafts lines from hints that name the values of the tag key: first the
// tags, then the resource groups, then the subscriptions.
func draftOf(hints []analysis.Hint, key string) (out []*draft) {
	byRule := map[string]*draft{}
	rank := map[*draft]int{}
	for _, h := range hints {
		d := draft{}
		order := 0
		switch part := called(h.ResourceGroup); {
		case h.Tag != "":
			d = draft{name: h.Tag, rule: "Tags." + key + "=" + literally(h.Tag), why: "by the tag " + key}
		case part != "":
			order, d = 1, draft{name: part, rule: "x_ResourceGroupName=" + literally(h.ResourceGroup), why: "by the name of the resource group"}
		case cmp.Or(h.SubAccountName, h.SubAccountID) != "":
			order, d = 2, draft{name: h.SubAccountName, rule: "SubAccountName=" + literally(h.SubAccountName), why: "by the subscription"}
			if h.SubAccountName == "" {
				d.name, d.rule = h.SubAccountID, "SubAccountId="+literally(h.SubAccountID)
			}
		default:
			continue
		}
		if d.name = strings.TrimSpace(strings.TrimLeft(printable(d.name), "=+-@ ")); d.name == "" || printable(d.rule) != d.rule {
			continue
		}
		k := strings.ToLower(d.rule)
		if byRule[k] == nil {
			byRule[k] = &d
			rank[&d] = order
			out = append(out, &d)
		}
		byRule[k].add(h.Cost)
	}
	slices.SortStableFunc(out, func(x, y *draft) int {
		return cmp.Or(cmp.Compare(rank[x], rank[y]), y.cost[0].Amount.Cmp(x.cost[0].Amount), cmp.Compare(x.rule, y.rule))
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

// called returns whose a resource group's name says that it is: its first part
// that names neither its kind nor where it stands.
func called(group string) string {
	for part := range strings.FieldsFuncSeq(strings.ToLower(group), func(r rune) bool { return r == '-' || r == '_' || r == '.' }) {
		switch part {
		case "rg", "resourcegroup", "group", "prod", "production", "dev", "development", "test", "tst", "qa", "uat", "stage", "staging", "sandbox", "shared", "weu", "neu", "westeurope", "northeurope", "eastus", "westus":
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
