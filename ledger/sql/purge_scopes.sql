-- Of the superseded snapshots of an account, period and cost type only the newest
-- is kept; the charges of the others go.
UPDATE scopes SET state = 'purged' WHERE scope_id IN (
    SELECT scope_id FROM (
        SELECT s.scope_id, row_number() OVER (
            PARTITION BY s.BillingAccountId, s.SubAccountId, s.cost_type, s.BillingCurrency, s.BillingPeriodStart ORDER BY s.load_id DESC) AS n
        FROM scopes s
        WHERE s.state = 'superseded'
    ) WHERE n > 1
);
