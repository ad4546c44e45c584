-- The same thing under two names: what ends under one where it begins under
-- another, if exactly one thing does so (a gap of up to three days, or one day on
-- which both are charged). Names that go on beside each other are two things.
CREATE OR REPLACE TEMP MACRO follows(first_new, last_old) AS first_new - last_old BETWEEN 0 AND 4;
