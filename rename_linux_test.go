package usagereport_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
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
