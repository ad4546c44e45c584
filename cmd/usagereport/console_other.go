//go:build !windows

package main

// utf8Console does nothing where all that is written is UTF-8.
func utf8Console() (reset func()) { return func() {} }
