-- Takes one owner's tables away, so that the ledger's are seen again.
DROP VIEW IF EXISTS temp.main.charges;
DROP VIEW IF EXISTS temp.main.keys;
DROP TABLE IF EXISTS temp.main.scopes;
DROP TABLE IF EXISTS temp.main.restatements;
DROP TABLE IF EXISTS temp.main.links;
DROP TABLE IF EXISTS temp.main.series;
DROP TABLE IF EXISTS temp.main.daily;
DROP TABLE IF EXISTS temp.main.daily_services;
