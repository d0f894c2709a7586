/* Texts about an invoice: its own page, and the page of a case.  Loaded after en.js. */
'use strict';
window.ZY.addTexts({
  'inv.no': 'Case number',
  'inv.number': 'Invoice number',
  'inv.total': 'Total with tax',
  'inv.day': 'Date of issue',
  'inv.until': 'Link valid until',
  'inv.code': 'The code should have 6 digits',
  'inv.file': 'Electronic invoice {n}',
  'inv.one': 'Invoice {n}, {fen} with tax',
  'inv.saved': 'Downloaded',
  'inv.due': 'The electronic invoice is issued by {day}; the agent then gets an SMS.',
  'inv.soon': 'The electronic invoice is being issued; the agent then gets an SMS.',
  'inv.red': 'This invoice was cancelled by red-letter invoice {n}; please do not use it for your books.',
  'inv.again': 'SMS with the invoice link sent'
});
