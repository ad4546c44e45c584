-- format:   anthropic_cost
-- title:    Anthropic cost (Claude Console)
-- cost:     actual
-- requires: usage_date_utc, model, workspace, api_key, usage_type, token_type, cost_usd, cost_type
-- days:     usage_date_utc
-- numbers:  cost_usd, list_price_usd
-- total:    cost_usd
-- currency: = USD
--
-- The CSV export of the Console's cost page. The columns are those of exports that public parsers read
-- (usage_date_utc, model, workspace, api_key, usage_type, context_window, token_type,
-- cost_usd, list_price_usd, cost_type, inference_geo, speed, and later api_key_id). It
-- names no organization. Dates are UTC.
SELECT
    _key,
    "usage_date_utc"                              AS ChargePeriodStart,
    "usage_date_utc" + INTERVAL 1 DAY             AS ChargePeriodEnd,
    'anthropic'                                   AS BillingAccountId,
    'Anthropic'                                   AS BillingAccountName,
    'anthropic/' || coalesce("workspace", '')     AS SubAccountId,
    "workspace"                                   AS SubAccountName,
    _month                                        AS BillingPeriodStart,
    'Usage'                                       AS ChargeCategory,
    'Usage-Based'                                 AS ChargeFrequency,
    nullif(concat_ws(', ', "usage_type", "context_window", "speed"), '') AS ChargeDescription,
    'AI and Machine Learning'                     AS ServiceCategory,
    'Generative AI'                               AS ServiceSubcategory,
    'Claude API'                                  AS ServiceName,
    anthropic_model("model")                      AS SkuId,
    ai_meter(anthropic_model("model"), ai_token_kind("token_type"), coalesce("cost_type", "usage_type")) AS SkuMeter,
    ai_token_kind("token_type")                   AS x_MeterSubcategory,
    'anthropic/' || coalesce("workspace", '') || '/' || "api_key" AS ResourceId,
    "api_key"                                     AS ResourceName,
    "workspace"                                   AS x_ResourceGroupName,
    nullif("list_price_usd", 0)                   AS ListCost,
    "cost_usd"                                    AS BilledCost,
    "cost_usd"                                    AS EffectiveCost,
    _currency                                     AS BillingCurrency,
    'Anthropic'                                   AS ProviderName,
    'Anthropic'                                   AS PublisherName,
    'Anthropic'                                   AS ServiceProviderName
FROM raw
