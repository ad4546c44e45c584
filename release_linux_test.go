package usagereport_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestRename gives a copy of the checkout another module's name: all imports
// are found, nothing has the old name, and a package compiles.
func TestRename(t *testing.T) {
	if _, err := os.Stat(".git"); err != nil {
		t.Skip("not a checkout of git")
	}
	dir := t.TempDir()
	inFolder(t, ".", "bash", "-c", "git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "+dir)
	inFolder(t, dir, "git", "init", "-q")
	inFolder(t, dir, "git", "add", "-A", "-f")
	inFolder(t, dir, "git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "-qm", "as it was")

	const name = "example.org/team/usagereport"
	if out, err := command(dir, "tools/rename.sh", "usagereport").CombinedOutput(); err == nil {
		t.Errorf("a name without a host is taken: %s", out)
	}
	inFolder(t, dir, "tools/rename.sh", name)
	for path := range strings.FieldsSeq(inFolder(t, dir, "go", "list", "-deps", "-test", "./...")) {
		if strings.HasPrefix(path, "usagereport") {
			t.Errorf("the old name is left: %s", path)
		}
	}
	for _, module := range []string{"e2e", "tools"} {
		if got := inFolder(t, filepath.Join(dir, module), "go", "list", "-m"); strings.TrimSpace(got) != name+"/"+module {
			t.Errorf("the module in %s is called %s", module, got)
		}
	}
	inFolder(t, dir, "git", "grep", "-q", "(\\*"+name+"/", ".golangci.yml")
	inFolder(t, dir, "go", "build", "./usage", "./internal/smallcsv")
}

func command(dir, name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Dir = dir
	return c
}

// inFolder runs a command that must succeed, and returns what it prints.
func inFolder(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	c := command(dir, name, args...)
	var stderr strings.Builder
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", c, err, out, stderr.String())
	}
	return string(out)
}

// TestPack packs the same files twice, of other times and written in another
// order: the bytes are the same, and say what they hold.
func TestPack(t *testing.T) {
	needPython(t)
	var made [2][]byte
	for i, names := range [][]string{{"LICENSE", "usagereport"}, {"usagereport", "LICENSE"}} {
		dir := t.TempDir()
		for _, name := range names {
			write(t, filepath.Join(dir, "usagereport_1.2.0", name), "this is "+name)
		}
		if err := os.Chmod(filepath.Join(dir, "usagereport_1.2.0", "usagereport"), os.FileMode(0o755-i*0o55)); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(filepath.Join(dir, "usagereport_1.2.0", "LICENSE"), time.Time{}, time.Unix(int64(i)*1e9, 0)); err != nil {
			t.Fatal(err)
		}
		for _, archive := range []string{"a.tar.gz", "a.zip"} {
			inFolder(t, ".", "python3", "tools/pack.py", "archive", filepath.Join(dir, archive), filepath.Join(dir, "usagereport_1.2.0"))
		}
		program := filepath.Join(dir, "usagereport_1.2.0", "usagereport")
		inFolder(t, ".", "python3", "tools/pack.py", "wheel", dir, "1.2.0-rc1", "win_amd64", program)
		inFolder(t, ".", "python3", "tools/pack.py", "checksums", dir)
		inFolder(t, dir, "sha256sum", "-c", "checksums.txt")
		sums, err := os.ReadFile(filepath.Join(dir, "checksums.txt"))
		if err != nil {
			t.Fatal(err)
		}
		made[i] = sums
		if i == 0 {
			listed := inFolder(t, dir, "tar", "tzvf", "a.tar.gz")
			for _, want := range []string{"-rwxr-xr-x", "2026-11-28", "usagereport_1.2.0/LICENSE"} {
				if !strings.Contains(listed, want) {
					t.Errorf("the archive lacks %s:\n%s", want, listed)
				}
			}
			if !strings.Contains(string(sums), "usagereport-1.2.0rc1-py3-none-win_amd64.whl") {
				t.Errorf("the wheel's name is not Python's: %s", sums)
			}
		}
	}
	if !bytes.Equal(made[0], made[1]) {
		t.Errorf("the second time it differs:\n%s\n%s", made[0], made[1])
	}
}

// TestManifests fills the templates of Homebrew, Scoop and winget, and refuses
// to where an archive is not there.
func TestManifests(t *testing.T) {
	needPython(t)
	dir := t.TempDir()
	all := []string{"darwin_arm64.tar.gz", "darwin_amd64.tar.gz", "linux_arm64.tar.gz", "linux_amd64.tar.gz", "windows_amd64.zip"}
	var sums strings.Builder
	for i, name := range all {
		fmt.Fprintf(&sums, "%064x  usagereport_1.2.0_%s\n", i+1, name)
	}
	write(t, filepath.Join(dir, "checksums.txt"), sums.String())
	manifests := []string{"tools/manifests.py", "1.2.0", "https://example.org/usagereport", dir, filepath.Join(dir, "made")}
	inFolder(t, ".", "python3", manifests...)
	for name, want := range map[string]string{
		"usagereport.rb":          fmt.Sprintf("linux_amd64.tar.gz\"\n      sha256 \"%064x\"", 4),
		"usagereport.json":        `"https://example.org/usagereport/releases/download/v1.2.0/usagereport_1.2.0_windows_amd64.zip"`,
		"usagereport.winget.yaml": fmt.Sprintf("InstallerSha256: \"%064x\"", 5),
	} {
		made, err := os.ReadFile(filepath.Join(dir, "made", name))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(made), want) || strings.Contains(string(made), "@VERSION") || strings.Contains(string(made), "@SHA") {
			t.Errorf("%s:\n%s", name, made)
		}
		if filepath.Ext(name) == ".json" && !json.Valid(made) {
			t.Errorf("%s is no JSON", name)
		}
	}

	write(t, filepath.Join(dir, "checksums.txt"), sums.String()[:200])
	out, err := command(".", "python3", manifests...).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "build all systems first") {
		t.Errorf("an archive is missing, and it says: %s", out)
	}
}

func needPython(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("python3"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("python3 is not there")
		}
		t.Skip("python3 is not there")
	}
	t.Setenv("SOURCE_DATE_EPOCH", "1795860000")
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// What the GitHub action does with programs of the runner's names: it loads, lists, and writes
// one comment, whatever is in names.
func TestAction(t *testing.T) {
	dir := t.TempDir()
	program := func(name, script string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/bash\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	program("usagereport", `printf '%s|' "$0" "$@" | sed 's/[^|]*[/]//g' >>"$RUNNER_TEMP/said"; [[ $1 = load ]] || { echo '| vm @team $(touch x) |'; exit "$CODE"; }`)
	program("gh", `printf '%s|' gh "$@" >>"$RUNNER_TEMP/said"; [[ $2 != --paginate ]] || echo "$EARLIER"; cat "$RUNNER_TEMP/usagereport-body.md" >"$RUNNER_TEMP/body"`)
	run := func(step, sources, code, earlier string) (said string, err error) {
		c := command(".", "tools/action.sh", step)
		c.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "RUNNER_TEMP="+dir, "GITHUB_OUTPUT="+dir+"/output", "GITHUB_STEP_SUMMARY="+dir+"/summary",
			"SOURCES="+sources, "ARGUMENTS=--period last", "FAIL_ON=high", "CODE="+code, "EARLIER="+earlier, "GITHUB_REPOSITORY=o/r", "PULL_REQUEST=7")
		out, err := c.CombinedOutput()
		if err != nil {
			err = fmt.Errorf("%w: %s", err, out)
		}
		b, _ := os.ReadFile(filepath.Join(dir, "said"))
		_ = os.Remove(filepath.Join(dir, "said"))
		return string(b), err
	}
	for _, c := range []struct{ code, stands string }{{"0", "stands=false\n"}, {"3", "stands=true\n"}} {
		_ = os.Remove(filepath.Join(dir, "output"))
		said, err := run("find", "exports/ $(touch x);x", c.code, "")
		want := "usagereport|load|--quiet|--||$(touch|x);x|usagereport|anomalies|--format|markdown|--period|last|--fail-on|high|"
		if err != nil || said != want {
			t.Errorf("%s: %v\n got %s\nwant %s", c.code, err, said, want)
		}
		if b, _ := os.ReadFile(filepath.Join(dir, "output")); string(b) != c.stands {
			t.Errorf("%s says %q, want %q", c.code, b, c.stands)
		}
	}
	if _, err := run("find", "", "1", ""); err == nil {
		t.Error("what fails is no finding")
	}
	if said, err := run("find", "", "0", ""); err != nil || strings.Contains(said, "load") {
		t.Errorf("no sources: %s %v", said, err)
	}
	for earlier, want := range map[string]string{"": "POST|repos/o/r/issues/7/comments|", "41": "PATCH|repos/o/r/issues/comments/41|"} {
		said, err := run("comment", "", "0", earlier)
		if err != nil || !strings.Contains(said, want) {
			t.Errorf("comment: %s %v, want %s", said, err, want)
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, "body"))
	if err != nil || !strings.HasPrefix(string(b), "<!-- usagereport -->\n") || !strings.Contains(string(b), "| vm @\u2060") || strings.Contains(string(b), "@team") {
		t.Errorf("the comment: %v %s", err, b)
	}
	if _, err := os.Stat("x"); err == nil {
		t.Error("a source was run as a command")
	}
}

// What stops a first build is said with what to do about it: by build.sh at once, where it
// can, and not by a linker after minutes.
func TestBuildSaysWhatItLacks(t *testing.T) {
	dir := t.TempDir()
	program := func(name, script string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("#!/bin/bash\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	full := program("go", `[[ $1 != build ]] || { echo "compile: writing output: no space left on device" >&2; exit 1; }; exec go "$@"`)
	bare := program("bare-gcc", `echo libstdc++.so`) // what gcc prints of a library that it does not find
	for _, c := range []struct {
		name, env, want string
		code            int
	}{
		{"no compiler", "CC=" + filepath.Join(dir, "none"), "install g++", 3},
		{"no C++ library", "CC=" + bare, "C++ library; install g++", 3},
		{"a full disk", "GO=" + full, "Make room", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := command(".", "tools/build.sh", "linux/"+runtime.GOARCH, filepath.Join(dir, "a folder"))
			b.Env = append(os.Environ(), "TAGS=none", c.env)
			out, err := b.CombinedOutput()
			if b.ProcessState.ExitCode() != c.code || !strings.Contains(string(out), c.want) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
