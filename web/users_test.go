package web

import "testing"

func TestPeople(t *testing.T) {
	const root = "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
	for passwd, want := range map[string]int{
		"":   0,
		root: 0,
		root + "ada:x:1000:1000:Ada:/home/ada:/bin/bash\n":                                                     1,
		root + "ada:x:1000:1000:Ada:/home/ada:/bin/bash\nbob:x:1001:1001::/home/bob:/bin/zsh\n":                2,
		root + "ada:x:1000:1000:Ada:/home/ada:/bin/bash\nrunner:x:1001:1001::/srv:/usr/sbin/nologin\nbroken\n": 1,
	} {
		if got := people(passwd); got != want {
			t.Errorf("%q: %d people, want %d", passwd, got, want)
		}
	}
}
