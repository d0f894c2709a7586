-- Issuing: the intent is written before the act, so that a crash between is found and finished, never doubled.

CREATE TABLE issuance (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order',
  application_id BIGINT NOT NULL COMMENT 'case',
  item INT NOT NULL COMMENT 'line of the case, 1 …',
  driver VARCHAR(8) NOT NULL COMMENT 'builtin cmp: who is asked',
  state VARCHAR(8) NOT NULL COMMENT 'planned sent done failed unknown',
  algorithm VARCHAR(8) NOT NULL COMMENT 'rsa sm2, of the key in the request',
  request BLOB NOT NULL COMMENT 'PKCS#10 of the token, DER',
  token_serial VARCHAR(40) NOT NULL COMMENT 'USB token whose key it is',
  sign_serial VARCHAR(40) NOT NULL COMMENT 'chosen before the act; of the authority that chooses itself: empty until done',
  enc_serial VARCHAR(40) NOT NULL COMMENT 'the same for the encryption certificate',
  not_before BIGINT NOT NULL COMMENT 'moment',
  not_after BIGINT NOT NULL COMMENT 'moment',
  sign_cert BLOB NULL COMMENT 'signing certificate, DER',
  enc_cert BLOB NULL COMMENT 'encryption certificate, DER',
  enc_key_sealed BLOB NULL COMMENT 'private key of the encryption certificate, sealed; emptied when it is in the token',
  error VARCHAR(400) NOT NULL DEFAULT '' COMMENT 'why it failed, or what is not known',
  staff_id BIGINT NULL COMMENT 'producer; empty when the applicant''s client asked',
  made_at BIGINT NOT NULL COMMENT 'moment of the intent',
  done_at BIGINT NULL COMMENT 'moment it was done, failed or given up',
  written_at BIGINT NULL COMMENT 'moment it was in the token',
  PRIMARY KEY (id), UNIQUE KEY issuance_line (application_id, item), KEY issuance_state (state, id),
  CONSTRAINT issuance_application FOREIGN KEY (application_id) REFERENCES application (id),
  CONSTRAINT issuance_staff FOREIGN KEY (staff_id) REFERENCES staff (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='certificates being made, one row a line of a case';

CREATE TABLE certificate_body (
  certificate_id BIGINT NOT NULL COMMENT 'certificate',
  issuer VARCHAR(20) NOT NULL COMMENT 'builtin-rsa builtin-sm2 cmp',
  sign_cert BLOB NOT NULL COMMENT 'signing certificate, DER',
  enc_cert BLOB NULL COMMENT 'encryption certificate, DER',
  told VARCHAR(12) NOT NULL DEFAULT 'valid' COMMENT 'status that the authority was last told',
  told_at BIGINT NULL COMMENT 'moment',
  PRIMARY KEY (certificate_id), KEY certificate_body_issuer (issuer, certificate_id),
  CONSTRAINT certificate_body_certificate FOREIGN KEY (certificate_id) REFERENCES certificate (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='certificates that came from an authority through us';
