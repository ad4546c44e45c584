-- Shows the texts of currencies without any rate, for the rules that say whose they are. Before owned_rated.
INSERT INTO temp.main.scopes FROM unrated_scopes;
