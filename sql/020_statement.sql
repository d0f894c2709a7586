-- What the bank says came in and went out, read from its statements and kept line by line.

CREATE TABLE statement (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order',
  file_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of the file: the same file is imported once',
  format VARCHAR(8) NOT NULL COMMENT 'citic camt csv',
  account VARCHAR(32) NOT NULL COMMENT 'our account, digits',
  first_day DATE NULL COMMENT 'earliest booking day in it; empty: no lines',
  last_day DATE NULL COMMENT 'latest booking day in it',
  line_count INT NOT NULL COMMENT 'lines in the file',
  new_count INT NOT NULL COMMENT 'of these, lines that were not known before',
  in_fen BIGINT NOT NULL COMMENT 'sum of the new lines that came in',
  opening_fen BIGINT NULL COMMENT 'balance before the first line, where the file says so',
  closing_fen BIGINT NULL COMMENT 'balance after the last line, where the file says so',
  staff_id BIGINT NOT NULL COMMENT 'who imported it',
  at BIGINT NOT NULL COMMENT 'moment of the import',
  PRIMARY KEY (id), UNIQUE KEY statement_file (file_hash), KEY statement_account (account, last_day),
  CONSTRAINT statement_staff FOREIGN KEY (staff_id) REFERENCES staff (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='bank statements that were imported';

CREATE TABLE bank_line (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order',
  statement_id BIGINT NULL COMMENT 'statement it came with; empty: typed by hand',
  row_no INT NULL COMMENT 'where it stands in the file, from 1',
  account VARCHAR(32) NOT NULL COMMENT 'our account, digits',
  serial VARCHAR(60) NOT NULL COMMENT 'the bank''s own number of the line; with the account its only key',
  direction VARCHAR(3) NOT NULL COMMENT 'in out',
  returned TINYINT NOT NULL DEFAULT 0 COMMENT '1: the bank marks it as returned (退汇)',
  booked_day DATE NOT NULL COMMENT 'day it was booked',
  booked_s INT NULL COMMENT 'second of that day, where the file says so',
  value_date DATE NOT NULL COMMENT 'value date; the booking day where the file has none',
  amount_fen BIGINT NOT NULL COMMENT 'always more than 0; the direction says the rest',
  currency CHAR(3) NOT NULL DEFAULT 'CNY' COMMENT 'ISO 4217',
  payer_name VARCHAR(200) NOT NULL COMMENT 'the other side, as the bank writes it; empty for lines of the bank itself',
  payer_key VARCHAR(200) NOT NULL COMMENT 'comparison key of the name',
  payer_account_sealed VARBINARY(200) NULL COMMENT 'account of the other side, sealed',
  payer_account_hash BINARY(32) NULL COMMENT 'keyed hash of its digits and letters',
  payer_bank VARCHAR(200) NOT NULL DEFAULT '' COMMENT 'bank of the other side',
  remark VARCHAR(500) NOT NULL DEFAULT '' COMMENT 'remark, folded to one line',
  balance_fen BIGINT NULL COMMENT 'balance after this line, where the file says so',
  state VARCHAR(10) NOT NULL COMMENT 'open part allotted set_aside returned',
  allotted_fen BIGINT NOT NULL DEFAULT 0 COMMENT 'how much of it was given to cases',
  version INT NOT NULL DEFAULT 1 COMMENT 'raised by every change',
  staff_id BIGINT NOT NULL COMMENT 'who imported or typed it',
  at BIGINT NOT NULL COMMENT 'moment it came to us',
  PRIMARY KEY (id), UNIQUE KEY bank_line_serial (account, serial), KEY bank_line_state (state, id),
  KEY bank_line_payer (payer_key, id), KEY bank_line_payer_account (payer_account_hash, id),
  KEY bank_line_statement (statement_id, id), KEY bank_line_day (booked_day, id),
  CONSTRAINT bank_line_statement FOREIGN KEY (statement_id) REFERENCES statement (id),
  CONSTRAINT bank_line_staff FOREIGN KEY (staff_id) REFERENCES staff (id),
  CONSTRAINT bank_line_positive CHECK (amount_fen > 0),
  CONSTRAINT bank_line_allotted CHECK (allotted_fen >= 0 AND allotted_fen <= amount_fen)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='lines of the bank, what came in and what went out';

CREATE TABLE statement_mapping (
  account VARCHAR(32) NOT NULL COMMENT 'our account, digits',
  mapping VARCHAR(4000) NOT NULL COMMENT 'JSON: which column of its CSV files means what',
  version INT NOT NULL COMMENT 'raised by every change',
  staff_id BIGINT NOT NULL COMMENT 'who wrote it last',
  at BIGINT NOT NULL COMMENT 'moment',
  PRIMARY KEY (account),
  CONSTRAINT statement_mapping_staff FOREIGN KEY (staff_id) REFERENCES staff (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='columns of CSV statements, by account';
