-- Which open case a certificate is in: one at a time, so that no two cases decide about the same certificate.
ALTER TABLE certificate
  ADD busy_case BIGINT NULL COMMENT 'open case that is about this certificate; empty when there is none',
  ADD CONSTRAINT certificate_busy FOREIGN KEY (busy_case) REFERENCES application (id);

ALTER TABLE session
  ADD application_id BIGINT NULL COMMENT 'a counter session sees this case only',
  ADD CONSTRAINT session_application FOREIGN KEY (application_id) REFERENCES application (id);
