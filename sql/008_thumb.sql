-- Small pictures of the pages, for lists.
ALTER TABLE attachment_page
  ADD COLUMN thumb_id CHAR(32) NULL COMMENT 'small JPEG made by us; NULL: from the time before there were any' AFTER blob_id,
  ADD CONSTRAINT attachment_page_thumb FOREIGN KEY (thumb_id) REFERENCES stored_file (id);
