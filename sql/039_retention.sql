-- Retention: what the law lets us keep no longer is emptied.  The row of the case stays as its tombstone: number, service, days,
-- the sums the books refer to, and a checksum of what was kept.

ALTER TABLE application
  MODIFY account_id BIGINT NULL COMMENT 'owner; empty: erased',
  MODIFY data_sealed MEDIUMBLOB NOT NULL COMMENT 'what was filled in (struct application_data) as canonical JSON, sealed; of no length: erased',
  ADD retain_at BIGINT NULL COMMENT 'moment retention looks at it next; empty: it has not looked yet',
  ADD erased_at BIGINT NULL COMMENT 'moment all but the tombstone was erased',
  ADD erased_hash VARCHAR(73) NULL COMMENT 'casefile: and the SHA-256 of the manifest of its sealed file, or files: and that of the SHA-256s of its files and forms (retention.h)',
  ADD retain_look BIGINT AS (IF(erased_at IS NULL AND state IN ('completed', 'withdrawn', 'rejected', 'expired'),
    COALESCE(retain_at, state_at + 31536000), NULL)) STORED COMMENT 'when retention looks: no case is due in the year after it was closed',
  ADD KEY application_retain (retain_look, id),
  ADD CONSTRAINT application_erased CHECK (erased_at IS NULL OR (account_id IS NULL AND LENGTH(data_sealed) = 0 AND erased_hash IS NOT NULL));

ALTER TABLE feedback ADD KEY feedback_case (case_no);
