-- What stands on each invoice. FOCUS: verify the accuracy of a provider's invoice.
-- period: the bill's name, like 2026-10 (default the newest)
SELECT InvoiceId, BillingAccountId, ChargeCategory, BillingCurrency, sum(BilledCost) AS cost
FROM usage
WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily))
GROUP BY ALL
ORDER BY cost DESC, 1, 2, 3;
