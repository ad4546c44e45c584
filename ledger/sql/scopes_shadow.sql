-- An actual scope is shadowed while an amortized one of the same account, period and
-- currency is current. What names no currency may be in any.
UPDATE scopes SET shadowed = NOT shadowed
WHERE cost_type = 'actual' AND shadowed <> EXISTS (
    SELECT 1 FROM scopes a
    WHERE a.cost_type = 'amortized' AND a.state = 'current'
      AND a.SubAccountId = scopes.SubAccountId AND a.BillingAccountId = scopes.BillingAccountId
      AND a.BillingPeriodStart = scopes.BillingPeriodStart
      AND (a.BillingCurrency = scopes.BillingCurrency OR a.BillingCurrency = 'XXX' OR scopes.BillingCurrency = 'XXX'));

-- What buys commitments may stand under an account that uses none of them, or under none: of this
-- nothing is amortized. It is shadowed, too, where the amortized scopes of the bill spread all that it
-- has bought.
UPDATE scopes SET shadowed = true
WHERE scope_id IN (
    WITH spread AS (
        SELECT DISTINCT s.BillingAccountId, s.BillingPeriodStart, lower(k.CommitmentDiscountId) AS id
        FROM scopes s JOIN keys k ON k.scope_id = s.scope_id
        WHERE s.cost_type = 'amortized' AND s.state = 'current' AND k.CommitmentDiscountId IS NOT NULL
    )
    SELECT s.scope_id
    FROM scopes s
    JOIN keys k ON k.scope_id = s.scope_id
    LEFT JOIN spread p ON p.BillingAccountId = s.BillingAccountId AND p.BillingPeriodStart = s.BillingPeriodStart
        AND p.id = lower(k.CommitmentDiscountId)
    WHERE s.cost_type = 'actual' AND s.state = 'current' AND NOT s.shadowed
    GROUP BY s.scope_id
    HAVING bool_and(k.ChargeCategory IN ('Purchase', 'Credit') AND p.id IS NOT NULL));
