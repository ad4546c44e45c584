//go:build !unix

package atomicfile

// Private does nothing where folders, and not modes, say who may read a file.
func Private() {}
