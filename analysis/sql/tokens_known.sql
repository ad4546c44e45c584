-- Whether there are charges that bridge_tokens.sql may be about.
SELECT EXISTS (
    FROM keys WHERE ConsumedUnit IS NOT NULL AND (ServiceCategory = 'AI and Machine Learning' OR azure_ai(ServiceName, x_MeterSubcategory)));
