-- The actual scopes of accounts in which some of what buys commitments is spread by amortized ones of the bill, and not all
-- of what they hold is, each with a number for a scope of its own of what is.
INSERT INTO split_scopes (old_scope, new_scope)
WITH spread AS (
    SELECT DISTINCT s.BillingAccountId, s.BillingPeriodStart, lower(k.CommitmentDiscountId) AS id
    FROM scopes s JOIN keys k ON k.scope_id = s.scope_id
    WHERE s.cost_type = 'amortized' AND s.state = 'current' AND k.CommitmentDiscountId IS NOT NULL
), parts AS (
    SELECT s.scope_id, s.load_id
    FROM scopes s
    JOIN keys k ON k.scope_id = s.scope_id
    LEFT JOIN spread p ON p.BillingAccountId = s.BillingAccountId AND p.BillingPeriodStart = s.BillingPeriodStart
        AND p.id = lower(k.CommitmentDiscountId)
    WHERE s.cost_type = 'actual' AND s.state = 'current' AND NOT s.shadowed
    GROUP BY ALL
    HAVING bool_or(k.ChargeCategory IN ('Purchase', 'Credit') AND p.id IS NOT NULL)
        AND NOT bool_and(k.ChargeCategory IN ('Purchase', 'Credit') AND p.id IS NOT NULL)
)
SELECT p.scope_id,
       (p.load_id << 32) + (SELECT max(o.scope_id) & 4294967295 FROM scopes o WHERE o.load_id = p.load_id)
           + row_number() OVER (PARTITION BY p.load_id ORDER BY p.scope_id)
FROM parts p;
