-- Every name of the ledger with its kind, for pseudonyms; public are those that
-- anybody knows. Of a name of several kinds the first counts.
WITH names AS (
    SELECT unnest([
        {kind: 'public', name: ServiceName}, {kind: 'public', name: ServiceCategory}, {kind: 'public', name: ServiceSubcategory}, {kind: 'public', name: SkuMeter},
        {kind: 'public', name: RegionId}, {kind: 'public', name: RegionName}, {kind: 'public', name: ResourceType}, {kind: 'public', name: ConsumedUnit},
        {kind: 'public', name: PricingUnit}, {kind: 'public', name: ProviderName}, {kind: 'public', name: PublisherName}, {kind: 'public', name: ChargeCategory},
        {kind: 'group', name: x_ResourceGroupName}, {kind: 'resource', name: ResourceId}, {kind: 'resource', name: ResourceName}, {kind: 'section', name: x_InvoiceSectionName},
        {kind: 'center', name: x_CostCenter}, {kind: 'commitment', name: CommitmentDiscountId}, {kind: 'commitment', name: CommitmentDiscountName}, {kind: 'invoice', name: InvoiceId},
        {kind: 'text', name: ChargeDescription}
    ], recursive := true) FROM keys
    UNION ALL
    SELECT unnest([
        {kind: 'subscription', name: SubAccountId}, {kind: 'subscription', name: SubAccountName}, {kind: 'account', name: BillingAccountId}, {kind: 'account', name: BillingAccountName}
    ], recursive := true) FROM scopes
    UNION ALL SELECT 'file', ref FROM loads
    UNION ALL SELECT 'file', regexp_extract(ref, '[^/\\]+$') FROM loads
    UNION ALL SELECT 'tag', unnest(map_keys(Tags)) FROM keys
    UNION ALL SELECT 'tag', unnest(map_values(Tags)) FROM keys
    UNION ALL SELECT 'person', said_by FROM answers
    UNION ALL SELECT 'note', note FROM answers
)
SELECT name, min_by(kind, list_position(['public', 'subscription', 'group', 'resource', 'account', 'section', 'center', 'commitment', 'invoice', 'file', 'tag', 'person', 'text', 'note'], kind))
FROM names WHERE trim(name) <> ''
GROUP BY name
ORDER BY name;
