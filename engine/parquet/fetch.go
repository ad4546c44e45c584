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

	"usagereport/internal/atomicfile"
	"usagereport/loader"
)

// fetch returns the path of a file of an object store on this machine, which is fetched
// where the cache does not have it as it is now.
func fetch(ctx context.Context, source loader.Source, obj loader.Object, o Options) (string, error) {
	if obj.Version == "" {
		return "", errors.New("nothing says whether it changes, so it cannot be kept; copy it to this machine and name it there")
	}
	if err := os.MkdirAll(o.Cache, 0o700); err != nil {
		return "", fmt.Errorf("keep what is fetched: %w", err)
	}
	sum := sha256.Sum256([]byte(obj.Ref + "\n" + obj.Version))
	path := filepath.Join(o.Cache, hex.EncodeToString(sum[:16])+".parquet")
	if info, err := os.Stat(path); err == nil && info.Size() == obj.Size {
		return path, nil
	}
	in := loader.Fetch(ctx, source, obj, o.Load)
	defer in.Close()
	return path, atomicfile.WriteAs(path, 0o600, func(w io.Writer) error {
		_, err := io.Copy(w, in)
		return err
	})
}
