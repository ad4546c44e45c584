-- What load $load changed, over all its accounts.
SELECT replaced_load_id, x_BillingPeriod, BillingCurrency, day, ServiceName, bool_or(known),
       sum(rows_added)::BIGINT, sum(rows_removed)::BIGINT, sum(rows_changed)::BIGINT, sum(cost_added), sum(cost_removed), sum(cost_changed)
FROM restatements WHERE load_id = $load
GROUP BY ALL
ORDER BY day, BillingCurrency, ServiceName, replaced_load_id;
