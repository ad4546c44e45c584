-- How a load was read and weighed, as flags had it: a file may leave open what its dates, numbers and
-- amounts mean, and its bytes do not tell how it was read. Loads of earlier releases have none.
CREATE TABLE load_flags (
    load_id BIGINT NOT NULL,
    name    VARCHAR NOT NULL, -- as 'load' has it
    value   VARCHAR NOT NULL,
    PRIMARY KEY (load_id, name)
);

UPDATE meta SET value = '16' WHERE name = 'schema';
