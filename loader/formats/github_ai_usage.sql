-- format:   github_ai_usage
-- title:    GitHub AI usage report (premium requests)
-- cost:     actual
-- requires: date, username, product, sku, model, quantity, unit_type, applied_cost_per_quantity, gross_amount, discount_amount, net_amount
-- days:     date
-- numbers:  quantity, applied_cost_per_quantity, gross_amount, net_amount
-- total:    net_amount
-- currency: = USD
--
-- The report on premium requests, and on AI credits after them: by day, user and model.
-- The columns are those of docs.github.com/en/billing/reference/billing-reports. Where its tokens are
-- told (input, output, cache_read), one amount is for all of them, so they are not read.
SELECT
    _key,
    "date"                                        AS ChargePeriodStart,
    "date" + INTERVAL 1 DAY                       AS ChargePeriodEnd,
    'github'                                      AS BillingAccountId,
    'GitHub'                                      AS BillingAccountName,
    github_account("organization")                AS SubAccountId,
    "organization"                                AS SubAccountName,
    _month                                        AS BillingPeriodStart,
    'Usage'                                       AS ChargeCategory,
    'Usage-Based'                                 AS ChargeFrequency,
    'AI and Machine Learning'                     AS ServiceCategory,
    'Generative AI'                               AS ServiceSubcategory,
    github_service("product")                     AS ServiceName,
    "model"                                       AS SkuId,
    concat_ws(', ', "model", "sku")               AS SkuMeter,
    concat_ws('/', 'github', "organization", "repository", "username") AS ResourceId,
    coalesce("username", "model")                 AS ResourceName,
    "repository"                                  AS x_ResourceGroupName,
    "quantity"                                    AS ConsumedQuantity,
    "unit_type"                                   AS ConsumedUnit,
    "quantity"                                    AS PricingQuantity,
    "unit_type"                                   AS PricingUnit,
    nullif("applied_cost_per_quantity", 0)        AS ListUnitPrice,
    "gross_amount"                                AS ListCost,
    "net_amount"                                  AS BilledCost,
    "net_amount"                                  AS EffectiveCost,
    _currency                                     AS BillingCurrency,
    'GitHub'                                      AS ProviderName,
    'GitHub'                                      AS PublisherName,
    'GitHub'                                      AS ServiceProviderName,
    "cost_center_name"                            AS x_CostCenter
FROM raw
