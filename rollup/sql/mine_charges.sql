CREATE OR REPLACE TEMP VIEW charges AS
{charges};
DROP TABLE mine_days;
