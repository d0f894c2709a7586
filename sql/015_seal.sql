-- Pages for seal impressions lie behind the copies of a form, once; in forms printed before, each copy had its own.

ALTER TABLE form_version
  MODIFY pages INT NOT NULL COMMENT 'pages of the file: of all copies, and seal_pages',
  MODIFY seal_page INT NOT NULL DEFAULT 0 COMMENT 'of forms whose copies had the boxes themselves: first such page of a copy; 0 none',
  ADD seal_pages INT NOT NULL DEFAULT 0 COMMENT 'pages with boxes for seal impressions, once behind the copies';

-- Seals: one for each line of a case, and with it of each certificate; both stand here as keys.

CREATE TABLE seal (
  id CHAR(32) NOT NULL COMMENT 'UUID without dashes; esID of the seal data',
  application_id BIGINT NOT NULL COMMENT 'case',
  item INT NOT NULL COMMENT 'line of the case, 1 …',
  certificate_id BIGINT NULL COMMENT 'certificate that carries it, once made',
  state VARCHAR(10) NOT NULL COMMENT 'missing proposed confirmed bound',
  fault VARCHAR(20) NOT NULL DEFAULT '' COMMENT 'missing: why there is no picture, word of image_imprint.h',
  form_version INT NOT NULL DEFAULT 0 COMMENT 'version of the form that was scanned',
  attachment_id CHAR(32) NULL COMMENT 'scan it was cut out of; empty when carried over',
  page INT NOT NULL DEFAULT 0 COMMENT 'page of that file',
  at_x INT NOT NULL DEFAULT 0 COMMENT 'middle of the box on the sheet, tenths of a millimetre',
  at_y INT NOT NULL DEFAULT 0 COMMENT 'the same, from the top',
  crop_x INT NOT NULL DEFAULT 0 COMMENT 'what was cut out of the box, tenths of a millimetre from its left edge',
  crop_y INT NOT NULL DEFAULT 0 COMMENT 'the same, from its upper edge',
  width INT NOT NULL DEFAULT 0 COMMENT 'of the picture, tenths of a millimetre',
  height INT NOT NULL DEFAULT 0 COMMENT 'the same',
  dpi INT NOT NULL DEFAULT 0 COMMENT 'resolution of the scan; 0 not known',
  marks INT NOT NULL DEFAULT 0 COMMENT 'how many of the four marks around the box were found',
  touches TINYINT NOT NULL DEFAULT 0 COMMENT '1: the ink touches the edge of the box',
  by_hand BIGINT NULL COMMENT 'staff who said what to cut out; empty: as it was found',
  picture_sealed MEDIUMBLOB NULL COMMENT 'PNG with alpha, 600 dpi, sealed',
  picture_sha256 CHAR(64) NOT NULL DEFAULT '' COMMENT 'of the PNG',
  sight_sealed MEDIUMBLOB NULL COMMENT 'JPEG of the whole box, 300 dpi, sealed; emptied when the seal is bound',
  kind VARCHAR(12) NULL COMMENT 'unit name handwritten; empty until bound',
  name VARCHAR(128) NULL COMMENT 'name of the seal; empty until bound',
  made_at BIGINT NOT NULL COMMENT 'moment it was cut out or carried over',
  confirmed_by BIGINT NULL COMMENT 'first reviewer who found it good',
  confirmed_at BIGINT NULL COMMENT 'moment',
  carried_from CHAR(32) NULL COMMENT 'seal of the former certificate whose picture it is',
  bound_at BIGINT NULL COMMENT 'moment the certificate was recorded',
  ses_sealed MEDIUMBLOB NULL COMMENT 'SES_Seal of GB/T 38540, DER, sealed; empty when the certificate itself is not known',
  PRIMARY KEY (id), UNIQUE KEY seal_line (application_id, item), UNIQUE KEY seal_certificate (certificate_id),
  CONSTRAINT seal_application FOREIGN KEY (application_id) REFERENCES application (id),
  CONSTRAINT seal_of FOREIGN KEY (certificate_id) REFERENCES certificate (id),
  CONSTRAINT seal_scan FOREIGN KEY (attachment_id) REFERENCES attachment (id),
  CONSTRAINT seal_confirmer FOREIGN KEY (confirmed_by) REFERENCES staff (id),
  CONSTRAINT seal_hand FOREIGN KEY (by_hand) REFERENCES staff (id),
  CONSTRAINT seal_before FOREIGN KEY (carried_from) REFERENCES seal (id),
  CONSTRAINT seal_state CHECK (state IN ('missing','proposed','confirmed','bound')),
  CONSTRAINT seal_picture CHECK (state='missing' OR (picture_sealed IS NOT NULL AND width>0 AND height>0)),
  CONSTRAINT seal_confirmed CHECK (state<>'confirmed' OR confirmed_by IS NOT NULL),
  CONSTRAINT seal_bound CHECK ((state='bound') = (certificate_id IS NOT NULL)),
  CONSTRAINT seal_source CHECK (state<>'bound' OR carried_from IS NOT NULL OR confirmed_by IS NOT NULL),
  CONSTRAINT seal_data CHECK (ses_sealed IS NULL OR state='bound')
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='electronic seals, being made and bound to certificates';
