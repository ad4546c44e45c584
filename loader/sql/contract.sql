-- A contract commitment, in the place of what an earlier file said of it. One that says
-- the same is left alone, whatever its file's name. $row has its values by column, as
-- JSON, $more those of other columns, and $ref is the file.
INSERT INTO contract_commitments BY NAME
SELECT
    r->>'ContractCommitmentId' AS ContractCommitmentId,
    r->>'ContractId' AS ContractId,
    r->>'ContractCommitmentCategory' AS ContractCommitmentCategory,
    r->>'ContractCommitmentType' AS ContractCommitmentType,
    r->>'ContractCommitmentDescription' AS ContractCommitmentDescription,
    (r->>'ContractCommitmentCost')::DECIMAL(38, 18) AS ContractCommitmentCost,
    (r->>'ContractCommitmentQuantity')::DECIMAL(38, 18) AS ContractCommitmentQuantity,
    r->>'ContractCommitmentUnit' AS ContractCommitmentUnit,
    (r->>'ContractCommitmentPeriodStart')::TIMESTAMP AS ContractCommitmentPeriodStart,
    (r->>'ContractCommitmentPeriodEnd')::TIMESTAMP AS ContractCommitmentPeriodEnd,
    (r->>'ContractPeriodStart')::TIMESTAMP AS ContractPeriodStart,
    (r->>'ContractPeriodEnd')::TIMESTAMP AS ContractPeriodEnd,
    r->>'BillingCurrency' AS BillingCurrency,
    r->>'ServiceProviderName' AS ServiceProviderName,
    r->>'InvoiceIssuerName' AS InvoiceIssuerName,
    $more::VARCHAR::JSON::MAP(VARCHAR, VARCHAR) AS x_More,
    $ref::VARCHAR AS x_SourceFile
FROM (SELECT $row::VARCHAR::JSON AS r)
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
