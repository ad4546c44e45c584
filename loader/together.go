package loader

import (
	"context"
	"encoding/hex"
	"errors"
	"io"

	"usagereport/ledger"
)

// A transaction takes as long as some ten thousand rows, so small files are loaded many
// in one: their rows are held in memory until all are read.
const (
	mostTogether  = 256
	smallFile     = 4 << 20  // bytes
	smallRows     = 64 << 10 // of a file, which may be packed
	togetherBytes = 32 << 20
	togetherRows  = 4 * smallRows
)

// errAlone says that a small file cannot be held: it is loaded by itself.
var errAlone = errors.New("it is loaded by itself")

// A reading is what was read of a small file.
type reading struct {
	res     *FileResult
	content *content // nil where nothing is to be loaded
}

// together loads the first of jobs, as many as are small and do not touch each other or
// what the ledger holds, in one transaction. It returns what became of them, and how many
// they were: none where the first is to be loaded by itself.
//
// Files that touch are known only once their rows are in, and then all is taken back.
// How many are tried at once therefore falls to those before the first that touches
// another, and is doubled each time that it was right.
func (r *run) together(ctx context.Context, jobs []*job, spools map[*job]*spool, done func(*spool)) (results []FileResult, n int) {
	for {
		group := r.distinct(r.readSmall(ctx, jobs[:min(len(jobs), r.most)], spools, done))
		if len(group) == 0 {
			return nil, 0
		}
		if left, ok := r.loadSmall(ctx, group); !ok {
			r.most = max(1, left)
			continue
		}
		r.most = min(2*r.most, mostTogether)
		for i, g := range group {
			if len(g.res.Replaced) > 0 {
				r.most = 1
			}
			results, jobs[i].bytes = append(results, *g.res), nil
		}
		return results, len(group)
	}
}

// loadSmall loads what was read, in one transaction. Where it was not to be, it returns
// how many of the first may be.
func (r *run) loadSmall(ctx context.Context, group []reading) (left int, ok bool) {
	defer discard(group)
	var contents []*content
	var at []int
	for i, g := range group {
		if g.content != nil {
			contents, at = append(contents, g.content), append(at, i)
		}
	}
	if len(contents) == 0 {
		return 0, true
	}
	err := ledger.Transact(ctx, r.conn, func() error { return guarded(func() error { return r.loadHeld(ctx, contents) }) })
	if alone := (*ledger.AloneError)(nil); errors.As(err, &alone) {
		return at[alone.Load-contents[0].load.ID], false
	}
	if err != nil && len(contents) > 1 {
		return 1, false // of which file it tells is not known
	}
	for _, c := range contents {
		r.conclude(c.res, err, c.kept)
	}
	return 0, true
}

// loadHeld writes contents whose rows are held, and completes their loads.
func (r *run) loadHeld(ctx context.Context, contents []*content) error {
	if err := r.number(ctx, contents...); err != nil {
		return err
	}
	var plans []*plan
	var batches []batch
	base, rows := int64(0), 0
	for _, c := range contents {
		rows += c.held.size
		i := 0
		for i < len(plans) && !plans[i].alike(c.plan) {
			i++
		}
		if i == len(plans) {
			plans, batches = append(plans, c.plan), append(batches, batch{})
		}
		b := &batches[i]
		for _, rs := range c.held.rows {
			if len(rs.keys) > 0 {
				rs.base = base
				b.rows = append(b.rows, rs)
			}
		}
		for _, t := range c.held.texts {
			t.load, t.base = c.load.ID, base
			b.texts = append(b.texts, t)
		}
		base += int64(c.dict.next)
	}
	load := int64(0)
	if len(contents) == 1 {
		load = contents[0].load.ID
	}
	if rows > manyRows {
		if err := ledger.UseCores(ctx, r.conn, false); err != nil {
			return err
		}
	}
	for i, p := range plans {
		s, err := newStage(ctx, r.conn, r.feed, p, r.free, load)
		if err != nil {
			return err
		}
		if err := s.writeBatch(ctx, batches[i]); err != nil {
			return err
		}
	}
	return r.commit(ctx, contents...)
}

// readSmall reads the first of jobs that are small into memory.
func (r *run) readSmall(ctx context.Context, jobs []*job, spools map[*job]*spool, done func(*spool)) (group []reading) {
	size, rows := 0, 0
	for _, j := range jobs {
		if j.result == nil && (j.manifest != nil || len(j.parts) != 1 || j.parts[0].Size <= 0 || j.parts[0].Size > smallFile) {
			break
		}
		if size += int(j.object.Size); len(group) > 0 && size > togetherBytes || rows > togetherRows || ctx.Err() != nil {
			break
		}
		s := spools[j]
		if j.bytes != nil {
			s = nil // it was fetched for a group that was given up
		}
		g := reading{res: r.settled(ctx, j, s)}
		if g.res == nil {
			ok := s == nil || j.fetched(s)
			if ok {
				g, ok = r.readOne(ctx, j)
			}
			if !ok {
				break
			}
			if g.content != nil {
				rows += g.content.held.size
			}
		}
		if s != nil {
			done(s)
		}
		group = append(group, g)
	}
	return group
}

// fetched moves what was fetched of a job into memory, so that its place is free for
// the next one.
func (j *job) fetched(s *spool) bool {
	if len(s.files) != 1 {
		return false
	}
	b, err := io.ReadAll(s.files[0])
	if err != nil {
		return false
	}
	j.bytes = b
	return true
}

// readOne reads a small file, unless it is to be loaded by itself.
func (r *run) readOne(ctx context.Context, j *job) (g reading, ok bool) {
	ref := j.object.Ref
	kept := &keep{dir: r.options.Keep, mode: ledger.ModeOf(r.ledger.Path())}
	g.res = &FileResult{Ref: ref, Status: Loaded}
	g.content = r.newContent(j, ref, g.res, kept)
	g.content.held = &batch{}
	err := guarded(func() error { return r.readHeld(ctx, j, g.content) })
	if err == nil {
		return g, true
	}
	kept.discard()
	if errors.Is(err, errAlone) {
		return g, false
	}
	g.content = nil
	r.conclude(g.res, err, kept)
	return g, true
}

func (r *run) readHeld(ctx context.Context, j *job, c *content) error {
	in := r.open(ctx, j, nil, 0)
	defer in.Close()
	raw, err := c.kept.tee(in, j.object.Ref)
	if err != nil {
		return err
	}
	for m, err := range newUnpacker(r.options.limits(), r.formats).all(ctx, raw) {
		switch {
		case m.name != "": // a zip file, which may hold several
			return errAlone
		case err != nil:
			return err
		}
		if err := c.member(ctx, m, false); err != nil {
			return err
		}
	}
	return c.kept.rest(raw)
}

// distinct returns the first of a group whose contents neither the ledger has nor one
// before them; what a group of one has is looked at when it is loaded.
func (r *run) distinct(group []reading) []reading {
	seen := map[string]bool{}
	for i, g := range group {
		if g.content == nil {
			continue
		}
		hash := g.content.hash()
		if r.contents[hash] || seen[hash] {
			i = max(1, i)
			discard(group[i:])
			return group[:i]
		}
		seen[hash] = true
	}
	return group
}

func discard(group []reading) {
	for _, g := range group {
		if g.content != nil {
			g.content.kept.discard()
		}
	}
}

func (c *content) hash() string { return hex.EncodeToString(c.sum.Sum(nil)) }
