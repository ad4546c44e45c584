-- format:   anthropic_cost_report
-- title:    Anthropic cost report (Admin API)
-- cost:     actual
-- requires: starting_at, ending_at, amount, currency
-- days:     starting_at, ending_at
-- numbers:  amount
-- cents:    amount
-- total:    amount
-- currency: currency
--
-- The pages of GET /v1/organizations/cost_report, best grouped by workspace_id and description;
-- without the latter there is no model and no kind of token. Its fields stand in the API's
-- reference (Get Cost Report); amounts are in cents. It names no key, and of workspaces
-- their ids alone. The default one has none.
SELECT
    _key,
    "starting_at"                                 AS ChargePeriodStart,
    "ending_at"                                   AS ChargePeriodEnd,
    'anthropic'                                   AS BillingAccountId,
    'Anthropic'                                   AS BillingAccountName,
    'anthropic/' || coalesce("workspace_id", '')  AS SubAccountId,
    coalesce("workspace_id", 'Anthropic')         AS SubAccountName,
    _month                                        AS BillingPeriodStart,
    'Usage'                                       AS ChargeCategory,
    'Usage-Based'                                 AS ChargeFrequency,
    nullif(concat_ws(', ', "description", "service_tier", "context_window"), '') AS ChargeDescription,
    'AI and Machine Learning'                     AS ServiceCategory,
    'Generative AI'                               AS ServiceSubcategory,
    'Claude API'                                  AS ServiceName,
    anthropic_model("model")                      AS SkuId,
    ai_meter(anthropic_model("model"), ai_token_kind("token_type"), coalesce("cost_type", "description")) AS SkuMeter,
    ai_token_kind("token_type")                   AS x_MeterSubcategory,
    "workspace_id"                                AS x_ResourceGroupName,
    "amount"                                      AS BilledCost,
    "amount"                                      AS EffectiveCost,
    coalesce("currency", _currency)               AS BillingCurrency,
    'Anthropic'                                   AS ProviderName,
    'Anthropic'                                   AS PublisherName,
    'Anthropic'                                   AS ServiceProviderName
FROM raw
