/* Texts of sending by phone: the desktop's upload page and the phone's.  Loaded after core.js. */
'use strict';
window.ZY.addTexts({
  'relay.h': 'Take photos with a phone', 'relay.img': 'QR code: scan with a phone to upload {name}',
  'relay.1': 'Scan this QR code with the phone\'s camera or WeChat', 'relay.2': 'Check that the phone shows the pair number {pair}', 'relay.3': 'Take or choose photos, as many as needed',
  'relay.until': 'This QR code ends at {time} and can be opened by one phone only.',
  'relay.type': 'If it cannot be scanned: open {url} on the phone and type the code', 'relay.copy': 'Copy the address for the phone',
  'relay.waiting': 'Waiting for a phone', 'relay.connected': 'Phone connected, waiting for photos', 'relay.sending': ', {n} on the way', 'relay.received': '{n} {n|file|files} received from the phone',
  'relay.why.expired': 'The QR code has expired.', 'relay.why.submitted': 'The application is submitted; uploading by phone has ended.', 'relay.why.desktop': 'Uploading by phone has ended.',
  'relay.why.phone': 'The phone is done.', 'relay.why.newer': 'A new QR code was made elsewhere.', 'relay.pause': 'Nothing happened for long; this page no longer refreshes itself.',
  'relay.end': 'End uploading by phone', 'relay.again': 'Make a new QR code', 'relay.more': 'Upload more with a phone', 'relay.look': 'Refresh',
  'relay.for': 'Service: {service}', 'relay.shot': 'phone-photo-{n}.jpg', 'relay.bad': 'The code has 26 characters, only letters and the digits 2 to 7; please check it',
  'relay.done': '{n} {n|file|files} uploaded', 'relay.done.0': 'No files uploaded', 'relay.left': 'Please finish by {time}.',
  'relay.gone': 'The connection has ended: the time is over, it was ended on the computer, or the application was submitted. What arrived is kept; to upload more, make a new QR code on the computer.'
});
