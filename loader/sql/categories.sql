-- The categories of keys that their file does not name. What the table of services
-- does not know stays without one.
UPDATE load_keys SET ServiceCategory = s.ServiceCategory, ServiceSubcategory = s.ServiceSubcategory
FROM services s WHERE s.ResourceType = load_keys.ResourceType AND load_keys.ServiceCategory IS NULL;
