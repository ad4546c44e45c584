-- All invoices, the newest period first.
SELECT account, x_BillingPeriod, number, kind, date, due, currency, net, tax, credits, total, purchases, support,
       coalesce(file, ''), coalesce(sha256, ''), added_at
FROM invoices
ORDER BY x_BillingPeriod DESC, account, kind DESC, number;
