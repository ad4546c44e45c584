-- What the ledger attached as old holds and no usage file does, with what it says of
-- the loads that this one has as well.
CREATE OR REPLACE TEMP TABLE same AS
SELECT o.load_id AS old_id, n.load_id AS new_id FROM old.loads o JOIN loads n ON n.sha256 = o.sha256 AND n.cost_type = o.cost_type;

UPDATE loads SET ref = o.ref, loaded_at = o.loaded_at, version = o.version, submitted = o.submitted, kept = o.kept
FROM same s JOIN old.loads o ON o.load_id = s.old_id WHERE s.new_id = loads.load_id;
UPDATE scopes SET ref = l.ref FROM loads l WHERE l.load_id = scopes.load_id;

INSERT INTO answers BY NAME SELECT * FROM old.answers;
INSERT INTO invoices BY NAME SELECT * FROM old.invoices;
INSERT INTO rates BY NAME SELECT * FROM old.rates;
INSERT INTO contract_commitments BY NAME SELECT * FROM old.contract_commitments;
INSERT INTO reservations BY NAME SELECT * FROM old.reservations;
INSERT INTO activity BY NAME SELECT * FROM old.activity;
INSERT INTO findings BY NAME SELECT * FROM old.findings;
INSERT INTO records BY NAME SELECT * FROM old.records;
INSERT INTO owners_files BY NAME SELECT * FROM old.owners_files;
INSERT INTO owners_texts BY NAME SELECT * FROM old.owners_texts;
INSERT INTO told_totals BY NAME
SELECT t.* REPLACE (coalesce((SELECT max(new_id) FROM same WHERE old_id <= t.last_load_id), 0) AS last_load_id) FROM old.told_totals t;
DROP TABLE same;
