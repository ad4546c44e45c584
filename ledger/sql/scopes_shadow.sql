-- An actual scope is shadowed while an amortized one of the same account and
-- period is current.
UPDATE scopes SET shadowed = NOT shadowed
WHERE cost_type = 'actual' AND shadowed <> EXISTS (
    SELECT 1 FROM scopes a
    WHERE a.cost_type = 'amortized' AND a.state = 'current'
      AND a.SubAccountId = scopes.SubAccountId AND a.BillingAccountId = scopes.BillingAccountId
      AND a.BillingPeriodStart = scopes.BillingPeriodStart);
