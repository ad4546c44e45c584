-- The keys of the loads $first to $last, from the temporary table load_keys, each with its scope
-- and its number of rows (load_days).
INSERT INTO keys
SELECT k.key_id, s.scope_id, coalesce(p.rows, 0),
       k.ChargeCategory, k.ChargeClass, k.ChargeDescription, k.ChargeFrequency, k.PricingCategory,
       k.CommitmentDiscountId, k.CommitmentDiscountName, k.CommitmentDiscountStatus,
       k.ServiceCategory, k.ServiceName, k.ServiceSubcategory, k.SkuId, k.SkuPriceId, k.SkuMeter,
       k.RegionId, k.RegionName, k.ResourceId, k.ResourceName, k.ResourceType, k.ConsumedUnit, k.PricingUnit,
       k.InvoiceId, k.ProviderName, k.PublisherName, k.Tags, k.x_ResourceGroupName, k.x_MeterId, k.x_MeterSubcategory,
       k.x_CostCenter, k.x_InvoiceSectionName, k.ResourceName, k.x_ResourceGroupName,
       k.InvoiceIssuerName, k.ServiceProviderName, k.HostProviderName, k.InvoiceDetailId, k.BillingAccountType,
       k.SubAccountType, k.PricingCurrency, k.SkuPriceDetails, k.AvailabilityZone, k.CapacityReservationId,
       k.CapacityReservationStatus, k.CommitmentDiscountCategory, k.CommitmentDiscountType, k.CommitmentDiscountUnit, k.AllocatedMethodId,
       k.AllocatedMethodDetails, k.AllocatedResourceId, k.AllocatedResourceName, k.AllocatedTags, k.ContractApplied, NULL, k.billing_profile
FROM load_keys k
JOIN scopes s ON s.load_id = k.load_id AND s.load_id BETWEEN $first AND $last
    AND s.BillingAccountId = k.BillingAccountId AND s.SubAccountId = k.SubAccountId AND s.BillingCurrency = k.BillingCurrency
    AND s.x_BillingPeriod = k.x_BillingPeriod AND s.BillingPeriodStart = k.BillingPeriodStart AND s.BillingPeriodEnd = k.BillingPeriodEnd
LEFT JOIN (SELECT key_id, sum(rows)::BIGINT AS rows FROM load_days GROUP BY key_id) p ON p.key_id = k.key_id;
