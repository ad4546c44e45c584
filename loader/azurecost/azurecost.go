// Package azurecost is the loader's source for what Azure's own APIs return of
// cost: azure://SUBSCRIPTION, azure://all, and azure://billingAccounts/… for the
// accounts of an Enterprise Agreement or a Microsoft Customer Agreement.
//
// An object is one billing period of a subscription or billing account,
// azure://ID/2026-10. Its content is the CSV of a cost details report, which Azure
// writes for minutes; or, for pay-as-you-go, for which there are none, the usage
// details, written as CSV with each number as Azure wrote it. Prepare brings all of
// it to this machine, so that nothing is loaded of what broke off.
package azurecost

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"usagereport/internal/azure"
	"usagereport/loader"
	"usagereport/loader/remote"
	"usagereport/usage"
)

// Scheme is what places of this source begin with.
const Scheme = "azure"

// A Held is what the ledger has of an account's billing period.
type Held struct {
	Period  string
	Span    usage.Period
	Ref     string // it was loaded from
	Version string
	Told    time.Time // when the export ran, else when it was loaded
}

// A Source lists and opens billing periods. Its fields are not written once it is
// in use.
type Source struct {
	Client *azure.Client
	// Period is the billing period to fetch, by its name, or current or last. "" is
	// the open one, those before it that were not fetched since they closed, and gaps.
	Period string
	// Amortized asks for amortized instead of actual cost.
	Amortized bool
	// Held returns what the ledger has of a subscription or a billing account, by
	// its id; nil: nothing.
	Held func(ctx context.Context, account string) ([]Held, error)
	// Resumed says that the ledger goes on with a load that was broken off: what it
	// has of the last hours is not fetched again.
	Resumed bool
	TempDir string

	mu    sync.Mutex
	tasks map[string]*task
}

// A task is an object to be fetched.
type task struct {
	account account
	period  billPeriod
	version string
	listed  time.Time
	failed  error // why its account could not even be looked at

	mu   sync.Mutex // held while it is fetched
	file string     // its content; "" before
}

// closedAfter is the number of days after a period's end until which Azure may
// still change its charges.
const closedAfter = 5

// resumes is for how long what a broken load had fetched is good for its
// resumption. Azure renews its figures every four hours.
const resumes = 4 * time.Hour

// List implements loader.Source. What it cannot look at of several accounts is an
// object whose Prepare says why, so that the others are loaded.
func (s *Source) List(ctx context.Context, ref loader.Ref) iter.Seq2[loader.Object, error] {
	return func(yield func(loader.Object, error) bool) {
		objs, err := s.list(ctx, ref)
		for _, o := range objs {
			if !yield(o, nil) {
				return
			}
		}
		if err != nil {
			yield(loader.Object{}, err)
		}
	}
}

func (s *Source) list(ctx context.Context, ref loader.Ref) ([]loader.Object, error) {
	p, err := parse(ref)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("list %s: %w", ref, err)
	}
	accounts := []account{p.account}
	if p.all || p.exports {
		if accounts, err = s.subscriptions(ctx); err != nil {
			return nil, s.failure(ctx, "list the subscriptions", err, "")
		}
		s.Client.Say("azure: this sign-in sees %d subscriptions", len(accounts))
	}
	if p.exports {
		if err := s.tellExports(ctx, accounts); err != nil {
			return nil, err
		}
		return nil, errNothingNamed
	}
	found := make([][]loader.Object, len(accounts))
	var g errgroup.Group
	g.SetLimit(4)
	for i, a := range accounts {
		g.Go(func() error {
			objs, err := s.periodsOf(ctx, a, p)
			if err != nil && p.all && ctx.Err() == nil {
				objs, err = []loader.Object{s.add(&task{account: a, failed: err}, nil)}, nil
			}
			found[i] = objs
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return slices.Concat(found...), nil
}

// periodsOf lists the billing periods to fetch of one account.
func (s *Source) periodsOf(ctx context.Context, a account, p place) ([]loader.Object, error) {
	doing := "look at " + a.ref()
	if err := s.lookAt(ctx, &a); err != nil {
		return nil, s.failure(ctx, doing, err, a.scope)
	}
	periods, err := s.history(ctx, &a)
	if err != nil {
		return nil, s.failure(ctx, doing, err, a.scope)
	}
	var held []Held
	if s.Held != nil {
		if held, err = s.Held(ctx, a.id); err != nil {
			return nil, fmt.Errorf("%s: %w", doing, err)
		}
	}
	if strings.Count(a.short, "/") > 1 {
		// The ledger knows whole billing accounts; what it has of this part of one is
		// what came from here.
		held = slices.DeleteFunc(held, func(h Held) bool { return !strings.HasPrefix(h.Ref, a.ref()+"/") })
	}
	today := usage.DayOf(s.Client.Now())
	chosen, err := choose(periods, held, cmp.Or(p.period, s.Period), today)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	var objs []loader.Object
	var names []string
	for _, b := range chosen {
		objs = append(objs, s.add(&task{account: a, period: b}, held))
		names = append(names, fmt.Sprintf("%s (%s)", b.name, b.span))
	}
	if s.Held != nil && len(held) == 0 && !p.all {
		// Told once, of an account that is new here; it is advice, and no part of a load.
		if lines, err := s.exports(ctx, a); err == nil {
			for _, line := range lines {
				s.Client.Say("%s", line)
			}
		}
	}
	s.Client.Say("%s: %s, %s: %s", a.ref(), cmp.Or(a.name, "no name"), a.agreement, strings.Join(names, ", "))
	return objs, nil
}

// sameFor is for how long a listing stands for the one before: so long nothing
// new is to be expected.
const sameFor = 30 * time.Minute

// add notes a task and returns the object that stands for it.
func (s *Source) add(t *task, held []Held) loader.Object {
	o := loader.Object{Ref: t.account.ref(), Size: -1, CostType: "actual", Version: "asked " + s.Client.Now().UTC().Format(time.RFC3339)}
	if t.period.name != "" {
		o.Ref += "/" + t.period.name
	}
	if s.Amortized {
		o.Ref, o.CostType = o.Ref+"/amortized", "amortized"
	}
	for _, h := range held {
		if s.Resumed && h.Ref == o.Ref && h.Version != "" && s.Client.Now().Sub(h.Told) < resumes {
			o.Version = h.Version
		}
	}
	t.version, t.listed = o.Version, s.Client.Now()
	s.mu.Lock()
	if s.tasks == nil {
		s.tasks = map[string]*task{}
	}
	old := s.tasks[o.Ref]
	same := old != nil && old.failed == nil && t.failed == nil && t.listed.Sub(old.listed) < sameFor
	if !same {
		s.tasks[o.Ref] = t
	}
	s.mu.Unlock()
	switch {
	case same:
		o.Version = old.version
	case old != nil:
		old.discard()
	}
	return o
}

// Prepare implements loader.Preparer: it fetches an object to a file.
func (s *Source) Prepare(ctx context.Context, obj loader.Object) error {
	t, err := s.task(ctx, obj)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return s.ensure(ctx, t, obj)
}

// ensure fetches an object that is not there yet. t is locked.
func (s *Source) ensure(ctx context.Context, t *task, obj loader.Object) error {
	if t.failed != nil || t.file != "" {
		return t.failed
	}
	f, err := os.CreateTemp(s.TempDir, "usagereport-azure-*")
	if err != nil {
		return err
	}
	err = s.fetch(ctx, t, f)
	if err = cmp.Or(err, f.Close()); err != nil {
		os.Remove(f.Name())
		return s.failure(ctx, "fetch "+obj.Ref, err, t.account.scope)
	}
	t.file = f.Name()
	return nil
}

// task returns what List noted of an object.
func (s *Source) task(ctx context.Context, obj loader.Object) (*task, error) {
	s.mu.Lock()
	t := s.tasks[obj.Ref]
	s.mu.Unlock()
	if t != nil && t.version != obj.Version {
		return nil, fmt.Errorf("%s: %w", obj.Ref, loader.ErrChanged)
	}
	if t != nil {
		return t, nil
	}
	// Listed by another source, or long ago.
	if _, err := s.list(ctx, loader.ParseRef(obj.Ref)); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if t = s.tasks[obj.Ref]; t == nil {
		return nil, fmt.Errorf("%s: %w", obj.Ref, os.ErrNotExist)
	}
	return t, nil
}

// Open implements loader.Source. What Prepare fetched is opened; it is gone once
// it was read to its end.
func (s *Source) Open(ctx context.Context, obj loader.Object, offset int64) (io.ReadCloser, error) {
	t, err := s.task(ctx, obj)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := s.ensure(ctx, t, obj); err != nil {
		return nil, err
	}
	f, err := os.Open(t.file)
	if err != nil {
		return nil, err
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		f.Close()
		return nil, err
	}
	return &content{File: f, ctx: ctx, task: t}, nil
}

// A content is a fetched object that is read.
type content struct {
	*os.File
	ctx   context.Context
	task  *task
	ended bool
}

func (c *content) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.File.Read(p)
	c.ended = c.ended || errors.Is(err, io.EOF)
	return n, err
}

// WriteTo is not os.File's, which would not see the end.
func (c *content) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{c})
}

// Close implements io.Closer.
func (c *content) Close() error {
	err := c.File.Close()
	c.task.mu.Lock()
	defer c.task.mu.Unlock()
	if c.ended && c.task.file == c.Name() && os.Remove(c.task.file) == nil {
		c.task.file = ""
	}
	return err
}

// Close removes what was fetched and not read.
func (s *Source) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tasks {
		t.discard()
	}
	return nil
}

// discard removes what was fetched.
func (t *task) discard() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file != "" {
		os.Remove(t.file)
		t.file = ""
	}
}

// A PassingError is one that may be gone when everything else was fetched. By then
// it has been waited for as long as is good for one call.
type PassingError struct{ err error }

func (e *PassingError) Error() string { return e.err.Error() }
func (e *PassingError) Unwrap() error { return e.err }

// failure says what a call met and what to do.
func (s *Source) failure(ctx context.Context, doing string, err error, scope string) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", doing, ctx.Err())
	}
	if errors.Is(err, loader.ErrEmpty) {
		return err
	}
	err = s.Client.Explain(ctx, err, scope)
	var a *azure.Error
	switch {
	case !errors.As(err, &a):
		return fmt.Errorf("%s: %w", doing, remote.Hide(err))
	case a.Problem == azure.Busy:
		return &PassingError{fmt.Errorf("%s: %w", doing, a)}
	case a.Problem == azure.Unsupported && a.Advice == "":
		a.Advice = "Azure's cost APIs do not serve this kind of subscription; download its usage in the portal, or make an export, and " +
			"load the file (docs/azure.md says how)"
	}
	return fmt.Errorf("%s: %w", doing, a)
}

// A place is what a Ref names.
type place struct {
	all     bool
	exports bool // azure:// alone: list the exports
	account account
	period  string // "" where none is named
}

// An account is a subscription or a billing account, as far as it is known.
type account struct {
	id        string // of the subscription or, as the files have it, of the billing account
	scope     string // "/subscriptions/…", "/providers/Microsoft.Billing/billingAccounts/…"
	short     string // as a Ref has it
	name      string
	agreement agreement
	quota     string // what kind of offer a subscription is of, by Azure's name
}

func (a account) ref() string { return Scheme + "://" + a.short }

func (a account) isSubscription() bool { return strings.HasPrefix(a.scope, "/subscriptions/") }

// parse reads a Ref.
func parse(ref loader.Ref) (place, error) {
	rest := strings.Trim(ref.Rest, "/")
	rest, _ = strings.CutSuffix(rest, "/amortized")
	var p place
	if head, last, ok := cutLast(rest); ok && regexp.MustCompile(`^\d{4}-\d\d(-\d+)?$`).MatchString(last) {
		rest, p.period = head, last
	}
	lower := strings.ToLower(rest)
	for _, long := range []string{"providers/microsoft.billing/", "subscriptions/"} {
		if strings.HasPrefix(lower, long) {
			rest, lower = rest[len(long):], lower[len(long):]
		}
	}
	switch {
	case lower == "":
		p.exports = true
	case lower == "all":
		p.all = true
	case regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`).MatchString(lower):
		p.account = subscription(lower)
	case strings.HasPrefix(lower, "billingaccounts/") && !strings.ContainsAny(rest, "?#"):
		parts := strings.Split(rest, "/")
		if len(parts)%2 != 0 || slices.Contains(parts, "") {
			return p, fmt.Errorf("%s names no billing account; write it as azure://billingAccounts/ID, or …/billingProfiles/ID", ref)
		}
		p.account = account{id: parts[1], short: rest, scope: "/providers/Microsoft.Billing/" + rest, agreement: enterprise}
		if strings.Contains(parts[1], ":") {
			p.account.agreement = customer
		}
	default:
		return p, fmt.Errorf("%s names no subscription; write azure://ID with the id that az account list -o table shows, or azure://all", ref)
	}
	return p, nil
}

func subscription(id string) account {
	id = strings.ToLower(id)
	return account{id: id, short: id, scope: "/subscriptions/" + id}
}

func cutLast(s string) (head, last string, ok bool) {
	i := strings.LastIndexByte(s, '/')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}
