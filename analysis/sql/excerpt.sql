-- What the connection sees, one owner's part, into the ledger that is attached as
-- excerpt; all of it is {owner}'s. What tells of whole files stays out: loads, rejects,
-- answers, invoices, and how many rows a text has.
INSERT INTO excerpt.keys BY NAME SELECT * REPLACE (0::BIGINT AS rows) FROM keys;
INSERT INTO excerpt.charges BY NAME FROM charges;
INSERT INTO excerpt.scopes BY NAME FROM scopes;
INSERT INTO excerpt.series BY NAME FROM series;
INSERT INTO excerpt.daily BY NAME FROM daily;
INSERT INTO excerpt.daily_services BY NAME FROM daily_services;
INSERT INTO excerpt.links BY NAME FROM links;
INSERT INTO excerpt.activity BY NAME FROM activity WHERE lower(ResourceId) IN (SELECT lower(ResourceId) FROM series);
INSERT INTO excerpt.owned SELECT key_id, DATE '1900-01-01', DATE '9999-01-01', 0, {owner} FROM keys;
