-- What PostGraphile needs to answer the following feed: the pins of a timeline that everybody may see, and
-- the count of saves as a column. The ids come from Valkey: see server.mjs.
CREATE OR REPLACE FUNCTION timeline_pins(ids bigint[]) RETURNS SETOF pins_pin LANGUAGE sql STABLE AS $$
    SELECT pin.* FROM pins_pin pin
    JOIN boards_board board ON board.id = pin.board_id
    JOIN media_picture picture ON picture.id = pin.picture_id
    WHERE pin.id = ANY(ids) AND NOT board.is_secret AND board.deleted_at IS NULL
      AND pin.hidden_at IS NULL AND picture.state = 'READY'
    ORDER BY pin.id DESC
$$;
CREATE OR REPLACE FUNCTION pins_pin_save_count(pin pins_pin) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(value), 0)::bigint FROM counters_counter
    WHERE subject_id = coalesce(pin.root_id, pin.id) AND name = 'pins.saves'
$$;
COMMENT ON TABLE pins_pin IS E'@name pin';
COMMENT ON TABLE users_user IS E'@name user';
COMMENT ON TABLE boards_board IS E'@name board';
COMMENT ON TABLE media_picture IS E'@name picture';
