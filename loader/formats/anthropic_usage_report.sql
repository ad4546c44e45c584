-- format:   anthropic_usage_report
-- title:    Anthropic token usage report (Admin API)
-- cost:     actual
-- requires: starting_at, ending_at, uncached_input_tokens, cache_read_input_tokens, output_tokens
-- days:     starting_at, ending_at
-- numbers:  cost, kind.value
-- total:    cost
-- currency: = USD
-- kinds:    uncached_input_tokens = input, cache_read_input_tokens = cached input, output_tokens = output
-- kinds:    cache_creation.ephemeral_5m_input_tokens = cache write 5m, cache_creation.ephemeral_1h_input_tokens = cache write 1h
--
-- The pages of GET /v1/organizations/usage_report/messages, best grouped by workspace_id,
-- api_key_id and model. Its fields stand in the API's reference (Get Messages Usage
-- Report). It has tokens and no cost, so it is an account of its own beside the costs, and costs nothing.
SELECT
    _key,
    "starting_at"                                 AS ChargePeriodStart,
    "ending_at"                                   AS ChargePeriodEnd,
    'anthropic/tokens'                            AS BillingAccountId,
    'anthropic/' || coalesce("workspace_id", '') || '/tokens' AS SubAccountId,
    coalesce("workspace_id", 'Anthropic') || ' (tokens)' AS SubAccountName,
    'Token count'                                 AS SubAccountType,
    _month                                        AS BillingPeriodStart,
    'Usage'                                       AS ChargeCategory,
    nullif(concat_ws(', ', "service_tier", "context_window"), '') AS ChargeDescription,
    'AI and Machine Learning'                     AS ServiceCategory,
    'Generative AI'                               AS ServiceSubcategory,
    'Claude API'                                  AS ServiceName,
    anthropic_model("model")                      AS SkuId,
    ai_meter(anthropic_model("model"), "kind.name", "kind.name") AS SkuMeter,
    "kind.name"                                   AS x_MeterSubcategory,
    'anthropic/' || coalesce("workspace_id", '') || '/' || "api_key_id" AS ResourceId,
    "api_key_id"                                  AS ResourceName,
    "workspace_id"                                AS x_ResourceGroupName,
    "kind.value"                                  AS ConsumedQuantity,
    'tokens'                                      AS ConsumedUnit,
    "cost"                                        AS BilledCost,
    "cost"                                        AS EffectiveCost,
    _currency                                     AS BillingCurrency,
    'Anthropic'                                   AS ProviderName,
    'Anthropic'                                   AS PublisherName,
    'Anthropic'                                   AS ServiceProviderName
FROM raw
