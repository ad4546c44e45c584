-- A publication, by its number $publication: what was one is what it is based on.
UPDATE meta SET value = CASE name WHEN 'base' THEN (SELECT m.value FROM meta m WHERE m.name = 'publication') ELSE $publication END
WHERE name IN ('base', 'publication');
