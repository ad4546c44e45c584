package loader

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"strings"

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
	if err := gocsv.Unmarshal(strings.NewReader(servicesCSV), &services); err != nil {
		return fmt.Errorf("service categories: %w", err)
	}
	if _, err := conn.ExecContext(ctx, "CREATE OR REPLACE TEMP TABLE services (ResourceType VARCHAR PRIMARY KEY, ServiceCategory VARCHAR, ServiceSubcategory VARCHAR)"); err != nil {
		return err
	}
	var b strings.Builder
	args := make([]any, 0, 3*len(services))
	for i, s := range services {
		if i > 0 {
			b.WriteString(", ")
		}
		n := len(args)
		fmt.Fprintf(&b, "($%d, $%d, $%d)", n+1, n+2, n+3)
		args = append(args, s.ResourceType, s.Category, s.Subcategory)
	}
	_, err := conn.ExecContext(ctx, "INSERT INTO services VALUES "+b.String(), args...)
	return err
}

// fillCategories gives the keys of an Azure file the categories that it does
// not name itself. What the table does not know stays without one.
func fillCategories(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, `UPDATE load_keys SET ServiceCategory = s.ServiceCategory, ServiceSubcategory = s.ServiceSubcategory
		FROM services s WHERE s.ResourceType = load_keys.ResourceType AND load_keys.ServiceCategory IS NULL`)
	return err
}
