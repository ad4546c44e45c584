-- The keys' numbers become dense, from 1, instead of each load's beginning at
-- load_id * 2^32, so that DuckDB joins charges with them by an array; the load is
-- a column of its own, which takes no room.
CREATE TEMP TABLE numbers AS SELECT key_id, row_number() OVER (ORDER BY key_id) AS number FROM keys;

CREATE TABLE charges_dense (
    key_id              BIGINT NOT NULL,
    ChargePeriodStart   TIMESTAMP NOT NULL,
    ChargePeriodEnd     TIMESTAMP NOT NULL, -- exclusive
    ConsumedQuantity    DECIMAL(38, 18),
    PricingQuantity     DECIMAL(38, 18),
    ListUnitPrice       DECIMAL(38, 18),
    ContractedUnitPrice DECIMAL(38, 18),
    ListCost            DECIMAL(38, 18),
    ContractedCost      DECIMAL(38, 18),
    BilledCost          DECIMAL(38, 18) NOT NULL,
    EffectiveCost       DECIMAL(38, 18) NOT NULL,
    load_id             BIGINT NOT NULL
);
-- A charge without a key would be refused here, and is not lost.
INSERT INTO charges_dense
SELECT n.number, c.* EXCLUDE (key_id), c.key_id >> 32
FROM charges c LEFT JOIN numbers n ON n.key_id = c.key_id;
DROP TABLE charges;
ALTER TABLE charges_dense RENAME TO charges;

CREATE TABLE keys_dense AS
SELECT n.number AS key_id, k.* EXCLUDE (key_id) FROM keys k JOIN numbers n ON n.key_id = k.key_id ORDER BY n.number;
DROP TABLE keys;
ALTER TABLE keys_dense RENAME TO keys;
ALTER TABLE keys ALTER key_id SET NOT NULL;
ALTER TABLE keys ALTER scope_id SET NOT NULL;
ALTER TABLE keys ALTER rows SET NOT NULL;

DROP TABLE numbers;

UPDATE meta SET value = '9' WHERE name = 'schema';
