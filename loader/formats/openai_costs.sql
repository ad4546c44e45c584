-- format:   openai_costs
-- title:    OpenAI costs
-- cost:     actual
-- requires: start_time_iso, end_time_iso, amount_value|amount.value, amount_currency|amount.currency, line_item
-- days:     start_time_iso, end_time_iso
-- numbers:  amount_value, quantity
-- total:    amount_value
-- currency: amount_currency
-- idle:     amount_value
--
-- The cost export of OpenAI's usage page (cost_FROM_TO.csv), and the pages of
-- GET /v1/organization/costs, best grouped by project, line item and key. Its columns
-- stand in the API's reference (organization.costs.result), and exports that public parsers read.
-- A line item is "MODEL, KIND" for tokens. What has no project is the organization's.
SELECT
    _key,
    "start_time_iso"                              AS ChargePeriodStart,
    "end_time_iso"                                AS ChargePeriodEnd,
    coalesce("organization_id", 'openai')         AS BillingAccountId,
    "organization_name"                           AS BillingAccountName,
    coalesce("project_id", "organization_id", 'openai') AS SubAccountId,
    coalesce("project_name", "project_id", "organization_name") AS SubAccountName,
    _month                                        AS BillingPeriodStart,
    'Usage'                                       AS ChargeCategory,
    'Usage-Based'                                 AS ChargeFrequency,
    "line_item"                                   AS ChargeDescription,
    'AI and Machine Learning'                     AS ServiceCategory,
    'Generative AI'                               AS ServiceSubcategory,
    'OpenAI API'                                  AS ServiceName,
    ai_item_model("line_item")                    AS SkuId,
    ai_meter(ai_item_model("line_item"), ai_token_kind(ai_item_kind("line_item")), "line_item") AS SkuMeter,
    ai_token_kind(ai_item_kind("line_item"))      AS x_MeterSubcategory,
    "api_key_id"                                  AS ResourceId,
    "api_key_id"                                  AS ResourceName,
    coalesce("project_name", "project_id")        AS x_ResourceGroupName,
    "quantity"                                    AS ConsumedQuantity,
    coalesce("quantity_unit", CASE WHEN ai_token_kind(ai_item_kind("line_item")) IS NOT NULL THEN 'tokens' END) AS ConsumedUnit,
    "amount_value"                                AS BilledCost,
    "amount_value"                                AS EffectiveCost,
    coalesce("amount_currency", _currency)        AS BillingCurrency,
    'OpenAI'                                      AS ProviderName,
    'OpenAI'                                      AS PublisherName,
    'OpenAI'                                      AS ServiceProviderName
FROM raw
