// Package deliverytest says what every channel must do. It is one suite, which
// each channel's tests run against the other side that it speaks with.
package deliverytest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"usagereport/sending/delivery"
)

// A Far is a channel with its other side, empty.
type Far struct {
	Channel delivery.Channel
	// Arrived returns what has arrived, a text each, from which encodings are
	// taken away as far as the ID of a message is to be found in it.
	Arrived func() []string
	// Stall makes the other side say nothing from now on; it returns a function
	// that returns once the channel waits. Nil for a channel that never does.
	Stall func() (begun func())
	// Fail makes the other side refuse everything for good, and repeat all
	// secrets that it was told.
	Fail func()
	// Secrets are what no error and no receipt may hold.
	Secrets []string
}

// Now is the clock of all channels in tests.
func Now() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }

// Message returns a message all parts of which are there, and hold mark.
func Message(id, mark string) delivery.Message {
	return delivery.Message{
		ID: id, Owner: "Owner " + mark, To: []string{"ada@example.org", "Ben <ben@example.org>"},
		Subject: "Your cloud costs " + mark,
		Text:    "It cost " + mark + ".\n",
		HTML:    "<p>It cost <b>" + mark + "</b><img src=\"cid:chart\" alt=\"\"></p>\n",
		Images:  []delivery.File{{Name: "chart.png", Type: "image/png", ID: "chart", Bytes: []byte("\x89PNG " + mark)}},
		Files:   []delivery.File{{Name: "usage-2026-10.html", Type: "text/html", Bytes: []byte("<!doctype html><title>" + mark + "</title>")}},
		Digest: delivery.Digest{
			Title: "Costs of " + mark, Lines: []string{"It cost 12.40 EUR.", "That is more than before."},
			Facts: []delivery.Fact{{Name: "Cost", Value: "12.40 EUR"}, {Name: "Budget", Value: "10.00 EUR"}},
			Findings: []delivery.Finding{{
				ID: "F-7K3QAA", Title: "Storage grew", Text: "By 3.10 EUR.",
				Answers: []delivery.Answer{{Name: "Planned", URL: "mailto:finops@example.org?subject=%5BF-7K3QAA%5D%20planned"}, {Name: "Wrong"}},
			}},
			More: "2 more are in the report.", Note: "Please look at this.", Link: "https://reports.example.org/" + mark,
		},
	}
}

// Hostile are texts as files of usage may hold them.
func Hostile() map[string]string {
	return map[string]string{
		"script":    `<script>alert(1)</script>"'>`,
		"crlf":      "x\r\nBcc: mallory@example.org\r\n\r\nhello",
		"direction": "a\u202egnp.exe\u202c\u2066b",
		"long":      strings.Repeat("x", 10_000),
		"longer":    strings.Repeat("雲端 ", 3_000),
		"nul":       "a\x00b\x1b[31m",
		"formula":   `=cmd|' /C calc'!A0`,
		"path":      `../../etc/passwd\..\x`,
		"dots":      "..",
		"device":    "CON.html",
		"encoded":   "=?utf-8?q?=0d=0aBcc:_m@example.org?=",
		"broken":    "a\xff\xfeb",
		"mention":   "<!channel> <@U123> @everyone [x](https://evil.example) *b* `c` &amp; {{x}}",
		"dot":       "one\r\n.\r\nQUIT\r\n",
		"empty":     "",
		"blank":     " \t ",
	}
}

// HostileMessage returns a message all of whose texts are text.
func HostileMessage(id, text string) delivery.Message {
	return delivery.Message{
		ID: id, Owner: text, To: []string{"ada@example.org"}, Subject: text, Text: text, HTML: text,
		Images: []delivery.File{{Name: text, Type: text, ID: "chart", Bytes: []byte(text)}},
		Files:  []delivery.File{{Name: text, Type: text, Bytes: []byte(text)}, {Name: text, Type: text, Bytes: []byte("two")}},
		Digest: delivery.Digest{
			Title: text, Lines: []string{text, text}, Facts: []delivery.Fact{{Name: text, Value: text}},
			Findings: []delivery.Finding{{ID: "F-7K3QAA", Title: text, Text: text, Answers: []delivery.Answer{{Name: text, URL: text}}}},
			More:     text, Note: text, Link: text,
		},
	}
}

// TestChannel holds a channel to what delivery.Channel says. open returns a new
// one.
func TestChannel(t *testing.T, open func(t *testing.T) Far) {
	t.Run("the same message gives the same bytes", func(t *testing.T) {
		far := open(t)
		m := Message("R-AAAA1111", "zebra")
		p := prepare(t, far, m)
		if q := prepare(t, far, Message("R-AAAA1111", "zebra")); !reflect.DeepEqual(p, q) {
			t.Errorf("two times:\n%s\n%s", dump(t, p), dump(t, q))
		}
		if !reflect.DeepEqual(m, Message("R-AAAA1111", "zebra")) {
			t.Error("the message was changed")
		}
		if p.ID != m.ID || p.Owner != m.Owner || !reflect.DeepEqual(p.To, m.To) || p.Subject != m.Subject || p.Channel == "" ||
			len(p.Files) == 0 {
			t.Errorf("%+v is not of the message", p)
		}
		before := dump(t, p)
		for i := range m.Files {
			copy(m.Files[i].Bytes, "XXXXXXXXXXXXXXXXXXXXXXXXXX")
		}
		m.To[0] = "mallory@example.org"
		if dump(t, p) != before {
			t.Error("the parcel changes with the message")
		}
		if n := len(far.Arrived()); n != 0 {
			t.Errorf("%d were sent by preparing", n)
		}
	})
	t.Run("a parcel holds its own message only", func(t *testing.T) {
		far := open(t)
		first := dump(t, prepare(t, far, Message("R-AAAA1111", "zebra")))
		second := dump(t, prepare(t, far, Message("R-BBBB2222", "okapi")))
		if again := dump(t, prepare(t, far, Message("R-AAAA1111", "zebra"))); again != first {
			t.Error("it changes with what was prepared before")
		}
		for text, wants := range map[string][2]string{first: {"zebra", "okapi"}, second: {"okapi", "zebra"}} {
			if !strings.Contains(text, wants[0]) || strings.Contains(text, wants[1]) {
				t.Errorf("want %q and not %q in:\n%s", wants[0], wants[1], text)
			}
		}
	})
	t.Run("what arrives has its ID", func(t *testing.T) {
		far := open(t)
		p := prepare(t, far, Message("R-AAAA1111", "zebra"))
		before := dump(t, p)
		for range 2 {
			r, err := far.Channel.Send(t.Context(), p)
			if err != nil || r.Where == "" {
				t.Fatalf("got %+v, %v", r, err)
			}
			clean(t, far, fmt.Sprintf("%+v", r))
		}
		if dump(t, p) != before {
			t.Error("the parcel was changed")
		}
		arrived := far.Arrived()
		if n := len(arrived); n != 1 && n != 2 {
			t.Errorf("%d arrived", n)
		}
		for _, text := range arrived {
			if !strings.Contains(text, "R-AAAA1111") {
				t.Errorf("it cannot be told that it is one: %s", text)
			}
		}
	})
	t.Run("giving up ends it at once", func(t *testing.T) {
		far := open(t)
		p := prepare(t, far, Message("R-AAAA1111", "zebra"))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := far.Channel.Send(ctx, p); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want context.Canceled", err)
		}
		if n := len(far.Arrived()); n != 0 {
			t.Errorf("%d arrived", n)
		}
		if far.Stall == nil {
			return
		}
		begun := far.Stall()
		ctx, cancel = context.WithCancel(t.Context())
		defer cancel()
		ended := make(chan error, 1)
		go func() {
			_, err := far.Channel.Send(ctx, p)
			ended <- err
		}()
		begun()
		cancel()
		select {
		case err := <-ended:
			if !errors.Is(err, context.Canceled) && !errors.Is(err, delivery.ErrUnsure) {
				t.Errorf("got %v, want context.Canceled", err)
			}
		case <-time.After(30 * time.Second): // less than any channel's patience
			t.Error("it goes on")
		}
	})
	t.Run("errors hold no secret", func(t *testing.T) {
		far := open(t)
		p := prepare(t, far, Message("R-AAAA1111", "zebra"))
		far.Fail()
		_, err := far.Channel.Send(t.Context(), p)
		if err == nil {
			t.Fatal("no error")
		}
		if errors.Is(err, delivery.ErrUnsure) {
			t.Errorf("%v: it was refused, which is sure", err)
		}
		clean(t, far, err.Error())
		clean(t, far, fmt.Sprintf("%+v %#v", err, err))
	})
	t.Run("many at once", func(t *testing.T) {
		far := open(t)
		const n = 8
		var all sync.WaitGroup
		for i := range n {
			all.Go(func() {
				p, err := far.Channel.Prepare(Message(fmt.Sprintf("R-CCCC%04d", i), fmt.Sprintf("mark-%d", i)))
				if err == nil {
					_, err = far.Channel.Send(t.Context(), p)
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		arrived := strings.Join(far.Arrived(), "\n")
		for i := range n {
			if !strings.Contains(arrived, fmt.Sprintf("R-CCCC%04d", i)) {
				t.Errorf("number %d did not arrive", i)
			}
		}
	})
	t.Run("nothing to say", func(t *testing.T) {
		far := open(t)
		p := prepare(t, far, delivery.Message{ID: "R-DDDD4444", To: []string{"ada@example.org"}})
		if _, err := far.Channel.Send(t.Context(), p); err != nil || len(far.Arrived()) != 1 {
			t.Errorf("%v, %d arrived", err, len(far.Arrived()))
		}
	})
	t.Run("hostile texts", func(t *testing.T) {
		far := open(t)
		n := 0
		for name, text := range Hostile() {
			n++
			p := prepare(t, far, HostileMessage(fmt.Sprintf("R-EEEE%04d", n), text))
			for _, f := range p.Files {
				if f.Name != delivery.SafeName(f.Name) {
					t.Errorf("%s: %q is a file's name", name, f.Name)
				}
			}
			if _, err := far.Channel.Send(t.Context(), p); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if got := len(far.Arrived()); got != n {
				t.Errorf("%s: %d arrived, want %d", name, got, n)
			}
		}
	})
	t.Run("an ID that leads elsewhere", func(t *testing.T) {
		far := open(t)
		for name, text := range Hostile() {
			if _, err := far.Channel.Prepare(delivery.Message{ID: text, To: []string{"ada@example.org"}}); err == nil {
				t.Errorf("%s was taken", name)
			}
		}
	})
}

func prepare(t *testing.T, far Far, m delivery.Message) delivery.Parcel {
	t.Helper()
	p, err := far.Channel.Prepare(m)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// dump shows all of a parcel, with its files as they are.
func dump(t *testing.T, p delivery.Parcel) string {
	t.Helper()
	var b bytes.Buffer
	for _, f := range p.Files {
		fmt.Fprintf(&b, "%s %s %s\n%s\n", f.Name, f.Type, f.ID, f.Bytes)
	}
	p.Files = nil
	if err := json.NewEncoder(&b).Encode(p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// clean fails for a text that people may see and that holds a secret, or several
// lines.
func clean(t *testing.T, far Far, text string) {
	t.Helper()
	for _, s := range far.Secrets {
		if strings.Contains(text, s) {
			t.Errorf("tells %q: %s", s, text)
		}
	}
	if strings.ContainsAny(text, "\r\n") {
		t.Errorf("has several lines: %q", text)
	}
}
