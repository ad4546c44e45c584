-- What a million tokens cost, by model and kind of token. Tokens are those of the cost's own file or, where it has none, of the provider's usage file beside it.
-- period: the bill's name, like 2026-10 (default the newest)
SELECT ProviderName, x_Model, x_TokenKind, BillingCurrency, sum(BilledCost) AS cost,
       coalesce(nullif(sum(x_Tokens) FILTER (WHERE NOT x_CountOnly), 0), sum(x_Tokens))::HUGEINT AS tokens,
       round(1000000 * cost::DOUBLE / nullif(tokens, 0)::DOUBLE, 4) AS per_million
FROM ai_usage
WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily)) AND x_TokenKind IS NOT NULL
GROUP BY ProviderName, x_Model, x_TokenKind, BillingCurrency
ORDER BY cost DESC, ProviderName, x_Model, x_TokenKind;
