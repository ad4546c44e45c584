-- What grew or shrank unexpectedly and nobody has answered, worst first.
SELECT x_FindingId, x_Severity, x_Start, x_Scope, x_Impact, BillingCurrency, x_Explanation
FROM findings
WHERE x_Severity <> 'low' AND x_Answer IS NULL
ORDER BY x_Impact DESC, x_FindingId;
