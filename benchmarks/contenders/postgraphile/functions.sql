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
-- The same by the product's rules of who sees what, for whom the transaction's settings tell of, and of who
-- follows what now: the ones of `limit.py`.
CREATE OR REPLACE FUNCTION followed_pins(ids bigint[]) RETURNS SETOF pins_pin LANGUAGE sql STABLE AS $$
    SELECT pin.* FROM pins_pin pin
    JOIN users_user owner ON owner.id = pin.owner_id
    JOIN boards_board board ON board.id = pin.board_id
    JOIN media_picture picture ON picture.id = pin.picture_id
    CROSS JOIN (SELECT current_setting('pinboard.viewer')::bigint AS id) AS viewer
    WHERE pin.id = ANY(ids) AND board.deleted_at IS NULL AND pin.owner_id <> viewer.id
      AND NOT board.is_secret AND pin.hidden_at IS NULL AND picture.state = 'READY'
      AND owner.is_active AND owner.deletion_requested_at IS NULL
      AND pin.owner_id NOT IN (
          SELECT blocked_id FROM users_block WHERE blocker_id = current_setting('pinboard.viewer')::bigint
          UNION ALL
          SELECT blocker_id FROM users_block WHERE blocked_id = current_setting('pinboard.viewer')::bigint
          UNION ALL
          SELECT muted_id FROM users_mute WHERE muter_id = current_setting('pinboard.viewer')::bigint)
      AND (EXISTS (SELECT FROM follows_boardfollow WHERE follower_id = viewer.id
                   AND board_id = pin.board_id AND is_following)
           OR pin.owner_id IN (
               SELECT person_id FROM follows_personfollow
               WHERE follower_id = current_setting('pinboard.viewer')::bigint)
           AND NOT EXISTS (SELECT FROM follows_boardfollow WHERE follower_id = viewer.id
                           AND board_id = pin.board_id AND NOT is_following))
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
