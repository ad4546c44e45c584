-- The days for which a load speaks by its manifest, so that whatever it has of others is weighed in one way,
-- in whatever order files are loaded. NULL where no manifest says, and of loads of earlier releases.
ALTER TABLE loads ADD COLUMN speaks_from DATE;
ALTER TABLE loads ADD COLUMN speaks_to DATE; -- exclusive

UPDATE meta SET value = '18' WHERE name = 'schema';
