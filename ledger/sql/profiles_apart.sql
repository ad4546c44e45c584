-- Whether of each account that the loads $new and $old both have in the billing periods that begin on $start the two have
-- charges of other billing profiles.
WITH profiles AS (
    SELECT s.load_id, s.SubAccountId, list(DISTINCT k.billing_profile) AS profiles, bool_and(k.billing_profile IS NOT NULL) AS known
    FROM scopes s JOIN keys k ON k.scope_id = s.scope_id
    WHERE s.load_id IN ($new, $old) AND s.BillingPeriodStart = $start AND s.state = 'current'
    GROUP BY ALL
)
SELECT count(*) > 0 AND bool_and(n.known AND o.known AND NOT list_has_any(n.profiles, o.profiles))
FROM profiles n JOIN profiles o ON o.SubAccountId = n.SubAccountId
WHERE n.load_id = $new AND o.load_id = $old;
