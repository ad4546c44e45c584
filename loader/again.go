package loader

import (
	"context"
	"maps"
	"os"
	"slices"
	"strconv"
	"time"

	"usagereport/ledger"
	"usagereport/usage"
)

// Standing returns where the file of a load is, "" where it is nowhere.
func Standing(d ledger.Description) string {
	for _, path := range []string{d.Kept, d.Ref} {
		if path == "" {
			continue
		}
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}

// LoadAgain loads the file of an earlier load from where it is now, as it was loaded then. refused says what was refused, if
// anything was; same, whether l has what was loaded.
func LoadAgain(ctx context.Context, l *ledger.Ledger, sources map[string]Source, d ledger.Description, path string,
	clock func() time.Time,
) (refused FileResult, same bool, err error) {
	o := Options{AllowShrink: true, Prefer: ledger.PreferNew}
	if d.Flags != nil {
		o = flagged(d.Flags)
	}
	o.MaxRejects, o.Now = int(d.Rejected), clock
	if d.CostType == "actual" || d.CostType == "amortized" {
		o.CostType = d.CostType
	}
	if len(d.Totals) == 1 {
		o.AssumeCurrency = slices.Collect(maps.Keys(d.Totals))[0]
	}
	results, err := Load(ctx, l, sources, []string{path}, o)
	if err != nil {
		return refused, false, err
	}
	for _, r := range results {
		if r.Err != nil && r.Status == Refused {
			return r, false, nil
		}
	}
	now, err := l.Loads(ctx)
	same = slices.ContainsFunc(now, func(n ledger.Description) bool { return n.SHA256 == d.SHA256 && n.CostType == d.CostType })
	return refused, same, err
}

// The flags that say how a file is read and weighed, as 'load' has them and as a ledger keeps
// them of each load.
const (
	flagAllowShrink    = "allow-shrink"
	flagAssumeCurrency = "assume-currency"
	flagCostType       = "cost-type"
	flagDateOrder      = "date-order"
	flagDecimals       = "decimals"
	flagPrefer         = "prefer"
)

// flags returns what the options say of how a file is read and weighed. The order of dates is none
// of them: it is kept where a file leaves it open, whatever decided it then.
func (o Options) flags() map[string]string {
	flags := map[string]string{
		flagAllowShrink: strconv.FormatBool(o.AllowShrink), flagAssumeCurrency: o.AssumeCurrency, flagCostType: o.CostType,
		flagDecimals: o.Decimals.Flag(), flagPrefer: o.Prefer,
	}
	maps.DeleteFunc(flags, func(_, value string) bool { return value == "" })
	return flags
}

// flagged returns the options of a load that had flags.
func flagged(flags map[string]string) Options {
	o := Options{
		AllowShrink: flags[flagAllowShrink] == "true", AssumeCurrency: flags[flagAssumeCurrency], CostType: flags[flagCostType],
		Prefer: flags[flagPrefer],
	}
	o.DateOrder, _ = DayOrderOf(flags[flagDateOrder])
	o.Decimals, _ = DecimalsOf(flags[flagDecimals])
	return o
}

// decides reports whether the options say what a file may leave open.
func (o Options) decides() bool {
	return o.AssumeCurrency != "" || o.CostType != "" || o.DateOrder != OrderByEvidence || o.Decimals != DecimalsByEvidence
}

// otherThan reports whether what a load left open, or a flag decided then, is another now.
func (o Options) otherThan(l ledger.Load) bool {
	was := l.Flags[flagAssumeCurrency]
	if _, nameless := l.Totals[usage.NoCurrency]; nameless {
		was = usage.NoCurrency
	}
	other := func(now, was string) bool { return now != "" && was != "" && now != was }
	if l.CostType == "actual" || l.CostType == "amortized" {
		if other(o.CostType, l.Flags[flagCostType]) && o.CostType != l.CostType {
			return true
		}
	}
	return other(o.AssumeCurrency, was) || other(o.DateOrder.Flag(), l.Flags[flagDateOrder]) || other(o.Decimals.Flag(), l.Flags[flagDecimals])
}
