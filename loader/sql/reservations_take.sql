-- What a file, $ref, says of kind $kind.
INSERT INTO reservations SELECT $kind, scope, id, said, $ref FROM reservations_said;
