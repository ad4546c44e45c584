package loader

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A job is what is loaded in one transaction: one file, or all files of an
// export's run.
type job struct {
	result   *FileResult // what became of it already: nothing is left to do
	source   Source
	remote   bool
	object   Object // the file, or the manifest
	parts    []part
	bytes    []byte    // of a small remote file, once it was fetched
	manifest *manifest // nil for a file
}

// costType returns what is known of the job's cost type before it is read, "" for
// nothing.
func (j *job) costType() string {
	if j.manifest == nil {
		return j.object.CostType
	}
	return j.manifest.costType()
}

// A part is one file of a job.
type part struct {
	Object
	rows int64 // that it must have; -1 if nothing says
}

// plan lists what a ref names and makes jobs of it, also of what is left out and
// of what cannot be loaded.
func (r *run) plan(ctx context.Context, source Source, ref Ref, shown string) (jobs []*job) {
	settled := func(res FileResult) { jobs = append(jobs, &job{object: Object{Ref: res.Ref}, result: &res}) }
	named := ref
	if isManifest(ref.Rest) && (ref.Scheme == "https" || ref.Scheme == "http") {
		return []*job{{result: refused(shown, errors.New("what a manifest names cannot be listed on a web server; name the storage "+
			"(azblob://, s3://, gs://), or each file"))}}
	}
	if isManifest(ref.Rest) {
		// The files of a run lie beside its manifest or elsewhere below it.
		ref.Rest = manifestRoot(ref.Rest)
	}
	objects, unread, err := r.list(ctx, source, ref)
	for _, e := range unread {
		settled(refusal(e.Ref, e.Err))
	}
	if err != nil {
		settled(refusal(shown, err))
	}
	remote := ref.Scheme != "file" && ref.Scheme != "stdin"
	objects = slices.DeleteFunc(objects, func(o Object) bool {
		return path.Base(o.Ref) != path.Base(named.Rest) && r.strangeJSON(ctx, source, o, remote)
	})
	if len(objects) == 0 && len(unread) == 0 && err == nil {
		settled(refusal(shown, ErrNothing))
	}
	var manifests, broken, others []*manifest
	var data []Object
	for _, o := range objects {
		switch {
		case isStatus(o.Ref) && len(objects) > 1:
		case !isManifest(o.Ref):
			data = append(data, o)
		case named == ref || path.Base(o.Ref) == path.Base(named.Rest) && strings.HasSuffix(o.Ref, strings.TrimPrefix(named.Rest, "./")):
			m, err := r.readManifest(ctx, source, o, remote)
			if err != nil {
				res := refusal(o.Ref, err)
				if errors.Is(err, errNoUsage) {
					res.Status = Superseded
					others = append(others, m)
				}
				settled(res)
				broken = append(broken, &manifest{object: o})
			} else {
				manifests = append(manifests, m)
			}
		}
	}
	claimed := map[string]bool{}
	for _, m := range append(others, manifests...) {
		for _, p := range m.parts {
			if o, ok := m.find(p, data); ok {
				claimed[o.Ref] = true
			}
		}
	}
	manifests = joinedRuns(manifests)
	dateLast(manifests)
	var runs []*job
	for _, m := range manifests {
		if n := latest(manifests, m); n != nil {
			err := fmt.Errorf("a later run of the export is there: %s, submitted %s", n.object.Ref, n.submitted.Format("2006-01-02 15:04:05 UTC"))
			switch {
			case n.above(m) && n.run == m.run:
				err = fmt.Errorf("left out: %s is of the same run", n.object.Ref)
			case n.above(m):
				err = fmt.Errorf("left out: the report's last run is another, says %s", n.object.Ref)
			}
			settled(FileResult{Ref: m.object.Ref, Status: Superseded, Err: err})
			continue
		}
		j := &job{source: source, remote: remote, object: m.object, manifest: m}
		if err := j.collect(data); err != nil {
			settled(refusal(m.object.Ref, err))
			continue
		}
		runs = append(runs, j)
	}
	slices.SortStableFunc(runs, func(a, b *job) int { return a.manifest.submitted.Compare(b.manifest.submitted) })
	for i, j := range runs {
		if j.manifest.ofReservations() {
			runs[i] = j.besideUsage()
		}
	}
	jobs = append(jobs, runs...)
	if named != ref {
		return jobs
	}
	loose := slices.DeleteFunc(data, func(o Object) bool { return claimed[o.Ref] })
	numbered, loose := numberedRuns(loose)
	for _, j := range numbered {
		j.source, j.remote = source, remote
		jobs = append(jobs, j)
	}
	byGUID := runsOf(loose)
	for _, o := range loose {
		if m := beside(o, append(manifests, broken...)); m != nil {
			settled(FileResult{Ref: o.Ref, Status: Superseded, Err: errors.New("left out: no manifest names it, so its run has not ended " +
				"or was broken off")})
			continue
		}
		if n := byGUID.newer(o); n != nil {
			settled(FileResult{Ref: o.Ref, Status: Superseded, Err: fmt.Errorf("left out: %s is a later run of the same export", n.Ref)})
			continue
		}
		jobs = append(jobs, &job{source: source, remote: remote, object: o, parts: []part{{o, -1}}})
	}
	return jobs
}

// strangeJSON reports whether an object that a folder or a prefix has is a JSON file of something else: by
// its name it could be anything.
func (r *run) strangeJSON(ctx context.Context, source Source, o Object, remote bool) bool {
	name := strings.TrimSuffix(strings.ToLower(o.Ref), ".gz")
	if !strings.HasSuffix(name, ".json") || isManifest(name) || strings.HasSuffix(name, "/pt1h.json") { // an hour of Azure's activity log
		return false
	}
	if o.Size == 0 {
		return true
	}
	in := r.fetch(ctx, source, o, remote)
	defer in.Close()
	for m, err := range newUnpacker(r.options.limits(), r.formats).all(ctx, in) {
		return err == nil && !holdsUsage(m.Reader, r.formats)
	}
	return true
}

// latest returns the last run that replaces m.
func latest(manifests []*manifest, m *manifest) *manifest {
	var last *manifest
	for _, n := range manifests {
		if n.replaces(m) && (last == nil || n.above(last) || n.submitted.After(last.submitted)) {
			last = n
		}
	}
	return last
}

// manifestRoot is the place to look for the files that a manifest names: AWS
// keeps manifests beside the folder of the data ("metadata/…" and "data/…"),
// Azure in it.
func manifestRoot(rest string) string {
	if before, _, ok := strings.Cut(rest, "/metadata/"); ok {
		return before
	}
	return path.Dir(rest)
}

// list returns what a ref names, and the places in it that cannot be read.
func (r *run) list(ctx context.Context, source Source, ref Ref) (objects []Object, unread []*PlaceError, err error) {
	err = r.retry(ctx, ref.String(), func() error {
		objects, unread = nil, nil
		for obj, err := range source.List(ctx, ref) {
			var place *PlaceError
			switch {
			case errors.As(err, &place):
				unread = append(unread, place)
			case err != nil:
				return err
			case ref.Scheme == "file" && obj.Ref != ref.Rest && r.options.LeaveOut != nil && r.options.LeaveOut(obj.Ref):
			default:
				objects = append(objects, obj)
			}
		}
		return nil
	})
	return objects, unread, err
}

func (r *run) readManifest(ctx context.Context, source Source, o Object, remote bool) (*manifest, error) {
	in := r.fetch(ctx, source, o, remote)
	defer in.Close()
	b, err := io.ReadAll(io.LimitReader(in, maxManifest+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxManifest {
		return nil, fmt.Errorf("the manifest has more than %d bytes, which none has", maxManifest)
	}
	return parseManifest(b, o)
}

// collect finds the files of a run and holds them to the manifest.
func (j *job) collect(data []Object) error {
	for _, p := range j.manifest.parts {
		o, ok := j.manifest.find(p, data)
		switch {
		case !ok:
			return fmt.Errorf("the manifest names %s, which is not there; the run may be being replaced, so try again later", p.name)
		case p.bytes >= 0 && o.Size >= 0 && o.Size != p.bytes:
			return fmt.Errorf("%s has %d bytes and the manifest says %d; the run may be being replaced, so try again later", o.Ref, o.Size, p.bytes)
		}
		j.parts = append(j.parts, part{o, p.rows})
	}
	slices.SortStableFunc(j.parts, func(a, b part) int { return cmp.Compare(a.Ref, b.Ref) })
	return nil
}

// besideUsage returns the job of a run of reservations, which is no load and stands beside the usage. A part without a row says nothing.
func (j *job) besideUsage() *job {
	parts := slices.DeleteFunc(slices.Clone(j.parts), func(p part) bool { return p.rows == 0 })
	err := errNoFiles
	switch {
	case len(parts) == 1:
		return &job{source: j.source, remote: j.remote, object: parts[0].Object, parts: parts}
	case len(parts) > 1:
		err = fmt.Errorf("left out: a file of reservations speaks for whole days, and this run has %d; put them below one header in one file, "+
			"and load that", len(parts))
	}
	return &job{object: j.object, result: &FileResult{Ref: j.object.Ref, Status: Superseded, Err: err}}
}

// beside returns a manifest of a run to whose export an object belongs, though it
// names it not: it lies in the run's folder, or, under the name of one of its
// parts, in a folder beside that one. AWS keeps manifests below "metadata" and
// the files below "data".
func beside(o Object, manifests []*manifest) *manifest {
	for _, m := range manifests {
		dir, mdir := dirOf(o.Ref), dirOf(m.object.Ref)
		above := dirOf(strings.TrimSuffix(dir, "/"))
		sibling := above != "" && above == dirOf(strings.TrimSuffix(mdir, "/")) &&
			slices.ContainsFunc(m.parts, func(p manifestPart) bool { return path.Base(p.name) == path.Base(o.Ref) })
		if dir == mdir || sibling {
			return m
		}
		if root, _, ok := strings.Cut(m.object.Ref, "/metadata/"); ok && strings.HasPrefix(o.Ref, root+"/data/") {
			return m
		}
	}
	return nil
}

// numberedFile is how Oracle names the files of its reports, some for each day, at times
// in folders by day.
var numberedFile = regexp.MustCompile(`^(.*/|)\d{16}(-\d{5})?\.csv(\.gz)?$`)

// dayFolder is the end of such a folder's path.
var dayFolder = regexp.MustCompile(`(\d{4}/\d{2}/\d{2}/)$`)

// numberedRuns makes one job of the numbered files of a folder, where there are several,
// and returns the other objects. Each of them has some hours of its days, so none
// replaces another, and together they are what the folder says.
func numberedRuns(objects []Object) (jobs []*job, rest []Object) {
	folders := map[string][]part{}
	for _, o := range objects {
		if m := numberedFile.FindStringSubmatch(o.Ref); m != nil {
			at := dayFolder.ReplaceAllString(m[1], "")
			folders[at] = append(folders[at], part{o, -1})
		}
	}
	maps.DeleteFunc(folders, func(_ string, parts []part) bool { return len(parts) == 1 })
	for _, at := range slices.Sorted(maps.Keys(folders)) {
		whole := Object{Ref: at, Size: -1}
		jobs = append(jobs, &job{object: whole, manifest: &manifest{object: whole, rows: -1}, parts: folders[at]})
	}
	for _, o := range objects {
		m := numberedFile.FindStringSubmatch(o.Ref)
		if m == nil || folders[dayFolder.ReplaceAllString(m[1], "")] == nil {
			rest = append(rest, o)
		}
	}
	return jobs, rest
}

// A runs holds the files of exports that name each run's files by a new GUID, by what
// the names have beside it.
type runs map[string][]*Object

var runGUID = regexp.MustCompile(`(?i)_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(\.csv(\.gz)?)$`)

// exportOf returns what the name of a run's file has beside its GUID, "" for another file.
func exportOf(o Object) string {
	if !runGUID.MatchString(o.Ref) {
		return ""
	}
	return runGUID.ReplaceAllString(o.Ref, "$1")
}

func runsOf(objects []Object) runs {
	r := runs{}
	for i, o := range objects {
		if export := exportOf(o); export != "" {
			r[export] = append(r[export], &objects[i])
		}
	}
	return r
}

// newer returns the newest other object of the same folder whose name differs
// from o's in a GUID alone, if it was written later than o and is no smaller. So
// the older exports of Azure name their files: each run writes all of the month
// so far under a new GUID and writes no manifest. The size guards against copies
// whose times are those of the copying: then all are read, and their reach
// decides.
func (r runs) newer(o Object) (newest *Object) {
	if o.Modified.IsZero() {
		return nil
	}
	for _, other := range r[exportOf(o)] {
		if other.Ref != o.Ref && other.Modified.After(o.Modified) && other.Size >= o.Size &&
			(newest == nil || other.Modified.After(newest.Modified)) {
			newest = other
		}
	}
	return newest
}
