/* Texts of the page after submitting: what comes next.  Loaded after core.js. */
'use strict';
window.ZY.addTexts({
  'done.unpaid': 'Pay to our bank account with the reference code in the remark; it is booked when it arrives.', 'done.sign': 'Plug in the UKey and sign with the present certificate.', 'done.token': 'Hand in the UKey together with the documents.',
  'done.machine': 'Everything is here; it is reviewed automatically, and an SMS tells you when to install.', 'done.revoke': 'Done the same day; the certificate ends at once.',
  'done.review': 'The first review is done within 1 working day; an SMS tells you the result.',
  'done.post': 'Post the paper originals once the first review is passed, or now if you are in a hurry. No registered mail.',
  'done.counter': 'The agent brings the paper originals, the original licence and the original identity card to the counter.',
  'done.counter.ind': 'Bring the paper originals and your original identity card to the counter.', 'done.counter.pay': 'Pay at the counter, or by transfer ahead.',
  'done.money': 'The payment is booked when it arrives; you need not tell us.',
  'done.collect': 'An SMS tells you when it is ready; whoever collects it brings the original identity card.',
  'done.send': 'When it is done it comes back by SF Express; the waybill number comes by SMS.'
});
