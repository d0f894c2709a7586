-- What is known of each USB token, and every step of it; and looking for the certificates of a person.

CREATE TABLE token (
  serial VARCHAR(40) NOT NULL COMMENT 'as printed on it',
  state VARCHAR(8) NOT NULL COMMENT 'blank in_use locked damaged lost retired',
  changed_at BIGINT NOT NULL COMMENT 'moment of the last step',
  PRIMARY KEY (serial),
  CONSTRAINT token_known CHECK (state IN ('blank','in_use','locked','damaged','lost','retired'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='USB tokens that hold or held a certificate';

CREATE TABLE token_event (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order',
  token_serial VARCHAR(40) NOT NULL COMMENT 'token',
  at BIGINT NOT NULL COMMENT 'moment',
  event VARCHAR(8) NOT NULL COMMENT 'write lock unlock damage lose find retire',
  from_state VARCHAR(8) NOT NULL COMMENT 'state before',
  to_state VARCHAR(8) NOT NULL COMMENT 'state after',
  staff_id BIGINT NULL COMMENT 'who said so; empty: the applicant or the machine',
  application_id BIGINT NULL COMMENT 'case that it came from; empty: staff by hand',
  note VARCHAR(400) NULL COMMENT 'what staff wrote to it',
  PRIMARY KEY (id), KEY token_event_token (token_serial, id),
  CONSTRAINT token_event_of FOREIGN KEY (token_serial) REFERENCES token (serial),
  CONSTRAINT token_event_staff FOREIGN KEY (staff_id) REFERENCES staff (id),
  CONSTRAINT token_event_case FOREIGN KEY (application_id) REFERENCES application (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='steps of tokens, never changed';

-- Tokens of certificates that stand in the register.
INSERT INTO token (serial, state, changed_at)
  SELECT token_serial, 'in_use', MAX(at) FROM certificate WHERE token_serial IS NOT NULL GROUP BY token_serial;

ALTER TABLE certificate
  ADD KEY certificate_person (person_key_hash, id);
