-- What a file of reservations says, on its way into the table of that name.
CREATE OR REPLACE TEMP TABLE reservations_said (scope VARCHAR, id VARCHAR, said MAP(VARCHAR, VARCHAR));
