package web

import (
	"os"
	"strconv"
	"strings"
)

// SeveralUsers reports whether more than one person can sign in to this machine, by its
// list of users. Where there is no such list, it does not know.
func SeveralUsers() bool {
	b, err := os.ReadFile("/etc/passwd")
	return err == nil && people(string(b)) > 1
}

// people counts the users of a list like /etc/passwd that are people: from the number
// 1000 on, as distributions give them, with a shell to sign in to.
func people(passwd string) (n int) {
	for line := range strings.Lines(passwd) {
		f := strings.Split(strings.TrimSpace(line), ":")
		if len(f) < 7 {
			continue
		}
		id, err := strconv.Atoi(f[2])
		if err == nil && id >= 1000 && id < 60000 && !strings.HasSuffix(f[6], "nologin") && !strings.HasSuffix(f[6], "false") {
			n++
		}
	}
	return n
}
