package ledger

import (
	"slices"
	"sync"
)

// answers are what the tables of a ledger that is open to read say, which stays as it is: who makes
// many reports of it asks the same each time.
type answers struct {
	lock sync.Mutex
	kept map[string]any
}

// answered returns what ask says, which l remembers under that name if it is open to read.
func answered[T any](l *Ledger, name string, ask func() ([]T, error)) ([]T, error) {
	if !l.readOnly {
		return ask()
	}
	l.answers.lock.Lock()
	defer l.answers.lock.Unlock()
	if known, ok := l.answers.kept[name].([]T); ok {
		return slices.Clone(known), nil
	}
	said, err := ask()
	if err != nil {
		return nil, err
	}
	if l.answers.kept == nil {
		l.answers.kept = map[string]any{}
	}
	l.answers.kept[name] = said
	return slices.Clone(said), nil
}
