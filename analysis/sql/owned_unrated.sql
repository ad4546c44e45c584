-- Shows the texts of currencies without any rate, for the rules that say whose they are, and for filters.
INSERT INTO temp.main.scopes FROM unrated_scopes;
