-- What needs two persons: changes that one of the staff proposes and another confirms.

CREATE TABLE proposal (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order in which they were proposed',
  kind VARCHAR(20) NOT NULL COMMENT 'of the table in lib/domain/proposal_kind.c',
  subject VARCHAR(160) NOT NULL COMMENT 'what it is about: the name of a setting, a year; nothing personal',
  open_subject VARCHAR(160) NULL COMMENT 'the same while it is open, then NULL: one at a time',
  state VARCHAR(10) NOT NULL COMMENT 'open done declined withdrawn',
  summary VARCHAR(400) NOT NULL COMMENT 'what would change, in a sentence; nothing personal',
  payload_sealed MEDIUMBLOB NOT NULL COMMENT 'what is carried out: canonical JSON by the shape of the kind',
  lines_sealed MEDIUMBLOB NOT NULL COMMENT 'before and after, as whoever decides was shown it: JSON',
  base VARCHAR(80) NOT NULL COMMENT 'what it was proposed on, as the kind names it: another one now and it is stale',
  reason VARCHAR(400) NOT NULL COMMENT 'why, in the words of who proposed it',
  proposer_id BIGINT NOT NULL COMMENT 'who proposed it',
  proposed_at BIGINT NOT NULL COMMENT 'moment',
  decided_by BIGINT NULL COMMENT 'who confirmed or declined it: another; who withdrew it: the same',
  decided_at BIGINT NULL COMMENT 'moment',
  note VARCHAR(400) NULL COMMENT 'words of who decided',
  PRIMARY KEY (id),
  UNIQUE KEY proposal_open (kind, open_subject),
  KEY proposal_state (state, id),
  CONSTRAINT proposal_proposer FOREIGN KEY (proposer_id) REFERENCES staff (id),
  CONSTRAINT proposal_decider FOREIGN KEY (decided_by) REFERENCES staff (id),
  CONSTRAINT proposal_known CHECK (state IN ('open','done','declined','withdrawn')),
  CONSTRAINT proposal_decided CHECK ((state = 'open') = (decided_by IS NULL AND open_subject IS NOT NULL)),
  CONSTRAINT proposal_two CHECK (state NOT IN ('done','declined') OR COALESCE(decided_by <> proposer_id, FALSE)),
  CONSTRAINT proposal_own CHECK (state <> 'withdrawn' OR COALESCE(decided_by = proposer_id, FALSE))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='what one person wants and another has to confirm';

ALTER TABLE setting_history
  ADD COLUMN checked_by BIGINT NULL COMMENT 'the second person, who confirmed a price; NULL: one person is enough',
  ADD CONSTRAINT setting_history_checked FOREIGN KEY (checked_by) REFERENCES staff (id),
  ADD CONSTRAINT setting_history_two CHECK (checked_by IS NULL OR checked_by <> staff_id);

CREATE TABLE rekey (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order of the tries',
  application_id BIGINT NOT NULL COMMENT 'case',
  staff_id BIGINT NOT NULL COMMENT 'second reviewer who typed',
  data_hash BINARY(32) NOT NULL COMMENT 'keyed hash of what was filled in, as it was: a change of it asks for a new re-keying',
  attempt TINYINT NOT NULL COMMENT '1 or 2, of this person for these data',
  matched TINYINT NOT NULL COMMENT '1: every field as it is in the case',
  wrong VARCHAR(80) NOT NULL COMMENT 'fields that differed, with blanks; empty when it matched',
  typed_sealed BLOB NULL COMMENT 'what was typed, sealed JSON; NULL when it matched',
  at BIGINT NOT NULL COMMENT 'moment',
  PRIMARY KEY (id),
  UNIQUE KEY rekey_attempt (application_id, staff_id, data_hash, attempt),
  CONSTRAINT rekey_application FOREIGN KEY (application_id) REFERENCES application (id),
  CONSTRAINT rekey_staff FOREIGN KEY (staff_id) REFERENCES staff (id),
  CONSTRAINT rekey_tries CHECK (attempt IN (1,2)),
  CONSTRAINT rekey_result CHECK (matched = (wrong = '') AND matched = (typed_sealed IS NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='what second reviewers typed from the pictures; append-only';
