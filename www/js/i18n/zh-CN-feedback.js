/* Texts of the page for questions and complaints.  Loaded after zh-CN.js. */
'use strict';
window.ZY.addTexts({
  'fb.kind': '选择类型', 'fb.short': '内容写5至1000个字，现在是{n}个字', 'fb.no': '填写以YJ开头的编号',
  'fb.done': '已收到', 'fb.no.is': '编号', 'fb.due': '答复日期', 'fb.keep': '记下编号。有了答复发短信告诉您，也可以凭编号和手机号在本页看。',
  'fb.miss': '没有查到，核对编号和手机号码', 'fb.another': '再提一条', 'fb.copy': '复制编号',
  'fb.k.question': '咨询', 'fb.k.complaint': '投诉', 'fb.k.suggestion': '建议',
  'fb.s.open': '还没有答复', 'fb.s.open.text': '我们在{day}以前答复。', 'fb.s.answered': '已答复', 'fb.at': '提交时间', 'fb.answered': '答复时间'
});
