// Package analysis turns sums into answers: what the period costs so far, how
// that compares with the periods before it, what grew or shrank, and which of
// it was unexpected. It reads the ledger through SQL files of its own
// (sql/*.sql) and hands series of doubles to analysis/detect; every amount that
// is shown stays an exact decimal.
package analysis

import (
	"slices"

	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/usage"
)

// A Report is the one model from which every renderer works: HTML page, mail,
// JSON. A number is the same everywhere because it is formatted from one value
// of this model. The same ledger, options and version give the same Report.
type Report struct {
	Version string   // the program's version and DuckDB's, for the footer
	Config  string   // a hash of the options that it was made with
	Owner   string   // that it is about; "" for all
	Filters []Filter // what it is limited to; nothing else is in it
	Cost    Cost     // that was asked for; "" is billed cost, or effective cost where only amortized files are loaded
	Tags    []string `json:"-"` // by which findings are grouped
	Record  string   // the id under which it was recorded or sent; "" where it was not

	// Audited says how many of its claims were recomputed; nil where they were not.
	Audited *Audited

	// Parts holds one part per currency, the one with the most rows first. Two
	// currencies are never added.
	Parts []Part

	// Asked holds what saved queries answered, each a section of its own.
	Asked []Asked

	Sources  []Source      // what was loaded, in order of loading
	Warnings []locale.Text // what the reader must know to trust the numbers
	Partial  bool          // a source was refused and --partial was given
	Refused  []string      // those sources, each with its reason
}

// Limited reports whether r is of a part of the ledger alone: an owner's, or what filters take.
func (r *Report) Limited() bool { return r.Owner != "" || len(r.Filters) > 0 }

// Filtered says the filters as --filter has them; "" without any.
func (r *Report) Filtered() string { return Options{Filters: r.Filters}.filterText() }

// Audited is what came of recomputing a report's claims.
type Audited struct{ Claims, Failed int }

// An Asked is a saved query and its answer: texts as query prints them, numbers
// as plain decimals, "" for NULL. More is set where the query has more rows than are kept.
type Asked struct {
	Name    string
	Title   string
	Columns []AskedColumn
	Rows    [][]string
	More    bool
}

// An AskedColumn names the texts below it, and says whether they are numbers.
type AskedColumn struct {
	Name   string `json:"name"`
	Number bool   `json:"number"`
}

// A State says how final a period's numbers are.
type State = usage.State

// The states of a billing period.
const (
	Open     = usage.Open
	Closing  = usage.Closing
	Closed   = usage.Closed
	Invoiced = usage.Invoiced
)

// A Part is the report in one currency.
type Part struct {
	Currency string
	Period   PeriodInfo
	Accounts []Account // one per subscription, by cost

	Total    usage.Money  // charges of the period up to the data's reach; an owner's own
	ByCharge []Share      // Total by ChargeCategory: Usage, Purchase, Credit, Tax, Adjustment
	Expected *usage.Money // of the period's end; nil unless open, or with too little history
	Outlook  *Outlook     // the same with its range and track record; nil unless open
	Budget   *Budget      // nil where the owner has none in this currency
	Shared   *Shared      // what the owner bears beside Total; nil where there is none
	Outside  usage.Money  // part of Total on days outside the bill's dates

	Running *Running // how the cost adds up day by day
	// Owners has what each owner has of the period, with the cost that has none at the end; nil
	// without an owners file, and in an owner's own report.
	Owners []OwnerStanding

	// Change leads from the prior period to this one, its rows by service; nil
	// where no prior period is loaded.
	Change *Comparison

	// Since explains how the total has changed since the last report to this reader;
	// nil where there was none, or in another currency. Its rows are left out.
	Since *Since

	// Units holds what one of what people count costs, by the file of metrics.
	Units []UnitCost

	// Meters holds what is used most by cost, each day's quantity beside its cost.
	Meters []Meter

	// Priors holds the earlier periods, newest first, at the same elapsed days.
	// It is empty where the ledger has none: then Breakdowns and Findings are
	// all there is to say, and the page says what to load.
	Priors []Prior

	// CurrencyChange says since when accounts are charged in another currency; nil where none is.
	CurrencyChange *CurrencyChange `json:"currency_change,omitempty"`

	Moved      []locale.Text // of an owner's, from others and to them; in the warnings, too
	Daily      []DayCost     // one point per day, the period and what precedes it
	Events     []Event       `json:"events,omitempty"` // of the file of events, on the days of Daily
	Services   []ServiceDays // Daily by service
	Resources  []ResourceDay `json:"-"` // Total by day and resource; only where the options ask for it
	Movers     []Movers      // growers and shrinkers against Priors[0], by dimension
	Turnover   *Turnover     // resources that came, went or changed since then; nil without Priors
	Breakdowns []Breakdown   // what the period cost, by dimension
	Findings   []Finding     // worst first, severity high and medium
	Minor      []Finding     // severity low: worth a look
	Down       []Finding     // unexpected falls
	Answered   []Finding     // in none of these lists: the reader has answered them
	History    History       // how much history the detector had
	Warnings   []locale.Text // about this part
	Queries    []Query       // to make its totals again

	// Invoices leads from the files to the invoices of the period, once for each account
	// that has any. An owner's part has none: an invoice is of all of the account.
	Invoices []AccountInvoices
	// Invoiced is what was invoiced in all; nil unless every account has its invoice.
	Invoiced *usage.Money

	// Commitments are the reservations and savings plans; nil where no file says what of them was used.
	Commitments *Commitments `json:"commitments,omitempty"`

	// Converted has the period's cost by the currency in which it was billed, Unconverted what has
	// no rate, in no amount; both are empty where nothing is converted.
	Converted   []Converted   `json:"converted,omitempty"`
	Unconverted []Unconverted `json:"unconverted,omitempty"`

	onlyShared bool // nothing in the ledger is the owner's own, so that what is shared is all that comes

	moves []ledger.RecordMove // what Moved says
	lines []ledger.RecordLine // Total by account, service and kind of charge
}

// Bears is what the period costs at its end, with shared cost; nil where that is not known.
func (p *Part) Bears() *usage.Money {
	var end usage.Money
	switch {
	case p.Outlook != nil:
		end = p.Outlook.End.Expected
	case p.onlyShared:
		end = p.Total
	default:
		return nil
	}
	if p.Shared != nil && p.Shared.Expected != nil {
		end = end.Add(*p.Shared.Expected)
	}
	return &end
}

// NoRate reports whether the period has charges, and no rate converts any of them.
func (p *Part) NoRate() bool {
	return len(p.ByCharge) == 0 && len(p.Converted) == 0 && slices.ContainsFunc(p.Unconverted, func(u Unconverted) bool {
		return u.First < p.Period.Span.To && p.Period.Span.From <= u.Last
	})
}

// Converted is the cost in one currency that is converted to another.
type Converted struct {
	Currency    string
	Billed      usage.Money // in Currency
	Cost        usage.Money // in the report's
	First, Last usage.Day   // of the rates; 0 where Currency is the report's
}

// Unconverted is the cost in one currency that has no rate, of all periods.
type Unconverted struct {
	Currency    string
	Rows        int
	Billed      usage.Money
	First, Last usage.Day
}

// AccountInvoices leads from what the files say of an account to what was invoiced.
type AccountInvoices struct {
	Account    string // that is billed
	Name       string
	Invoices   []Invoice     // and credit notes
	Files      usage.Money   // what the files say in all
	Total      usage.Money   // what was invoiced in all
	Difference usage.Money   // Total minus Files
	Steps      []InvoiceStep // they add up to Total, Files without its tax and credits the first
}

// A Invoice is an invoice or credit note.
type Invoice struct {
	Number string
	Kind   string // invoice, credit_note
	Date   usage.Day
	Due    usage.Day
	Total  usage.Money
}

// A InvoiceStep is a line that leads to an invoice.
type InvoiceStep struct {
	Kind   string // usage, purchases, support, tax, credits, rounding, restated, unexplained
	Label  locale.Text
	Amount usage.Money
	Why    locale.Text // where it comes from, or what may be behind it; may be empty
}

// A PeriodInfo names a period, never without its dates.
type PeriodInfo struct {
	Name    string       // "2018-07", from the bill
	Span    usage.Period // its days; the union where accounts differ
	ByMonth bool         // selected by calendar month, not by bill
	State   State
	Reach   usage.Day // last day with usage, over all accounts
	Elapsed int       // days from Span.From to Reach, but for those of which no file has anything
	Lacks   int       // days up to Reach of which some files have nothing at all
	Unrated int       // of these those on which some are charged what no rate converts
	Paused  bool      // an account has nothing on days of which its files have others, and is used more often
	Updated string    // newest load's time, as kept in the ledger; "" if none
	Loaded  usage.Day // its day; 0 if none
	ReplyBy usage.Day // until when an answer to a finding finds the period open; 0 where that has passed
	Old     int       // how many days ago the newest data end, of any period; 0 where that is new, or not known

	final usage.Day // as a selection has it
}

// FinalOn is the day from which a period's cost no longer changes: the fifth after its
// end, or that of the last bill that holds its days.
func (p PeriodInfo) FinalOn() usage.Day { return max(p.final, finalOn(p.Span)) }

func finalOn(bill usage.Period) usage.Day { return bill.To + closedAfter - 1 }

// An Account is one subscription's standing in the period.
type Account struct {
	ID, Name string // SubAccountId, SubAccountName
	Span     usage.Period
	Reach    usage.Day   // none when missing
	Total    usage.Money // in the period
	Last     usage.Money // the whole prior period
	Missing  bool        // it had cost in the prior period and has no row in this one
	Behind   bool        // its data end before the others'
}

// A Share is a part of a total.
type Share struct {
	Name   string
	Amount usage.Money
}

// A Prior is an earlier period beside the current one.
type Prior struct {
	Name    string
	Span    usage.Period
	Days    int         // how many of its days are compared
	Lacks   int         // days of these of which some files have nothing at all
	Same    usage.Money // its cost over the same elapsed days
	Total   usage.Money // its whole cost
	State   State
	Delta   usage.Money // current total minus Same
	Percent *float64    // Delta in percent of Same; nil where Same is not positive, or not known of all
	Without int         // how many of the period's accounts it is not known of: no file holds it, though earlier ones
	Unrated int         // days of Lacks on which some are charged what no rate converts
	NoRate  bool        // no rate converts any of Same: it, Total and Delta are not known
}

// A DayCost is one day of the daily chart. Amounts that are estimates
// (Expected, Low, High) are rounded; Actual is exact.
type DayCost struct {
	Day        usage.Day
	InPeriod   bool
	Actual     usage.Decimal
	HasBand    bool // the history is long enough for the three below
	Expected   usage.Decimal
	Low, High  usage.Decimal
	Prior      *usage.Decimal // the prior period's day at the same elapsed day
	Incomplete bool           // one of the last days: not all usage has arrived
	NoData     bool           // no file covers the day: not a zero
}

// A Meter is what was used of one meter, over all resources, and what that cost.
type Meter struct {
	Service, Name, Unit string
	Cost                usage.Money   // over the days below that are in the period
	Quantity            usage.Decimal // the same, in Unit
	Days                []MeterDay
}

// A MeterDay is one day of a Meter.
type MeterDay struct {
	Day            usage.Day
	InPeriod       bool
	Cost, Quantity usage.Decimal
	NoData         bool // no file covers the day: not a zero
	Incomplete     bool // one of the last days: not all usage has arrived
}

// Movers lists what grew and shrank most by one dimension, against the same
// elapsed days of the prior period.
type Movers struct {
	Dimension usage.Dimension
	Title     string // "Service"
	Up, Down  []Mover
	// RestCount values with the sums RestPrior and RestCurrent are in neither list;
	// all deltas of the lists and RestDelta add up to the part's delta.
	RestCount   int
	RestPrior   usage.Money
	RestCurrent usage.Money
	RestDelta   usage.Money
}

// A Status says whether a value is in one of two periods only.
type Status string

// The statuses.
const (
	InBoth Status = ""
	IsNew  Status = "new"
	IsGone Status = "gone"
	// NotKnown is what no file holds of the prior period: nothing is loaded of its
	// accounts, though of earlier periods there is.
	NotKnown Status = "unknown"
	// MovedIn and MovedOut is what another owner has in the other period, in a report of one.
	MovedIn  Status = "moved in"
	MovedOut Status = "moved out"
)

// A Mover is one value of a dimension in two periods.
type Mover struct {
	Value   string   // the dimension's value; "" where the charge has none
	Older   []string `json:"older,omitempty"` // the other ids that it had in the two periods
	Label   string   // as people know it: a resource's name, a subscription's name
	Context string   // what places it: a resource's group and service
	Current usage.Money
	Prior   usage.Money
	Delta   usage.Money
	Percent *float64 // nil where Prior is not positive
	Status  Status   // "new", "gone", "moved in", "moved out", "unknown" or ""; of what is unknown Prior and Delta are, too

	// Inside are the resources that changed most, of a value of a wider dimension;
	// their deltas and InsideDelta, that of InsideCount others, add up to Delta.
	Inside      []Mover
	InsideCount int
	InsideDelta usage.Money
}

// A Turnover is which resources the period has and the prior one, up to the same
// elapsed days, has not, and the reverse; and what goes on under another name or
// in another size.
type Turnover struct {
	New, Gone Turned
	Renamed   []Renaming // largest first
	MoreNames int        // that are in no list
}

// A Turned is a list of resources, largest first, and what it leaves out.
type Turned struct {
	Rows      []TurnedRow
	RestCount int // that are in no row
	Rest      usage.Money
	Count     int         // of all
	Total     usage.Money // of all: what new ones cost in the period, gone ones in the prior one
}

// A TurnedRow is a resource that came or went.
type TurnedRow struct {
	Value, Label, Context string
	Day                   usage.Day   // the first with cost since the prior period's days, or the last before the period; 0 if unknown
	Amount                usage.Money // as Turned.Total
}

// A RenamingKind says what is other than before: the name or the size.
type RenamingKind string

// The kinds of renamings.
const (
	Renamed RenamingKind = "renamed"
	Resized RenamingKind = "resized"
)

// A Renaming is a resource or meter that goes on under another name or in another
// size.
type Renaming struct {
	Kind           RenamingKind // resized, or renamed
	Label, Context string       // the resource that is resized, or ""
	Old, New       string       // the size, or the name
	Since          usage.Day    // the first day under the new name
	Prior, Current usage.Money  // of the resource or meter, under both names
}

// A Breakdown is what the period cost by one dimension, largest first.
type Breakdown struct {
	Dimension usage.Dimension
	Title     string
	Rows      []BreakdownRow
	RestCount int
	Rest      usage.Money
	Total     usage.Money // sum of Rows and Rest; equals the part's total
}

// A BreakdownRow is one value of a dimension.
type BreakdownRow struct {
	Value, Label, Context string
	Amount                usage.Money
	Percent               *float64 // of the total; nil where the total is not positive
}

// A Finding is one unexpected change, reported once, at the level that explains it.
// Its JSON is a contract, docs/report.schema.json.
type Finding struct {
	ID          string          `json:"id"`
	Kind        usage.Kind      `json:"kind"`      // level, spike, drift, price, new, gone, missing
	Direction   usage.Direction `json:"direction"` // up, down
	Severity    usage.Severity  `json:"severity"`  // high, medium, low
	Start       usage.Day       `json:"start"`
	End         usage.Day       `json:"end"` // last day of the change so far, inclusive
	Ongoing     bool            `json:"ongoing"`
	Scope       usage.Series    `json:"scope"` // empty for the total; an empty ResourceId stands for charges without one
	Currency    string          `json:"currency"`
	Actual      usage.Money     `json:"actual"` // over Start..End, as are the next three
	Expected    usage.Money     `json:"expected"`
	Low         usage.Money     `json:"low"`
	High        usage.Money     `json:"high"`
	Impact      usage.Money     `json:"impact"`              // Actual minus Expected
	InPeriod    usage.Money     `json:"in_period"`           // part of Impact on the days of the period shown
	Elsewhere   usage.Money     `json:"elsewhere"`           // what of Actual, and of Expected, other findings explain
	PerMonth    *usage.Money    `json:"per_month"`           // 30 days of the last week's impact; nil for what is over or may be, or was bought once
	Resources   []string        `json:"resources,omitempty"` // the ids of those of Scope that it is about, where it is not about all
	Drivers     []Driver        `json:"drivers"`
	Explanation locale.Text     `json:"explanation"`      // in sentences, for the budget owner
	NextStep    locale.Text     `json:"next_step"`        // what to look at
	Answer      *Answer         `json:"answer,omitempty"` // with one it is no alarm any more
	Metric      string          `json:"metric,omitempty"` // what people count, of a unit cost
	Owner       string          `json:"owner"`            // of most of it; "" for none, or without an owners file
	// Events are what happened in its scope within three days of its start, nearest first, and of a
	// finding on one resource, how that was created. Explanation says the first of them.
	Events []Event `json:"events,omitempty"`

	Label   locale.Text `json:"-"` // the scope as people know it
	Reason  locale.Text `json:"-"` // what happened, in a fragment of one line
	Whose   locale.Text `json:"-"` // Owner, or which it may be, and why; empty in an owner's own report and without an owners file
	Context string      `json:"-"` // what places it: group, service, subscription
	Days    []DayCost   `json:"-"` // the series around the change, for its small chart
	Rule    locale.Text `json:"-"` // the rule that fired, with its numbers, for "why"

	ids    []int64  // the ledger's series that it covers, in order
	bought *product // or what was bought
	wholly string   // the owner of all of it, in the report on everything
	sql    string   // of its days, of a unit cost
}

// An Event is what people wrote into the file of events, or what an activity log says was done to
// a resource.
type Event struct {
	Day      usage.Day `json:"day"`
	What     string    `json:"what"`               // event; or created, changed, resized, deleted, started, stopped
	Text     string    `json:"text,omitempty"`     // of the file's; "" of a log's
	Resource string    `json:"resource,omitempty"` // its id; "" of the file's
	Name     string    `json:"name,omitempty"`     // of the resource
	By       string    `json:"by,omitempty"`       // who did it, as the log says
	Size     string    `json:"size,omitempty"`     // the resource's from then on, where the log says so
	Before   string    `json:"before,omitempty"`   // its size until then
}

// A Driver is a resource or meter that carries part of a finding; the drivers'
// impacts add up to the finding's.
type Driver struct {
	Scope    usage.Series `json:"scope"` // empty for "all others"
	Label    locale.Text  `json:"-"`
	Impact   usage.Money  `json:"impact"`
	Price    usage.Money  `json:"price_effect"`
	Quantity usage.Money  `json:"quantity_effect"`
}

// History says how far the findings can be trusted.
type History struct {
	Days      int         // days of data before the period's reach
	Series    int         // series judged
	Unjudged  int         // series with too little history
	Sentence  locale.Text // for the reader
	CanDetect bool        // false with too little history for any expected range
}

// A Source is one loaded file, for the footer: what was read and that it
// reconciles.
type Source struct {
	LoadID   int64
	Ref      string
	Format   string // its title
	CostType string
	Rows     int64
	Rejected int64
	Currency string
	File     usage.Money // the file's own total
	Ledger   usage.Money // what the ledger holds of it
	Shown    usage.Money // what this report shows of it
	Current  bool        // false: replaced by a newer file
	Flags    string      // of the load that decided what the file left open, as a command has them
	Periods  []string
	Warnings []string
}
