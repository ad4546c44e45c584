package trino

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/trinodb/trino-go-client/trino"

	"usagereport/engine"
	"usagereport/loader"
)

// Explain implements engine.Engine.
func (e *Engine) Explain(_ context.Context, err error) error {
	var said *trino.ErrTrino
	if errors.As(err, &said) {
		return e.explainSaid(said)
	}
	var failed *trino.ErrQueryFailed
	if errors.As(err, &failed) && slices.Contains([]int{http.StatusUnauthorized, http.StatusForbidden}, failed.StatusCode) {
		return &engine.AccessError{Relation: e.Name(), Err: reason(failed)}
	}
	var unknown x509.UnknownAuthorityError
	var certificate *tls.CertificateVerificationError
	if errors.As(err, &unknown) || errors.As(err, &certificate) {
		return fmt.Errorf("%s: its certificate is signed by none that this machine knows; name the file of the one that signs it in "+
			"usagereport.yaml (engine: ca: PATH) (%w)", e.Name(), err)
	}
	if errors.As(err, &failed) && failed.StatusCode != 0 {
		return fmt.Errorf("%s: it answered %d: %w; see whether the address is that of Trino's coordinator", e.Name(), failed.StatusCode,
			reason(failed))
	}
	return fmt.Errorf("%s: nothing answers there: %w; see whether the cluster runs, and whether its address is right", e.Name(), err)
}

// reason is what a server said, in a line.
func reason(failed *trino.ErrQueryFailed) error {
	if failed.Reason == nil {
		return errors.New(http.StatusText(failed.StatusCode))
	}
	line, _, _ := strings.Cut(strings.TrimSpace(failed.Reason.Error()), "\n")
	return errors.New(line)
}

func (e *Engine) explainSaid(said *trino.ErrTrino) error {
	line, _, _ := strings.Cut(said.Message, "\n")
	err := fmt.Errorf("%s: %s", said.ErrorName, line)
	switch said.ErrorName {
	case "REMOTE_HOST_GONE", "PAGE_TRANSPORT_TIMEOUT", "PAGE_TRANSPORT_ERROR", "REMOTE_TASK_ERROR", "REMOTE_TASK_MISMATCH",
		"NO_NODES_AVAILABLE",
		"SERVER_SHUTTING_DOWN", "SERVER_STARTING_UP", "TOO_MANY_REQUESTS_FAILED", "CLUSTER_OUT_OF_MEMORY":
		return &loader.TemporaryError{Err: fmt.Errorf("%s: a part of the cluster is gone (%w); nothing of it was kept, so try again",
			e.Name(), err)}
	case "NUMERIC_VALUE_OUT_OF_RANGE", "INVALID_CAST_ARGUMENT":
		if strings.Contains(line, "cast to date") {
			return &engine.DayError{Relation: e.Name(), Err: err}
		}
		return &engine.OverflowError{Relation: e.Name(), Err: err}
	case "EXCEEDED_SCAN_LIMIT":
		return &engine.LimitError{Flag: "--max-scan", Err: err}
	case "EXCEEDED_TIME_LIMIT", "EXCEEDED_CPU_LIMIT":
		return &engine.LimitError{Flag: "the cluster's limit of time", Err: err}
	case "EXCEEDED_LOCAL_MEMORY_LIMIT", "EXCEEDED_GLOBAL_MEMORY_LIMIT":
		return &engine.LimitError{Flag: "the cluster's limit of memory", Err: err}
	case "PERMISSION_DENIED":
		return &engine.AccessError{Relation: e.Name(), Err: err}
	case "HIVE_BAD_DATA", "HIVE_CANNOT_OPEN_SPLIT", "DELTA_LAKE_BAD_DATA":
		return &DataError{e.Name(), err}
	case "NOT_SUPPORTED":
		if strings.Contains(line, "Unsupported Trino column type") {
			return &engine.TypeError{
				Relation: e.Name(), Column: "a column", Type: "what its files do not have (" + line + ")",
				Want: "of the files' own type",
			}
		}
	}
	return fmt.Errorf("%s: %w", e.Name(), err)
}

// A DataError says that a file of a table cannot be read.
type DataError struct {
	Relation string
	Err      error
}

func (e *DataError) Error() string {
	return fmt.Sprintf("%s: a file in its folders is not one of the table: %v; move it away, or name it with a _ in front, as "+
		"_manifest.json, which "+
		"is not read", e.Relation, e.Err)
}

func (e *DataError) Unwrap() error { return e.Err }
