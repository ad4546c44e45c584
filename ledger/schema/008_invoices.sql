-- What was billed. Amounts have the sign with which they count to what is owed: a
-- credit note's are negative. total = net + tax - credits, but for rounding.
CREATE TABLE invoices (
    account         VARCHAR NOT NULL, -- BillingAccountId or SubAccountId
    x_BillingPeriod VARCHAR NOT NULL,
    number          VARCHAR NOT NULL, -- with the two above, what an invoice is known by
    kind            VARCHAR NOT NULL, -- invoice, credit_note
    date            DATE,
    due             DATE,
    currency        VARCHAR NOT NULL,
    net             DECIMAL(38, 18) NOT NULL, -- before tax and credits
    tax             DECIMAL(38, 18) NOT NULL,
    credits         DECIMAL(38, 18) NOT NULL, -- that lessen it
    total           DECIMAL(38, 18) NOT NULL,
    purchases       DECIMAL(38, 18) NOT NULL, -- part of net: purchases and marketplace that no usage file has
    support         DECIMAL(38, 18) NOT NULL, -- part of net: the support plan
    file            VARCHAR,          -- the PDF, by its path from the ledger's folder
    sha256          VARCHAR,          -- its hash
    added_at        TIMESTAMP NOT NULL
);

UPDATE meta SET value = '8' WHERE name = 'schema';
