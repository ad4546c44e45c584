package main

import "golang.org/x/sys/windows"

// utf8Console lets the console take what other programs read from this one, by a pipe or into
// a file, for UTF-8, and returns what sets it back.
func utf8Console() (reset func()) {
	const utf8 = 65001
	was, err := windows.GetConsoleOutputCP()
	if err != nil || was == utf8 || windows.SetConsoleOutputCP(utf8) != nil {
		return func() {}
	}
	return func() { _ = windows.SetConsoleOutputCP(was) }
}
