// Package text says in a terminal what commands answer. A model has a function, which prints a table for
// people or for programs, as its printer is asked to, and above it the lines that must stand beside its numbers.
package text
