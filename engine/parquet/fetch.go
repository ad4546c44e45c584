package parquet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"usagereport/internal/atomicfile"
	"usagereport/loader"
)

// fetch returns the path of a file of an object store on this machine, which is fetched
// where the cache does not have it as it is now.
func fetch(ctx context.Context, source loader.Source, obj loader.Object, o Options) (string, error) {
	if obj.Version == "" {
		return "", errors.New("nothing says whether it changes, so it cannot be kept; copy it to this machine and name it there")
	}
	sum := sha256.Sum256([]byte(obj.Ref + "\n" + obj.Version))
	path := filepath.Join(o.Cache, folders(obj.Ref), hex.EncodeToString(sum[:16])+".parquet")
	if info, err := os.Stat(path); err == nil && info.Size() == obj.Size {
		return path, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", fmt.Errorf("keep what is fetched: %w", err)
	}
	in := loader.Fetch(ctx, source, obj, o.Load)
	defer in.Close()
	return path, atomicfile.WriteAs(path, 0o600, func(w io.Writer) error {
		_, err := io.Copy(w, in)
		return err
	})
}

// folders are those folders of a file that name a column, as x_BillingPeriod=2026-10, which they
// do where it is kept, too.
func folders(ref string) string {
	var named []string
	for _, folder := range strings.Split(ref[:strings.LastIndexByte(ref, '/')+1], "/") {
		if len(keysOf(folder+"/")) > 0 {
			named = append(named, strings.NewReplacer(":", "%3A", "*", "%2A", "?", "%3F", "[", "%5B", `\`, "%5C").Replace(folder))
		}
	}
	return filepath.Join(named...)
}
