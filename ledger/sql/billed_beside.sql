-- The bills of which an actual and an amortized file stand side by side, one of them of the loads $first to $last, and in
-- which an account then costs something other than by its actual file: what usage shows of it, which is what the
-- amortized file bills and what the actual one bought or gave back, and the actual file's own sum. Where one of the
-- two reaches less far, that is why.
WITH pairs AS (
    SELECT BillingAccountId, SubAccountId, BillingPeriodStart, BillingCurrency, any_value(x_BillingPeriod) AS period,
           max(load_id) FILTER (load_id BETWEEN $first AND $last) AS load,
           max(reach) FILTER (cost_type = 'actual') AS actual_reach, max(reach) FILTER (cost_type = 'amortized') AS amortized_reach,
           sum(BilledCost) FILTER (cost_type = 'actual') AS actual, sum(BilledCost) FILTER (cost_type = 'amortized') AS amortized
    FROM scopes
    WHERE state = 'current' AND (shadowed OR cost_type = 'amortized')
    GROUP BY ALL
    HAVING load IS NOT NULL AND actual IS NOT NULL AND amortized IS NOT NULL
), bought AS (
    SELECT k.BillingAccountId, k.SubAccountId, k.BillingPeriodStart, k.BillingCurrency, sum(c.BilledCost) AS cost
    FROM current_keys k JOIN charges c ON c.key_id = k.key_id
    WHERE k.shadowed AND k.shown
      AND (k.BillingAccountId, k.SubAccountId, k.BillingPeriodStart, k.BillingCurrency) IN (
          SELECT (BillingAccountId, SubAccountId, BillingPeriodStart, BillingCurrency) FROM pairs)
    GROUP BY ALL
)
SELECT p.load, p.period, p.BillingCurrency, coalesce(nullif(p.SubAccountId, ''), p.BillingAccountId) AS account,
       p.amortized + coalesce(b.cost, 0) AS shown, p.actual, p.actual_reach, p.amortized_reach
FROM pairs p LEFT JOIN bought b USING (BillingAccountId, SubAccountId, BillingPeriodStart, BillingCurrency)
WHERE shown <> p.actual
ORDER BY p.load, p.BillingPeriodStart, p.BillingCurrency, abs(shown - p.actual) DESC, account;
