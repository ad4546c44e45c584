-- Of the superseded snapshots of an account, period and cost type only the newest
-- of each day is kept: what a newer one covers goes, with its charges.
UPDATE scopes SET state = 'purged' WHERE scope_id IN (
    SELECT s.scope_id
    FROM scopes s
    JOIN scopes n ON n.state = 'superseded' AND n.load_id > s.load_id
        AND n.BillingAccountId = s.BillingAccountId AND n.SubAccountId = s.SubAccountId AND n.cost_type = s.cost_type
        AND n.BillingCurrency = s.BillingCurrency AND n.BillingPeriodStart = s.BillingPeriodStart
        AND n.from_day <= s.from_day AND n.to_day >= s.to_day
    WHERE s.state = 'superseded'
);
