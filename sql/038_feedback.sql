-- Questions, complaints and suggestions of anyone, with a number, a promised day and an answer.

CREATE TABLE feedback (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal key',
  no CHAR(16) NOT NULL COMMENT 'told to who asked: YJ, the day, six random digits',
  kind VARCHAR(12) NOT NULL COMMENT 'question complaint suggestion',
  case_no VARCHAR(24) NULL COMMENT 'case it is about, as it was typed; need not exist',
  phone_hash BINARY(32) NOT NULL COMMENT 'keyed hash of the phone: with the number it opens the answer',
  phone_sealed VARBINARY(200) NOT NULL COMMENT 'that phone, sealed',
  text_sealed VARBINARY(4400) NOT NULL COMMENT 'what was asked, sealed',
  at BIGINT NOT NULL COMMENT 'moment it came',
  due DATE NOT NULL COMMENT 'working day by which an answer is promised; plain days where that year has no calendar',
  state VARCHAR(8) NOT NULL DEFAULT 'open' COMMENT 'open answered',
  answer_sealed VARBINARY(4400) NULL COMMENT 'the answer, sealed',
  answered_at BIGINT NULL COMMENT 'moment of the answer',
  answered_by BIGINT NULL COMMENT 'staff',
  PRIMARY KEY (id), UNIQUE KEY (no), KEY feedback_list (state, due, id),
  CONSTRAINT feedback_staff FOREIGN KEY (answered_by) REFERENCES staff (id),
  CONSTRAINT feedback_answered CHECK ((state = 'answered') = (answer_sealed IS NOT NULL AND answered_at IS NOT NULL AND answered_by IS NOT NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='questions and complaints';
