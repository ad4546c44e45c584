package loader

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

var errExcel = errors.New("it is an Excel workbook: save the sheet as CSV")

// zip yields the usage files of a zip file. Its directory stands at its end, so
// it is read where it lies if raw is a file, else from a copy.
func (u *unpacker) zip(ctx context.Context, br *bufio.Reader, raw io.Reader, name string, depth int, yield func(member, error) bool) bool {
	fail := func(err error) bool { return yield(member{name: name}, err) }
	at, size, ok := onDisk(raw)
	if !ok {
		f, remove, err := u.spool(ctx, br)
		if err != nil {
			return fail(err)
		}
		defer remove()
		if at, size, ok = onDisk(f); !ok {
			return fail(errors.New("look at the copy of the zip file: it is no regular file"))
		}
	}
	files, err := u.directory(at, size)
	if err != nil {
		return fail(err)
	}
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return fail(err)
		}
		if !u.entry(ctx, f, path.Join(name, f.Name), depth, yield) {
			return false
		}
	}
	return true
}

func (u *unpacker) entry(ctx context.Context, f *zip.File, name string, depth int, yield func(member, error) bool) bool {
	u.failed = nil // another member's damage
	r, err := f.Open()
	switch {
	case errors.Is(err, zip.ErrAlgorithm):
		return yield(member{name: name}, fmt.Errorf("it is packed by method %d of zip, which usagereport does not read; unpack it, or "+
			"pack it again with gzip", f.Method))
	case err != nil:
		return yield(member{name: name}, u.damaged("zip", err))
	}
	defer r.Close()
	return u.open(ctx, &guard{r, u, "zip", depth + 1}, nil, name, depth+1, yield)
}

// directory returns the entries of a zip file that are to be read, all of them
// checked, and keeps the names of those that are skipped.
func (u *unpacker) directory(at io.ReaderAt, size int64) ([]*zip.File, error) {
	// How many entries there are is known when all are in memory; the bytes of
	// the directory bound them before. An entry takes 46 and its name.
	const perEntry = 512
	bounded := &boundedAt{ReaderAt: at, left: int64(u.limits.Entries)*perEntry + 256<<10}
	zr, err := zip.NewReader(bounded, size)
	tooMany := fmt.Errorf("it has more than %d entries, the most that are read of one zip file; unpack it and load the folder",
		u.limits.Entries)
	switch {
	case bounded.left < 0, err == nil && len(zr.File) > u.limits.Entries:
		return nil, tooMany
	case err != nil:
		return nil, fmt.Errorf("it begins like a zip file or an Excel workbook, but is cut off or damaged (%w); fetch it again", err)
	}
	bounded.free = true
	zr.RegisterDecompressor(zip.Store, func(r io.Reader) io.ReadCloser { return io.NopCloser(&packedReader{r, u}) })
	zr.RegisterDecompressor(zip.Deflate, func(r io.Reader) io.ReadCloser { return flate.NewReader(&packedReader{r, u}) })
	unzstd := zstd.ZipDecompressor(u.zstdOptions()...)
	zr.RegisterDecompressor(zstd.ZipMethodWinZip, func(r io.Reader) io.ReadCloser { return unzstd(&packedReader{r, u}) })

	if err := office(zr); err != nil {
		return nil, err
	}
	var packed uint64
	var files []*zip.File
	for _, f := range zr.File {
		f.Name = strings.ReplaceAll(f.Name, `\`, "/") // as Windows packs folders
		if err := safeName(f.Name); err != nil {
			return nil, err
		}
		if packed += f.CompressedSize64; f.CompressedSize64 > uint64(size) || packed > uint64(size) {
			return nil, errors.New("its entries are larger together than the zip file itself: they overlap, as in a zip bomb, or it is cut " +
				"off or damaged; fetch it again")
		}
		switch {
		case strings.HasSuffix(f.Name, "/"):
			continue
		case hidden(f.Name):
			continue // the shadows that macOS packs beside each file are no news
		case !f.Mode().IsRegular():
			u.skipped = append(u.skipped, f.Name)
			continue
		}
		files = append(files, f)
	}
	if len(files) != 1 { // a single file is meant, whatever its name is
		files = slices.DeleteFunc(files, func(f *zip.File) bool {
			skip := !IsUsageFile(f.Name) || strings.HasSuffix(strings.ToLower(f.Name), ".json") && !u.usageJSON(f)
			if skip {
				u.skipped = append(u.skipped, f.Name)
			}
			return skip
		})
	}
	for _, f := range files {
		// Bit 0 is encryption, 6 strong encryption, 13 an encrypted directory.
		if f.Flags&(1|1<<6|1<<13) != 0 {
			return nil, fmt.Errorf("the zip file is encrypted (%q); unpack it with its password and load what it holds", f.Name)
		}
	}
	runs := slices.DeleteFunc(slices.Clone(u.skipped), func(name string) bool { return !isManifest(name) })
	if len(runs) > 1 && len(files) > 1 && !otherMonths(runs) && !allCount(zr, files) {
		return nil, fmt.Errorf("it holds %d manifests of an export's runs, which say which of its %d files count; unpack it and load the folder",
			len(runs), len(files))
	}
	if len(files) == 0 {
		err := fmt.Errorf("the zip file %w", ErrNothing)
		if len(u.skipped) > 0 {
			err = fmt.Errorf("%w; it holds %s", err, joined(u.skipped, 5))
		}
		return nil, err
	}
	return files, nil
}

// monthFolder is the folder in which an export keeps the runs of a month.
var monthFolder = regexp.MustCompile(`(?:^|/)(?:(20\d{4})01-(20\d{4})(\d\d)|BILLING_PERIOD=(20\d\d-\d\d))/`)

// otherMonths reports whether each of some manifests lies in the folder of another month: then no run takes another's place.
func otherMonths(manifests []string) bool {
	seen := map[string]bool{}
	for _, name := range manifests {
		m := monthFolder.FindStringSubmatch(name)
		if m == nil || seen[m[1]+m[4]] || m[1] != m[2] && m[3] != "01" { // AWS names the day after it
			return false
		}
		seen[m[1]+m[4]] = true
	}
	return true
}

// allCount reports whether the manifests in a zip file say of each of its files that it counts: those of one run, or of
// runs of which none takes another's place.
func allCount(zr *zip.Reader, files []*zip.File) bool {
	var manifests []*manifest
	for _, f := range zr.File {
		if !isManifest(f.Name) || hidden(f.Name) {
			continue
		}
		m, err := manifestIn(f)
		if err != nil || len(manifests) == mostRuns {
			return false
		}
		manifests = append(manifests, m)
	}
	objects := make([]Object, len(files))
	for i, f := range files {
		objects[i].Ref = f.Name
	}
	manifests = joinedRuns(manifests)
	dateLast(manifests)
	named := map[string]bool{}
	for _, m := range manifests {
		n := latest(manifests, m)
		for _, p := range m.parts {
			o, ok := m.find(p, objects)
			if !ok || n != nil && !slices.ContainsFunc(n.parts, p.is) {
				return false
			}
			named[o.Ref] = true
		}
	}
	return len(named) == len(files)
}

// mostRuns is how many manifests are read of a zip file, each of which may unpack to a lot.
const mostRuns = 100

// manifestIn reads an entry of a zip file that is a manifest.
func manifestIn(f *zip.File) (*manifest, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxManifest))
	if err != nil {
		return nil, err
	}
	return parseManifest(b, Object{Ref: f.Name, Modified: f.Modified})
}

// usageJSON reports whether an entry named like JSON, of which many are something else, is read.
func (u *unpacker) usageJSON(f *zip.File) bool {
	r, err := f.Open()
	if err != nil {
		return true // what is wrong with it is said where it is read
	}
	defer r.Close()
	return holdsUsage(bufio.NewReaderSize(io.LimitReader(r, 8*peekSize), peekSize), u.formats) || f.Flags&1 != 0
}

// boundedAt bounds how much is read, until it is free.
type boundedAt struct {
	io.ReaderAt
	left int64
	free bool
}

func (b *boundedAt) ReadAt(p []byte, off int64) (int, error) {
	if !b.free {
		if b.left -= int64(len(p)); b.left < 0 {
			return 0, errors.New("its directory is too large")
		}
	}
	return b.ReaderAt.ReadAt(p, off)
}

// office says that a zip file is a document: those are zip files too.
func office(zr *zip.Reader) error {
	has := func(match func(name string) bool) bool {
		return slices.ContainsFunc(zr.File, func(f *zip.File) bool { return match(f.Name) })
	}
	is := func(name string) func(string) bool { return func(n string) bool { return n == name } }
	switch {
	case has(is("[Content_Types].xml")) && has(func(n string) bool { return strings.HasPrefix(n, "xl/") }):
		return errExcel
	case has(is("[Content_Types].xml")):
		return errors.New("it is an Office document, not a usage file; save its table as CSV")
	case has(is("mimetype")) && has(is("content.xml")):
		return errors.New("it is an OpenDocument spreadsheet: save the sheet as CSV")
	}
	return nil
}

// safeName refuses a name that would lead out of the folder into which somebody
// unpacks it. Nothing is written under it here; but who packs such names means
// harm, and they are shown and kept.
func safeName(name string) error {
	bad := ""
	switch {
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		bad = "a control character"
	case strings.HasPrefix(name, "/"):
		bad = "an absolute path"
	case len(name) >= 2 && name[1] == ':':
		bad = "a drive letter"
	case slices.Contains(strings.Split(name, "/"), ".."):
		bad = "a way out of its folder (..)"
	case name == "":
		bad = "no name"
	}
	if bad != "" {
		return fmt.Errorf("the zip file is refused for path traversal: the name of its entry %q has %s; unpack it with a program that "+
			"you trust and load the folder", name, bad)
	}
	return nil
}

// hidden reports whether an entry is one that people do not see.
func hidden(name string) bool {
	return slices.ContainsFunc(strings.Split(name, "/"), func(part string) bool {
		return strings.HasPrefix(part, ".") || part == "__MACOSX"
	})
}
