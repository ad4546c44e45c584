-- The bills of which one of the loads $first to $last has charges without any account, and an older load the same ones with their accounts,
-- or the other way round: most lines that cost something, by day, are in both at one cost.
WITH bills AS (
    SELECT load_id, cost_type, BillingAccountId, BillingPeriodStart, BillingCurrency, any_value(x_BillingPeriod) AS period, any_value(ref) AS ref,
           bool_and(SubAccountId = '') AS nameless, bool_and(SubAccountId <> '') AS named, min(from_day) AS from_day, max(to_day) AS to_day
    FROM scopes
    WHERE state = 'current' AND NOT shadowed AND (BillingAccountId, BillingPeriodStart) IN (
        SELECT (BillingAccountId, BillingPeriodStart) FROM scopes WHERE load_id BETWEEN $first AND $last)
    GROUP BY ALL
), pairs AS (
    SELECT n.load_id AS new, o.load_id AS old, BillingAccountId, BillingPeriodStart, BillingCurrency, n.period, o.ref
    FROM bills n JOIN bills o USING (BillingAccountId, BillingPeriodStart, BillingCurrency, cost_type)
    WHERE n.load_id BETWEEN $first AND $last AND o.load_id < n.load_id AND (n.nameless AND o.named OR n.named AND o.nameless)
      AND n.from_day < o.to_day AND o.from_day < n.to_day
), lines AS (
    SELECT s.load_id, s.BillingAccountId, s.BillingPeriodStart, s.BillingCurrency, c.ChargePeriodStart::DATE AS day,
           hash(k.ServiceName, k.ResourceId, k.SkuMeter, k.ChargeCategory, k.ChargeDescription) AS line, sum(c.BilledCost) AS cost
    FROM scopes s JOIN keys k ON k.scope_id = s.scope_id JOIN charges c ON c.key_id = k.key_id
    WHERE s.state = 'current' AND (s.load_id, s.BillingAccountId, s.BillingPeriodStart, s.BillingCurrency) IN (
        SELECT (new, BillingAccountId, BillingPeriodStart, BillingCurrency) FROM pairs
        UNION ALL SELECT (old, BillingAccountId, BillingPeriodStart, BillingCurrency) FROM pairs)
    GROUP BY ALL
    HAVING cost <> 0
), held AS (
    SELECT load_id, BillingAccountId, BillingPeriodStart, BillingCurrency, count(*) AS lines FROM lines GROUP BY ALL
), shared AS (
    SELECT p.new, p.old, p.period, p.ref, BillingAccountId, BillingPeriodStart, BillingCurrency, count(*) AS lines
    FROM pairs p
    JOIN lines n USING (BillingAccountId, BillingPeriodStart, BillingCurrency)
    JOIN lines o USING (BillingAccountId, BillingPeriodStart, BillingCurrency)
    WHERE n.load_id = p.new AND o.load_id = p.old AND o.day = n.day AND o.line = n.line AND o.cost = n.cost
    GROUP BY ALL
)
SELECT s.new, s.period, s.old, s.ref
FROM shared s
JOIN held n USING (BillingAccountId, BillingPeriodStart, BillingCurrency)
JOIN held o USING (BillingAccountId, BillingPeriodStart, BillingCurrency)
WHERE n.load_id = s.new AND o.load_id = s.old AND s.lines * 2 > least(n.lines, o.lines)
ORDER BY ALL;
