SELECT * FROM scheduled WHERE asset_id = :asset AND card_id = :card
