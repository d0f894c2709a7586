-- Where money and letters go and who answers: what staff have laid over the catalogue, and every change of it.

CREATE TABLE contact (
  name VARCHAR(20) NOT NULL COMMENT 'account, post, hotlines: of the table in lib/domain/contact.c',
  value VARCHAR(4000) NULL COMMENT 'JSON by its field table; NULL: as the catalogue has it',
  version BIGINT NOT NULL COMMENT 'goes up by one with each change, proposal and decision; one without a row has version 1',
  changed_by BIGINT NULL COMMENT 'who wanted it as it is',
  checked_by BIGINT NULL COMMENT 'the second person, who confirmed it',
  changed_at BIGINT NULL COMMENT 'moment from which it holds',
  proposed VARCHAR(4000) NULL COMMENT 'JSON that waits for the second person; NULL: nothing waits',
  proposed_by BIGINT NULL COMMENT 'who proposed it',
  proposed_at BIGINT NULL COMMENT 'moment',
  proposed_reason VARCHAR(400) NULL COMMENT 'why, in the words of who proposed it',
  PRIMARY KEY (name),
  CONSTRAINT contact_changed FOREIGN KEY (changed_by) REFERENCES staff (id),
  CONSTRAINT contact_checked FOREIGN KEY (checked_by) REFERENCES staff (id),
  CONSTRAINT contact_proposed FOREIGN KEY (proposed_by) REFERENCES staff (id),
  CONSTRAINT contact_two CHECK (name <> 'account' OR value IS NULL OR COALESCE(checked_by <> changed_by, FALSE))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='what staff have decided otherwise than the catalogue';

CREATE TABLE contact_history (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order of the decisions',
  name VARCHAR(20) NOT NULL COMMENT 'which contact',
  old_value VARCHAR(4000) NOT NULL COMMENT 'JSON before, whether of the catalogue or of staff',
  new_value VARCHAR(4000) NOT NULL COMMENT 'JSON that was wanted',
  result VARCHAR(10) NOT NULL COMMENT 'done refused withdrawn',
  staff_id BIGINT NOT NULL COMMENT 'who wanted it',
  asked_at BIGINT NOT NULL COMMENT 'moment of the wish',
  reason VARCHAR(400) NOT NULL COMMENT 'why, in the words of who wanted it',
  checked_by BIGINT NULL COMMENT 'who confirmed or refused; NULL: one person is enough, or it was withdrawn',
  at BIGINT NOT NULL COMMENT 'moment of the decision',
  note VARCHAR(400) NULL COMMENT 'words of who decided',
  PRIMARY KEY (id), KEY contact_history_name (name, id),
  CONSTRAINT contact_history_staff FOREIGN KEY (staff_id) REFERENCES staff (id),
  CONSTRAINT contact_history_checked FOREIGN KEY (checked_by) REFERENCES staff (id),
  CONSTRAINT contact_history_two CHECK (name <> 'account' OR result = 'withdrawn' OR COALESCE(checked_by <> staff_id, FALSE))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='every change of a contact and every proposal that came to nothing; append-only';

ALTER TABLE form_version
  ADD COLUMN foot_post VARCHAR(400) NULL COMMENT 'where to post the form, as printed on it; NULL: as in the catalogue of the case',
  ADD COLUMN foot_hotline VARCHAR(60) NULL COMMENT 'whom to call, as printed on it; NULL as well';
