package main

import (
	"bytes"
	"sync"
	"testing"
	"time"
)

// A screen is what a program has written so far.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

// after waits until want is on the screen behind what was read before, and returns
// what stands up to it. Each second it does once more what is to bring that about.
func (s *screen) after(t *testing.T, want string, again ...func()) string {
	t.Helper()
	next := time.Now().Add(time.Second)
	for deadline := time.Now().Add(10 * time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(next) {
			for _, do := range again {
				do()
			}
			next = time.Now().Add(time.Second)
		}
		s.mu.Lock()
		if i := bytes.Index(s.text.Bytes(), []byte(want)); i >= 0 {
			got := string(s.text.Next(i + len(want)))
			s.mu.Unlock()
			return got
		}
		got := s.text.String()
		s.mu.Unlock()
		if time.Now().After(deadline) {
			t.Fatalf("%q is not on the screen: %q", want, got)
		}
	}
}
