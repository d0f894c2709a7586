-- Permissions to give a token a new PIN: each for one challenge of one token, once.

CREATE TABLE unlock_permission (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order',
  application_id BIGINT NOT NULL COMMENT 'case that unlocks',
  certificate_id BIGINT NOT NULL COMMENT 'certificate of the case that lies in the token',
  token_serial VARCHAR(40) NOT NULL COMMENT 'USB token that it opens',
  nonce CHAR(32) NOT NULL COMMENT 'made by the token, in hex: the permission opens it for this and nothing else',
  key_id CHAR(16) NOT NULL COMMENT 'unlock key that signed it',
  state VARCHAR(8) NOT NULL COMMENT 'issued used expired failed; failed: another was asked for in its place',
  staff_id BIGINT NULL COMMENT 'producer who asked; empty: the applicant''s client',
  made_at BIGINT NOT NULL COMMENT 'moment',
  ends_at BIGINT NOT NULL COMMENT 'moment from which it is worthless',
  closed_at BIGINT NULL COMMENT 'moment it stopped being issued',
  PRIMARY KEY (id), UNIQUE KEY unlock_permission_nonce (nonce),
  KEY unlock_permission_application (application_id, state), KEY unlock_permission_ends (state, ends_at),
  CONSTRAINT unlock_permission_state CHECK (state IN ('issued','used','expired','failed')),
  CONSTRAINT unlock_permission_closed CHECK ((state='issued')=(closed_at IS NULL)),
  CONSTRAINT unlock_permission_application FOREIGN KEY (application_id) REFERENCES application (id),
  CONSTRAINT unlock_permission_certificate FOREIGN KEY (certificate_id) REFERENCES certificate (id),
  CONSTRAINT unlock_permission_staff FOREIGN KEY (staff_id) REFERENCES staff (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='permissions to unlock a token, each once';
