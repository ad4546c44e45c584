-- Whether the days of an account that the loads $new and $old both have are ahead of UTC's in one of the two, in the billing
-- period that begins on $start.
SELECT EXISTS (
    SELECT 1
    FROM scopes n JOIN scopes o ON o.SubAccountId = n.SubAccountId AND o.BillingPeriodStart = n.BillingPeriodStart AND o.ahead + n.ahead > 0
    WHERE n.load_id = $new AND o.load_id = $old AND n.BillingPeriodStart = $start AND n.state = 'current' AND o.state = 'current'
) OR EXISTS ( -- or hours of one of the two are of a place (places), and the other has no hours of another, which UTC's days divide alike
    SELECT 1
    FROM scopes s JOIN places p ON p.scope_id = s.scope_id
    WHERE s.load_id IN ($new, $old) AND s.BillingPeriodStart = $start AND s.state = 'current' AND s.ahead = 0
        AND NOT EXISTS (
            SELECT 1
            FROM scopes o JOIN keys k ON k.scope_id = o.scope_id JOIN charges h ON h.key_id = k.key_id
            WHERE o.load_id IN ($new, $old) AND h.load_id IN ($new, $old) AND o.load_id <> s.load_id AND o.BillingPeriodStart = $start
                AND o.state = 'current' AND o.scope_id NOT IN (SELECT scope_id FROM places WHERE east = p.east) AND h.ChargePeriodEnd > h.ChargePeriodStart AND h.ChargePeriodEnd < h.ChargePeriodStart + INTERVAL 23 HOUR
        )
);
