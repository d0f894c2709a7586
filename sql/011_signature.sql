-- Signatures with existing certificates: what was asked to be signed, what came back, and each look at it since.

CREATE TABLE challenge (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order',
  nonce CHAR(32) NOT NULL COMMENT '128 random bits in hex: stands in the text that is signed, and names the challenge',
  purpose VARCHAR(10) NOT NULL COMMENT 'session add renew unlock',
  application_id BIGINT NULL COMMENT 'case it is about; empty for signing in',
  account_id BIGINT NULL COMMENT 'who asked; empty for signing in',
  content_sha256 CHAR(64) NOT NULL COMMENT 'of the canonical content of the case; "-" for signing in',
  made_at BIGINT NOT NULL COMMENT 'moment, stands in the text',
  ends_at BIGINT NOT NULL COMMENT 'moment it can no longer be used',
  used_at BIGINT NULL COMMENT 'moment it was used: once',
  PRIMARY KEY (id), UNIQUE KEY challenge_nonce (nonce), KEY challenge_ends (ends_at),
  CONSTRAINT challenge_application FOREIGN KEY (application_id) REFERENCES application (id),
  CONSTRAINT challenge_account FOREIGN KEY (account_id) REFERENCES account (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='texts to be signed, each once';

CREATE TABLE signature (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order',
  application_id BIGINT NOT NULL COMMENT 'case that was signed',
  nonce CHAR(32) NOT NULL COMMENT 'of the challenge, kept when that is gone',
  certificate_id BIGINT NOT NULL COMMENT 'certificate it was made with',
  algorithm VARCHAR(8) NOT NULL COMMENT 'rsa p256 sm2',
  content_sha256 CHAR(64) NOT NULL COMMENT 'of the canonical content: another one now means that it must be signed again',
  signed_sealed MEDIUMBLOB NOT NULL COMMENT 'text that was signed and the canonical content, sealed',
  cms MEDIUMBLOB NOT NULL COMMENT 'signed data as it came, DER',
  made_at BIGINT NOT NULL COMMENT 'moment it was accepted',
  PRIMARY KEY (id), UNIQUE KEY signature_nonce (nonce), KEY signature_application (application_id, id),
  CONSTRAINT signature_application FOREIGN KEY (application_id) REFERENCES application (id),
  CONSTRAINT signature_certificate FOREIGN KEY (certificate_id) REFERENCES certificate (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='signatures that were accepted: evidence';

CREATE TABLE signature_check (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order',
  signature_id BIGINT NOT NULL COMMENT 'signature',
  stage VARCHAR(10) NOT NULL COMMENT 'receipt review issue',
  reason VARCHAR(24) NOT NULL COMMENT 'good, or the reason code of lib/io/cms.h or lib/domain/signature.c',
  at BIGINT NOT NULL COMMENT 'moment',
  PRIMARY KEY (id), KEY signature_check_signature (signature_id, id),
  CONSTRAINT signature_check_signature FOREIGN KEY (signature_id) REFERENCES signature (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='each look at a signature; append-only';
