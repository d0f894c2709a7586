CREATE TABLE relay (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order',
  application_id BIGINT NOT NULL COMMENT 'case',
  material VARCHAR(8) NOT NULL COMMENT 'm1 … m10: files of this one only',
  round INT NOT NULL COMMENT 'round of the case it was opened in; a later one ends it',
  token_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of what stands behind the # of the address',
  session_hash BINARY(32) NULL COMMENT 'SHA-256 of the cookie of the phone that took it',
  pair CHAR(2) NOT NULL COMMENT 'two digits that both screens show',
  created_at BIGINT NOT NULL COMMENT 'moment',
  ends_at BIGINT NOT NULL COMMENT 'moment it is over in any case',
  taken_at BIGINT NULL COMMENT 'moment a phone took it',
  ended_at BIGINT NULL COMMENT 'moment it was ended before its time',
  ended_by VARCHAR(8) NULL COMMENT 'desktop phone newer',
  PRIMARY KEY (id), UNIQUE KEY relay_token (token_hash), UNIQUE KEY relay_session (session_hash),
  KEY relay_material (application_id, material, id), KEY relay_ends (ends_at),
  CONSTRAINT relay_application FOREIGN KEY (application_id) REFERENCES application (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='phones that send files for a material of a case';

ALTER TABLE upload
  ADD relay_id BIGINT NULL COMMENT 'relay whose phone sent it; empty: the applicant himself',
  ADD KEY upload_relay (relay_id),
  ADD CONSTRAINT upload_relay FOREIGN KEY (relay_id) REFERENCES relay (id) ON DELETE SET NULL;
