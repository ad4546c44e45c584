package usage

// An Event is something that people know of and that may change costs: a deployment, a
// campaign.
type Event struct {
	Line int // in the file of events
	Day  Day
	Text string
	// Rules say of what it is: of charges that one of them takes; none is of all.
	Rules []OwnerRule
}
