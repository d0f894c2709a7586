-- Which open case a certificate is in: one at a time, so that no two cases decide about the same certificate.
ALTER TABLE certificate
  ADD busy_case BIGINT NULL COMMENT 'open case that is about this certificate; empty when there is none',
  ADD CONSTRAINT certificate_busy FOREIGN KEY (busy_case) REFERENCES application (id);

ALTER TABLE session
  ADD application_id BIGINT NULL COMMENT 'a counter session sees this case only',
  ADD CONSTRAINT session_application FOREIGN KEY (application_id) REFERENCES application (id);

CREATE TABLE auto_unlock (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order',
  certificate_id BIGINT NOT NULL COMMENT 'certificate that was unlocked',
  application_id BIGINT NOT NULL COMMENT 'case',
  at BIGINT NOT NULL COMMENT 'moment',
  PRIMARY KEY (id), KEY auto_unlock_certificate (certificate_id, at),
  CONSTRAINT auto_unlock_certificate FOREIGN KEY (certificate_id) REFERENCES certificate (id),
  CONSTRAINT auto_unlock_application FOREIGN KEY (application_id) REFERENCES application (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='unlocks decided by machine, for their limit';

CREATE TABLE token_in (
  application_id BIGINT NOT NULL COMMENT 'case',
  serial VARCHAR(40) NOT NULL COMMENT 'serial of the USB token that came in',
  staff_id BIGINT NOT NULL COMMENT 'who took it',
  at BIGINT NOT NULL COMMENT 'moment',
  PRIMARY KEY (application_id, serial),
  CONSTRAINT token_in_application FOREIGN KEY (application_id) REFERENCES application (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='tokens received';

CREATE TABLE licence_waiver (
  application_id BIGINT NOT NULL COMMENT 'case',
  reason VARCHAR(400) NOT NULL COMMENT 'why the original of the licence need not be shown',
  staff_id BIGINT NOT NULL COMMENT 'supervisor who said so',
  at BIGINT NOT NULL COMMENT 'moment',
  PRIMARY KEY (application_id),
  CONSTRAINT licence_waiver_application FOREIGN KEY (application_id) REFERENCES application (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='licences taken on their copy by a supervisor';
