-- Money by double entry: what is owed, what arrived, whose it is, what goes back.

ALTER TABLE application
  ADD owed_fen BIGINT NOT NULL DEFAULT 0 COMMENT 'what the case owes: its price while it is not closed without a result',
  ADD paid_fen BIGINT NOT NULL DEFAULT 0 COMMENT 'of it arrived from the right payer, less what went back',
  ADD claimed_fen BIGINT NOT NULL DEFAULT 0 COMMENT 'what the applicant says he transferred',
  ADD owing_fen BIGINT AS (GREATEST(owed_fen - paid_fen, 0)) STORED COMMENT 'still missing',
  ADD payer_hash BINARY(32) NULL COMMENT 'keyed hash of the comparison key of who must pay',
  ADD KEY application_owing (owing_fen, id),
  ADD KEY application_payer (payer_hash, id);

UPDATE application SET owed_fen = amount_fen
  WHERE submitted_at IS NOT NULL AND state NOT IN ('withdrawn', 'rejected', 'expired');
UPDATE application a JOIN (SELECT application_id, SUM(amount_fen) AS fen FROM payment WHERE payer_right = 1 GROUP BY application_id) p
  ON p.application_id = a.id SET a.paid_fen = p.fen;

CREATE TABLE ledger (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order',
  at BIGINT NOT NULL COMMENT 'moment it was booked',
  day DATE NOT NULL COMMENT 'day it counts for',
  kind VARCHAR(16) NOT NULL COMMENT 'word of lib/domain/ledger.c, which gives the two accounts',
  debit VARCHAR(8) NOT NULL COMMENT 'account the sum goes to: case fee bank counter alipay loose refund claimed claim',
  credit VARCHAR(8) NOT NULL COMMENT 'account it comes from',
  fen BIGINT NOT NULL COMMENT 'always more than 0',
  application_id BIGINT NULL COMMENT 'case it is about',
  bank_line_id BIGINT NULL COMMENT 'line of the bank it is about',
  payment_id BIGINT NULL COMMENT 'payment it is about',
  refund_id BIGINT NULL COMMENT 'refund it is about',
  staff_id BIGINT NULL COMMENT 'who did it; empty: the machine or the applicant',
  PRIMARY KEY (id), KEY ledger_application (application_id, id), KEY ledger_line (bank_line_id, id), KEY ledger_day (day, id),
  CONSTRAINT ledger_positive CHECK (fen > 0), CONSTRAINT ledger_sides CHECK (debit <> credit)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='double-entry books; append-only';

ALTER TABLE payment
  MODIFY method VARCHAR(10) NOT NULL COMMENT 'transfer counter alipay',
  MODIFY staff_id BIGINT NULL COMMENT 'who recorded it; empty: the machine',
  ADD bank_line_id BIGINT NULL COMMENT 'of a transfer: the line of the bank',
  ADD evidence VARCHAR(400) NOT NULL DEFAULT '' COMMENT 'why it is for this case, in one line',
  ADD undone_at BIGINT NOT NULL DEFAULT 0 COMMENT 'moment it was taken back, for it was another''s; 0: it stands',
  ADD undone_by BIGINT NULL COMMENT 'staff; empty: the machine, when the bank returned it',
  ADD undone_text VARCHAR(400) NULL COMMENT 'why',
  ADD KEY payment_recent (at, id),
  DROP KEY payment_serial,
  ADD once VARCHAR(80) AS (IF(method = 'transfer', NULL, CONCAT(method, ' ', bank_serial))) STORED
    COMMENT 'a receipt and a trade count once; a transfer may be for several cases, its line says how much is left',
  ADD UNIQUE KEY payment_once (once),
  ADD UNIQUE KEY payment_line (bank_line_id, application_id, undone_at),
  ADD CONSTRAINT payment_of_line FOREIGN KEY (bank_line_id) REFERENCES bank_line (id);

ALTER TABLE bank_line
  ADD note VARCHAR(400) NOT NULL DEFAULT '' COMMENT 'why the machine held it, or why it was set aside';

-- Transfers that were typed before statements were read become lines of their own.
INSERT INTO bank_line (account, serial, direction, booked_day, value_date, amount_fen, payer_name, payer_key, remark, state,
    allotted_fen, staff_id, at)
  SELECT '', p.bank_serial, 'in', p.value_date, p.value_date, p.amount_fen, p.payer_name, p.payer_name, '', 'allotted',
    p.amount_fen, p.staff_id, p.at FROM payment p WHERE p.method = 'transfer';
UPDATE payment p JOIN bank_line b ON b.account = '' AND b.serial = p.bank_serial SET p.bank_line_id = b.id WHERE p.method = 'transfer';

ALTER TABLE payment ADD CONSTRAINT payment_transfer CHECK (method <> 'transfer' OR bank_line_id IS NOT NULL);

CREATE TABLE refund (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order',
  payment_id BIGINT NULL COMMENT 'payment that goes back; empty: money that was nobody''s',
  application_id BIGINT NULL COMMENT 'its case',
  bank_line_id BIGINT NULL COMMENT 'the line it came with; to its account it goes back',
  place VARCHAR(8) NOT NULL COMMENT 'bank counter alipay: the way it came',
  fen BIGINT NOT NULL COMMENT 'how much',
  reason VARCHAR(400) NOT NULL COMMENT 'why',
  state VARCHAR(10) NOT NULL COMMENT 'asked approved refused sent paid failed',
  asked_by BIGINT NOT NULL COMMENT 'staff',
  asked_at BIGINT NOT NULL COMMENT 'moment',
  decided_by BIGINT NULL COMMENT 'staff, another person',
  decided_at BIGINT NULL COMMENT 'moment',
  batch VARCHAR(40) NULL COMMENT 'export for the bank it went out with',
  sent_at BIGINT NULL COMMENT 'moment of that, or of asking the gateway',
  done_at BIGINT NULL COMMENT 'moment it was paid, failed or refused',
  done_text VARCHAR(400) NULL COMMENT 'number of the bank or the gateway, or why not',
  version INT NOT NULL DEFAULT 1 COMMENT 'raised by every change',
  PRIMARY KEY (id), KEY refund_state (state, id), KEY refund_application (application_id, id), KEY refund_payment (payment_id, id),
  KEY refund_line (bank_line_id, id),
  CONSTRAINT refund_of_payment FOREIGN KEY (payment_id) REFERENCES payment (id),
  CONSTRAINT refund_of_case FOREIGN KEY (application_id) REFERENCES application (id),
  CONSTRAINT refund_of_line FOREIGN KEY (bank_line_id) REFERENCES bank_line (id),
  CONSTRAINT refund_asker FOREIGN KEY (asked_by) REFERENCES staff (id),
  CONSTRAINT refund_decider FOREIGN KEY (decided_by) REFERENCES staff (id),
  CONSTRAINT refund_positive CHECK (fen > 0),
  CONSTRAINT refund_two_persons CHECK (decided_by IS NULL OR decided_by <> asked_by),
  CONSTRAINT refund_decided CHECK (state IN ('asked') OR decided_by IS NOT NULL)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='money that goes back to who paid it; two persons';

-- The books begin with what there is.
INSERT INTO ledger (at, day, kind, debit, credit, fen, application_id)
  SELECT submitted_at, DATE(FROM_UNIXTIME(submitted_at + 28800)), 'owed', 'case', 'fee', owed_fen, id FROM application
  WHERE owed_fen > 0;
INSERT INTO ledger (at, day, kind, debit, credit, fen, application_id, bank_line_id, payment_id, staff_id)
  SELECT at, value_date, 'received', IF(method = 'counter', 'counter', 'bank'), 'loose', amount_fen, NULL, bank_line_id, id, staff_id
  FROM payment;
INSERT INTO ledger (at, day, kind, debit, credit, fen, application_id, bank_line_id, payment_id, staff_id)
  SELECT at, value_date, 'allotted', 'loose', 'case', amount_fen, application_id, bank_line_id, id, staff_id FROM payment;
