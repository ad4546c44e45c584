package loader

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"

	"usagereport/ledger"
)

// ahead is how many jobs of remote places are fetched, or lie fetched, before
// their turn: several download while one is loaded.
const ahead = 4

// A spool is what was fetched of a job, in temporary files, packed as it came.
type spool struct {
	ready chan struct{} // closed when files or err is there
	files []*os.File
	err   error
	done  bool // its place is free for the next
}

// remove takes the files away.
func (s *spool) remove() {
	for _, f := range s.files {
		f.Close()
		os.Remove(f.Name())
	}
	s.files = nil
}

// fetchAhead begins to fetch the remote ones of jobs, in their order, and
// returns their spools. Each must be removed, which lets the next one begin; the
// caller waits for all with the returned function.
func (r *run) fetchAhead(ctx context.Context, jobs []*job) (spools map[*job]*spool, done func(*spool), wait func()) {
	spools = map[*job]*spool{}
	var order []*job
	for _, j := range jobs {
		if j.remote {
			spools[j] = &spool{ready: make(chan struct{})}
			order = append(order, j)
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	free := make(chan struct{}, ahead)
	running := make(chan struct{}, ahead)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for _, j := range order {
			select {
			case free <- struct{}{}:
			case <-ctx.Done():
				spools[j].err = ctx.Err()
				close(spools[j].ready)
				continue
			}
			running <- struct{}{}
			go func() {
				defer func() { <-running }()
				s := spools[j]
				s.err = r.spool(ctx, j, s)
				close(s.ready)
			}()
		}
	}()
	done = func(s *spool) {
		if !s.done {
			s.done = true
			s.remove()
			<-free
		}
	}
	wait = func() {
		cancel()
		<-ended
		for range ahead { // all that ran have ended
			running <- struct{}{}
		}
		for _, s := range spools {
			s.remove()
		}
	}
	return spools, done, wait
}

// spool fetches the files of a job, unless they are known by their version.
func (r *run) spool(ctx context.Context, j *job, s *spool) error {
	if known, err := r.knownVersion(ctx, j); err != nil || known != 0 {
		return err
	}
	for _, p := range j.parts {
		f, err := os.CreateTemp(r.options.TempDir, "usagereport-*")
		if err != nil {
			return err
		}
		s.files = append(s.files, f)
		in := r.metered(r.fetch(ctx, j.source, p.Object, true), p.Object)
		_, err = io.Copy(f, in)
		if err = errors.Join(err, in.Close()); err != nil {
			return err
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
	}
	return nil
}

// knownVersion returns the load that holds what the place says it has, by name
// and version; 0 where the place gives no version or the load is not there.
func (r *run) knownVersion(ctx context.Context, j *job) (int64, error) {
	version := r.version(j)
	if version == "" {
		return 0, nil
	}
	id, err := r.ledger.KnownVersion(ctx, j.object.Ref, version)
	if err != nil || id == 0 || !r.options.decides() {
		return id, err
	}
	d, err := ledger.Outline(ctx, r.ledger.DB(), id)
	if err != nil || r.options.otherThan(d.Load) {
		return 0, err
	}
	return id, nil
}

// version is what marks the content of a remote place, "" where nothing does. Of a
// link it is a hash with the ledger's own key: the link itself may be a secret.
func (r *run) version(j *job) string {
	switch o := j.object; {
	case !j.remote || o.Version == "":
		return ""
	case o.Whole == "":
		return o.Version
	default:
		h := hmac.New(sha256.New, r.linkKey)
		h.Write([]byte(string(o.Whole) + "\n" + o.Version))
		return "link " + hex.EncodeToString(h.Sum(nil))
	}
}
