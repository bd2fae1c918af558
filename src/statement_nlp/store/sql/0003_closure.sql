-- claim_places follows claim_named_places, whoever writes: an extraction, a review, another program.

CREATE TRIGGER claim_places_insert AFTER INSERT ON claim_named_places WHEN NEW.place_id IS NOT NULL BEGIN
  INSERT INTO claim_places(ancestor_id, date, claim_id)
  SELECT a.ancestor_id, c.day, c.id FROM claims c JOIN place_ancestors a ON a.place_id = NEW.place_id
  WHERE c.id = NEW.claim_id AND NOT EXISTS (
    SELECT 1 FROM claim_places x WHERE x.ancestor_id = a.ancestor_id AND x.date = c.day AND x.claim_id = c.id);
END;

-- The claim still stands when one of its places goes: keep what its other places need.
CREATE TRIGGER claim_places_delete AFTER DELETE ON claim_named_places WHEN OLD.place_id IS NOT NULL BEGIN
  DELETE FROM claim_places
  WHERE claim_id = OLD.claim_id AND date = (SELECT day FROM claims WHERE id = OLD.claim_id)
    AND ancestor_id IN (SELECT ancestor_id FROM place_ancestors WHERE place_id = OLD.place_id)
    AND ancestor_id NOT IN (
      SELECT a.ancestor_id FROM claim_named_places n JOIN place_ancestors a ON a.place_id = n.place_id
      WHERE n.claim_id = OLD.claim_id);
END;

CREATE TRIGGER claim_places_update AFTER UPDATE OF place_id ON claim_named_places
WHEN OLD.place_id IS NOT NEW.place_id BEGIN
  DELETE FROM claim_places
  WHERE claim_id = OLD.claim_id AND date = (SELECT day FROM claims WHERE id = OLD.claim_id)
    AND ancestor_id IN (SELECT ancestor_id FROM place_ancestors WHERE place_id = OLD.place_id)
    AND ancestor_id NOT IN (
      SELECT a.ancestor_id FROM claim_named_places n JOIN place_ancestors a ON a.place_id = n.place_id
      WHERE n.claim_id = OLD.claim_id);
  INSERT INTO claim_places(ancestor_id, date, claim_id)
  SELECT a.ancestor_id, c.day, c.id FROM claims c JOIN place_ancestors a ON a.place_id = NEW.place_id
  WHERE c.id = NEW.claim_id AND NOT EXISTS (
    SELECT 1 FROM claim_places x WHERE x.ancestor_id = a.ancestor_id AND x.date = c.day AND x.claim_id = c.id);
END;

-- Before the claim goes, while its places can still be asked.
CREATE TRIGGER claim_places_claim_gone BEFORE DELETE ON claims BEGIN
  DELETE FROM claim_places
  WHERE claim_id = OLD.id AND date = OLD.day AND ancestor_id IN (
    SELECT a.ancestor_id FROM claim_named_places n JOIN place_ancestors a ON a.place_id = n.place_id
    WHERE n.claim_id = OLD.id);
END;

CREATE TRIGGER claim_places_day AFTER UPDATE OF day ON claims WHEN OLD.day <> NEW.day BEGIN
  UPDATE claim_places SET date = NEW.day
  WHERE claim_id = OLD.id AND date = OLD.day AND ancestor_id IN (
    SELECT a.ancestor_id FROM claim_named_places n JOIN place_ancestors a ON a.place_id = n.place_id
    WHERE n.claim_id = OLD.id);
END;

-- Links and tracks hold records of three tables, so no foreign key can follow them.
CREATE TRIGGER figures_gone AFTER DELETE ON figures BEGIN
  DELETE FROM links WHERE a_id = OLD.id;
  DELETE FROM links WHERE b_id = OLD.id;
  DELETE FROM track_members WHERE record_id = OLD.id;
END;
CREATE TRIGGER claims_gone AFTER DELETE ON claims BEGIN
  DELETE FROM links WHERE a_id = OLD.id;
  DELETE FROM links WHERE b_id = OLD.id;
END;
CREATE TRIGGER demands_gone AFTER DELETE ON demands BEGIN
  DELETE FROM links WHERE a_id = OLD.id;
  DELETE FROM links WHERE b_id = OLD.id;
  DELETE FROM track_members WHERE record_id = OLD.id;
END;
