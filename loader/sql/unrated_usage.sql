-- What the rates do not convert, of all charges.
SELECT 0, BillingCurrency, x_ReportingCurrency, x_FirstDay, x_LastDay, x_Rows, BilledCost
FROM usage_unconverted
ORDER BY ALL;
