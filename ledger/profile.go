package ledger

import (
	"context"
	"database/sql"
	"fmt"

	"usagereport/usage"
)

// A Profile says what the charges of a load are: how its file was read.
type Profile struct {
	Rows, Services, Resources, Meters int64

	Charges []ProfiledCharges

	Tagged, Unreadable int64   // rows with tags, and with tags that are no JSON
	TagKeys            []Count // by frequency

	Categorised int64   // rows with a ServiceCategory
	Unmapped    []Count // resource types that have none, by frequency

	Groups, Names int64 // resource groups and resources that are spelled in several ways

	CommitmentUsed, CommitmentUnused, CommitmentPurchases int64 // rows
	NoListPrice                                           int64 // rows of usage
}

// ProfiledCharges are the charges of one category.
type ProfiledCharges struct {
	Category, Class string // ChargeCategory, ChargeClass
	Rows            int64
	Cost            usage.Money
}

// A Count is how many rows have a value.
type Count struct {
	Name string
	Rows int64
}

// ProfileOf returns what the charges of load id are.
func ProfileOf(ctx context.Context, q queryer, id int64) (p Profile, err error) {
	if err := q.QueryRowContext(ctx, query("profile"), sql.Named("load", id)).
		Scan(&p.Rows, &p.Services, &p.Resources, &p.Meters, &p.Tagged, &p.Unreadable,
			&p.Categorised, &p.CommitmentUsed, &p.CommitmentUnused, &p.CommitmentPurchases, &p.NoListPrice); err != nil {
		return p, fmt.Errorf("profile: %w", err)
	}
	if err := q.QueryRowContext(ctx, query("profile_spellings"), sql.Named("load", id)).Scan(&p.Groups, &p.Names); err != nil {
		return p, fmt.Errorf("profile_spellings: %w", err)
	}
	rows, err := q.QueryContext(ctx, query("profile_charges"), sql.Named("load", id))
	if err != nil {
		return p, fmt.Errorf("profile_charges: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c ProfiledCharges
		if err := rows.Scan(&c.Category, &c.Class, &c.Cost.Currency, &c.Rows, Amount(&c.Cost.Amount)); err != nil {
			return p, err
		}
		p.Charges = append(p.Charges, c)
	}
	if err := rows.Err(); err != nil {
		return p, err
	}
	if p.TagKeys, err = counts(ctx, q, "profile_tags", sql.Named("load", id)); err != nil {
		return p, err
	}
	p.Unmapped, err = counts(ctx, q, "profile_unmapped", sql.Named("load", id))
	return p, err
}

func counts(ctx context.Context, q queryer, name string, args ...any) (out []Count, err error) {
	rows, err := q.QueryContext(ctx, query(name), args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer rows.Close()
	for rows.Next() {
		var c Count
		if err := rows.Scan(&c.Name, &c.Rows); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}
