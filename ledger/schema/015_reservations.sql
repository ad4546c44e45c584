-- What Azure's files of reservations say, apart from cost and usage: hours by day, transactions
-- and recommendations, a row each. What a file says of a scope takes the place of what
-- was said of it.
CREATE TABLE reservations (
    kind         VARCHAR NOT NULL, -- hours, transaction, recommendation
    scope        VARCHAR NOT NULL, -- of hours the day and reservation, of recommendations what they are of
    id           VARCHAR NOT NULL, -- the row within the scope
    said         MAP(VARCHAR, VARCHAR) NOT NULL, -- the columns, their names in small letters without blanks
    x_SourceFile VARCHAR NOT NULL,
    PRIMARY KEY (kind, scope, id)
);

UPDATE meta SET value = '15' WHERE name = 'schema';
