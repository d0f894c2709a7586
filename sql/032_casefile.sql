-- Sealed case files: at completion all of a case goes into one signed archive.

CREATE TABLE case_file (
  application_id BIGINT NOT NULL COMMENT 'case',
  blob_id CHAR(32) NOT NULL COMMENT 'the archive',
  manifest_sha256 CHAR(64) NOT NULL COMMENT 'of its list of files, which is what is signed; stands in the audit book, too',
  files INT NOT NULL COMMENT 'files on that list',
  audit_seq BIGINT NOT NULL COMMENT 'last row of the audit book when it was sealed',
  sealed_at BIGINT NOT NULL COMMENT 'moment',
  PRIMARY KEY (application_id), UNIQUE KEY case_file_blob (blob_id),
  CONSTRAINT case_file_application FOREIGN KEY (application_id) REFERENCES application (id),
  CONSTRAINT case_file_blob FOREIGN KEY (blob_id) REFERENCES stored_file (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='sealed case files, one for each completed case; never changed';

-- Cases that were completed before.
INSERT IGNORE INTO job (kind, ref, state, next_at, created_at)
  SELECT 'casefile', CAST(id AS CHAR), 'waiting', UNIX_TIMESTAMP(), UNIX_TIMESTAMP() FROM application WHERE state='completed';
