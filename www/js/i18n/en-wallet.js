/* Texts of paying: what is owed and has come, and the wallet.  Loaded after core.js. */
'use strict';
window.ZY.addTexts({
  'pay.who.unit': 'The transfer must come from the applying organisation\'s own bank account, in its own name. Payments by individuals or other organisations cannot be used and go back to the paying account.',
  'pay.who.ind': 'The transfer must come from the certificate holder\'s own bank card. Payments by others cannot be used and go back to the paying account.',
  'pay.none': 'This payment has not been seen yet',
  'pay.waiting': 'Not arrived yet. It is booked within 1 working day after the bank has it.',
  'pay.partial': '{got} received, {left} missing. Pay the difference with the same remark.',
  'pay.paid': '{got} received.',
  'pay.over': '{got} received, {left} too much. The rest goes back to the paying account.',
  'pay.free': 'This service is free; nothing to pay.',
  'wallet.planned': 'Asking Alipay for a QR code, please wait.',
  'wallet.waiting': 'Please pay {amount} by scanning with Alipay, valid until {time}. This page updates by itself.',
  'wallet.paid': '{amount} paid with Alipay and received.',
  'wallet.closed': 'The QR code has expired without payment. Get a new one to pay.',
  'wallet.failed': 'No QR code: {why}',
  'wallet.submit': 'After submitting, pay here by scanning with Alipay, or by transfer to the account below.',
  'wallet.img': 'QR code for paying {amount} with Alipay',
  'wallet.open': 'Open Alipay on this phone to pay',
  'wallet.again': 'Get a new QR code'
});
