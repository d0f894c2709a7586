/* Texts of the page that submits.  Loaded after core.js. */
'use strict';
window.ZY.addTexts({
  'submit.declaration': 'What was filled in and handed in is true, complete and valid.',
  'submit.agree': 'I have read and accept the “{title}”', 'submit.version': 'version {version}', 'submit.read': 'Read the “{title}” (opens another window)',
  'submit.need': 'Please accept the “{title}” before you submit',
  'submit.need.declare': 'Please tick the declaration before you submit',
  'submit.missing': '{n} {n|thing is|things are} missing'
});
