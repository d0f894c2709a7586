-- What applicants say of us (好差评) and who answers them; and the figures of the reports, counted once from what happened.

CREATE TABLE rating (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal key',
  application_id BIGINT NOT NULL COMMENT 'case, completed; it has one rating',
  score TINYINT NOT NULL COMMENT '5 very satisfied … 1 very dissatisfied',
  reasons VARCHAR(200) NOT NULL DEFAULT '' COMMENT 'codes of lib/domain/rating.c, separated by blanks',
  words_sealed VARBINARY(2200) NULL COMMENT 'what the applicant wrote, sealed',
  source VARCHAR(8) NOT NULL COMMENT 'signed in: owner; with number, phone and code: track',
  at BIGINT NOT NULL COMMENT 'moment it was first given',
  changed_at BIGINT NOT NULL COMMENT 'moment it was last given',
  version INT NOT NULL DEFAULT 1 COMMENT 'raised by every change of the applicant',
  follow VARCHAR(8) NOT NULL DEFAULT 'none' COMMENT 'follow-up of a low one: none open closed',
  follow_at BIGINT NULL COMMENT 'moment it was opened last',
  follow_due DATE NULL COMMENT 'working day by which it is to be closed; plain days where that year has no calendar',
  follow_owner BIGINT NULL COMMENT 'staff who took it',
  called_at BIGINT NULL COMMENT 'moment of the last call since it was opened',
  closed_at BIGINT NULL COMMENT 'moment it was closed',
  result VARCHAR(12) NULL COMMENT 'word of lib/domain/rating_follow.c',
  PRIMARY KEY (id), UNIQUE KEY rating_case (application_id), KEY rating_follow (follow, follow_due, id),
  CONSTRAINT rating_of FOREIGN KEY (application_id) REFERENCES application (id),
  CONSTRAINT rating_owner FOREIGN KEY (follow_owner) REFERENCES staff (id),
  CONSTRAINT rating_score CHECK (score BETWEEN 1 AND 5),
  CONSTRAINT rating_low CHECK (score > 2 OR follow <> 'none'),
  CONSTRAINT rating_closed CHECK (follow <> 'closed' OR (follow_owner IS NOT NULL AND closed_at IS NOT NULL AND result IS NOT NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='ratings by applicants, and the follow-up of low ones';

CREATE TABLE rating_step (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order',
  rating_id BIGINT NOT NULL COMMENT 'whose follow-up',
  at BIGINT NOT NULL COMMENT 'moment',
  step VARCHAR(8) NOT NULL COMMENT 'open take note call close',
  staff_id BIGINT NULL COMMENT 'who; empty: opened by the rating',
  result VARCHAR(12) NULL COMMENT 'of a call: reached or missed; of the end: word of lib/domain/rating_follow.c',
  note_sealed VARBINARY(2200) NULL COMMENT 'what was said and found, sealed',
  PRIMARY KEY (id), KEY rating_steps (rating_id, id),
  CONSTRAINT rating_step_of FOREIGN KEY (rating_id) REFERENCES rating (id),
  CONSTRAINT rating_step_staff FOREIGN KEY (staff_id) REFERENCES staff (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='what was done about low ratings; append-only';

-- Insert-only, so that nobody waits for a row that many would change; the worker takes rows out by their number.
CREATE TABLE report_todo (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order',
  application_id BIGINT NULL COMMENT 'case to be read again',
  day DATE NULL COMMENT 'or day to be counted again',
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='what changed since the reports were counted';

CREATE TABLE report_case (
  application_id BIGINT NOT NULL COMMENT 'case',
  service VARCHAR(20) NOT NULL COMMENT 'as of the case',
  holder VARCHAR(10) NOT NULL COMMENT 'as of the case',
  channel VARCHAR(10) NOT NULL COMMENT 'as of the case',
  branch VARCHAR(40) NOT NULL COMMENT 'counter at which it is picked up; empty: none',
  PRIMARY KEY (application_id),
  CONSTRAINT report_case_of FOREIGN KEY (application_id) REFERENCES application (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='by what the figures of a case are told apart';

CREATE TABLE report_fact (
  application_id BIGINT NOT NULL COMMENT 'case',
  measure VARCHAR(16) NOT NULL COMMENT 'word of lib/domain/report_case.c',
  word VARCHAR(40) NOT NULL COMMENT 'which of it',
  day DATE NOT NULL COMMENT 'day it counts for',
  n INT NOT NULL COMMENT 'how often',
  PRIMARY KEY (application_id, measure, word, day), KEY report_fact_day (day),
  CONSTRAINT report_fact_of FOREIGN KEY (application_id) REFERENCES report_case (application_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='what happened to a case and is counted';

CREATE TABLE case_step (
  application_id BIGINT NOT NULL COMMENT 'case',
  n INT NOT NULL COMMENT 'order within the case',
  step VARCHAR(12) NOT NULL COMMENT 'word of lib/domain/report_step.c',
  begun_at BIGINT NOT NULL COMMENT 'moment',
  ended_at BIGINT NOT NULL COMMENT 'moment',
  day DATE NOT NULL COMMENT 'day it ended: it counts for that day',
  elapsed_min INT NOT NULL COMMENT 'minutes by the clock on the wall',
  working_min INT NULL COMMENT 'minutes of opening hours on working days; empty: a year without a calendar',
  service VARCHAR(20) NOT NULL COMMENT 'as of the case',
  holder VARCHAR(10) NOT NULL COMMENT 'as of the case',
  branch VARCHAR(40) NOT NULL COMMENT 'as of the case',
  PRIMARY KEY (application_id, n),
  KEY case_step_day (step, day, service, holder, branch, working_min, elapsed_min),
  CONSTRAINT case_step_of FOREIGN KEY (application_id) REFERENCES report_case (application_id),
  CONSTRAINT case_step_order CHECK (ended_at >= begun_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='how long each step of a case took';

CREATE TABLE report_day (
  day DATE NOT NULL COMMENT 'day in Shanghai',
  measure VARCHAR(16) NOT NULL COMMENT 'as in report_fact; money: words of the books',
  word VARCHAR(40) NOT NULL COMMENT 'which of it',
  service VARCHAR(20) NOT NULL COMMENT 'empty: money that is no case''s',
  holder VARCHAR(10) NOT NULL COMMENT 'as of the cases',
  branch VARCHAR(40) NOT NULL COMMENT 'as of the cases',
  n BIGINT NOT NULL COMMENT 'how often',
  fen BIGINT NOT NULL COMMENT 'how much, of money',
  PRIMARY KEY (day, measure, word, service, holder, branch)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='figures of one day, counted again when it changes';

CREATE TABLE report_counted (
  day DATE NOT NULL COMMENT 'day',
  at BIGINT NOT NULL COMMENT 'moment it was last counted; who counts holds this row',
  PRIMARY KEY (day)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='when days were counted';

CREATE TRIGGER report_event AFTER INSERT ON event FOR EACH ROW INSERT INTO report_todo (application_id) VALUES (NEW.application_id);
CREATE TRIGGER report_rating AFTER INSERT ON rating FOR EACH ROW INSERT INTO report_todo (application_id) VALUES (NEW.application_id);
CREATE TRIGGER report_rerating AFTER UPDATE ON rating FOR EACH ROW INSERT INTO report_todo (application_id) VALUES (NEW.application_id);
CREATE TRIGGER report_ledger AFTER INSERT ON ledger FOR EACH ROW INSERT INTO report_todo (day) VALUES (NEW.day);

INSERT INTO report_todo (application_id) SELECT id FROM application ORDER BY id;
INSERT INTO report_todo (day) SELECT DISTINCT day FROM ledger;
