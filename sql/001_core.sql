-- The first schema: people, cases, files, money, certificates, parcels, messages, and the two append-only books.
-- Moments are BIGINT seconds since 1970-01-01T00:00:00Z; days are DATE in Asia/Shanghai; money is BIGINT fen.
-- "sealed" columns hold AES-256-GCM (io/crypto.h); "_hash" columns are keyed hashes for look-up of what is sealed.

CREATE TABLE catalog_version (
  version VARCHAR(40) NOT NULL COMMENT 'version attribute of the catalogue',
  sha256 CHAR(64) NOT NULL COMMENT 'of the file, hex',
  xml MEDIUMBLOB NOT NULL COMMENT 'the file as it was; running cases keep their version',
  loaded_at BIGINT NOT NULL COMMENT 'moment it was first loaded',
  PRIMARY KEY (version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='rule catalogues that cases run under';

CREATE TABLE calendar_day (
  day DATE NOT NULL COMMENT 'a day off or a make-up working day',
  kind VARCHAR(8) NOT NULL COMMENT 'off, work, or plain: by the day of the week after all',
  note VARCHAR(100) NULL COMMENT 'which holiday',
  source VARCHAR(200) NOT NULL COMMENT 'the notice it comes from',
  PRIMARY KEY (day)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='working calendar; a year without rows is unknown';

CREATE TABLE branch (
  code VARCHAR(40) NOT NULL COMMENT 'word used in delivery.branch',
  name VARCHAR(100) NOT NULL COMMENT 'name shown',
  address VARCHAR(200) NOT NULL COMMENT 'street address of the counter',
  phone VARCHAR(60) NOT NULL COMMENT 'telephone',
  hours VARCHAR(200) NOT NULL COMMENT 'opening hours as a sentence',
  makeup_open TINYINT NOT NULL DEFAULT 0 COMMENT '1: open on make-up working weekends',
  sort INT NOT NULL DEFAULT 0 COMMENT 'order of the list',
  PRIMARY KEY (code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='counters, maintained by staff';

CREATE TABLE account (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal key',
  phone_hash BINARY(32) NOT NULL COMMENT 'keyed hash of the phone that signs in',
  phone_sealed VARBINARY(200) NOT NULL COMMENT 'the phone, sealed',
  created_at BIGINT NOT NULL COMMENT 'moment of first sign-in',
  PRIMARY KEY (id), UNIQUE KEY (phone_hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='applicants, one per phone';

CREATE TABLE staff (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal key',
  user VARCHAR(40) NOT NULL COMMENT 'sign-in name',
  name VARCHAR(50) NOT NULL COMMENT 'name shown to colleagues',
  password VARCHAR(200) NOT NULL COMMENT 'scrypt, see io/crypto.h',
  totp_sealed VARBINARY(200) NOT NULL COMMENT 'TOTP secret, sealed',
  totp_step BIGINT NOT NULL DEFAULT 0 COMMENT 'last time step used: a code serves once',
  disabled TINYINT NOT NULL DEFAULT 0 COMMENT '1: may not sign in, sessions are void',
  failures INT NOT NULL DEFAULT 0 COMMENT 'wrong sign-ins in a row',
  locked_until BIGINT NOT NULL DEFAULT 0 COMMENT 'moment until which sign-in is refused',
  created_at BIGINT NOT NULL COMMENT 'moment',
  PRIMARY KEY (id), UNIQUE KEY (user)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='staff accounts';

CREATE TABLE staff_role (
  staff_id BIGINT NOT NULL COMMENT 'whose',
  role VARCHAR(20) NOT NULL COMMENT 'word of lib/domain/permission.c',
  PRIMARY KEY (staff_id, role),
  CONSTRAINT staff_role_staff FOREIGN KEY (staff_id) REFERENCES staff (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='roles of staff';

CREATE TABLE session (
  token_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of the cookie: the table alone opens no session',
  account_id BIGINT NULL COMMENT 'applicant',
  staff_id BIGINT NULL COMMENT 'or staff',
  created_at BIGINT NOT NULL COMMENT 'moment of sign-in',
  seen_at BIGINT NOT NULL COMMENT 'last request, to the minute',
  ends_at BIGINT NOT NULL COMMENT 'absolute end',
  PRIMARY KEY (token_hash), KEY session_ends (ends_at), KEY session_staff (staff_id),
  CONSTRAINT session_account FOREIGN KEY (account_id) REFERENCES account (id),
  CONSTRAINT session_staff FOREIGN KEY (staff_id) REFERENCES staff (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='who is signed in';

CREATE TABLE otp (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal key',
  phone_hash BINARY(32) NOT NULL COMMENT 'whom it was sent to',
  purpose VARCHAR(20) NOT NULL COMMENT 'session or track: a code serves only what it was asked for',
  code_hash BINARY(32) NOT NULL COMMENT 'keyed hash of the code',
  tries INT NOT NULL DEFAULT 0 COMMENT 'wrong answers so far',
  ends_at BIGINT NOT NULL COMMENT 'moment it expires',
  used_at BIGINT NULL COMMENT 'moment it served',
  created_at BIGINT NOT NULL COMMENT 'moment it was sent',
  PRIMARY KEY (id), KEY otp_phone (phone_hash, purpose, id), KEY otp_ends (ends_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='codes sent by SMS';

CREATE TABLE rate (
  bucket BINARY(32) NOT NULL COMMENT 'hash of rule and subject (phone, address …)',
  span BIGINT NOT NULL COMMENT 'start of the time window, moment',
  hits INT NOT NULL COMMENT 'requests in it',
  ends_at BIGINT NOT NULL COMMENT 'moment the row may go',
  PRIMARY KEY (bucket, span), KEY rate_ends (ends_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='rate limits, shared by all programs';

CREATE TABLE idempotency (
  scope BINARY(32) NOT NULL COMMENT 'hash of who and which route',
  key_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of the Idempotency-Key',
  body_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of path and body: the same key with another body is refused',
  status INT NOT NULL COMMENT 'answer as it was given',
  etag VARCHAR(40) NULL COMMENT 'ETag of the answer',
  location VARCHAR(300) NULL COMMENT 'Location of the answer',
  cookie_less TINYINT NOT NULL DEFAULT 1 COMMENT 'answers that set a cookie are not kept',
  body_sealed MEDIUMBLOB NOT NULL COMMENT 'body of the answer, sealed',
  ends_at BIGINT NOT NULL COMMENT 'moment the row may go (24 h)',
  PRIMARY KEY (scope, key_hash), KEY idempotency_ends (ends_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='answers kept with the effect of the request that made them';

CREATE TABLE case_number (
  day DATE NOT NULL COMMENT 'day in the number',
  last BIGINT NOT NULL COMMENT 'last sequence given that day',
  PRIMARY KEY (day)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='sequence of case numbers';

CREATE TABLE application (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal key, never shown',
  no VARCHAR(20) NOT NULL COMMENT 'case number with check character',
  account_id BIGINT NOT NULL COMMENT 'owner',
  service VARCHAR(20) NOT NULL COMMENT 'new add renew change reissue unlock revoke',
  holder VARCHAR(10) NOT NULL COMMENT 'org rep ind',
  channel VARCHAR(10) NOT NULL COMMENT 'post counter online',
  catalog_version VARCHAR(40) NOT NULL COMMENT 'rules it runs under',
  state VARCHAR(20) NOT NULL COMMENT 'word of lib/domain/workflow.c',
  version BIGINT NOT NULL COMMENT 'counts every change: ETag',
  data_sealed MEDIUMBLOB NOT NULL COMMENT 'what was filled in (struct application_data) as canonical JSON, sealed',
  unit_name VARCHAR(128) NULL COMMENT 'copy for lists and search (public data)',
  unit_key VARCHAR(128) NULL COMMENT 'comparison key of the unit name',
  uscc CHAR(18) NULL COMMENT 'copy for search (public data)',
  agent_phone_hash BINARY(32) NULL COMMENT 'keyed hash, for the tracker',
  years INT NOT NULL DEFAULT 0 COMMENT 'of the certificates',
  item_count INT NOT NULL DEFAULT 0 COMMENT 'certificates asked for',
  amount_fen BIGINT NOT NULL DEFAULT 0 COMMENT 'price, frozen at submission',
  delivery_mode VARCHAR(10) NULL COMMENT 'courier or pickup, copy for lists',
  form_version INT NOT NULL DEFAULT 0 COMMENT 'last frozen version; 0 none',
  form_current TINYINT NOT NULL DEFAULT 0 COMMENT '1: data equal that version',
  round INT NOT NULL DEFAULT 0 COMMENT 'correction rounds so far',
  created_at BIGINT NOT NULL COMMENT 'moment',
  updated_at BIGINT NOT NULL COMMENT 'moment of the last change',
  state_at BIGINT NOT NULL COMMENT 'moment the state was entered: order of the queues',
  submitted_at BIGINT NULL COMMENT 'moment of the last submission',
  review_due DATE NULL COMMENT 'first review is due',
  clock_at BIGINT NULL COMMENT 'moment the last required gate closed',
  due DATE NULL COMMENT 'promised day; empty until the clock runs',
  correct_until DATE NULL COMMENT 'day by which a correction is expected',
  opened_by BIGINT NULL COMMENT 'staff who opened a walk-in case',
  reviewer1 BIGINT NULL COMMENT 'staff of the first review',
  reviewer2 BIGINT NULL COMMENT 'staff of the second review, never reviewer1',
  claim_by BIGINT NULL COMMENT 'staff who holds it',
  claim_until BIGINT NULL COMMENT 'moment the claim lapses',
  close_text VARCHAR(400) NULL COMMENT 'why it was rejected, withdrawn or closed, as the applicant reads it',
  notice_at BIGINT NULL COMMENT 'moment the idle notice was sent',
  PRIMARY KEY (id), UNIQUE KEY (no),
  KEY application_owner (account_id, id),
  KEY application_queue (state, state_at, id),
  KEY application_claim (claim_by, claim_until),
  KEY application_uscc (uscc, id),
  KEY application_unit (unit_key, id),
  KEY application_idle (state, updated_at),
  CONSTRAINT application_account FOREIGN KEY (account_id) REFERENCES account (id),
  CONSTRAINT application_catalog FOREIGN KEY (catalog_version) REFERENCES catalog_version (version),
  CONSTRAINT application_two_reviewers CHECK (reviewer1 IS NULL OR reviewer2 IS NULL OR reviewer1 <> reviewer2),
  CONSTRAINT application_opener CHECK (opened_by IS NULL OR reviewer2 IS NULL OR opened_by <> reviewer2)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='cases';

CREATE TABLE gate (
  application_id BIGINT NOT NULL COMMENT 'case',
  name VARCHAR(12) NOT NULL COMMENT 'scans originals money token signature',
  closed_at BIGINT NULL COMMENT 'moment it counts from; empty while open',
  closed_by BIGINT NULL COMMENT 'staff, empty when the machine closed it',
  PRIMARY KEY (application_id, name),
  CONSTRAINT gate_application FOREIGN KEY (application_id) REFERENCES application (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='required gates of each case';

CREATE TABLE form_version (
  application_id BIGINT NOT NULL COMMENT 'case',
  version INT NOT NULL COMMENT '1, 2, …',
  data_sealed MEDIUMBLOB NOT NULL COMMENT 'the data as frozen, sealed',
  sha256 CHAR(64) NOT NULL COMMENT 'of the canonical data',
  pages INT NOT NULL COMMENT 'pages of the paper',
  frozen_at BIGINT NOT NULL COMMENT 'moment, printed on the paper',
  PRIMARY KEY (application_id, version),
  CONSTRAINT form_application FOREIGN KEY (application_id) REFERENCES application (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='frozen application forms';

-- "blob" alone is a reserved word.
CREATE TABLE stored_file (
  id CHAR(32) NOT NULL COMMENT 'random; also the file name',
  key_sealed VARBINARY(200) NOT NULL COMMENT 'key of this file, sealed by the master key',
  size_bytes BIGINT NOT NULL COMMENT 'length of the content',
  created_at BIGINT NOT NULL COMMENT 'moment',
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='files of the encrypted store';

CREATE TABLE store_use (
  id TINYINT NOT NULL COMMENT 'always 1',
  bytes BIGINT NOT NULL COMMENT 'sum of stored_file.size_bytes, kept by the triggers: asked at every upload',
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='what the store holds, for the quota';

INSERT INTO store_use (id, bytes) VALUES (1, 0);

CREATE TRIGGER stored_file_add AFTER INSERT ON stored_file FOR EACH ROW UPDATE store_use SET bytes=bytes+NEW.size_bytes WHERE id=1;
CREATE TRIGGER stored_file_drop AFTER DELETE ON stored_file FOR EACH ROW UPDATE store_use SET bytes=bytes-OLD.size_bytes WHERE id=1;

CREATE TABLE upload (
  id CHAR(32) NOT NULL COMMENT 'random, in the tus URL',
  application_id BIGINT NOT NULL COMMENT 'case',
  account_id BIGINT NOT NULL COMMENT 'owner',
  material VARCHAR(8) NOT NULL COMMENT 'm1 … m10',
  filename VARCHAR(255) NOT NULL COMMENT 'as the browser said; text only, never a path',
  metadata VARCHAR(2000) NOT NULL COMMENT 'Upload-Metadata as sent, for HEAD',
  length BIGINT NOT NULL COMMENT 'announced bytes',
  received BIGINT NOT NULL DEFAULT 0 COMMENT 'bytes safe on disk',
  blob_id CHAR(32) NOT NULL COMMENT 'where they are',
  attachment_id CHAR(32) NULL COMMENT 'set when complete',
  ends_at BIGINT NOT NULL COMMENT 'moment it expires while incomplete',
  PRIMARY KEY (id), KEY upload_ends (attachment_id, ends_at), KEY upload_application (application_id),
  CONSTRAINT upload_application FOREIGN KEY (application_id) REFERENCES application (id),
  CONSTRAINT upload_blob FOREIGN KEY (blob_id) REFERENCES stored_file (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='tus uploads under way';

CREATE TABLE attachment (
  id CHAR(32) NOT NULL COMMENT 'random public id',
  application_id BIGINT NOT NULL COMMENT 'case',
  material VARCHAR(8) NOT NULL COMMENT 'm1 … m10',
  round INT NOT NULL COMMENT 'correction round it belongs to, 0 = first submission',
  filename VARCHAR(255) NOT NULL COMMENT 'shown, never a path',
  media VARCHAR(40) NOT NULL COMMENT 'sniffed media type',
  size_bytes BIGINT NOT NULL COMMENT 'length of the original',
  sha256 CHAR(64) NOT NULL COMMENT 'of the original',
  page_count INT NOT NULL DEFAULT 0 COMMENT 'pages made',
  state VARCHAR(10) NOT NULL COMMENT 'checking accepted refused',
  findings VARCHAR(2000) NOT NULL DEFAULT '' COMMENT 'codes of lib/domain/attachment.c, separated by blanks',
  blob_id CHAR(32) NOT NULL COMMENT 'the original',
  uploaded_at BIGINT NOT NULL COMMENT 'moment of the last byte',
  removed_at BIGINT NULL COMMENT 'moment it was taken back or replaced',
  PRIMARY KEY (id), KEY attachment_application (application_id, material, uploaded_at),
  CONSTRAINT attachment_application FOREIGN KEY (application_id) REFERENCES application (id),
  CONSTRAINT attachment_blob FOREIGN KEY (blob_id) REFERENCES stored_file (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='uploaded files of cases';

CREATE TABLE attachment_page (
  attachment_id CHAR(32) NOT NULL COMMENT 'file',
  page INT NOT NULL COMMENT '1, 2, …',
  blob_id CHAR(32) NOT NULL COMMENT 'JPEG made by us',
  width INT NOT NULL COMMENT 'pixels',
  height INT NOT NULL COMMENT 'pixels',
  PRIMARY KEY (attachment_id, page),
  CONSTRAINT attachment_page_attachment FOREIGN KEY (attachment_id) REFERENCES attachment (id),
  CONSTRAINT attachment_page_blob FOREIGN KEY (blob_id) REFERENCES stored_file (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='pages as pictures';

CREATE TABLE verdict (
  application_id BIGINT NOT NULL COMMENT 'case',
  round INT NOT NULL COMMENT 'round it was given in',
  material VARCHAR(8) NOT NULL COMMENT 'm1 … m10',
  verdict VARCHAR(8) NOT NULL COMMENT 'pass fail waive',
  reasons VARCHAR(400) NOT NULL DEFAULT '' COMMENT 'reason codes of the catalogue, separated by blanks',
  note VARCHAR(500) NULL COMMENT 'for the applicant',
  areas VARCHAR(4000) NOT NULL DEFAULT '[]' COMMENT 'marked rectangles, JSON: file page x y w h in ten-thousandths',
  staff_id BIGINT NOT NULL COMMENT 'who judged',
  at BIGINT NOT NULL COMMENT 'moment',
  PRIMARY KEY (application_id, round, material),
  CONSTRAINT verdict_application FOREIGN KEY (application_id) REFERENCES application (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='verdicts per material and round';

CREATE TABLE original (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal key',
  application_id BIGINT NOT NULL COMMENT 'case',
  material VARCHAR(8) NOT NULL COMMENT 'm1 … m10',
  copies INT NOT NULL COMMENT 'paper copies received or seen this time',
  staff_id BIGINT NOT NULL COMMENT 'who took them',
  at BIGINT NOT NULL COMMENT 'moment',
  PRIMARY KEY (id), KEY original_application (application_id, material),
  CONSTRAINT original_application FOREIGN KEY (application_id) REFERENCES application (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='paper that arrived';

CREATE TABLE payment (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal key',
  application_id BIGINT NOT NULL COMMENT 'case it was recorded for',
  method VARCHAR(10) NOT NULL COMMENT 'transfer or counter',
  bank_serial VARCHAR(60) NOT NULL COMMENT 'serial of the bank or receipt number of the counter',
  payer_name VARCHAR(128) NOT NULL COMMENT 'as the bank shows it',
  payer_account_sealed VARBINARY(200) NULL COMMENT 'account, sealed',
  payer_right TINYINT NOT NULL COMMENT '1: the payer is who must pay',
  amount_fen BIGINT NOT NULL COMMENT 'received',
  value_date DATE NOT NULL COMMENT 'bank value date',
  staff_id BIGINT NOT NULL COMMENT 'who recorded it',
  at BIGINT NOT NULL COMMENT 'moment of recording',
  PRIMARY KEY (id), UNIQUE KEY payment_serial (method, bank_serial), KEY payment_application (application_id),
  CONSTRAINT payment_application FOREIGN KEY (application_id) REFERENCES application (id),
  CONSTRAINT payment_positive CHECK (amount_fen > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='money received, one row per bank line or receipt';

CREATE TABLE certificate (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal key',
  application_id BIGINT NOT NULL COMMENT 'case that issued it',
  item INT NOT NULL COMMENT 'line of the case, 1 …',
  sign_serial VARCHAR(40) NOT NULL COMMENT 'serial of the signing certificate, upper-case hex',
  enc_serial VARCHAR(40) NOT NULL COMMENT 'serial of the encryption certificate',
  not_before DATE NOT NULL COMMENT 'first day valid',
  not_after DATE NOT NULL COMMENT 'last day valid',
  status VARCHAR(12) NOT NULL COMMENT 'valid suspended revoked superseded expired',
  seal_kind VARCHAR(12) NOT NULL COMMENT 'unit name handwritten: one certificate, one seal',
  seal_name VARCHAR(128) NOT NULL COMMENT 'name of the seal',
  producer BIGINT NOT NULL COMMENT 'staff',
  at BIGINT NOT NULL COMMENT 'moment of production',
  PRIMARY KEY (id), UNIQUE KEY (sign_serial), UNIQUE KEY (enc_serial), UNIQUE KEY certificate_item (application_id, item),
  CONSTRAINT certificate_application FOREIGN KEY (application_id) REFERENCES application (id),
  CONSTRAINT certificate_validity CHECK (not_after > not_before),
  CONSTRAINT certificate_pair CHECK (sign_serial <> enc_serial)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='certificates issued';

CREATE TABLE parcel (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal key',
  application_id BIGINT NOT NULL COMMENT 'case',
  waybill VARCHAR(20) NOT NULL COMMENT 'courier number',
  freight VARCHAR(10) NOT NULL COMMENT 'prepaid or collect, by the rule of the day',
  staff_id BIGINT NOT NULL COMMENT 'who sent it',
  sent_at BIGINT NOT NULL COMMENT 'moment',
  delivered_at BIGINT NULL COMMENT 'moment it was signed for',
  PRIMARY KEY (id), UNIQUE KEY (waybill), UNIQUE KEY (application_id),
  CONSTRAINT parcel_application FOREIGN KEY (application_id) REFERENCES application (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='parcels to applicants';

CREATE TABLE pickup (
  application_id BIGINT NOT NULL COMMENT 'case',
  ready_at BIGINT NOT NULL COMMENT 'moment it lay ready',
  handed_at BIGINT NULL COMMENT 'moment it was handed over',
  collector VARCHAR(50) NULL COMMENT 'name of who took it',
  staff_id BIGINT NULL COMMENT 'who handed it over and saw the ID',
  PRIMARY KEY (application_id),
  CONSTRAINT pickup_application FOREIGN KEY (application_id) REFERENCES application (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='collection at the counter';

CREATE TABLE event (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order',
  application_id BIGINT NOT NULL COMMENT 'case',
  at BIGINT NOT NULL COMMENT 'moment',
  event VARCHAR(20) NOT NULL COMMENT 'word of lib/domain/workflow.c',
  from_state VARCHAR(20) NOT NULL COMMENT 'state before',
  to_state VARCHAR(20) NOT NULL COMMENT 'state after',
  actor VARCHAR(10) NOT NULL COMMENT 'applicant ca machine',
  staff_id BIGINT NULL COMMENT 'staff who acted',
  text VARCHAR(500) NOT NULL DEFAULT '' COMMENT 'what the applicant reads',
  PRIMARY KEY (id), KEY event_application (application_id, id),
  CONSTRAINT event_application FOREIGN KEY (application_id) REFERENCES application (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='what happened to cases; append-only';

CREATE TABLE outbox (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order',
  application_id BIGINT NULL COMMENT 'case, if any',
  phone_sealed VARBINARY(200) NOT NULL COMMENT 'to whom, sealed',
  template VARCHAR(40) NOT NULL COMMENT 'word of lib/domain/notify.c',
  params_sealed VARBINARY(2000) NULL COMMENT 'variables, JSON, sealed; emptied once sent',
  dedupe VARCHAR(100) NOT NULL COMMENT 'one message per key',
  state VARCHAR(10) NOT NULL COMMENT 'waiting sent dead',
  tries INT NOT NULL DEFAULT 0 COMMENT 'attempts so far',
  next_at BIGINT NOT NULL COMMENT 'moment of the next attempt; moved on while one is under way',
  created_at BIGINT NOT NULL COMMENT 'moment',
  sent_at BIGINT NULL COMMENT 'moment',
  PRIMARY KEY (id), UNIQUE KEY (dedupe), KEY outbox_next (state, next_at), KEY outbox_application (application_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='messages, sent after commit by the worker';

CREATE TABLE job (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order',
  kind VARCHAR(20) NOT NULL COMMENT 'word of tools/worker.c',
  ref VARCHAR(60) NOT NULL COMMENT 'what it is about',
  state VARCHAR(10) NOT NULL COMMENT 'waiting done dead',
  tries INT NOT NULL DEFAULT 0 COMMENT 'attempts so far',
  next_at BIGINT NOT NULL COMMENT 'moment of the next attempt; moved on while one is under way',
  error VARCHAR(300) NULL COMMENT 'of the last attempt',
  created_at BIGINT NOT NULL COMMENT 'moment',
  PRIMARY KEY (id), UNIQUE KEY job_once (kind, ref), KEY job_next (state, next_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='work that must not happen inside a request';

CREATE TABLE audit (
  seq BIGINT NOT NULL COMMENT 'without gaps',
  at BIGINT NOT NULL COMMENT 'moment',
  actor VARCHAR(10) NOT NULL COMMENT 'nobody applicant staff machine',
  actor_id BIGINT NOT NULL COMMENT 'account or staff, 0 for the others',
  addr VARCHAR(45) NOT NULL COMMENT 'client address',
  action VARCHAR(40) NOT NULL COMMENT 'what was done or looked at',
  object VARCHAR(60) NOT NULL COMMENT 'on what: case number, file id, user',
  detail VARCHAR(500) NOT NULL COMMENT 'more, without personal numbers',
  prev_hash BINARY(32) NOT NULL COMMENT 'hash of the row before',
  hash BINARY(32) NOT NULL COMMENT 'HMAC-SHA256 over prev_hash and the row',
  PRIMARY KEY (seq), KEY audit_object (object, seq), KEY audit_actor (actor, actor_id, seq)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='who did and saw what; append-only hash chain';

CREATE TABLE audit_head (
  id TINYINT NOT NULL COMMENT 'always 1',
  seq BIGINT NOT NULL COMMENT 'last row',
  hash BINARY(32) NOT NULL COMMENT 'its hash',
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='end of the chain, locked last in every transaction';

INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, REPEAT(CHAR(0), 32));
