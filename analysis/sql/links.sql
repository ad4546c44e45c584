-- What goes on under another name.
SELECT kind, dimension, old, new, SubAccountId, ResourceId, ServiceName FROM links ORDER BY ALL;
