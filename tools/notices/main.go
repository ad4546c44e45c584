// Command notices writes THIRD_PARTY_NOTICES.md: the licences of everything
// that is in the program's binary, and so has to travel with it.
//
//	notices ROOT                 writes ROOT/THIRD_PARTY_NOTICES.md
//	notices -check ROOT          says whether it is what would be written
//	notices -sbom VERSION ROOT   prints the same parts as CycloneDX has them
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const (
	output  = "THIRD_PARTY_NOTICES.md"
	program = "./cmd/usagereport"
	assets  = "reports/assets"
	tables  = "loader/reference"
)

// A platform is one that the program is built for. The list is the same wherever
// it is made. Linux and macOS have the same modules but for DuckDB's library of
// each, which is one software, and a download that they cost.
type platform struct{ system, arch, tags string }

func platforms() []platform {
	return []platform{{"linux", "amd64", os.Getenv("TAGS")}, {"windows", "amd64", os.Getenv("TAGS") + ",duckdb_use_lib"}}
}

func main() {
	check := flag.Bool("check", false, "fail if the file is not what would be written")
	version := flag.String("sbom", "", "print the parts list (SBOM) of this `VERSION` of the program, and write no file")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: notices [-check | -sbom VERSION] ROOT")
		os.Exit(2)
	}
	if err := run(flag.Arg(0), *check, *version, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

func run(root string, check bool, version string, stdout io.Writer) error {
	parts, err := everything(root)
	if err != nil {
		return err
	}
	if version != "" {
		list, err := sbom(parts, version)
		if err != nil {
			return err
		}
		_, err = stdout.Write(list)
		return err
	}
	want := markdown(parts)
	path := filepath.Join(root, output)
	if !check {
		return os.WriteFile(path, want, 0o644)
	}
	have, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if !bytes.Equal(have, want) {
		return fmt.Errorf("%s is stale; make notices writes it anew", output)
	}
	return nil
}

// everything returns all that is in the binary of other people's.
func everything(root string) ([]part, error) {
	parts, err := modules(root)
	if err != nil {
		return nil, err
	}
	for _, p := range []part{
		{
			Name: "Apache ECharts", Remark: "in every report, the parts that draw; from the npm package `echarts`", dir: assets,
			files: []string{"ECHARTS-LICENSE", "ECHARTS-NOTICE"},
		},
		{Name: "ZRender", Remark: "inside Apache ECharts", dir: assets, files: []string{"ZRENDER-LICENSE"}},
		{Name: "d3.js", Remark: "some lines inside Apache ECharts", dir: assets, files: []string{"D3-LICENSE"}},
		{
			Name: "CodeMirror and Lezer", Remark: "on the SQL page of usagereport serve; from the npm packages `@codemirror` and `@lezer`",
			dir: "web/assets", files: []string{"CODEMIRROR-LICENSE"},
		},
		{Name: "FinOps toolkit", Remark: "the table of Azure's services", dir: tables, files: []string{"FINOPS-TOOLKIT-LICENSE"}},
	} {
		for _, name := range p.files {
			if err := p.read(filepath.Join(root, p.dir, name)); err != nil {
				return nil, err
			}
		}
		parts = append(parts, p)
	}
	// The text is the one that the Go project's modules carry; a toolchain does
	// not always bring its own.
	i := slices.IndexFunc(parts, func(p part) bool { return p.Name == "golang.org/x/sys" })
	if i < 0 {
		return nil, errors.New("golang.org/x/sys, whose licence is Go's, is not linked")
	}
	return append(parts, part{Name: "The Go standard library and runtime", Texts: parts[i].Texts}), nil
}

// A part is something of other people's that is in the binary.
type part struct {
	Name    string
	Version string
	Remark  string
	Texts   []string

	files []string
	dir   string // where files are
}

func (p *part) read(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("licence of %s: %w", p.Name, err)
	}
	p.Texts = append(p.Texts, clean(b))
	return nil
}

// clean cuts what differs between two copies of a text and means nothing.
func clean(b []byte) string {
	s := strings.ReplaceAll(string(b), "\r\n", "\n")
	var lines []string
	for line := range strings.Lines(s) {
		lines = append(lines, strings.TrimRight(line, " \t\n\f"))
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// licenceFile is what a file with a licence, or with what one asks to be
// repeated, is called.
var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|unlicen[cs]e|copyright)([-._].*)?$`)

// modules returns the modules that are linked into the program on any of the
// platforms, by name.
func modules(root string) ([]part, error) {
	type module struct {
		Path, Version, Dir string
		Main               bool
		Replace            *module
	}
	seen := map[string]module{}
	for _, platform := range platforms() {
		// cgo stays on, whose files the listing needs, not the compiler's.
		out, err := command(root, []string{"GOOS=" + platform.system, "GOARCH=" + platform.arch, "CGO_ENABLED=1"},
			"go", "list", "-deps", "-tags="+platform.tags, "-json=Module", program)
		if err != nil {
			return nil, fmt.Errorf("modules for %s: %w", platform.system, err)
		}
		for d := json.NewDecoder(bytes.NewReader(out)); ; {
			var p struct{ Module *module }
			if err := d.Decode(&p); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, fmt.Errorf("modules for %s: %w", platform.system, err)
			}
			if p.Module == nil || p.Module.Main {
				continue
			}
			m := *p.Module
			if m.Replace != nil {
				m.Dir = m.Replace.Dir
			}
			if m.Dir == "" {
				return nil, fmt.Errorf("module %s is not downloaded", m.Path)
			}
			seen[m.Path] = m
		}
	}
	var parts []part
	for _, m := range seen {
		p := part{Name: m.Path, Version: m.Version}
		entries, err := os.ReadDir(m.Dir)
		if err != nil {
			return nil, fmt.Errorf("licence of %s: %w", m.Path, err)
		}
		for _, e := range entries {
			if !e.IsDir() && licenceFile.MatchString(e.Name()) {
				if err := p.read(filepath.Join(m.Dir, e.Name())); err != nil {
					return nil, err
				}
			}
		}
		parts = append(parts, p)
	}
	slices.SortFunc(parts, func(a, b part) int { return strings.Compare(a.Name, b.Name) })
	return inherit(parts)
}

// inherit gives a module without a licence of its own that of the module it is
// a piece of, the longest that its name starts with.
func inherit(parts []part) ([]part, error) {
	for i, p := range parts {
		if len(p.Texts) > 0 {
			continue
		}
		var from part
		for _, q := range parts {
			if len(q.Texts) > 0 && strings.HasPrefix(p.Name, q.Name+"/") && len(q.Name) > len(from.Name) {
				from = q
			}
		}
		if from.Name == "" {
			return nil, fmt.Errorf("module %s %s has no file with its licence", p.Name, p.Version)
		}
		parts[i].Texts, parts[i].Remark = from.Texts, "part of "+from.Name
	}
	return parts, nil
}

// markdown writes parts, each different text once.
func markdown(parts []part) []byte {
	var b bytes.Buffer
	b.WriteString("# Third-party notices\n\n")
	b.WriteString("<!-- Written by tools/notices; `make notices` writes it anew. -->\n\n")
	b.WriteString("usagereport is licensed under the Apache License 2.0 (LICENSE). Its binary contains the software below, each " +
		"under its own licence;\n")
	b.WriteString("the number is that of the licence's text. The library in github.com/duckdb/duckdb-go-bindings is DuckDB, which " +
		"brings software of\n")
	b.WriteString("others in its turn; its source lists that, with the licences, in the folder `third_party`.\n\n")
	b.WriteString("| software | version | licence |\n|---|---|---|\n")
	var texts []string
	for _, p := range parts {
		var numbers []string
		for _, text := range p.Texts {
			i := slices.Index(texts, text)
			if i < 0 {
				i = len(texts)
				texts = append(texts, text)
			}
			numbers = append(numbers, fmt.Sprintf("[%d](#text-%d)", i+1, i+1))
		}
		name := p.Name
		if p.Remark != "" {
			name += " (" + p.Remark + ")"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", name, p.Version, strings.Join(numbers, ", "))
	}
	for i, text := range texts {
		fmt.Fprintf(&b, "\n## Text %d\n\n````text\n%s\n````\n", i+1, text)
	}
	return b.Bytes()
}

func command(dir string, env []string, name string, args ...string) ([]byte, error) {
	c := exec.Command(name, args...)
	c.Dir = dir
	c.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", strings.Join(c.Args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return out, nil
}
