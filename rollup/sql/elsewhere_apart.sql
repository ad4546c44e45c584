-- On which days others have charges of a series of the owner's, of all that it was divided into.
CREATE OR REPLACE TEMP TABLE elsewhere AS
SELECT e.* REPLACE (n.series_id AS series_id) FROM elsewhere e JOIN series_owners n ON n.whole = e.series_id;
