/* The English of zh-CN.js: the same keys. */
'use strict';
window.ZY = window.ZY || {};
window.ZY.lang = 'en';
window.ZY.texts = {
  'loading': 'Loading…',
  'retry': 'Try again',
  'free': 'free',
  'copied': 'Copied: {text}',
  'copy.failed': 'Could not copy; please select the text and copy it',
  'error.prefix': 'Error: ',
  'error.count': '{n} {n|thing needs|things need} to be changed',

  'fmt.cny': 'CNY ',
  'fmt.date': '{d} {m|January|February|March|April|May|June|July|August|September|October|November|December} {y}',
  'fmt.weekday': ' ({w})',
  'fmt.w0': 'Sunday', 'fmt.w1': 'Monday', 'fmt.w2': 'Tuesday', 'fmt.w3': 'Wednesday', 'fmt.w4': 'Thursday', 'fmt.w5': 'Friday', 'fmt.w6': 'Saturday',

  'fail.missing.title': 'This application was not found',
  'fail.missing.text': 'The case number may be wrong, or it belongs to another mobile number.',
  'fail.mine': 'My applications',
  'fail.network.title': 'No connection',
  'fail.network.text': 'What you filled in is still on this page. When the network is back, press “Try again”.',
  'fail.busy.title': 'The service is not available right now',
  'fail.busy.text': 'What was saved is safe; please try again in a few minutes.',
  'fail.rate.title': 'Too many attempts',
  'fail.rate.text': 'Please try again in a minute.',
  'fail.other.title': 'This step did not succeed',
  'fail.other.text': 'Please try again; if it still fails, tell customer service the error number.',
  'fail.request': ' Error number: {id}',
  'problem.network': 'No connection; everything is still on this page, you can press it again',
  'problem.other': 'It did not succeed; you can try again',
  'problem.page': 'Something is wrong with the page; please reload it',
  'problem.stale': 'It was changed elsewhere',

  /* checks in the browser, same words as the server's wherever it has a say */
  'must.text': 'Please fill in: {label}',
  'must.choice': 'Please choose: {label}',
  'check.uscc_length': 'The unified social credit code should have 18 characters, now {n}',
  'check.uscc_char': '“{c}” never occurs in a unified social credit code; compare it with the licence',
  'check.uscc_check': 'The unified social credit code does not pass its check; compare it with the licence character by character',
  'check.id_length': 'The identity card number should have 18 characters, now {n}',
  'check.id_old': 'Old numbers of 15 digits cannot be used; enter the 18 characters',
  'check.id_char': 'An identity card number has digits only; the last may be X',
  'check.id_date': 'The date of birth in the identity card number is wrong',
  'check.id_check': 'The identity card number does not pass its check; please compare it character by character',
  'check.id_other': 'The document number should have 5 to 20 letters or digits',
  'check.mobile': 'The mobile number should have 11 digits and begin with 1',
  'check.phone': 'Please enter a mobile number, or a landline with area code',
  'check.email': 'An e-mail address looks like name@example.com',
  'check.person_name': 'A name has 2 to 50 characters and no digits',
  'check.unit_name': 'An organisation name has at most 128 characters',
  'check.account': 'An account number has 6 to 32 digits',
  'check.tax': 'A tax number has 15 to 20 letters or digits',
  'check.money': 'Enter an amount such as 1400 or 1,400.00, with at most two decimals',
  'check.date': 'Enter a date as 2026-11-22',
  'check.otp': 'The SMS code has 6 digits',
  'check.long': '{label}: at most {n} characters',
  'check.count': 'Enter a whole number from 1 to 20',
  'check.no': 'The case number is incomplete or has a typing error',
  'warn.rare': 'Contains rare characters: {list}. They are kept and printed as they are; if the form cannot show one, write it by hand as told there and stamp it.',
  'warn.private': 'Contains private characters: {list}. Please use standard characters, or bring a picture of the character.',

  'saved.at': 'Last saved: {time}',
  'saved.saving': 'Saving…',
  'saved.failed': 'Not saved yet; “Save and continue” saves again',
  'saved.offline': 'No connection; it is saved when the network is back',
  'over.kept': 'Not saved yet; it will be once you have signed in',
  'stale.title': 'It was changed elsewhere',
  'stale.text': 'This application was just changed in another place. The newest content has been read; what you filled in here is kept. Please check it and save again.',

  'stop': '. ', 'colon': ': ', 'comma': ', ', 'pause': ', ', 'semi': '; ', 'rare': '{char} ({code})',
  'refreshed': 'This is the newest state',
  'stale.check': 'It was just changed elsewhere and has been read again. Please check it and press once more',
  'cert.kind': 'Kind of seal',
  'cert.name': 'Seal name of certificate {n}',
  'freight.prepaid': 'We pay the postage for this service', 'freight.collect': 'Freight collect: the recipient pays SF Express',
  'delivery.mode.courier': 'Sent back by SF Express', 'delivery.mode.pickup': 'Collected at a service point',
  'invoice.kind.normal': 'Ordinary VAT invoice', 'invoice.kind.special': 'Special VAT invoice',
  'check.to.form': 'Go to the application form', 'check.to.submit': 'Checked, go on to submit', 'check.cert.old': 'The certificates of this application; as recorded',
  'switch.to': 'Switch to: {title}', 'switch.ask': 'Press again to switch to {title}',
  'old.frozen': 'As in the present certificate; if it has changed, apply for a change first',
  'form.copies': 'Print all pages; the file already contains {n} {n|copy|copies}.',
  'up.formats': 'JPG, PNG or PDF, up to 10 MB each',
  'up.choose': 'Choose a file', 'up.camera': 'Take a photo', 'up.for': ': {name}',
  'relay.button': 'Upload with a phone',
  'up.pay': 'Not paid yet? See account and remark first', 'up.optional': 'optional', 'up.dismiss': 'Got it', 'up.old': 'Files handed in before', 'up.busy': 'Some files are still uploading; continue when they are done',
  'track.kind': '{no} · {what}',
  'track.nomsg': 'No messages sent yet',
  'track.other': 'Track another case',
  'turn.due.before': 'Promised by ', 'turn.due.after': '',
  'fix.until.before': 'Please correct by ', 'fix.until.after': '. Otherwise the application is closed.',
  'fix.note': 'Remark of the reviewer: {note}',
  'fix.edit': 'Change what was filled in',
  'state.say.submitted': 'Waiting for our review.', 'state.say.reviewing': 'Our staff are looking at the documents.', 'state.say.returned': 'Some documents have to be changed; please correct them as listed.',
  'state.say.accepted': 'The documents are accepted; waiting for the rest.', 'state.say.second_review': 'Everything is here; the second review is on.', 'state.say.approved': 'Approved; the certificate is being made.',
  'state.say.produced': 'The certificate is made and will be sent.', 'state.say.sent': 'The certificate was sent; please look out for it.', 'state.say.ready': 'The certificate can be collected.',
  'state.say.installing': 'The certificate can be installed.', 'state.say.completed': 'Completed.', 'state.say.withdrawn': 'Withdrawn.', 'state.say.rejected': 'This cannot be granted; the reason is below.',
  'state.say.expired': 'Closed after a long time without a change.', 'state.say.draft': 'Not submitted yet.', 'state.say.printed': 'The application form is made; not submitted yet.',

  'optional': '(optional)',
  'none': 'Not filled in',
  'yes': 'Yes',

  'sec.old': 'Present certificates', 'sec.reason': 'Reason', 'sec.change': 'What changes', 'sec.unit': 'Organisation',
  'sec.person': 'Certificate holder',
  'sec.agent': 'Agent',
  'sec.cert': 'Certificates and seals',
  'sec.delivery': 'Collection and delivery',
  'sec.invoice': 'Invoice',
  'sec.check': 'Check everything',
  'sec.form': 'Make and print the application form',
  'sec.upload': 'Upload documents',
  'sec.pay': 'Payment and transfer details',
  'sec.submit': 'Confirm and submit',
  'tasks.locked': 'The application is submitted and cannot be changed.',
  'tasks.locked.link': 'See the progress',
  'tasks.item': '{service} · {holder}',

  'seal.sum': 'You need {n} {n|certificate|certificates}: {sum} for 1 year',

  'phone.sent': 'The code was sent to {phone} and is valid for 10 minutes',
  'phone.again': 'You can send again in {s} s',
  'phone.resend': 'Send the code again',

  'phone.wrong': 'The code is wrong or has expired; please check the SMS',
  'phone.often': 'Sent too often; please try again in {s} s',
  'phone.often.later': 'Sent too often; please try again later',

  'cert.item': 'Certificate {n}',
  'cert.remove': 'Remove certificate {n}',
  'cert.fee': 'Total {sum}',
  'cert.fee.line': '{text} {unit} × {count} = {sum}',
  'cert.year': '{n} {n|year|years}',
  'cert.max': 'An application has at most 20 certificates',

  'check.make.next': 'Make the application form (version {n})',
  'check.incomplete': '{n} {n|thing is|things are} not filled in yet; complete them to make the application form',
  'check.void': 'Version {n} of the application form is made. After a change it is void: print, sign, stamp and scan again.',
  'check.making': 'Making the application form…',

  'form.version': 'Version {n}, {pages} {pages|page|pages}',
  'form.made': 'Made on {date}',
  'form.old': 'The data changed after version {n}, so that version is void. Make it again before you print.',

  'up.uploading': '{done} of {all}',
  'up.queued': 'Waiting to upload',
  'up.paused': 'No connection; it goes on by itself',
  'up.resume': 'Continue uploading',
  'up.cancel': 'Cancel',
  'up.delete': 'Delete',
  'up.checking': 'Checking, a few seconds…', 'up.look': 'Uploaded; please see the remark',
  'up.accepted': 'Received, {n} {n|page|pages}, checked', 'up.found': 'Received, {n} {n|page|pages}, {bad} {bad|remark|remarks}',
  'up.refused': 'Cannot be used',
  'up.start': 'Uploading {name}',
  'up.end': '{name} uploaded',
  'up.fail': '{name} was not uploaded',
  'up.deleted': '{name} deleted',
  'up.delete.ask': 'Press again to delete it',
  'up.page1': '{name}, preview of page 1', 'up.page': 'Page {n}',
  'up.copy': 'Application form', 'up.copy1': 'First copy', 'up.copy2': 'Second copy', 'up.copy9': 'Impression page', 'up.outdated': 'old version', 'up.other_case': 'another case', 'up.forged': 'QR code does not agree',
  'up.grid': 'Which pages of the application form have arrived', 'up.has': 'here', 'up.lacks': 'missing',
  'up.moved': '“{name}” was recognised as the application form and moved there',
  'up.left': 'Some files are still uploading and stop if you leave. Come back and choose the same file to continue.',

  'up.done': 'Uploaded',
  'up.need': 'Not uploaded',

  'up.err.empty': '{name} is empty; please scan it again',
  'up.err.type': '{name} is not JPG, PNG or PDF; please use another format',
  'up.err.size': '{name} has {size}, more than 10 MB; please lower the resolution',
  'up.err.network': 'No connection; press “Continue uploading”',

  'up.err.other': 'Not uploaded; please try again',



  'gate.scans': 'Documents accepted', 'gate.originals': 'Originals received', 'gate.money': 'Payment received', 'gate.token': 'UKey received', 'gate.signature': 'Signature checked',
  'gate.open.applicant': 'Waiting for you',
  'gate.open.ca': 'Waiting for us',
  'gate.closed': 'Done on {date}',

  'turn.applicant': 'Your turn: {what}',
  'turn.ca': 'Our turn: {what}',
  'turn.courier': 'On its way: courier',
  'turn.nobody': '{what}',
  'turn.due': 'Promised by {date}',
  'turn.fix.due': 'Please correct by {date}',
  'act.fill': 'Continue', 'act.form': 'Make the application form', 'act.upload': 'Upload documents', 'act.submit': 'Confirm and submit', 'act.correct': 'Correct',
  'act.post_originals': 'See the postal address', 'act.visit': 'See the counter address', 'act.pay': 'See our bank account', 'act.collect': 'See where to collect',
  'act.install': 'Go to the last step', 'act.sign': 'Sign', 'act.rate': 'Rate this service', 'act.wait': '', 'act.none': '',
  'by.applicant': 'You', 'by.ca': 'Our staff', 'by.machine': 'System',
  'track.withdraw.ask': 'This cannot be undone. Press again to withdraw',
  'track.withdrawn': 'Withdrawn',
  'track.miss': 'Nothing found. Please check case number, mobile number and code; applications past their retention period have been erased',

  'fix.title': '{n} {n|thing needs|things need} your correction',
  'fix.done': '{n} corrected',
  'fix.all': 'All corrected; you can send it',
  'fix.left': '{n} {n|is|are} not corrected yet',
  'fix.figure': '{name}, page {page}: what is wrong is framed',
  'fix.passed': 'Accepted, not needed again: {list}',
  'fix.upload': 'Upload again',
  'fix.void': 'If the application form is wrong, change what is needed and make a new version, then print, sign, stamp and scan it.',

  'outlet.open': 'Open today', 'outlet.closed': 'Closed today',

  'state.draft': 'Filling in', 'state.printed': 'Waiting for upload', 'state.submitted': 'Waiting for review', 'state.reviewing': 'In review', 'state.returned': 'To be corrected',
  'state.accepted': 'Waiting for the rest', 'state.second_review': 'Waiting for second review', 'state.approved': 'Waiting for production', 'state.produced': 'Certificate made', 'state.sent': 'Sent',
  'state.ready': 'Ready to collect', 'state.installing': 'Waiting for installation', 'state.completed': 'Completed', 'state.withdrawn': 'Withdrawn', 'state.rejected': 'Refused',
  'state.expired': 'Closed',
  'holder.org': 'Organisation certificate', 'holder.rep': 'Representative certificate', 'holder.ind': 'Personal certificate',
  'channel.post': 'By post', 'channel.counter': 'At the counter', 'channel.online': 'Online'
};

/* What only English needs; core.js asks for it. */

/* {n|day|days} becomes the word that fits the number: 1 the first, 2 the second, more than there are the last. */
window.ZY.plural = function (text, params) {
  return text.replace(/\{(\w+)\|([^}]+)\}/g, function (all, name, words) {
    const list = words.split('|');
    return list[(params[name] || list.length) - 1] || list[list.length - 1];
  });
};
/* What is Chinese on an English page says so, for those who listen; a name within an English sentence does not make it Chinese. */
window.ZY.mark = function (node) {
  const text = node.textContent;
  const han = (text.match(/[\u3400-\u9fff\ud840-\ud8bf]/g) || []).length;
  if (han && han * 2 > (text.match(/[a-z]/g) || []).length) { node.lang = 'zh-CN'; } else if (node.lang === 'zh-CN') { node.removeAttribute('lang'); }
};
/* A problem that nginx itself reports, in Chinese only. */
window.ZY.unsaid = function (problem) { return /^(not_found|too_large|rate|busy)$/.test(problem.code) && /^[\u3400-\u9fff]/.test(problem.detail || ''); };
/* What may change has a name of its own here: that of the catalogue goes into the form, in Chinese. */
window.ZY.itemNames = { name: 'Organisation name', address: 'Registered address', person_name: 'Name', seal: 'Seal' };
