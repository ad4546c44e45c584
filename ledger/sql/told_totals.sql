-- The totals that were shown, the oldest first.
SELECT told_at, what, "to", x_BillingPeriod, first_day, end_day, reach, currency, total, last_load_id
FROM told_totals ORDER BY told_at;
