/* Texts of the page on which a finished case is rated.  Loaded after en.js. */
'use strict';
window.ZY.addTexts({
  'rate.good': 'What was good',
  'rate.bad': 'What was not good',
  'rate.mid': 'What it is about',
  'rate.choose': 'Please choose how satisfied you are',
  'rate.most': 'At most 4 reasons',
  'rate.given': 'Your rating: {level}',
  'rate.until': 'Can be changed until {day}',
  'rate.thanks': 'Thank you for your rating.',
  'rate.call': 'We will call you to learn more and tell you what we do about it.',
  'rate.words': 'Your words: {words}',
  'rate.lost': 'Please track the case first and rate it from there.'
});
