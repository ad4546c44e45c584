-- What is known of tokens, for the view ai_usage and for the bridge. The kinds of tokens are
-- those that the formats of AI providers give; Azure writes them into the names of its meters,
-- "gpt 4o 1120 cached Inp glbl Tokens", by 1K or 1M.
CREATE OR REPLACE TEMP MACRO azure_ai(service, subcategory) AS regexp_matches(concat_ws(' ', service, subcategory), 'OpenAI|Foundry Models', 'i');

CREATE OR REPLACE TEMP MACRO token_kind(service, subcategory, meter) AS
    CASE WHEN subcategory IN ('input', 'cached input', 'cache write 5m', 'cache write 1h', 'output') THEN subcategory
         WHEN NOT azure_ai(service, subcategory) THEN NULL
         WHEN regexp_matches(meter, '\b(cached|cchd|cd)\b', 'i') THEN 'cached input'
         WHEN regexp_matches(meter, '\b(inp|input|in)\b', 'i') THEN 'input'
         WHEN regexp_matches(meter, '\b(outp|output|out|opt)\b', 'i') THEN 'output' END;

CREATE OR REPLACE TEMP MACRO token_model(provider, meter, sku) AS
    CASE WHEN provider = 'Microsoft' THEN nullif(regexp_extract(meter, '^(.+?)[ -]+(cached|cchd|cd|inp|input|in|outp|output|out|opt)\b', 1, 'i'), '') ELSE sku END;

-- How many tokens a unit is; NULL for what is no unit of tokens.
CREATE OR REPLACE TEMP MACRO token_unit(unit) AS
    CASE WHEN regexp_matches(unit, '^[0-9]*[KM]?( ?tokens?)?$', 'i')
         THEN coalesce(try_cast(regexp_extract(unit, '^[0-9]*') AS INTEGER), 1)
            * CASE upper(regexp_extract(unit, '^[0-9]*([KM]?)', 1, 'i')) WHEN 'K' THEN 1000 WHEN 'M' THEN 1000000 ELSE 1 END END;
