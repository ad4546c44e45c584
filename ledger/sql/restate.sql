-- What load $new changed where it replaced load $old (load_lines), at the time $replaced_at.
-- Only accounts that it replaced: their scopes are superseded by $new.
INSERT INTO restatements
WITH replaced AS (
    SELECT SubAccountId, BillingPeriodStart, BillingCurrency, max(reach) AS reach
    FROM scopes WHERE load_id = $old AND superseded_by = $new
    GROUP BY ALL
), lines AS (
    SELECT * FROM load_lines l SEMI JOIN replaced r
        ON r.SubAccountId = l.SubAccountId AND r.BillingPeriodStart = l.BillingPeriodStart AND r.BillingCurrency = l.BillingCurrency
), sides AS (
    SELECT coalesce(n.SubAccountId, o.SubAccountId) AS sub, coalesce(n.BillingAccountId, o.BillingAccountId) AS account,
           coalesce(n.x_BillingPeriod, o.x_BillingPeriod) AS period, coalesce(n.BillingPeriodStart, o.BillingPeriodStart) AS start,
           coalesce(n.BillingCurrency, o.BillingCurrency) AS currency, coalesce(n.day, o.day) AS day, coalesce(n.ServiceName, o.ServiceName) AS service,
           n.rows AS new_rows, o.rows AS old_rows, n.cost AS new_cost, o.cost AS old_cost
    FROM (SELECT * FROM lines WHERE load_id = $new) n
    FULL JOIN (SELECT * FROM lines WHERE load_id = $old) o
        ON o.SubAccountId = n.SubAccountId AND o.BillingCurrency = n.BillingCurrency AND o.day = n.day AND o.ServiceName = n.ServiceName AND o.line = n.line
)
SELECT $new, $old, $replaced_at, s.account, s.sub, s.period, s.start, s.currency, s.day, s.service, coalesce(s.day <= r.reach, false),
       coalesce(sum(new_rows) FILTER (old_rows IS NULL), 0)::BIGINT,
       coalesce(sum(old_rows) FILTER (new_rows IS NULL), 0)::BIGINT,
       coalesce(sum(new_rows) FILTER (new_rows <> old_rows OR new_cost <> old_cost), 0)::BIGINT,
       coalesce(sum(new_cost) FILTER (old_rows IS NULL), 0),
       coalesce(sum(old_cost) FILTER (new_rows IS NULL), 0),
       coalesce(sum(new_cost - old_cost), 0)
FROM sides s
LEFT JOIN replaced r ON r.SubAccountId = s.sub AND r.BillingPeriodStart = s.start AND r.BillingCurrency = s.currency
GROUP BY ALL
HAVING count(*) FILTER (old_rows IS NULL OR new_rows IS NULL OR new_rows <> old_rows OR new_cost <> old_cost) > 0
ORDER BY s.sub, s.day, s.service;
