package loader_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/klauspost/compress/zstd"

	"usagereport/loader"
	"usagereport/loader/stdin"
)

func gzipped(t testing.TB, parts ...string) string {
	t.Helper()
	var b bytes.Buffer
	for _, p := range parts {
		w := gzip.NewWriter(&b)
		pack(t, w, p)
	}
	return b.String()
}

func zstded(t testing.TB, content string, o ...zstd.EOption) string {
	t.Helper()
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, o...)
	if err != nil {
		t.Fatal(err)
	}
	pack(t, w, content)
	return b.String()
}

func pack(t testing.TB, w io.WriteCloser, content string) {
	t.Helper()
	if _, err := io.WriteString(w, content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// zipped packs names and contents, by turns.
func zipped(t testing.TB, pairs ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		f, err := w.Create(pairs[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func utf16ed(order binary.AppendByteOrder, content string) string {
	b := order.AppendUint16(nil, 0xfeff)
	for _, u := range utf16.Encode([]rune(content)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

// Each packing gives the same rows as the file without it, by its content and
// whatever its name is.
func TestPackings(t *testing.T) {
	plain := mosa("s1", 1, 5)
	half := strings.Index(plain, "2026-03-03")
	tabbed := strings.ReplaceAll(strings.Replace(plain, "Storage", "Speicher für 😀", 1), ",", "\t")
	for name, c := range map[string]struct{ content, ref, encoding string }{
		"gzip":                       {gzipped(t, plain), "", "UTF-8, separated by commas"},
		"gzip of several members":    {gzipped(t, plain[:half], plain[half:]), "", ""},
		"zstd":                       {zstded(t, plain), "", ""},
		"zstd of several frames":     {zstded(t, plain[:half]) + zstded(t, plain[half:]), "", ""},
		"zstd after a skipped frame": {"\x5a\x2a\x4d\x18\x03\x00\x00\x00abc" + zstded(t, plain), "", ""},
		"zip":                        {zipped(t, "any name", plain), "/any name", ""},
		"zip with company":           {zipped(t, "a/", "", "a/x.csv", plain, "__MACOSX/a/._x.csv", "\x00", "a/.DS_Store", "\x00"), "/a/x.csv", ""},
		"zip of a folder by Windows": {zipped(t, `a\`, "", `a\x.csv`, plain, `__MACOSX\a\._x.csv`, "\x00"), "/a/x.csv", ""},
		"gzip in zip":                {zipped(t, "x.csv.gz", gzipped(t, plain)), "/x.csv.gz", ""},
		"zip in zip":                 {zipped(t, "x.zip", zipped(t, "y.csv", plain)), "/x.zip/y.csv", ""},
		"zip in gzip":                {gzipped(t, zipped(t, "y.csv", plain)), "/y.csv", ""},
		"UTF-16, little end first":   {utf16ed(binary.LittleEndian, tabbed), "", "UTF-16, separated by tabs"},
		"UTF-16, big end first":      {utf16ed(binary.BigEndian, plain), "", "UTF-16, separated by commas"},
		"UTF-16 without its mark":    {utf16ed(binary.LittleEndian, tabbed)[2:], "", "UTF-16, separated by tabs"},
		"the same, big end first":    {utf16ed(binary.BigEndian, plain)[2:], "", "UTF-16, separated by commas"},
		"UTF-16 in zip":              {zipped(t, "x.txt", utf16ed(binary.LittleEndian, tabbed)), "/x.txt", "UTF-16, separated by tabs"},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			path := write(t, "export", c.content)
			rs := load(t, l, loader.Options{Limits: loader.Limits{TempDir: emptyAfter(t)}}, path)
			if len(rs) != 1 || rs[0].Err != nil || rs[0].Rows != 5 {
				t.Fatalf("%+v", rs)
			}
			if got, want := rs[0].Ref, filepath.ToSlash(path)+c.ref; got != want {
				t.Errorf("ref %s, want %s", got, want)
			}
			if c.encoding != "" && rs[0].Encoding != c.encoding {
				t.Errorf("encoding %q, want %q", rs[0].Encoding, c.encoding)
			}
			if got := value(t, l, "SELECT sum(BilledCost)::DECIMAL(9,1) FROM usage"); got != "5.0" {
				t.Errorf("total %s", got)
			}
			if c.encoding != "" && strings.Contains(c.encoding, "tabs") {
				if got := value(t, l, "SELECT count(*) FROM usage WHERE ServiceName = 'Speicher für 😀'"); got != "1" {
					t.Error("a name has lost characters")
				}
			}
			if rs := load(t, l, loader.Options{}, write(t, "b.csv", plain)); c.encoding == "" && rs[0].Status != loader.Unchanged {
				t.Errorf("the same content without packing is %s", rs[0].Status)
			}
		})
	}
}

// emptyAfter is a folder for temporary files of which none may stay.
func emptyAfter(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Cleanup(func() {
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v (%v)", left, err)
		}
	})
	return dir
}

// Each usage file of a zip file is loaded or refused on its own; what is none
// is named.
func TestZipOfSeveral(t *testing.T) {
	l := open(t)
	costs, err := os.ReadFile("../testdata/usage/openai_costs/costs-2026-10.json")
	if err != nil {
		t.Fatal(err)
	}
	rs := load(t, l, loader.Options{}, write(t, "a.zip", zipped(t, "broken.csv", "a,b,c\n1,2,3\n", "s1.csv", mosa("s1", 1, 3), "notes.txt",
		"hello", "manifest.json", "{}", "s2.CSV.gz", gzipped(t, mosa("s2", 1, 4)), "ai/costs.JSON", string(costs))))
	var got []string
	for _, r := range rs {
		got = append(got, fmt.Sprint(filepath.Base(r.Ref), " ", r.Status, " ", r.Rows))
	}
	if want := []string{"broken.csv refused 0", "s1.csv loaded 3", "s2.CSV.gz loaded 4", "costs.JSON loaded 3"}; !slices.Equal(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
	if w := "2 files beside it were skipped: notes.txt, manifest.json"; !slices.Contains(rs[1].Warnings, w) || slices.Contains(rs[2].Warnings, w) {
		t.Errorf("warnings %q, %q; want %q once", rs[1].Warnings, rs[2].Warnings, w)
	}
}

// Which of several runs counts their manifests say, which are not read in a zip file: by its order an older one would win.
func TestZipOfRuns(t *testing.T) {
	runs := []string{
		"a/manifest.json", "{}", "a/part_0_0001.csv", mosa("s1", 1, 3), "b/manifest.json", "{}", "b/part_0_0001.csv", mosa("s1", 1, 3, ",1,1,", ",1,2,"),
	}
	in := func(a, b string) (pairs []string) { // folders of their own
		for _, p := range runs {
			if strings.HasPrefix(p, "a/") || strings.HasPrefix(p, "b/") {
				p = map[byte]string{'a': a, 'b': b}[p[0]] + p[1:]
			}
			pairs = append(pairs, p)
		}
		return pairs
	}
	manifest := func(run, submitted string, parts ...string) string {
		blobs := make([]string, len(parts))
		for i, p := range parts {
			blobs[i] = fmt.Sprintf(`{"blobName":"e/20260301-20260331/%s"}`, p)
		}
		return fmt.Sprintf(`{"exportConfig":{"exportName":"e","type":"Usage"},"runInfo":{"runId":%q,"submittedTime":%q,"startDate":"2026-03-01","endDate":"2026-03-31"},"blobs":[%s]}`,
			run, submitted, strings.Join(blobs, ","))
	}
	const aws = `{"assemblyId":"x","reportName":"r","reportKeys":["20260301-20260401/x/r-1.csv","20260301-20260401/x/r-2.csv"],"billingPeriod":{"start":"20260301T000000.000Z","end":"20260401T000000.000Z"}}`
	first, second := mosa("s1", 1, 3), mosa("s1", 4, 6)
	of := func(a, b string) []string {
		return []string{
			"e/20260301-20260331/a/p1.csv", first, "e/20260301-20260331/a/manifest.json", a, "e/20260301-20260331/b/p2.csv", second,
			"e/20260301-20260331/b/manifest.json", b,
		}
	}
	for name, c := range map[string]struct {
		pairs  []string
		reason string
	}{
		"two parts of a run": {of(manifest("R", "2026-04-01", "a/p1.csv"), manifest("r", "2026-04-01", "b/p2.csv")), ""},
		"a run's manifest twice": {
			of(manifest("r", "2026-04-01", "a/p1.csv", "b/p2.csv"), manifest("r", "2026-04-01", "a/p1.csv", "b/p2.csv")), "",
		},
		"a later run":      {of(manifest("q", "2026-04-01", "a/p1.csv"), manifest("r", "2026-04-02", "b/p2.csv")), "2 manifests of an export's runs"},
		"a file of no run": {of(manifest("r", "2026-04-01", "a/p1.csv"), manifest("r", "2026-04-01", "a/p1.csv")), "2 manifests of an export's runs"},
		"a file not there": {of(manifest("r", "2026-04-01", "a/p1.csv", "b/p2.csv"), manifest("r", "2026-04-01", "b/p3.csv")), "2 manifests of an export's runs"},
		"AWS's report": {
			[]string{
				"20260301-20260401/r-Manifest.json", aws, "20260301-20260401/x/r-Manifest.json", aws, "20260301-20260401/x/r-1.csv", first,
				"20260301-20260401/x/r-2.csv", second,
			}, "",
		},
		"two months":             {in("e/20260301-20260331/r1", "e/20260401-20260430/r2"), ""},
		"two of AWS's reports":   {in("e/20260301-20260401", "e/20260401-20260501"), ""},
		"two of AWS's months":    {in("e/metadata/BILLING_PERIOD=2026-03", "e/metadata/BILLING_PERIOD=2026-04"), ""},
		"two runs of a month":    {in("e/20260301-20260331/r1", "e/20260301-20260331/r2"), "2 manifests of an export's runs"},
		"windows of days":        {in("e/20260301-20260402/r1", "e/20260401-20260430/r2"), "2 manifests of an export's runs"},
		"two runs":               {runs, "2 manifests of an export's runs, which say which of its 2 files count; unpack it and load the folder"},
		"one run":                {runs[:4], ""},
		"two, one of them empty": {runs[:6], ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := load(t, open(t), loader.Options{}, write(t, "exports.zip", zipped(t, c.pairs...)))[0]
			if c.reason == "" && r.Err != nil || c.reason != "" && !strings.Contains(fmt.Sprint(r.Err), c.reason) {
				t.Errorf("%s: %v", r.Status, r.Err)
			}
		})
	}
}

// small limits, so that bombs can be small.
var small = loader.Limits{Unpacked: 8 << 20, Ratio: 500, RatioFrom: 1 << 20, Entries: 20, Window: 8 << 20}

func TestBombsAndDamage(t *testing.T) {
	plain := mosa("s1", 1, 28)
	header := mosa("", 1, 0)
	var long strings.Builder // does not pack well, so that cutting it leaves something
	long.WriteString(header)
	for i := range 3000 {
		long.WriteString(strings.TrimPrefix(mosa(fmt.Sprintf("%x", i*2654435761), 1, 1), header))
	}
	// Empty lines are no rows, so nothing but the limits ends the reading.
	bomb := plain + strings.Repeat("\n", 7<<20)
	rows := strings.TrimPrefix(long.String(), header)
	many := make([]string, 0, 80)
	for i := range 25 {
		many = append(many, fmt.Sprintf("%d.csv", i), plain)
	}
	damagedZip := []byte(zipped(t, "a.csv", long.String()))
	damagedZip[len(damagedZip)/2] ^= 0xff
	encrypted := []byte(zipped(t, "a.csv", plain))
	encrypted[6] |= 1 // the local header
	encrypted[bytes.Index(encrypted, []byte("PK\x01\x02"))+8] |= 1
	method := []byte(zipped(t, "a.csv", plain))
	method[8] = 9
	method[bytes.Index(method, []byte("PK\x01\x02"))+10] = 9
	lying := []byte(zipped(t, "a.csv", long.String()))
	binary.LittleEndian.PutUint32(lying[bytes.Index(lying, []byte("PK\x01\x02"))+24:], 100)
	for name, c := range map[string]struct{ content, reason string }{
		"a gzip bomb by ratio":      {gzipped(t, bomb), "over 500 times its size"},
		"a gzip bomb by size":       {gzipped(t, long.String()+strings.Repeat(rows, 25)), "over 8 MiB"},
		"a zstd bomb":               {zstded(t, bomb), "over 500 times its size"},
		"a zip bomb":                {zipped(t, "a.csv", bomb), "over 500 times its size"},
		"a nested bomb":             {zipped(t, "a.csv.gz", gzipped(t, bomb)), "over 500 times its size"},
		"twice-packed zeros":        {gzipped(t, gzipped(t, bomb)), "over 500 times its size"},
		"three packings":            {gzipped(t, gzipped(t, gzipped(t, plain))), "more than 2 packings"},
		"three packings with zips":  {zipped(t, "a.zip", zipped(t, "b.csv.gz", gzipped(t, plain))), "more than 2 packings"},
		"many entries":              {zipped(t, many...), "more than 20 entries"},
		"overlapping entries":       {overlapping(t, long.String()), "overlap"},
		"a lying size":              {string(lying), "cut off or damaged"},
		"a zstd window":             {zstded(t, bomb, zstd.WithWindowSize(16<<20)), "without --long"},
		"gzip cut off":              {cut(gzipped(t, long.String())), "the gzip file is cut off or damaged"},
		"gzip cut off in its head":  {gzipped(t, plain)[:5], "cut off or damaged"},
		"gzip and something else":   {gzipped(t, plain) + "something else", "cut off or damaged"},
		"zstd cut off":              {cut(zstded(t, long.String())), "the zstd file is cut off or damaged"},
		"zstd cut off in its head":  {zstded(t, plain)[:5], "cut off or damaged"},
		"zip cut off":               {cut(zipped(t, "a.csv", long.String())), "cut off or damaged"},
		"zip with a flipped bit":    {string(damagedZip), "cut off or damaged"},
		"gzip cut off in a zip":     {zipped(t, "a.csv.gz", cut(gzipped(t, long.String()))), "the gzip file is cut off or damaged"},
		"zip cut off in a gzip":     {cut(gzipped(t, zipped(t, "a.csv", long.String()))), "the gzip file is cut off or damaged"},
		"UTF-16 cut off":            {utf16ed(binary.LittleEndian, plain)[:1001], "the UTF-16 file is cut off or damaged"},
		"an empty zip":              {zipped(t), "holds no usage file"},
		"a zip without usage":       {zipped(t, "a.txt", "x", "b.pdf", "y"), "holds no usage file (*.csv, *.csv.gz, *.csv.zst, *.tsv, *.zip, *.parquet, *.jsonl, *.json); it holds a.txt, b.pdf"},
		"an encrypted zip":          {string(encrypted), "encrypted"},
		"an unknown method":         {string(method), "method 9"},
		"a workbook":                {zipped(t, "[Content_Types].xml", "<x/>", "xl/workbook.xml", "<x/>"), "Excel workbook: save the sheet as CSV"},
		"a workbook in a zip":       {zipped(t, "a.xlsx", zipped(t, "[Content_Types].xml", "<x/>", "xl/workbook.xml", "<x/>")), "Excel workbook: save the sheet as CSV"},
		"a text document":           {zipped(t, "[Content_Types].xml", "<x/>", "word/document.xml", "<x/>"), "Office document"},
		"an OpenDocument":           {zipped(t, "mimetype", "x", "content.xml", "<x/>"), "OpenDocument"},
		"a way out":                 {zipped(t, "../a.csv", plain), "path traversal"},
		"a way out inside":          {zipped(t, "a/../../a.csv", plain), "path traversal"},
		"a way out beside":          {zipped(t, "a.csv", plain, "x/..", "y"), "path traversal"},
		"an absolute path":          {zipped(t, "/etc/a.csv", plain), "path traversal"},
		"a drive letter":            {zipped(t, "C:a.csv", plain), "path traversal"},
		"a way out by backslashes":  {zipped(t, `a\..\..\b.csv`, plain), "path traversal"},
		"a root by a backslash":     {zipped(t, `\\server\b.csv`, plain), "path traversal"},
		"a NUL":                     {zipped(t, "a.csv\x00.txt", plain), "path traversal"},
		"an escape sequence":        {zipped(t, "\x1b[31ma.csv", plain), "path traversal"},
		"xz":                        {"\xfd7zXZ\x00\x00\x00", "packed with xz"},
		"a tar archive":             {gzipped(t, "a.csv"+strings.Repeat("\x00", 252)+"ustar"+strings.Repeat("\x00", 250)), "tar archive"},
		"UTF-32":                    {"\xff\xfe\x00\x00a\x00\x00\x00", "binary data"},
		"a PDF":                     {"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\x00", "it is a PDF"},
		"a PDF of text alone":       {"%PDF-1.4\n1 0 obj\nabc\n", "it is a PDF"},
		"a web page in a zip":       {zipped(t, "a.csv", "<html>"), "web page"},
		"an encrypted Parquet file": {"PARE....PARE", "encrypted Parquet"},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			limits := small
			limits.TempDir = emptyAfter(t)
			rs := load(t, l, loader.Options{Limits: limits}, write(t, "export.csv", c.content))
			if len(rs) != 1 || rs[0].Status != loader.Refused || !strings.Contains(fmt.Sprint(rs[0].Err), c.reason) {
				t.Errorf("%+v; want one refused: %s", rs, c.reason)
			}
		})
	}
}

func cut(s string) string { return s[:len(s)-len(s)/3] }

// overlapping makes a zip file whose entries share one run of packed bytes:
// each directory entry points at the same local file.
func overlapping(t testing.TB, content string) string {
	t.Helper()
	z := []byte(zipped(t, "a.csv", content))
	dir, end := bytes.Index(z, []byte("PK\x01\x02")), bytes.LastIndex(z, []byte("PK\x05\x06"))
	entry := z[dir:end]
	out := slices.Clone(z[:dir])
	const n = 10
	for range n {
		out = append(out, entry...)
	}
	tail := slices.Clone(z[end:])
	binary.LittleEndian.PutUint16(tail[8:], n)
	binary.LittleEndian.PutUint16(tail[10:], n)
	binary.LittleEndian.PutUint32(tail[12:], uint32(n*len(entry)))
	return string(append(out, tail...))
}

// What is read from a copy leaves none behind, whatever ends the reading.
func TestCopiesAreRemoved(t *testing.T) {
	parquet := filepath.Join(t.TempDir(), "a.parquet")
	duck(t, "COPY (FROM read_csv('"+write(t, "a.csv", mosa("s1", 1, 5))+"', all_varchar = true)) TO '"+parquet+"' (FORMAT parquet)")
	b, err := os.ReadFile(parquet)
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the connection broke")
	for name, content := range map[string]string{"zip": zipped(t, "a.csv", mosa("s1", 1, 5)), "Parquet": string(b)} {
		o := loader.Options{Now: fixedNow, Limits: loader.Limits{TempDir: emptyAfter(t)}}
		from := func(ctx context.Context, in io.Reader) (loader.FileResult, error) {
			rs, err := loader.Load(ctx, open(t), map[string]loader.Source{"stdin": &stdin.Source{In: in}}, []string{"-"}, o)
			if errors.Is(err, context.Canceled) && len(rs) == 0 {
				return loader.FileResult{}, err
			}
			if len(rs) != 1 {
				t.Fatalf("%s: %+v, %v", name, rs, err)
			}
			return rs[0], err
		}
		if r, err := from(t.Context(), strings.NewReader(content)); err != nil || r.Rows != 5 {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		if r, _ := from(t.Context(), io.MultiReader(strings.NewReader(content[:50]), iotest.ErrReader(broken))); !errors.Is(r.Err, broken) {
			t.Errorf("%s, of which the connection broke: %v", name, r.Err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		in, w := io.Pipe()
		go func() {
			_, _ = io.WriteString(w, content[:50])
			cancel()
		}()
		if _, err := from(ctx, in); !errors.Is(err, context.Canceled) {
			t.Errorf("%s, cancelled: %v", name, err)
		}
		o.Limits.TempDir = filepath.Join(o.Limits.TempDir, "none")
		if r, _ := from(t.Context(), strings.NewReader(content)); r.Err == nil || !strings.Contains(r.Err.Error(), "set TMPDIR to a folder with room") {
			t.Errorf("%s, without a folder for copies: %v", name, r.Err)
		}
	}
}
