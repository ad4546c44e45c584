-- What is committed to in contracts, as FOCUS 1.3 and 1.4 list it, apart from cost and
-- usage: what the newest file says of each commitment.
CREATE TABLE contract_commitments (
    ContractCommitmentId          VARCHAR PRIMARY KEY,
    ContractId                    VARCHAR NOT NULL,
    ContractCommitmentCategory    VARCHAR,
    ContractCommitmentType        VARCHAR,
    ContractCommitmentDescription VARCHAR,
    ContractCommitmentCost        DECIMAL(38, 18),
    ContractCommitmentQuantity    DECIMAL(38, 18),
    ContractCommitmentUnit        VARCHAR,
    ContractCommitmentPeriodStart TIMESTAMP,
    ContractCommitmentPeriodEnd   TIMESTAMP,
    ContractPeriodStart           TIMESTAMP,
    ContractPeriodEnd             TIMESTAMP,
    BillingCurrency               VARCHAR,
    ServiceProviderName           VARCHAR,
    InvoiceIssuerName             VARCHAR,
    x_More                        MAP(VARCHAR, VARCHAR), -- the file's other columns
    x_SourceFile                  VARCHAR NOT NULL
);

-- The tags as the file wrote them, where a key is shown in another spelling.
ALTER TABLE keys ADD COLUMN tags_written MAP(VARCHAR, VARCHAR);

UPDATE meta SET value = '13' WHERE name = 'schema';
