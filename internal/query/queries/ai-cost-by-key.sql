-- What AI services cost by project, workspace or organization, and by key (of GitHub: repository and user), with the tokens where they are known.
-- period: the bill's name, like 2026-10 (default the newest)
SELECT ProviderName, coalesce(max(SubAccountName) FILTER (WHERE NOT x_CountOnly), max(SubAccountName)) AS SubAccountName,
       max(x_ResourceGroupName) FILTER (WHERE ProviderName NOT IN ('OpenAI', 'Anthropic')) AS x_ResourceGroupName,
       max(ResourceName) AS ResourceName, BillingCurrency, sum(BilledCost) AS cost,
       coalesce(nullif(sum(x_Tokens) FILTER (WHERE NOT x_CountOnly), 0), sum(x_Tokens))::HUGEINT AS tokens
FROM ai_usage
WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily))
GROUP BY ProviderName, regexp_replace(SubAccountId, '/tokens$', ''),
    CASE WHEN ProviderName NOT IN ('OpenAI', 'Anthropic') THEN x_ResourceGroupName END, ResourceId, BillingCurrency
ORDER BY cost DESC, ProviderName, SubAccountName, x_ResourceGroupName, ResourceName;
