-- What refresh_links has found, by its days.
INSERT INTO links
SELECT l.* REPLACE (o.day AS last_old, n.day AS first_new) FROM linked l JOIN used_days o ON o.n = l.last_old JOIN used_days n ON n.n = l.first_new
ORDER BY l.kind, l.dimension, l.old, l.new, l.SubAccountId, l.ResourceId, l.ServiceName;
DROP TABLE linked;
DROP TABLE spans;
DROP TABLE used_days;
