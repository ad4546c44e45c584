package usage

// A State says how final a billing period's numbers are.
type State string

// The states of a billing period.
const (
	Open     State = "open"     // its days still run
	Closing  State = "closing"  // ended; charges may change until the fifth day after
	Closed   State = "closed"   // a later load reached the fifth day after its end
	Invoiced State = "invoiced" // the invoice is known
)
