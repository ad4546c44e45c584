-- The subscriptions of load_keys that no load had, where the ledger is not empty.
SELECT DISTINCT coalesce(SubAccountName || ' (' || SubAccountId || ')', SubAccountId)
FROM load_keys
WHERE SubAccountId NOT IN (SELECT SubAccountId FROM scopes) AND EXISTS (SELECT 1 FROM scopes)
ORDER BY 1;
