-- Whether the days of an account that the loads $new and $old both have are ahead of UTC's in one of the two, in the billing
-- period that begins on $start.
SELECT EXISTS (
    SELECT 1
    FROM scopes n JOIN scopes o ON o.SubAccountId = n.SubAccountId AND o.BillingPeriodStart = n.BillingPeriodStart AND o.ahead + n.ahead > 0
    WHERE n.load_id = $new AND o.load_id = $old AND n.BillingPeriodStart = $start AND n.state = 'current' AND o.state = 'current'
);
