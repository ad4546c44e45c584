-- A contract commitment, in the place of what an earlier file said of it. One that says
-- the same is left alone, whatever its file's name.
INSERT INTO contract_commitments BY NAME
SELECT $ContractCommitmentId::VARCHAR AS ContractCommitmentId, $ContractId::VARCHAR AS ContractId,
       $ContractCommitmentCategory::VARCHAR AS ContractCommitmentCategory, $ContractCommitmentType::VARCHAR AS ContractCommitmentType,
       $ContractCommitmentDescription::VARCHAR AS ContractCommitmentDescription,
       $ContractCommitmentCost::VARCHAR::DECIMAL(38, 18) AS ContractCommitmentCost,
       $ContractCommitmentQuantity::VARCHAR::DECIMAL(38, 18) AS ContractCommitmentQuantity,
       $ContractCommitmentUnit::VARCHAR AS ContractCommitmentUnit,
       $ContractCommitmentPeriodStart::TIMESTAMP AS ContractCommitmentPeriodStart, $ContractCommitmentPeriodEnd::TIMESTAMP AS ContractCommitmentPeriodEnd,
       $ContractPeriodStart::TIMESTAMP AS ContractPeriodStart, $ContractPeriodEnd::TIMESTAMP AS ContractPeriodEnd,
       $BillingCurrency::VARCHAR AS BillingCurrency, $ServiceProviderName::VARCHAR AS ServiceProviderName,
       $InvoiceIssuerName::VARCHAR AS InvoiceIssuerName,
       $x_More::VARCHAR::JSON::MAP(VARCHAR, VARCHAR) AS x_More, $x_SourceFile::VARCHAR AS x_SourceFile
ON CONFLICT DO UPDATE SET
    ContractId = excluded.ContractId, ContractCommitmentCategory = excluded.ContractCommitmentCategory,
    ContractCommitmentType = excluded.ContractCommitmentType, ContractCommitmentDescription = excluded.ContractCommitmentDescription,
    ContractCommitmentCost = excluded.ContractCommitmentCost, ContractCommitmentQuantity = excluded.ContractCommitmentQuantity,
    ContractCommitmentUnit = excluded.ContractCommitmentUnit, ContractCommitmentPeriodStart = excluded.ContractCommitmentPeriodStart,
    ContractCommitmentPeriodEnd = excluded.ContractCommitmentPeriodEnd, ContractPeriodStart = excluded.ContractPeriodStart,
    ContractPeriodEnd = excluded.ContractPeriodEnd, BillingCurrency = excluded.BillingCurrency,
    ServiceProviderName = excluded.ServiceProviderName, InvoiceIssuerName = excluded.InvoiceIssuerName,
    x_More = excluded.x_More, x_SourceFile = excluded.x_SourceFile
    WHERE (ContractId, ContractCommitmentCategory, ContractCommitmentType, ContractCommitmentDescription, ContractCommitmentCost,
           ContractCommitmentQuantity, ContractCommitmentUnit, ContractCommitmentPeriodStart, ContractCommitmentPeriodEnd,
           ContractPeriodStart, ContractPeriodEnd, BillingCurrency, ServiceProviderName, InvoiceIssuerName, x_More::VARCHAR)
        IS DISTINCT FROM (excluded.ContractId, excluded.ContractCommitmentCategory, excluded.ContractCommitmentType,
           excluded.ContractCommitmentDescription, excluded.ContractCommitmentCost, excluded.ContractCommitmentQuantity,
           excluded.ContractCommitmentUnit, excluded.ContractCommitmentPeriodStart, excluded.ContractCommitmentPeriodEnd,
           excluded.ContractPeriodStart, excluded.ContractPeriodEnd, excluded.BillingCurrency, excluded.ServiceProviderName,
           excluded.InvoiceIssuerName, excluded.x_More::VARCHAR);
