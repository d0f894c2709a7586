-- Electronic invoices: made elsewhere, brought here, handed to who paid.
CREATE TABLE invoice (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order in which they came due',
  application_id BIGINT NOT NULL COMMENT 'case it is for',
  state VARCHAR(10) NOT NULL COMMENT 'due imported delivered reversed',
  begun_at BIGINT NOT NULL COMMENT 'moment from which its clock runs: the case was completed, or the one before was reversed',
  due_day DATE NULL COMMENT 'last working day it may take; empty: the calendar of that year was not known',
  number CHAR(20) NULL COMMENT 'its number at the tax office',
  fen BIGINT NULL COMMENT 'total with tax',
  issued_day DATE NULL COMMENT 'day it was issued',
  xml_sealed MEDIUMBLOB NULL COMMENT 'the file as issued, sealed for invoice.xml:<id>',
  pdf_sealed MEDIUMBLOB NULL COMMENT 'its picture, sealed for invoice.pdf:<id>',
  imported_by BIGINT NULL COMMENT 'staff',
  imported_at BIGINT NULL COMMENT 'moment',
  delivered_at BIGINT NULL COMMENT 'moment the message was last sent',
  link_hash BINARY(32) NULL COMMENT 'SHA-256 of what stands in the link',
  code_hash BINARY(32) NULL COMMENT 'keyed hash of link and code',
  link_ends_at BIGINT NULL COMMENT 'moment the link ends',
  code_tries INT NOT NULL DEFAULT 0 COMMENT 'wrong codes since the link was made or last opened',
  red_number CHAR(20) NULL COMMENT 'number of the red invoice that reversed it',
  red_reason VARCHAR(400) NULL COMMENT 'why',
  red_by BIGINT NULL COMMENT 'staff',
  red_at BIGINT NULL COMMENT 'moment',
  version INT NOT NULL DEFAULT 1 COMMENT 'raised by every change',
  standing BIGINT AS (IF(state = 'reversed', NULL, application_id)) STORED COMMENT 'a case has one that was not reversed',
  PRIMARY KEY (id), UNIQUE KEY invoice_standing (standing), UNIQUE KEY invoice_number (number), UNIQUE KEY invoice_red (red_number),
  UNIQUE KEY invoice_link (link_hash), KEY invoice_state (state, id), KEY invoice_application (application_id, id),
  CONSTRAINT invoice_of FOREIGN KEY (application_id) REFERENCES application (id),
  CONSTRAINT invoice_whole CHECK (state = 'due' OR (number IS NOT NULL AND fen > 0 AND issued_day IS NOT NULL AND xml_sealed IS NOT NULL)),
  CONSTRAINT invoice_reversed CHECK (state <> 'reversed' OR (red_number IS NOT NULL AND red_reason IS NOT NULL AND red_by IS NOT NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='electronic invoices of cases that cost money';

INSERT INTO invoice (application_id, state, begun_at)
  SELECT id, 'due', state_at FROM application WHERE state = 'completed' AND paid_fen > 0 ORDER BY state_at, id;
