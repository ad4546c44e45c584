-- The services by resource type, which is in lower case and comes once.
CREATE OR REPLACE TEMP TABLE services AS
SELECT unnest($types::VARCHAR[]) AS ResourceType, unnest($categories::VARCHAR[]) AS ServiceCategory,
       unnest($subcategories::VARCHAR[]) AS ServiceSubcategory;
