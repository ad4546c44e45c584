package usagereport_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
