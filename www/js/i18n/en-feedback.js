/* Texts of the page for questions and complaints.  Loaded after en.js. */
'use strict';
window.ZY.addTexts({
  'fb.kind': 'Say what it is', 'fb.short': 'Write 5 to 1000 characters; there are {n}', 'fb.no': 'Enter the number that begins with YJ',
  'fb.done': 'We have it', 'fb.no.is': 'Number', 'fb.due': 'Answer by', 'fb.keep': 'Keep the number. We send a text message when the answer is there; you can read it here with number and phone.',
  'fb.miss': 'Not found; check the number and the mobile number', 'fb.another': 'Send another', 'fb.copy': 'Copy the number',
  'fb.k.question': 'Question', 'fb.k.complaint': 'Complaint', 'fb.k.suggestion': 'Suggestion',
  'fb.s.open': 'Not answered yet', 'fb.s.open.text': 'We answer by {day}.', 'fb.s.answered': 'Answered', 'fb.at': 'Sent', 'fb.answered': 'Answered on'
});
