-- What was seen on the pages that came back, and where on the printed form a seal belongs.
ALTER TABLE attachment_page
  ADD seen VARCHAR(2000) NOT NULL DEFAULT '' COMMENT 'what can be seen on it: JSON of scan_shape (io/scan.h); empty: not looked at';

ALTER TABLE attachment
  ADD filed_from VARCHAR(8) NULL COMMENT 'material it was uploaded to, when it was recognised as the form and filed itself there';

ALTER TABLE form_version
  ADD stamp_page INT NOT NULL DEFAULT 0 COMMENT 'page of a copy that has the place of the stamp; 0 none',
  ADD seal_page INT NOT NULL DEFAULT 0 COMMENT 'first page of a copy for seal impressions; 0 none';
