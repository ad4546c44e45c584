-- Cost up to, not including, $end, by currency, bill and the line of the owners file that has
-- the charges: of the lines $pools per day, account and service, usage apart; where $own of all
-- others per month, which is its first day.
WITH held AS (
    SELECT o.*, list_contains($pools::BIGINT[], o.line) AS pool, w.scope_id, w.shadowed,
           coalesce(w.ServiceName, '') AS service, w.ChargeCategory = 'Usage' AS usage
    FROM owned o JOIN current_keys w ON w.key_id = o.key_id
    WHERE w.shown AND ($own OR list_contains($pools::BIGINT[], o.line))
), sums AS (
    SELECT h.scope_id, h.line, CASE WHEN h.pool THEN c.ChargePeriodStart::DATE ELSE date_trunc('month', c.ChargePeriodStart)::DATE END AS day,
           CASE WHEN h.pool THEN h.service ELSE '' END AS service, h.pool AND h.usage AS usage,
           sum(c.BilledCost) AS billed, sum(CASE WHEN h.shadowed THEN 0::DECIMAL(38, 18) ELSE c.EffectiveCost END) AS effective
    FROM charges c
    JOIN held h ON h.key_id = c.key_id AND c.ChargePeriodStart >= h.first_day AND c.ChargePeriodStart < h.end_day
    WHERE c.ChargePeriodStart < $end
    GROUP BY ALL
)
SELECT s.BillingCurrency, s.x_BillingPeriod, m.day, m.line,
       CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END AS account, m.service, m.usage,
       sum(m.billed), sum(m.effective)
FROM sums m JOIN scopes s ON s.scope_id = m.scope_id
GROUP BY ALL
ORDER BY ALL;
