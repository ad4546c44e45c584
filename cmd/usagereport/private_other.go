//go:build !unix

package main

// private does nothing where folders, and not modes, say who may read a file.
func private() {}
