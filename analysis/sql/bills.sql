-- What the current files say of each account and billing period in currency $currency, up
-- to the day $until or, where that is NULL, in all: as it is billed, by kind of charge.
SELECT s.BillingAccountId, coalesce(max(s.BillingAccountName), ''),
       CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END AS account,
       coalesce(max(s.SubAccountName), max(s.BillingAccountName), ''),
       s.x_BillingPeriod, min(s.BillingPeriodStart), max(s.BillingPeriodEnd),
       least(min(coalesce(s.first_day, d.first_day)), $until), least(max(coalesce(s.reach, d.reach)), $until),
       arg_max(l.agreement, l.load_id), coalesce(arg_max(k.provider, l.load_id), '') AS elsewhere,
       sum(d.other), sum(d.purchases), sum(d.tax), sum(d.credits), coalesce(sum(d.parts), 0)::BIGINT
FROM scopes s JOIN loads l USING (load_id)
LEFT JOIN (
    SELECT scope_id, min(day) AS first_day, max(day) AS reach, count(DISTINCT ServiceName || ' ' || ChargeCategory) AS parts,
           sum(BilledCost) FILTER (ChargeCategory NOT IN ('Purchase', 'Tax', 'Credit')) AS other,
           sum(BilledCost) FILTER (ChargeCategory = 'Purchase') AS purchases,
           sum(BilledCost) FILTER (ChargeCategory = 'Tax') AS tax,
           sum(BilledCost) FILTER (ChargeCategory = 'Credit') AS credits
    FROM daily_services
    WHERE $until IS NULL OR day <= $until
    GROUP BY scope_id
) d USING (scope_id)
LEFT JOIN (
    SELECT scope_id, min(ProviderName) AS provider FROM keys GROUP BY scope_id HAVING NOT bool_or(ProviderName = 'Microsoft')
) k USING (scope_id)
WHERE s.state = 'current' AND s.BillingCurrency = $currency AND ($until IS NULL OR s.BillingPeriodStart <= $until)
GROUP BY s.BillingAccountId, account, s.x_BillingPeriod
ORDER BY account, min(s.BillingPeriodStart), s.BillingAccountId;
