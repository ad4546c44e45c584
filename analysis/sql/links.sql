-- What goes on under another name, known up to day $1.
SELECT kind, dimension, old, new, SubAccountId, ResourceId, ServiceName
FROM links WHERE first_new <= $1
ORDER BY ALL;
