-- The subscriptions of load_keys that no load before theirs had, where the ledger was
-- not empty then. What is charged to none is of no subscription.
WITH fresh AS (
    SELECT load_id, coalesce(SubAccountName || ' (' || SubAccountId || ')', SubAccountId) AS account
    FROM load_keys
    WHERE SubAccountId <> '' AND SubAccountId NOT IN (SELECT SubAccountId FROM scopes)
    QUALIFY load_id = min(load_id) OVER (PARTITION BY SubAccountId)
)
SELECT DISTINCT load_id, account
FROM fresh
WHERE EXISTS (SELECT 1 FROM scopes) OR load_id > (SELECT min(load_id) FROM load_keys)
ORDER BY load_id, account;
