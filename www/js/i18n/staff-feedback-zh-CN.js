/* Texts of the page on which questions and complaints are answered.  Loaded after staff-zh-CN.js by that page alone. */
'use strict';
window.ZY.addTexts({
	'fb.pick.open': '待答复',
	'fb.pick.answered': '已答复',
	'fb.none.open': '没有待答复的咨询投诉。',
	'fb.none.answered': '还没有答复过。',
	'fb.choose': '在列表里选一条。',
	'fb.k.question': '咨询',
	'fb.k.complaint': '投诉',
	'fb.k.suggestion': '建议',
	'fb.f.case': '申请单号',
	'fb.f.phone': '手机号码',
	'fb.f.at': '提交时间',
	'fb.f.due': '答复期限',
	'fb.f.answer': '答复',
	'fb.f.by': '答复人',
	'fb.f.answered': '答复时间',
	'fb.answer': '答复',
	'fb.send': '发送答复',
	'fb.hint': '5至1000个字，发送后不能再改',
	'fb.short': '答复写5至1000个字',
	'fb.done': '已答复，短信已通知对方。'
});
