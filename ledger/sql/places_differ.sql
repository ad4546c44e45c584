-- Whether the loads $new and $old say of an account that its days are ahead of UTC's, and that they are not, in the billing
-- period that begins on $start.
SELECT EXISTS (
    SELECT 1
    FROM scopes n JOIN scopes o ON o.SubAccountId = n.SubAccountId AND o.BillingPeriodStart = n.BillingPeriodStart AND o.ahead <> n.ahead
    WHERE n.load_id = $new AND o.load_id = $old AND n.BillingPeriodStart = $start AND n.state = 'current' AND o.state = 'current'
);
