package loader

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"

	"github.com/gocarina/gocsv"
)

// servicesCSV gives Azure's resource types their ServiceCategory and
// ServiceSubcategory (reference/FINOPS-TOOLKIT-LICENSE says whence).
//
//go:embed reference/services.csv
var servicesCSV string

// A service is a line of servicesCSV.
type service struct {
	ResourceType string `csv:"ResourceType"` // in lower case; each comes once
	Category     string `csv:"ServiceCategory"`
	Subcategory  string `csv:"ServiceSubcategory"`
}

// loadCategories puts the services into a temporary table of conn.
func loadCategories(ctx context.Context, conn *sql.Conn) error {
	var services []service
	if err := gocsv.UnmarshalString(servicesCSV, &services); err != nil {
		return fmt.Errorf("service categories: %w", err)
	}
	var types, categories, subcategories []string
	for _, s := range services {
		types, categories, subcategories = append(types, s.ResourceType), append(categories, s.Category), append(subcategories, s.Subcategory)
	}
	_, err := conn.ExecContext(ctx, query("services"), sql.Named("types", types), sql.Named("categories", categories),
		sql.Named("subcategories", subcategories))
	return err
}

// fillCategories gives the keys of an Azure file the categories that it does
// not name itself.
func fillCategories(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, query("categories"))
	return err
}
