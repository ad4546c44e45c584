-- What FOCUS 1.1 to 1.4 have added, and what was not kept of 1.0.
ALTER TABLE keys ADD COLUMN InvoiceIssuerName VARCHAR;
ALTER TABLE keys ADD COLUMN ServiceProviderName VARCHAR;
ALTER TABLE keys ADD COLUMN HostProviderName VARCHAR;
ALTER TABLE keys ADD COLUMN InvoiceDetailId VARCHAR;
ALTER TABLE keys ADD COLUMN BillingAccountType VARCHAR;
ALTER TABLE keys ADD COLUMN SubAccountType VARCHAR;
ALTER TABLE keys ADD COLUMN PricingCurrency VARCHAR;
ALTER TABLE keys ADD COLUMN SkuPriceDetails VARCHAR;
ALTER TABLE keys ADD COLUMN AvailabilityZone VARCHAR;
ALTER TABLE keys ADD COLUMN CapacityReservationId VARCHAR;
ALTER TABLE keys ADD COLUMN CapacityReservationStatus VARCHAR;
ALTER TABLE keys ADD COLUMN CommitmentDiscountCategory VARCHAR;
ALTER TABLE keys ADD COLUMN CommitmentDiscountType VARCHAR;
ALTER TABLE keys ADD COLUMN CommitmentDiscountUnit VARCHAR;
ALTER TABLE keys ADD COLUMN AllocatedMethodId VARCHAR;
ALTER TABLE keys ADD COLUMN AllocatedMethodDetails VARCHAR;
ALTER TABLE keys ADD COLUMN AllocatedResourceId VARCHAR;
ALTER TABLE keys ADD COLUMN AllocatedResourceName VARCHAR;
ALTER TABLE keys ADD COLUMN AllocatedTags VARCHAR;
ALTER TABLE keys ADD COLUMN ContractApplied VARCHAR;
ALTER TABLE charges ADD COLUMN CommitmentDiscountQuantity DECIMAL(38, 18);
ALTER TABLE charges ADD COLUMN PricingCurrencyContractedUnitPrice DECIMAL(38, 18);
ALTER TABLE charges ADD COLUMN PricingCurrencyEffectiveCost DECIMAL(38, 18);
ALTER TABLE charges ADD COLUMN PricingCurrencyListUnitPrice DECIMAL(38, 18);

UPDATE meta SET value = '12' WHERE name = 'schema';
