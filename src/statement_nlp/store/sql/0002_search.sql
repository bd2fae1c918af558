-- Full-text search over texts that live in their tables; triggers keep it in step within the same transaction.

CREATE VIRTUAL TABLE statements_fts USING fts5(
  title, publisher, text, content='statements', content_rowid='number', tokenize='porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER statements_fts_insert AFTER INSERT ON statements BEGIN
  INSERT INTO statements_fts(rowid, title, publisher, text) VALUES (NEW.number, NEW.title, NEW.publisher, NEW.text);
END;
CREATE TRIGGER statements_fts_delete AFTER DELETE ON statements BEGIN
  INSERT INTO statements_fts(statements_fts, rowid, title, publisher, text)
  VALUES ('delete', OLD.number, OLD.title, OLD.publisher, OLD.text);
END;
CREATE TRIGGER statements_fts_update AFTER UPDATE OF number, title, publisher, text ON statements BEGIN
  INSERT INTO statements_fts(statements_fts, rowid, title, publisher, text)
  VALUES ('delete', OLD.number, OLD.title, OLD.publisher, OLD.text);
  INSERT INTO statements_fts(rowid, title, publisher, text) VALUES (NEW.number, NEW.title, NEW.publisher, NEW.text);
END;

CREATE VIRTUAL TABLE claims_fts USING fts5(
  quote, content='claims', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER claims_fts_insert AFTER INSERT ON claims BEGIN
  INSERT INTO claims_fts(rowid, quote) VALUES (NEW.id, NEW.quote);
END;
CREATE TRIGGER claims_fts_delete AFTER DELETE ON claims BEGIN
  INSERT INTO claims_fts(claims_fts, rowid, quote) VALUES ('delete', OLD.id, OLD.quote);
END;
CREATE TRIGGER claims_fts_update AFTER UPDATE OF id, quote ON claims WHEN OLD.quote <> NEW.quote OR OLD.id <> NEW.id BEGIN
  INSERT INTO claims_fts(claims_fts, rowid, quote) VALUES ('delete', OLD.id, OLD.quote);
  INSERT INTO claims_fts(rowid, quote) VALUES (NEW.id, NEW.quote);
END;

CREATE VIRTUAL TABLE demands_fts USING fts5(
  quote, content='demands', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER demands_fts_insert AFTER INSERT ON demands BEGIN
  INSERT INTO demands_fts(rowid, quote) VALUES (NEW.id, NEW.quote);
END;
CREATE TRIGGER demands_fts_delete AFTER DELETE ON demands BEGIN
  INSERT INTO demands_fts(demands_fts, rowid, quote) VALUES ('delete', OLD.id, OLD.quote);
END;
CREATE TRIGGER demands_fts_update AFTER UPDATE OF id, quote ON demands WHEN OLD.quote <> NEW.quote OR OLD.id <> NEW.id BEGIN
  INSERT INTO demands_fts(demands_fts, rowid, quote) VALUES ('delete', OLD.id, OLD.quote);
  INSERT INTO demands_fts(rowid, quote) VALUES (NEW.id, NEW.quote);
END;
