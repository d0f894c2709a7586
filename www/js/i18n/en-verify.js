/* Texts of the check of printed pages and certificates. */
'use strict';
window.ZY.addTexts({
  'verify.empty': 'Enter the code of the form or the serial of the certificate',
  'verify.form.valid': 'This form is valid',
  'verify.form.valid.text': 'Printed by us; version {version}, the current one, page {page} of {pages}.',
  'verify.form.replaced': 'This form is void',
  'verify.form.replaced.text': 'Printed by us as version {version}; the data were changed later. Use the newest version.',
  'verify.form.printed': 'Printed on',
  'verify.certificate.valid': 'This certificate is valid',
  'verify.certificate.valid.text': 'Issued by us and within its time.',
  'verify.certificate.replaced': 'This certificate was replaced',
  'verify.certificate.replaced.text': 'Issued by us; a new one has taken its place, it can no longer be used.',
  'verify.certificate.ended': 'This certificate can no longer be used',
  'verify.certificate.ended.text': 'Issued by us; it is now {status}.',
  'verify.status.suspended': 'suspended', 'verify.status.revoked': 'revoked', 'verify.status.expired': 'expired',
  'verify.from': 'Valid from', 'verify.to': 'Valid until',
  'verify.unknown': 'We do not know this number',
  'verify.unknown.text': 'Compare it with the original and try again. If it is still unknown, do not rely on it and call the hotline at the foot of the page.'
});
