-- What was said of kind $kind of that for which a file speaks is taken back.
DELETE FROM reservations WHERE kind = $kind AND scope IN (SELECT scope FROM reservations_said);
