-- An authority asked over the network: how far a line got, what people found out about it, and what it was told.

ALTER TABLE issuance
  ADD COLUMN asked VARCHAR(8) NOT NULL DEFAULT '' COMMENT 'sign enc: asked for and no answer yet; empty: nothing is open' AFTER state,
  ADD KEY issuance_driver (driver, state, id);

CREATE TABLE issuance_settlement (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'settlement',
  issuance_id BIGINT NOT NULL COMMENT 'line whose outcome is not known',
  half VARCHAR(8) NOT NULL COMMENT 'sign enc: certificate in question',
  verdict VARCHAR(8) NOT NULL COMMENT 'made none: what the authority says it did',
  cert BLOB NULL COMMENT 'made: the certificate, DER, checked',
  staff_id BIGINT NOT NULL COMMENT 'who asked the authority',
  made_at BIGINT NOT NULL COMMENT 'moment of it',
  confirmed_by BIGINT NULL COMMENT 'second person',
  confirmed_at BIGINT NULL COMMENT 'moment from which it counts',
  PRIMARY KEY (id), KEY issuance_settlement_line (issuance_id, confirmed_at),
  CONSTRAINT issuance_settlement_issuance FOREIGN KEY (issuance_id) REFERENCES issuance (id),
  CONSTRAINT issuance_settlement_first FOREIGN KEY (staff_id) REFERENCES staff (id),
  CONSTRAINT issuance_settlement_second FOREIGN KEY (confirmed_by) REFERENCES staff (id),
  CONSTRAINT issuance_settlement_two CHECK (confirmed_by IS NULL OR confirmed_by<>staff_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='what two persons found out about a line of unknown outcome';

CREATE TABLE issuance_stray (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'certificate',
  issuance_id BIGINT NOT NULL COMMENT 'line it was made for',
  cert BLOB NOT NULL COMMENT 'DER',
  why VARCHAR(400) NOT NULL COMMENT 'why it is not used',
  made_at BIGINT NOT NULL COMMENT 'moment it was put aside',
  told_at BIGINT NULL COMMENT 'moment the authority had revoked it',
  tries INT NOT NULL DEFAULT 0 COMMENT 'how often it was asked to',
  next_at BIGINT NOT NULL DEFAULT 0 COMMENT 'not before this moment again',
  error VARCHAR(400) NOT NULL DEFAULT '' COMMENT 'what came of the last try',
  PRIMARY KEY (id), KEY issuance_stray_open (told_at, next_at),
  CONSTRAINT issuance_stray_issuance FOREIGN KEY (issuance_id) REFERENCES issuance (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='certificates of an authority that are not used: to be revoked there';

ALTER TABLE certificate_body
  ADD COLUMN telling VARCHAR(12) NOT NULL DEFAULT '' COMMENT 'status that it is being told; stays while that is not known' AFTER told_at,
  ADD COLUMN tell_tries INT NOT NULL DEFAULT 0 COMMENT 'how often since the last success' AFTER telling,
  ADD COLUMN tell_next_at BIGINT NOT NULL DEFAULT 0 COMMENT 'not before this moment again' AFTER tell_tries,
  ADD COLUMN tell_error VARCHAR(400) NOT NULL DEFAULT '' COMMENT 'what came of the last try' AFTER tell_next_at;
