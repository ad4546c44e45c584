// Package delivery brings what was made for an owner to that owner, by mail, a
// chat, a store or a folder. Each way is a Channel in a package of its own below
// this one; what is sent is made of one Message, and looked at before it goes.
package delivery

import (
	"context"
	"errors"
)

// A Message is what one owner is sent, before a channel gives it its form.
type Message struct {
	ID      string   // of the record that is kept of it, R-...: one that arrives twice is one
	Owner   string   // "" is the administrator
	To      []string // mail addresses
	Subject string   // one line
	Mailer  string   // the program that wrote it, with its version; for a header
	Text    string   // the mail as plain text
	HTML    string   // the mail as a page without scripts, which loads nothing
	Images  []File   // that HTML shows by their ID (cid:ID)
	Files   []File   // the report, in the forms that the owner wants
	Digest  Digest   // the same as facts, of which chats make cards
	Ticket  *Ticket  // that is to be opened or closed, of channels to such; nil for all else
}

// A Ticket is a finding in a system that keeps one for each thing to be done.
type Ticket struct {
	Finding string // its id
	Title   string // in one line
	Text    string
	High    bool   // the finding's severity
	Close   string // the id of the ticket that is to be closed; "" opens one
}

// A Digest is what a message says, short enough for a chat. Its texts are in the
// owner's language and hold names from the data as they are: a channel escapes
// them for its own format.
type Digest struct {
	Title    string    `json:"title"`
	Lines    []string  `json:"lines"`          // the first screen, a sentence each
	Facts    []Fact    `json:"facts"`          // what it costs, the budget, the change
	Findings []Finding `json:"findings"`       // the worst, and no more than three
	More     string    `json:"more,omitempty"` // what is left out of Findings; "" for nothing
	Note     string    `json:"note,omitempty"` // the sender's own words
	Colon    string    `json:"-"`              // what the language writes between a fact's name and its value; "" for ": "
	Link     string    `json:"link,omitempty"` // where the whole report is; "" where it is attached or nowhere
}

// A Fact is a number with its name, both as people read them.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// A Finding is one that an owner is asked about.
type Finding struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Text    string   `json:"text"`
	Answers []Answer `json:"answers"`
}

// An Answer is something that can be answered to a finding.
type Answer struct {
	Name string `json:"name"`
	URL  string `json:"url"` // mailto:; "" where no address for answers is known
}

// A File is bytes with a name.
type File struct {
	Name  string // without a folder
	Type  string // the media type
	ID    string // of an image that a page shows; "" else
	Bytes []byte
}

// A Parcel holds the very bytes that a channel would send: they can be written to
// a folder, looked at, and sent from there.
type Parcel struct {
	ID      string
	Owner   string
	Channel string
	To      []string
	Subject string
	Files   []File
}

// A Receipt says how a parcel was taken.
type Receipt struct {
	Where string // the path, address or link that it went to, without a secret
	Reply string // what the other side said; "" where it says nothing
	// Link opens what was sent without any further permission, for a time: it is a
	// secret, to be given to the owner and kept nowhere. "" where there is none.
	Link string
	// Ticket is the id of the ticket that was opened or closed; "" where there is none.
	Ticket string
	// Refused are those of To that were not taken, each with why. The others have
	// it.
	Refused []string
}

// A Channel is a way to an owner. Both methods can be called by several at once.
type Channel interface {
	// Prepare gives m its form. The same message gives the same bytes; nothing
	// is sent, and nothing outside is asked.
	Prepare(m Message) (Parcel, error)

	// Send sends p, once. It tries again what may pass by itself, waiting longer
	// each time, until ctx ends. An error that is ErrUnsure means that p may have
	// arrived; any other, that it has not.
	Send(ctx context.Context, p Parcel) (Receipt, error)
}

// A Store is a channel that keeps what it is sent, where links lead to it.
type Store interface {
	Channel

	// Link returns what will open p once it is sent, for a time.
	Link(ctx context.Context, p Parcel) (string, error)

	// Index writes the list of what the store keeps, as of the record id.
	Index(ctx context.Context, id string) (Receipt, error)
}

// ErrRefused says that the other side has looked at a parcel and will not take it, however often it
// is sent.
var ErrRefused = errors.New("it was refused")

// ErrUnsure says that it is unknown whether a parcel has arrived: the connection
// broke after it had been sent and before it was acknowledged.
var ErrUnsure = errors.New("it may have arrived or not")
