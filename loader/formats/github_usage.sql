-- format:   github_usage
-- title:    GitHub usage report
-- cost:     actual
-- requires: date, product, sku, quantity, unit_type, applied_cost_per_quantity, gross_amount, discount_amount, net_amount, repository
-- days:     date
-- numbers:  quantity, applied_cost_per_quantity, gross_amount, net_amount
-- total:    net_amount
-- currency: = USD
-- outranks: github_ai_usage
--
-- The summarized and the detailed report of metered usage: Actions, Copilot, Packages and
-- others. Columns: docs.github.com/en/billing/reference/billing-reports. The net amount
-- is billed; the gross amount is the list cost. What a month has of the report on AI
-- usage is in this one, too, so this one counts where both are loaded.
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
    CASE WHEN lower("product") IN ('copilot', 'spark', 'models') THEN 'AI and Machine Learning' ELSE 'Developer Tools' END AS ServiceCategory,
    CASE WHEN lower("product") IN ('copilot', 'spark', 'models') THEN 'Generative AI' END AS ServiceSubcategory,
    github_service("product")                     AS ServiceName,
    "sku"                                         AS SkuId,
    "sku"                                         AS SkuMeter,
    concat_ws('/', 'github', "organization", "repository", coalesce("workflow_path", "username")) AS ResourceId,
    coalesce("workflow_path", "username", "repository") AS ResourceName,
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
