-- What goes on under another name, known up to day $last.
SELECT kind, dimension, old, new, SubAccountId, ResourceId, ServiceName
FROM links WHERE first_new <= $last
ORDER BY ALL;
