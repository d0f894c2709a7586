-- The register of certificates: whose each is, when it may be used, what became of it.  Certificates issued by cases and
-- those imported stand in one table.  What a certificate itself makes public (unit, credit code, address) lies in clear;
-- names and numbers of persons are sealed, with keyed hashes beside them for look-up.

ALTER TABLE certificate
  MODIFY application_id BIGINT NULL COMMENT 'case that issued it; empty when it was imported',
  MODIFY item INT NULL COMMENT 'line of the case, 1 …; empty when it was imported',
  MODIFY producer BIGINT NULL COMMENT 'staff; empty when it was imported',
  MODIFY seal_kind VARCHAR(12) NULL COMMENT 'unit name handwritten: one certificate, one seal; empty when not known',
  MODIFY seal_name VARCHAR(128) NULL COMMENT 'name of the seal; empty when not known',
  MODIFY status VARCHAR(12) NOT NULL COMMENT 'valid suspended revoked superseded; expired is seen from not_after, never stored',
  MODIFY at BIGINT NOT NULL COMMENT 'moment of production, or of the import',
  ADD holder VARCHAR(10) NOT NULL DEFAULT 'org' COMMENT 'org rep ind',
  ADD unit_name VARCHAR(128) NULL COMMENT 'O of the subject (public data); empty for ind',
  ADD unit_key VARCHAR(128) NULL COMMENT 'comparison key of the unit name',
  ADD uscc CHAR(18) NULL COMMENT 'credit code, when the certificate carries one',
  ADD unit_address VARCHAR(128) NULL COMMENT 'L of the subject: legal address of the unit',
  ADD person_sealed VARBINARY(400) NULL COMMENT 'name of the holder of rep and ind, sealed',
  ADD person_key_hash BINARY(32) NULL COMMENT 'keyed hash of the comparison key of that name',
  ADD id_number_sealed VARBINARY(200) NULL COMMENT 'identity number of that person, sealed',
  ADD id_number_hash BINARY(32) NULL COMMENT 'keyed hash of it',
  ADD agent_sealed VARBINARY(1000) NULL COMMENT 'agent of the last completed business: JSON name, id_number, phone, sealed',
  ADD agent_phone_hash BINARY(32) NULL COMMENT 'keyed hash of that phone',
  ADD token_serial VARCHAR(40) NULL COMMENT 'serial of the USB token it lies in',
  ADD account_id BIGINT NULL COMMENT 'owner of the case that issued it',
  ADD predecessor BIGINT NULL COMMENT 'certificate it took the place of',
  ADD successor BIGINT NULL COMMENT 'certificate that took its place',
  ADD revoked_at BIGINT NULL COMMENT 'moment it was suspended or ended: revocation date of the CRL',
  ADD revoke_reason SMALLINT NULL COMMENT 'reason code of RFC 5280: 0 1 3 4 5 6 9',
  ADD source VARCHAR(8) NOT NULL DEFAULT 'portal' COMMENT 'portal csv pem',
  ADD imported_at BIGINT NULL COMMENT 'moment of the import',
  ADD KEY certificate_token (token_serial),
  ADD KEY certificate_unit (unit_key, id),
  ADD KEY certificate_uscc (uscc, id),
  ADD KEY certificate_id_number (id_number_hash, id),
  ADD KEY certificate_agent (agent_phone_hash, id),
  ADD KEY certificate_account (account_id, id),
  ADD CONSTRAINT certificate_owner FOREIGN KEY (account_id) REFERENCES account (id),
  ADD CONSTRAINT certificate_before FOREIGN KEY (predecessor) REFERENCES certificate (id),
  ADD CONSTRAINT certificate_after FOREIGN KEY (successor) REFERENCES certificate (id),
  ADD CONSTRAINT certificate_line CHECK ((application_id IS NULL) = (item IS NULL));

-- Those issued before know their case.
UPDATE certificate t JOIN application a ON a.id = t.application_id
  SET t.holder = a.holder, t.unit_name = a.unit_name, t.unit_key = a.unit_key, t.uscc = a.uscc, t.account_id = a.account_id;
