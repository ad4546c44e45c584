package loader

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"usagereport/usage"
)

// A manifest is what an export says of one of its runs: which files make it up,
// and what they must hold. Azure's Cost Management and AWS's Data Exports write
// one after the data of each run.
type manifest struct {
	object    Object
	export    string       // the export, as far as the manifest says
	kind      string       // Azure: ActualCost, AmortizedCost, FocusCost, Usage, PriceSheet, ...
	span      usage.Period // of the run's data; zero if it does not say
	submitted time.Time    // when the run began; of AWS when the manifest was written
	run       string       // AWS: the run's own id
	runID     string       // Azure: likewise
	rows      int64        // -1 if it does not say
	parts     []manifestPart
}

type manifestPart struct {
	name  string // in its container
	bytes int64  // -1 if it does not say
	rows  int64  // -1 if it does not say
}

// isManifest says by an object's name whether it is a manifest. What AWS lists for Redshift
// beside a report is none.
func isManifest(ref string) bool {
	ref = strings.ToLower(ref)
	return strings.HasSuffix(ref, "manifest.json") && !strings.HasSuffix(ref, "redshiftmanifest.json")
}

// isStatus says by an object's name whether it is the table beside a report of AWS for Athena which
// says that the report is ready ("Querying Cost and Usage Reports using Amazon Athena").
func isStatus(ref string) bool {
	return path.Base(path.Dir(strings.ReplaceAll(ref, `\`, "/"))) == "cost_and_usage_data_status"
}

// errNoUsage says that a run holds something else than usage.
var errNoUsage = errors.New("holds no usage")

// maxManifest bounds what is read of a manifest.
const maxManifest = 16 << 20

// azureManifest is Azure's manifest.json, version 2024-04-01 (Microsoft Learn,
// "Tutorial: Improved exports").
type azureManifest struct {
	DataRowCount *int64 `json:"dataRowCount"`
	ExportConfig struct {
		ExportName string `json:"exportName"`
		ResourceID string `json:"resourceId"`
		Type       string `json:"type"`
	} `json:"exportConfig"`
	RunInfo struct {
		RunID         string `json:"runId"`
		SubmittedTime string `json:"submittedTime"`
		StartDate     string `json:"startDate"`
		EndDate       string `json:"endDate"`
	} `json:"runInfo"`
	Blobs []struct {
		BlobName     string `json:"blobName"`
		ByteCount    *int64 `json:"byteCount"`
		DataRowCount *int64 `json:"dataRowCount"`
	} `json:"blobs"`
}

// awsManifest is the manifest of AWS Data Exports ("…-Manifest.json", dataFiles)
// and of the older Cost and Usage Reports (reportKeys).
type awsManifest struct {
	DataFiles     []string `json:"dataFiles"`
	ExportArn     string   `json:"exportArn"`
	ReportKeys    []string `json:"reportKeys"`
	ReportName    string   `json:"reportName"`
	AssemblyID    string   `json:"assemblyId"`
	BillingPeriod struct {
		Start string `json:"start"`
		End   string `json:"end"`
	} `json:"billingPeriod"`
}

// parseManifest reads a manifest. The error says what is wrong with it.
func parseManifest(b []byte, obj Object) (*manifest, error) {
	var kinds map[string]json.RawMessage
	b = bytes.TrimPrefix(b, bom)
	if err := json.Unmarshal(b, &kinds); err != nil {
		return nil, fmt.Errorf("it is not a manifest: it is no JSON object (%w); it may still be being written, so try again", err)
	}
	needed := func(kind string, list any) error {
		if kinds[kind] == nil || json.Unmarshal(kinds[kind], list) == nil {
			return nil
		}
		return fmt.Errorf("the manifest cannot be read: its %s are not a list of files", kind)
	}
	var m *manifest
	var err error
	switch {
	case kinds["blobs"] != nil && kinds["runInfo"] != nil:
		if err := needed("blobs", &[]struct{ BlobName string }{}); err != nil {
			return nil, err
		}
		m, err = azureRun(b, obj)
	case kinds["dataFiles"] != nil || kinds["reportKeys"] != nil:
		if err := errors.Join(needed("dataFiles", &[]string{}), needed("reportKeys", &[]string{})); err != nil {
			return nil, err
		}
		m, err = awsRun(b, obj)
	default:
		err = errors.New("it is not a manifest of an export that usagereport knows: it has neither blobs and runInfo (Azure) nor " +
			"dataFiles (AWS)")
	}
	if err == nil && slices.ContainsFunc(m.parts, func(p manifestPart) bool { return p.name == "" }) {
		err = errors.New("the manifest cannot be read: it names a file without a name; fetch it again")
	}
	return m, err
}

// fillManifest fills a manifest as far as its fields are what they are known to be: what
// of it is needed was looked at before, and another field must keep no run out.
func fillManifest(b []byte, into any) error {
	err := json.Unmarshal(b, into)
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		return nil
	}
	return err
}

func azureRun(b []byte, obj Object) (*manifest, error) {
	var a azureManifest
	if err := fillManifest(b, &a); err != nil {
		return nil, fmt.Errorf("the manifest cannot be read: %w", err)
	}
	m := &manifest{
		object: obj, kind: a.ExportConfig.Type, rows: -1,
		export: strings.ToLower(cmp.Or(a.ExportConfig.ResourceID, a.ExportConfig.ExportName)), runID: strings.ToLower(a.RunInfo.RunID),
	}
	var err error
	if m.submitted, err = manifestTime(a.RunInfo.SubmittedTime); err != nil {
		return nil, fmt.Errorf("the manifest's submittedTime %q is not a time", a.RunInfo.SubmittedTime)
	}
	m.span = manifestSpan(a.RunInfo.StartDate, a.RunInfo.EndDate, true)
	if a.DataRowCount != nil {
		m.rows = max(-1, *a.DataRowCount)
	}
	for _, blob := range a.Blobs {
		p := manifestPart{name: strings.TrimSpace(blob.BlobName), bytes: -1, rows: -1} // the documented sample has stray blanks
		if blob.ByteCount != nil {
			p.bytes = max(-1, *blob.ByteCount)
		}
		if blob.DataRowCount != nil {
			p.rows = max(-1, *blob.DataRowCount)
		}
		m.parts = append(m.parts, p)
	}
	if !m.ofReservations() && !slices.Contains([]string{"", "usage", "actualcost", "amortizedcost", "focuscost"}, strings.ToLower(m.kind)) {
		return m, fmt.Errorf("left out: a %s export %w", m.kind, errNoUsage)
	}
	return m, nil
}

func awsRun(b []byte, obj Object) (*manifest, error) {
	var a awsManifest
	if err := fillManifest(b, &a); err != nil {
		return nil, fmt.Errorf("the manifest cannot be read: %w", err)
	}
	m := &manifest{
		object: obj, export: cmp.Or(a.ExportArn, a.ReportName, path.Base(obj.Ref)), submitted: obj.Modified, run: a.AssemblyID, rows: -1,
	}
	if began := awsRunFolder.FindStringSubmatch(obj.Ref); began != nil {
		if t, err := manifestTime(began[1]); err == nil {
			m.submitted = t
		}
	}
	m.span = manifestSpan(a.BillingPeriod.Start, a.BillingPeriod.End, false)
	for _, name := range append(a.DataFiles, a.ReportKeys...) {
		if _, key, ok := strings.Cut(strings.TrimPrefix(name, "s3://"), "/"); ok && strings.HasPrefix(name, "s3://") {
			name = key
		}
		m.parts = append(m.parts, manifestPart{name: name, bytes: -1, rows: -1})
		if month := awsMonth.FindStringSubmatch(name); month != nil && m.span == (usage.Period{}) {
			if first, err := manifestTime(month[1] + "-01"); err == nil {
				m.span = usage.DayOf(first).Month()
			}
		}
	}
	return m, nil
}

// awsMonth is the month of the files of a data export, which its manifest does not name.
var awsMonth = regexp.MustCompile(`(?i)/billing_period=(\d{4}-\d{2})/`)

// awsRunFolder is the folder of a run of a data export that keeps its runs: when it began, and its id.
var awsRunFolder = regexp.MustCompile(`/(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)-[^/]*/[^/]*$`)

// manifestTime reads the times of manifests: with seven fraction digits or none,
// with a zone or, taken as UTC, without one.
func manifestTime(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02", "20060102T150405.000Z"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time", s)
}

// manifestSpan returns the days from start to end, of which the last is one of them
// where inclusive says so; none where either is no time.
func manifestSpan(start, end string, inclusive bool) usage.Period {
	from, err1 := manifestTime(start)
	to, err2 := manifestTime(end)
	p := usage.Period{From: usage.DayOf(from), To: usage.DayOf(to)}
	if inclusive {
		p.To++
	}
	if err1 != nil || err2 != nil || p.To <= p.From {
		return usage.Period{}
	}
	return p
}

// replaces reports whether m is a later run of the same export as old that holds all
// of its days. Runs of which nothing tells the days are apart, and the ledger tells
// them apart by what they hold.
func (m *manifest) replaces(old *manifest) bool {
	if m == old || !strings.EqualFold(m.export, old.export) || !strings.EqualFold(m.kind, old.kind) || old.span == (usage.Period{}) ||
		m.span.From > old.span.From || m.span.To < old.span.To || old.above(m) {
		return false
	}
	return m.above(old) || m.submitted.After(old.submitted) || m.submitted.Equal(old.submitted) && m.object.Ref > old.object.Ref
}

// above reports whether m is the manifest that AWS writes anew above the folders of a
// report's runs and that names the files of the last: what it says holds, and not when the
// runs' own manifests were written, for a copy of the tree has other times.
func (m *manifest) above(run *manifest) bool {
	at := dirOf(run.object.Ref)
	return m.run != "" && run.run != "" && at != dirOf(m.object.Ref) && strings.HasPrefix(at, dirOf(m.object.Ref)) &&
		path.Base(m.object.Ref) == path.Base(run.object.Ref)
}

// joinedRuns returns manifests with those of which each names other files of one run as one.
func joinedRuns(manifests []*manifest) (out []*manifest) {
	for _, m := range manifests {
		i := slices.IndexFunc(out, func(o *manifest) bool {
			same := m.runID != "" && m.runID == o.runID && m.export == o.export && m.kind == o.kind && m.span == o.span
			return same && m.submitted.Equal(o.submitted) &&
				!slices.ContainsFunc(m.parts, func(p manifestPart) bool { return slices.ContainsFunc(o.parts, p.is) })
		})
		if i < 0 {
			out = append(out, m)
			continue
		}
		o := out[i]
		o.parts = append(o.parts, m.parts...)
		if o.rows += m.rows; m.rows < 0 || o.rows < m.rows {
			o.rows = -1
		}
	}
	return out
}

// is reports whether p and o are the same file.
func (p manifestPart) is(o manifestPart) bool { return p.name == o.name }

// dateLast sets the time of each manifest that names a report's last run to that of the
// newest below it, at the least.
func dateLast(manifests []*manifest) {
	for _, m := range manifests {
		for _, run := range manifests {
			if m.above(run) && m.span == run.span && run.submitted.After(m.submitted) {
				m.submitted = run.submitted
			}
		}
	}
}

// ofReservations reports whether the run's files are those of reservations (reservationFiles).
func (m *manifest) ofReservations() bool {
	return slices.Contains([]string{"reservationdetails", "reservationtransactions", "reservationrecommendations"}, strings.ToLower(m.kind))
}

// costType returns what the manifest says of the cost that its files hold.
func (m *manifest) costType() string {
	switch strings.ToLower(m.kind) {
	case "actualcost":
		return "actual"
	case "amortizedcost":
		return "amortized"
	}
	return ""
}

// dirOf returns the folder of a ref, with its slash, "" where it has none.
func dirOf(ref string) string { return ref[:strings.LastIndexByte(ref, '/')+1] }

// nearest returns the one of several objects whose path has the most folders of the manifest's in front: of copies of a tree in one
// folder, that in the manifest's.
func (m *manifest) nearest(found []Object) (nearest Object, ok bool) {
	at, most := strings.Split(dirOf(m.object.Ref), "/"), -1
	for _, o := range found {
		n := 0
		for i, dir := range strings.Split(dirOf(o.Ref), "/") {
			if i == len(at) || dir != at[i] {
				break
			}
			n++
		}
		switch {
		case n > most:
			nearest, most, ok = o, n, true
		case n == most:
			ok = false
		}
	}
	return nearest, ok
}

// find returns the object that a part names, among what lies in the manifest's
// place: the one whose path ends as the part's name does, as far as its end is
// needed to tell it from others, for a tree may have been copied elsewhere; a
// mere file name only beside the manifest.
func (m *manifest) find(p manifestPart, objects []Object) (Object, bool) {
	name := strings.TrimPrefix(strings.ReplaceAll(p.name, "\\", "/"), "/")
	for {
		var found []Object
		for _, o := range objects {
			if o.Ref == name || strings.HasSuffix(o.Ref, "/"+name) {
				found = append(found, o)
			}
		}
		_, rest, more := strings.Cut(name, "/")
		switch {
		case !more:
			for _, o := range found {
				if o.Ref == dirOf(m.object.Ref)+name {
					return o, true
				}
			}
			return Object{}, false
		case len(found) > 0:
			return m.nearest(found)
		}
		name = rest
	}
}
