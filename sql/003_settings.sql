-- What staff maintain: settings with their history, and counters that can be closed.

CREATE TABLE setting (
  name VARCHAR(60) NOT NULL COMMENT 'of the table in lib/domain/setting.c',
  value VARCHAR(60) NULL COMMENT 'as written: digits, on or off, or a word; NULL: the default again',
  version BIGINT NOT NULL COMMENT 'goes up by one with each change; a setting without a row has version 1',
  changed_by BIGINT NOT NULL COMMENT 'who changed it last',
  changed_at BIGINT NOT NULL COMMENT 'moment',
  PRIMARY KEY (name),
  CONSTRAINT setting_staff FOREIGN KEY (changed_by) REFERENCES staff (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='what was decided otherwise than the default';

CREATE TABLE setting_history (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order of the changes',
  name VARCHAR(60) NOT NULL COMMENT 'which setting',
  old_value VARCHAR(60) NULL COMMENT 'before; NULL: the default',
  new_value VARCHAR(60) NULL COMMENT 'after; NULL: the default again',
  staff_id BIGINT NOT NULL COMMENT 'who',
  at BIGINT NOT NULL COMMENT 'moment; a case keeps what held when it began',
  reason VARCHAR(400) NOT NULL COMMENT 'why, in the words of who did it',
  PRIMARY KEY (id), KEY setting_history_name (name, id),
  CONSTRAINT setting_history_staff FOREIGN KEY (staff_id) REFERENCES staff (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='every change of a setting; append-only';

ALTER TABLE branch
  ADD COLUMN open TINYINT NOT NULL DEFAULT 1 COMMENT '0: no longer offered; cases that name it keep it',
  ADD COLUMN version BIGINT NOT NULL DEFAULT 1 COMMENT 'goes up by one with each change';
