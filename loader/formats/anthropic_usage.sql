-- format:   anthropic_usage
-- title:    Anthropic token usage (Claude Console)
-- cost:     actual
-- requires: usage_date_utc, model_version, api_key, workspace, usage_input_tokens_no_cache, usage_output_tokens
-- days:     usage_date_utc
-- numbers:  cost, kind.value
-- total:    cost
-- currency: = USD
-- kinds:    usage_input_tokens_no_cache = input, usage_input_tokens_cache_read = cached input, usage_output_tokens = output
-- kinds:    usage_input_tokens_cache_write_5m = cache write 5m, usage_input_tokens_cache_write_1h = cache write 1h
--
-- The CSV export of the Console's usage page. The columns are those of exports that public parsers read
-- (usage_date_utc, model_version, api_key, workspace, usage_type, context_window,
-- usage_input_tokens_no_cache, …_cache_write_5m, …_cache_write_1h, …_cache_read,
-- usage_output_tokens, web_search_count, inference_geo, speed). It has tokens and no
-- cost, so it is an account of its own beside the costs, and costs nothing.
SELECT
    _key,
    "usage_date_utc"                              AS ChargePeriodStart,
    "usage_date_utc" + INTERVAL 1 DAY             AS ChargePeriodEnd,
    'anthropic/tokens'                            AS BillingAccountId,
    'anthropic/' || coalesce("workspace", '') || '/tokens' AS SubAccountId,
    coalesce("workspace", 'Anthropic') || ' (tokens)' AS SubAccountName,
    'Token count'                                 AS SubAccountType,
    _month                                        AS BillingPeriodStart,
    'Usage'                                       AS ChargeCategory,
    nullif(concat_ws(', ', "usage_type", "context_window", "speed"), '') AS ChargeDescription,
    'AI and Machine Learning'                     AS ServiceCategory,
    'Generative AI'                               AS ServiceSubcategory,
    'Claude API'                                  AS ServiceName,
    anthropic_model("model_version")              AS SkuId,
    ai_meter(anthropic_model("model_version"), "kind.name", NULL) AS SkuMeter,
    "kind.name"                                   AS x_MeterSubcategory,
    'anthropic/' || coalesce("workspace", '') || '/' || "api_key" AS ResourceId,
    "api_key"                                     AS ResourceName,
    "workspace"                                   AS x_ResourceGroupName,
    "kind.value"                                  AS ConsumedQuantity,
    'tokens'                                      AS ConsumedUnit,
    "cost"                                        AS BilledCost,
    "cost"                                        AS EffectiveCost,
    _currency                                     AS BillingCurrency,
    'Anthropic'                                   AS ProviderName,
    'Anthropic'                                   AS PublisherName,
    'Anthropic'                                   AS ServiceProviderName
FROM raw
