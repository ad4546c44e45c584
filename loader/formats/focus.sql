-- format:   focus
-- title:    FOCUS cost and usage
-- cost:     focus
-- requires: BilledCost, EffectiveCost, BillingAccountId, BillingCurrency, BillingPeriodStart, BillingPeriodEnd, ChargeCategory, ChargePeriodStart, ChargePeriodEnd, ServiceName
-- accepts:  InvoiceId|x_InvoiceId, SkuMeter|x_SkuMeterName, ConsumedQuantity|UsageQuantity, ConsumedUnit|UsageUnit, RegionId|Region, ChargeClass|ChargeSubcategory, ProviderName|Provider, PublisherName|Publisher, InvoiceIssuerName|InvoiceIssuer
-- days:     ChargePeriodStart, ChargePeriodEnd
-- periods:  BillingPeriodStart, BillingPeriodEnd; exclusive
-- numbers:  BilledCost, EffectiveCost, ListCost, ContractedCost, ListUnitPrice, ContractedUnitPrice, ConsumedQuantity, PricingQuantity, CommitmentDiscountQuantity, PricingCurrencyContractedUnitPrice, PricingCurrencyEffectiveCost, PricingCurrencyListUnitPrice
-- total:    BilledCost
-- currency: BillingCurrency
-- tags:     Tags
-- else:     EffectiveCost = BilledCost
--
-- FOCUS 1.0 to 1.4 of any provider, with Azure's x_ columns where they are.
SELECT
    _key,
    "ChargePeriodStart"                           AS ChargePeriodStart,
    "ChargePeriodEnd"                             AS ChargePeriodEnd,
    CASE WHEN of_aws("ProviderName", "ServiceProviderName") THEN aws_account("BillingAccountId") ELSE "BillingAccountId" END AS BillingAccountId,
    "BillingAccountName"                          AS BillingAccountName,
    -- Azure writes /subscriptions/GUID; the ledger keeps the bare GUID.
    CASE WHEN of_aws("ProviderName", "ServiceProviderName") THEN aws_account("SubAccountId")
         ELSE azure_subscription("SubAccountId") END AS SubAccountId,
    "SubAccountName"                              AS SubAccountName,
    left("BillingPeriodStart", 10)::DATE          AS BillingPeriodStart,
    left("BillingPeriodEnd", 10)::DATE            AS BillingPeriodEnd,
    -- Our own export keeps the bill's name, which its days need not tell.
    coalesce("x_BillingPeriod", strftime(left("BillingPeriodStart", 10)::DATE, '%Y-%m')) AS x_BillingPeriod,
    -- FOCUS lets no other category have a consumed unit, or a commitment that was used or not.
    coalesce(focus_word("ChargeCategory"), CASE WHEN coalesce("ConsumedUnit", "CommitmentDiscountStatus") IS NOT NULL THEN 'Usage' END)
                                                  AS ChargeCategory,
    CASE WHEN lower(trim("ChargeClass")) = 'correction' THEN 'Correction' END AS ChargeClass,
    "ChargeDescription"                           AS ChargeDescription,
    focus_word("ChargeFrequency")                 AS ChargeFrequency,
    focus_word("PricingCategory")                 AS PricingCategory,
    "CommitmentDiscountId"                        AS CommitmentDiscountId,
    "CommitmentDiscountName"                      AS CommitmentDiscountName,
    focus_word("CommitmentDiscountStatus")        AS CommitmentDiscountStatus,
    "ServiceCategory"                             AS ServiceCategory,
    coalesce("ServiceName", "x_SkuMeterSubcategory", "PublisherName") AS ServiceName,
    "ServiceSubcategory"                          AS ServiceSubcategory,
    "SkuId"                                       AS SkuId,
    "SkuPriceId"                                  AS SkuPriceId,
    coalesce("SkuMeter", "ChargeDescription")     AS SkuMeter,
    "RegionId"                                    AS RegionId,
    "RegionName"                                  AS RegionName,
    CASE WHEN "ResourceId" ILIKE '/subscriptions/%' OR "ResourceId" ILIKE '/providers/%' THEN lower("ResourceId") ELSE "ResourceId" END AS ResourceId,
    coalesce("ResourceName", azure_resource_name("ResourceId")) AS ResourceName,
    "ResourceType"                                AS ResourceType,
    "ConsumedQuantity"                            AS ConsumedQuantity,
    "ConsumedUnit"                                AS ConsumedUnit,
    "PricingQuantity"                             AS PricingQuantity,
    "PricingUnit"                                 AS PricingUnit,
    nullif("ListUnitPrice", 0)                    AS ListUnitPrice,
    nullif("ContractedUnitPrice", 0)              AS ContractedUnitPrice,
    -- A row that costs something and has a list cost of 0 has one that is not known.
    CASE WHEN "ListCost" <> 0 OR "BilledCost" = 0 AND "EffectiveCost" = 0 THEN "ListCost" END AS ListCost,
    CASE WHEN "ContractedCost" <> 0 OR "BilledCost" = 0 AND "EffectiveCost" = 0 THEN "ContractedCost" END AS ContractedCost,
    "BilledCost"                                  AS BilledCost,
    -- What a commitment costs is the EffectiveCost of the usage that it covers, so its purchase has none of it; what
    -- differs from the billed cost was meant, as what was not used. Our own export of an actual file has spread nothing.
    CASE WHEN lower(trim("ChargeCategory")) = 'purchase' AND "CommitmentDiscountId" IS NOT NULL AND "x_CostType" IS DISTINCT FROM 'actual'
         THEN CASE WHEN "EffectiveCost" <> "BilledCost" THEN "EffectiveCost" ELSE 0 END ELSE "EffectiveCost" END AS EffectiveCost,
    coalesce("BillingCurrency", 'XXX')            AS BillingCurrency,
    "InvoiceId"                                   AS InvoiceId,
    -- FOCUS 1.3 has ServiceProviderName for the one, and none for the other.
    coalesce("ProviderName", "ServiceProviderName") AS ProviderName,
    coalesce("PublisherName", "ServiceProviderName") AS PublisherName,
    "InvoiceIssuerName"                           AS InvoiceIssuerName,
    coalesce("ServiceProviderName", "ProviderName") AS ServiceProviderName,
    "HostProviderName"                            AS HostProviderName,
    "InvoiceDetailId"                             AS InvoiceDetailId,
    "BillingAccountType"                          AS BillingAccountType,
    "SubAccountType"                              AS SubAccountType,
    "PricingCurrency"                             AS PricingCurrency,
    "SkuPriceDetails"                             AS SkuPriceDetails,
    "AvailabilityZone"                            AS AvailabilityZone,
    "CapacityReservationId"                       AS CapacityReservationId,
    "CapacityReservationStatus"                   AS CapacityReservationStatus,
    "CommitmentDiscountCategory"                  AS CommitmentDiscountCategory,
    "CommitmentDiscountType"                      AS CommitmentDiscountType,
    "CommitmentDiscountUnit"                      AS CommitmentDiscountUnit,
    "AllocatedMethodId"                           AS AllocatedMethodId,
    "AllocatedMethodDetails"                      AS AllocatedMethodDetails,
    "AllocatedResourceId"                         AS AllocatedResourceId,
    "AllocatedResourceName"                       AS AllocatedResourceName,
    "AllocatedTags"                               AS AllocatedTags,
    "ContractApplied"                             AS ContractApplied,
    "CommitmentDiscountQuantity"                  AS CommitmentDiscountQuantity,
    "PricingCurrencyContractedUnitPrice"          AS PricingCurrencyContractedUnitPrice,
    "PricingCurrencyEffectiveCost"                AS PricingCurrencyEffectiveCost,
    "PricingCurrencyListUnitPrice"                AS PricingCurrencyListUnitPrice,
    "Tags"                                        AS Tags,
    coalesce("x_ResourceGroupName", azure_resource_group("ResourceId"), "oci_CompartmentName") AS x_ResourceGroupName,
    coalesce("x_SkuMeterId", "x_MeterId")         AS x_MeterId,
    coalesce("x_SkuMeterSubcategory", "x_MeterSubcategory") AS x_MeterSubcategory,
    "x_CostCenter"                                AS x_CostCenter,
    "x_InvoiceSectionName"                        AS x_InvoiceSectionName
FROM raw
