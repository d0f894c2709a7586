-- The case desk: who held a case since when and who took it over, what the applicant changed between two rounds, and what
-- staff tell each other about a case.

CREATE TABLE claim (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order',
  application_id BIGINT NOT NULL COMMENT 'case',
  at BIGINT NOT NULL COMMENT 'moment',
  kind VARCHAR(8) NOT NULL COMMENT 'claim, take (from one who held it) or release',
  staff_id BIGINT NOT NULL COMMENT 'who did it',
  from_staff_id BIGINT NULL COMMENT 'take: from whom',
  reason VARCHAR(400) NULL COMMENT 'take and release: why, as typed',
  PRIMARY KEY (id), KEY claim_application (application_id, id),
  CONSTRAINT claim_application FOREIGN KEY (application_id) REFERENCES application (id),
  CONSTRAINT claim_staff FOREIGN KEY (staff_id) REFERENCES staff (id),
  CONSTRAINT claim_from FOREIGN KEY (from_staff_id) REFERENCES staff (id),
  CONSTRAINT claim_kind CHECK (kind IN ('claim','take','release')),
  CONSTRAINT claim_take CHECK ((kind='take') = (from_staff_id IS NOT NULL) AND (kind='claim') = (reason IS NULL)),
  CONSTRAINT claim_other CHECK (from_staff_id IS NULL OR from_staff_id <> staff_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='claims of cases; append-only. The lease itself stands in application';

CREATE TABLE case_round (
  application_id BIGINT NOT NULL COMMENT 'case',
  round INT NOT NULL COMMENT 'round that ended with a correction, 0 = first',
  data_sealed MEDIUMBLOB NOT NULL COMMENT 'what was filled in when it was sent back, as application.data_sealed',
  staff_id BIGINT NOT NULL COMMENT 'who sent it back',
  at BIGINT NOT NULL COMMENT 'moment',
  PRIMARY KEY (application_id, round),
  CONSTRAINT case_round_application FOREIGN KEY (application_id) REFERENCES application (id),
  CONSTRAINT case_round_staff FOREIGN KEY (staff_id) REFERENCES staff (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='what the reviewer saw in each round that was sent back';

CREATE TABLE case_note (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order',
  application_id BIGINT NOT NULL COMMENT 'case',
  staff_id BIGINT NOT NULL COMMENT 'who wrote it',
  at BIGINT NOT NULL COMMENT 'moment',
  text_sealed VARBINARY(4300) NOT NULL COMMENT 'the note, sealed: it may name people',
  PRIMARY KEY (id), KEY case_note_application (application_id, id),
  CONSTRAINT case_note_application FOREIGN KEY (application_id) REFERENCES application (id),
  CONSTRAINT case_note_staff FOREIGN KEY (staff_id) REFERENCES staff (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='what staff tell each other about a case; never shown to the applicant; append-only';
