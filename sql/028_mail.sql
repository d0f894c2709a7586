-- The mail room: orders at the courier, the way of a parcel, parcels that came without a case, and who collected.

CREATE TABLE express_order (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order',
  application_id BIGINT NOT NULL COMMENT 'case',
  order_no VARCHAR(40) NOT NULL COMMENT 'our number at the courier: case number, then the how manieth; asked by it again',
  driver VARCHAR(10) NOT NULL COMMENT 'who is asked: sf',
  freight VARCHAR(10) NOT NULL COMMENT 'prepaid or collect, by the rule of the day',
  state VARCHAR(10) NOT NULL COMMENT 'planned placed cancelling sent cancelled failed',
  waybill VARCHAR(20) NULL COMMENT 'number the courier gave',
  error VARCHAR(200) NOT NULL DEFAULT '' COMMENT 'what the courier said against it, or that it did not answer',
  staff_id BIGINT NOT NULL COMMENT 'who ordered',
  made_at BIGINT NOT NULL COMMENT 'moment',
  asked_at BIGINT NOT NULL DEFAULT 0 COMMENT 'moment before the courier was last asked; 0: it has not heard of it',
  next_at BIGINT NOT NULL COMMENT 'moment to ask next; 0: no more',
  tries INT NOT NULL DEFAULT 0 COMMENT 'how often it was asked since the state was reached',
  done_at BIGINT NULL COMMENT 'moment it was sent, cancelled or failed',
  version INT NOT NULL DEFAULT 1 COMMENT 'raised by every change',
  open_case BIGINT AS (IF(state IN ('planned', 'placed', 'cancelling'), application_id, NULL)) STORED COMMENT 'one order of a case is open at a time',
  PRIMARY KEY (id), UNIQUE KEY express_order_no (order_no), UNIQUE KEY express_order_waybill (waybill),
  UNIQUE KEY express_order_open (open_case), KEY express_order_next (next_at), KEY express_order_case (application_id, id),
  CONSTRAINT express_order_application FOREIGN KEY (application_id) REFERENCES application (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='orders at the courier, written down before it hears of them';

ALTER TABLE parcel
  ADD poll_at BIGINT NOT NULL DEFAULT 0 COMMENT 'moment to ask the courier for its way; 0: no more',
  ADD KEY parcel_poll (poll_at);

CREATE TABLE parcel_step (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order',
  parcel_id BIGINT NOT NULL COMMENT 'parcel',
  at BIGINT NOT NULL COMMENT 'moment, as the courier says',
  code VARCHAR(8) NOT NULL COMMENT 'operation code of the courier: 50 picked up, 80 signed for',
  text_hash BINARY(32) NOT NULL COMMENT 'keyed hash of place and text: each step counts once',
  text_sealed VARBINARY(4000) NOT NULL COMMENT 'place and text, which may name a courier or who signed',
  seen_at BIGINT NOT NULL COMMENT 'moment we learnt of it',
  PRIMARY KEY (id), UNIQUE KEY parcel_step_once (parcel_id, at, code, text_hash),
  CONSTRAINT parcel_step_parcel FOREIGN KEY (parcel_id) REFERENCES parcel (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='way of a parcel';

CREATE TABLE arrival (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order',
  waybill VARCHAR(20) NOT NULL COMMENT 'courier number',
  application_id BIGINT NULL COMMENT 'case it belongs to; empty: not known yet',
  sender_sealed VARBINARY(1000) NULL COMMENT 'name of who sent it, as on the parcel',
  note VARCHAR(400) NOT NULL DEFAULT '' COMMENT 'what was in it',
  photo_sealed MEDIUMBLOB NULL COMMENT 'picture of it, JPEG made by us',
  staff_id BIGINT NOT NULL COMMENT 'who took it in',
  at BIGINT NOT NULL COMMENT 'moment',
  joined_by BIGINT NULL COMMENT 'staff who found its case',
  joined_at BIGINT NULL COMMENT 'moment',
  parked TINYINT AS (IF(application_id IS NULL, 1, NULL)) STORED COMMENT 'waits for its case',
  PRIMARY KEY (id), UNIQUE KEY arrival_waybill (waybill), KEY arrival_parked (parked, id), KEY arrival_case (application_id, id),
  CONSTRAINT arrival_application FOREIGN KEY (application_id) REFERENCES application (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='parcels that came in';

ALTER TABLE pickup
  ADD collector_sealed VARBINARY(400) NULL COMMENT 'name of who took it',
  ADD id_kind VARCHAR(20) NULL COMMENT 'document that was seen',
  ADD id_tail_sealed VARBINARY(100) NULL COMMENT 'its last four characters',
  ADD note VARCHAR(400) NULL COMMENT 'on whose order, and how it was signed for';
