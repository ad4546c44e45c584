-- format:   openai_usage
-- title:    OpenAI token usage
-- cost:     actual
-- requires: start_time_iso, end_time_iso, num_model_requests, input_tokens, output_tokens, model
-- days:     start_time_iso, end_time_iso
-- numbers:  cost, kind.value
-- total:    cost
-- currency: = USD
-- idle:     num_model_requests
-- kinds:    input_tokens - input_cached_tokens = input, input_cached_tokens = cached input, output_tokens = output
--
-- The export of OpenAI's usage page (completions_usage_FROM_TO.csv), and the pages of
-- GET /v1/organization/usage/completions. Its columns stand in the API's reference
-- (organization.usage.completions.result), and exports that public parsers read. It has
-- tokens and no cost, so it is an account of its own beside the costs, and costs
-- nothing. input_tokens includes what came from the cache.
SELECT
    _key,
    "start_time_iso"                              AS ChargePeriodStart,
    "end_time_iso"                                AS ChargePeriodEnd,
    'openai/tokens'                               AS BillingAccountId,
    coalesce("project_id", 'openai') || '/tokens' AS SubAccountId,
    coalesce("project_name", "project_id", 'OpenAI') || ' (tokens)' AS SubAccountName,
    'Token count'                                 AS SubAccountType,
    _month                                        AS BillingPeriodStart,
    'Usage'                                       AS ChargeCategory,
    'AI and Machine Learning'                     AS ServiceCategory,
    'Generative AI'                               AS ServiceSubcategory,
    'OpenAI API'                                  AS ServiceName,
    "model"                                       AS SkuId,
    ai_meter("model", "kind.name", NULL)          AS SkuMeter,
    "kind.name"                                   AS x_MeterSubcategory,
    "api_key_id"                                  AS ResourceId,
    "api_key_id"                                  AS ResourceName,
    coalesce("project_name", "project_id")        AS x_ResourceGroupName,
    "kind.value"                                  AS ConsumedQuantity,
    'tokens'                                      AS ConsumedUnit,
    "cost"                                        AS BilledCost,
    "cost"                                        AS EffectiveCost,
    _currency                                     AS BillingCurrency,
    'OpenAI'                                      AS ProviderName,
    'OpenAI'                                      AS PublisherName,
    'OpenAI'                                      AS ServiceProviderName
FROM raw
