// Package docs holds the documents that the program hands out.
package docs

import _ "embed"

// Schema is schema.md: the views that SQL can ask, with each column.
//
//go:embed schema.md
var Schema string
