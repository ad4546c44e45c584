-- Of totals.sql, what is of each of $accounts.
SELECT coalesce(nullif(s.SubAccountId, ''), s.BillingAccountId) AS account, d.day, sum(d.EffectiveCost)
FROM daily_services d JOIN scopes s ON s.scope_id = d.scope_id
WHERE s.BillingCurrency = $currency AND d.ChargeCategory = 'Usage' AND d.covered
  AND coalesce(nullif(s.SubAccountId, ''), s.BillingAccountId) IN (SELECT unnest($accounts::VARCHAR[]))
GROUP BY ALL
ORDER BY ALL;
