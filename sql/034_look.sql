-- Looks at what is personal counted, and counters changed by two persons with their history.

CREATE TABLE look (
  staff_id BIGINT NOT NULL COMMENT 'who looked',
  day DATE NOT NULL COMMENT 'day in Shanghai',
  kind VARCHAR(10) NOT NULL COMMENT 'reveal scan refused: of the table in lib/domain/look.c',
  object VARCHAR(60) NOT NULL COMMENT 'case number; file for refused: counted once',
  PRIMARY KEY (staff_id, day, kind, object), KEY look_day (day),
  CONSTRAINT look_staff FOREIGN KEY (staff_id) REFERENCES staff (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='what somebody has looked at on a day, to be counted; the audit is the record, these rows go after a week';

CREATE TABLE look_alarm (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order of the alarms',
  staff_id BIGINT NOT NULL COMMENT 'who looked at more than the setting of the kind allows',
  day DATE NOT NULL COMMENT 'day in Shanghai',
  kind VARCHAR(10) NOT NULL COMMENT 'as in look',
  looks INT NOT NULL COMMENT 'how many when it was raised',
  at BIGINT NOT NULL COMMENT 'moment',
  seen_by BIGINT NULL COMMENT 'who has looked into it: somebody else',
  seen_at BIGINT NULL COMMENT 'moment of that; NULL: it waits',
  note VARCHAR(400) NULL COMMENT 'what it was, in his words',
  PRIMARY KEY (id), UNIQUE KEY look_alarm_once (staff_id, day, kind), KEY look_alarm_waits (seen_at),
  CONSTRAINT look_alarm_staff FOREIGN KEY (staff_id) REFERENCES staff (id),
  CONSTRAINT look_alarm_seen FOREIGN KEY (seen_by) REFERENCES staff (id),
  CONSTRAINT look_alarm_other CHECK (seen_by IS NULL OR seen_by <> staff_id),
  CONSTRAINT look_alarm_whole CHECK ((seen_by IS NULL) = (seen_at IS NULL) AND (seen_by IS NULL) = (note IS NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='who looked at unusually much; rows stay';

CREATE TABLE branch_history (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order of the changes',
  code VARCHAR(40) NOT NULL COMMENT 'which counter',
  old_value VARCHAR(2000) NULL COMMENT 'JSON before; NULL: it was new',
  new_value VARCHAR(2000) NOT NULL COMMENT 'JSON after',
  staff_id BIGINT NOT NULL COMMENT 'who wanted it',
  checked_by BIGINT NOT NULL COMMENT 'the second person, who confirmed it',
  at BIGINT NOT NULL COMMENT 'moment from which it holds',
  reason VARCHAR(400) NOT NULL COMMENT 'why, in the words of who wanted it',
  PRIMARY KEY (id), KEY branch_history_code (code, id),
  CONSTRAINT branch_history_branch FOREIGN KEY (code) REFERENCES branch (code),
  CONSTRAINT branch_history_staff FOREIGN KEY (staff_id) REFERENCES staff (id),
  CONSTRAINT branch_history_checked FOREIGN KEY (checked_by) REFERENCES staff (id),
  CONSTRAINT branch_history_two CHECK (checked_by <> staff_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='every change of a counter; append-only';
