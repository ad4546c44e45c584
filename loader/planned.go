package loader

import (
	"context"
	"io"
)

// Plan lists the files that Load would read of a place, and what it would leave out: what
// manifests say of runs counts, as it does for Load.
func Plan(ctx context.Context, sources map[string]Source, ref string, o Options) (files []Object, left []FileResult, err error) {
	r := &run{options: o}
	for _, j := range r.planAll(ctx, sources, []string{ref}) {
		if j.result == nil {
			for _, p := range j.parts {
				files = append(files, p.Object)
			}
			continue
		}
		if j.result.Status == Refused {
			return nil, nil, j.result.Err
		}
		left = append(left, *j.result)
	}
	return files, left, ctx.Err()
}

// Fetch returns the content of a file that Plan listed. It goes on where a connection
// broke, as Load does.
func Fetch(ctx context.Context, source Source, obj Object, o Options) io.ReadCloser {
	r := &run{options: o}
	return r.fetch(ctx, source, obj, true)
}
