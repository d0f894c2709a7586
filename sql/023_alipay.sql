-- Paying with the wallet: an order is written down before the gateway hears of it.

CREATE TABLE alipay_order (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order',
  application_id BIGINT NOT NULL COMMENT 'case',
  out_trade_no VARCHAR(40) NOT NULL COMMENT 'our number at the gateway: case number, then the how manieth',
  fen BIGINT NOT NULL COMMENT 'what is to be paid',
  subject VARCHAR(100) NOT NULL COMMENT 'what the payer reads; no personal data',
  state VARCHAR(8) NOT NULL COMMENT 'planned waiting paid closed failed',
  qr VARCHAR(200) NULL COMMENT 'address behind the code the payer scans; from the gateway',
  trade_no VARCHAR(64) NULL COMMENT 'number of the gateway, when it is paid',
  buyer VARCHAR(64) NULL COMMENT 'who paid, as the gateway masks it',
  made_at BIGINT NOT NULL COMMENT 'moment',
  ends_at BIGINT NOT NULL COMMENT 'moment after which it is closed',
  asked_at BIGINT NOT NULL COMMENT 'moment the gateway was last asked about it',
  done_at BIGINT NULL COMMENT 'moment it was paid, closed or failed',
  error VARCHAR(200) NOT NULL DEFAULT '' COMMENT 'what the gateway said against it',
  version INT NOT NULL DEFAULT 1 COMMENT 'raised by every change',
  open_case BIGINT AS (IF(state IN ('planned', 'waiting'), application_id, NULL)) STORED COMMENT 'one order of a case is open at a time',
  PRIMARY KEY (id), UNIQUE KEY alipay_order_no (out_trade_no), UNIQUE KEY alipay_order_trade (trade_no),
  UNIQUE KEY alipay_order_open (open_case), KEY alipay_order_state (state, asked_at), KEY alipay_order_case (application_id, id),
  CONSTRAINT alipay_order_application FOREIGN KEY (application_id) REFERENCES application (id),
  CONSTRAINT alipay_order_positive CHECK (fen > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='orders at the gateway of the wallet';

CREATE TABLE alipay_notice (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order',
  trade_no VARCHAR(64) NOT NULL COMMENT 'of the gateway',
  trade_status VARCHAR(32) NOT NULL COMMENT 'as the gateway says',
  out_trade_no VARCHAR(64) NOT NULL COMMENT 'our number in it',
  body_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of the notice',
  at BIGINT NOT NULL COMMENT 'moment it came first',
  PRIMARY KEY (id), UNIQUE KEY alipay_notice_once (trade_no, trade_status)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='good notices of the gateway: each counts once';
