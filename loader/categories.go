package loader

import (
	"context"
	"database/sql"
	_ "embed"
	"strings"

	"usagereport/internal/smallcsv"
)

// servicesCSV gives Azure's resource types their ServiceCategory and
// ServiceSubcategory (reference/FINOPS-TOOLKIT-LICENSE says whence).
//
//go:embed reference/services.csv
var servicesCSV string

// loadCategories puts the services into a temporary table of conn.
func loadCategories(ctx context.Context, conn *sql.Conn) error {
	columns := []string{"resourcetype", "servicecategory", "servicesubcategory"}
	services, err := smallcsv.Read("services.csv", strings.NewReader(servicesCSV), smallcsv.Columns{Known: columns, Must: columns})
	if err != nil {
		return err
	}
	lists := make([][]string, len(columns))
	for _, s := range services.Rows {
		for i, c := range columns {
			lists[i] = append(lists[i], s.Get(c))
		}
	}
	_, err = conn.ExecContext(ctx, query("services"), sql.Named("types", lists[0]), sql.Named("categories", lists[1]),
		sql.Named("subcategories", lists[2]))
	return err
}

// fillCategories gives the keys of an Azure file the categories that it does
// not name itself.
func fillCategories(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, query("categories"))
	return err
}
