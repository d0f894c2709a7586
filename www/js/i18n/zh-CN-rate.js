/* Texts of the page on which a finished case is rated.  Loaded after zh-CN.js. */
'use strict';
window.ZY.addTexts({
  'rate.good': '哪里做得好',
  'rate.bad': '哪里做得不好',
  'rate.mid': '想说哪一点',
  'rate.choose': '请选择满意程度',
  'rate.most': '原因最多选4项',
  'rate.given': '您的评价：{level}',
  'rate.until': '{day}以前可以修改',
  'rate.thanks': '评价已收到，谢谢您。',
  'rate.call': '我们会打电话回访，了解情况并告诉您处理结果。',
  'rate.words': '您写的话：{words}',
  'rate.lost': '请先查询进度，再从查询结果进入评价。'
});
