-- What buys commitments that amortized scopes of the bill spread goes to the new scopes of split_scopes.
UPDATE keys SET scope_id = p.new_scope
FROM split_scopes p JOIN scopes s ON s.scope_id = p.old_scope
WHERE keys.scope_id = p.old_scope AND keys.ChargeCategory IN ('Purchase', 'Credit') AND lower(keys.CommitmentDiscountId) IN (
    SELECT lower(k.CommitmentDiscountId)
    FROM scopes a JOIN keys k ON k.scope_id = a.scope_id
    WHERE a.cost_type = 'amortized' AND a.state = 'current'
      AND a.BillingAccountId = s.BillingAccountId AND a.BillingPeriodStart = s.BillingPeriodStart);
