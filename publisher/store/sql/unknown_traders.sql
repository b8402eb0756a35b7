-- One number: rows of the list in force whose trader is in no declaration of that flow.
SELECT count(*) FROM store.main.{name} AS listed
WHERE NOT EXISTS (
    SELECT 1 FROM store.main.declaration_item AS item
    WHERE item.flow = listed.flow
        AND listed.trader = CASE item.flow WHEN 'M' THEN item.importer ELSE item.exporter END
)
